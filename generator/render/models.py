"""What the template of a model's file says: constants, methods, and what they need."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from generator.escaping import Escaped, code, docstring, python
from generator.render import computes, constraints, fields, naming, steps, tellings
from generator.render.steps import method, wizard_model
from generator.render.tellings import (
    activity_type,
    constant,
    cron_method,
    mail_template,
    users,
)
from generator.spec.fields import Dynamic, FieldType

if TYPE_CHECKING:
    from generator.render.fields import FieldView
    from generator.render.plan import EntityPlan, Link

__all__ = [
    "ModelView",
    "activity_type",
    "constant",
    "cron_method",
    "frozen_fields",
    "mail_template",
    "method",
    "users",
    "wizard_model",
]


class ModelView:
    """A model's file.

    Args:
        entity: The entity.
    """

    def __init__(self, entity: EntityPlan) -> None:
        self.entity = entity
        self.fields: list[FieldView] = fields.views(entity)
        self.doc = docstring(_about(entity))
        self.groups = _groups(entity)
        self.steps = [steps.step(entity, t) for t in entity.transitions]
        self.tellings = [tellings.told(entity, n) for n in entity.notifications]
        self.reminders = [tellings.reminded(entity, r) for r in entity.reminders]
        self.on_create = [
            tellings.told_by(n) for n in entity.notifications if n.on is None
        ]
        self.computes = [*computes.computes(entity)]
        self.column_checks = [*constraints.column_checks(entity)]
        self.uniques = [*constraints.uniques(entity)]
        self.checks = [*constraints.checks(entity)]
        self.overlaps = [*constraints.overlaps(entity)]
        self.copied = _copied(entity)

    @property
    def activities(self) -> list[str]:
        """XML ids of the activity types of the notifications."""
        module = self.entity.module.module
        return [
            f"{module}.{telling.activity}"
            for telling in self.tellings
            if telling.activity
        ]

    @property
    def workflow_defaults(self) -> list[tuple[str, Escaped]]:
        """What only the program writes, with what a new record has."""
        entity, found = self.entity, []
        if entity.number:
            found.append((entity.number, python("New")))
        if entity.states:
            found.append(("state", python(entity.first_state)))
        kept = [*dict.fromkeys(entity.reasons.values()), *entity.marks.values()]
        kept += [
            f.name
            for f in entity.fields.values()
            if f.readonly
            and not f.computed
            and f.name not in {entity.number, entity.owner, *kept}
            and not (f.default and f.default.dynamic)
        ]
        for name in kept:
            given = entity.fields.get(name)
            default = fields.default_code(entity, given) if given else None
            found.append((name, default or python(value=False)))
        return found

    @property
    def dynamic_defaults(self) -> list[tuple[str, Escaped]]:
        """What only the program writes, and is known when a record is made."""
        entity, found = self.entity, []
        if entity.owner and not entity.employee:
            found.append((entity.owner, code("self.env.uid")))
        for f in entity.fields.values():
            dynamic = f.default.dynamic if f.default else None
            if (
                dynamic is None
                or not f.readonly
                or f.computed
                or f.name == entity.owner
            ):
                continue
            moment = _MOMENTS[Dynamic.NOW if f.type is FieldType.DATETIME else dynamic]
            found.append((f.name, code(moment)))
        return found

    @property
    def kept(self) -> list[str]:
        """What only the program writes."""
        return sorted(
            name for name, _ in [*self.workflow_defaults, *self.dynamic_defaults]
        )

    @property
    def derived(self) -> list[str]:
        """What is computed and stored."""
        entity = self.entity
        found = [
            f.name
            for f in entity.fields.values()
            if f.computed is not None and entity.stored(f.name)
        ]
        if entity.employee and not entity.owner_given:
            found.append(entity.owner)
        if entity.managed:
            found.append("manager_user_id")
        if entity.parent and entity.company:
            found.append("company_id")
        return sorted(found)

    @property
    def frozen(self) -> list[str]:
        """What people fill in, and stands in some states."""
        if not self.entity.frozen_states:
            return []
        return frozen_fields(self.entity)

    @property
    def freezing(self) -> bool:
        """Whether there are states in which a record stands as it is."""
        return bool(self.entity.frozen_states)

    @property
    def guarded(self) -> bool:
        """Whether create and write have something to refuse."""
        return bool(self.workflow_defaults or self.dynamic_defaults or self.derived)

    @property
    def hands_over(self) -> str:
        """The field that says whose record it is and can be changed, or empty."""
        return self.entity.employee or ""

    @property
    def closes(self) -> bool:
        """Whether a transition closes activities."""
        return any(step.closes for step in self.steps)

    @property
    def needs_users(self) -> bool:
        """Whether somebody is told of something."""
        return bool(self.tellings or self.reminders)

    @property
    def needs_attachment(self) -> bool:
        """Whether a transition asks for a document."""
        return any(step.attachment for step in self.steps)

    @property
    def odoo_imports(self) -> str:
        """Names from `odoo`."""
        used = ["fields", "models"]
        methods = (
            self.computes or self.checks or self.overlaps or self.guarded
            or self.entity.states or self.reminders or self.on_create
            or self.entity.managed
            or (self.entity.parent and self.entity.parent.frozen_states)
        )  # fmt: skip
        return ", ".join(["api", *used] if methods else used)

    @staticmethod
    def opening(link: Link) -> Escaped:
        """Return what the method that opens records says of itself."""
        return docstring(
            f"Open the {naming.lowered(link.target.plural)} of this record.", 8
        )

    @property
    def errors(self) -> list[str]:
        """Names from `odoo.exceptions`."""
        found = set()
        if self.guarded or any(s.groups or s.own_only or s.not_own for s in self.steps):
            found.add("AccessError")
        if self.entity.states:
            found.add("UserError")
        if self.checks or self.overlaps:
            found.add("ValidationError")
        return sorted(found)

    @property
    def needs_timedelta(self) -> bool:
        """Whether days are counted."""
        return bool(self.reminders)

    @property
    def escapes(self) -> bool:
        """Whether text goes into a field with markup."""
        return any(t.activity and t.has_body for t in self.tellings)

    @property
    def sends_mail(self) -> bool:
        """Whether a mail template is used."""
        return any(t.template for t in [*self.tellings, *self.reminders])


_MOMENTS: Final = {
    Dynamic.TODAY: "fields.Date.context_today(self)",
    Dynamic.NOW: "fields.Datetime.now()",
    Dynamic.COMPANY: "self.env.company.id",
    Dynamic.USER: "self.env.uid",
    Dynamic.EMPLOYEE: "self.env.user.employee_id.id",
}


def frozen_fields(entity: EntityPlan) -> list[str]:
    """Return what people fill in."""
    names = {f.name for f in entity.inputs()} | set(entity.children)
    if entity.company:
        names.add("company_id")
    return sorted(names - {entity.owner} if not entity.employee else names)


def _about(entity: EntityPlan) -> str:
    named = f"{entity.label}."
    if entity.extends:
        named = f"{entity.label}, with what {entity.module.spec.title} adds to it."
    text = entity.spec.description or named
    if not entity.states:
        return text
    chain = " -> ".join(s.name for s in entity.spec.states if not s.refused)
    off = [s.name for s in entity.spec.states if s.refused]
    aside = f"; {', '.join(off)} beside it" if off else ""
    how = (
        f"{chain}{aside}. Each transition is a public method that checks role and state "
        "for itself; ``write`` and ``default_get`` leave no other way."
    )
    return f"{text}\n\n{how}"


def _groups(entity: EntityPlan) -> list[tuple[str, Escaped]]:
    names = [
        role
        for parts in (entity.transitions, entity.notifications, entity.reminders)
        for part in parts
        for role in part.roles
    ]
    module = entity.module.module
    return [
        (constant(role), python(f"{module}.group_{role}"))
        for role in dict.fromkeys(names)
    ]


def _copied(entity: EntityPlan) -> str:
    """Return the text that has to differ in a copy, or empty."""
    for rule in entity.uniques():
        for name in rule.fields:
            field = entity.fields.get(name)
            words = field and field.type is FieldType.CHAR and not field.computed
            if words and name != entity.number:
                return name
    return ""
