"""What the template of a model's file says: constants, methods, and what they need."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from generator.escaping import Escaped, code, docstring, python
from generator.render import conditions, fields, naming
from generator.spec.fields import (
    Converted,
    Count,
    DaysBetween,
    Difference,
    Dynamic,
    EntityField,
    FieldType,
    Overdue,
    Product,
    Related,
    Sum,
)
from generator.spec.workflow import (
    Channel,
    Notification,
    Reminder,
    Transition,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from generator.render.fields import FieldView
    from generator.render.plan import EntityPlan


_NOTHING: Final = Escaped("")


@dataclass(frozen=True)
class Check:
    """An expression that must not be true, and what is said when it is."""

    broken: Escaped
    message: Escaped
    name: str = ""
    watched: Escaped = _NOTHING


@dataclass(frozen=True)
class Recipients:
    """Who hears of something, as an expression over ``record``; None: nobody."""

    users: Escaped


@dataclass(frozen=True)
class Telling:
    """A notification or reminder as a method."""

    name: str
    method: str
    doc: Escaped
    users: Escaped
    subject: Escaped
    body: Escaped
    has_body: bool = False
    activity: str = ""
    template: str = ""
    chatter: bool = False
    date: str = ""
    date_of: Escaped = _NOTHING
    mark: str = ""
    due: Escaped = _NOTHING
    domain: Escaped = _NOTHING


@dataclass(frozen=True)
class Step:
    """A transition as a method."""

    name: str
    method: str
    doc: Escaped
    groups: tuple[str, ...]
    sources: Escaped
    target: Escaped
    own_only: bool
    not_own: bool
    checks: tuple[Check, ...]
    attachment: bool
    tellings: tuple[str, ...]
    reason: str
    wizard: str
    title: Escaped
    verb: Escaped
    closes: bool


@dataclass(frozen=True)
class Compute:
    """A compute method."""

    name: str
    depends: Escaped
    value: Escaped
    search: Escaped | None = None


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
        self.steps = [_step(entity, t) for t in entity.transitions]
        self.tellings = [_telling(entity, n) for n in entity.notifications]
        self.reminders = [_reminder(entity, r) for r in entity.reminders]
        self.on_create = [_method(n) for n in entity.notifications if n.on is None]
        self.computes = [*_computes(entity)]
        self.column_checks = [*_column_checks(entity)]
        self.uniques = [*_uniques(entity)]
        self.checks = [*_checks(entity)]
        self.overlaps = [*_overlaps(entity)]
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
        kept = [*entity.reasons.values(), *entity.marks.values()]
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
    text = entity.spec.description or f"{entity.label}."
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


def constant(role: str) -> str:
    """Return the constant with the XML id of a role's group."""
    return f"GROUP_{role.upper()}"


def _method(telling: Notification) -> str:
    return naming.short(f"_notify_{telling.name}")


def method(transition: Transition) -> str:
    """Return the name of a transition's button."""
    return naming.short(f"action_{transition.name}")


def wizard_model(entity: EntityPlan, transition: Transition) -> str:
    """Return the model that asks for a transition's reason."""
    return naming.short(f"{entity.model}.{transition.name}", 60)


def _step(entity: EntityPlan, transition: Transition) -> Step:
    checks = [
        Check(
            conditions.broken(entity, condition),
            python(conditions.sentence(entity, condition)),
        )
        for condition in transition.conditions
    ]
    if entity.first_state in transition.sources:
        checks += [
            Check(code(f"not record.{need.lines}"), python(need.message))
            for need in entity.line_needs()
            if need.lines in entity.fields or need.lines in entity.children
        ]
    roles = " or ".join(entity.module.role(role).label for role in transition.roles)
    who = f"; for {roles}" if roles else ""
    came = ", ".join(transition.sources)
    return Step(
        name=transition.name,
        method=method(transition),
        doc=docstring(f"{transition.label}: {came} -> {transition.target}{who}.", 8),
        groups=tuple(constant(role) for role in transition.roles),
        sources=code(", ".join(python(s) for s in transition.sources)),
        target=python(transition.target),
        own_only=transition.own_only and entity.personal,
        not_own=transition.not_own and entity.personal,
        checks=tuple(checks),
        attachment=transition.attachment,
        tellings=tuple(
            _method(n) for n in entity.notifications if n.on == transition.name
        ),
        reason=entity.reasons.get(transition.name, ""),
        wizard=wizard_model(entity, transition) if transition.reason else "",
        title=python(f"{transition.label}: {entity.label}"),
        verb=python(naming.lowered(transition.label)),
        closes=bool(_asked_states(entity) & {*transition.sources}),
    )


