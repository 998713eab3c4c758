"""The workflow: states in order, and who moves a record from one to the next."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from generator.intent.rules import english, roles, states, verbs
from generator.intent.rules.events import Event, scene
from generator.spec.workflow import Operator

if TYPE_CHECKING:
    from generator.intent.rules.events import Scene
    from generator.intent.rules.reading import Reading, Statement
    from generator.intent.rules.roles import Cast


@dataclass
class Step:
    """A transition while it is being understood."""

    name: str
    label: str
    sources: list[str]
    target: str
    roles: list[str] = field(default_factory=list)
    own_only: bool = False
    not_own: bool = False
    reason: bool = False
    attachment: bool = False
    threshold: tuple[Operator, float] | None = None
    said: bool = True


@dataclass
class Flow:
    """States with their labels, in order, and the steps between them."""

    labels: dict[str, str] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    frozen_from: str | None = None
    explicit: bool = False
    questions: list[str] = field(default_factory=list)
    assumptions: list[str] = field(default_factory=list)
    limits: list[Limit] = field(default_factory=list)

    @property
    def names(self) -> list[str]:
        """Names of the states."""
        return list(self.labels)

    @property
    def main(self) -> list[str]:
        """The states of the main line."""
        return [name for name in self.labels if not states.refused(name)]

    def leading_to(self, verb: str) -> list[Step]:
        """Return the steps of a verb."""
        return [s for s in self.steps if s.name == verb or s.name.endswith(f"_{verb}")]


@dataclass(frozen=True)
class Limit:
    """An amount from which on somebody else decides."""

    operator: Operator
    amount: float
    roles: tuple[str, ...]
    more: bool
    statement: Statement


_CURRENCY: Final = (
    r"(?:EUR|USD|GBP|CHF|euros?|dollars?|pounds?|francs?|\u20ac|\$|\u00a3)"
)
LIMIT: Final = re.compile(
    r"(?P<word>above|over|more than|exceed(?:s|ing)?|greater than|higher than|larger than|bigger than|at least|from|starting (?:at|from)|>=|>|below|under|up to(?: and including)?|less than|at most|<=|<|not exceeding|beyond|of)\s+"
    rf"(?:an? (?:amount|total|value) of )?(?P<sign>{_CURRENCY})?\s*(?P<amount>(?:\d[\d,.' \u00a0]*\d|\d)\s?(?:k\b|thousand\b)?)\s*(?P<unit>{_CURRENCY})?",
    re.IGNORECASE,
)
_WORDS: Final = {
    "above": Operator.MORE, "over": Operator.MORE, "more than": Operator.MORE, ">": Operator.MORE,
    "greater than": Operator.MORE, "higher than": Operator.MORE, "larger than": Operator.MORE,
    "beyond": Operator.MORE, "bigger than": Operator.MORE,
    "exceeds": Operator.MORE, "exceeding": Operator.MORE, "exceed": Operator.MORE,
    "at least": Operator.AT_LEAST, "from": Operator.AT_LEAST, ">=": Operator.AT_LEAST,
    "starting at": Operator.AT_LEAST, "starting from": Operator.AT_LEAST, "of": Operator.AT_LEAST,
    "below": Operator.LESS, "under": Operator.LESS, "less than": Operator.LESS, "<": Operator.LESS,
    "up to": Operator.AT_MOST, "at most": Operator.AT_MOST, "<=": Operator.AT_MOST,
    "up to and including": Operator.AT_MOST, "not exceeding": Operator.AT_MOST,
}  # fmt: skip
OPPOSITE: Final = {
    Operator.MORE: Operator.AT_MOST, Operator.AT_LEAST: Operator.LESS,
    Operator.LESS: Operator.AT_LEAST, Operator.AT_MOST: Operator.MORE,
}  # fmt: skip
_UP: Final = {Operator.MORE, Operator.AT_LEAST}
_CONFIRMED: Final = frozenset(
    {
        "delivery",
        "receipt",
        "return",
        "payment",
        "identity",
        "availability",
        "attendance",
    }
)
_OF_GOODS: Final = frozenset(
    {"return", "deliver", "receive", "sign", "issue", "hand_over"}
)
_AUXILIARY: Final = frozenset(
    "is are be been was were gets get can may must should will has have also only not to then".split()
)
_DECLINED: Final = frozenset({"rejected", "refused", "declined", "denied", "dismissed"})
_WITHDRAWN: Final = frozenset(
    {"cancelled", "withdrawn", "void", "revoked", "terminated"}
)
_POSTPONED: Final = "postponed"
_STEP_NAMES: Final = {
    "returned": "mark_returned", "passed": "mark_passed",
    "in_progress": "start", "started": "start", "ongoing": "start", "in_review": "start_review", "under_review": "start_review",
    "review": "start_review", "pending": "submit", "pending_approval": "submit", "to_approve": "submit",
    "waiting": "submit", "waiting_approval": "submit", "waiting_for_approval": "submit", "awaiting_approval": "submit",
    "done": "finish", "open": "open", "active": "activate", "on_hold": "hold", "ready": "make_ready",
    "under_investigation": "investigate", "investigating": "investigate", "investigation": "investigate", "requested": "submit",
    "in_use": "take_into_use", "out": "check_out", "new": "reset", "overdue": "mark_overdue",
    "proposed": "propose", "running": "start", "available": "make_available", "draft": "reset_to_draft",
}  # fmt: skip
_BACK: Final = re.compile(
    r"\b(?:sen[dt]s? (?:it |them |the \w+ )?back|returns? (?:it|them|the \w+) (?:to the|for)|returned (?:to the \w+|for) (?:for |to )?(?:correction|changes|rework|revision|draft)|back to (?:the )?draft|reset to draft|re-?submit\w*|reopen\w*|asks? for (?:changes|more information|corrections)|request(?:s)? (?:changes|more information)|corrected and submitted again|submit(?:ted)? (?:it )?again)\b",
    re.IGNORECASE,
)
_FROZEN: Final = re.compile(
    r"\b(?:cannot|can't|can not|can no longer|may not|may no longer|must not|must no longer|no longer|not) (?:be )?(?:\w+ )?(?:changed?|edit(?:ed|able)?|modif(?:y|ied)|alter(?:ed)?|updated?|touched|overwritten)\b"
    r"|\b(?:read-only|readonly|locked|frozen|immutable|unchangeable)\b|\bno (?:more )?(?:changes|edits|editing|modifications?)\b|\block(?:s|ed)? (?:the|it)\b",
    re.IGNORECASE,
)
_REASON: Final = re.compile(
    r"\b(reason|justification|explanation|comment|why)\b", re.IGNORECASE
)
_ATTACHED: Final = re.compile(
    r"\b(attach\w*|upload\w*|receipts?|documents?|quotations?|quotes?|scans?|photos?|certificates?|files?|pictures?|evidence)\b",
    re.IGNORECASE,
)
_DEMAND: Final = re.compile(
    r"\b(without|must|required|mandatory|needs? to|has to|have to|at least one|cannot|only (?:if|when|with)|before)\b",
    re.IGNORECASE,
)
_ALSO: Final = re.compile(
    r"\b(also|additional(?:ly)?|second|in addition|as well|extra|further|both|then|afterwards|final)\b",
    re.IGNORECASE,
)
_OWN: Final = re.compile(
    r"\b(?:their|his|her|one's|my|your|her/his|his/her|its) own\b|\bown (?:request|record|\w+)s?\b|\bthemsel|\bself-approv|\bsame person\b|\bperson who (?:made|created|submitted|requested|raised)",
    re.IGNORECASE,
)


def scenes(reading: Reading) -> list[tuple[Statement, Scene]]:
    """Take every statement apart."""
    return [(s, scene(s.text)) for s in reading.statements]


class Workflow:
    """Finds the workflow of the main entity.

    Args:
        reading: The statements.
        played: The same taken apart.
        cast: The roles.
        heads: Words for the main entity.
        words: Last words of its fields.
        choices: Values of its selections.
    """

    def __init__(
        self,
        reading: Reading,
        played: list[tuple[Statement, Scene]],
        cast: Cast,
        heads: set[str],
        *,
        words: set[str] = frozenset(),  # type: ignore[assignment]
        choices: set[str] = frozenset(),  # type: ignore[assignment]
    ) -> None:
        self.reading = reading
        self.played = played
        self.cast = cast
        self.heads = heads
        self.words = words
        self.choices = choices
        self.flow = Flow()

    def find(self, listed: list[states.Listing]) -> Flow:
        """Return the workflow; without states when the ticket speaks of none."""
        told = self._told()
        if listed:
            self._from_lists(listed)
        else:
            self._from_events(told)
        if len(self.flow.labels) < 2:
            self.flow.labels.clear()
            return self.flow
        self._limits()
        self._steps(listed)
        self._levels()
        self._back()
        self._details()
        return self.flow

    # -- states

    def _told(self) -> list[tuple[Statement, Scene, Event]]:
        found = []
        for statement, played in self.played:
            for place, event in enumerate(played.events):
                if self._counts(statement, played, event, place):
                    found.append((statement, played, event))
        return found

    def _counts(
        self, statement: Statement, played: Scene, event: Event, place: int
    ) -> bool:
        """Tell whether a deed is one of the workflow of the main entity."""
        if event.negated or (statement.kind == "title" and event.voice != "active"):
            return False
        after = [w.lower() for w in played.tokens[event.place + 1 : event.place + 6]]
        if event.verb.name == "return" and _BACK.search(statement.text):
            return False
        if event.verb.name in {
            "verify",
            "review",
            "validate",
            "confirm",
        } and place + 1 < len(played.events):
            following = played.events[place + 1]
            if (
                following.roles == event.roles
                and (
                    following.verb.name == "approve"
                    or (
                        following.verb.name == "reject"
                        and event.verb.name in {"verify", "review"}
                    )
                )
                and following.place - event.place < 5
            ):
                return False
        if event.verb.name == "confirm" and event.voice == "active":
            nouns = {w for w in after[:3] if w in _CONFIRMED}
            if nouns:
                return False
        if event.voice == "passive" and self._of_a_field(played, event):
            return False
        if (
            event.voice == "passive"
            and event.condition
            and event.verb.name in _OF_GOODS
        ):
            later = played.events[place + 1 :]
            if any(e.verb.final and not e.condition for e in later):
                return False
        base = [r for r in event.roles if r in roles.BASE]
        if (
            event.verb.name
            in {
                "pay",
                "sign",
                "complete",
                "return",
                "accept",
                "confirm",
                "close",
                "issue",
            }
            and event.voice == "active"
        ):
            aimed = self._aimed(after)
            if (
                event.verb.name in {"pay", "complete", "sign", "accept"}
                and base
                and not aimed
            ):
                return False
            if event.verb.name == "issue" and not aimed and not event.roles:
                return False
        if event.verb.name in {"review", "verify", "validate"} and event.roles:
            deciding, _ = self._actors("approve")
            mine = [r for m in event.roles if (r := self.cast.role(m))]
            if mine and {*mine} <= {*deciding}:
                return False
        if event.verb.strong:
            return True
        if event.voice == "state":
            return True
        if event.voice == "active" and event.roles and not event.condition:
            return bool(after[:1] and after[0] in {"it", "them"}) or self._aimed(
                after[:3]
            )
        return False

    def _of_a_field(self, played: Scene, event: Event) -> bool:
        """Tell whether a passive is said of a field: `a reward amount may be granted`."""
        before = event.place - 1
        low = [w.lower() for w in played.tokens[: event.place]]
        while before >= 0 and low[before] in _AUXILIARY:
            before -= 1
        word = english.singular(low[before]) if before >= 0 else ""
        return word in self.words and word not in self.heads

    def _aimed(self, after: list[str]) -> bool:
        """Tell whether the object is the record itself."""
        words = [
            w
            for w in after
            if w
            not in {
                "the",
                "a",
                "an",
                "their",
                "his",
                "her",
                "this",
                "each",
                "all",
                "every",
                "any",
            }
        ]
        first = [english.singular(w) for w in words[:3]]
        return bool(first) and (
            first[0] in {"it", "them", "request"} or bool({*first} & self.heads)
        )

    def _from_lists(self, listed: list[states.Listing]) -> None:
        best = max(listed, key=lambda item: (len(item.labels), item.chain))
        self.flow.explicit = True
        for label in best.labels:
            self._state(states.identifier(label), label)
        for other in listed:
            before = None
            for label in other.labels:
                name = states.identifier(label)
                if name not in self.flow.labels:
                    self._insert(name, label, before)
                before = name
        self._add_refusals()

    def _add_refusals(self) -> None:
        """Add what a list of states leaves out: that a record is rejected or cancelled."""
        for family in (_DECLINED, _WITHDRAWN):
            if family & {*self.flow.labels}:
                continue
            for _, _, event in self._told():
                state = event.verb.state
                if state in family and not self._of_something_else(event):
                    self._state(state, state)
                    break
        if _POSTPONED not in self.flow.labels and any(
            e.verb.state == _POSTPONED and e.roles for _, _, e in self._told()
        ):
            self._state(_POSTPONED, _POSTPONED)

    @staticmethod
    def _of_something_else(event: Event) -> bool:
        return event.voice == "noun" and not event.roles

    def _insert(self, name: str, label: str, before: str | None) -> None:
        rows = list(self.flow.labels.items())
        at = next((i + 1 for i, row in enumerate(rows) if row[0] == before), len(rows))
        rows.insert(at, (name, self._label(label)))
        self.flow.labels = dict(rows)

    def _state(self, name: str, label: str) -> None:
        self.flow.labels.setdefault(name, self._label(label))

    @staticmethod
    def _label(label: str) -> str:
        text = label.replace("_", " ").strip()
        return text[:1].upper() + text[1:]

    def _from_events(self, told: list[tuple[Statement, Scene, Event]]) -> None:
        found: list[str] = []
        for statement in self.reading.said:
            for label in states.set_to(statement.text):
                self._mention(found, states.identifier(label))
        ordered: list[str] = []
        for statement, _, event in told:
            if statement.kind == "title":
                continue
            if (
                event.verb.name
                in {"register", "book", "order", "open", "plan", "request"}
                and event.voice == "active"
            ):
                continue
            self._mention(ordered, event.verb.state)
        for name in found:
            self._mention(ordered, name)
        starts = [n for s in self.reading.said if (n := states.initial(s.text))]
        first = starts[0] if starts else None
        begun = next(
            (n for n in ordered if n in {"draft", "new", "open", "requested"}), None
        )
        first = first or begun or "draft"
        if not ordered or (ordered == [first]):
            return
        chain = [name for name in self._sorted(ordered) if name != first]
        if first == "draft" and not {"submitted", "requested"} & {*chain}:
            chain = self._with_submission(chain)
        for name in [first, *_declined_after_approval(chain)]:
            self._state(name, name)

    def _with_submission(self, chain: list[str]) -> list[str]:
        """Let a record be submitted before somebody decides on it."""
        decided = [n for n in chain if n in _DECLINED] and [
            n
            for n in chain
            if n
            in {"approved", "accepted", "confirmed", "rejected", "manager_approved"}
        ]
        if not decided and "approved" not in chain:
            return chain
        self.flow.assumptions.append("A record is submitted before it is decided on.")
        return ["submitted", *chain]

    @staticmethod
    def _mention(found: list[str], name: str) -> None:
        if name and name not in found:
            found.append(name)

    @staticmethod
    def _sorted(names: list[str]) -> list[str]:
        """Put submission first, what ends a record last, and a payment after approval."""
        late = {"closed", "completed", "archived", "finished", "fulfilled", "done"}
        after = {
            "paid",
            "processed",
            "reimbursed",
            "disbursed",
            "settled",
            "issued",
            "delivered",
            "returned",
        }

        def key(name: str) -> tuple[int, int]:
            place = names.index(name)
            if name in {"submitted", "requested"}:
                return 0, place
            if name in {"cancelled", "withdrawn"}:
                return 9, place
            if name in late:
                return 8, place
            approved = [
                n
                for n in names
                if n
                in {"approved", "confirmed", "accepted", "authorised", "authorized"}
            ]
            if name in after and approved and place < names.index(approved[0]):
                return 2, place
            if name in {"delivered", "received"} and "ordered" in names:
                return 2, place
            return 1, place

        return sorted(names, key=key)

    # -- steps

    def _actors(self, name: str) -> tuple[list[str], bool]:
        """Return who does a deed, and whether *only* they may."""
        found: list[str] = []
        only: list[str] = []
        for statement, played in self.played:
            for event in played.events:
                if event.verb.name != name or event.negated:
                    continue
                if event.voice == "noun" and self._of_a_choice(statement):
                    continue
                for mention in event.roles:
                    role = self.cast.role(mention)
                    if role and role not in found:
                        found.append(role)
                    if role and event.only and role not in only:
                        only.append(role)
        if len(only) > 0:
            return only, True
        return found, False

    def _of_a_choice(self, statement: Statement) -> bool:
        """Tell whether a sentence is about one value of a selection alone."""
        found = next(
            (
                c
                for c in self.choices
                if re.search(rf"\b{re.escape(c)}\b", statement.lower)
            ),
            None,
        )
        if found is not None:
            self.flow.questions.append(
                f"Who decides in this case: {statement.text.rstrip('.')}?"
            )
        return found is not None

    def requesters(self) -> list[str]:
        """Return the roles that make records."""
        for name in ("submit",):
            found = list(self._actors(name)[0])
            if found:
                return found
        base = [r for r in self.cast.names if r in roles.BASE]
        return base or self.cast.names[:1]

    def approvers(self) -> list[str]:
        """Return the roles that decide when the ticket does not say who."""
        for verb in (
            "approve",
            "reject",
            "authorise",
            "authorize",
            "confirm",
            "review",
            "validate",
        ):
            found, _ = self._actors(verb)
            if found:
                return found
        return [
            r
            for r in self.cast.names
            if r.endswith(("manager", "supervisor", "director", "head", "lead"))
        ][:1]

    def _steps(self, listed: list[states.Listing]) -> None:
        edges = {edge for item in listed for edge in item.edges}
        main = self.flow.main
        for name in self.flow.names[1:] if self.flow.names else []:
            verb = verbs.of_state(name)
            step = self._named(name, verb)
            sources = self._sources(name, verb, main, edges)
            if not sources:
                continue
            deed = verb or verbs.BY_BASE.get(step.replace("_", " "))
            who, _ = self._actors(deed.name) if deed else ([], False)
            prefix = name.rsplit("_", 1)[0] if verb and "_" in name else ""
            spoken = [
                r
                for r in self.cast.names
                if prefix
                and (r == prefix or r.startswith(f"{prefix}_") or prefix.startswith(r))
            ]
            self.flow.steps.append(
                Step(
                    step,
                    self._label(step),
                    sources,
                    name,
                    spoken or list(who),
                    said=bool(who or spoken),
                )
            )
        for made in self.flow.steps:
            self._supply(made)

    def _named(self, state: str, verb: verbs.Verb | None) -> str:
        taken = {s.name for s in self.flow.steps}
        made = _STEP_NAMES.get(state) or (verb.name if verb else "")
        if verb and state != verb.state and "_" in state and state not in _STEP_NAMES:
            made = f"{state[: state.rfind('_')]}_{verb.name}"
        if not made or made in taken:
            made = f"set_{state}"
        return made

    def _sources(
        self,
        name: str,
        verb: verbs.Verb | None,
        main: list[str],
        edges: set[tuple[str, str]],
    ) -> list[str]:
        drawn = [a for a, b in edges if b == name]
        order = self.flow.names
        if drawn and not states.refused(name):
            return sorted({*drawn}, key=order.index)
        if not states.refused(name):
            place = main.index(name)
            return [main[place - 1]] if place else []
        if name in {"cancelled", "withdrawn", "void", "voided"}:
            return self._cancellable(name, verb, main)
        approved = [
            s
            for s in main
            if (v := verbs.of_state(s))
            and v.name
            in {
                "approve",
                "authorise",
                "authorize",
                "accept",
                "confirm",
                "validate",
                "endorse",
            }
        ]
        decided = {main[main.index(s) - 1] for s in approved if main.index(s) > 0}
        if decided:
            return [s for s in main if s in decided]
        if drawn:
            return sorted({*drawn}, key=order.index)
        before = [s for s in order[: order.index(name)] if s in main]
        return before[-1:] or main[:1]

    def _cancellable(
        self, name: str, verb: verbs.Verb | None, main: list[str]
    ) -> list[str]:
        word = verb.base if verb else "cancel"
        for statement in self.reading.said:
            if not re.search(rf"\b{word[:6]}", statement.lower):
                continue
            hit = re.search(
                r"\b(before|until|unless|not yet|as long as|while|in (?:state )?)\b(?P<rest>.*)$",
                statement.lower,
            )
            if not hit:
                continue
            for place, state in enumerate(main):
                deed = verbs.of_state(state)
                words = {
                    state.replace("_", " "),
                    *(deed.nouns if deed else ()),
                    deed.base if deed else "",
                }
                if any(
                    w and re.search(rf"\b{re.escape(w)}\b", hit.group("rest"))
                    for w in words
                ):
                    inclusive = hit.group(1) in {
                        "while",
                        "as long as",
                        "in",
                        "in state",
                    }
                    return main[: place + 1] if inclusive else main[:place] or main[:1]
        return main[:-1] or main[:1]

    def _supply(self, step: Step) -> None:
        """Name who takes a step when the ticket does not."""
        verb = verbs.of_state(step.target)
        base = self.requesters()
        if not step.roles:
            if step.name in {"submit", "propose"} or (
                step.sources == self.flow.names[:1]
                and step.target in {"submitted", "requested", "pending"}
            ):
                step.roles = base
            elif verb and verb.refused:
                if step.target in {"cancelled", "withdrawn"}:
                    step.roles = base
                else:
                    step.roles = self.approvers()
            elif verb and verb.name in {"approve", "authorise", "authorize"}:
                step.roles = self.approvers()
            elif verb and verb.name in {
                "pay",
                "reimburse",
                "process",
                "disburse",
                "settle",
            }:
                step.roles = [
                    r
                    for r in self.cast.names
                    if r.startswith(
                        ("finance", "account", "payroll", "cashier", "treasur", "hr")
                    )
                ][:1]
            if not step.roles:
                step.roles = self._others() or self.approvers() or base
            if not step.said:
                names = (
                    " or ".join(roles.label(r) for r in step.roles)
                    or "whoever may write"
                )
                self.flow.assumptions.append(
                    f"The ticket does not say who may {step.label.lower()}; {names} may."
                )
        if step.name in {"submit", "withdraw"} and {*step.roles} <= {*base}:
            step.own_only = bool({*step.roles} & roles.BASE)

    def _others(self) -> list[str]:
        """Return the last role of the ticket that is no requester."""
        base = {*self.requesters()}
        others = [r for r in self.cast.names if r not in base]
        return (
            others[-1:]
            if len(others) == 1
            else [r for r in others if r in self.approvers()][:1]
        )

    # -- several approvers

    def _limits(self) -> None:
        for statement, played in self.played:
            if not re.search(r"approv|authori[sz]|sign", statement.lower):
                continue
            for hit in LIMIT.finditer(statement.text):
                amount = english.number(hit.group("amount"))
                word = hit.group("word").lower()
                if amount is None or (
                    not hit.group("sign") and not hit.group("unit") and amount < 100
                ):
                    continue
                if word in {"of", "from"} and not re.search(
                    r"\bor more|and (?:above|more|up)", statement.lower
                ):
                    if word == "of":
                        continue
                named = [
                    r for e in played.events if e.verb.name in {"approve", "authorise", "authorize", "sign"}
                    for m in e.roles if (r := self.cast.role(m))
                ] or [r for m in played.people if (r := self.cast.role(m.name)) and r not in self.requesters()]  # fmt: skip
                near = self._nearest(played, statement, hit, named)
                if near:
                    self.flow.limits.append(
                        Limit(
                            _WORDS.get(word, Operator.MORE),
                            amount,
                            tuple(near),
                            bool(_ALSO.search(statement.text)),
                            statement,
                        )
                    )

    def _nearest(
        self, played: Scene, statement: Statement, hit: re.Match[str], named: list[str]
    ) -> list[str]:
        """Return who of several is meant by the amount: who is named in the same clause."""
        clauses = re.split(
            r"[;,]| and (?=above|over|up to|below)| while ", statement.text
        )
        for clause in clauses:
            if hit.group(0).strip() in clause:
                inside = [
                    r
                    for m in scene(clause).people
                    if (r := self.cast.role(m.name)) in named
                ]
                if inside:
                    return list(dict.fromkeys(r for r in inside if r))
        return list(dict.fromkeys(named))[-1:]

    def _levels(self) -> None:
        """Let several approvers decide by amount, one after the other, or either of them."""
        steps = [
            s
            for s in self.flow.steps
            if s.name in {"approve", "authorise", "authorize"}
        ]
        if len(steps) != 1:
            return
        step = steps[0]
        above = [limit for limit in self.flow.limits if limit.operator in _UP]
        below = [limit for limit in self.flow.limits if limit.operator not in _UP]
        if above:
            limit = next((x for x in above if x.more), above[-1])
            self._by_amount(step, limit)
        elif below:
            others = [
                r for r in step.roles if r not in below[0].roles
            ] or self._others()
            if others and others != list(below[0].roles):
                up = Limit(
                    OPPOSITE[below[0].operator],
                    below[0].amount,
                    tuple(others),
                    False,
                    below[0].statement,
                )
                self._by_amount(step, up)
        elif len(step.roles) > 1 and self._in_turn(step.roles):
            self._one_after_other(step)

    def _by_amount(self, step: Step, limit: Limit) -> None:
        usual = [r for r in step.roles if r not in limit.roles] or [
            r for r in self.approvers() if r not in limit.roles
        ]
        if not usual:
            step.threshold = (limit.operator, limit.amount)
            return
        step.roles = usual
        who = limit.roles[0]
        if limit.more and not self.flow.explicit:
            waiting = f"{who}_approval"
            self._insert(waiting, f"{roles.label(who)} approval", step.sources[-1])
            place = self.flow.steps.index(step)
            self.flow.steps[place + 1 : place + 1] = [
                Step("forward", f"Approve and forward to {roles.label(who)}", list(step.sources), waiting,
                     usual, threshold=(limit.operator, limit.amount)),
                Step(f"{who}_approve", f"{roles.label(who)} approval", [waiting], step.target, list(limit.roles)),
            ]  # fmt: skip
            for other in self.flow.steps:
                if states.refused(other.target) and other.target != "cancelled":
                    other.sources.append(waiting)
                    other.roles = list(dict.fromkeys([*other.roles, *limit.roles]))
        else:
            self.flow.steps.insert(
                self.flow.steps.index(step) + 1,
                Step(f"{who}_approve", f"Approve ({roles.label(who)})", list(step.sources), step.target,
                     list(limit.roles), threshold=(limit.operator, limit.amount)),
            )  # fmt: skip
            self.flow.assumptions.append(
                f"{_sign(limit.operator)} {limit.amount:g} {roles.label(who)} decides instead of"
                f" {' or '.join(roles.label(r) for r in usual)}, not after them."
            )
            for other in self.flow.steps:
                if states.refused(other.target) and other.target != "cancelled":
                    other.roles = list(dict.fromkeys([*other.roles, *limit.roles]))
        step.threshold = (OPPOSITE[limit.operator], limit.amount)

    def _in_turn(self, who: list[str]) -> bool:
        """Tell whether approvers follow each other, rather than either of them deciding."""
        for statement, played in self.played:
            either = [
                e
                for e in played.events
                if e.verb.name == "approve" and len(e.roles) > 1
            ]
            if either and re.search(r"\bor\b", statement.lower):
                return False
        text = " ".join(s.lower for s in self.reading.said)
        return (
            bool(
                re.search(
                    r"\b(then|after (?:that|the|manager|which)|second|final approval|first|in turn|next|subsequently|finally|followed by|two[- ]step|two levels?|both)\b",
                    text,
                )
            )
            or len(who) > 1
        )

    def _one_after_other(self, step: Step) -> None:
        if self.flow.explicit:
            return
        who = step.roles
        source = step.sources
        for role in who[:-1]:
            state = f"{role}_approved"
            self._insert(state, f"{roles.label(role)} approved", source[-1])
            self.flow.steps.insert(
                self.flow.steps.index(step),
                Step(
                    f"{role}_approve",
                    f"{roles.label(role)} approves",
                    list(source),
                    state,
                    [role],
                ),
            )
            for other in self.flow.steps:
                if other.target in _DECLINED:
                    other.sources.append(state)
            source = [state]
        step.sources, step.roles = list(source), [who[-1]]
        for other in self.flow.steps:
            if other.target in _DECLINED:
                other.roles = list(dict.fromkeys([*other.roles, *who]))

    # -- what else is said

    def _back(self) -> None:
        first = self.flow.names[0]
        for statement, played in self.played:
            hit = _BACK.search(statement.text)
            if (
                not hit
                or any(e.negated for e in played.events if e.again)
                or re.search(
                    r"\b(cannot|can't|never|not)\b[^.]{0,20}(re-?submit|reopen)",
                    statement.lower,
                )
            ):
                continue
            words = hit.group(0).lower()
            declined = [
                s for s in self.flow.names if s in {"rejected", "refused", "declined"}
            ]
            if (
                re.search(r"re-?submit|again|reopen|draft", words)
                and declined
                and not re.search(r"^(?:sen|return)", words)
            ):
                name = "reopen" if words.startswith("reopen") else "reset_to_draft"
                sources = declined
                if words.startswith("reopen"):
                    final = [
                        s
                        for s in self.flow.main
                        if s in statement.lower.replace(" ", "_")
                    ]
                    sources = final or [self.flow.main[-1]]
                who = self.requesters()
            else:
                name, who = "send_back", self.approvers()
                approve = self.flow.leading_to("approve")
                sources = list(approve[0].sources) if approve else self.flow.main[1:2]
            target = first
            if name == "reopen" and len(self.flow.main) > 2:
                target = (
                    self.flow.main[1] if self.flow.main[1] not in sources else first
                )
            sources = [s for s in sources if s != target]
            if sources and not any(s.name == name for s in self.flow.steps):
                self.flow.steps.append(
                    Step(name, self._label(name), sources, target, who, said=True)
                )

    def _details(self) -> None:
        for statement, played in self.played:
            text = statement.text
            affirmed = [e for e in played.events if not e.negated]
            if _REASON.search(text):
                self._reasons(statement)
                for event in played.events:
                    for step in self.flow.steps:
                        if step.target == event.verb.state and (
                            event.verb.refused
                            or event.verb.name in {"suspend", "terminate"}
                        ):
                            step.reason = True
                if _BACK.search(text):
                    for step in self.flow.steps:
                        step.reason = step.reason or step.name == "send_back"
            if _OWN.search(text):
                for event in played.events:
                    if event.negated or re.search(
                        r"\b(never|not|other than|different|cannot)\b", text.lower()
                    ):
                        for step in self.flow.steps:
                            if event.verb.name in {
                                "approve",
                                "authorise",
                                "confirm",
                                "validate",
                                "reject",
                            } and (
                                step.name == event.verb.name
                                or step.name.endswith(f"_{event.verb.name}")
                            ):
                                step.not_own = True
            if (
                _ATTACHED.search(text)
                and _DEMAND.search(text)
                and re.search(r"attach|upload|without", text.lower())
            ):
                for event in played.events:
                    for step in self.flow.steps:
                        if step.name == event.verb.name and (
                            event.negated
                            or event.condition
                            or not affirmed
                            or step.name == "submit"
                        ):
                            step.attachment = True
            if _FROZEN.search(text) and not re.search(
                r"\b(number|reference|sequence)\b[^.]{0,30}(changed|edited)",
                text.lower(),
            ):
                self._freeze(statement, played)

    def _reasons(self, statement: Statement) -> None:
        """`Rejected requests show the reason`: somebody has to give one."""
        for step in self.flow.steps:
            verb = verbs.of_state(step.target)
            if verb is None or not verb.refused:
                continue
            words = (
                verb.base,
                verb.participle,
                verbs.third(verb.base),
                verbs.gerund(verb),
                *verb.nouns,
            )
            if any(re.search(rf"\b{re.escape(w)}\b", statement.lower) for w in words):
                step.reason = True

    def _freeze(self, statement: Statement, played: Scene) -> None:
        named = []
        for name in self.flow.names:
            verb = verbs.of_state(name)
            words = [
                name.replace("_", " "),
                *(verb.nouns if verb else ()),
                *([verb.participle] if verb else []),
            ]
            places = [
                m.start()
                for w in words
                if (m := re.search(rf"\b{re.escape(w)}\b", statement.lower))
            ]
            if places:
                named.append((name, min(places)))
        if named:
            order = self.flow.names
            first = min((n for n, _ in named), key=order.index)
            if re.search(
                rf"\b(only|while|as long as|except)\b[^.]*\b{re.escape(first.replace('_', ' '))}\b",
                statement.lower,
            ) or (
                re.search(r"\b(no longer|not)\b.*\bonly\b", statement.lower)
                and first == order[0]
            ):
                following = [n for n in self.flow.main if n != first]
                first = following[0] if following else first
            if self.flow.frozen_from is None or order.index(first) < order.index(
                self.flow.frozen_from
            ):
                self.flow.frozen_from = first


def _declined_after_approval(names: list[str]) -> list[str]:
    """Put `rejected` where the decision is: right after `approved`."""
    made = [name for name in names if name not in _DECLINED]
    for name in names:
        if name in _DECLINED:
            approved = [
                n
                for n in made
                if n
                in {"approved", "accepted", "confirmed", "authorised", "authorized"}
            ]
            place = made.index(approved[0]) + 1 if approved else names.index(name)
            made.insert(min(place, len(made)), name)
    return made


def _sign(operator: Operator) -> str:
    return {
        Operator.MORE: "Above",
        Operator.AT_LEAST: "From",
        Operator.LESS: "Below",
        Operator.AT_MOST: "Up to",
    }[operator]
