"""What types alone cannot say: whether the parts of a specification fit together."""

from collections.abc import Iterable, Iterator

from generator.spec import extending
from generator.spec.cycles import cycles
from generator.spec.fields import FieldType
from generator.spec.model import Entity, Spec
from generator.spec.references import References


def _doubles(names: Iterable[str]) -> list[str]:
    seen: set[str] = set()
    found = []
    for name in names:
        if name in seen and name not in found:
            found.append(name)
        seen.add(name)
    return found


def _transitions(entity: Entity, roles: set[str]) -> Iterator[str]:
    states = {state.name for state in entity.states}
    where = f"Entity {entity.name}"
    for transition in entity.transitions:
        for state in (*transition.sources, transition.target):
            if state not in states:
                yield f"{where}: {transition.name} names the state {state}, which is not there"
        if transition.target in transition.sources:
            yield f"{where}: {transition.name} leads from {transition.target} to itself"
        for role in transition.roles:
            if role not in roles:
                yield f"{where}: {transition.name} names the role {role}, which is not there"
    reached = {entity.states[0].name} if entity.states else set()
    while True:
        more = {
            t.target for t in entity.transitions if set(t.sources) & reached
        } - reached
        if not more:
            break
        reached |= more
    for name in sorted(states - reached):
        yield f"{where}: no transition leads to the state {name}"


def check(spec: Spec) -> list[str]:
    """One sentence for each contradiction; an empty list when all fits together."""
    roles = {role.name for role in spec.roles}
    entities = {entity.name: entity for entity in spec.entities}
    found = [
        f"Two roles are called {name}" for name in _doubles(r.name for r in spec.roles)
    ]
    found += [
        f"Two entities are called {name}"
        for name in _doubles(e.name for e in spec.entities)
    ]
    found += [
        f"Two entities have the model {name}"
        for name in _doubles(e.model for e in spec.entities)
    ]
    for entity in spec.entities:
        found += [
            f"Entity {entity.name} has two fields called {name}"
            for name in _doubles(field.name for field in entity.fields)
        ]
        found += [
            f"Entity {entity.name} has two states called {name}"
            for name in _doubles(state.name for state in entity.states)
        ]
        found += [
            f"Entity {entity.name} has two rules called {name}"
            for name in _doubles(rule.name for rule in entity.constraints)
        ]
        found += _transitions(entity, roles)
        found += [
            f"Entity {entity.name}: the selection {field.name} has no values"
            for field in entity.fields
            if field.type is FieldType.SELECTION and not field.selection
        ]
        if entity.lines_of is not None and entity.lines_of not in entities:
            found.append(
                f"Entity {entity.name} has lines of {entity.lines_of}, which is not there"
            )
    if spec.own and not spec.roles:
        found.append("Nobody has a role, so nobody could open what is recorded")
    for entity in spec.entities:
        if entity.extends:
            found += extending.problems(entity)
    return [*found, *References(spec).problems(), *cycles(spec)]
