"""The states of a workflow in order: as listed, or as the deeds of the ticket lead to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from generator.intent.rules import beginning, leaving, marking, roles, states
from generator.intent.rules.flow import APPROVED, DECLINED

if TYPE_CHECKING:
    from collections.abc import Iterable

    from generator.intent.rules.deeds import Deeds
    from generator.intent.rules.flow import Flow

_WITHDRAWN: Final = frozenset(
    {"cancelled", "withdrawn", "void", "revoked", "terminated"}
)
_POSTPONED: Final = "postponed"
# What is done to a record in order to decide on it.
_LOOKED_AT: Final = frozenset(
    {"manager_approved", "checked", "verified", "reviewed", "validated", "sent"}
)
_FIRST: Final = frozenset({"draft", "new", "open", "requested"})
_LATE: Final = frozenset(
    {"closed", "completed", "archived", "finished", "fulfilled", "done"}
)
_AFTER_APPROVAL: Final = frozenset(
    """paid processed reimbursed disbursed settled issued delivered returned shipped ordered
    sent handed_over granted exported implemented purchased""".split()
)
_MAKING: Final = frozenset({"register", "open", "request"})
_MADE: Final = frozenset(
    "filed drafted raised created written entered recorded filled_in".split()
)
_MAKING_OR_DOING: Final = frozenset({"book", "order", "plan"})


def from_lists(flow: Flow, listed: list[states.Listing], deeds: Deeds) -> None:
    """Take the states that the ticket lists, the longest list first."""
    best = max(listed, key=lambda item: (len(item.labels), item.chain))
    flow.explicit = True
    for label in best.labels:
        flow.add(states.identifier(label), label)
    for other in listed:
        before = None
        for label in other.labels:
            name = states.identifier(label)
            if name not in flow.labels:
                flow.insert(name, label, before)
            before = name
    for statement in deeds.reading.said:
        for label in marking.ended_as(statement.text):
            flow.add(states.identifier(label), label)
    _add_refusals(flow, deeds)
    if best.chain and not best.edges:  # a story, which may go on
        for _, event in deeds.told():
            if states.refused(event.verb.state) and event.roles:
                flow.add(event.verb.state)


def _add_refusals(flow: Flow, deeds: Deeds) -> None:
    """Add what a list of states leaves out: that a record is rejected or cancelled."""
    told = [event for _, event in deeds.told()]
    for family in (DECLINED, _WITHDRAWN):
        if family & {*flow.labels}:
            continue
        for event in told:
            if event.verb.state in family and (event.voice != "noun" or event.roles):
                flow.add(event.verb.state)
                break
    aside = [e.verb.state for e in told if e.verb.refused and e.roles]
    for state in aside:
        # `releases or blocks it`, where the list only has what is released
        if state in {_POSTPONED, "blocked"}:
            flow.add(state)


def from_deeds(flow: Flow, deeds: Deeds) -> None:
    """Take the states that the deeds of the ticket lead to."""
    names = _told(deeds)
    ordered = list(dict.fromkeys(filter(None, names)))
    starts = [n for s in deeds.reading.said if (n := marking.initial(s.text))]
    begun = next((n for n in ordered if n in _FIRST), "draft")
    first = starts[0] if starts else begun
    chain = [name for name in _sorted(ordered) if name != first]
    if not chain:
        return
    if (
        first == "draft"
        and not {"submitted", "requested"} & {*chain}
        and _decided(chain)
        and chain[0] in {*APPROVED, *DECLINED, *_LOOKED_AT}
    ):
        flow.assumptions.append("A record is submitted before it is decided on.")
        chain = ["submitted", *chain]
    for name in (first, *_declined_after_approval(chain)):
        flow.add(name)
    before = first
    for name in ordered:
        if states.refused(name):
            flow.after[name] = before
        elif name in flow.labels:
            before = name


def _told(deeds: Deeds) -> list[str]:
    """Return the states that deeds and stories lead to, in the order of the ticket."""
    found: dict[int, list[tuple[int, str]]] = {
        id(s): [] for s in deeds.reading.statements
    }
    over = deeds.superseded()
    for statement, event in deeds.told():
        if (statement, event) in over:
            continue
        makers = {*deeds.requesters()} | roles.BASE
        acting = {r for m in event.roles if (r := deeds.cast.role(m))}
        making = event.voice == "active" and (
            event.verb.name in _MAKING
            or (event.verb.name in _MAKING_OR_DOING and acting <= makers)
        )
        if statement.kind != "title" and not making:
            spoken = (event.verb.participle, event.verb.base)
            found[id(statement)].append(
                (_place(statement.lower, spoken), event.verb.state)
            )
    for statement in deeds.reading.said:
        told = beginning.reached(statement.text, deeds.heads)
        told += marking.set_to(statement.text)
        beside = [
            states.identifier(x) for x in leaving.named(statement.text) if " " in x
        ]
        for label in leaving.consequences(statement.text):
            name = states.identifier(label)
            if states.known(name) or _ended(name) or name in beside:
                told.append(label)
        found[id(statement)] += [
            (_place(statement.lower, (label.lower(),)), states.identifier(label))
            for label in told
        ]
    # Of states of one place, the deeds come first.
    names = [
        name
        for pairs in found.values()
        for _, name in sorted(pairs, key=lambda pair: pair[0])
    ]
    # Who drafts a request and submits it has made one, and submitted it.
    made = _MADE if "submitted" in names else frozenset({"drafted"})
    return [name for name in names if name not in made]


def _place(text: str, forms: Iterable[str]) -> int:
    """Return where a text first has a word that begins like one of some forms."""
    found = [text.find(form.split()[0]) for form in forms]
    return min((at for at in found if at >= 0), default=len(text))


# What is said of records that is no state of theirs.
_NO_STATES: Final = frozenset(
    """required needed allowed shown displayed informed notified asked used expected locked
    added created changed updated saved called named calculated computed numbered linked
    included excluded attached based related limited permitted reminded""".split()
)


def _ended(name: str) -> bool:
    """Tell whether the end of a sentence `then it is estimated` names a state."""
    return name.endswith("ed") and "_" not in name and name not in _NO_STATES


def _decided(chain: list[str]) -> bool:
    """Tell whether somebody decides on records."""
    declined = DECLINED & {*chain}
    return "approved" in chain or bool(
        declined
        and {*chain} & {"accepted", "confirmed", "rejected", "manager_approved"}
    )


def _sorted(names: list[str]) -> list[str]:
    """Put submission first, what ends a record last, and a payment after approval."""
    approved = [n for n in names if n in APPROVED]

    def key(name: str) -> tuple[int, int]:
        place = names.index(name)
        if name in {"submitted", "requested"}:
            return 0, place
        aside = states.refused(name) and name not in DECLINED
        if name in {"cancelled", "withdrawn"} or aside:
            return 9, place
        if name in _LATE:
            return 8, place
        if name in _AFTER_APPROVAL and approved and place < names.index(approved[0]):
            return 2, place
        late = "ordered" in names and place < names.index("ordered")
        if name in {"delivered", "received"} and late:
            return 2, place
        return 1, place

    return sorted(names, key=key)


def _declined_after_approval(names: list[str]) -> list[str]:
    """Put `rejected` where the decision is: right after `approved`."""
    made = [name for name in names if name not in DECLINED]
    for name in names:
        if name in DECLINED:
            approved = next((n for n in APPROVED if n in made), None)
            place = made.index(approved) + 1 if approved else names.index(name)
            made.insert(min(place, len(made)), name)
    return made
