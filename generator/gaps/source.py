"""What a module of Odoo is made of, read from its files without importing Odoo.

Python goes through `ast`, data files through lxml with nothing resolved or fetched. What
cannot be parsed is left out: Odoo could not load it either.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from lxml import etree, html

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

_CODE: Final = ("models", "wizard", "wizards")
_HINTS: Final = ("menuitem", "ir.ui.menu", "ir.actions.", "ir.ui.view")
_PARSER: Final = {"resolve_entities": False, "no_network": True, "huge_tree": False}
_LABEL_SECOND: Final = ("Many2one", "One2many", "Many2many", "Selection", "Reference")
_TITLES: Final = ("page", "group", "filter", "button", "separator")
_PRIORITY: Final = 16  # of a view that says none, as in ir.ui.view
_SEQUENCE: Final = 10  # of a menu that says none, as in ir.ui.menu
_BY_CODE: Final = re.compile(r"""['"]([a-z0-9_]+\.[A-Za-z0-9_]+)['"]""")


@dataclass(frozen=True)
class Model:
    """A class of a model.

    Attributes:
        name: Its `_name`, or the model that it extends.
        own: Whether the module defines the model, rather than extends it.
        transient: Whether its records are those of a dialog.
        abstract: Whether it has no records.
        description: Its `_description`.
        inherits: What it inherits.
        labels: Names of its fields for people.
    """

    name: str
    own: bool
    transient: bool
    abstract: bool
    description: str
    inherits: tuple[str, ...]
    labels: tuple[str, ...]


@dataclass(frozen=True)
class Menu:
    """A menu entry; ids are whole xml ids."""

    id: str
    name: str
    parent: str
    action: str
    sequence: int


@dataclass(frozen=True)
class Action:
    """What a menu opens: a window, or code.

    Attributes:
        id: Its whole xml id.
        name: What people see.
        model: Of the records in its window.
        help: What it says where there are no records yet.
        on: Of code, the `model_...` that it runs on.
        names: Of code, the actions that it names.
    """

    id: str
    name: str
    model: str
    help: str
    on: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class View:
    """A view.

    Attributes:
        id: Its whole xml id.
        name: Its name.
        model: What it shows.
        root: `form`, `list`...
        inherits: The view that it changes or starts from, if any.
        priority: Odoo takes the lowest of several by default.
        fields: How many it has.
        titles: Names of its pages, groups, filters and buttons.
    """

    id: str
    name: str
    model: str
    root: str
    inherits: str
    priority: int
    fields: int
    titles: tuple[str, ...]


@dataclass(frozen=True)
class Source:
    """What a module is made of."""

    module: str
    models: tuple[Model, ...] = ()
    menus: tuple[Menu, ...] = ()
    actions: tuple[Action, ...] = ()
    views: tuple[View, ...] = ()


def read(folder: Path, data: Sequence[str]) -> Source:
    """Return what the module in *folder* is made of.

    Args:
        folder: The module's.
        data: The data files that its manifest loads.
    """
    models = [
        one
        for name in _CODE
        for path in _python(folder / name)
        for one in _models(path)
    ]
    records = _Records(folder.name)
    for name in data:
        if isinstance(name, str) and name.endswith(".xml"):
            records.read(folder / name)
    return Source(
        module=folder.name,
        models=tuple(models),
        menus=tuple(records.menus),
        actions=tuple(records.actions),
        views=tuple(records.views),
    )


def prose(folder: Path) -> str:
    """Return the words of a module's README and of its page in the list of apps."""
    found = [_text(path) for path in sorted(folder.glob("README*"))]
    page = folder / "static" / "description" / "index.html"
    if page.is_file():
        try:
            tree = html.fromstring(_text(page))
            etree.strip_elements(tree, "script", "style", with_tail=False)
            found.append(" ".join(tree.itertext()))
        except (ValueError, etree.LxmlError):
            pass  # an empty page, or none
    return "\n".join(found)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _python(folder: Path) -> Iterator[Path]:
    return iter(sorted(folder.rglob("*.py"))) if folder.is_dir() else iter(())


def _models(path: Path) -> Iterator[Model]:
    text = _text(path)
    if "models." not in text:
        return
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            made = _model(node)
            if made is not None:
                yield made


def _model(node: ast.ClassDef) -> Model | None:
    bases = [base.attr for base in node.bases if isinstance(base, ast.Attribute)]
    if not {"Model", "TransientModel", "AbstractModel"} & {*bases}:
        return None
    values: dict[str, Any] = {}
    labels = []
    for line in node.body:
        if not isinstance(line, ast.Assign) or not isinstance(
            line.targets[0], ast.Name
        ):
            continue
        name = line.targets[0].id
        if name in ("_name", "_inherit", "_description"):
            values[name] = _literal(line.value)
        elif isinstance(line.value, ast.Call):
            label = _label(name, line.value)
            if label:
                labels.append(label)
    inherits = values.get("_inherit") or ()
    inherits = (inherits,) if isinstance(inherits, str) else tuple(map(str, inherits))
    name = values.get("_name") or (inherits[0] if inherits else "")
    if not isinstance(name, str) or not name:
        return None
    return Model(
        name=name,
        own=bool(values.get("_name")) and name not in inherits,
        transient="TransientModel" in bases,
        abstract="AbstractModel" in bases,
        description=str(values.get("_description") or ""),
        inherits=inherits,
        labels=tuple(labels),
    )


