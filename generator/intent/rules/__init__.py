"""Reads tickets in plain English by rules: offline, and the same every time."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from generator.intent.base import Intent, Unclear, silent
from generator.intent.rules import (
    acting,
    additions,
    contradictions,
    english,
    entities,
    extending,
    lexicon,
    marking,
    reading,
    relations,
    states,
    story,
)
from generator.intent.rules.assembly import Assembly
from generator.spec import check
from qgate.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from generator.intent.base import Say
    from generator.intent.rules.additions import Addition
    from generator.intent.rules.reading import Reading
    from generator.spec import Spec
    from generator.ticket import Ticket

__all__ = ["Rules"]

_QUESTIONS = (
    "What is recorded, in one noun: a request, a booking, a report of what?",
    "Which details does it have?",
    "Who creates it, and who decides on it?",
    "Which states does it go through?",
)


class Rules:
    """The reader that needs no service."""

    name = "rules"

    def extract(self, ticket: Ticket, say: Say = silent) -> Intent:
        """Return what *ticket* asks for.

        Raises:
            Unclear: It is too vague, contradicts itself, or is in another language.
            UsageError: It has no acceptance criteria.
        """
        began = time.perf_counter()
        say("reading the sentences")
        language = english.foreign(ticket.text)
        if language is not None:
            named = language or "another language"
            message = f"The ticket is in {named}, and the rules read English."
            raise Unclear(message, hint="Translate it, or use --provider anthropic.")
        if not ticket.criteria:
            message = "The ticket has no acceptance criteria."
            hint = "List under 'Acceptance criteria' what has to be so, one point each."
            raise UsageError(message, hint=hint)
        read = reading.read(ticket)
        listed = states.listings(read)
        names = [name for item in listed for name in item.names]
        names += [name for s in read.said for name in marking.ended_as(s.text)]
        thing = entities.main(read)
        more = story.told(read, entities.heads(thing)) if thing else []
        doing = acting.people(read, entities.heads(thing)) if thing else ()
        with lexicon.learnt(names, read.text, more, doing):
            spec = _understood(ticket, read, say)
        return Intent(
            spec=spec,
            questions=spec.questions,
            assumptions=spec.assumptions,
            provider=self.name,
            seconds=time.perf_counter() - began,
        )


def _understood(ticket: Ticket, read: Reading, say: Say) -> Spec:
    """Return the specification that the statements of a ticket amount to."""
    added = additions.additions(read)
    rest = additions.without(read, added) if added else read
    spec = _alone(ticket, read, rest, added) if added else None
    if spec is None:
        spec = _own(ticket, read, rest, say)
        if added:
            spec = extending.beside(spec, ticket, read, added)
    problems = check(spec)
    if problems:
        message = f"What the ticket says does not fit together: {problems[0]}."
        raise Unclear(message, spec.questions[:3] or ("What holds instead?",))
    return spec


def _alone(
    ticket: Ticket, read: Reading, rest: Reading, added: Sequence[Addition]
) -> Spec | None:
    """Return what a ticket asks for that names nothing of its own, else None."""
    main = entities.main(rest)
    if main is not None and not any(one.titled for one in added):
        if not Assembly(ticket, rest, main, states.listings(rest)).empty:
            return None
    return extending.alone(ticket, read, added)


def _own(ticket: Ticket, read: Reading, rest: Reading, say: Say) -> Spec:
    """Return the specification of what a ticket asks to record by itself.

    Args:
        ticket: The ticket.
        read: All that it says.
        rest: The same without what it adds to models that are there.
        say: Hears what goes on.
    """
    main = entities.main(rest)
    if main is None:
        message = "The ticket does not say what is to be recorded."
        raise Unclear(message, _QUESTIONS)
    # Once more, as the verbs of the ticket are known now.
    listed = states.listings(read)
    against = contradictions.contradictions(read, listed)
    if against:
        message = f"The ticket contradicts itself: {against[0]}"
        raise Unclear(message, ("Which of the two holds?",))
    circle = relations.circle(read)
    if circle is not None:
        raise Unclear(circle.message, (circle.question,))
    say("putting the specification together")
    made = Assembly(ticket, rest, main, listed)
    if made.empty:
        message = (
            f"The ticket names {main.phrase}, but neither what is recorded of it"
            " nor what happens to it."
        )
        raise Unclear(message, _QUESTIONS[1:])
    return made.spec()
