"""Notifications and reminders as methods, and what their records are called."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from generator.escaping import Escaped, code, docstring, python
from generator.render import naming
from generator.spec.fields import FieldType
from generator.spec.workflow import Channel, Notification, Reminder

if TYPE_CHECKING:
    from generator.render.plan import EntityPlan

_NOTHING: Final = Escaped("")


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


def constant(role: str) -> str:
    """Return the constant with the XML id of a role's group."""
    return f"GROUP_{role.upper()}"


def told_by(telling: Notification) -> str:
    """Return the name of the method that tells of something."""
    return naming.short(f"_notify_{telling.name}")


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


def told(entity: EntityPlan, telling: Notification) -> Telling:
    """Return a notification as a method."""
    return Telling(
        name=telling.name,
        method=told_by(telling),
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


def reminded(entity: EntityPlan, reminder: Reminder) -> Telling:
    """Return a reminder as the method that a cron job calls."""
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
