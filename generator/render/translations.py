"""The translation template: every term of the rendered files, with where it stands."""

from __future__ import annotations

import ast
from collections import defaultdict
from typing import TYPE_CHECKING, Final

from lxml import etree

from generator.escaping import po
from generator.render import fields, naming

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import PurePosixPath

    from generator.render.plan import ModulePlan

_HEAD: Final = """# Translation of Odoo Server.
# This file contains the translation of the following modules:
# \t* {module}
#
msgid ""
msgstr ""
"Project-Id-Version: Odoo Server 19.0\\n"
"Report-Msgid-Bugs-To: \\n"
"Last-Translator: \\n"
"Language-Team: \\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: \\n"
"Plural-Forms: \\n"
"""

_SHOWN: Final = ("string", "placeholder", "help", "sum", "title")
_NAMED: Final = {
    "ir.actions.act_window": "name",
    "ir.actions.report": "name",
    "res.groups": "name",
    "res.groups.privilege": "name",
    "mail.activity.type": "name",
    "mail.template": "name",
}


def template(plan: ModulePlan, files: Mapping[PurePosixPath, str]) -> str:
    """Return the `.pot` file of a module.

    Args:
        plan: The module.
        files: Its files, laid out.
    """
    terms: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for text, kind, place in _terms(plan, files):
        if text.strip():
            terms[text].add((kind, place))
    parts = [_HEAD.format(module=plan.module)]
    for text in sorted(terms):
        places = sorted(terms[text])
        notes = [f"#. module: {plan.module}"]
        if any(kind == "code" for kind, _ in places):
            notes.append("#. odoo-python")
        notes += [f"#: {kind}:{place}" for kind, place in places]
        # Only what Odoo fills in by `%` is checked as such.
        parts.append("\n".join([*notes, f"msgid {po(text)}", 'msgstr ""']) + "\n")
    return "\n".join(parts)


def _terms(
    plan: ModulePlan, files: Mapping[PurePosixPath, str]
) -> Iterator[tuple[str, str, str]]:
    for path, text in files.items():
        if path.suffix == ".py" and path.parts[0] in {"models", "wizards"}:
            yield from _of_code(plan.module, str(path), text)
        elif path.suffix == ".xml" and path.parts[0] != "demo":
            yield from _of_data(plan.module, text)
    yield from _of_fields(plan)


def _of_code(module: str, path: str, text: str) -> Iterator[tuple[str, str, str]]:
    for node in ast.walk(ast.parse(text)):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == "_"
            and node.args
            and isinstance(node.args[0], ast.Constant)
            and isinstance(node.args[0].value, str)
        ):
            yield node.args[0].value, "code", f"addons/{module}/{path}:0"


def _of_data(module: str, text: str) -> Iterator[tuple[str, str, str]]:
    root = etree.fromstring(text.encode())
    for record in root.iter("record"):
        model, xmlid = record.get("model"), record.get("id")
        for field in record.iter("field"):
            if field.get("name") == _NAMED.get(model) and field.getparent() is record:
                yield field.text or "", f"model:{model},name", f"{module}.{xmlid}"
        if model == "ir.ui.view":
            arch = record.find("field[@name='arch']")
            yield from _of_view(module, str(xmlid), arch)
    for menu in root.iter("menuitem"):
        if menu.get("name"):
            yield (
                menu.get("name", ""),
                "model:ir.ui.menu,name",
                f"{module}.{menu.get('id')}",
            )
    for view in root.iter("template"):
        yield from _of_view(module, str(view.get("id")), view)


def _of_view(
    module: str, xmlid: str, arch: etree._Element | None
) -> Iterator[tuple[str, str, str]]:
    place = f"{module}.{xmlid}"
    for node in arch.iter() if arch is not None else ():
        for name in _SHOWN:
            value = node.get(name)
            if value and not (name == "sum" and node.tag != "field"):
                yield value, "model_terms:ir.ui.view,arch_db", place
        if node.text and node.text.strip() and node.tag != "field":
            yield node.text.strip(), "model_terms:ir.ui.view,arch_db", place


def _of_fields(plan: ModulePlan) -> Iterator[tuple[str, str, str]]:
    for entity in plan.every:
        place = f"{plan.module}.model_{entity.xmlid}"
        if not entity.extends:
            yield entity.label, "model:ir.model,name", place
        for view in fields.views(entity):
            where = f"{plan.module}.field_{entity.xmlid}__{view.name}"
            yield view.label, "model:ir.model.fields,field_description", where
            yield view.text("help"), "model:ir.model.fields,help", where
        for field in entity.fields.values():
            for option in field.selection:
                yield (
                    option.label,
                    "model:ir.model.fields.selection,name",
                    f"{plan.module}.selection__{entity.xmlid}__{field.name}__{option.value}",
                )
        for state in entity.spec.states:
            yield (
                state.label,
                "model:ir.model.fields.selection,name",
                f"{plan.module}.selection__{entity.xmlid}__state__{state.name}",
            )


__all__ = ["naming", "template"]
