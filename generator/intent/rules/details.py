"""What is said of steps besides who takes them: reasons, documents, ways back, what freezes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from generator.intent.rules import back, verbs
from generator.intent.rules.patterns import (
    ATTACHED,
    BACK,
    DEMAND,
    FROZEN,
    OWN,
    REASON,
)

if TYPE_CHECKING:
    from generator.intent.rules.deeds import Deeds
    from generator.intent.rules.events import Event, Scene
    from generator.intent.rules.flow import Flow, Step
    from generator.intent.rules.reading import Statement

_FOUR_EYES: Final = frozenset({"approve", "authorise", "confirm", "validate", "reject"})
_OF_NUMBERS: Final = re.compile(
    r"\b(number|reference|sequence)\b[^.]{0,30}(changed|edited)"
)


class Details:
    """Adds what sentences say of the steps of a workflow.

    Args:
        flow: The workflow with its steps.
        deeds: Who does what.
    """

    def __init__(self, flow: Flow, deeds: Deeds) -> None:
        self.flow = flow
        self.deeds = deeds

    def add(self) -> None:
        """Change the workflow accordingly."""
        for statement, played in self.deeds.played:
            back.add(self.flow, self.deeds, statement, played)
        for statement, played in self.deeds.played:
            text = statement.text
            if REASON.search(text):
                self._reasons(statement, played)
            if OWN.search(text):
                self._four_eyes(statement, played)
            if ATTACHED.search(text) and DEMAND.search(text):
                self._documents(statement, played)
            if FROZEN.search(text) and not _OF_NUMBERS.search(statement.lower):
                self._freeze(statement)

    def _reasons(self, statement: Statement, played: Scene) -> None:
        """Ask for a reason: `reject with a reason`, `rejected requests show the reason`."""
        ended = {
            e.verb.state
            for e in played.events
            if e.verb.name in {"suspend", "terminate"}
        }
        sent = bool(BACK.search(statement.text))
        for step in self.flow.steps:
            verb = verbs.of_state(step.target)
            if verb is not None and verb.refused and mentioned(verb, statement.lower):
                step.reason = True
            step.reason |= step.target in ended or (sent and step.name == "send_back")

    def _four_eyes(self, statement: Statement, played: Scene) -> None:
        """Let nobody decide on their own record when that is said."""
        denied = re.search(
            r"\b(never|not|other than|different|cannot)\b", statement.lower
        )
        for event in played.events:
            if event.verb.name in _FOUR_EYES and (event.negated or denied):
                for step in self.flow.leading_to(event.verb.name):
                    step.not_own = True

    def _documents(self, statement: Statement, played: Scene) -> None:
        """Let a step need a document."""
        if not re.search(r"attach|upload|without", statement.lower):
            return
        affirmed = any(not e.negated for e in played.events)

        def needs(event: Event, step: Step) -> bool:
            return (
                event.negated
                or event.condition
                or not affirmed
                or step.name == "submit"
            )

        for event in played.events:
            for step in self.flow.steps:
                if step.name == event.verb.name and needs(event, step):
                    step.attachment = True

    def _freeze(self, statement: Statement) -> None:
        """Note the state from which on nothing may be changed."""
        order, low = self.flow.names, statement.lower
        named = [n for n in order if _state_mentioned(n, low)]
        if not named:
            return
        first = named[0]
        spoken = re.escape(first.replace("_", " "))
        only = re.search(rf"\b(only|while|as long as|except)\b[^.]*\b{spoken}\b", low)
        if only or (
            re.search(r"\b(no longer|not)\b.*\bonly\b", low) and first == order[0]
        ):
            # what may only be changed in one state is frozen in the next
            first = next((n for n in self.flow.main if n != first), first)
        before = self.flow.frozen_from
        if before is None or order.index(first) < order.index(before):
            self.flow.frozen_from = first


def mentioned(verb: verbs.Verb, low: str) -> bool:
    """Tell whether a lower-cased text speaks of what a verb does, in any of its forms."""
    forms = (
        verb.base,
        verb.participle,
        verbs.third(verb.base),
        verbs.gerund(verb),
        *verb.nouns,
    )
    return any(re.search(rf"\b{re.escape(form)}\b", low) for form in forms)


def _state_mentioned(name: str, low: str) -> bool:
    verb = verbs.of_state(name)
    forms = [name.replace("_", " "), *((verb.participle, *verb.nouns) if verb else ())]
    return any(re.search(rf"\b{re.escape(form)}\b", low) for form in forms)
