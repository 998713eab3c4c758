"""The workflow: states in order, and who moves a record from one to the next."""

from __future__ import annotations

import keyword
import re
from typing import TYPE_CHECKING, Final

from generator.intent.rules import (
    lexicon,
    noted,
    ordering,
    players,
    roles,
    sources,
    states,
    verbs,
)
from generator.intent.rules.details import Details
from generator.intent.rules.events import scene
from generator.intent.rules.flow import APPROVES, DECLINED, Flow, Step, words
from generator.intent.rules.levels import Levels
from generator.intent.rules.pronouns import Pronouns
from generator.intent.rules.restated import restated

if TYPE_CHECKING:
    from generator.intent.rules.deeds import Deeds
    from generator.intent.rules.events import Scene
    from generator.intent.rules.reading import Reading, Statement

_STEP_NAMES: Final = {
    "in_progress": "start", "started": "start", "ongoing": "start", "running": "start",
    "in_review": "start_review", "under_review": "start_review", "review": "start_review",
    "pending": "submit", "pending_approval": "submit", "to_approve": "submit", "waiting": "submit",
    "waiting_approval": "submit", "waiting_for_approval": "submit", "awaiting_approval": "submit",
    "requested": "submit", "proposed": "propose", "done": "finish", "open": "open",
    "active": "activate", "on_hold": "hold", "ready": "make_ready", "in_use": "take_into_use",
    "under_investigation": "investigate", "investigating": "investigate",
    "investigation": "investigate", "out": "check_out", "new": "reset", "overdue": "mark_overdue",
    "available": "make_available", "draft": "reset_to_draft", "returned": "mark_returned",
    "passed": "mark_passed",
}  # fmt: skip
_DECIDING: Final = frozenset({*APPROVES, "accept", "confirm", "validate", "endorse"})
_PAYING: Final = frozenset({"pay", "reimburse", "process", "disburse", "settle"})
_PAYERS: Final = ("finance", "account", "payroll", "cashier", "treasur", "hr")
_CANCELLED: Final = ("cancelled", "withdrawn", "void", "voided")
_DONE_BY: Final = re.compile(r"^(?P<deed>[a-z]+)_by_(?P<who>[a-z_]+)$")
_UNTIL: Final = re.compile(
    r"\b(?P<word>before|until|unless|not yet|as long as|while|in (?:state )?)\b(?P<rest>.*)$"
)


def _told(step: Step) -> str:
    """Return what a step does in words: `approve`, or `set it to home visit`."""
    verb = verbs.of_base(step.label.lower())
    plain = verb is not None or step.name.startswith(("reset", "start", "make_"))
    if not plain or step.name == "make_ready":
        return f"set it to {words(step.target).lower()}"
    return step.label.lower()


def scenes(reading: Reading) -> list[tuple[Statement, Scene]]:
    """Take every statement apart."""
    known = Pronouns(reading)
    made = []
    for statement in reading.statements:
        story = players.story_role(statement.text)
        text = noted.sentence(known.named(statement, story))
        text = "" if text.endswith("?") else text  # nobody does what is only asked
        played = scene(restated(text))
        if statement.kind != "title":
            known.heard(played.actors)
        made.append((statement, played))
    return made


