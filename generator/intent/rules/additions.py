"""Finds what a ticket adds to models that Odoo has already: `a rating to customers`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING, Final

from generator import existing
from generator.intent.rules import drafts as drafting
from generator.intent.rules import english
from generator.intent.rules.entities import Thing
from generator.intent.rules.harvest import Harvest
from generator.intent.rules.reading import Reading, Statement
from generator.spec.fields import FieldType

if TYPE_CHECKING:
    from collections.abc import Sequence

    from generator.existing import Existing
    from generator.intent.rules.drafts import Draft

_THE: Final = r"(?:(?:the|our|an?|each|every|all|existing|new|of|odoo(?:'s)?|standard|its|their) )*"
_FORM: Final = (
    r"(?: (?:form|record|card|file|profile|master data|master|view|page|screen|sheet|data"
    r"|model|object|list))?s?"
)
_WE: Final = r"(?:^|[.;:] |\b(?:we|i) (?:also )?(?:want|need|would like|wish|have)(?: to)? |\bplease )"
_FIELDS: Final = r"(?:(?:the |these |two |three |some |an? )?(?:new |additional |extra |more |following |custom )*fields?)"
_END: Final = r"(?=[.,;:)]|$| (?:so|in order|and (?:show|make|let|we)|because|to (?:know|see|be)|which|that|with)\b)"

# What is added, where it stands in them, is in the group `list`.
_PATTERNS: Final = (
    rf"{_WE}(?:add|put|introduce|have|include|store|record|keep|note) (?P<list>.+?) (?:to|on|in|for|onto|with) {_THE}(?P<noun>@NOUN@){_FORM}{_END}",
    rf"{_WE}(?:add|put) (?:to|on|onto) {_THE}(?P<noun>@NOUN@){_FORM}:? (?P<list>.+)$",
    rf"{_FIELDS} (?:to|on|in|for|of) {_THE}(?P<noun>@NOUN@){_FORM}(?:: ?(?P<list>.+)|\.?$)",
    rf"(?:^|[.;:] )(?:on|in|for|with) {_THE}(?P<noun>@NOUN@){_FORM},? .*?\b(?:record|store|see|keep|note|enter|track|show|capture|have|need|add|want)(?: to (?:record|store|see|keep|note|enter|track|show|capture|have))?\b (?P<list>.+)$",
    rf"{_WE}(?:extend|enrich|enhance|expand|complete|supplement) {_THE}(?P<noun>@NOUN@){_FORM} (?:with|by) (?P<list>.+)$",
    rf"(?:^|[.;:] ){_THE}(?P<noun>@NOUN@){_FORM} (?:should |must |needs? to |shall |will |also )*(?:gets?|has|have|carr(?:y|ies)|shows?|needs?)(?: also)? (?:an? )?(?:new|additional|extra|another|further|custom) (?:fields? (?:for |called |named |with )?)?(?P<list>.+)$",
)
_NO_FIELD: Final = re.compile(
    r"\b(?:workflow|approvals?(?! (?:date|number|limit|by|status)\b)|process|notifications?|e-?mails?|reports?|buttons?|portal"
    r"|integration|import|export|requests?|reminders?|validation|dashboard|menu|wizard"
    r"|possibility|option to|ability|support for|way to|comment section|lines?)\b"
)
_ONLY_FIELDS: Final = re.compile(rf"^{_FIELDS}:?$")
_NAMED: Final = re.compile(
    rf"^{_FIELDS} (?:for|called|named|with|such as|like) ", re.IGNORECASE
)
_UNIT: Final = re.compile(
    r" in (?P<unit>km|kilomet(?:er|re)s|miles|days|weeks|months|years|hours|minutes|percent|kg"
    r"|kilograms|tons|lit(?:er|re)s|met(?:er|re)s|cm|mm)$",
    re.IGNORECASE,
)
_HOW: Final = re.compile(
    r",? (?:so that|so we|in order to|because|to know|to see)\b.*$", re.IGNORECASE
)


@dataclass
class Addition:
    """What is added to one existing model.

    Attributes:
        existing: The model.
        thing: The fields.
        statements: What says so; the rest of the ticket is about something else.
        lists: The fields that they name.
        titled: Whether the title says so already.
        title: The fields that it names.
    """

    existing: Existing
    thing: Thing
    statements: list[Statement] = field(default_factory=list)
    lists: list[str] = field(default_factory=list)
    titled: bool = False
    title: str = ""

    def gather(self, rest: Sequence[Statement] = (), roles: Sequence[str] = ()) -> None:
        """Find the fields: in what says so, and in the rest of what is about nothing else."""
        harvest = Harvest(self.thing, [*roles])
        for text in self.lists:
            harvest.items(self.thing, text, strong=True)
        leads = {s.lower.rstrip(" :.") for s in self.statements if s.kind != "bullet"}
        mine = [
            replace(s, lead="fields")
            for s in self.statements
            if s.kind == "bullet" and s.lead.rstrip(" :.") in leads
        ]
        harvest.read(Reading("", [*mine, *rest]))
        # A title names in short what the text then says at length.
        if not self.thing.drafts and self.title:
            harvest.items(self.thing, self.title, strong=True)
        kept: dict[str, Draft] = {}
        for draft in self.thing.drafts.values():
            itself = draft.relation == self.existing.model
            # A record of the model is no field of itself.
            if not itself or draft.phrase not in self.existing.nouns:
                _measured(draft)
                kept[draft.name] = draft
        self.thing.drafts = kept


def _measured(draft: Draft) -> None:
    """Have the help of a number say what it is counted in, not its name."""
    hit = _UNIT.search(draft.phrase)
    if hit is None:
        return
    draft.phrase = draft.phrase[: hit.start()]
    draft.name = drafting.identifier(draft.phrase)
    draft.label = drafting.label(draft.phrase)
    draft.help = draft.help or f"In {hit.group('unit')}."
    if draft.type is FieldType.CHAR:
        draft.type = FieldType.FLOAT


def additions(reading: Reading) -> list[Addition]:
    """Return what is added to existing models, in the order of the ticket."""
    found: dict[str, Addition] = {}
    leads: dict[str, Addition] = {}
    for statement in reading.statements:
        lead = leads.get(statement.lead.rstrip(" :."))
        if statement.kind == "bullet" and lead is not None:
            lead.statements.append(statement)
            continue
        if statement.kind == "criterion":
            continue
        hit = _hit(statement.text)
        if hit is None:
            continue
        noun, text = hit
        model = existing.called(noun)
        if model is None:
            continue
        addition = found.setdefault(model.model, Addition(model, Thing(noun)))
        addition.statements.append(statement)
        addition.titled |= statement.kind == "title"
        leads[statement.lower.rstrip(" :.")] = addition
        if statement.kind == "title":
            addition.title = text
        elif text:
            addition.lists.append(text)
    return [*found.values()]


def without(reading: Reading, found: Sequence[Addition]) -> Reading:
    """Return a ticket without what it adds to existing models."""
    said = [s for one in found for s in one.statements]
    rest = [s for s in reading.statements if s not in said]
    return Reading(reading.title, rest, reading.tables)


def _hit(text: str) -> tuple[str, str] | None:
    """Return the noun and the list of a sentence that adds fields, None of another one."""
    low = text.lower().strip()
    for pattern in _compiled():
        hit = pattern.search(low)
        if hit is None:
            continue
        begin, end = hit.span("list")
        listed = text.strip()[begin:end] if begin >= 0 else ""
        listed = _HOW.sub("", listed).strip(" .:")
        if _ONLY_FIELDS.match(listed.lower()):
            listed = ""
        listed = _NAMED.sub("", listed)
        if _NO_FIELD.search(listed.lower()):
            continue
        return english.singular_phrase(hit.group("noun")), listed
    return None


@cache
def _compiled() -> tuple[re.Pattern[str], ...]:
    nouns = {
        form
        for model in existing.models().values()
        for noun in model.nouns
        for form in (noun, english.plural(noun))
    }
    # The longest first: a customer order is no customer.
    either = "|".join(re.escape(n) for n in sorted(nouns, key=lambda n: (-len(n), n)))
    return tuple(re.compile(p.replace("@NOUN@", either)) for p in _PATTERNS)
