"""Specifications of what is added to models that Odoo has: alone, or beside an own entity."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from generator.intent.rules import (
    additions,
    casting,
    constraints,
    covering,
    english,
    extras,
    lists,
    naming,
)
from generator.intent.rules.drafts import label
from generator.intent.rules.shaping import Shaper
from generator.intent.rules.workflow import scenes
from generator.spec import Spec
from generator.spec.names import clean_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from generator.intent.rules.additions import Addition
    from generator.intent.rules.reading import Reading
    from generator.ticket import Ticket

Data = dict[str, Any]

_SHORT: Final = 4  # words that a module can be called after
_SUMMARY: Final = 180
_DESCRIPTION: Final = 5000
_LISTED: Final = re.compile(r"\b(?:list|lists|column|columns|overview)\b")
_SEARCHED: Final = re.compile(
    r"\b(?:search\w*|filter\w*|group(?:ed|ing)? by|find|look up)\b"
)
_LEFT: Final = re.compile(
    r"\b(?:remind\w*|notif\w*|e-?mails?|approv\w*|reject\w*|escalat\w*)\b"
)
_EMPTY: Final[Data] = {
    "states": [],
    "transitions": [],
    "notifications": [],
    "reminders": [],
    "sequence": None,
    "attachments": False,
}


def alone(ticket: Ticket, reading: Reading, found: Sequence[Addition]) -> Spec | None:
    """Return the specification of a ticket that only adds to existing models.

    Returns:
        None where it says no field that could be added.
    """
    rest = additions.without(reading, found)
    roles = casting.cast(rest, scenes(rest)).names
    first, *others = found
    # What says nothing of a model is said of the one that the ticket is about.
    first.gather([s for s in rest.statements if s.kind != "title"], roles)
    for one in others:
        one.gather()
    made = [_Entity(one, reading) for one in found if one.thing.drafts]
    if not made:
        return None
    main = made[0]
    title = f"{main.addition.thing.phrase} {_named(main)}"
    said = next((s for s in reading.said if s.kind != "criterion"), None)
    summary = str(clean_line(said.text if said else ticket.title))
    return Spec.model_validate(
        {
            "module": naming.module(title),
            "title": label(title),
            "summary": summary[:_SUMMARY].strip() or title,
            "description": ticket.body[:_DESCRIPTION],
            "entities": [one.data for one in made],
            "roles": [],
            "requirements": extras.requirements(reading, title, roles),
            "criteria": _criteria(ticket.criteria, [one.data for one in made]),
            "assumptions": _distinct(t for one in made for t in one.assumptions),
            "questions": _distinct(
                [*(q for one in made for q in one.questions), *_left(reading)]
            ),
        }
    )


def beside(
    spec: Spec, ticket: Ticket, reading: Reading, found: Sequence[Addition]
) -> Spec:
    """Return a specification with what its ticket adds to existing models besides."""
    for one in found:
        one.gather()
    made = [_Entity(one, reading) for one in found if one.thing.drafts]
    parts = [one.data for one in made]
    data = spec.model_dump(mode="json")
    names = {entity["name"] for entity in data["entities"]}
    for part in parts:
        if part["name"] in names:
            part["name"] = f"{part['name']}_record"
    data["entities"] += parts
    covers = _criteria(ticket.criteria, parts)
    for criterion, other in zip(data["criteria"], covers, strict=True):
        # A field of the own entity is named in passing where one that is added is meant.
        if all(cover["kind"] == "field" for cover in criterion["covers"]):
            criterion["covers"] = other["covers"] or criterion["covers"]
    data["assumptions"] += _distinct(t for one in made for t in one.assumptions)
    data["questions"] += _distinct(q for one in made for q in one.questions)
    return Spec.model_validate(data)


class _Entity:
    """What is added to a model, as a specification has it.

    Args:
        addition: What was found.
        reading: The whole ticket.
    """

    def __init__(self, addition: Addition, reading: Reading) -> None:
        self.addition = addition
        found, thing = addition.existing, addition.thing
        shaper = Shaper(thing, reading.text, {thing.name: found.model})
        fields = shaper.fields(thing)
        self.assumptions, self.questions = shaper.assumptions, shaper.questions
        self.assumptions.append(
            f"{label(thing.phrase)} means Odoo's own model {found.model}"
            f" of the module {found.module}."
        )
        renamed = {f["name"]: self._free(f) for f in fields}
        rules = constraints.Rules(thing, None).read(reading)
        known = [r for r in rules if _about(r) <= {*renamed}]
        views = ["form"]
        views += ["list"] if _LISTED.search(reading.text) else []
        views += ["search"] if _SEARCHED.search(reading.text) else []
        for field in fields:
            field["name"] = renamed[field["name"]]
            computed = field.get("computed") or {}
            for part in ("start", "end"):
                if part in computed:
                    computed[part] = renamed[computed[part]]
        self.data: Data = {
            "name": naming.safe(thing.phrase, "record"),
            "label": label(thing.phrase),
            "model": found.model,
            "extends": True,
            "fields": fields,
            "constraints": [_renamed(rule, renamed) for rule in known],
            "views": views,
        }

    def _free(self, field: Data) -> str:
        """Return a name for a field that its model does not have already."""
        taken, name = self.addition.existing.fields, str(field["name"])
        if name not in taken:
            return name
        own = self.addition.existing.label
        self.questions.append(
            f"{own} has a field {name} in Odoo already, with one module or another;"
            f" is {field['label']} more than that?"
        )
        made = f"{naming.safe(self.addition.thing.phrase)}_{name}"
        while made in taken:
            made = f"own_{made}"
        return made


def _about(rule: Data) -> set[str]:
    keys = ("field", "other", "start", "end")
    named = {rule[key] for key in keys if rule.get(key)}
    named |= {*rule.get("fields", ()), *rule.get("per", ())}
    when = rule.get("when")
    return named | ({when["field"]} if when else set())


def _renamed(rule: Data, names: dict[str, str]) -> Data:
    made = dict(rule)
    for key in ("field", "other", "start", "end"):
        if made.get(key):
            made[key] = names[made[key]]
    for key in ("fields", "per"):
        if key in made:
            made[key] = [names[name] for name in made[key]]
    if made.get("when"):
        made["when"] = made["when"] | {"field": names[made["when"]["field"]]}
    return made


def _named(entity: _Entity) -> str:
    """Return what the module is called after: what the title adds, or the first field."""
    item = next(iter(lists.split(entity.addition.title)), None)
    if item is not None and len(item.text.split()) <= _SHORT:
        return english.singular_phrase(item.text.lower())
    first = next(iter(entity.addition.thing.drafts.values()))
    return english.singular_phrase(first.phrase or first.label.lower())


def _criteria(texts: Sequence[str], entities: Sequence[Data]) -> list[Data]:
    """Return the criteria with what of *entities* meets them, and of their views."""
    first, *others = [{**_EMPTY, **entity} for entity in entities] or [{}]
    if not first:
        return [{"id": f"ac_{n}", "text": t} for n, t in enumerate(texts, 1)]
    made = covering.criteria(texts, first, [], others, {}, spoken={}, printed=False)
    for criterion in made:
        low = criterion["text"].lower()
        for one in (first, *others):
            wanted = [
                ("list", _LISTED.search(low)),
                ("search", _SEARCHED.search(low)),
                ("form", re.search(r"\bforms?\b", low)),
            ]
            criterion["covers"] += [
                {"kind": "view", "entity": one["name"], "name": kind}
                for kind, said in wanted
                if said and kind in one["views"] and _speaks(low, one)
            ]
    return made


def _speaks(low: str, entity: Data) -> bool:
    labels = [f["label"].lower() for f in entity["fields"]]
    return any(text in low for text in labels) or entity["label"].lower() in low


def _left(reading: Reading) -> list[str]:
    """Return what an existing model's own workflow would have to do."""
    return [
        f"This is left to a person, as it changes how Odoo's own records go on: {s.text}"
        for s in reading.said
        if _LEFT.search(s.lower)
    ]


def _distinct(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(texts))
