"""Fields as they are gathered: the entities, and what is added to each."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from generator.intent.rules import drafts as drafting
from generator.intent.rules import english, lists, notes
from generator.intent.rules.drafts import Draft
from generator.spec.fields import FieldType as F

if TYPE_CHECKING:
    from generator.intent.rules.entities import Thing

_NO_ITEM: Final = re.compile(
    r"^(?:access|permission|rights?|one|two|three|approval|rejection|status|states?|state|it|them|more|less|only|all|any|.*\b(?:requests?|records?|states?|status|statuses|role|roles|rights|buttons?|views?|menu)\b|(?!.*\b(?:days|hours|nights|minutes|times|price|rate|cost|costs|fee|amount|number|wage|rent)\b).*\b(?:per|each|every|a|an|one) (?:day|week|month|year)|user groups?|history|chatter)$"
)
# What somebody asks for or does, rather than what is recorded.
_NO_FIELD: Final = re.compile(
    r"^(?:approval|permission|help|correction of|review|feedback from|access) (?:of|for|to|by|from)\b|^(?:approval|permission|up|out|it|them)$"
)
# `expected guests` are counted, whoever they are.
_COUNTED: Final = re.compile(r"(?:expected|planned|estimated|number of) ")
_PARENT: Final = re.compile(
    r"^(?:parent|previous|original|superior) (?P<what>[\w -]+)$"
)
_SELF_NAMED: Final = frozenset(
    {"request", "booking", "registration", "order", "log", "report"}
)


class Gathered:
    """The entities of a ticket with their fields.

    Args:
        main: What the ticket is about.
        role_names: Names of roles, which are no fields.

    Attributes:
        later: Whether fields are being read that somebody fills in after the requester.
        attachments: Whether documents are to be attached.
        demanded: Steps that need a field: verb and field.
        questions: What has to be asked.
    """

    def __init__(self, main: Thing, role_names: list[str]) -> None:
        self.main = main
        self.roles = role_names
        self.things: list[Thing] = [main]
        self.attachments = False
        self.later = False
        self.demanded: list[tuple[str, str]] = []
        self.questions: list[str] = []

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
        of_it = re.search(
            r"\b(?:of|for) (?:the|an?|each|every)\b|^(?:number|amount|quantity|count) of\b",
            one,
        )  # "date of the round"
        return one in heads or (not of_it and one.endswith(f" {words[-1]}"))

    def items(self, thing: Thing, text: str, *, strong: bool) -> int:
        """Add the items of a list; return how many were fields.

        Args:
            thing: Whose they are.
            text: The list.
            strong: Whether it is said to be a list of fields, so that unknown words count.
        """
        added = 0
        items = lists.split(text)
        every = [
            d for item in items for d in self.drafts(item, strong=strong, thing=thing)
        ]
        some_known = any(d.known for d in every)
        for made in every:
            if made.known or strong or (some_known and len(every) > 1):
                added += self.add(thing, made)
        return added

    def drafts(
        self, item: lists.Item, *, strong: bool, thing: Thing | None = None
    ) -> list[Draft]:
        """Return the fields that an item asks for; none for a role or the entity itself.

        Args:
            item: The item.
            strong: Whether unknown words count.
            thing: Whose they are, the main entity's when left out.
        """
        low = item.text.lower()
        if _NO_FIELD.match(low):
            return []
        chosen = any(notes.options(note) for note in item.notes)
        of_another = thing is not None and self._leads_back(thing, low)
        if self._of_lines(thing, item):
            return self._of_lines(thing, item)
        if _NO_ITEM.match(low) and not chosen:
            return []
        if self.thing(low) is self.main and not (of_another or self._parent(low)):
            return []
        people = english.is_plural(low.split()[-1] if low else "")
        if people and drafting.is_role(low, self.roles) and not _COUNTED.match(low):
            return []
        return drafting.drafts(item, strong=strong)

    @staticmethod
    def _of_lines(thing: Thing | None, item: lists.Item) -> list[Draft]:
        """Return the field in which a line says what it is: `item` or `position`."""
        word = item.text.lower()
        if thing is None or thing.kind != "lines" or word not in {"item", "position"}:
            return []
        return [notes.noted(Draft(word, word.title(), F.CHAR, phrase=word), item)]

    def add(self, thing: Thing, made: Draft) -> bool:
        """Add a field to an entity; tell whether it became one."""
        if self._parent(made.phrase) or self._leads_back(thing, made.phrase):
            up = made.phrase.startswith("parent ")
            made.name = "parent_id" if up else f"{drafting.identifier(made.phrase)}_id"
            made.type, made.relation, made.known = (
                F.MANY2ONE, f"@{self.main.name}", True,
            )  # fmt: skip
        other = self._leads(made)
        if other is not None and other is not thing:
            if other.kind == "lines":
                return False
            made.name, made.type = f"{other.name}_id", F.MANY2ONE
            made.relation, made.known = f"@{other.name}", True
        elif made.type in {F.BINARY, F.IMAGE} and english.is_plural(
            made.phrase.split()[-1]
        ):
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
        if not made.known and self._longer(thing, made.name) is not None:
            return False
        made.later = self.later
        thing.add(made)
        return True

    @staticmethod
    def _longer(thing: Thing, name: str) -> Draft | None:
        """Return the one field that a shorter name means: `wind` is the `wind_speed`."""
        words = {*name.split("_")}
        found = [d for n, d in thing.drafts.items() if words < {*n.split("_")}]
        return found[0] if len(found) == 1 else None

    def _parent(self, phrase: str) -> bool:
        """Tell whether a phrase is another record of the main entity: `parent cost centre`."""
        hit = _PARENT.match(phrase)
        if hit is None:
            return False
        what, words = hit.group("what"), self.main.phrase.split()
        return what == self.main.phrase or f"{words[0]} {what}" == self.main.phrase

    def _leads_back(self, thing: Thing, phrase: str) -> bool:
        """Tell whether an entity of a list has the main entity among its fields."""
        return thing.kind == "list" and english.singular_phrase(phrase) in {
            self.main.phrase, self.main.phrase.split()[-1],
        }  # fmt: skip

    def _leads(self, made: Draft) -> Thing | None:
        phrase = english.singular_phrase(made.phrase)
        return next((t for t in self.things[1:] if t.phrase == phrase), None)

    def context(self, before: str) -> Thing:
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

    def meant(self, name: str) -> Draft | None:
        """Return the field of a name, or the one of the main entity that it is short for."""
        return self.known(name) or self._longer(self.main, name)

    def known(self, name: str) -> Draft | None:
        """Return a field that is there already, by its name or the end of it."""
        for thing in self.things:
            for key in (name, f"{name}_id"):
                if key in thing.drafts:
                    return thing.drafts[key]
            for key, draft in thing.drafts.items():
                ends = key.endswith(f"_{name}") or key.startswith(f"{name}_of_")
                if ends and draft.type is F.SELECTION:
                    return draft
        return None
