"""Fields of the ticket: their class and its arguments, in OCA's order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from generator.escaping import Escaped, code, python
from generator.render import naming, relations
from generator.render.fields import labels
from generator.render.fields.declaration import NO, YES, FieldView
from generator.render.fields.defaults import default_code
from generator.spec.fields import EntityField, FieldType, Overdue, Related

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.render.plan import EntityPlan

_CLASSES: Final = {
    FieldType.CHAR: "Char",
    FieldType.TEXT: "Text",
    FieldType.HTML: "Html",
    FieldType.INTEGER: "Integer",
    FieldType.FLOAT: "Float",
    FieldType.MONETARY: "Monetary",
    FieldType.BOOLEAN: "Boolean",
    FieldType.DATE: "Date",
    FieldType.DATETIME: "Datetime",
    FieldType.SELECTION: "Selection",
    FieldType.MANY2ONE: "Many2one",
    FieldType.ONE2MANY: "One2many",
    FieldType.MANY2MANY: "Many2many",
    FieldType.BINARY: "Binary",
    FieldType.IMAGE: "Image",
}

_UNTRACKED: Final = {FieldType.HTML, FieldType.BINARY, FieldType.IMAGE}


def view(entity: EntityPlan, given: EntityField) -> FieldView:
    """Return a field that the ticket asks for."""
    return FieldView(
        given.name,
        _CLASSES[given.type],
        _positional(entity, given),
        tuple(_arguments(entity, given)),
    )


def _positional(entity: EntityPlan, given: EntityField) -> tuple[Escaped, ...]:
    if isinstance(given.computed, Related):
        return ()
    if given.type is FieldType.SELECTION:
        choices = ", ".join(
            f"({python(o.value)}, {python(o.label)})" for o in given.selection
        )
        return (code(f"[{choices}]"),)
    if given.type is FieldType.ONE2MANY:
        lines = entity.children.get(given.name)
        inverse = lines.parent_field if lines else (given.inverse or "")
        return python(given.relation or ""), python(inverse)
    if given.type in {FieldType.MANY2ONE, FieldType.MANY2MANY}:
        return (python(given.relation or "res.partner"),)
    return ()


def _arguments(entity: EntityPlan, given: EntityField) -> Iterator[tuple[str, Escaped]]:
    if isinstance(given.computed, Related):
        yield "string", python(given.label)
    else:
        yield from labels.argument(given.name, given.label)
    if given.type is FieldType.MANY2MANY and not given.computed:
        # Odoo would put the names of both tables together, and may find them too long.
        table = naming.short(f"{entity.xmlid}_{given.name}_rel")
        yield "relation", python(table)
    if given.type is FieldType.MONETARY:
        currency = entity.money.of(given)
        if currency != "currency_id":
            yield "currency_field", python(currency)
    yield from _origin(entity, given)
    yield from _flags(entity, given)
    groups = _groups(entity, given)
    if groups:
        yield "groups", python(groups)
    if given.help:
        yield "help", python(_sentence(given.help))


def _sentence(text: str) -> str:
    """Return a remark of a ticket as it stands below a label."""
    whole = text[:1].upper() + text[1:]
    return f"{whole}." if whole[-1:].isalnum() else whole


def _origin(entity: EntityPlan, given: EntityField) -> Iterator[tuple[str, Escaped]]:
    """Yield where the value comes from: a default, a related field or a method."""
    if isinstance(given.computed, Related):
        yield "related", python(".".join(given.computed.path))
        return
    if given.computed is not None:
        yield "compute", python(f"_compute_{given.name}")
        if entity.live_count(given):
            return
        if isinstance(given.computed, Overdue):
            yield "search", python(f"_search_{given.name}")
        else:
            yield "store", YES
        return
    default = default_code(entity, given)
    if default is not None:
        yield "default", default


def _flags(entity: EntityPlan, given: EntityField) -> Iterator[tuple[str, Escaped]]:
    if demanded(entity, given):
        yield "required", YES
    if given.readonly and not given.computed:
        yield "readonly", YES
        yield "copy", NO
    if given.type is FieldType.ONE2MANY and not entity.extends:
        yield "copy", YES
    if given.tracked and entity.chatter and given.type not in _UNTRACKED:
        yield "tracking", YES
    if given.type is FieldType.MANY2ONE and not given.computed:
        yield from _link(entity, given)


def _link(entity: EntityPlan, given: EntityField) -> Iterator[tuple[str, Escaped]]:
    if _checks_company(entity, given):
        yield "check_company", YES
    if given.name in {entity.employee, entity.owner}:
        yield "index", YES
    elif given.relation in entity.module.by_model:
        yield "ondelete", python("restrict")


def _groups(entity: EntityPlan, given: EntityField) -> str:
    """Return the groups that alone see a field, empty where everybody does."""
    if given.roles:
        return ",".join(f"{entity.module.module}.group_{r}" for r in given.roles)
    return entity.existing.private if entity.existing is not None else ""


def demanded(entity: EntityPlan, given: EntityField) -> bool:
    """Tell whether the column may not be empty; amounts are nothing without a currency."""
    # Records that are there already, and those that other modules make, lack the field.
    if given.computed or entity.extends:
        return False
    if given.name == entity.money.own:
        return True
    return given.required and required(given)


def required(given: EntityField) -> bool:
    """Tell whether a field can be demanded of everybody who makes a record."""
    if given.type in {FieldType.ONE2MANY, FieldType.MANY2MANY}:
        return False
    return not given.roles or given.default is not None


def _checks_company(entity: EntityPlan, given: EntityField) -> bool:
    """Tell whether a related record has to belong to the record's company."""
    if not entity.company:
        return False
    ours = entity.module.by_model.get(given.relation or "")
    if ours is not None:
        return ours.company
    return relations.of_company(given.relation or "")