class Workflow:
    """Finds the workflow of the main entity.

    Args:
        deeds: Who does what.
    """

    def __init__(self, deeds: Deeds) -> None:
        self.deeds = deeds
        self.flow = Flow()

    def find(self, listed: list[states.Listing]) -> Flow:
        """Return the workflow; without states when the ticket speaks of none."""
        if listed:
            ordering.from_lists(self.flow, listed, self.deeds)
        else:
            ordering.from_deeds(self.flow, self.deeds)
        if len(self.flow.labels) < 2:  # one state is none
            self.flow.labels.clear()
            return self.flow
        self._steps({edge for item in listed for edge in item.edges})
        Levels(self.flow, self.deeds).work_out()
        Details(self.flow, self.deeds).add()
        self.flow.questions += self.deeds.questions
        return self.flow

    def _steps(self, edges: set[tuple[str, str]]) -> None:
        for name in self.flow.names[1:]:
            verb = verbs.of_state(name)
            step = self._named(name, verb)
            before = self._sources(name, verb, edges)
            if not before:
                continue
            deed = verbs.of_base("submit") if step == "submit" else verb
            deed = deed or verbs.of_base(step.replace("_", " "))
            who = self.deeds.actors(deed.name) if deed else []
            who = who or (self.deeds.actors(deed.name, loose=True) if deed else [])
            who = (
                self._spoken(name, verb)
                or who
                or self.deeds.setters(name, self.flow.labels[name])
            )
            self.flow.steps.append(
                Step(step, words(step), before, name, who, said=bool(who))
            )
        for made in self.flow.steps:
            self._supply(made)

    def _named(self, state: str, verb: verbs.Verb | None) -> str:
        """Return the name of what leads to a state, which is no word of Python."""
        made = self._verb(state, verb)
        return f"mark_{state}" if keyword.iskeyword(made) else made

    def _verb(self, state: str, verb: verbs.Verb | None) -> str:
        """Return the verb that leads to a state: `start` to `in_progress`."""
        said = self.deeds.followed(self.flow.labels[state])
        if said is not None and said.state not in self.flow.labels:
            spoken = verb is not None and self.deeds.actors(verb.name)
            if not spoken and said.name not in {s.name for s in self.flow.steps}:
                return said.name
        made = self._usual(state) or (verb.name if verb else "")
        by = _DONE_BY.match(state)
        if by and (signed := verbs.form((by.group("deed"),))):
            made = f"{by.group('who')}_{signed[0].name}"
        made = made or self._into(state) or self._done(state)
        under_way = state.startswith(("in_", "under_")) and not verb
        if under_way and not made and self.deeds.spoken_of("start"):
            made = "start"
        same = verb and state in {verb.state, verb.participle.replace(" ", "_")}
        if verb and not same and "_" in state and state not in _STEP_NAMES:
            made = f"{state[: state.rfind('_')]}_{verb.name}"
        taken = {s.name for s in self.flow.steps}
        return f"set_{state}" if not made or made in taken else made

    def _usual(self, state: str) -> str:
        """Return what usually leads to a state, or what does in this ticket."""
        made = _STEP_NAMES.get(state, "")
        if state == "in_use" and self.deeds.spoken_of("start"):
            return "start"
        if state == "requested" and not self.deeds.actors("submit"):
            return "request" if self.deeds.actors("request") else made
        if made == "start_review" and "reviewed" not in self.flow.labels:
            first = self.flow.names.index(state) == 1
            if (
                first
                and "submitted" not in self.flow.labels
                and self.deeds.spoken_of("submit")
            ):
                return "submit"
            return "review" if self.deeds.spoken_of("review") else made
        return made

    def _done(self, state: str) -> str:
        """Return the verb whose participle a state is: `defer` of `deferred`."""
        first, _, particle = state.partition("_")
        if particle and particle not in {
            "in",
            "out",
            "off",
            "up",
            "over",
            "back",
            "on",
        }:
            return ""
        said = {*re.findall("[a-z]+", self.deeds.reading.text)}
        base = lexicon.base(first, said)
        return f"{base}_{particle}".strip("_") if base else ""

    def _into(self, state: str) -> str:
        """Return the verb of `submits it for tasting`, "" when there is none."""
        noun = re.escape(state.replace("_", " "))
        hit = re.search(
            rf"\b(?P<deed>[a-z]+) (?:it|them|(?:the|an?) [a-z]+) (?:for|to|into) (?:the |an? )?{noun}\b",
            self.deeds.reading.text,
        )
        form = verbs.form((hit.group("deed"),)) if hit else None
        return form[0].name if form else ""

    def _spoken(self, state: str, verb: verbs.Verb | None) -> list[str]:
        """Return the role that the name of a state speaks of: `manager_approved`."""
        by = _DONE_BY.match(state)
        prefix = state.rsplit("_", 1)[0] if verb and "_" in state else ""
        prefix = by.group("who") if by else prefix
        return [
            r
            for r in self.deeds.cast.names
            if prefix
            and (r == prefix or r.startswith(f"{prefix}_") or prefix.startswith(r))
        ]

    def _sources(
        self, name: str, verb: verbs.Verb | None, edges: set[tuple[str, str]]
    ) -> list[str]:
        """Return the states that lead to a state."""
        main, order = self.flow.main, self.flow.names
        drawn = sorted({a for a, b in edges if b == name}, key=order.index)
        if not states.refused(name):
            place = main.index(name)
            return drawn or (main[place - 1 : place] if place else [])
        deed = verb.name if verb else self._named(name, verb)
        told = sources.said(self.flow, self.deeds, name, deed)
        told = [state for state in told if not states.refused(state)]
        if told:
            return told
        if name in _CANCELLED:
            return self._cancellable(verb)
        decided = self._decided() if name in DECLINED | {"postponed"} else []
        before = [s for s in order[: order.index(name)] if s in main]
        if name in DECLINED and not self.flow.explicit:
            before = main[1:2]  # somebody declines what was submitted
        if name in self.flow.after and name not in DECLINED:
            before = [self.flow.after[name]]  # where the ticket speaks of it
        beside = [] if decided or drawn or not verb else self._beside(verb, before)
        return decided or drawn or beside or before[-1:] or main[:1]

    def _beside(self, verb: verbs.Verb, before: list[str]) -> list[str]:
        """Return where those who refuse take another step from: they decide there."""
        who = {*self.deeds.actors(verb.name)}
        for place, state in enumerate(self.flow.main[1:]):
            other = verbs.of_state(state)
            source = self.flow.main[place]
            if other and source in before and who & {*self.deeds.actors(other.name)}:
                return [source]
        return []

    def _decided(self) -> list[str]:
        """Return the states in which somebody decides: those before `approved`."""
        main = self.flow.main
        found = set()
        for place, state in enumerate(main):
            verb = verbs.of_state(state)
            if place and verb is not None and verb.name in _DECIDING:
                found.add(main[place - 1])
        return [s for s in main if s in found]

    def _cancellable(self, verb: verbs.Verb | None) -> list[str]:
        """Return the states in which a record may be cancelled: all but the last, or as said."""
        main = self.flow.main
        stem = (verb.base if verb else "cancel")[:6]
        for statement in self.deeds.reading.said:
            if not re.search(rf"\b{stem}", statement.lower):
                continue
            hit = _UNTIL.search(statement.lower)
            if not hit:
                continue
            for place, state in enumerate(main):
                deed = verbs.of_state(state)
                forms = {
                    state.replace("_", " "),
                    *((deed.base, *deed.nouns) if deed else ()),
                }
                if any(
                    re.search(rf"\b{re.escape(f)}\b", hit.group("rest")) for f in forms
                ):
                    inclusive = hit.group("word").strip() in {
                        "while",
                        "as long as",
                        "in",
                        "in state",
                    }
                    return main[: place + 1] if inclusive else main[:place] or main[:1]
        return main[:-1] or main[:1]

    def _supply(self, step: Step) -> None:
        """Name who takes a step when the ticket does not."""
        base = self.deeds.requesters()
        if not step.roles:
            step.roles = (
                self._likely(step)
                or self.deeds.others()
                or self.deeds.approvers()
                or base
            )
            names = " or ".join(roles.label(r) for r in step.roles)
            self.flow.assumptions.append(
                f"The ticket does not say who may {_told(step)};"
                f" {names or 'whoever may write'} may."
            )
        if step.name in {"submit", "request", "withdraw"} and {*step.roles} <= {*base}:
            makers = {*self.deeds.actors("submit")} | roles.BASE
            step.own_only = bool({*step.roles} & makers)

    def _agent(self, verb: verbs.Verb) -> list[str]:
        """Return who is called by a deed: the estimator estimates."""
        base = verb.base
        forms = {f"{base}er", f"{base}r", f"{base}or", f"{base.removesuffix('e')}or"}
        return [r for r in self.deeds.cast.names if r.split("_")[-1] in forms][:1]

    def _likely(self, step: Step) -> list[str]:
        """Return who usually takes a step."""
        verb = verbs.of_state(step.target)
        named = self._agent(verb) if verb else []
        if named:
            return named
        first = step.sources == self.flow.names[:1]
        if step.name in {"submit", "request", "propose"} or (
            first and step.target in {"submitted", "requested", "pending"}
        ):
            return self.deeds.requesters()
        if step.name in {
            "start",
            "finish",
            "complete",
            "resolve",
            "repair",
            "investigate",
        }:
            return self.deeds.executors()
        if verb is None:
            return []
        if step.target in {"cancelled", "withdrawn"}:
            return self.deeds.requesters()
        if verb.refused or verb.name in APPROVES:
            return self.deeds.approvers()
        if verb.name in _PAYING:
            return [r for r in self.deeds.cast.names if r.startswith(_PAYERS)][:1]
        return []
