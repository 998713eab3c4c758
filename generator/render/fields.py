"""Fields as they stand in a model: their class and its arguments, in OCA's order."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from generator.escaping import Escaped, code, python
from generator.render import naming, relations
from generator.spec.fields import (
    NUMBERS,
    Dynamic,
    EntityField,
    FieldType,
    Overdue,
    Related,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.render.plan import EntityPlan

CLASSES: Final = {
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

_DYNAMIC: Final = {
    Dynamic.TODAY: "fields.Date.context_today",
    Dynamic.NOW: "fields.Datetime.now",
    Dynamic.USER: "lambda self: self.env.user",
    Dynamic.EMPLOYEE: "lambda self: self.env.user.employee_id",
    Dynamic.COMPANY: "lambda self: self.env.company",
}


@dataclass(frozen=True)
class FieldView:
    """One field of a model's class.

    Attributes:
        name: Its name.
        kind: Its class in `odoo.fields`.
        positional: Arguments without a name.
        arguments: Arguments with their names, in order.
    """

    name: str
    kind: str
    positional: tuple[Escaped, ...] = ()
    arguments: tuple[tuple[str, Escaped], ...] = ()

    @property
    def label(self) -> str:
        """What people read beside it."""
        return self.text("string") or naming.default_label(self.name)

    def text(self, name: str) -> str:
        """Return an argument that is a text, empty where there is none."""
        given = dict(self.arguments).get(name)
        return str(ast.literal_eval(given)) if given else ""

    @property
    def call(self) -> Escaped:
        """The call that makes the field."""
        named = [f"{name}={value}" for name, value in self.arguments]
        return code(f"fields.{self.kind}({', '.join([*self.positional, *named])})")


def views(entity: EntityPlan) -> list[FieldView]:
    """Return all fields of an entity's model."""
    return [*_told_apart(entity, [*_made(entity)])]


def _told_apart(entity: EntityPlan, found: list[FieldView]) -> Iterator[FieldView]:
    """Yield fields with another label where one is taken: Odoo warns of two alike."""
    taken = {*_OF_ALL, *(_OF_CHATTER if entity.chatter else ())}
    labels: dict[str, str] = {}
    # What people fill in keeps its name before what comes with every record.
    for view in sorted(found, key=lambda v: v.name not in entity.fields):
        label = view.label
        if label in taken:
            apart = [_APART.get(view.name, ""), naming.default_label(view.name)]
            apart += [f"{label} ({entity.label})"]
            apart += [f"{label} ({number})" for number in range(2, len(found) + 2)]
            label = next(text for text in apart if text and text not in taken)
        taken.add(label)
        labels[view.name] = label
    for view in found:
        rest = [pair for pair in view.arguments if pair[0] != "string"]
        named = _label(view.name, labels[view.name])
        if view.text("related") and view.text("string"):
            # Without a label of its own it has that of the field it leads to.
            named = [("string", python(labels[view.name]))]
        yield replace(view, arguments=(*named, *rest))


_OF_ALL: Final = (
    "ID", "Display Name", "Created by", "Created on", "Last Updated by",
    "Last Updated on",
)  # fmt: skip
_OF_CHATTER: Final = (
    "Is Follower", "Followers", "Followers (Partners)", "Messages", "Has Message",
    "Action Needed", "Number of Actions", "Message Delivery error",
    "Number of errors", "Attachment Count", "Website Messages", "Activities",
    "Activity State", "Responsible User", "Next Activity Type", "Activity Type Icon",
    "Next Activity Deadline", "My Activity Deadline", "Next Activity Summary",
    "Activity Exception Decoration", "Icon", "Ratings",
)  # fmt: skip
"""Labels that a record has before it has a field of its own."""

_APART: Final = {
    "company_id": "Our Company",
    "user_id": "Requested by",
    "owner_user_id": "Requested by",
    "manager_user_id": "Manager in Charge",
    "state": "Workflow Status",
    "currency_id": "Currency of Amounts",
}
"""Other labels for what every record has."""


def _made(entity: EntityPlan) -> Iterator[FieldView]:
    if entity.number:
        yield _number(entity)
    for given in entity.fields.values():
        if given.name in {entity.parent_field, entity.number}:
            continue
        yield _given(entity, given)
    if entity.parent:
        yield _back(entity, entity.parent)
    if entity.states:
        yield _state(entity)
    for name, lines in entity.children.items():
        if name not in entity.fields:
            arguments = [("string", python(lines.plural)), ("copy", python(value=True))]
            yield FieldView(
                name,
                "One2many",
                (python(lines.model), python(lines.parent_field)),
                tuple(arguments),
            )
    yield from _kept_by_us(entity)


def _number(entity: EntityPlan) -> FieldView:
    given = entity.fields.get(entity.number)
    label = given.label if given else "Reference"
    arguments = [
        *_label(entity.number, label),
        ("default", python("New")),
        ("readonly", python(value=True)),
        ("copy", python(value=False)),
        ("index", python("trigram")),
    ]
    return FieldView(entity.number, "Char", (), tuple(arguments))


