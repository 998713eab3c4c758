"""Which deeds of a ticket belong to the workflow of its main entity, and who does them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from generator.intent.rules import english, leaving, marking, roles, states
from generator.intent.rules.patterns import BACK, IN_TURN, LIMIT
from generator.intent.rules.verbs import gerund

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from generator.intent.rules.events import Event, Scene
    from generator.intent.rules.players import Cast
    from generator.intent.rules.reading import Reading, Statement
    from generator.intent.rules.verbs import Verb

    Played = list[tuple[Statement, Scene]]

_CHECKING: Final = frozenset({"verify", "review", "validate", "confirm", "check"})
_LOOKING: Final = _CHECKING | {"inspect", "examine", "assess", "evaluate"}
_OF_GOODS: Final = frozenset(
    {"return", "deliver", "receive", "sign", "issue", "hand_over"}
)
_ON_ONESELF: Final = frozenset({"pay", "complete", "sign"})
_AUXILIARY: Final = frozenset(
    "is are be been was were gets get can may must should will has have also only not to then first finally".split()
)
_DETERMINERS: Final = frozenset(
    "the a an their his her this each all every any".split()
)
_DECIDING: Final = tuple(
    "approve reject authorise authorize confirm review validate".split()
)


_MAKES: Final = re.compile(
    r"(?:can |may |should |must |want to |wants to )?(?:be able to )?(?:requests?|creates?|reports?|raises?|asks? for|books?|appl(?:y|ies)|proposes?|orders?|borrows?|declares?|refers?|logs?|opens?|register)\b"
)


_ANYBODY: Final = {"person", "everybody", "everyone", "anybody", "anyone"}
_UNLESS: Final = re.compile(
    r"\b(?:without|unless|until|before|as long as|while|himself|herself|themsel\w+|own|if)\b"
)


_WRITES: Final = re.compile(
    r"(?:then )?(?:enters?|writes?|drafts?|draws? up|prepares?|fills? (?:in|out)|records?|initiates?) (?:an?|the|it)\b"
)
_WRITTEN: Final = re.compile(
    r"\b(?:is|are) (?:first )?(?:written|entered|created|drafted|prepared|opened|requested|recorded|reported|raised|drawn up|initiated) by(?: the| an?)?$"
)


def _assigned(role: str) -> str:
    words = re.escape(role.replace("_", " "))
    return rf"\bassign\w*\b[^.]*\b{words}|\bassigned {words}"


class Deeds:
    """The deeds of a ticket.

    Args:
        reading: Its statements.
        played: The same taken apart.
        cast: The roles.
        heads: Words for the main entity.
        words: Last words of its fields.
        choices: Values of its selections.
        listed: Names of the states that the ticket lists.
    """

    def __init__(
        self,
        reading: Reading,
        played: Played,
        cast: Cast,
        heads: set[str],
        *,
        words: Collection[str] = (),
        choices: Collection[str] = (),
        listed: Collection[str] = (),
    ) -> None:
        self.reading = reading
        self.played = played
        self.cast = cast
        self.heads = heads
        self.words = words
        self.choices = choices
        self.listed = listed
        self.questions: list[str] = []

    def told(self) -> Iterator[tuple[Statement, Event]]:
        """Yield the deeds that belong to the workflow, in order."""
        for statement, played in self.played:
            for place, event in enumerate(played.events):
                if self._counts(statement, played, event, place):
                    yield statement, event

    def _counts(
        self, statement: Statement, played: Scene, event: Event, place: int
    ) -> bool:
        """Tell whether a deed is one of the workflow of the main entity."""
        verb = event.verb
        if event.negated or (statement.kind == "title" and event.voice != "active"):
            return False
        if verb.name == "return" and BACK.search(statement.text):
            return False
        if self._prepares(event, played, place) or self._of_goods(event, played, place):
            return False
        if event.voice == "passive" and self._of_a_field(played, event):
            return False
        after = [w.lower() for w in played.tokens[event.place + 1 : event.place + 6]]
        base = any(r in roles.BASE for r in event.roles)
        if (
            event.voice == "active"
            and base
            and verb.name in _ON_ONESELF
            and not self._aimed(after)
        ):
            return False  # employees pay for their tickets
        if verb.name in {"review", "verify", "validate", "check"} and self._decides(
            event
        ):
            return False
        if self._elsewhere(played, event):
            return False
        if verb.strong or event.voice == "state":
            return True
        if self._half(played, event, place):
            return True
        if event.voice == "active" and event.roles and verb.state in self.listed:
            return True
        if event.voice == "passive" and not event.condition:
            # "the card can be blocked by finance", "is planned, then performed"
            row = IN_TURN.search(statement.lower) and len(played.events) > 1
            by = event.roles and self._of_record(played, place)
            return bool(row or by)
        if event.voice == "active" and event.roles and self._ruled(event.verb):
            return True
        if event.voice == "active" and event.roles and not event.condition:
            return bool(after[:1] and after[0] in {"it", "them"}) or self._aimed(
                after[:3]
            )
        return False

    def _of_record(self, played: Scene, place: int) -> bool:
        """Tell whether a passive is said of the record, be it the second in a row."""
        while place >= 0 and played.events[place].voice == "passive":
            if self._subject(played, played.events[place]) in self.heads:
                return True
            place -= 1
        # `Claims are entered by the clerk, checked by ...`
        first = [w.lower() for w in played.tokens[:5]]
        return any(
            english.singular(word) in self.heads
            and {*first[n + 1 : n + 2]} & _AUXILIARY
            for n, word in enumerate(first)
        )

    def _elsewhere(self, played: Scene, event: Event) -> bool:
        """Tell whether a condition is of something else: `until the bill is paid`."""
        if event.voice != "passive" or event.roles or not event.condition:
            return False
        word = self._subject(played, event)
        known = word in self.heads or word in {"it", "they", "request", "record"}
        before = [w.lower() for w in played.tokens[: event.place]]
        named = before[-3:-2] in (["the"], ["an"], ["a"]) and before[-1:] in (
            ["is"],
            ["are"],
        )
        return named and not known and event.verb.state not in self.listed

    @staticmethod
    def _half(played: Scene, event: Event, place: int) -> bool:
        """Tell whether a deed is the first half of one that counts: `releases or rejects it`."""
        after = played.events[place + 1 : place + 2]
        return bool(
            after
            and event.voice == "active" == after[0].voice
            and event.roles
            and event.roles == after[0].roles
            and after[0].verb.strong
            and after[0].place - event.place == 2
        )

    def _ruled(self, verb: Verb) -> bool:
        """Tell whether rules speak of the record as left by a deed: `a hire cannot be reserved`."""
        heads = "|".join(sorted(map(re.escape, self.heads - {"it", "record"})))
        done, doing = re.escape(verb.participle), re.escape(gerund(verb))
        pattern = re.compile(
            rf"\b(?:an?|no|each|the) {done} (?:{heads})\b"
            rf"|\b(?:{heads})s? (?:[a-z-]+ ){{0,4}}?(?:is|are|be|been) (?:[a-z]+ )?{done}\b"
            rf"|^(?:no )?{doing} (?:requires?|needs?|asks?|is|without|wants?|on|it)\b"
        )
        return any(pattern.search(s.lower) for s in self.reading.said)

    @staticmethod
    def _prepares(event: Event, played: Scene, place: int) -> bool:
        """Tell whether somebody only looks before deciding: `checks and approves`."""
        near = [w.lower() for w in played.tokens[event.place : event.place + 6]]
        if event.verb.name in _LOOKING and {"decides", "decide"} & {*near}:
            return True
        if event.verb.name not in _CHECKING or place + 1 >= len(played.events):
            return False
        following = played.events[place + 1]
        decides = following.verb.name in {"approve", "accept"} or (
            following.verb.name == "reject"
            and event.verb.name in {"verify", "review", "check"}
        )
        return (
            decides
            and following.roles == event.roles
            and following.place - event.place < 5
        )

    @staticmethod
    def _of_goods(event: Event, played: Scene, place: int) -> bool:
        """Tell whether goods come before the record: `when the car is returned, it is closed`."""
        if (
            event.voice != "passive"
            or not event.condition
            or event.verb.name not in _OF_GOODS
        ):
            return False
        return any(e.verb.final and not e.condition for e in played.events[place + 1 :])

    def _decides(self, event: Event) -> bool:
        """Tell whether who looks at a record decides on it too."""
        mine = {r for m in event.roles if (r := self.cast.role(m))}
        return bool(mine) and mine <= {*self.actors("approve")}

    def _of_a_field(self, played: Scene, event: Event) -> bool:
        """Tell whether a passive is said of a field: `a reward amount may be granted`."""
        word = self._subject(played, event)
        return word in self.words and word not in self.heads

    @staticmethod
    def _subject(played: Scene, event: Event) -> str:
        """Return the word that a passive is said of, in the singular."""
        before = event.place - 1
        low = [w.lower() for w in played.tokens[: event.place]]
        while before >= 0 and low[before] in _AUXILIARY:
            before -= 1
        return english.singular(low[before]) if before >= 0 else ""

    def _aimed(self, after: list[str]) -> bool:
        """Tell whether the object is the record itself."""
        first = [english.singular(w) for w in after if w not in _DETERMINERS][:3]
        return bool(first) and (
            first[0] in {"it", "them", "request"} or bool({*first} & self.heads)
        )

    def actors(self, name: str, *, loose: bool = False) -> list[str]:
        """Return who does a deed; those who *only* may, when that is said.

        Args:
            name: Name of its verb.
            loose: Whether a verb with a particle is the same: who sends it out sends it.
        """
        found: list[str] = []
        only: list[str] = []
        barred: list[str] = []
        for statement, played in self.played:
            for event in played.events:
                called = event.verb.name.split("_")[0] if loose else event.verb.name
                if called != (name.split("_", maxsplit=1)[0] if loose else name):
                    continue
                if event.negated:
                    # who cannot forward it without a statement can with one
                    limited = _UNLESS.search(statement.lower)
                    barred += self.roles_of(event.roles if limited else ())
                    continue
                if event.voice == "noun" and self._of_a_choice(statement):
                    continue
                named = self.roles_of(event.roles)
                if {*event.roles} <= _ANYBODY:
                    barred += named
                    continue
                found += named
                # "only X may approve up to 1,000" leaves others the rest
                alone = event.only and not LIMIT.search(statement.text)
                only += named if alone else []
        return list(dict.fromkeys(only or found or barred))

    def _of_a_choice(self, statement: Statement) -> bool:
        """Tell whether a sentence is about one value of a selection alone."""
        named = any(
            re.search(rf"\b{re.escape(c)}\b", statement.lower) for c in self.choices
        )
        if named:
            question = f"Who decides in this case: {statement.text.rstrip('.')}?"
            if question not in self.questions:
                self.questions.append(question)
        return named

    def requesters(self) -> list[str]:
        """Return the roles that make records."""
        base = [r for r in self.cast.names if r in roles.BASE]
        made = base or self._makers(_MAKES) or self._makers(_WRITES)
        return self.actors("submit") or made or self.cast.names[:1]

    def _makers(self, making: re.Pattern[str]) -> list[str]:
        """Return who requests, reports, logs... what the ticket is about."""
        found = []
        for statement, played in self.played:
            for mention in played.people:
                role = self.cast.role(mention.name)
                low = [w.lower() for w in played.tokens]
                after = " ".join(low[mention.end : mention.end + 4])
                before = " ".join(low[max(0, mention.start - 5) : mention.start])
                makes = making.match(after) or _WRITTEN.search(before)
                if role and statement.kind != "title" and makes:
                    found.append(role)
        return list(dict.fromkeys(found))

    def setters(self, state: str, label: str = "") -> list[str]:
        """Return who sets records to a state: `IT can set it to ready`, `so it is ready`.

        Args:
            state: The state.
            label: What the ticket calls it, the words of *state* when left out.
        """
        label = label or state.replace("_", " ")
        found: list[str] = []
        sole: list[str] = []
        meant: list[str] = []
        for statement, played in self.played:
            found += self.roles_of(leaving.setters(played, label))
            said = [states.identifier(x) for x in marking.set_to(statement.text)]
            if state in said:
                sole += self.roles_of(played.actors)
            after = leaving.followed(statement, played, label)
            found += self.roles_of(after.roles) if after else []
            meant += self.roles_of(leaving.described(statement, played, label))
        return list(dict.fromkeys(found or sole or meant))

    def roles_of(self, mentions: Iterable[str]) -> list[str]:
        """Return the roles that mentions lead to."""
        return [role for name in mentions if (role := self.cast.role(name))]

    def superseded(self) -> list[tuple[Statement, Event]]:
        """Return the deeds after which a record is said to be in a state of another name."""
        found = []
        for statement, played in self.played:
            for label in leaving.consequences(statement.text):
                event = leaving.followed(statement, played, label)
                name = states.identifier(label)
                if event is not None and (states.known(name) or name.endswith("ed")):
                    found.append((statement, event))
        return [pair for pair in found if pair[1].verb.state not in self.listed]

    def followed(self, label: str) -> Verb | None:
        """Return what somebody does after which the record is in a state, if it is said."""
        for statement, played in self.played:
            event = leaving.followed(statement, played, label)
            if event is not None and self.roles_of(event.roles):
                return event.verb
        return None

    def spoken_of(self, verb: str) -> bool:
        """Tell whether somebody is said to do something to records, without a condition."""
        return any(
            e.verb.name == verb and e.roles and e.voice == "active"
            for _, played in self.played
            for e in played.events
        )

    def executors(self) -> list[str]:
        """Return who does the work: somebody who neither asks for it nor decides on it."""
        busy = {*self.requesters(), *self.approvers()}
        free = [r for r in self.cast.names if r not in busy]
        assigned = [r for r in free if re.search(_assigned(r), self.reading.text)]
        return (assigned or free)[:1]

    def approvers(self) -> list[str]:
        """Return the roles that decide when the ticket does not say who."""
        for verb in _DECIDING:
            found = self.actors(verb)
            if found:
                return found
        heads = ("manager", "supervisor", "director", "head", "lead")
        return [r for r in self.cast.names if r.endswith(heads)][:1]

    def others(self) -> list[str]:
        """Return the only role that makes no records, else one that decides."""
        base = self.requesters()
        found = [r for r in self.cast.names if r not in base]
        return (
            found
            if len(found) == 1
            else [r for r in found if r in self.approvers()][:1]
        )