def _asked_states(entity: EntityPlan) -> set[str]:
    """Return the states in which somebody may still have to do what he was asked."""
    found = set()
    for telling in entity.notifications:
        if Channel.ACTIVITY not in telling.channels:
            continue
        if telling.on is None and entity.states:
            found.add(entity.first_state)
        found |= {t.target for t in entity.transitions if t.name == telling.on}
    return found


def users(entity: EntityPlan, part: Notification | Reminder) -> Escaped:
    """Return an expression for who is told, over ``record``."""
    found = []
    if part.roles:
        groups = ", ".join(constant(role) for role in part.roles)
        found.append(f"record._users_in({groups})")
    if isinstance(part, Notification) and part.manager and entity.managed:
        found.append("record.manager_user_id")
    if part.requester and entity.owner:
        found.append(f"record.{entity.owner}")
    if not found:
        found.append(f"record.{entity.owner}" if entity.owner else "self.env.user")
    return code(" | ".join(found))


def _telling(entity: EntityPlan, telling: Notification) -> Telling:
    return Telling(
        name=telling.name,
        method=_method(telling),
        doc=docstring(f"Tell {_listed(entity, telling)}: {telling.subject}", 8),
        users=users(entity, telling),
        subject=python(telling.subject),
        body=python(telling.body or telling.subject),
        has_body=bool(telling.body),
        activity=(
            activity_type(entity, telling)
            if Channel.ACTIVITY in telling.channels
            else ""
        ),
        template=(
            mail_template(entity, telling) if Channel.EMAIL in telling.channels else ""
        ),
        chatter=Channel.CHATTER in telling.channels,
    )


def _listed(entity: EntityPlan, part: Notification | Reminder) -> str:
    who = [entity.module.role(role).label for role in part.roles]
    if isinstance(part, Notification) and part.manager:
        who.append("the manager")
    if part.requester:
        who.append("the requester")
    return " and ".join(who or ["the requester"])


def activity_type(entity: EntityPlan, part: Notification | Reminder) -> str:
    """Return the XML id of an activity type, within the module."""
    return f"mail_activity_type_{entity.name}_{part.name}"


def mail_template(entity: EntityPlan, part: Notification | Reminder) -> str:
    """Return the XML id of a mail template, within the module."""
    return f"mail_template_{entity.name}_{part.name}"


def cron_method(reminder: Reminder) -> str:
    """Return the name of the method that a cron job calls."""
    return naming.short(f"_cron_remind_{reminder.name}")


