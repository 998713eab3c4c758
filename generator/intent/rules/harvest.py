"""Gathers the fields that the statements of a ticket speak of."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from generator.intent.rules import drafts as drafting
from generator.intent.rules import headings, lists, rows
from generator.intent.rules.claims import Claims
from generator.intent.rules.events import scene
from generator.intent.rules.gathered import Gathered
from generator.intent.rules.sentences import Sentences

if TYPE_CHECKING:
    from generator.intent.rules.drafts import Draft
    from generator.intent.rules.entities import Thing
    from generator.intent.rules.reading import Reading, Statement, Table

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
_ANNOUNCED: Final = re.compile(
    r"^(?P<before>[A-Z].{3,160}?)\s*:\s+(?P<list>[^:]+(?:\([^)]*\))?.*)$"
)
_STATED: Final = re.compile(
    r"\b(status(es)?|states?|roles?|workflow|stages?|steps|lifecycle|process|flow|progress|rules?|actors?|phases?|if|when)\b"
)
_LINE: Final = re.compile(r"^[A-Z][\w /-]{1,40}: *\S")
_SUBJECT: Final = re.compile(
    r"^(?:each|every|an?|the) (?P<what>[a-z]+(?: [a-z]+)?) (?:belongs?|has|is|consists?|contains?)\b"
)
_HEADING: Final = 6  # words of a heading that names an entity
# `Damaged items on the claim` are damaged items.
_OF_IT: Final = re.compile(
    r" (?:on|of|in|for|per) (?:the|an?|each|every)\b.*$", re.IGNORECASE
)
_SAID: Final = re.compile(
    r"\b(?:is|are|can|must|should|will|submits?|has|have)\b", re.IGNORECASE
)
_ENTITY: Final = re.compile(r"^([A-Z][\w -]{2,30}):\s+(.+)$")
_LATER: Final = frozenset(
    """manager director finance accounting treasurer hr board committee cashier cfo ceo payroll
    controller officer technician administrator supervisor""".split()
)
_FIELD_COLUMNS: Final = frozenset(
    {"field", "name", "field name", "attribute", "column", "label"}
)
_TYPED: Final = re.compile(
    r"^(?:type|kind|format|data type)$|\b(?:required|mandatory|filled)\b"
)
_YES: Final = frozenset(
    {"yes", "y", "x", "true", "required", "mandatory", "\u2713", "\u2714"}
)


_ARROW: Final = re.compile(r"->|=>|\u2192|\u21d2")
# What stands after a colon when it is somebody's deed: `files the permit`.
_DEED: Final = re.compile(r"[a-z]+s (?:the|an?|it|them|or|and|new|all)\b")
_AUTOMATIC: Final = re.compile(
    r"(?:is )?(?:assigned |generated |given |set )?(?:automatic(?:ally)?(?: assigned| generated)?|auto|running number|sequence|consecutive)(?:, .*)?"
)
_NUMBER: Final = re.compile(r"\b(?:number|no|nr|reference|id|code)\b")
_WORDS: Final = 4  # of an item that stands for a field without anything around it
_FEWEST: Final = 2  # items of a list that have to be fields beyond doubt
# What a list is of when it is not of fields.
_OTHERWISE: Final = re.compile(
    r"\b(status(es)?|states?|roles?|workflow|lifecycle|flow|stages?|actors?|who|rights|notifications?|permissions?|access|security|criteria|constraints?|validations?|out of scope|user stor(y|ies)|views?|emails?|reminders?|values|options)\b"
)


_MORE: Final = 2  # times as many fields as everything else named
_MANY: Final = 5  # items of a list that can only be the one of the fields
_NAMED: Final = 6  # words of the name of a field
_WHERE: Final = re.compile(r"\b(?:where|when|who) \(([^)]+)\)")  # `where (address)`
_OPENING: Final = re.compile(r"^(?:[A-Z]: |[^:,]{2,40}: )")


class Harvest(Gathered):
    """Gathers fields from lists, tables and sentences."""

    def read(self, reading: Reading) -> None:
        """Gather from all statements and tables."""
        sentences, claims = Sentences(self), Claims(self)
        for table in reading.tables:
            self._table(table)
        listed = self._listings(reading.said)
        for statement in reading.said:
            if statement in listed:
                self._bullet(self._whose(statement), statement.text)
            elif not self._statement(statement):
                self.later = _somebody_else(statement)
                sentences.read(statement)
                self.later = False
        self._richest(reading)
        for statement in reading.said:
            if statement.kind == "prose" and statement not in listed:
                sentences.bracketed(statement.text)
            claims.read(statement)

    def _richest(self, reading: Reading) -> None:
        """Take the longest list of the text for the fields, when all else named few."""
        best: list[Draft] = []
        for statement in reading.said:
            opening = _OPENING.match(statement.text)
            before = opening.group(0).lower() if opening else ""
            if statement.kind == "criterion" or _STATED.search(before):
                continue
            text = _WHERE.sub(r"\1", statement.text[len(before) :])
            items = [i for i in lists.split(text) if len(i.text.split()) <= _NAMED]
            made = [d for item in items for d in self.drafts(item, strong=True)]
            known = sum(d.known for d in made)
            if len(items) >= _MANY and known * 3 >= len(made) > len(best):
                best = made
        if len(best) > _MORE * len(self.main.drafts):
            for draft in best:
                self.add(self.main, draft)

    def _listings(self, statements: list[Statement]) -> list[Statement]:
        """Return the items of lists that are fields by what they say.

        Whatever stands above a list: where most of its items are names of fields, or
        say what only fields are, such as `required` or `date`, all of them are fields.
        """
        found: list[Statement] = []
        run: list[Statement] = []
        for statement in [*statements, None]:
            if statement is not None and run and not _together(run[-1], statement):
                found += self._fields_of(run)
                run = []
            if statement is not None and self._itemlike(statement):
                run.append(statement)
                continue
            found += self._fields_of(run)
            run = []
        return found

    def _itemlike(self, s: Statement) -> bool:
        """Tell whether a statement is an item of a list, or a line `Name: what it is`."""
        if s.kind != "prose" or _ARROW.search(s.text):
            return s.kind == "bullet"
        head, _, after = s.text.partition(":")
        entity = self.thing(head) is not None and "," in after
        does = _DEED.match(after.strip()) is not None
        other = _OTHERWISE.search(head.lower()) is not None
        return _LINE.match(s.text) is not None and not (entity or does or other)

    def _fields_of(self, run: list[Statement]) -> list[Statement]:
        """Return those of a list that are fields; none when most of it says other things."""
        fields = [s for s in run if self._fieldlike(s.text) and not _does(s.text)]
        proven = [s for s in fields if self._proven(s.text)]
        headed = bool(run) and _OTHERWISE.search(run[0].lead or run[0].section)
        most = len(fields) * 4 >= len(run) * 3 and len(proven) * 2 >= len(fields)
        return fields if most and len(proven) >= _FEWEST and not headed else []

    def _proven(self, text: str) -> bool:
        """Tell whether an item can hardly be anything else than a field."""
        drafts = self.drafts(lists.item(text), strong=True)
        return any(d.known or d.required is not None or d.unique for d in drafts)

    def _whose(self, s: Statement) -> Thing:
        """Return whose field an item of a list is: what its heading names."""
        for heading in (s.lead, s.section):
            named = self._headed(heading) if heading else None
            if named is not None:
                return named
        above = f"{s.lead} {s.section}"
        others = [t for t in self.things[1:] if t.phrase.split()[-1] in above.split()]
        return others[0] if others else self.main

    def _statement(self, s: Statement) -> bool:
        """Gather from a list of fields; tell whether the statement was one."""
        if _ARROW.search(s.text) or s.lower == s.section:
            return True  # a row of states, or a heading
        if s.kind != "criterion" and self._row(s.text):
            return True
        keyed = _KEYED.match(s.text)
        if keyed:
            self.items(self._of(s), keyed.group(1), strong=True)
            return True
        fieldlike = s.kind == "bullet" and self._fieldlike(s.text)
        lead = s.lead or s.section
        if fieldlike and lead and self._field_lead(lead):
            self._bullet(self._of(s), s.text)
            return True
        thing = self.thing(s.lead.strip()) if fieldlike and s.lead.strip() else None
        if thing is not None and len(s.lead.split()) <= 3:
            self._bullet(thing, s.text)
            return True
        if self._under(s, fieldlike=fieldlike):
            return True
        entity = _ENTITY.match(s.text)
        thing = self.thing(_OF_IT.sub("", entity.group(1))) if entity else None
        if entity and thing is not None and "," in entity.group(2):
            self.items(thing, entity.group(2), strong=True)
            return True
        announced = _ANNOUNCED.match(s.text)
        if announced and not _STATED.search(_last_words(announced.group("before"))):
            before = announced.group("before").lower()
            subject = _SUBJECT.match(before)
            named = self.thing(subject.group("what")) if subject else None
            thing = named or self.context(before)
            return self._listed(thing, announced.group("list"))
        return False

    def _headed(self, heading: str) -> Thing | None:
        """Return the entity that a heading names: `Agents used, several per record`."""
        noun = headings.heading_noun(heading)
        if not noun or len(noun.split()) > _HEADING:
            return None
        return self.thing(noun)

    def _under(self, s: Statement, *, fieldlike: bool) -> bool:
        """Gather from a line under a heading that names an entity, or says `data`."""
        if s.kind == "criterion" or not s.section:
            return False
        keyed = _LINE.match(s.text)
        if keyed and _STATED.search(s.lower.partition(":")[0]):
            return False
        item = keyed or (s.kind == "bullet" and fieldlike)
        for heading in (s.lead, s.section) if item else ():
            named = self._headed(heading)
            if named is not None:
                self._bullet(named, s.text)
                return True
        plain = s.kind == "prose" and not fieldlike and self._field_lead(s.section)
        if plain and not _NO_LEAD.search(s.section) and not _SAID.search(s.text):
            return self._listed(self._of(s), s.text)
        named = self._headed(s.section) if not fieldlike else None
        items = lists.split(s.text)
        short = all(len(i.text.split()) <= _WORDS for i in items)
        if named is None or _SAID.search(s.text) or _does(s.text):
            return False
        if short and len(items) > _FEWEST:
            return self._listed(named, s.text)
        return False

    def _listed(self, thing: Thing, text: str) -> bool:
        """Add the items of a list after a colon when they look like fields."""
        every = [d for i in lists.split(text) for d in self.drafts(i, strong=True)]
        known = [d for d in every if d.known]
        if len(every) < 2 or len(known) * 2 < len(every):
            return False
        for made in every:
            self.add(thing, made)
        return True

    def _field_lead(self, lead: str) -> bool:
        if re.search(r"\bfields?\b", lead):
            return True
        return bool(_LEAD.search(lead)) and not _NO_LEAD.search(lead)

    def _fieldlike(self, text: str) -> bool:
        head = re.split(r"[:(=\u2013]| - |, (?:calculated|computed)", text)[0].strip()
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

    def _row(self, text: str) -> bool:
        """Gather the details of rows: `findings: equipment, defect`; tell if it was that."""
        described = rows.described(text)
        thing = self.thing(described[0]) if described else None
        if described is None or thing is None or thing.kind != "lines":
            return False
        self.items(thing, described[1], strong=True)
        return True

    def _bullet(self, thing: Thing, text: str) -> None:
        if self._row(text):
            return
        # `Rating (A, B or C), required` says both of one field.
        text = re.sub(r"\)\s*,\s*(required|mandatory|optional)\s*\.?$", r") (\1)", text)
        plain = re.sub(r",\s*(?:automatically )?(?:calculated|computed)\b.*$", "", text)
        dashed = re.match(r"^[^,(]{2,40}?(?P<dash> [-\u2013\u2014] )", text)
        if (
            "," in plain.partition(":")[0].partition("(")[0]
            and ":" not in text
            and not dashed
        ):
            self.items(thing, text, strong=True)
            return
        head, dash, after = (
            text.partition(dashed.group("dash")) if dashed else (text, "", "")
        )
        if " / " in head and "(" not in text and ":" not in text:
            for part in head.split(" / "):
                self._bullet(thing, f"{part}{dash}{after}")
            return
        if ", calculated" in text or ", computed" in text:
            text = re.sub(
                r",\s*((?:automatically )?(?:calculated|computed)\b.*)$", r" (\1)", text
            )
        item = lists.item(text)
        numbered = any(
            _AUTOMATIC.fullmatch(n.lower()) for n in (*item.notes, item.after)
        )
        if numbered and _NUMBER.search(item.text.lower()):
            return  # every record gets one
        head = re.split(r"\s*[:(\u2013]|\s+-\s", text)[0]
        said = (*item.notes, item.after)
        each = any(re.search(r"\b(?:both|each)\b", note) for note in said)
        if each and item.after and " and " in head:
            notes = tuple(re.sub(r"\b(?:both|each) ?", "", n) for n in item.notes)
            item = replace(item, after=re.sub(r"\b(?:both|each) ?", "", item.after))
            for one in lists.split(head):
                for made in drafting.drafts(
                    replace(one, notes=notes, after=item.after), strong=True
                ):
                    self.add(thing, made)
            return
        if " and " in head and (each or not item.after):
            self.items(thing, text, strong=True)
            return
        for made in self._of_lines(thing, item) or drafting.drafts(item, strong=True):
            self.add(thing, made)

    def _proven_rows(self, table: Table) -> bool:
        """Tell whether the first column names fields, whatever it is called."""
        rows = [row for row in table.rows[1:] if row and row[0].strip()]
        proven = [
            row
            for row in rows
            if self._proven(f"{row[0]} ({', '.join(c for c in row[1:] if len(c) > 1)})")
        ]
        return len(proven) > _FEWEST and len(proven) * 2 >= len(rows)

    def _table(self, table: Table) -> None:
        """Gather from a table with a row for each field."""
        thing = self._headed(table.section) or self.main
        head = [cell.lower() for cell in table.rows[0]]
        named = next((i for i, c in enumerate(head) if c in _FIELD_COLUMNS), None)
        typed = any(_TYPED.search(cell) for cell in head[1:])
        if named is None and (typed or self._proven_rows(table)):
            named = 0
        if named is None or len(head) < 2:
            return
        for row in table.rows[1:]:
            if len(row) <= named or not row[named].strip():
                continue
            if self._row(": ".join(row[:2])):
                continue
            notes = [
                _cell(head[place] if place < len(head) else "", cell.strip())
                for place, cell in enumerate(row)
                if place != named and cell.strip()
            ]
            for made in drafting.drafts(
                lists.Item(row[named].strip(), tuple(notes)), strong=True
            ):
                self.add(thing, made)


def _together(one: Statement, other: Statement) -> bool:
    """Tell whether two items stand in one list."""
    return (one.kind, one.section, one.lead) == (other.kind, other.section, other.lead)


def _does(text: str) -> bool:
    """Tell whether an item says what somebody does: `Caretaker hands out keys`."""
    told = scene(text)
    return bool(told.actors and told.events)


def _cell(title: str, cell: str) -> str:
    """Return what a cell says of a field: `yes` below `Required` is `required`."""
    if not re.search(r"required|mandatory|must|compulsory|needed|obligatory", title):
        return cell
    return "required" if cell.lower() in _YES else "optional"


def _somebody_else(statement: Statement) -> bool:
    """Tell whether a sentence is about somebody who decides or pays, not who asks."""
    acting = scene(statement.text).actors
    return any(name.split("_")[-1] in _LATER for name in acting)


def _last_words(text: str) -> str:
    return " ".join(text.lower().split()[-4:])
