"""Fields within sentences: `submits a request with a destination and an amount`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from generator.intent.rules import drafts as drafting
from generator.intent.rules import (
    english,
    entities,
    kinds,
    lists,
    notes,
    putting,
    roles,
)
from generator.intent.rules.drafts import Draft
from generator.intent.rules.events import scene
from generator.intent.rules.reading import tokens
from generator.spec.fields import FieldType as F

if TYPE_CHECKING:
    from generator.intent.rules.gathered import Gathered
    from generator.intent.rules.reading import Statement

_STRONG: Final = (
    r"(?:wants?|needs?|like) to know|records?|recording|captures?|enters?|entering|specif(?:y|ies|ying)|tells?(?: us| them)?(?= the | an? )|writ(?:es?|ing) down|notes? down|tak(?:es?|ing) down|jots? down|puts? down|reads? off|keys? in|has to state|have to state|must state|leaves?(?= an? (?:[a-z]+ )?(?:comment|note|remark|message))|puts?(?: in)?|fills? (?:in|out)|filling (?:in|out)"
    r"|provid(?:e|es|ing)|gives?|giving|selects?|selecting|chooses?|choosing|picks?|picking|indicat(?:e|es|ing)|stating|states?"
    r"|stores?|asks? for|suppl(?:y|ies|ying)|specified by|mention(?:s|ing)?|adds?|types? in|inputs?|documents?|log(?:s|ging)?|notes?"
)
_WEAK: Final = (
    r"includ(?:e|es|ing)|contain(?:s|ing)?|consists? of|comprises?|shows? (?=the |an? )|showing|tracks?|tracking|describ(?:e|es|ing)|sets?|keeps?|needs?"
    r"|requires?|holds?|carries|with|has|have|having|made up of|described by|displays? (?=the |an? )|detailing|listing|explaining|about|explains?|updates?|see|covers?|writes?|writing|measures?(?= the | its | their )|takes?(?= an? (?:photo|picture)\b)|names(?= the )|there(?:'s| is| are)"
)
_TRIGGER: Final = re.compile(
    rf"\b(?:(?P<strong>{_STRONG})|(?P<weak>{_WEAK}))\s+(?=\S)(?:both |at least |either |up )?(?P<list>.+)$",
    re.IGNORECASE,
)
_SKIP: Final = re.compile(
    r"\b(remind\w*|notif\w*|e-?mails? (?:is|are)|print\w*|dashboard|statistics)\b",
    re.IGNORECASE,
)
_REJECTING: Final = re.compile(
    r"\b(reject|refus|declin|den[iy]|dismiss|cancel|sen[dt]s? (?:it |them )?back)\w*",
    re.IGNORECASE,
)
_SHOWN: Final = re.compile(
    r"^(?:an?|the|all)?\s*(?:\w+ )?(?:graph|pivot|calendar|kanban|chart|report|dashboard|view|list|overview)s?\b",
    re.IGNORECASE,
)
_ASSIGNED: Final = re.compile(
    r"\bassign(?:s|ed)?\s+(?:it to |them to |the [\w ]{2,20}? to )?(?:an?|the)\s+(?P<who>(?:[a-z-]+ )?[a-z-]+)\b",
    re.IGNORECASE,
)
_IS_ASSIGNED: Final = re.compile(
    r"(?:^|\b)(?:an?|the) (?P<who>(?:[a-z-]+ )?[a-z-]+) (?:is|has to be|must be|gets|should be) assigned\b",
    re.IGNORECASE,
)
_COMPUTED: Final = re.compile(
    r"\b(?:the|an?) (?P<what>(?:[a-z-]+ ){1,4}?)(?:is|are|should be|must be|gets|has to be) (?:automatically )?(?:calculated|computed|counted)\b",
    re.IGNORECASE,
)
_TICKED: Final = re.compile(
    r"\b(?:can|may|could) (?:also |optionally )?(?:be|stay|remain) (?:marked as |flagged as |submitted |made )?(?P<word>anonymous|confidential|urgent|billable|recurring|private)(?:ly)?\b",
    re.IGNORECASE,
)
_MAY_BE: Final = re.compile(
    r"^(?:optionally,? )?(?:an?|the) (?P<what>[a-z -]{3,40}?) (?:may|can|would) (?:also |optionally )?be (?:great|granted|added|entered|recorded|given|noted|specified|filled in|agreed)\b",
    re.IGNORECASE,
)
_ALSO: Final = re.compile(
    r"^(?:also|plus|and|in addition|furthermore|on top of that)[, ]+(?P<list>(?:an?|the) .+)$",
    re.IGNORECASE,
)
_IN_BRACKETS: Final = re.compile(
    r"\b(?:the|an?|its|their|his|her) (?P<what>[a-z-]+(?: [a-z-]+)?) \((?P<note>[^()]{3,120})\)",
    re.IGNORECASE,
)
_STATES: Final = re.compile(
    r"\b(?:status|state|stage|role|step|workflow|process|list|option|value)s?$"
)
_GOES_ON: Final = re.compile(r"\b(?:so that|before|when|once|;|\. )\b")
# Words that are nouns as often as verbs.
_NOUNS: Final = frozenset(
    "states state notes note records record logs log documents document".split()
)
_DEED: Final = re.compile(r"^(?:the )?[a-z]+ing\b[^,]{0,30}$")
_NEEDS_ARTICLE: Final = frozenset(
    "see writes write writing sets set updates update keeps keep about covers".split()
)
_DENIED: Final = re.compile(r"\b(?:cannot|can't|not|never|no)\s+(?:be )?$")
_NO_LIST: Final = re.compile(
    r"(?:to|been|not|be|their|them|only|it\b|that|an? (?:reason|comment) (?:for|when))\b",
    re.IGNORECASE,
)
_OWN_FIELD: Final = re.compile(
    r"(?:their|to) (?:\w+ )?(?:reason|name|date)", re.IGNORECASE
)
_A_REASON: Final = re.compile(
    r"(?:an? |the )?(?:\w+ )?(?:reason|comment|explanation|justification)",
    re.IGNORECASE,
)
_NOT_WITH: Final = re.compile(
    r"\b(?:(?:pays?|paid|sends?|approves?|returns?)(?: it| them)?|together|along|line|agree\w*|compare\w*|deals?|starts?|begins?)$"
)
_ARTICLE: Final = re.compile(
    r"\b(the|an?|each|every|of|this|all|new|these|own|and|with|attached|its|supporting|incident|vehicle)\s+$"
)


class Sentences:
    """Finds fields in sentences.

    Args:
        gathered: Where they are added.
    """

    def __init__(self, gathered: Gathered) -> None:
        self.gathered = gathered

    def read(self, statement: Statement) -> None:
        """Add the fields that one sentence asks for."""
        text = putting.put(statement.text, self.gathered.main.phrase.split()[-1])
        if _SKIP.search(text) and not re.search(r"\bwith\b", statement.lower):
            return
        shown = _SHOWN.search(text)
        # "A tenant reports a defect" shows no report
        if shown and not roles.mentions(tokens(shown.group(0))):
            return
        self._assigned(statement)
        self._possible(statement)
        hit = _ALSO.match(text)
        if hit and not scene(text).events:
            self.gathered.items(self.gathered.main, hit.group("list"), strong=False)
        inner = self._lines_within(text)
        if inner is not None:
            lines = next(t for t in self.gathered.things if t.kind == "lines")
            self.gathered.items(lines, inner[1], strong=True)
            text = inner[0]
        subject = entities.subject_of_has(text)
        thing = self.gathered.thing(subject[0]) if subject else None
        if subject and thing is not None:
            several = "," in subject[1] or " and " in subject[1]
            self.gathered.items(thing, subject[1], strong=several)
            return
        self._announced(text)

    def _announced(self, text: str) -> None:
        """Add the lists that verbs announce, one after the other."""
        while (hit := _TRIGGER.search(text)) is not None:
            used = self._triggered(text, hit)
            text = text[hit.end("strong" if hit.group("strong") else "weak") :]
            if used:
                rest = _GOES_ON.search(text)
                if rest is None:
                    return
                text = text[rest.end() :]

    def _lines_within(self, text: str) -> tuple[str, str] | None:
        """Cut `one or more lines with A and B` out of a sentence."""
        lines = next((t for t in self.gathered.things if t.kind == "lines"), None)
        if lines is None:
            return None
        words = (
            rf"(?:{re.escape(lines.phrase)}|{re.escape(lines.phrase.split()[-1])})s?"
        )
        hit = re.search(
            rf"(?:,? (?:and )?)?(?:one or more|several|multiple|at least one|a list of|many|any number of|a|the|its)?\s*(?:[a-z-]+ )?\b{words}\b,?(?:\s*(?:with|:|\(|that have|having|containing|consisting of)|[^.;:,()]{{0,40}},? (?:(?:and )?each (?:one )?(?:of (?:them|which) )?(?:with|having|has)|every one (?:of them )?with|(?:which|that) each have|for each of (?:which|them) (?:we|they|the [a-z]+) [a-z]+))\s*(?P<list>(?:\([^()]*\)|[^.;()])+)\)?",
            text,
            re.IGNORECASE,
        )
        if hit is None:
            return None
        return text[: hit.start()] + text[hit.end() :], hit.group("list")

    def _assigned(self, s: Statement) -> None:
        """`assigns a technician` is a field with somebody in it."""
        for hit in (*_ASSIGNED.finditer(s.text), *_IS_ASSIGNED.finditer(s.text)):
            phrase = english.singular_phrase(hit.group("who").lower())
            if not roles.who(phrase.split()[-1]):
                phrase = phrase.split()[0]  # "assigns a technician and ..."
            if roles.who(phrase.split()[-1]) and not self.gathered.known(
                drafting.identifier(phrase)
            ):
                made = drafting.drafts(lists.item(phrase), strong=True)
                if made and made[0].type is F.MANY2ONE:
                    self.gathered.add(self.gathered.main, made[0])

    def _possible(self, s: Statement) -> None:
        """`can be anonymous` is a box to tick; `an amount may be granted` is a field."""
        hit = _TICKED.search(s.text)
        if hit:
            word = hit.group("word").lower()
            self.gathered.main.add(Draft(word, word.title(), F.BOOLEAN, phrase=word))
        hit = _MAY_BE.match(s.text) or _COMPUTED.search(s.text)
        if hit:
            for made in self.gathered.drafts(
                lists.item(hit.group("what")), strong=False
            ):
                if made.known and made.type is not F.SELECTION:
                    self.gathered.add(self.gathered.main, made)

    def bracketed(self, text: str) -> None:
        """Add what a sentence only says in passing: `rates the risk (low, high)`."""
        for hit in _IN_BRACKETS.finditer(text):
            what, note = hit.group("what").lower(), hit.group("note")
            chosen = len(notes.options(note)) > 1 and kinds.named(note.lower()) is None
            linked = notes.LINKED.fullmatch(note.lower()) is not None
            named = self.gathered.thing(what) or self.gathered.known(
                drafting.identifier(what)
            )
            if (chosen or linked) and named is None and not _STATES.search(what):
                made = self.gathered.drafts(lists.Item(what, (note,)), strong=True)
                for draft in made:
                    if linked or draft.type is F.SELECTION:
                        self.gathered.add(self.gathered.main, draft)

    def _triggered(self, text: str, hit: re.Match[str]) -> int:
        """Add the list that a verb announces; return how many fields it had."""
        before, given = text[: hit.start()].lower(), hit.group("list")
        word = (hit.group("strong") or hit.group("weak")).lower()
        if not self._announces(word, before, given):
            return 0
        strong = hit.group("strong") is not None and word not in _NOUNS | {
            "adds",
            "add",
        }
        given = self._what_it_has(given)
        given = self._without_itself(given)
        thing = self.gathered.context(before)
        every = [
            d
            for item in lists.split(given)
            for d in self.gathered.drafts(item, strong=strong)
        ]
        known = [d for d in every if d.known]
        # what nobody knows is taken where it stands among what is known
        take = every if known and (strong or len(known) * 2 >= len(every)) else known
        return sum(self.gathered.add(thing, made) for made in take)

    def _without_itself(self, given: str) -> str:
        """Return a list without the record it stands on: `the mentor on the checklist`."""
        head = re.escape(self.gathered.main.phrase.split()[-1])
        return re.sub(
            rf" (?:on|of|in|to) (?:the|each|every|this|that) (?:[a-z]+ )?{head}s?\b(?=[,.;]|$| and\b)",
            "",
            given,
            flags=re.IGNORECASE,
        )

    def _what_it_has(self, given: str) -> str:
        """Return a list without the record it is of: `a return with a number and a photo`."""
        head = re.escape(self.gathered.main.phrase.split()[-1])
        return re.sub(
            rf"^[^,(]*?\b{head}s?\b[^,(]*? (?:with|giving|including|stating) (?=[a-z])",
            "",
            given,
        )

    def _announces(self, word: str, before: str, given: str) -> bool:
        """Tell whether a verb announces a list of fields here."""
        if _DENIED.search(before):
            return False
        if _NO_LIST.match(given) and not _OWN_FIELD.match(given):
            return False
        if _A_REASON.match(given) and (
            _REJECTING.search(before) or _DEED.search(before)
        ):
            return False
        if word in _NOUNS and _ARTICLE.search(before):
            if before.endswith("and ") and re.match(r"(?:the|an?)\s", given):
                return True  # "pays it and records the date"
            records = word in {"records", "record"}
            if not records or not before.rstrip().endswith(
                ("each", "every", "the", "a")
            ):
                return False
        if word == "with":
            return _NOT_WITH.search(before.rstrip()) is None
        if word in {"has", "have"}:
            head = re.escape(self.gathered.main.phrase.split()[-1])
            subject = rf"(\b(it|each|every|that|form|entry)\b|\b{head}s?)\s*$"
            return re.search(subject, before.strip()) is not None
        return (
            word not in _NEEDS_ARTICLE or re.match(r"(?:the|an?)\s", given) is not None
        )
