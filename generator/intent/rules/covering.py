"""Links acceptance criteria to the parts of a specification that meet them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from generator.intent.rules import english, verbs
from generator.spec.names import clean_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

Data = dict[str, Any]

_LONGEST: Final = 200
_ACCESS: Final = re.compile(
    r"\b(?:only|nobody|no one|cannot|can't|may not|must not|not (?:be )?able|sees?|access|visible|view|own)\b"
)
_MAKES: Final = re.compile(
    r"\b(?:can|may|should be able to|is able to|wants to)\b[^.]*\b(?:create|report|register|log|record|request|book|raise|add|enter|propose|suggest|apply|order|borrow)\b"
)
_LOGGED: Final = re.compile(
    r"\b(?:chatter|log(?:ged)?|history|track(?:ed)?|audit\w*|recorded who)\b"
)
_TOLD: Final = re.compile(r"\b(?:notif|e-?mail|inform|told|alert|activit|message)")
_REMINDED: Final = re.compile(r"\bremind|\boverdue|\bdeadline|\bescalat")
_DEMANDED: Final = re.compile(
    r"\b(?:required?|requires?|mandatory|compulsory|must (?:be )?(?:enter|give|fill|provid|stat)\w*|without|needs? an?)\b"
)
_ATTACHED: Final = re.compile(r"\b(?:attach|upload|receipt|document|scan|photo)")
_NUMBER: Final = re.compile(r"\b(?:number(?:ed|s|ing)?|reference|sequence)\b")
_MESSAGE: Final = re.compile(
    r"\b(?:notif(?:y|ies|ied|ication)|inform(?:s|ed)|alert(?:s|ed)?|remind(?:s|ed|er)?)\b"
)
# "Cannot be changed", "may only be edited in draft"; a `tyre change interval` is a thing.
_FROZEN: Final = re.compile(
    r"\b(?:not|no longer|cannot|can't|never|nobody|no one|only|neither|without|un)\b.*"
    r"\b(?:chang\w*|edit\w*|modif\w*|alter\w*|touch\w*)\b"
    r"|\bread-?only\b|\block(?:s|ed)?\b|\bfrozen\b|\bfreez\w+\b|\bunchange\w*|\bimmutable\b"
)
_PRINTED: Final = re.compile(r"\b(?:print|pdf)")
_DECISION: Final = re.compile(r"\b(?:decision|outcome|result|decid\w+)\b")
_DECIDES: Final = ("approve", "reject", "refuse", "decline", "accept", "confirm")


def criteria(
    texts: Sequence[str],
    entity: Data,
    roles: Sequence[Data],
    others: Sequence[Data],
    direct: Mapping[int, Sequence[tuple[str, str]]],
    *,
    spoken: Mapping[str, Sequence[str]],
    printed: bool,
) -> list[Data]:
    """Return the criteria, each with what meets it, as far as that is certain.

    Args:
        texts: The criteria.
        entity: The main entity.
        roles: All roles.
        others: The other entities.
        direct: Parts that a criterion itself gave rise to: kind and name, by its place.
        spoken: Words that each role is spoken of with.
        printed: Whether there is a printed document.
    """
    made: list[Data] = []
    for number, text in enumerate(texts):
        line = str(clean_line(text))[:_LONGEST].strip()
        if not line:
            continue
        low = line.lower()
        found = [
            *(_cover(kind, entity, name) for kind, name in direct.get(number, ())),
            *_of_flow(low, entity),
            *_of_rules(low, entity),
            *_of_rest(low, entity, roles, spoken),
        ]
        for other in others:
            found += _of_rules(low, other)
        if printed and _PRINTED.search(low):
            found.append(_cover("report", entity, f"{entity['name'][:50]}_sheet"))
        kinds = {cover["kind"] for cover in found}
        if _MESSAGE.search(low) and not kinds & {"notification", "reminder"}:
            found = []  # nobody is told, whatever else the sentence speaks of
            named: Sequence[Data] = ()
        else:
            named = (entity, *others)
        # A field is named in most criteria; it covers those that nothing else does.
        for one in named:
            found += _of_fields(low, one, alone=not found)
        once = {(c["kind"], c["entity"], c["name"]): c for c in found}
        made.append(
            {"id": f"ac_{len(made) + 1}", "text": line, "covers": list(once.values())}
        )
    return made


def _cover(kind: str, entity: Data, name: str) -> Data:
    return {"kind": kind, "entity": entity["name"], "name": name}


def _of_flow(low: str, entity: Data) -> Iterator[Data]:
    told = bool(_TOLD.search(low))
    for step in entity["transitions"]:
        decided = _DECISION.search(low) and step["name"].endswith(_DECIDES)
        if not (_names(low, step["name"], step["target"]) or decided):
            continue
        yield _cover("transition", entity, step["name"])
        if step["conditions"] and (re.search(r"\d", low) or _DEMANDED.search(low)):
            yield _cover("condition", entity, step["name"])
        if told:
            for one in entity["notifications"]:
                if one["on"] == step["name"]:
                    yield _cover("notification", entity, one["name"])
    if told and re.search(r"\bnew\b|creat|regist|report|log|receiv", low):
        for one in entity["notifications"]:
            if one["on"] is None:
                yield _cover("notification", entity, one["name"])
    if _FROZEN.search(low):
        frozen = next((s for s in entity["states"] if s["frozen"]), None)
        if frozen is not None:
            yield _cover("frozen", entity, frozen["name"])
    if _REMINDED.search(low):
        for reminder in entity["reminders"]:
            yield _cover("reminder", entity, reminder["name"])


def _of_rules(low: str, entity: Data) -> Iterator[Data]:
    """Yield the constraints that a criterion speaks of."""
    labels = {f["name"]: f["label"].lower() for f in entity["fields"]}
    for rule in entity.get("constraints", ()):
        keys = ("field", "other", "start", "end")
        about = [labels[rule[k]] for k in keys if rule.get(k) in labels]
        about += [labels[n] for n in rule.get("fields", ()) if n in labels]
        named = any(_said(words, low) for words in about)
        overlaps = rule["kind"] == "no_overlap" and re.search(
            r"overlap|double|twice|same time|at once|already|two people", low
        )
        lines = rule["kind"] == "needs_lines" and re.search(
            r"\b(?:at least one|without|needs?|no|empty)\b[^.]*\b(?:lines?|items?|positions?|entr\w+)\b",
            low,
        )
        if (named and rule["kind"] != "no_overlap") or overlaps or lines:
            yield _cover("constraint", entity, rule["name"])


def _said(words: str, low: str) -> bool:
    """Tell whether a criterion names a field: by its label, or by the label's last word."""
    last = words.rsplit(maxsplit=1)[-1]
    forms = {words, english.plural(words), english.plural(last)}
    if len(last) > 4:
        forms.add(last)
    return any(re.search(rf"\b{re.escape(form)}\b", low) for form in forms if form)


