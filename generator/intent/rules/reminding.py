"""Who is reminded of what, and when: `remind the owner 3 days before the end date`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from generator.intent.rules import english, roles
from generator.spec.workflow import Channel

if TYPE_CHECKING:
    from generator.intent.rules.events import Scene
    from generator.intent.rules.flow import Flow
    from generator.intent.rules.players import Cast
    from generator.intent.rules.reading import Statement

_REMIND: Final = re.compile(
    r"\b(remind\w*|escalat\w*|alert\w*|warn\w*|notif\w*|e-?mail\w*|follow[- ]?up|activit\w+|overdue)\b",
    re.IGNORECASE,
)
WHEN: Final = re.compile(
    rf"(?P<number>{english.NUMBER})\s*(?:working |business |calendar )?(?P<unit>days?|weeks?|months?|hours?|h)\b\s*(?:before|prior to|ahead of|in advance(?: of)?)\s*(?P<before>[^.,;]*)"
    rf"|(?P<number2>{english.NUMBER})\s*(?:working |business |calendar )?(?P<unit2>days?|weeks?|months?|hours?|h)\b\s*(?:after|past|following|since|later than|overdue|late)\s*(?P<after>[^.,;]*)"
    rf"|(?:within|in less than|for (?:more than|over|longer than)?|more than|longer than|older than|after)\s*(?P<number3>{english.NUMBER})\s*(?:working |business |calendar )?(?P<unit3>days?|weeks?|months?|hours?|h)\b(?P<within>[^.,;]*)",
    re.IGNORECASE,
)
"""A time before or after a date."""
_DAYS: Final = {"day": 1, "week": 7, "month": 30, "hour": 1 / 24, "h": 1 / 24}
_TODAY: Final = re.compile(
    r"\b(?:on|when) (?:the |its )?(?P<date>[a-z ]*?(?:date|deadline))(?: (?:is )?(?:reached|arrives|has passed|passes|passed))?|\boverdue\b|\bpast (?:the |its )?(?P<due>[a-z ]*?(?:date|deadline))",
    re.IGNORECASE,
)
_CALLS: Final = re.compile(
    r"\b(remind|overdue|alert|escalat|notif|e-?mail|warn|activit|follow)", re.IGNORECASE
)
_OWN_DATE: Final = re.compile(
    r"submi|request|approv|pending|waiting|open|unprocess|handled|answer|decid"
)
_UNDECIDED: Final = re.compile(
    r"\b(pending|waiting|unapproved|not yet (?:been )?(?:decided|handled|approved))\b"
)
_PLAIN: Final = frozenset({"date", "the", "of", "by", "time", "on"})
# Words of a reminder, and what the dates they mean are called.
_MEANT: Final = (
    ("return", ("return", "end_date")), ("due", ("due", "deadline", "end_date")),
    ("deadline", ("deadline", "due")), ("expir", ("expir", "end_date", "valid")),
    ("end", ("end_date", "end")), ("start", ("start",)), ("trip", ("start",)),
    ("leave", ("start",)), ("event", ("start", "event", "date")),
    ("renew", ("renew", "end_date")), ("departure", ("start",)), ("visit", ("date", "start")),
    ("overdue", ("due", "deadline", "return", "end_date", "target")),
)  # fmt: skip
OWN: Final = "request_date"
"""The date of a record itself, where a reminder names no other."""


@dataclass
class Reminding:
    """A reminder while it is being understood.

    Attributes:
        date: The field it goes by.
        days: Days after it, before it when negative.
        channel: How.
        statement: Where it is said.
        states: States it is bound to.
        roles: Who is reminded.
        requester: Whether who made the record is.
    """

    date: str
    days: int
    channel: Channel
    statement: Statement
    states: list[str]
    roles: list[str] = field(default_factory=list)
    requester: bool = False


def reminders(
    played: list[tuple[Statement, Scene]],
    cast: Cast,
    flow: Flow,
    dates: dict[str, str],
    requesters: list[str],
) -> tuple[list[Reminding], bool]:
    """Return the reminders, and whether one needs a date that the record does not have.

    Args:
        played: The statements, taken apart.
        cast: The roles.
        flow: The workflow.
        dates: Labels of the record's dates, by field.
        requesters: Who makes records.
    """
    found: list[Reminding] = []
    missing = False
    for statement, scene in played:
        if statement.kind == "title" or not _REMIND.search(statement.text):
            continue
        when = _when(statement.text)
        if when is None or not _CALLS.search(statement.text):
            continue
        date = _date(when[1].lower(), statement.lower, dates)
        missing |= date is None
        mail = re.search(r"\be-?mail", statement.lower) is not None
        made = Reminding(
            date or OWN,
            when[0],
            Channel.EMAIL if mail else Channel.ACTIVITY,
            statement,
            _while(statement, scene, flow),
        )
        _recipients(made, scene, cast, requesters)
        if not any(
            (o.date, o.days, o.roles) == (made.date, made.days, made.roles)
            for o in found
        ):
            found.append(made)
    return found, missing


def _when(text: str) -> tuple[int, str] | None:
    """Return how many days after what: -3 and `the end date`."""
    hit = WHEN.search(text)
    if hit is not None:
        return _days(hit)
    today = _TODAY.search(text)
    if today is None:
        return None
    late = re.search("overdue|passed|past", text.lower()) is not None
    return int(late), today.group("date") or today.group("due") or ""


def _recipients(
    made: Reminding, scene: Scene, cast: Cast, requesters: list[str]
) -> None:
    for mention in scene.people:
        if scene.tokens[mention.end - 1].lower().endswith("'s"):
            continue  # "the employee's manager"
        role = cast.role(mention.name)
        if role in requesters and (role in roles.BASE or len(requesters) == 1):
            made.requester = True
        elif role and role not in made.roles:
            made.roles.append(role)
    made.requester = made.requester or not made.roles


def _days(hit: re.Match[str]) -> tuple[int, str]:
    for number, unit, words, sign in (
        ("number", "unit", "before", -1),
        ("number2", "unit2", "after", 1),
        ("number3", "unit3", "within", 1),
    ):
        if hit.group(number):
            count = english.number(hit.group(number)) or 1
            each = _DAYS[hit.group(unit).rstrip("s").lower() or "h"]
            return sign * max(1, round(count * each)), hit.group(words) or ""
    return 0, ""


def _date(words: str, text: str, dates: dict[str, str]) -> str | None:
    """Return the date field that a phrase speaks of."""
    for source in (words, text):
        for name, phrase in dates.items():
            if phrase and phrase in source:
                return name
        for name, phrase in dates.items():
            heads = [w for w in re.findall(r"[a-z]+", phrase) if w not in _PLAIN]
            if any(re.search(rf"\b{w[:5]}", source) for w in heads):
                return name
    for word, endings in _MEANT:
        if word not in words and word not in text:
            continue
        for ending in endings:
            for name in dates:
                if ending in name:
                    return name
    if len(dates) == 1 and not _OWN_DATE.search(words + text):
        return next(iter(dates))
    return next((n for n in dates if n in {OWN, "date", "report_date"}), None)


def _while(statement: Statement, scene: Scene, flow: Flow) -> list[str]:
    """Return the states a reminder is bound to: `not approved within 3 days`."""
    for event in scene.events:
        if event.negated:
            sources = [
                s
                for step in flow.steps
                if step.target == event.verb.state
                for s in step.sources
            ]
            if sources:
                return list(dict.fromkeys(sources))
    low = statement.lower
    found = [n for n in flow.names if _in_state(n.replace("_", " "), low)]
    if _UNDECIDED.search(low) and not found:
        steps = [s for s in flow.steps if s.name.endswith("approve")]
        return list(dict.fromkeys(x for s in steps for x in s.sources))
    return found


def _in_state(words: str, low: str) -> bool:
    before = r"\b(?:in|still|remains?|stays?|is|are|status) (?:state |status )?[\"']?"
    return re.search(rf"{before}{re.escape(words)}\b", low) is not None
