"""From when on a record stands as it is, where the ticket does not say.

What somebody has approved must not become something else afterwards: an amount could be raised
between the manager's approval and the payment. So the rules freeze what is approved, unless the
ticket has somebody fill in a field later on; then they ask.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from generator.intent.rules import details, verbs

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from generator.intent.rules.drafts import Draft
    from generator.intent.rules.flow import Flow, Step
    from generator.intent.rules.reading import Reading

_DECIDING: Final = frozenset({"approve", "authorise", "confirm", "validate", "sign"})


def freeze(
    flow: Flow,
    reading: Reading,
    drafts: Iterable[Draft],
    demanded: Sequence[tuple[str, str]],
) -> None:
    """Let a workflow freeze what is approved, or ask whether it may.

    Args:
        flow: The workflow, which is changed.
        reading: The ticket.
        drafts: Fields of the record.
        demanded: Fields that steps need: verb and field.
    """
    state = None if flow.frozen_from else _decided(flow)
    if state is None:
        return
    label = flow.labels[state].lower()
    later = _later(flow, state)
    filled = _filled(later, reading, drafts, demanded)
    if filled:
        flow.questions.append(
            f"May anything else than {', '.join(filled)} still be changed once a record is"
            f" {label}?"
        )
        return
    flow.frozen_from = state
    flow.assumptions.append(
        f"Once it is {label} a record can no longer be changed, as the ticket does not say."
    )


def _decided(flow: Flow) -> str | None:
    """Return the state in which everybody has approved, None where nobody does."""
    order = flow.main
    reached = [
        step.target
        for step in flow.steps
        if step.name.split("_")[0] in _DECIDING
        and not step.own_only
        and step.target in order[1:]
    ]
    return max(reached, key=order.index, default=None)


def _later(flow: Flow, state: str) -> list[Step]:
    """Return the steps that are taken when a record is in *state*, or after it."""
    order = flow.main
    after = {*order[order.index(state) :]}
    return [step for step in flow.steps if after & {*step.sources}]


def _filled(
    later: Sequence[Step],
    reading: Reading,
    drafts: Iterable[Draft],
    demanded: Sequence[tuple[str, str]],
) -> list[str]:
    """Return the labels of the fields that are filled in with later steps."""
    names = {step.name for step in later}
    needed = {name for verb, name in demanded if verb in names}
    known = [found for name in names if (found := verbs.of_base(name.split("_")[0]))]
    told = [
        statement.lower
        for statement in reading.said
        if any(details.mentioned(verb, statement.lower) for verb in known)
    ]
    return [
        draft.label.lower()
        for draft in drafts
        if draft.asked
        and (
            draft.name in needed
            or any(
                re.search(rf"\b{re.escape(draft.label.lower())}\b", text)
                for text in told
            )
        )
    ]


__all__ = ["freeze"]
