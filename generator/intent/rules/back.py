"""Steps back: who sends a record back, from where, and to which state."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from generator.intent.rules import leaving, sources
from generator.intent.rules.flow import Step, words
from generator.intent.rules.patterns import BACK

if TYPE_CHECKING:
    from generator.intent.rules.deeds import Deeds
    from generator.intent.rules.events import Event, Scene
    from generator.intent.rules.flow import Flow
    from generator.intent.rules.reading import Statement

_DECLINED: Final = ("rejected", "refused", "declined")
_NEVER: Final = re.compile(r"\b(cannot|can't|never|not)\b[^.]{0,20}(re-?submit|reopen)")
_VERBS: Final = re.compile(
    r"^(?:sends?|sent|returns?|returned|reopen\w*|resets?|resubmit\w*|puts?|gives?|hands?|asks?|requests?)$"
)


def add(flow: Flow, deeds: Deeds, statement: Statement, played: Scene) -> None:
    """Add the step back that a sentence speaks of, if it does."""
    hit = BACK.search(statement.text)
    denied = any(e.negated for e in played.events if e.again)
    if not hit or denied or _NEVER.search(statement.lower):
        return
    said = hit.group(0).lower()
    declined = [s for s in flow.names if s in _DECLINED]
    target = _target(flow, statement.lower) or flow.names[0]
    who = deeds.requesters()
    if said.startswith("reopen"):
        ended = [s for s in flow.names[1:] if s in statement.lower.replace(" ", "_")]
        name, before = "reopen", ended or flow.main[-1:]
        who = _actors(deeds, played, hit) or who
        second = flow.main[1:2]
        if target == flow.names[0] and len(flow.main) > 2 and second != before:
            target = second[0]
    elif (
        declined
        and re.search(r"re-?submit|again|draft", said)
        and not said.startswith(("sen", "return"))
    ):
        name, before = "reset_to_draft", declined
    else:
        name = "send_back"
        who = _actors(deeds, played, hit) or deeds.approvers() or deeds.others()
        approve = flow.leading_to("approve")
        usual = list(approve[0].sources) if approve else flow.main[1:2]
        before = _sources(flow, deeds, statement, played, who) or usual
    before = [s for s in before if s != target]
    if before and not any(s.name == name for s in flow.steps):
        flow.steps.append(Step(name, words(name), before, target, who))


def _target(flow: Flow, text: str) -> str:
    """Return the state that something goes back to, "" when none is named."""
    labels = {label.lower(): name for name, label in flow.labels.items()}
    one = "|".join(sorted(map(re.escape, labels), key=len, reverse=True))
    hit = re.search(
        rf"\b(?:back|reset|return(?:s|ed)?|reopen(?:s|ed)?)\b[^.;,]{{0,30}}?\b(?:to|as|in|into) (?:the )?(?:status |state |stage )?[\"'\u2018]?({one})\b",
        text,
    )
    return labels[hit.group(1)] if hit else ""


def _actors(deeds: Deeds, played: Scene, hit: re.Match[str]) -> list[str]:
    """Return who does it: the subject before the verb, or who comes after `by`."""
    low = [token.lower() for token in played.tokens]
    first = hit.group(0).lower().split()[0]
    at = next((n for n, word in enumerate(low) if word == first), None)
    at = (
        at
        if at is not None
        else next((n for n, w in enumerate(low) if _VERBS.match(w)), None)
    )
    if at is None:
        return []
    return deeds.roles_of(leaving.subject(played, at))


def _sources(
    flow: Flow, deeds: Deeds, statement: Statement, played: Scene, who: list[str]
) -> list[str]:
    """Return the states from which a record is sent back."""
    named = sources.named(flow, deeds.heads, statement.lower, flow.names[0])
    main = flow.main
    found = [s for s in main[1:] if s in {*named}]
    if found:
        return found
    beside: list[Event] = [
        e for e in played.events if e.verb.state in main[1:] and not e.negated
    ]
    doing = [e for e in beside if {*deeds.roles_of(e.roles)} & {*who}]
    return [main[main.index(e.verb.state) - 1] for e in doing[:1]]
