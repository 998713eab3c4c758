"""Who is told of what: notifications and reminders."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from generator.intent.rules import roles
from generator.intent.rules.reminding import WHEN
from generator.spec.workflow import Channel

if TYPE_CHECKING:
    from generator.intent.rules.events import Event, Scene
    from generator.intent.rules.flow import Flow
    from generator.intent.rules.players import Cast
    from generator.intent.rules.reading import Statement
    from generator.intent.rules.roles import Mention

_TELL: Final = re.compile(
    r"\b(notif(?:y|ies|ied|ying)|notifications?|inform(?:s|ed|ing)?(?!ation)|alert(?:s|ed)?|e-?mailed|(?:by|an|via|per|confirmation|automatic|notification) e-?mails?|e-?mails? (?:is|are|to|with|when)|(?:sends?|sent|gets?|get|receives?|receive) (?:\w+ ){0,2}(?:e-?)?mails?|by mail|(?:gets?|receives?) an? (?:activity|to-?do|task)|messages?|is told|are told|gets? told|let .* know)\b",
    re.IGNORECASE,
)


@dataclass
class Telling:
    """A notification while it is being understood."""

    on: str | None
    channels: list[Channel]
    statement: Statement
    roles: list[str] = field(default_factory=list)
    requester: bool = False
    manager: bool = False
    assumed: bool = False
    sources: list[Statement] = field(default_factory=list)


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
            and not WHEN.search(statement.text)
            and not re.search(r"\bremind", statement.lower)
        ):
            told = _recipients(scene)
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
        return _recipients(scene)
    if re.search(r"\b(?:remind|escalat)\w*", statement.lower):
        return [m.name for m in scene.people if not _owning(scene, m)]
    return []


def _owning(scene: Scene, mention: Mention) -> bool:
    return scene.tokens[mention.end - 1].lower().endswith(("'s", "s'"))


def _recipients(scene: Scene) -> list[str]:
    """Return the mentions that are told, with `employee` of `the employee's manager` left out."""
    words = [w.lower() for w in scene.tokens]
    tell = next(
        (
            i
            for i, w in enumerate(words)
            if re.fullmatch(
                r"notif\w+|inform(s|ed|ing)?|alert\w*|e-?mail\w*|messages?|told|to-?do|activity|task",
                w,
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


_DETERMINERS: Final = frozenset(
    {"the", "a", "an", "their", "his", "her", "also", "both"}
)


def _run(words: list[str], people: list[Mention]) -> list[str]:
    """Return the first of *people* and those that are listed with it."""
    found = people[:1]
    for mention, after in zip(people[1:], [*people[2:], None], strict=False):
        if not _listed(words, found[-1], mention, after):
            break
        found.append(mention)
    return [mention.name for mention in found]


def _run_back(words: list[str], people: list[Mention]) -> list[str]:
    """Return the last of *people* and those that are listed with it."""
    found = people[-1:]
    for mention in reversed(people[:-1]):
        after = found[1] if len(found) > 1 else None
        if not _listed(words, mention, found[0], after):
            break
        found.insert(0, mention)
    return [mention.name for mention in found]


def _listed(
    words: list[str], one: Mention, other: Mention, after: Mention | None
) -> bool:
    """Tell whether two people stand in one list: `A and B`, or `A, B` before `and C`."""
    gap = [w for w in words[one.end : other.start] if w not in _DETERMINERS]
    if gap in (["and"], ["or"], [",", "and"], [",", "or"]):
        return True
    return (
        gap == [","] and after is not None and "and" in words[other.end : after.start]
    )


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
        r"\b(?:every|each|any|all) (?:status |state )?(?:change|transition|update|decision|step)|\b(?:status|state|stage) changes?\b|when (?:the |its )?(?:status|state|stage) (?:is )?chang",
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
        r"\b(?:is |are |been |gets? )?(?:created|registered|opened|logged|reported|raised|added|received|new|recorded|made|booked|requested|entered|arrives?|checked in)\b|\bnew\b",
        low,
    ):
        first = next((s.name for s in flow.steps if s.name == "submit"), None)
        created = re.search(r"\bcreat|register|log|record|add|enter|open", low)
        return [None if created or first is None else first]
    if last is not None:
        found = [s.name for s in flow.steps if s.target == last.verb.state]
        if found:
            return list(found)
    return None


_MAKERS: Final = frozenset({"owner", "requester", "applicant", "submitter", "referrer"})


def _telling(
    step: str | None,
    told: list[str],
    statement: Statement,
    cast: Cast,
    flow: Flow,
    requesters: list[str],
) -> Telling:
    made = Telling(step, channels(statement.text), statement)
    for name in told:
        role = cast.role(name)
        alone = role in requesters and (role in roles.BASE or len(requesters) == 1)
        if alone or name in _MAKERS:
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
