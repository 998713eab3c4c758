"""What a ticket is about: the main entity, its lines, the lists it chooses from."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from generator.intent.rules import drafts as drafting
from generator.intent.rules import english, headings, lists, roles, subject, titles
from generator.spec.names import slug

if TYPE_CHECKING:
    from generator.intent.rules.drafts import Draft
    from generator.intent.rules.reading import Reading


@dataclass
class Thing:
    """An entity as far as it is understood.

    Attributes:
        phrase: Its name for people, lower case, singular: `travel advance`.
        kind: `main`, `lines`, `list` (chosen from) or `other`.
        drafts: Its fields by name.
    """

    phrase: str
    kind: str = "main"
    drafts: dict[str, Draft] = field(default_factory=dict)
    parent: Thing | None = None

    @property
    def name(self) -> str:
        """Its identifier."""
        return slug(self.phrase)

    def add(self, draft: Draft) -> None:
        """Add a field, or what is new of one that is there."""
        known = self.drafts.get(draft.name)
        if known is not None:
            known.fill(draft)
        else:
            self.drafts[draft.name] = draft


_DOES: Final = re.compile(
    rf"\b({titles.DEEDS})(?:s|es|ing)?\s+(?:for\s+)?(?:an?|the|their|new|one|his|her|our|some)?\s*(?:new\s+)?([a-z][a-z -]{{2,50}}?)"
    r"(?=\s+(?:then|with|by|for|in|on|at|to|from|of|and|or|so|when|if|that|which|which|online|through|via|stating|giving|including|specifying|using|as|before|after|per|directly|quickly|is|are|can|must|should|he|she|they|it)\b|[.,;:()]|$)",
    re.IGNORECASE,
)
_STATES_OF: Final = re.compile(
    r"^(?:the )?([a-z]+) (?:states?|status(?:es)?|workflow)\b"
)
_MODEL_LINE: Final = re.compile(
    r"^(?P<name>[A-Z][a-z]+(?: [a-z]+)?)(?: fields| data| has)?: (?P<fields>[^.:]+)\.?$"
)
_NO_MODEL: Final = re.compile(
    r"\b(?:status|state|stage|workflow|field|detail|role|step|data|information|note|header|line|form|flow|process|life cycle)s?$"
)
# What lists have: "order lines" are lines of an order, and nobody's command.
_OFTEN: Final = 3  # statements that make a thing the one that is recorded
_DEED_NOUN: Final = re.compile(
    r" (?:request|report|booking|order|approval|registration)$"
)
_PAIR: Final = re.compile(r"^[a-z]+s and [a-z]+$")
_WORKED: Final = (
    r"\b[a-z]+s? (?:out |in |off |back )?(?:an?|the|each|every|their|his|her|its|this|that|two|all|new)"
    r" (?:[a-z-]+ ){0,2}?HEADS\b(?! [a-z]+(?:s|ed)\b)"
    r"|\b(?:[a-z-]+ ){0,2}?HEADS (?:is|are|has been|was|gets|becomes|starts|begins|stays|moves|goes|must|may|can|cannot|should|will|has|have)\b"
)


def main(reading: Reading) -> Thing | None:
    """Return what the ticket is about, None when nothing in it has a name."""
    titled, objects = titles.titled(reading.title), _objects(reading)
    candidates = [titled, *objects]
    candidates[:0] = _rather(reading, titled, objects)
    candidates[:0] = subject.recorded(reading, titled)
    candidates[:0] = headings.main(reading, titled)
    candidates[:0] = _leading(modelled(reading))
    candidates[:0] = _with_states(reading, titled)
    for phrase in candidates:
        if phrase and _nameable(phrase):
            return Thing(_spoken(reading, phrase))
    return None


# Odoo has these already: what is recorded of a vendor's onboarding is no other vendor.
_ODOOS: Final = frozenset(
    "vendor supplier customer client employee contact partner product".split()
)


def _spoken(reading: Reading, phrase: str) -> str:
    """Return a name without the deed that only the title has: a `donation` for its intake."""
    words = phrase.split()
    text = [
        english.singular(w)
        for s in reading.said
        for w in re.findall(r"[a-z]+", s.lower)
    ]
    while len(words) > 1 and words[-1] not in titles.GENERIC:
        often = text.count(words[-2]) >= _OFTEN and words[-2] not in titles.GENERIC
        if words[-1] in text or not often or words[-2] in _ODOOS:
            break
        words.pop()
    return " ".join(words)


# `Meeting notes 12 March`, `Who has which key?`
_NO_NAME: Final = re.compile(
    r"\?\s*$|^(?:(?:meeting )?(?:notes|minutes|agenda)|call with|phone call|who|what|when|where|why|which|re:|fwd?:)\b",
    re.IGNORECASE,
)


def _rather(reading: Reading, titled: str, objects: list[str]) -> list[str]:
    """Return what is recorded, where the title only says what it is about.

    In `Guest apartments of the institute` a *stay* is requested, confirmed, checked out;
    in a register of `Gifts and invitations` a gift is declared.
    """
    pair = _PAIR.match(titled)
    words = {english.singular(w) for w in titled.split()}
    if pair:
        return [phrase for phrase in objects if words & {*phrase.split()}]
    if _NO_NAME.search(reading.title):
        words = set()  # minutes and questions name nothing
    title = max((_worked_on(reading, word) for word in words), default=0)
    plain = dict.fromkeys(_DEED_NOUN.sub("", phrase) for phrase in objects)
    told = [(_worked_on(reading, phrase), phrase) for phrase in plain if phrase]
    best = max(told, default=(0, ""))[0]
    if best < (max(_OFTEN, 2 * title) if words else 1):
        return []
    return [phrase for count, phrase in told if count == best]


def _worked_on(reading: Reading, phrase: str) -> int:
    """Return in how many statements something is done to a thing, or it begins, or is so."""
    if not phrase:
        return 0
    head = english.singular(phrase.rsplit(maxsplit=1)[-1])
    heads = rf"(?:{re.escape(head)}|{re.escape(english.plural(head))})"
    pattern = re.compile(_WORKED.replace("HEADS", heads))
    return sum(bool(pattern.search(s.lower)) for s in reading.said)


def modelled(reading: Reading) -> dict[str, str]:
    """Return the entities of a data model in lines: `Checkout: tool, taken on, expected back`."""
    given: dict[str, str] = {}
    for statement in reading.said:
        hit = _MODEL_LINE.match(statement.text)
        name = english.singular_phrase(hit.group("name").lower().strip()) if hit else ""
        if hit and name and not _NO_MODEL.search(name):
            given[name] = hit.group("fields")
    found = {name: text for name, text in given.items() if _models(name, text, given)}
    return found if len(found) > 1 else {}


def _models(name: str, text: str, given: dict[str, str]) -> bool:
    """Tell whether a line lists the fields of an entity, or leads to another one."""
    items = lists.split(text)
    known = [i for i in items if any(d.known for d in drafting.drafts(i, strong=True))]
    leads = any(i.text.lower() in given and i.text.lower() != name for i in items)
    return len(items) > 2 and (leads or len(known) * 2 >= len(items))


def _leading(models: dict[str, str]) -> list[str]:
    """Return the entity of a data model that leads to another one."""
    return [
        name
        for name, fields in models.items()
        if any(
            i.text.lower() in models and i.text.lower() != name
            for i in lists.split(fields)
        )
    ]


def _with_states(reading: Reading, titled: str) -> list[str]:
    """Return what states are said to be of, when the title names only the place of it.

    In a `Company library` with `Loan states: ...` loans are what is recorded.
    """
    for statement in reading.said:
        hit = _STATES_OF.match(statement.lower)
        if (
            hit
            and hit.group(1) in titles.DEED.values()
            and hit.group(1) not in titled.split()
        ):
            return [hit.group(1)]
    return []


def _nameable(phrase: str) -> bool:
    words = [english.singular(w) for w in re.findall(r"[a-z]+", phrase)]
    return any(w not in titles.GENERIC and len(w) > 1 for w in words) and bool(
        slug(phrase)
    )


def _objects(reading: Reading) -> list[str]:
    """Return what is submitted, created, requested... in the text, the most frequent first."""
    found: dict[str, int] = {}
    for statement in reading.said:
        for hit in _DOES.finditer(statement.lower):
            phrase = titles.named(hit.group(1), hit.group(2))
            words = phrase.split()
            if not words or len(words) > 4 or words[0] in roles.BASE:
                continue
            if {*words} & {
                "me",
                "us",
                "them",
                "it",
                "sure",
                "that",
                "what",
                "how",
                "everything",
                "is",
                "are",
                "was",
                "has",
            }:
                continue
            found[phrase] = found.get(phrase, 0) + 1
    return sorted(found, key=lambda phrase: -found[phrase])


_HAS: Final = re.compile(
    r"(?:^|[.;]\s|,\s)(?:each|every|an?|the|all)\s+([a-z][a-z -]{1,40}?)\s+(?:must |should |will |can |may )?(?:(?:has|have)(?! to\b)|consists? of|contains?|comes? with|is described by|includes?|holds?|carries)(?: the following(?: [a-z]+)?)?:?\s+(.+)$",
    re.IGNORECASE,
)
# `For each trap check we note trap number, position and a comment.`
_NOTED: Final = re.compile(
    r"\bfor (?:each|every) ([a-z][a-z -]{1,40}?),? (?:we|they|one|the [a-z]+) (?:also )?(?:notes?|records?|keeps?|enters?|stores?|writes? down|(?:needs?|wants?) to (?:know|see|record|have|note|keep)|needs?|wants?)(?: the following)?:?\s+(.+)$",
    re.IGNORECASE,
)
_LISTED: Final = re.compile(
    r"\b(?:list|catalogue|catalog|register|set|table|inventory|directory) of (?:available |all |possible |our |the |bookable )*([a-z][a-z -]{1,30}?s)\b",
    re.IGNORECASE,
)
_KEEPS: Final = re.compile(
    r"\b(?:maintains?|configures?|sets? up|defines?|administers?|administrates?)\s+(?:the |a |their |all |list of |the list of |available )*([a-z][a-z -]{1,30}?s)\b(?=\s+(?:with|in|and|which|that|such|including|themselves|so)\b|[.,;:(]|$)",
    re.IGNORECASE,
)
_LINES: Final = re.compile(
    r"\b(?:one or more|several|multiple|at least one|(?<!how )many|any number of|a list of|a number of|various|different)\s+((?:[a-z-]+ ){0,2}?(?:lines?|items?|positions?|entries|[a-z-]+s))\b",
    re.IGNORECASE,
)
_LINE: Final = re.compile(
    r"\b(?:(?:each|every|per|an?|the|with|by|has|have|add|adds|contains?|its|at least one|of|line)\s+)((?:[a-z-]+[ -])?(?:lines?|line items?|order lines?|line))\b(?! (?:manager|supervisor|management|item manager))",
    re.IGNORECASE,
)


# `tasks, each with a title`, `articles, for each of which we need the price`
_EACH: Final = re.compile(
    r"\b(?P<things>(?:[a-z-]+ )?[a-z-]+s)\b(?: (?:to|on|in|for|of) (?:the|an?|each|every|his|her|their|its) (?:[a-z-]+ )?[a-z-]+)?,? (?:each (?:one )?(?:of them )?(?:with|having)|(?:and )?each of (?:them|which) (?:with|having|has)|for each of (?:which|them)|every one (?:of them )?with|which each have|that each have) ",
    re.IGNORECASE,
)
_LEADING: Final = re.compile(
    r"^(?:(?:adds?|adding|enters?|lists?|notes?|creates?|has|have|of|to|the|several|multiple|more|many|all|some|are|and|with|various|different|its|their|contains?|includes?|covers?|records?|writes?|puts?) )+"
)


def subject_of_has(text: str) -> tuple[str, str] | None:
    """Return what *has* something, and what it has: `Each room has a name and a floor`."""
    hit = _HAS.search(text) or _NOTED.search(text)
    if not hit:
        return None
    return english.singular_phrase(hit.group(1).lower().strip()), hit.group(2)


def noted(text: str) -> bool:
    """Tell whether a sentence says what is noted for each of something."""
    return _HAS.search(text) is None and _NOTED.search(text) is not None


def kept(text: str) -> list[str]:
    """Return the lists that somebody keeps, as a sentence says."""
    found = [*_LISTED.findall(text), *_KEEPS.findall(text)]
    return [english.singular_phrase(phrase.lower().strip()) for phrase in found]


def detailed(text: str) -> bool:
    """Tell whether a sentence says what each of several things has: `parts, each with a price`."""
    return _EACH.search(text) is not None


def lines(text: str) -> str | None:
    """Return what the lines of the main entity are called, None when it has none."""
    each = _EACH.search(text)
    hit = each or _LINES.search(text) or _LINE.search(text)
    if not hit:
        return None
    phrase = english.singular_phrase(_LEADING.sub("", hit.group(1).lower().strip()))
    return phrase if phrase.split()[-1] not in {"day", "time", "hour", "person", "employee", "manager", "way", "reason", "other", "week", "month", "year", "document", "attachment", "file", "receipt", "photo", "picture", "role", "status", "state", "level", "step", "user", "people", "approver", "department", "team", "company", "rejection", "participant", "attendee", "tag"} else None  # fmt: skip


def heads(main: Thing) -> set[str]:
    """Return the words by which a ticket calls what it records."""
    words = main.phrase.split()
    return {
        main.phrase,
        words[-1],
        *([words[0]] if words[-1] in titles.GENERIC else []),
    }
