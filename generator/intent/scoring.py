"""Compares a specification with what a person expects of a ticket.

Expectations name what matters and no more: entities, their fields with types, states in
order, roles, and who takes a transition. Names count as the same when one has all words
of the other (`amount`, `requested_amount`), as people choose differently among those.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from generator.spec import Spec
    from generator.spec.model import Entity

# What every record gets, whether the ticket speaks of it or not.
_COMPLETED: Final = frozenset(
    {
        "name", "employee_id", "user_id", "currency_id", "company_id", "request_date",
        "line_ids", "total", "manager_id", "state",
    }
)  # fmt: skip
KINDS: Final = ("entities", "fields", "types", "states", "roles", "transitions")
"""What is compared, in the order of figures."""


@dataclass
class Tally:
    """How many of the expected are there, and how many of those there were expected."""

    found: int = 0
    expected: int = 0
    given: int = 0
    missing: list[str] = field(default_factory=list)
    surplus: list[str] = field(default_factory=list)

    @property
    def precision(self) -> float:
        """Share of what is there that was expected; 1 when nothing is there."""
        return self.found / self.given if self.given else 1.0

    @property
    def recall(self) -> float:
        """Share of the expected that is there; 1 when nothing was expected."""
        return self.found / self.expected if self.expected else 1.0

    @property
    def f1(self) -> float:
        """Harmonic mean of both."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0

    def add(self, other: Tally) -> None:
        """Count another ticket's too."""
        self.found += other.found
        self.expected += other.expected
        self.given += other.given
        self.missing += other.missing
        self.surplus += other.surplus


@dataclass
class Score:
    """The comparison of one specification, or the sum of several.

    Attributes:
        tallies: By what is compared.
        ordered: Entities whose states are those expected, in their order.
        flows: Entities of which states were expected.
        covered: Acceptance criteria that something covers.
        criteria: All acceptance criteria.
    """

    tallies: dict[str, Tally]
    ordered: int = 0
    flows: int = 0
    covered: int = 0
    criteria: int = 0

    @classmethod
    def empty(cls) -> Score:
        """Return the sum of none."""
        return cls({kind: Tally() for kind in KINDS})

    def add(self, other: Score) -> None:
        """Count another one too."""
        for kind, tally in other.tallies.items():
            self.tallies[kind].add(tally)
        self.ordered += other.ordered
        self.flows += other.flows
        self.covered += other.covered
        self.criteria += other.criteria

    @property
    def total(self) -> float:
        """Mean of the F1 figures, from 0 to 1."""
        return sum(tally.f1 for tally in self.tallies.values()) / len(self.tallies)

    def row(self) -> dict[str, float]:
        """Return the figures as one row of a table."""
        made = {
            f"{kind}_{part}": getattr(tally, part)
            for kind, tally in self.tallies.items()
            for part in ("precision", "recall")
        }
        made["states_in_order"] = self.ordered / self.flows if self.flows else 1.0
        made["criteria_covered"] = (
            self.covered / self.criteria if self.criteria else 1.0
        )
        made["total"] = self.total
        return made


def same(one: str, other: str) -> bool:
    """Tell whether two names mean the same: all words of one are in the other."""
    mine, theirs = _words(one), _words(other)
    return bool(mine and theirs) and (mine <= theirs or theirs <= mine)


def _words(name: str) -> set[str]:
    words = [w for w in name.split("_") if w not in {"id", "ids", "of", "the", "and"}]
    return {w.removesuffix("s") if len(w) > 3 else w for w in words}  # noqa: PLR2004 - gas, bus


def score(spec: Spec | None, expected: Mapping[str, Any]) -> Score:
    """Compare *spec* with what is *expected*; without one everything is missing."""
    made = Score.empty()
    entities = {e.name: e for e in spec.entities} if spec else {}
    pairs = _pairs([*entities], list(expected.get("entities", ())))
    made.tallies["entities"] = _tally(
        pairs, [*entities], list(expected.get("entities", ()))
    )
    found_of = {theirs: entities[mine] for mine, theirs in pairs}
    for name, fields in expected.get("fields", {}).items():
        _fields(made, found_of.get(name), fields)
    for name, states in expected.get("states", {}).items():
        _states(made, found_of.get(name), states)
    roles = [role.name for role in spec.roles] if spec else []
    wanted = list(expected.get("roles", ()))
    made.tallies["roles"] = _tally(_pairs(roles, wanted), roles, wanted)
    for name, steps in expected.get("transitions", {}).items():
        _transitions(made, found_of.get(name), steps)
    if spec:
        made.criteria = len(spec.criteria)
        made.covered = sum(bool(c.covers) for c in spec.criteria)
    return made


def _pairs(given: Sequence[str], expected: Sequence[str]) -> list[tuple[str, str]]:
    """Join each expected name with one that is there, the equal ones first."""
    left = list(given)
    found: list[tuple[str, str]] = []
    for exact in (True, False):
        for name in expected:
            if any(theirs == name for _, theirs in found):
                continue
            hit = next(
                (g for g in left if (g == name if exact else same(g, name))), None
            )
            if hit is not None:
                left.remove(hit)
                found.append((hit, name))
    return found


def _tally(
    pairs: list[tuple[str, str]], given: Iterable[str], expected: Iterable[str]
) -> Tally:
    mine, theirs = {a for a, _ in pairs}, {b for _, b in pairs}
    given, expected = list(given), list(expected)
    return Tally(
        len(pairs),
        len(expected),
        len(given),
        [name for name in expected if name not in theirs],
        [name for name in given if name not in mine],
    )


def _fields(made: Score, entity: Entity | None, expected: Mapping[str, str]) -> None:
    types = {f.name: f.type.value for f in entity.fields} if entity else {}
    pairs = _pairs([*types], [*expected])
    matched = {mine for mine, _ in pairs}
    given = [n for n in types if n not in _COMPLETED or n in matched]
    made.tallies["fields"].add(_tally(pairs, given, expected))
    right = [(a, b) for a, b in pairs if types[a] == expected[b]]
    wrong = [f"{b}: {types[a]}" for a, b in pairs if types[a] != expected[b]]
    made.tallies["types"].add(Tally(len(right), len(pairs), len(pairs), [], wrong))


def _states(made: Score, entity: Entity | None, expected: Sequence[str]) -> None:
    given = [state.name for state in entity.states] if entity else []
    pairs = [(name, name) for name in expected if name in given]
    made.tallies["states"].add(_tally(pairs, given, expected))
    made.flows += 1
    made.ordered += given == list(expected)


def _transitions(
    made: Score, entity: Entity | None, expected: Mapping[str, Sequence[str]]
) -> None:
    """Compare who takes the transitions that are expected; others do not count."""
    given = {t.name: {*t.roles} for t in entity.transitions} if entity else {}
    right = [
        name
        for name, roles in expected.items()
        if name in given
        and all(any(same(r, g) for g in given[name]) for r in roles)
        and all(any(same(r, g) for r in roles) for g in given[name])
    ]
    there = [name for name in expected if name in given]
    made.tallies["transitions"].add(
        Tally(
            len(right),
            len(expected),
            len(there),
            [f"{n}: {sorted(given.get(n, ()))}" for n in expected if n not in right],
            [],
        )
    )