def _label(name: str, call: ast.Call) -> str:
    """Return the name of a field for people, empty when it is no field."""
    function = call.func
    if not (
        isinstance(function, ast.Attribute)
        and isinstance(function.value, ast.Name)
        and function.value.id == "fields"
    ):
        return ""
    place = 1 if function.attr in _LABEL_SECOND else 0
    if function.attr == "One2many":
        place = 2
    given = next((word.value for word in call.keywords if word.arg == "string"), None)
    if given is None and len(call.args) > place:
        given = call.args[place]
    label = _literal(given) if given is not None else None
    if isinstance(label, str):
        return label
    return name.removesuffix("_ids").removesuffix("_id").replace("_", " ")


def _literal(node: ast.expr) -> object:
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError):
        return None


class _Records:
    """Menus, actions and views of the data files of a module."""

    def __init__(self, module: str) -> None:
        self.module = module
        self.menus: list[Menu] = []
        self.actions: list[Action] = []
        self.views: list[View] = []

    def read(self, path: Path) -> None:
        try:
            content = path.read_bytes()
        except OSError:
            return
        if not any(hint.encode() in content for hint in _HINTS):
            return
        try:
            tree = etree.fromstring(content, etree.XMLParser(**_PARSER))
        except (etree.XMLSyntaxError, ValueError):
            return
        for element in tree.iter("menuitem"):
            self._menuitem(element)
        for element in tree.iter("record"):
            match element.get("model"):
                case "ir.ui.menu":
                    self._menu(element)
                case "ir.actions.act_window" | "ir.actions.server":
                    self._action(element)
                case "ir.ui.view":
                    self._view(element)

    def _full(self, name: str | None) -> str:
        if not name:
            return ""
        return name if "." in name else f"{self.module}.{name}"

    def _menuitem(self, element: Any) -> None:  # noqa: ANN401 - lxml has no types
        above = element.getparent()
        parent = element.get("parent")
        if not parent and above is not None and above.tag == "menuitem":
            parent = above.get("id")
        menu = Menu(
            id=self._full(element.get("id")),
            name=element.get("name", ""),
            parent=self._full(parent),
            action=self._full(element.get("action")),
            sequence=_number(element.get("sequence"), _SEQUENCE),
        )
        self.menus.append(menu)

    def _menu(self, element: Any) -> None:  # noqa: ANN401 - as above
        values = _values(element)
        menu = Menu(
            id=self._full(element.get("id")),
            name=values.get("name", ""),
            parent=self._full(values.get("parent_id")),
            action=self._full(values.get("action")),
            sequence=_number(values.get("sequence"), _SEQUENCE),
        )
        self.menus.append(menu)

    def _action(self, element: Any) -> None:  # noqa: ANN401 - as above
        values = _values(element)
        action = Action(
            id=self._full(element.get("id")),
            name=values.get("name", ""),
            model=values.get("res_model", ""),
            help=values.get("help", ""),
            on=values.get("model_id", "").rpartition(".")[2],
            names=tuple(_BY_CODE.findall(values.get("code", ""))),
        )
        self.actions.append(action)

    def _view(self, element: Any) -> None:  # noqa: ANN401 - as above
        values = _values(element)
        arch = element.find("field[@name='arch']")
        shown = arch[0] if arch is not None and len(arch) else None
        titles: list[str] = []
        if shown is not None:
            named = [one for one in shown.iter(*_TITLES) if one.get("string")]
            titles = [one.get("string") for one in named]
            if shown.get("string"):
                titles.insert(0, shown.get("string"))
        view = View(
            id=self._full(element.get("id")),
            name=values.get("name", ""),
            model=values.get("model", ""),
            root=shown.tag if shown is not None and isinstance(shown.tag, str) else "",
            inherits=self._full(values.get("inherit_id")),
            priority=_number(values.get("priority"), _PRIORITY),
            fields=sum(1 for _ in shown.iter("field")) if shown is not None else 0,
            titles=tuple(titles),
        )
        self.views.append(view)


def _values(element: Any) -> dict[str, str]:  # noqa: ANN401 - as above
    """Return the fields of a record: what they refer to, or their text."""
    found = {}
    for one in element.iterchildren("field"):
        name = one.get("name", "")
        value = one.get("ref") or one.get("eval")
        if not value:
            value = " ".join(" ".join(one.itertext()).split()) if name != "arch" else ""
        found[name] = value.strip("'\"")
    return found


def _number(text: str | None, default: int) -> int:
    try:
        return int(text or "")
    except ValueError:
        return default


__all__ = ["Action", "Menu", "Model", "Source", "View", "prose", "read"]