def _back(entity: EntityPlan, parent: EntityPlan) -> FieldView:
    arguments = [
        *_label(entity.parent_field, parent.label),
        ("required", python(value=True)),
        ("ondelete", python("cascade")),
        ("index", python(value=True)),
    ]
    return FieldView(
        entity.parent_field, "Many2one", (python(parent.model),), tuple(arguments)
    )


def _state(entity: EntityPlan) -> FieldView:
    choices = ", ".join(
        f"({python(s.name)}, {python(s.label)})" for s in entity.spec.states
    )
    flags = [
        ("string", python("Status")),
        ("required", python(value=True)),
        ("readonly", python(value=True)),
        ("default", python(entity.first_state)),
        ("copy", python(value=False)),
        *([("tracking", python(value=True))] if entity.chatter else []),
        ("index", python(value=True)),
        ("group_expand", python(value=True)),
    ]
    return FieldView("state", "Selection", (code(f"[{choices}]"),), tuple(flags))


def _kept_by_us(entity: EntityPlan) -> Iterator[FieldView]:
    yield from _people(entity)
    if entity.company and "company_id" not in entity.fields:
        yield _company(entity)
    yield from _currencies(entity)
    if entity.spec.configuration:
        if "sequence" not in entity.fields:
            yield FieldView("sequence", "Integer", (), (("default", python(10)),))
        if "active" not in entity.fields:
            yes = python(value=True)
            yield FieldView("active", "Boolean", (), (("default", yes),))
    yield from _memory(entity)


def _people(entity: EntityPlan) -> Iterator[FieldView]:
    yes = python(value=True)
    if entity.personal and not entity.owner_given:
        computed = entity.employee is not None
        how = (
            [("compute", python("_compute_owner")), ("store", yes)]
            if computed
            else [("default", code(_DYNAMIC[Dynamic.USER])), ("readonly", yes)]
        )
        copied = [] if computed else [("copy", python(value=False))]
        yield FieldView(
            entity.owner,
            "Many2one",
            (python("res.users"),),
            (("string", python("Requester")), *how, *copied, ("index", yes)),
        )
    if entity.managed:
        yield FieldView(
            "manager_user_id",
            "Many2one",
            (python("res.users"),),
            (
                ("string", python("Manager")),
                (
                    "compute",
                    python(
                        "_compute_owner"
                        if entity.employee
                        else "_compute_manager_user_id"
                    ),
                ),
                ("store", yes),
                ("index", python("btree_not_null")),
                ("help", python("User of the manager in the employee's record.")),
            ),
        )


def _company(entity: EntityPlan) -> FieldView:
    yes = python(value=True)
    if entity.parent:
        return FieldView(
            "company_id",
            "Many2one",
            (),
            (
                ("related", python(f"{entity.parent_field}.company_id")),
                ("store", yes),
                ("index", yes),
            ),
        )
    return FieldView(
        "company_id",
        "Many2one",
        (python("res.company"),),
        (
            ("required", yes),
            ("default", code(_DYNAMIC[Dynamic.COMPANY])),
            ("index", yes),
        ),
    )


def _memory(entity: EntityPlan) -> Iterator[FieldView]:
    """Yield what the record remembers: reasons, and what was reminded of."""
    yes = python(value=True)
    for transition in entity.transitions:
        name = entity.reasons.get(transition.name)
        if name and name not in entity.fields:
            tracked = [("tracking", yes)] if entity.chatter else []
            yield FieldView(
                name,
                "Text",
                (),
                (
                    *_label(name, f"Reason to {naming.lowered(transition.label)}"),
                    ("readonly", yes),
                    ("copy", python(value=False)),
                    *tracked,
                ),
            )
    for name in entity.marks.values():
        yield FieldView(
            name,
            "Date",
            (),
            (
                ("readonly", yes),
                ("copy", python(value=False)),
                (
                    "help",
                    python("Date that a reminder was sent for, so none goes twice."),
                ),
            ),
        )


def _currencies(entity: EntityPlan) -> Iterator[FieldView]:
    company = f"{'company_id' if entity.company else ''}"
    if entity.money.missing:
        if entity.parent and _has_currency(entity.parent):
            path = f"{entity.parent_field}.{entity.parent.money.own or 'currency_id'}"
            yield FieldView("currency_id", "Many2one", (), (("related", python(path)),))
        elif company:
            yield FieldView(
                "currency_id",
                "Many2one",
                (),
                (("related", python("company_id.currency_id")),),
            )
        else:
            title = f"{entity.module.spec.title} Currency"
            label = [("string", python(title))] if entity.extends else []
            demand = [] if entity.extends else [("required", python(value=True))]
            yield FieldView(
                entity.money.usual,
                "Many2one",
                (python("res.currency"),),
                (
                    *label,
                    *demand,
                    ("default", code("lambda self: self.env.company.currency_id")),
                ),
            )
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


def _has_currency(entity: EntityPlan) -> bool:
    return entity.money.own is not None or entity.money.missing


