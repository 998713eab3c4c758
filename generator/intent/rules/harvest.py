"""Gathers the fields that the statements of a ticket speak of."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from generator.intent.rules import drafts as drafting
from generator.intent.rules import english, entities, kinds, lists, roles, verbs
from generator.intent.rules.drafts import Draft
from generator.spec.fields import FieldType as F

if TYPE_CHECKING:
    from collections.abc import Iterable

    from generator.intent.rules.entities import Thing
    from generator.intent.rules.reading import Reading, Statement

_LEAD: Final = re.compile(
    r"\b(fields?|details|information|data|attributes?|columns|inputs?|properties)\b"
    r"|\b(records?|captures?|contains?|includes?|enter|provides?|store[sd]?|specify|specifies|fill(?:s|ed)? (?:in|out)|has|have|asks? for|following|collect|with|consists? of|form)\s*(?:the following.*)?$"
)
_NO_LEAD: Final = re.compile(
    r"\b(status(es)?|states?|roles?|rules?|workflow|steps?|process|actors?|stages?|notifications?|permissions?|access|security|reports?|criteria|constraints?|validations?|out of scope|scope|notes?|background|user stor(y|ies)|views?|requirements?|behaviou?r|approvals?|emails?|reminders?)\b"
)
_KEYED: Final = re.compile(
    r"^(?:(?:main |required |mandatory |optional |key |the |request |form |other |additional |following |new )*(?:fields?|details|information|data|attributes|columns|inputs?)"
    r"(?:\s+(?:are|is|include[sd]?|needed|required|captured|to (?:be )?(?:capture[d]?|record(?:ed)?|filled in)|we need|on the form|of the [\w ]+?|for (?:each|every|the|an?) [\w ]+?|per [\w ]+?))*)\s*:\s*(.+)$",
    re.IGNORECASE,
)
_STRONG: Final = (
    r"records?|recording|captures?|enters?|entering|specif(?:y|ies|ying)|fills? (?:in|out)|filling (?:in|out)"
    r"|provid(?:e|es|ing)|gives?|giving|selects?|selecting|chooses?|choosing|picks?|picking|indicat(?:e|es|ing)|stating|states?"
    r"|stores?|asks? for|suppl(?:y|ies|ying)|specified by|mention(?:s|ing)?|adds?|types? in|inputs?|documents?|log(?:s|ging)?|notes?"
)
_WEAK: Final = (
    r"includ(?:e|es|ing)|contain(?:s|ing)?|consists? of|comprises?|shows?|showing|tracks?|tracking|describ(?:e|es|ing)|sets?|keeps?|needs?"
    r"|requires?|holds?|carries|with|has|have|having|made up of|described by|displays?|detailing|listing|explaining|about|explains?|updates?|see|covers?"
)
_TRIGGER: Final = re.compile(
    rf"\b(?:(?P<strong>{_STRONG})|(?P<weak>{_WEAK}))\s+(?=\S)(?:both |at least |either |up )?(?P<list>.+)$",
    re.IGNORECASE,
)
_DEMANDED: Final = re.compile(
    r"^(?:given .*?then )?(?:the |both |all |an? )?(?P<list>[\w ,'/()-]{3,120}?)\s+(?:is|are|must be|should be|fields are|have to be|has to be)\s+(?:always\s+)?(?P<word>required|mandatory|compulsory|obligatory|optional|filled in|provided|entered|specified|given|unique)\b(?P<rest>.*)$",
    re.IGNORECASE,
)
_WITHOUT: Final = re.compile(
    r"\b(?:cannot|can't|can not|may not|must not|is not possible to|not be able to|no \w+ can)\b[^.]*?\b(?P<deed>submit\w*|save\w*|creat\w*|confirm\w*|sent|book\w*|clos\w*|complet\w*|approv\w*|resolv\w*|finish\w*|report\w*|releas\w*|publish\w*|sign\w*|deliver\w*|verif\w*|validat\w*|return\w*|issue\w*|pa(?:id|y)|mark\w*|accept\w*)\b[^.]*?\bwithout (?:an? |the |any |its |giving |entering |filling in )*(?P<list>[^.]+)",
    re.IGNORECASE,
)
_REQUIRES: Final = re.compile(
    r"^(?P<deed>[A-Z][a-z]+ing) (?:\w+ ){0,3}?(?:requires?|needs?) (?P<list>[^.]+)"
)
_NEEDED: Final = re.compile(
    r"(?:^|the )(?P<list>[\w ]{3,40}?) (?:is|are|must be) (?:required|mandatory|needed|filled in|given|entered)[\w ]{0,12} (?:to|before|for|when) (?:the \w+ )?(?:is |can be |be )?(?P<deed>[a-z]+)",
    re.IGNORECASE,
)
_ALL: Final = re.compile(
    r"\b(?:all|every) (?:of )?(?:the |these )?(?:fields?|details|information|data|entries) (?:is|are|must be|have to be) (?:required|mandatory|compulsory|obligatory|filled)",
    re.IGNORECASE,
)
_ONE_OF: Final = re.compile(
    r"(?:^|[,;] |\b(?:the|an?|its|each|of|and|one|have|has)\s+)(?P<what>(?:[a-z-]+ ){0,2}?[a-z-]+?)\s*(?:,\s*which\s+)?(?:can be|may be|is one of|is either|must be one of|should be one of|must be|should be|is|are|:|which is|has one of|being)(?: one of| either)?(?: the following(?: values)?)?:?\s+(?P<values>[^.;]+)",
    re.IGNORECASE,
)
_SUCH_AS: Final = re.compile(
    r"\b(?P<what>(?:[a-z-]+ ){0,1}?(?:type|kind|categor(?:y|ie)|priorit(?:y|ie)|severit(?:y|ie)|class(?:e)?|urgency|level|method|reason)s?)(?: of \w+)?\s*(?:\(|:|such as|like|\u2013|-|,? e\.g\.|for example|being)\s*(?P<values>[^().;]+)\)?",
    re.IGNORECASE,
)
_SKIP: Final = re.compile(
    r"\b(remind\w*|notif\w*|e-?mails? (?:is|are)|print\w*|dashboard|statistics)\b",
    re.IGNORECASE,
)
_REJECTING: Final = re.compile(
    r"\b(reject|refus|declin|den[iy]|dismiss|cancel|sen[dt] back)\w*", re.IGNORECASE
)
_NO_ITEM: Final = re.compile(
    r"^(?:access|permission|rights?|one|two|three|approval|rejection|status|states?|state|it|them|more|less|only|all|any|.*\b(?:requests?|records?|states?|status|statuses|role|roles|rights|group|groups|day|week|month|buttons?|views?|menu)\b|history|chatter)$"
)


_ANNOUNCED: Final = re.compile(
    r"^(?P<before>[A-Z].{3,160}?)\s*:\s+(?P<list>[^:]+(?:\([^)]*\))?.*)$"
)
_SHOWN: Final = re.compile(
    r"^(?:an?|the|all)?\s*(?:\w+ )?(?:graph|pivot|calendar|kanban|chart|report|dashboard|view|list|overview)s?\b",
    re.IGNORECASE,
)
_ASSIGNED: Final = re.compile(
    r"\bassign(?:s|ed)?\s+(?:it to |them to |the [\w ]{2,20}? to )?(?:an?|the)\s+(?P<who>(?:[a-z-]+ )?[a-z-]+)\b",
    re.IGNORECASE,
)
_TICKED: Final = re.compile(
    r"\b(?:can|may|could) (?:also |optionally )?be (?:marked as |flagged as |submitted |made )?(?P<word>anonymous|confidential|urgent|billable|recurring|private)(?:ly)?\b",
    re.IGNORECASE,
)
_MAY_BE: Final = re.compile(
    r"^(?:optionally,? )?(?:an?|the) (?P<what>[a-z -]{3,40}?) (?:may|can) (?:also |optionally )?be (?:granted|added|entered|recorded|given|noted|specified|filled in|agreed)\b",
    re.IGNORECASE,
)


_STATED: Final = re.compile(
    r"\b(status(es)?|states?|roles?|workflow|stages?|steps|lifecycle|process|rules?|actors?|phases?)\b"
)


def _deed(word: str) -> str:
    """Return the name of the verb that a form is of, "" when it is none of a workflow."""
    hit = verbs.FORMS.get((word.lower(),))
    return hit[0].name if hit else ""


def _last_words(text: str) -> str:
    return " ".join(text.lower().split()[-4:])


class Harvest:
    """Fields of the main entity and of those beside it.

    Args:
        main: What the ticket is about.
        role_names: Names of roles, which are no fields.
    """

    def __init__(self, main: Thing, role_names: list[str]) -> None:
        self.main = main
        self.roles = role_names
        self.things: list[Thing] = [main]
        self.assumptions: list[str] = []
        self.demanded: list[tuple[str, str]] = []

    def read(self, reading: Reading) -> None:
        """Gather from all statements and tables."""
        for table in reading.tables:
            self._table(table)
        for statement in reading.said:
            self._statement(statement)
        for statement in reading.said:
            self._demands(statement)
            self._choices(statement)

    def thing(self, phrase: str) -> Thing | None:
        """Return the entity that a phrase names."""
        one = english.singular_phrase(phrase.lower().strip())
        if self._is_main(one):
            return self.main
        return next(
            (t for t in self.things if t.phrase == one or t.phrase.endswith(f" {one}")),
            None,
        )

    def _is_main(self, one: str) -> bool:
        words = self.main.phrase.split()
        heads = {self.main.phrase, words[-1], "request", "record", "form", "entry", "it", "one", "ticket",
                 "application", "submission"}  # fmt: skip
        if (
            words[-1]
            in {"request", "booking", "registration", "order", "log", "report"}
            and len(words) > 1
        ):
            heads.add(" ".join(words[:-1]))
        return one in heads or one.endswith(f" {words[-1]}")

    # -- lists of fields

    def _statement(self, s: Statement) -> None:
        keyed = _KEYED.match(s.text)
        if keyed:
            self._items(self._of(s), keyed.group(1), strong=True)
            return
        lead = s.lead or s.section
        if (
            s.kind == "bullet"
            and lead
            and self._field_lead(lead)
            and self._fieldlike(s.text)
        ):
            self._bullet(self._of(s), s.text)
            return
        named = s.lead.strip() if s.kind == "bullet" else ""
        thing = self.thing(named) if named else None
        if thing is not None and self._fieldlike(s.text) and len(named.split()) <= 3:
            self._bullet(thing, s.text)
            return
        entity = re.match(r"^([A-Z][\w -]{2,30}):\s+(.+)$", s.text)
        if entity and self.thing(entity.group(1)) and "," in entity.group(2):
            self._items(
                self.thing(entity.group(1)) or self.main, entity.group(2), strong=True
            )
            return
        announced = _ANNOUNCED.match(s.text)
        if announced and not _STATED.search(_last_words(announced.group("before"))):
            thing = self._context(announced.group("before").lower())
            if self._listed(thing, announced.group("list")):
                return
        self._having(s)

    def _listed(self, thing: Thing, text: str) -> bool:
        """Add the items of a list after a colon when they look like fields."""
        every = [d for i in lists.split(text) for d in self._drafts(i, strong=True)]
        known = [d for d in every if d.known]
        if len(every) < 2 or len(known) * 2 < len(every):
            return False
        for made in every:
            self._add(thing, made)
        return True

    def _field_lead(self, lead: str) -> bool:
        if re.search(r"\bfields?\b", lead):
            return True
        return bool(_LEAD.search(lead)) and not _NO_LEAD.search(lead)

    def _fieldlike(self, text: str) -> bool:
        head = re.split(r"[:(\u2013]| - |, (?:calculated|computed)", text)[0].strip()
        words = head.split()
        return 0 < len(words) <= 6 and not re.search(
            r"\b(can|may|must|should|cannot|will|shall|sees?|gets?|receives?|approves?|submits?)\b",
            head.lower(),
        )

    def _of(self, s: Statement) -> Thing:
        """Return whose fields a list under a heading is."""
        for words in (s.lead, s.section, s.lower.partition(":")[0]):
            for thing in self.things[1:]:
                if re.search(rf"\b{re.escape(thing.phrase.split()[-1])}s?\b", words):
                    return thing
        return self.main

    def _bullet(self, thing: Thing, text: str) -> None:
        plain = re.sub(r",\s*(?:automatically )?(?:calculated|computed)\b.*$", "", text)
        if "," in plain.partition(":")[0].partition("(")[0] and ":" not in text:
            self._items(thing, text, strong=True)
            return
        if " / " in text and "(" not in text and ":" not in text:
            for part in text.split(" / "):
                self._bullet(thing, part)
            return
        if ", calculated" in text or ", computed" in text:
            text = re.sub(
                r",\s*((?:automatically )?(?:calculated|computed)\b.*)$", r" (\1)", text
            )
        item = lists.item(text)
        head = re.split(r"\s*[:(\u2013]|\s+-\s", text)[0]
        if " and " in head and not item.after:
            self._items(thing, text, strong=True)
            return
        for made in drafting.drafts(item, strong=True):
            self._add(thing, made)

    def _items(self, thing: Thing, text: str, *, strong: bool) -> int:
        added = 0
        items = lists.split(text)
        every = [d for item in items for d in self._drafts(item, strong=strong)]
        some_known = any(d.known for d in every)
        for made in every:
            if made.known or strong or (some_known and len(every) > 1):
                added += self._add(thing, made)
        return added

    def _drafts(self, item: lists.Item, *, strong: bool) -> list[Draft]:
        low = item.text.lower()
        chosen = any(drafting.options(note) for note in item.notes)
        if (_NO_ITEM.match(low) and not chosen) or self.thing(low) is self.main:
            return []
        if english.is_plural(low.split()[-1] if low else "") and drafting.is_role(
            low, self.roles
        ):
            return []
        return drafting.drafts(item, strong=strong)

    def _add(self, thing: Thing, made: Draft) -> bool:
        other = self._leads(made)
        if other is not None and other is not thing:
            if other.kind == "lines":
                return False
            made.name, made.type = f"{other.name}_id", F.MANY2ONE
            made.relation, made.known = f"@{other.name}", True
        elif made.type is F.BINARY and english.is_plural(made.phrase.split()[-1]):
            self.attachments = True
            return False
        if made.type is F.MANY2ONE and made.phrase.endswith(" name"):
            about = made.phrase.removesuffix(" name")
            if about in thing.phrase.split():
                made.name, made.type, made.relation = (
                    drafting.identifier(made.phrase),
                    F.CHAR,
                    None,
                )
        thing.add(made)
        return True

    attachments = False

    def _leads(self, made: Draft) -> Thing | None:
        phrase = english.singular_phrase(made.phrase)
        return next((t for t in self.things[1:] if t.phrase == phrase), None)

    # -- sentences

    def _having(self, s: Statement) -> None:
        if _SKIP.search(s.text) and not re.search(r"\bwith\b", s.lower):
            return
        if _SHOWN.search(s.text):
            return
        self._assigned(s)
        self._possible(s)
        text = s.text
        inner = self._lines_within(text)
        if inner is not None:
            text, rest = inner
            lines = next(t for t in self.things if t.kind == "lines")
            self._items(lines, rest, strong=True)
        subject = entities.subject_of_has(text)
        if subject:
            thing = self.thing(subject[0])
            if thing is not None:
                self._items(
                    thing, subject[1], strong="," in subject[1] or " and " in subject[1]
                )
                return
        while True:
            hit = _TRIGGER.search(text)
            if hit is None:
                return
            used = self._triggered(s, text, hit)
            text = text[hit.end("strong") if hit.group("strong") else hit.end("weak") :]
            if used:
                later = re.search(r"\b(?:so that|before|when|once|;|\. )\b", text)
                if later is None:
                    return
                text = text[later.end() :]

    def _lines_within(self, text: str) -> tuple[str, str] | None:
        """Cut `one or more lines with A and B` out of a sentence."""
        lines = next((t for t in self.things if t.kind == "lines"), None)
        if lines is None:
            return None
        words = (
            rf"(?:{re.escape(lines.phrase)}|{re.escape(lines.phrase.split()[-1])})s?"
        )
        hit = re.search(
            rf"(?:,? (?:and )?)?(?:one or more|several|multiple|at least one|a list of|many|any number of|a|the|its)?\s*(?:[a-z-]+ )?\b{words}\b,?\s*(?:with|:|\(|that have|having|containing|each with|consisting of)\s*(?P<list>[^.;)]+)\)?",
            text,
            re.IGNORECASE,
        )
        if hit is None:
            return None
        return text[: hit.start()] + text[hit.end() :], hit.group("list")

    def _assigned(self, s: Statement) -> None:
        """`assigns a technician` is a field with somebody in it."""
        for hit in _ASSIGNED.finditer(s.text):
            phrase = english.singular_phrase(hit.group("who").lower())
            if phrase.split()[-1] in roles.PEOPLE and not self._known(
                drafting.identifier(phrase)
            ):
                made = drafting.drafts(lists.item(phrase), strong=True)
                if made and made[0].type is F.MANY2ONE:
                    self._add(self.main, made[0])

    def _possible(self, s: Statement) -> None:
        """`can be anonymous` is a box to tick; `an amount may be granted` is a field."""
        hit = _TICKED.search(s.text)
        if hit:
            word = hit.group("word").lower()
            self.main.add(Draft(word, word.title(), F.BOOLEAN, phrase=word))
        hit = _MAY_BE.match(s.text)
        if hit:
            for made in self._drafts(lists.item(hit.group("what")), strong=False):
                if made.known and made.type is not F.SELECTION:
                    self._add(self.main, made)

    def _triggered(self, s: Statement, text: str, hit: re.Match[str]) -> int:
        before = text[: hit.start()].lower()
        given = hit.group("list")
        if re.search(r"\b(?:cannot|can't|not|never|no)\s+(?:be )?$", before):
            return 0
        if re.match(
            r"(?:to|been|not|be|their|them|only|it\b|that|an? (?:reason|comment) (?:for|when))\b",
            given,
            re.IGNORECASE,
        ) and not re.match(
            r"(?:their|to) (?:\w+ )?(?:reason|name|date)", given, re.IGNORECASE
        ):
            return 0
        if _REJECTING.search(before) and re.match(
            r"(?:an? |the )?(?:\w+ )?(?:reason|comment|explanation|justification)",
            given,
            re.IGNORECASE,
        ):
            return 0
        word = (hit.group("strong") or hit.group("weak")).lower()
        weak = hit.group("weak") is not None or word in {
            "states",
            "state",
            "notes",
            "note",
            "records",
            "record",
            "logs",
            "log",
            "documents",
            "document",
            "adds",
            "add",
        }
        if word in {
            "notes",
            "note",
            "states",
            "state",
            "documents",
            "document",
            "records",
            "record",
            "log",
            "logs",
        } and re.search(
            r"\b(the|an?|each|every|of|this|all|new|these|own|and|with|attached|its|supporting|incident|vehicle)\s+$",
            before,
        ):
            if word not in {"records", "record"} or not before.rstrip().endswith(
                ("each", "every", "the", "a")
            ):
                return 0
        if word in {"has", "have"} and not re.search(
            r"(\b(it|each|every|that|form|entry)\b|\b"
            + re.escape(self.main.phrase.split()[-1])
            + r"s?)\s*$",
            before.strip(),
        ):
            return 0
        if word in {
            "see",
            "sets",
            "set",
            "updates",
            "update",
            "keeps",
            "keep",
            "about",
            "covers",
        } and not re.match(r"(?:the|an?)\s", given):
            return 0
        thing = self._context(before)
        items = lists.split(given)
        every = [d for item in items for d in self._drafts(item, strong=not weak)]
        known = [d for d in every if d.known]
        if weak and not known:
            return 0
        if not weak and not known and len(every) != 1:
            known = []
        take = every if known and (not weak or len(known) * 2 >= len(every)) else known
        if not weak and len(every) == 1 and not known:
            take = []
        return sum(self._add(thing, made) for made in take)

    def _context(self, before: str) -> Thing:
        """Return which entity the words before a list speak of, the last one named."""
        best, at = self.main, -1
        for thing in self.things[1:]:
            head = (
                thing.phrase
                if thing.kind != "lines"
                else r"(?:lines?|items?|" + re.escape(thing.phrase) + "s?)"
            )
            pattern = head if thing.kind == "lines" else re.escape(head) + "s?"
            for hit in re.finditer(rf"\b{pattern}\b", before):
                if hit.start() > at:
                    best, at = thing, hit.start()
        mine = [
            h.start()
            for h in re.finditer(rf"\b{re.escape(self.main.phrase)}s?\b", before)
        ]
        return self.main if mine and mine[-1] >= at else best

    def _table(self, table: list[list[str]]) -> None:
        head = [cell.lower() for cell in table[0]]
        named = next(
            (
                i
                for i, c in enumerate(head)
                if c in {"field", "name", "field name", "attribute", "column", "label"}
            ),
            None,
        )
        if named is None or len(head) < 2:
            return
        for row in table[1:]:
            if len(row) <= named or not row[named].strip():
                continue
            notes = []
            for place, cell in enumerate(row):
                title = head[place] if place < len(head) else ""
                if place == named or not cell.strip():
                    continue
                if re.search(r"required|mandatory", title):
                    notes.append(
                        "required"
                        if cell.strip().lower()
                        in {
                            "yes",
                            "y",
                            "x",
                            "true",
                            "required",
                            "mandatory",
                            "\u2713",
                            "\u2714",
                        }
                        else "optional"
                    )
                else:
                    notes.append(cell.strip())
            item = lists.Item(row[named].strip(), tuple(notes))
            for made in drafting.drafts(item, strong=True):
                self._add(self.main, made)

    # -- what is said of fields

    def _demands(self, s: Statement) -> None:
        if _ALL.search(s.text):
            for draft in self.main.drafts.values():
                if draft.type not in {F.BOOLEAN, F.ONE2MANY} and draft.required is None:
                    draft.required = True
        hit = _DEMANDED.match(s.text)
        conditional = hit and re.search(
            r"\b(when|if|for|only|above|unless)\b", hit.group("rest")
        )
        if hit and not conditional:
            word = hit.group("word").lower()
            for item in lists.split(hit.group("list")):
                for made in self._drafts(item, strong=False):
                    self._demand(made, word)
        without = _WITHOUT.search(s.text)
        if without:
            for item in lists.split(without.group("list")):
                if re.search(
                    r"\b(attach|receipt|document|quot|reason|approv|lines?\b|items?\b)",
                    item.text.lower(),
                ):
                    continue
                for made in self._drafts(item, strong=False):
                    if not made.known and made.name not in self.main.drafts:
                        continue
                    deed = _deed(without.group("deed"))
                    if deed in {"submit", "save", "create", "book", "sent"}:
                        self._demand(made, "required")
                    else:
                        self._demand_at(made, deed)
        self._required_for(s)

    def _demand_at(self, made: Draft, deed: str) -> None:
        """Remember that a transition needs a field filled in."""
        known = self.main.drafts.get(made.name)
        if known is None and made.known:
            self.main.add(made)
            known = made
        if known is not None and known.type not in {F.BOOLEAN, F.ONE2MANY}:
            self.demanded.append((deed, known.name))

    def _required_for(self, s: Statement) -> None:
        """`Closing requires a result`, `A result is required to close`."""
        hit = _REQUIRES.match(s.text) or _NEEDED.search(s.text)
        if hit is None:
            return
        deed = _deed(hit.group("deed"))
        if not deed:
            return
        for item in lists.split(hit.group("list")):
            for made in self._drafts(item, strong=False):
                if made.name in self.main.drafts:
                    self._demand_at(made, deed)

    def _demand(self, made: Draft, word: str) -> None:
        for thing in self.things:
            known = thing.drafts.get(made.name)
            if known is not None:
                self._mark(known, word)
                return
        if made.known and made.type is not F.BOOLEAN:
            self._mark(made, word)
            self.main.add(made)

    def _mark(self, draft: Draft, word: str) -> None:
        if word == "unique":
            draft.unique = True
        else:
            draft.required = word != "optional"

    def _choices(self, s: Statement) -> None:
        for pattern in (_SUCH_AS, _ONE_OF):
            for hit in pattern.finditer(s.text):
                what = english.singular_phrase(hit.group("what").lower().strip())
                what = re.sub(
                    r"^(?:the|an?|its|each|every|and|with|of|one|have|has|that|this) ",
                    "",
                    what,
                )
                if (
                    re.search(r"\b(status|state|stage)$", what)
                    or self.thing(what) is self.main
                ):
                    continue
                values = drafting.options(
                    re.sub(r"^(?:one of|either)\s+", "", hit.group("values"))
                )
                if not values:
                    continue
                name = drafting.identifier(what)
                known = self._known(name)
                if known is not None and known.type in {F.SELECTION, F.CHAR}:
                    known.type, known.options, known.notes = F.SELECTION, values, []
                    known.known = True
                elif known is None and kinds.CHOICES.fullmatch(what) and name:
                    self.main.add(
                        Draft(
                            name,
                            drafting.label(what),
                            F.SELECTION,
                            options=values,
                            phrase=what,
                        )
                    )

    def _known(self, name: str) -> Draft | None:
        for thing in self.things:
            for key in (name, f"{name}_id"):
                if key in thing.drafts:
                    return thing.drafts[key]
            for key, draft in thing.drafts.items():
                if key.endswith(f"_{name}") and draft.type is F.SELECTION:
                    return draft
        return None


def secondary(reading: Reading, main: Thing, acting: Iterable[str]) -> list[Thing]:
    """Return the entities beside the main one: lines, and lists to choose from."""
    found: dict[str, Thing] = {}
    people = {*acting}
    for statement in reading.said:
        subject = entities.subject_of_has(statement.text)
        if subject:
            phrase = subject[0]
            given = lists.split(subject[1])
            if (len(given) > 1 or entities.lines(subject[1])) and _separate(
                phrase, main, people
            ):
                if len(phrase.split()) <= 3 and all(
                    len(i.text.split()) <= 6 for i in given
                ):
                    kind = (
                        "lines"
                        if phrase.split()[-1] in {"line", "item", "position"}
                        else "list"
                    )
                    if kind == "lines" and " " not in phrase:
                        phrase = f"{main.phrase} {phrase}"
                    found.setdefault(phrase, entities.Thing(phrase, kind))
        for phrase in entities.kept(statement.text):
            if _separate(phrase, main, people) and len(phrase.split()) <= 2:
                found.setdefault(phrase, entities.Thing(phrase, "list"))
        lines = entities.lines(statement.text)
        if lines and _separate(lines, main, people) and statement.kind != "title":
            said = re.search(
                rf"{re.escape(lines)}s?\b[^.]*?(?:with|\(|:|has|have|each|containing|consist)",
                statement.lower,
            )
            if lines.split()[-1] in {"line", "item", "position", "entry"} or said:
                phrase = lines if " " in lines else f"{main.phrase} {lines}"
                if lines.split()[-1] not in {"line", "item", "position", "entry"}:
                    phrase = lines
                found.setdefault(phrase, entities.Thing(phrase, "lines"))
    things = list(found.values())
    rows = [t for t in things if t.kind == "lines"]
    for extra in rows[1:]:
        if extra.phrase.split()[-1] in {"line", "item", "position", "entry"}:
            things.remove(extra)
    for thing in things:
        if thing.kind == "lines":
            thing.parent = main
    return things


def _separate(phrase: str, main: Thing, people: set[str]) -> bool:
    words = phrase.split()
    if not words or words[-1] in entities.GENERIC - {"item", "entry", "list"}:
        return False
    if phrase == main.phrase or (
        main.phrase.endswith(f" {phrase}")
        and words[-1]
        not in {"room", "vehicle", "key", "asset", "equipment", "course", "session"}
    ):
        return False
    if roles.canonical(words) in people or words[-1] in roles.PEOPLE - {
        "vendor",
        "supplier",
        "customer",
        "visitor",
        "member",
    }:
        return False
    return not kinds.relation(phrase) or words[-1] in {
        "vehicle",
        "equipment",
        "car",
        "visitor",
    }
