"""Fields that an entity has although no ticket names them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.escaping import code, python
from generator.render import naming
from generator.render.fields import labels
from generator.render.fields.declaration import NO, YES, FieldView
from generator.render.fields.defaults import CURRENCY, DYNAMIC
from generator.spec.fields import Dynamic

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.render.plan import EntityPlan


def number(entity: EntityPlan) -> FieldView:
    """Return the number that a sequence gives."""
    given = entity.fields.get(entity.number)
    arguments = [
        *labels.argument(entity.number, given.label if given else "Reference"),
        ("default", python("New")),
        ("readonly", YES),
        ("copy", NO),
        ("index", python("trigram")),
    ]
    return FieldView(entity.number, "Char", (), tuple(arguments))


def back(entity: EntityPlan, parent: EntityPlan) -> FieldView:
    """Return what leads from a line to what it belongs to."""
    arguments = [
        *labels.argument(entity.parent_field, parent.label),
        ("required", YES),
        ("ondelete", python("cascade")),
        ("index", YES),
    ]
    return FieldView(
        entity.parent_field, "Many2one", (python(parent.model),), tuple(arguments)
    )


def state(entity: EntityPlan) -> FieldView:
    """Return the state that the workflow moves."""
    choices = ", ".join(
        f"({python(s.name)}, {python(s.label)})" for s in entity.spec.states
    )
    flags = [
        ("string", python("Status")),
        ("required", YES),
        ("readonly", YES),
        ("default", python(entity.first_state)),
        ("copy", NO),
        *([("tracking", YES)] if entity.chatter else []),
        ("index", YES),
        ("group_expand", YES),
    ]
    return FieldView("state", "Selection", (code(f"[{choices}]"),), tuple(flags))


def lines(name: str, entity: EntityPlan) -> FieldView:
    """Return what leads to the lines *entity*."""
    return FieldView(
        name,
        "One2many",
        (python(entity.model), python(entity.parent_field)),
        (("string", python(entity.plural)), ("copy", YES)),
    )


def surroundings(entity: EntityPlan) -> Iterator[FieldView]:
    """Yield people, company, currencies, order, and what the record remembers."""
    yield from _people(entity)
    if entity.company and "company_id" not in entity.fields:
        yield _company(entity)
    yield from _currencies(entity)
    if entity.spec.configuration:
        if "sequence" not in entity.fields:
            yield FieldView("sequence", "Integer", (), (("default", python(10)),))
        if "active" not in entity.fields:
            yield FieldView("active", "Boolean", (), (("default", YES),))
    yield from _memory(entity)


def _people(entity: EntityPlan) -> Iterator[FieldView]:
    if entity.personal and not entity.owner_given:
        computed = entity.employee is not None
        how = (
            [("compute", python("_compute_owner")), ("store", YES)]
            if computed
            else [("default", code(DYNAMIC[Dynamic.USER])), ("readonly", YES)]
        )
        copied = [] if computed else [("copy", NO)]
        yield FieldView(
            entity.owner,
            "Many2one",
            (python("res.users"),),
            (("string", python("Requester")), *how, *copied, ("index", YES)),
        )
    if entity.managed:
        method = "_compute_owner" if entity.employee else "_compute_manager_user_id"
        yield FieldView(
            "manager_user_id",
            "Many2one",
            (python("res.users"),),
            (
                ("string", python("Manager")),
                ("compute", python(method)),
                ("store", YES),
                ("index", python("btree_not_null")),
                ("help", python("User of the manager in the employee's record.")),
            ),
        )


def _company(entity: EntityPlan) -> FieldView:
    if entity.parent:
        return FieldView(
            "company_id",
            "Many2one",
            (),
            (
                ("related", python(f"{entity.parent_field}.company_id")),
                ("store", YES),
                ("index", YES),
            ),
        )
    return FieldView(
        "company_id",
        "Many2one",
        (python("res.company"),),
        (
            ("required", YES),
            ("default", code(DYNAMIC[Dynamic.COMPANY])),
            ("index", YES),
        ),
    )


def _memory(entity: EntityPlan) -> Iterator[FieldView]:
    """Yield what the record remembers: reasons, and what was reminded of."""
    for transition in entity.transitions:
        name = entity.reasons.get(transition.name)
        if name and name not in entity.fields:
            tracked = [("tracking", YES)] if entity.chatter else []
            yield FieldView(
                name,
                "Text",
                (),
                (
                    *labels.argument(
                        name, f"Reason to {naming.lowered(transition.label)}"
                    ),
                    ("readonly", YES),
                    ("copy", NO),
                    *tracked,
                ),
            )
    for name in entity.marks.values():
        yield FieldView(
            name,
            "Date",
            (),
            (
                ("readonly", YES),
                ("copy", NO),
                (
                    "help",
                    python("Date that a reminder was sent for, so none goes twice."),
                ),
            ),
        )


def _currencies(entity: EntityPlan) -> Iterator[FieldView]:
    if entity.money.missing:
        yield _currency(entity)
    if entity.money.converted:
        yield FieldView(
            "company_currency_id",
            "Many2one",
            (),
            (
                ("related", python("company_id.currency_id")),
                ("string", python("Company Currency")),
            ),
        )


def _currency(entity: EntityPlan) -> FieldView:
    """Return the usual currency: that of the parent or of the company, or one to choose."""
    parent = entity.parent
    source = ""
    if parent and (parent.money.own or parent.money.missing):
        source = f"{entity.parent_field}.{parent.money.own or 'currency_id'}"
    elif entity.company:
        source = "company_id.currency_id"
    if source:
        related = (("related", python(source)),)
        return FieldView("currency_id", "Many2one", (), related)
    title = python(f"{entity.module.spec.title} Currency")
    kind = ("string", title) if entity.extends else ("required", YES)
    return FieldView(
        entity.money.usual,
        "Many2one",
        (python("res.currency"),),
        (kind, ("default", CURRENCY)),
    )