_SMALL: Final = frozenset(
    [
        "a",
        "an",
        "and",
        "at",
        "by",
        "for",
        "from",
        "in",
        "of",
        "on",
        "or",
        "per",
        "the",
        "to",
        "until",
        "with",
    ]
)


def _label(name: str, label: str) -> list[tuple[str, Escaped]]:
    # Odoo writes each word with a capital; a label of the same words needs no more,
    # unless it has an acronym, or small words that stay small.
    acronym = any(word[1:] != word[1:].lower() for word in label.split())
    usual = naming.default_label(name)
    if label == usual or acronym or label.casefold() != usual.casefold():
        return [("string", python(label))] if label != usual else []
    words = usual.split()
    small = [w.lower() if w.lower() in _SMALL else w for w in words[1:]]
    shown = " ".join([*words[:1], *small])
    return [("string", python(shown))] if shown != usual else []


def _given(entity: EntityPlan, given: EntityField) -> FieldView:
    return FieldView(
        given.name,
        CLASSES[given.type],
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
        yield from _label(given.name, given.label)
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
    groups = groups_of(entity, given)
    if groups:
        yield "groups", python(groups)
    if given.help:
        yield "help", python(_sentence(given.help))


def _sentence(text: str) -> str:
    """Return a remark of a ticket as it stands below a label."""
    whole = text[:1].upper() + text[1:]
    return f"{whole}." if whole[-1:].isalnum() else whole


def groups_of(entity: EntityPlan, given: EntityField) -> str:
    """Return the groups that alone see a field, empty where everybody does."""
    if given.roles:
        return ",".join(f"{entity.module.module}.group_{r}" for r in given.roles)
    return entity.existing.private if entity.existing is not None else ""


def _flags(entity: EntityPlan, given: EntityField) -> Iterator[tuple[str, Escaped]]:
    yes = python(value=True)
    if demanded(entity, given):
        yield "required", yes
    if given.readonly and not given.computed:
        yield "readonly", yes
        yield "copy", python(value=False)
    if given.type is FieldType.ONE2MANY and not entity.extends:
        yield "copy", yes
    if given.tracked and entity.chatter and given.type not in _UNTRACKED:
        yield "tracking", yes
    if given.type is FieldType.MANY2ONE and not given.computed:
        yield from _link(entity, given)


def _link(entity: EntityPlan, given: EntityField) -> Iterator[tuple[str, Escaped]]:
    if checks_company(entity, given):
        yield "check_company", python(value=True)
    if given.name in {entity.employee, entity.owner}:
        yield "index", python(value=True)
    elif given.relation in entity.module.by_model:
        yield "ondelete", python("restrict")


_UNTRACKED: Final = {
    FieldType.HTML,
    FieldType.BINARY,
    FieldType.IMAGE,
}


def demanded(entity: EntityPlan, given: EntityField) -> bool:
    """Tell whether the column may not be empty; amounts are nothing without a currency."""
    # Records that are there already, and those that other modules make, lack the field.
    if given.computed or entity.extends:
        return False
    if given.name == entity.money.own:
        return True
    return given.required and required(entity, given)


def required(entity: EntityPlan, given: EntityField) -> bool:
    """Tell whether a field can be demanded of everybody who makes a record."""
    del entity
    if given.type in {FieldType.ONE2MANY, FieldType.MANY2MANY}:
        return False
    return not given.roles or given.default is not None


def checks_company(entity: EntityPlan, given: EntityField) -> bool:
    """Tell whether a related record has to belong to the record's company."""
    if not entity.company:
        return False
    ours = entity.module.by_model.get(given.relation or "")
    if ours is not None:
        return ours.company
    return relations.of_company(given.relation or "")


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
            yield "store", python(value=True)
        return
    default = default_code(entity, given)
    if default is not None:
        yield "default", default


def default_code(entity: EntityPlan, given: EntityField) -> Escaped | None:
    """Return the default of a field, None where it has none."""
    if given.default is None:
        if given.name == entity.money.own:
            return code("lambda self: self.env.company.currency_id")
        return None
    dynamic = given.default.dynamic
    if dynamic is not None:
        if dynamic is Dynamic.TODAY and given.type is FieldType.DATETIME:
            dynamic = Dynamic.NOW
        if dynamic is Dynamic.NOW and given.type is FieldType.DATE:
            dynamic = Dynamic.TODAY
        return code(_DYNAMIC[dynamic])
    return _plain(given)


def _plain(given: EntityField) -> Escaped | None:  # noqa: PLR0911 - one for each kind
    value = given.default.value if given.default else None
    if value is None:
        return None
    if given.type is FieldType.BOOLEAN:
        return python(value=bool(value))
    if given.type in NUMBERS:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            return None
        return python(int(value) if given.type is FieldType.INTEGER else value)
    if given.type is FieldType.SELECTION:
        known = {o.value for o in given.selection}
        return python(value) if value in known else None
    if given.type in {FieldType.CHAR, FieldType.TEXT, FieldType.HTML}:
        return python(str(value))
    return None
