"""Who does what in the generated tests, so that a record comes into each state."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final

from generator.render.samples import Demand, Samples
from generator.spec.fields import Dynamic, FieldType
from generator.spec.model import Scope

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from generator.render.plan import EntityPlan, ModulePlan
    from generator.render.samples import Values
    from generator.spec.workflow import Transition


@dataclass(frozen=True)
class Person:
    """A user of the tests.

    Attributes:
        name: Variable that holds the user.
        roles: His groups, those that they imply left out.
        rights: His groups, implied ones too.
        manages: Whether he is the manager in the others' records.
    """

    name: str
    roles: tuple[str, ...]
    rights: frozenset[str]
    manages: bool = False


@dataclass(frozen=True)
class Done:
    """A transition that somebody makes."""

    transition: Transition
    actor: Person


@dataclass(frozen=True)
class Scenario:
    """A record on its way into a state."""

    creator: Person
    values: Values
    steps: tuple[Done, ...] = ()
    demands: tuple[Demand, ...] = field(default=(), compare=False)


class Cast:
    """The people of a module's tests.

    Args:
        plan: The module.
    """

    def __init__(self, plan: ModulePlan) -> None:
        self.plan = plan
        self.people = [*_people(plan)]
        self._samples: dict[str, Samples] = {}
        self._ways: dict[tuple[str, str, str], Scenario | None] = {}

    @cached_property
    def requester(self) -> Person:
        """Who usually makes records."""
        return self.people[0] if self.people else _NOBODY

    @cached_property
    def colleague(self) -> Person:
        """Another one with the requester's roles."""
        return Person("user_colleague", self.requester.roles, self.requester.rights)

    @cached_property
    def boss(self) -> Person:
        """Who is the manager in the others' records."""
        for person in self.people[1:]:
            if person.manages:
                return person
        return Person("user_boss", self.requester.roles, self.requester.rights)

    @cached_property
    def extras(self) -> list[Person]:
        """Users beside one for each role."""
        found = [self.colleague] if self.people else []
        if any(e.managed for e in self.plan.entities) and self.boss not in self.people:
            found.append(self.boss)
        return found

    def samples(self, entity: EntityPlan) -> Samples:
        """Return the values of an entity."""
        if entity.name not in self._samples:
            self._samples[entity.name] = Samples(entity)
        return self._samples[entity.name]

    def sees(self, person: Person, creator: Person) -> bool:
        """Tell whether *person* sees what *creator* has made."""
        if person.name == creator.name:
            return True
        if self.sees_all(person):
            return True
        team = {role.name for role in self.plan.team_roles}
        return bool(team & person.rights) and person.name == self.boss.name

    def sees_all(self, person: Person) -> bool:
        """Tell whether *person* sees what anybody has made."""
        return any(self.wide(name) for name in person.rights)

    def wide(self, role: str) -> bool:
        """Tell whether a role sees more than its own records and those of its team."""
        return self.plan.role(role).scope in {Scope.COMPANY, Scope.ALL}

    def may(self, person: Person, transition: Transition, creator: Person) -> bool:
        """Tell whether *person* may make a transition of what *creator* has made."""
        if transition.roles and not set(transition.roles) & person.rights:
            return False
        own = person.name == creator.name
        if transition.own_only and not own:
            return False
        if transition.not_own and own:
            return False
        return self.sees(person, creator)

    def actors(self, transition: Transition, creator: Person) -> Iterator[Person]:
        """Yield who may make a transition, the most fitting first."""
        fitting = [p for p in self.people if self.may(p, transition, creator)]
        direct = [p for p in fitting if set(transition.roles) & set(p.roles)]
        own = [p for p in fitting if p.name == creator.name]
        first = own if not transition.roles else direct
        yield from dict.fromkeys([*first, *fitting])

    def to_state(
        self,
        entity: EntityPlan,
        state: str,
        *,
        demands: Sequence[Demand] = (),
        creator: Person | None = None,
    ) -> Scenario | None:
        """Return how a record comes into *state*, None where no way is found.

        Args:
            entity: The entity.
            state: The state.
            demands: What its values satisfy besides.
            creator: Who makes it; anybody where it is not said.
        """
        creators = [creator] if creator else self.people
        for person in creators:
            found = self._way(entity, state, person, tuple(demands))
            if found:
                return found
        return None

    def _way(
        self,
        entity: EntityPlan,
        state: str,
        creator: Person,
        demands: tuple[Demand, ...],
    ) -> Scenario | None:
        waiting: deque[tuple[str, tuple[Done, ...]]] = deque([(entity.first_state, ())])
        seen: set[tuple[str, ...]] = set()
        while waiting:
            here, steps = waiting.popleft()
            if here == state:
                wanted = (*demands, *conditions_of(steps))
                values = self.samples(entity).find(wanted)
                if values is not None:
                    return Scenario(creator, values, steps, wanted)
            if len(steps) > len(entity.states):
                continue
            for transition in entity.transitions:
                if here not in transition.sources:
                    continue
                if any(done.transition is transition for done in steps):
                    continue
                actor = next(self.actors(transition, creator), None)
                trail = (*(d.transition.name for d in steps), transition.name)
                if actor is None or trail in seen:
                    continue
                seen.add(trail)
                waiting.append((transition.target, (*steps, Done(transition, actor))))
        return None

    def before(
        self,
        entity: EntityPlan,
        transition: Transition,
        *,
        demands: Sequence[Demand] | None = None,
        creator: Person | None = None,
    ) -> Scenario | None:
        """Return how a record comes to where a transition starts.

        Args:
            entity: The entity.
            transition: The transition.
            demands: What its values satisfy; the transition's conditions by default.
            creator: Who makes it.
        """
        wanted = (
            [Demand(condition) for condition in transition.conditions]
            if demands is None
            else demands
        )
        people = [creator] if creator else self.people
        for person in people:
            for source in transition.sources:
                found = self.to_state(entity, source, demands=wanted, creator=person)
                if found and (
                    creator or next(self.actors(transition, person), None) is not None
                ):
                    return found
        return None


def conditions_of(steps: Sequence[Done]) -> list[Demand]:
    """Return what transitions demand of the values."""
    return [Demand(c) for done in steps for c in done.transition.conditions]


_NOBODY: Final = Person("user_nobody", (), frozenset())
"""Stands for the people of a module that has no roles of its own."""


def _people(plan: ModulePlan) -> Iterator[Person]:
    if not plan.roles:
        return
    team = [role for role in plan.roles if role.scope is Scope.TEAM]
    own = [role for role in plan.roles if role.scope is Scope.OWN]
    first = (own or [*plan.roles])[0]
    merged = False
    for role in [first, *(r for r in plan.roles if r is not first)]:
        if role in team:
            if merged:
                continue
            merged = True
            names = tuple(r.name for r in team)
            yield Person(
                f"user_{team[0].name}", names, _rights(plan, names), manages=True
            )
        else:
            yield Person(f"user_{role.name}", (role.name,), _rights(plan, (role.name,)))


def _rights(plan: ModulePlan, names: Sequence[str]) -> frozenset[str]:
    return frozenset().union(*(plan.covering[name] for name in names))


def dynamic(field_default: object) -> Dynamic | None:
    """Return the dynamic default, if it is one."""
    return getattr(field_default, "dynamic", None)


__all__ = ["Cast", "Done", "FieldType", "Person", "Scenario", "conditions_of"]
