"""Links acceptance criteria to the parts of a specification that meet them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from generator.intent.rules import verbs
from generator.spec.names import clean_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Data = dict[str, Any]

_LONGEST: Final = 200
_ACCESS: Final = re.compile(
    r"\b(?:only|nobody|no one|cannot|can't|may not|not (?:be )?able|see|access|visible)\b"
)
_LOGGED: Final = re.compile(r"\b(?:chatter|log(?:ged)?|history|track(?:ed)?|audit)\b")
_TOLD: Final = re.compile(r"\b(?:notif|e-?mail|inform|told|alert|activit)")
_REMINDED: Final = re.compile(r"\bremind|\boverdue|\bdeadline")
_DEMANDED: Final = re.compile(
    r"\b(?:required|mandatory|must (?:enter|give|fill)|without)\b"
)
_ATTACHED: Final = re.compile(r"\b(?:attach|upload|receipt|document)")
_NUMBER: Final = re.compile(r"\b(?:number(?:ed)?|reference|sequence)\b")
_FROZEN: Final = re.compile(r"\b(?:chang|edit|modif|read-?only|lock)")
_PRINTED: Final = re.compile(r"\b(?:print|pdf)")


def criteria(
    texts: Sequence[str],
    entity: Data,
    roles: Sequence[Data],
    others: Sequence[Data],
    *,
    printed: bool,
) -> list[Data]:
    """Return the criteria, each with what meets it, as far as that is certain."""
    made = []
    for number, text in enumerate(texts, 1):
        line = str(clean_line(text))[:_LONGEST]
        if not line:
            continue
        low = line.lower()
        found = [
            *_of_flow(low, entity),
            *_of_rest(low, entity, roles),
            *_of_others(low, others),
        ]
        if printed and _PRINTED.search(low):
            found.append(_cover("report", entity, f"{entity['name'][:50]}_sheet"))
        once = {(c["kind"], c["entity"], c["name"]): c for c in found}
        made.append({"id": f"ac_{number}", "text": line, "covers": list(once.values())})
    return made


def _cover(kind: str, entity: Data, name: str) -> Data:
    return {"kind": kind, "entity": entity["name"], "name": name}


def _of_flow(low: str, entity: Data) -> Iterator[Data]:
    for step in entity["transitions"]:
        if _names(low, step["name"], step["target"]):
            yield _cover("transition", entity, step["name"])
            if step["conditions"] and re.search(r"\d", low):
                yield _cover("condition", entity, step["name"])
            if _TOLD.search(low):
                for told in entity["notifications"]:
                    if told["on"] == step["name"]:
                        yield _cover("notification", entity, told["name"])
    if _FROZEN.search(low):
        for state in entity["states"]:
            if state["frozen"]:
                yield _cover("frozen", entity, state["name"])
                break
    if _REMINDED.search(low):
        for reminder in entity["reminders"]:
            yield _cover("reminder", entity, reminder["name"])


def _of_rest(low: str, entity: Data, roles: Sequence[Data]) -> Iterator[Data]:
    demanded = bool(_DEMANDED.search(low))
    for field in entity["fields"]:
        words = field["label"].lower()
        if re.search(rf"\b{re.escape(words)}\b", low):
            kind = "computed" if field.get("computed") else "field"
            required = demanded and field.get("required")
            yield _cover("required" if required else kind, entity, field["name"])
    for rule in entity["constraints"]:
        about = [
            rule.get("field"),
            *rule.get("fields", ()),
            rule.get("start"),
            rule.get("end"),
        ]
        labels = [f["label"].lower() for f in entity["fields"] if f["name"] in about]
        if any(words in low for words in labels) or (
            rule["kind"] == "no_overlap"
            and re.search(r"overlap|double|twice|same time", low)
        ):
            yield _cover("constraint", entity, rule["name"])
    if _LOGGED.search(low) and entity["transitions"]:
        tracked = entity["transitions"][0]["name"]
        yield _cover("tracking", entity, tracked)
    if entity["sequence"] and _NUMBER.search(low):
        yield _cover("sequence", entity, "name")
    if entity["attachments"] and _ATTACHED.search(low):
        yield _cover("attachment", entity, "attachments")
    if _ACCESS.search(low):
        for role in roles:
            if role["label"].lower() in low:
                yield _cover("access", entity, role["name"])
    for view in entity["views"]:
        if view not in ("list", "form", "search") and view in low:
            yield _cover("view", entity, view)


def _of_others(low: str, others: Sequence[Data]) -> Iterator[Data]:
    for other in others:
        for field in other["fields"]:
            words = field["label"].lower()
            if len(words) > 3 and re.search(rf"\b{re.escape(words)}\b", low):
                yield _cover("field", other, field["name"])


def _names(low: str, step: str, target: str) -> bool:
    words = {step.replace("_", " "), target.replace("_", " ")}
    verb = verbs.of_state(target)
    if verb is not None:
        words |= {verb.base, verb.participle, verbs.third(verb.base), *verb.nouns}
    return any(re.search(rf"\b{re.escape(word)}\b", low) for word in words)


__all__ = ["criteria"]