def _reminder(entity: EntityPlan, reminder: Reminder) -> Telling:
    field = entity.fields.get(reminder.date)
    moment = field is not None and field.type is FieldType.DATETIME
    domain = [f'("{reminder.date}", "<", due + timedelta(days=1))']
    if reminder.days < 0:
        domain.append(f'("{reminder.date}", ">=", today)')
    if entity.states:
        states = reminder.states or tuple(
            s
            for s in entity.states
            if s not in entity.final_states and s not in entity.refused_states
        )
        listed = ", ".join(python(s) for s in states)
        domain.append(f'("state", "in", [{listed}])')
    days = abs(reminder.days)
    when = (
        "on"
        if not days
        else f"{days} day{'s' * (days > 1)} "
        + ("before" if reminder.days < 0 else "after")
    )
    label = naming.lowered(field.label) if field else reminder.date
    sign = "+" if reminder.days < 0 else "-"
    shift = f"today {sign} timedelta(days={days})" if days else "today"
    return Telling(
        name=reminder.name,
        method=cron_method(reminder),
        doc=docstring(
            f"Remind {_listed(entity, reminder)} {when} the {label}, once for each date.",
            8,
        ),
        users=users(entity, reminder),
        subject=python(reminder.subject),
        body=python(reminder.subject),
        activity=(
            activity_type(entity, reminder)
            if reminder.channel is Channel.ACTIVITY
            else ""
        ),
        template=(
            mail_template(entity, reminder) if reminder.channel is Channel.EMAIL else ""
        ),
        chatter=reminder.channel is Channel.CHATTER,
        date=reminder.date,
        date_of=code(f"record.{reminder.date}{'.date()' if moment else ''}"),
        mark=entity.marks[reminder.name],
        due=code(shift),
        domain=code(f"[{', '.join(domain)}]"),
    )


def _quoted(names: Iterable[str]) -> Escaped:
    return code(", ".join(python(name) for name in dict.fromkeys(names)))


def _computes(entity: EntityPlan) -> Iterator[Compute]:
    for field in entity.fields.values():
        if field.computed is not None and not isinstance(field.computed, Related):
            yield _compute(entity, field)


def _compute(entity: EntityPlan, field: EntityField) -> Compute:
    computed = field.computed
    zero = "0.0" if field.type in {FieldType.FLOAT, FieldType.MONETARY} else "0"
    del zero
    match computed:
        case Sum():
            depends = [f"{computed.lines}.{computed.field}"]
            value = f'sum(record.{computed.lines}.mapped("{computed.field}"))'
        case Count():
            depends = [computed.lines]
            value = f"len(record.{computed.lines})"
        case Product():
            depends = [*computed.factors]
            value = " * ".join(f"record.{name}" for name in computed.factors)
        case Difference():
            depends = [computed.minuend, *computed.subtrahends]
            value = " - ".join(f"record.{name}" for name in depends)
        case DaysBetween():
            depends = [computed.start, computed.end]
            start, end = (_day(entity, name) for name in depends)
            value = (
                f"(({end} - {start}).days + 1 "
                f"if record.{computed.start} and record.{computed.end} else 0)"
            )
        case Converted():
            return _converted(entity, field, computed)
        case Overdue():
            return _overdue(entity, field, computed)
        case _:
            message = f"No code for {type(computed).__name__}."
            raise TypeError(message)
    return Compute(field.name, _quoted(depends), code(value))


def _day(entity: EntityPlan, name: str) -> str:
    field = entity.fields.get(name)
    moment = field is not None and field.type is FieldType.DATETIME
    return f"record.{name}.date()" if moment else f"record.{name}"


def _converted(entity: EntityPlan, field: EntityField, computed: Converted) -> Compute:
    amount = entity.fields.get(computed.amount)
    currency = entity.currency_of(amount) if amount else "currency_id"
    day = "fields.Date.context_today(record)"
    depends = [computed.amount, currency, "company_id"]
    if computed.date:
        depends.append(computed.date)
        day = f"{_day(entity, computed.date)} or {day}"
        if _day(entity, computed.date).endswith(")"):
            day = (
                f"{_day(entity, computed.date)} if record.{computed.date} "
                "else fields.Date.context_today(record)"
            )
    value = (
        f"record.{currency}._convert(record.{computed.amount}, "
        f"record.company_id.currency_id, record.company_id, {day})"
    )
    return Compute(field.name, _quoted(depends), code(value))


def _overdue(entity: EntityPlan, field: EntityField, computed: Overdue) -> Compute:
    depends = [computed.date, *(["state"] if entity.states else [])]
    closed = [*dict.fromkeys([*entity.final_states, *entity.refused_states])]
    day = _day(entity, computed.date)
    value = (
        f"bool(record.{computed.date} and {day} < fields.Date.context_today(record))"
    )
    domain = f'("{computed.date}", "<", fields.Date.context_today(self))'
    if closed:
        listed = _quoted(closed)
        value = (
            f"bool(record.{computed.date} and record.state not in ({listed},) "
            f"and {day} < fields.Date.context_today(record))"
        )
        domain += f', ("state", "not in", [{listed}])'
    return Compute(field.name, _quoted(depends), code(value), code(f"[{domain}]"))


