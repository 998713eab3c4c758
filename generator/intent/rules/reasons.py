"""The fields that keep why a record was rejected, where a ticket names them.

`A rejection reason is mandatory` names a field of the record, and the button that rejects
asks for it. `Rejecting needs a reason` names none: the step keeps it under its own name.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from generator.intent.rules import naming, verbs
from generator.intent.rules.drafts import label

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.intent.rules.flow import Flow, Step

Data = dict[str, Any]
_WORD: Final = r"(?:reason|justification|explanation|comment|note|remark|grounds)"


def keep(entity: Data, flow: Flow, text: str) -> None:
    """Add the fields of a ticket's reasons to an entity, and leave them to the steps.

    Args:
        entity: The main entity, with its fields and transitions.
        flow: The workflow.
        text: All that the ticket says, in lower case.
    """
    known = {f["name"]: f for f in entity["fields"]}
    for step in flow.steps:
        name = _named(step, text, known) if step.reason else ""
        if not name:
            continue
        if name not in known:
            known[name] = {"name": name, "label": label(name.replace("_", " "))}
            entity["fields"].append(known[name])
        made = known[name]
        made |= {"type": "text", "required": False, "readonly": True, "tracked": True}
        made.pop("default", None)
        for transition in entity["transitions"]:
            if transition["target"] == step.target:
                transition["conditions"] = [
                    c for c in transition["conditions"] if c["field"] != name
                ]


def _named(step: Step, text: str, known: dict[str, Data]) -> str:
    """Return the field that a ticket names for the reason of a step, "" when none."""
    for form in _forms(step):
        spoken = re.escape(form)
        hit = re.search(rf"\b{spoken} (?P<word>{_WORD})\b", text) or re.search(
            rf"\b(?P<word>{_WORD}) (?:for|of) (?:the |its |their |his |her |an? )?{spoken}\b",
            text,
        )
        if hit is None:
            continue
        name = naming.safe(f"{form} {hit.group('word')}".replace(" ", "_"))
        turned = naming.safe(f"{hit.group('word')}_for_{form}".replace(" ", "_"))
        return turned if turned in known else name
    return ""


def _forms(step: Step) -> Iterator[str]:
    """Yield the words by which a step is called: `rejection`, `reject`, `rejecting`."""
    verb = verbs.of_state(step.target)
    if verb is None:
        return
    # Nouns that no list has: `dismissal`, `disposal`, `suspension`.
    stem = verb.base.removesuffix("e")
    made = (f"{stem}al", f"{stem}ion", f"{stem}ation", f"{stem}ment")
    yield from (*verb.nouns, *made, verb.base, verbs.gerund(verb), verb.participle)
