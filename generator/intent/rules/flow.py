"""What a workflow is while it is being understood."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from generator.intent.rules import states

if TYPE_CHECKING:
    from generator.intent.rules.reading import Statement
    from generator.spec.workflow import Operator

DECLINED: Final = frozenset({"rejected", "refused", "declined", "denied", "dismissed"})
"""States in which somebody has decided against a record."""
APPROVED: Final = ("approved", "accepted", "confirmed", "authorised", "authorized")
"""States in which somebody has decided for it."""
APPROVES: Final = frozenset({"approve", "authorise", "authorize"})
"""Steps that several people may have to take in turn, or by an amount."""


@dataclass
class Step:
    """A transition while it is being understood.

    Attributes:
        name: Its verb.
        label: What the button says.
        sources: States it leads from.
        target: State it leads to.
        roles: Who may take it.
        own_only: Only with one's own record.
        not_own: Never with one's own record.
        reason: A reason is asked for.
        attachment: A document is needed.
        threshold: An amount it depends on.
        said: Whether the ticket says who may.
    """

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


@dataclass(frozen=True)
class Limit:
    """An amount from which on somebody else decides.

    Attributes:
        operator: Whether it is above it, or up to it.
        amount: The amount.
        roles: Who decides then.
        more: Whether they decide after the usual ones rather than instead of them.
        statement: Where it is said.
    """

    operator: Operator
    amount: float
    roles: tuple[str, ...]
    more: bool
    statement: Statement


@dataclass
class Flow:
    """States with their labels, in order, and the steps between them.

    Attributes:
        labels: Label of each state.
        steps: The transitions.
        frozen_from: State from which on nothing may be changed.
        explicit: Whether the ticket lists the states.
        after: Of a state at the side, the one of the main line that is told before it.
        questions: What only a person can answer.
        assumptions: What was taken where the ticket says nothing.
    """

    labels: dict[str, str] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    frozen_from: str | None = None
    explicit: bool = False
    after: dict[str, str] = field(default_factory=dict)
    questions: list[str] = field(default_factory=list)
    assumptions: list[str] = field(default_factory=list)

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

    def add(self, name: str, label: str | None = None) -> None:
        """Add a state at the end, if it is not there."""
        self.labels.setdefault(name, words(label or name))

    def insert(self, name: str, label: str, before: str | None) -> None:
        """Add a state after the state *before*, or at the end."""
        rows = list(self.labels.items())
        at = next((i + 1 for i, row in enumerate(rows) if row[0] == before), len(rows))
        rows.insert(at, (name, words(label)))
        self.labels = dict(rows)


def words(name: str) -> str:
    """Return a label for an identifier: `in_progress` is `In progress`."""
    text = name.replace("_", " ").strip()
    return text[:1].upper() + text[1:]