def _column_checks(entity: EntityPlan) -> Iterator[Check]:
    for rule in entity.compares():
        if conditions.is_column_check(entity, rule):
            yield Check(conditions.sql(rule), python(rule.message), rule.name)


def _uniques(entity: EntityPlan) -> Iterator[Check]:
    for rule in entity.uniques():
        columns = [*rule.fields]
        if entity.company and "company_id" not in columns and not entity.parent:
            columns.append("company_id")
        yield Check(python(f"({', '.join(columns)})"), python(rule.message), rule.name)


def _checks(entity: EntityPlan) -> Iterator[Check]:
    for rule in entity.compares():
        if not conditions.is_column_check(entity, rule):
            watched = [rule.field, *([rule.other] if rule.other else [])]
            broken = conditions.broken(entity, rule)
            yield Check(
                broken, python(rule.message), rule.name, _watched(entity, watched)
            )
    for demand in entity.demanded():
        holds = conditions.holds(entity, demand.when)
        names = [demand.field, demand.when.field]
        names += [demand.when.other] if demand.when.other else []
        yield Check(
            code(f"{holds} and not record.{demand.field}"),
            python(demand.message),
            demand.name,
            _watched(entity, names),
        )


def _watched(entity: EntityPlan, names: Iterable[str]) -> Escaped:
    """Return what `api.constrains` watches: of a related field where its path begins."""
    found = []
    for name in names:
        field = entity.fields.get(name)
        if field and isinstance(field.computed, Related):
            found.append(field.computed.path[0])
        elif field and isinstance(field.computed, Overdue):
            found.append(field.computed.date)
        else:
            found.append(name)
    return _quoted(found)


@dataclass(frozen=True)
class OverlapCheck:
    """A period that may not overlap with another."""

    name: str
    watched: Escaped
    domain: Escaped
    guard: Escaped
    message: Escaped
    backwards: Escaped | None


def _overlaps(entity: EntityPlan) -> Iterator[OverlapCheck]:
    for rule in entity.overlaps():
        field = entity.fields.get(rule.start)
        # The last day belongs to a period of days; a period of moments ends before its end.
        sign = "" if field and field.type is FieldType.DATETIME else "="
        domain = ['("id", "!=", record.id)']
        for name in rule.per:
            given = entity.fields.get(name)
            relational = given is not None and given.type is FieldType.MANY2ONE
            domain.append(
                f'("{name}", "=", record.{name}{".id" if relational else ""})'
            )
        domain += [
            f'("{rule.start}", "<{sign}", record.{rule.end})',
            f'("{rule.end}", ">{sign}", record.{rule.start})',
        ]
        watched = [rule.start, rule.end, *rule.per]
        guard = [f"record.{name}" for name in (rule.start, rule.end, *rule.per)]
        if entity.refused_states:
            listed = _quoted(entity.refused_states)
            watched.append("state")
            domain.append(f'("state", "not in", [{listed}])')
            guard.append(f"record.state not in ({listed},)")
        yield OverlapCheck(
            rule.name,
            _quoted(watched),
            code(f"[{', '.join(domain)}]"),
            code(" and ".join(guard)),
            python(rule.message),
            None
            if entity.ordered(rule)
            else code(f"record.{rule.end} <{'' if sign else '='} record.{rule.start}"),
        )


def _copied(entity: EntityPlan) -> str:
    """Return the text that has to differ in a copy, or empty."""
    for rule in entity.uniques():
        for name in rule.fields:
            field = entity.fields.get(name)
            words = field and field.type is FieldType.CHAR and not field.computed
            if words and name != entity.number:
                return name
    return ""
