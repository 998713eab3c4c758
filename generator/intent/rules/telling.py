"""Who is told of what: notifications and reminders."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from generator.intent.rules import english, roles
from generator.spec.workflow import Channel

if TYPE_CHECKING:
    from generator.intent.rules.events import Event, Scene
    from generator.intent.rules.flow import Flow
    from generator.intent.rules.reading import Statement
    from generator.intent.rules.roles import Cast, Mention

_TELL: Final = re.compile(
    r"\b(notif(?:y|ies|ied|ying)|notifications?|inform(?:s|ed|ing)?(?!ation)|alert(?:s|ed)?|e-?mail(?:s|ed)?(?! address)|messages?|is told|are told|gets? told|let .* know)\b",
    re.IGNORECASE,
)
_REMIND: Final = re.compile(
    r"\b(remind\w*|escalat\w*|alert\w*|warn\w*|notif\w*|e-?mail\w*|follow[- ]?up|activit\w+|overdue)\b",
    re.IGNORECASE,
)
_WHEN: Final = re.compile(
    rf"(?P<number>{english.NUMBER})\s*(?:working |business |calendar )?(?P<unit>days?|weeks?|months?|hours?|h)\b\s*(?:before|prior to|ahead of|in advance(?: of)?)\s*(?P<before>[^.,;]*)"
    rf"|(?P<number2>{english.NUMBER})\s*(?:working |business |calendar )?(?P<unit2>days?|weeks?|months?|hours?|h)\b\s*(?:after|past|following|since|later than|overdue|late)\s*(?P<after>[^.,;]*)"
    rf"|(?:within|in less than|for (?:more than|over|longer than)?|more than|longer than|older than|after)\s*(?P<number3>{english.NUMBER})\s*(?:working |business |calendar )?(?P<unit3>days?|weeks?|months?|hours?|h)\b(?P<within>[^.,;]*)",
    re.IGNORECASE,
)
_DAYS: Final = {"day": 1, "week": 7, "month": 30, "hour": 1 / 24, "h": 1 / 24}
_TODAY: Final = re.compile(
    r"\b(?:on|when) (?:the |its )?(?P<date>[a-z ]*?(?:date|deadline))(?: (?:is )?(?:reached|arrives|has passed|passes|passed))?|\boverdue\b|\bpast (?:the |its )?(?P<due>[a-z ]*?(?:date|deadline))",
    re.IGNORECASE,
)


@dataclass
class Telling:
    """A notification while it is being understood."""

    on: str | None
    roles: list[str]
    requester: bool
    manager: bool
    channels: list[Channel]
    statement: Statement
    assumed: bool = False
    sources: list[Statement] = field(default_factory=list)


@dataclass
class Reminding:
    """A reminder while it is being understood."""

    date: str
    days: int
    roles: list[str]
    requester: bool
    channel: Channel
    statement: Statement
    states: list[str]


def channels(text: str) -> list[Channel]:
    """Return how somebody is told, as far as a sentence says."""
    low = text.lower()
    found = []
    if re.search(r"\be-?mail", low):
        found.append(Channel.EMAIL)
    if re.search(r"\b(activit|to-?do|task)", low):
        found.append(Channel.ACTIVITY)
    if re.search(r"\bchatter (?:message|note)|posted? (?:in|on) (?:the )?chatter", low):
        found.append(Channel.CHATTER)
    return found


def notifications(
    played: list[tuple[Statement, Scene]], cast: Cast, flow: Flow, requesters: list[str]
) -> list[Telling]:
    """Return who is told of which transition."""
    found: list[Telling] = []
    last: Event | None = None
    for statement, scene in played:
        hit = _TELL.search(statement.text)
        if (
            hit
            and not _WHEN.search(statement.text)
            and not re.search(r"\bremind", statement.lower)
        ):
            told = _recipients(statement, scene, hit)
            steps = _occasion(scene, statement, flow, last)
            if told and steps is not None:
                for step in steps:
                    _merge(
                        found, _telling(step, told, statement, cast, flow, requesters)
                    )
        for event in scene.events:
            if not event.negated:
                last = event
    return found


def told(statement: Statement, scene: Scene) -> list[str]:
    """Return who is told of something in a sentence, by the names of mentions."""
    hit = _TELL.search(statement.text)
    if hit is not None:
        return _recipients(statement, scene, hit)
    if re.search(r"\b(?:remind|escalat)\w*", statement.lower):
        return [m.name for m in scene.people if not _owning(scene, m)]
    return []


def _owning(scene: Scene, mention: Mention) -> bool:
    return scene.tokens[mention.end - 1].lower().endswith(("'s", "s'"))


def _recipients(statement: Statement, scene: Scene, hit: re.Match[str]) -> list[str]:
    """Return the mentions that are told, with `employee` of `the employee's manager` left out."""
    words = [w.lower() for w in scene.tokens]
    tell = next(
        (
            i
            for i, w in enumerate(words)
            if re.fullmatch(
                r"notif\w+|inform(s|ed|ing)?|alert\w*|e-?mail\w*|messages?|told", w
            )
        ),
        None,
    )
    if tell is None:
        return []
    passive = words[tell - 1 : tell] and words[tell - 1] in {
        "is",
        "are",
        "be",
        "been",
        "gets",
        "get",
        "automatically",
        "immediately",
        "also",
    }
    receives = any(
        w in {"receive", "receives", "get", "gets"}
        for w in words[max(0, tell - 4) : tell]
    )
    people = [
        m
        for m in scene.people
        if not scene.tokens[m.end - 1].lower().endswith(("'s", "s'"))
    ]
    if passive or receives:
        if (
            words[tell]
            in {"notification", "email", "e-mail", "emails", "message", "notifications"}
            and not receives
        ):
            after = [m for m in people if m.start > tell]
            return _run(words, after) or [m.name for m in people if m.end <= tell][-1:]
        before = [m for m in people if m.end <= tell]
        return _run_back(words, before)
    after = [m for m in people if m.start > tell]
    if after and not any(
        w in {"when", "once", "after", "if", "that"}
        for w in words[tell : after[0].start]
    ):
        return _run(words, after)
    before = [m for m in people if m.end <= tell]
    return _run_back(words, before)


_BETWEEN: Final = frozenset(
    {"and", "or", ",", "the", "a", "an", "their", "his", "her", "also", "both"}
)


def _run(words: list[str], people: list[Mention]) -> list[str]:
    """Return the first of *people* and those that `and` joins to it."""
    found = people[:1]
    for mention in people[1:]:
        if not {*words[found[-1].end : mention.start]} <= _BETWEEN:
            break
        found.append(mention)
    return [mention.name for mention in found]


def _run_back(words: list[str], people: list[Mention]) -> list[str]:
    """Return the last of *people* and those that `and` joins to it."""
    found = people[-1:]
    for mention in reversed(people[:-1]):
        if not {*words[mention.end : found[0].start]} <= _BETWEEN:
            break
        found.insert(0, mention)
    return [mention.name for mention in found]


def _occasion(
    scene: Scene, statement: Statement, flow: Flow, last: Event | None
) -> list[str | None] | None:
    """Return the transitions that somebody is told of; None when it is none of them."""
    low = statement.lower
    conditions = [e for e in scene.events if e.condition and not e.negated]
    others = [e for e in scene.events if not e.condition and not e.negated]
    tell = _TELL.search(statement.text)
    place = len(statement.text[: tell.start()].split()) if tell else 0
    if re.search(
        r"\b(?:every|each|any|all) (?:status |state )?(?:change|transition|update|decision|step)|\b(?:status|state) changes?\b|when (?:the |its )?(?:status|state) (?:is )?chang",
        low,
    ):
        if "decision" in low:
            return [
                s.name
                for s in flow.steps
                if s.name.endswith(("approve", "reject", "refuse", "decline"))
            ] or None
        return [s.name for s in flow.steps] or None
    if re.search(r"\b(?:outcome|decision|result)\b", low) and not conditions:
        found = [
            s.name
            for s in flow.steps
            if s.name.endswith(("approve", "reject", "refuse", "decline"))
        ]
        if found:
            return list(found)
    chosen = conditions or [e for e in others if e.place <= place + 2][-2:] or others
    if chosen is others or not conditions:
        joined = [e for e in others if e.place < place + 1]
        chosen = joined[-1:] if joined else others[:1]
        if (
            len(joined) > 1
            and joined[-1].roles == joined[-2].roles
            and joined[-1].place - joined[-2].place < 4
        ):
            chosen = joined[-2:]
        before = [e for e in others if e.place < place + 1]
        if not before and last is not None and not conditions:
            chosen = [last]
    names: list[str | None] = []
    for event in chosen:
        names += [
            s.name
            for s in flow.steps
            if s.target == event.verb.state or s.name == event.verb.name
        ]
    if names:
        return list(dict.fromkeys(names))
    if re.search(
        r"\b(?:is |are |been |gets? )?(?:created|registered|logged|reported|raised|added|received|new|recorded|made|booked|requested|entered|arrives?|checked in)\b|\bnew\b",
        low,
    ):
        first = next((s.name for s in flow.steps if s.name == "submit"), None)
        created = re.search(r"\bcreat|register|log|record|add|enter", low)
        return [None if created or first is None else first]
    if last is not None:
        found = [s.name for s in flow.steps if s.target == last.verb.state]
        if found:
            return list(found)
    return None


def _telling(
    step: str | None,
    told: list[str],
    statement: Statement,
    cast: Cast,
    flow: Flow,
    requesters: list[str],
) -> Telling:
    made = Telling(step, [], False, False, channels(statement.text), statement)
    for name in told:
        role = cast.role(name)
        if (role in requesters and role in roles.BASE) or name in {
            "owner",
            "requester",
            "applicant",
            "submitter",
        }:
            made.requester = True
        elif role == "manager":
            made.manager = True
        elif role:
            made.roles.append(role)
    if not made.channels:
        acts = any(
            {*s.roles} & ({*made.roles} | ({"manager"} if made.manager else set()))
            for s in flow.steps
            if step is not None
            and any(t.name == step and t.target in s.sources for t in flow.steps)
        )
        made.channels = [Channel.ACTIVITY] if acts else [Channel.EMAIL]
        made.assumed = True
    return made


def _merge(found: list[Telling], made: Telling) -> None:
    if not (made.roles or made.requester or made.manager):
        return
    for other in found:
        if (
            other.on == made.on
            and other.requester == made.requester
            and other.manager == made.manager
            and other.roles == made.roles
        ):
            said = [] if made.assumed else made.channels
            kept = [] if other.assumed and said else other.channels
            other.channels = list(dict.fromkeys([*kept, *said]))
            other.assumed = other.assumed and made.assumed
            other.sources.append(made.statement)
            return
    made.sources.append(made.statement)
    found.append(made)


def reminders(
    played: list[tuple[Statement, Scene]],
    cast: Cast,
    flow: Flow,
    dates: dict[str, str],
    requesters: list[str],
) -> tuple[list[Reminding], list[str]]:
    """Return reminders, and the names of dates they need that are not there."""
    found: list[Reminding] = []
    missing: list[str] = []
    for statement, scene in played:
        if statement.kind == "title" or not _REMIND.search(statement.text):
            continue
        hit = _WHEN.search(statement.text)
        today = _TODAY.search(statement.text) if hit is None else None
        if hit is None and (
            today is None
            or not re.search(
                r"\b(remind|overdue|alert|escalat|notif|e-?mail|warn)", statement.lower
            )
        ):
            continue
        days, words = (
            _days(hit)
            if hit
            else (
                1 if re.search("overdue|passed|past", statement.lower) else 0,
                (today.group("date") or today.group("due") or "") if today else "",
            )
        )
        if hit is not None and not re.search(
            r"\b(remind|escalat|overdue|alert|notif|e-?mail|warn|activit|follow)",
            statement.lower,
        ):
            continue
        date = _date(words or "", statement.lower, dates)
        if date is None:
            date = "request_date"
            missing.append(date)
        made = Reminding(
            date,
            days,
            [],
            False,
            Channel.EMAIL
            if Channel.EMAIL in channels(statement.text)
            else Channel.ACTIVITY,
            statement,
            _while(statement, scene, flow),
        )
        tell = re.search(
            r"remind|notif|alert|e-?mail|warn|escalat|inform", statement.lower
        )
        people = [
            m
            for m in scene.people
            if not scene.tokens[m.end - 1].lower().endswith("'s")
        ]
        told = [m.name for m in people]
        del tell
        for name in told:
            role = cast.role(name)
            if role in requesters and role in roles.BASE:
                made.requester = True
            elif role and role not in made.roles:
                made.roles.append(role)
        if not made.roles and not made.requester:
            made.requester = True
        if not any(
            o.date == made.date and o.days == made.days and o.roles == made.roles
            for o in found
        ):
            found.append(made)
    return found, missing


def _days(hit: re.Match[str]) -> tuple[int, str]:
    for number, unit, words, sign in (
        ("number", "unit", "before", -1), ("number2", "unit2", "after", 1), ("number3", "unit3", "within", 1),
    ):  # fmt: skip
        if hit.group(number):
            count = english.number(hit.group(number)) or 1
            each = _DAYS[hit.group(unit).rstrip("s").lower() or "h"]
            return sign * max(1, round(count * each)), hit.group(words)
    return 0, ""


def _date(words: str, text: str, dates: dict[str, str]) -> str | None:
    """Return the date field that a phrase speaks of."""
    for source in (words.lower(), text):
        for name, phrase in dates.items():
            if phrase and phrase in source:
                return name
        for name, phrase in dates.items():
            heads = [
                w
                for w in re.findall(r"[a-z]+", phrase)
                if w not in {"date", "the", "of", "by", "time", "on"}
            ]
            if any(re.search(rf"\b{w[:5]}", source) for w in heads):
                return name
    for word, endings in (
        ("return", ("return", "end_date")), ("due", ("due", "deadline", "end_date")), ("deadline", ("deadline", "due")),
        ("expir", ("expir", "end_date", "valid")), ("end", ("end_date", "end")), ("start", ("start",)),
        ("trip", ("start",)), ("leave", ("start",)), ("event", ("start", "event", "date")), ("renew", ("renew", "end_date")),
        ("overdue", ("due", "deadline", "return", "end_date", "target")), ("departure", ("start",)), ("visit", ("date", "start")),
    ):  # fmt: skip
        if word in words.lower() or (not words and word in text) or word in text:
            for ending in endings:
                for name in dates:
                    if ending in name:
                        return name
    if len(dates) == 1 and not re.search(
        r"submi|request|approv|pending|waiting|open|unprocess|handled|answer",
        words.lower() + text,
    ):
        return next(iter(dates))
    return next(
        (n for n in dates if n in {"request_date", "date", "report_date"}), None
    )


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
    named = [
        n
        for n in flow.names
        if re.search(
            rf"\b(?:in|still|remains?|stays?|is|are|status) (?:state |status )?[\"']?{re.escape(n.replace('_', ' '))}\b",
            statement.lower,
        )
    ]
    if (
        re.search(
            r"\b(pending|waiting|unapproved|not yet (?:been )?(?:decided|handled|approved))\b",
            statement.lower,
        )
        and not named
    ):
        steps = [s for s in flow.steps if s.name.endswith("approve")]
        return list(dict.fromkeys(x for s in steps for x in s.sources))
    return named
