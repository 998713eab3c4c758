"""Who does what in a sentence: subjects, verbs of the workflow, who is spoken of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from generator.intent.rules import agents, english, reading, signals, verbs
from generator.intent.rules.roles import Mention, mentions

if TYPE_CHECKING:
    from generator.intent.rules.verbs import Verb

Voice = Literal["active", "passive", "noun", "state"]


@dataclass(frozen=True)
class Event:
    """A deed of the workflow.

    Attributes:
        verb: What is done.
        roles: Who does it, by the names of mentions; empty when it is not said.
        voice: How it is said.
        negated: Whether it is said not to be.
        condition: Whether it stands in a clause of when, once, after...
        only: Whether *only* these may.
        place: Token it begins at.
        own: Whether it is said of somebody's own record.
    """

    verb: Verb
    roles: tuple[str, ...]
    voice: Voice
    negated: bool
    condition: bool
    only: bool
    place: int
    own: bool = False
    again: bool = False


@dataclass(frozen=True)
class Scene:
    """One sentence taken apart.

    Attributes:
        tokens: Its words.
        people: Who is named.
        events: Deeds in order.
        actors: Who is the subject of some verb, with every kind of verb.
    """

    tokens: tuple[str, ...]
    people: tuple[Mention, ...]
    events: tuple[Event, ...]
    actors: tuple[str, ...]


def scene(text: str) -> Scene:
    """Take one sentence apart."""
    words = reading.tokens(text)
    return _Scan(words).run()


class _Scan:
    def __init__(self, words: list[str]) -> None:
        self.words = words
        self.low = [w.lower() for w in words]
        self.people = mentions(words)
        self.starts = {m.start: m for m in self.people}
        self.subject: list[str] = []
        self.last: str | None = None
        self.condition = False
        self.only = False
        self.only_at = 0
        self.denying = ""
        self.subject_at = 0
        self.negated = False
        self.wanting = False
        self.events: list[Event] = []
        self.actors: list[str] = []
        self.aside: list[str] = []
        self.kept: list[str] = []

    def run(self) -> Scene:
        place = 0
        while place < len(self.words):
            place = self._step(place)
        return Scene(
            tuple(self.words),
            tuple(self.people),
            tuple(self.events),
            tuple(self.actors),
        )

    def _step(self, place: int) -> int:
        word = self.low[place]
        mention = self.starts.get(place)
        if mention is not None:
            self._person(mention)
            return mention.end
        if word == "so" and self.low[place + 1 : place + 2] == ["that"]:
            return len(self.words)  # what it is good for is nobody's deed
        if word == "(":
            self.aside = self.subject  # who goes on after the parenthesis
        elif word == ")":
            self.subject = self.aside
        elif word in {";", ".", ":"} or word in signals.ARROWS:
            self.condition = self.negated = self.wanting = False
            if word != ":":
                self.subject = []
        elif word == ",":
            self.condition = self.negated = False
            self.subject = self.subject or self.kept  # `or, when it is worn, scraps it`
            self.kept = []
        elif word in signals.WHEN:
            that = self.low[place + 1 : place + 2] in (["that"], ["which"], ["this"])
            self.condition = word != "as" and not (word in {"after", "before"} and that)
            self.negated = False
        elif word == "only":
            self.only, self.only_at = True, place
        elif word in signals.NOT:
            self.negated, self.denying = True, word
        elif word in {"but", "then", "and"}:
            if self.condition and word == "then":
                self.condition = False
            if word == "but":
                self.negated = False
        elif word in signals.WHO and self.last:
            self.subject = [self.last]
            self._acts(self.last)
        elif word in signals.SYSTEM and self._clause_begins(place):
            if not self._of_a_unit(place):
                self.kept = self.subject if self.condition else []
                self.subject = []
        hit = verbs.at(self.low, place)
        if hit is not None:
            verb, form, length = hit
            self._verb(place, verb, form, length)
            return place + length
        if word in signals.MODALS:
            self.wanting = True
        if word in signals.MODALS or self._finite(place):
            for role in self.subject:
                self._acts(role)
        return place + 1

    def _finite(self, place: int) -> bool:
        """Tell whether a word right after its subject looks like its verb."""
        before = place - 1
        while before >= 0 and self.low[before] in signals.ADVERBS:
            before -= 1
        ended = any(m.end == before + 1 for m in self.people)
        if self._past(place):
            return False  # what happened once is no duty
        return bool(ended and self.subject and self.words[place][0].isalpha()
                    and self.low[place] not in {"of", "in", "for", "or", "and", "with", "at", "to"})  # fmt: skip

    def _of_a_unit(self, place: int) -> bool:
        """Tell whether *it* acts: `if HR finds a problem, it declines the application`."""
        hit = verbs.at(self.low, place + 1) if self.low[place] == "it" else None
        following = self.low[place + 2 : place + 3]
        does = hit is not None and hit[1] == "third" and hit[0].strong
        return does and bool(self.subject) and following in (["the"], ["it"], ["a"])

    def _setting(self, place: int) -> bool:
        """Tell whether `to` is of `sets it to approved`, not of `access to closed files`."""
        return bool(signals.SETS & {*self.low[:place]})

    def _past(self, place: int) -> bool:
        """Tell whether a verb only says what was, or what somebody is."""
        word = self.low[place]
        if word in {"is", "are"}:
            return self.low[place + 1 : place + 2] not in signals.CHARGED
        return word in signals.WAS or (word.endswith("ed") and word != "need")

    def _clause_begins(self, place: int) -> bool:
        before = place - 1
        while before >= 0 and self.low[before] in signals.DETERMINERS:
            before -= 1
        return before < 0 or self.low[before] in {
            ",",
            "and",
            "then",
            "when",
            "once",
            "but",
            "that",
        }

    def _acts(self, role: str) -> None:
        if role not in self.actors:
            self.actors.append(role)

    def _person(self, mention: Mention) -> None:
        before = mention.start - 1
        while before >= 0 and self.low[before] in signals.DETERMINERS:
            before -= 1
        word = self.low[before] if before >= 0 else ""
        previous = next((m for m in self.people if m.end == before), None)
        self.last = mention.name
        own = self.words[mention.end - 1].lower().endswith(("'s", "s'"))
        if own:
            return
        prior = self.low[before - 1] if before > 0 else ""
        leading = (prior, word) == ("now", "on") or (
            word == "of" and prior in signals.ONE
        )
        done = self.events[-1] if self.events else None
        taken = done is not None and done.voice == "active" and done.place == before
        if (word in signals.OBJECT_AFTER and not leading) or taken:
            return
        if (
            word in {"and", "or", ",", "/"}
            and previous is not None
            and self.subject
            and (previous.name in self.subject)
        ):
            self.subject.append(mention.name)
            return
        if word in {"and", "or"} and previous is not None and not self.subject:
            return  # "notify the employee and the manager"
        if self.negated and not signals.NOT & {
            *self.low[max(0, before - 1) : mention.start]
        }:
            self.negated = False  # `if no road is closed the head issues it`
        self.subject = [mention.name]
        self.subject_at = mention.start
        self.wanting = False

    def _verb(self, place: int, verb: Verb, form: str, length: int) -> None:
        before = place - 1
        skipped = (signals.ADVERBS | signals.NOT) - signals.MODALS
        while before >= 0 and self.low[before] in skipped:
            before -= 1
        word = self.low[before] if before >= 0 else ""
        prior = self.events[-1] if self.events else None
        joined = bool(
            prior
            and word in {"and", "or", ",", "/", "nor"}
            and self._close(prior, before)
        )
        after = place + length
        made: tuple[Voice, tuple[str, ...]] | None = None
        if form == "participle":
            if (
                word in signals.BE
                or (
                    joined and prior is not None and prior.voice in {"passive", "state"}
                )
                or (self.condition and word in signals.WHEN)
            ):
                made = "passive", agents.by(self.words, self.people, after)
            elif (
                word == "as"
                or (word == "to" and self._setting(before))
                or (word == "" and self.low[after : after + 1] == ["by"])
            ):
                made = ("state" if word else "passive"), tuple(self.subject)
            elif self.low[after : after + 1] == ["by"]:
                made = "passive", agents.by(self.words, self.people, after)
        elif form == "noun":
            made = self._noun(place, after, word)
        elif form in {"third", "base", "again"}:
            made = self._active(place, form, word, joined=joined)
        elif form == "gerund":
            by = agents.by(self.words, self.people, after)
            noun = {*self.low[after : after + 1]} & (signals.BE | signals.MODALS)
            if by and not noun:  # `a booking can be cancelled by`
                made = "passive", by
        if made is None:
            return
        voice, roles = made
        verb = self._confirmed(verb, after)
        window = self.low[after : after + 6]
        # who can only pay what is approved need not be the only one who pays
        alone = self.only and (voice != "active" or self.only_at < self.subject_at)
        self.events.append(
            Event(
                verb, roles, voice, self._denied(place, voice), self.condition, alone, place,
                own="own" in window, again=form == "again" or "again" in window,
            )
        )  # fmt: skip

    def _denied(self, place: int, voice: Voice) -> bool:
        """Tell whether a deed is said not to be: `what is not covered is rejected` says it is."""
        if not self.negated or voice != "passive" or self.denying != "not":
            return self.negated
        before = place - 1
        while (
            before >= 0
            and self.low[before]
            in signals.BE | signals.MODALS | signals.ADVERBS | signals.NOT
        ):
            if self.low[before] in signals.NOT:
                return True
            before -= 1
        return self.low[before] in {"and", "or", ","}

    def _confirmed(self, verb: Verb, after: int) -> Verb:
        """Return what is confirmed: who confirms the receipt has received it."""
        if verb.base != "confirm":
            return verb
        for word in self.low[after : after + 3]:
            if word in signals.CONFIRMED:
                return verbs.BY_BASE[signals.CONFIRMED[word]]
        return verb

    def _close(self, prior: Event, before: int) -> bool:
        """Tell whether only a few words lie between two deeds that are joined."""
        return before - prior.place < 6 and not any(
            prior.place < m.start < before
            and self.low[m.start - 1] != "by"
            and m.name in self.subject
            for m in self.people
        )

    def _active(
        self, place: int, form: str, word: str, *, joined: bool
    ) -> tuple[Voice, tuple[str, ...]] | None:
        follows = any(m.end == place for m in self.people) or any(
            m.end == place - 1 and self.low[place - 1] in signals.ADVERBS
            for m in self.people
        )
        modal = word in signals.MODALS and word != "to"
        infinitive = word == "to" and place >= 2 and self.low[place - 2] in {
            "want", "wants", "able", "need", "needs", "has", "have", "allowed", "like",
            "possible", "required", "wish", "can", "manager", "order",
        }  # fmt: skip
        who = word in signals.WHO or (
            (word in {"", "they", "i", "he", "she"} and bool(self.subject))
            or (word == "it" and self._of_a_unit(place - 1))
        )
        clause = (
            word in {"and", "or", ",", "then"}
            and bool(self.subject)
            and (form == "third" or (form == "base" and self.wanting))
        )
        if form == "third" and self.subject and not clause:
            # "a nurse who notices that something is wrong reports a repair"
            near = self.low[place + 1 : place + 2]
            clause = (
                bool(near)
                and near[0] in {"a", "an", "the", "it"}
                and not (
                    word in signals.DETERMINERS
                    or word in signals.OBJECT_AFTER
                    or word in signals.MODALS
                )
            )
        if form == "again":
            modal = True
        if not (follows or modal or infinitive or joined or who or clause):
            return None
        if form == "base" and follows and not self._plural_subject(place) and not modal:
            return None
        if self.subject:
            for role in self.subject:
                self._acts(role)
        elif not (modal or joined or infinitive):
            return None
        return "active", tuple(self.subject)

    def _plural_subject(self, place: int) -> bool:
        for m in self.people:
            if m.end in {place, place - 1}:
                last = self.low[m.end - 1]
                return english.is_plural(last) or last in {
                    "hr", "it", "finance", "staff", "team", "and", "accounting", "legal",
                    "procurement", "management", "people",
                } or len(self.subject) > 1  # fmt: skip
        return False

    def _noun(
        self, place: int, after: int, word: str
    ) -> tuple[Voice, tuple[str, ...]] | None:
        """`approval by the CFO`, `manager approval`, `requires the director's approval`."""
        if self.low[after : after + 1] and self.low[after] in {"by", "from", "of"}:
            named = agents.named(self.words, self.people, after + 1)
            if named:
                return "noun", named
        before = place - 1
        while before > 0 and self.low[before] in signals.DETERMINERS:
            before -= 1
        if self.low[max(0, before)] in signals.REPORTS and self.subject:
            return "active", tuple(self.subject)
        for mention in self.people:
            if mention.end == place or (
                mention.end == place - 1
                and word in {"final", "prior", "written", "additional"}
            ):
                return "noun", (mention.name,)
        if word in {"for", "final"} and self.last:
            # "goes to the manager for approval"
            near = [m for m in self.people if place - 4 <= m.end <= place]
            if near:
                return "noun", (near[-1].name,)
        return None
