"""Read from Odoo's source what `generator/existing` has to know of its models.

    .venv/bin/python scripts/generate_existing.py [--check]

Writes `generator/existing/facts.json`; with --check it only says whether that is up to
date. Needs the Odoo that `qgate env` names.
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import sys
import tomllib
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lxml import etree

from generator import existing
from qgate import settings
from qgate.environment import Environment
from qgate.progress import Silence

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = Path(existing.__file__).parent
# A box of its own above the tabs is seen first; where there are no tabs the end of the sheet.
ANCHORS = (("//sheet/notebook", "before"), ("//sheet", "inside"))


class Source:
    """The classes and views of all modules.

    Args:
        addons: Folders of modules.
    """

    def __init__(self, addons: tuple[Path, ...]) -> None:
        self.bodies: dict[str, list[tuple[str, ast.ClassDef]]] = defaultdict(list)
        self.parents: dict[str, list[tuple[str, str]]] = defaultdict(list)
        self.views: dict[str, etree._Element] = {}
        for module in self._modules(addons):
            for path in _files(module):
                if path.suffix == ".py":
                    self._python(module.name, path)
                elif path.suffix == ".xml":
                    self._xml(module.name, path)

    @staticmethod
    def _modules(addons: tuple[Path, ...]) -> Iterator[Path]:
        # As in Odoo itself, a module counts where it is found first.
        found = {
            path.name: path
            for folder in reversed(addons)
            for path in folder.iterdir()
            if (path / "__manifest__.py").is_file()
        }
        yield from (found[name] for name in sorted(found))

    def _python(self, module: str, path: Path) -> None:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.ClassDef):
                continue
            named = {
                target.id: statement.value
                for statement in node.body
                if isinstance(statement, ast.Assign)
                for target in statement.targets
                if isinstance(target, ast.Name)
            }
            inherited = _strings(named.get("_inherit"))
            own = _strings(named.get("_name")) or inherited[:1]
            for name in own:
                self.bodies[name].append((module, node))
                delegated = named.get("_inherits")
                keys = delegated.keys if isinstance(delegated, ast.Dict) else ()
                wider = [*inherited, *(k for key in keys for k in _strings(key))]
                self.parents[name] += [(module, p) for p in wider if p != name]

    def _xml(self, module: str, path: Path) -> None:
        try:
            root = etree.parse(str(path)).getroot()
        except etree.XMLSyntaxError:
            return
        for record in root.iter("record"):
            if record.get("model") == "ir.ui.view":
                arch = record.find("field[@name='arch']")
                parts = (
                    [p for p in arch if isinstance(p.tag, str)]
                    if arch is not None
                    else []
                )
                if parts:
                    self.views[f"{module}.{record.get('id')}"] = parts[0]

    def members(self, model: str, seen: frozenset[str] = frozenset()) -> set[str]:
        """Return the names of fields and methods that a model has with any module."""
        if model in seen:
            return set()
        found = {name for _, node in self.bodies[model] for name in _members(node)}
        for _, parent in self.parents[model]:
            found |= self.members(parent, seen | {model})
        return found

    def has(self, model: str, module: str, name: str) -> bool:
        """Tell whether a model has a field in the module that brings it."""
        return any(
            name in _members(node)
            for home, node in self.bodies[model]
            if home == module
        )

    def mail(
        self, model: str, homes: set[str], seen: frozenset[str] = frozenset()
    ) -> bool:
        """Tell whether a model has a chatter with the modules that are always there."""
        if model == "mail.thread":
            return True
        return any(
            self.mail(parent, homes | {"mail"}, seen | {model})
            for module, parent in self.parents[model]
            if parent not in seen and (module in homes or seen)
        )


def _files(module: Path) -> Iterator[Path]:
    for folder, inner, names in os.walk(module):
        inner[:] = sorted({*inner} - {"tests", "static", "node_modules"})
        yield from (Path(folder) / name for name in sorted(names))


def _strings(node: ast.AST | None) -> list[str]:
    parts = node.elts if isinstance(node, (ast.List, ast.Tuple)) else [node]
    return [
        p.value
        for p in parts
        if isinstance(p, ast.Constant) and isinstance(p.value, str)
    ]


def _members(node: ast.ClassDef) -> Iterator[str]:
    for statement in node.body:
        if isinstance(statement, ast.FunctionDef):
            yield statement.name
        elif isinstance(statement, ast.Assign):
            yield from (t.id for t in statement.targets if isinstance(t, ast.Name))


def facts(source: Source) -> dict[str, Any]:
    """Return what has to be known of each model.

    Raises:
        LookupError: A view that `models.toml` names is not there, or has no anchor.
    """
    hand = tomllib.loads((FOLDER / existing.HAND).read_text(encoding="utf-8"))
    return {model: _of(source, model, given) for model, given in hand.items()}


def _of(source: Source, model: str, given: dict[str, Any]) -> dict[str, Any]:
    for kind in ("form", "list", "search"):
        if given[kind] and source.views[given[kind]].tag != kind:
            message = f"{given[kind]} is no {kind}."
            raise LookupError(message)
    tree = etree.ElementTree(source.views[given["form"]])
    anchor = next((a for a in ANCHORS if len(tree.xpath(a[0])) == 1), None)
    if anchor is None:
        message = f"{given['form']} has no place to add fields at."
        raise LookupError(message)
    has = source.has(model, given["module"], "currency_id")
    # Names with an underscore before them are methods that no field hides.
    names = sorted(n for n in source.members(model) if not n.startswith("_"))
    return {
        "anchor": anchor,
        "buttons": len(tree.xpath("//div[@name='button_box']")) == 1,
        "currency": "currency_id" if has else "",
        "mail": source.mail(model, {given["module"], "mail"}),
        "fields": names,
    }


def main() -> int:
    """Write or check the facts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="only look")
    asked = parser.parse_args()
    with Environment(settings.load(), Silence()) as environment:
        made = facts(Source(environment.odoo().addons))
    lines = (f"{json.dumps(name)}: {json.dumps(made[name])}" for name in sorted(made))
    text = "{\n" + ",\n".join(lines) + "\n}\n"
    path = FOLDER / existing.FACTS
    if asked.check:
        return int(not path.is_file() or path.read_text(encoding="utf-8") != text)
    path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