def _of_rest(
    low: str,
    entity: Data,
    roles: Sequence[Data],
    spoken: Mapping[str, Sequence[str]],
) -> Iterator[Data]:
    if _LOGGED.search(low) and entity["transitions"]:
        yield _cover("tracking", entity, entity["transitions"][0]["name"])
    if entity["sequence"] and _NUMBER.search(low) and not _field_named(low, entity):
        yield _cover("sequence", entity, "name")
    if entity["attachments"] and _ATTACHED.search(low):
        yield _cover("attachment", entity, "attachments")
    if _ACCESS.search(low) or _MAKES.search(low):
        for role in roles:
            if any(
                re.search(rf"\b{re.escape(word)}s?\b", low)
                for word in spoken.get(role["name"], ())
            ):
                yield _cover("access", entity, role["name"])
    for view in entity["views"]:
        if view not in ("list", "form", "search") and view in low:
            yield _cover("view", entity, view)


def _field_named(low: str, entity: Data) -> bool:
    """Tell whether a number is one of the fields: `the badge number`."""
    return any(
        "number" in f["label"].lower() and f["label"].lower() in low
        for f in entity["fields"]
    )


def _of_fields(low: str, entity: Data, *, alone: bool) -> Iterator[Data]:
    demanded = bool(_DEMANDED.search(low))
    everything = bool(re.search(r"\ball (?:the )?(?:fields|details)\b", low))
    for field in entity["fields"]:
        words = field["label"].lower()
        named = re.search(rf"\b{re.escape(words)}s?\b", low) or everything
        if not named:
            continue
        if demanded and field.get("required"):
            yield _cover("required", entity, field["name"])
        elif field.get("computed"):
            yield _cover("computed", entity, field["name"])
        elif alone:
            yield _cover("field", entity, field["name"])


def _names(low: str, step: str, target: str) -> bool:
    words = {step.replace("_", " "), target.replace("_", " ")}
    verb = verbs.of_state(target)
    if verb is not None:
        words |= {
            verb.base,
            verb.participle,
            verbs.third(verb.base),
            verbs.gerund(verb),
            *verb.nouns,
        }
    return any(re.search(rf"\b{re.escape(word)}\b", low) for word in words)


__all__ = ["criteria"]
