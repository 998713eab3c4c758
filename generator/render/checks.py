"""The tests of a generated module: each part of the specification by its behaviour.

A check is keyed by what it is about, so that an acceptance criterion finds the checks of
what covers it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from generator.escaping import Escaped, code, python
from generator.render import conditions, models, naming
from generator.render.fields import default_code, required
from generator.render.kit import Kit, later, varied
from generator.render.models import ModelView
from generator.render.plan import DATES, NUMBERS
from generator.render.samples import Demand
from generator.render.scenarios import Done, Scenario
from generator.render.templating import fill
from generator.spec.fields import (
    Computed,
    FieldType,
    Overdue,
    Related,
)
from generator.spec.model import CoverKind, ViewKind
from generator.spec.workflow import Channel, Condition, Operator

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.render.plan import EntityPlan
    from generator.render.scenarios import Cast, Person
    from generator.spec.fields import EntityField
    from generator.spec.workflow import Notification, Reminder, Transition


@dataclass(frozen=True)
class Check:
    """A test of one behaviour.

    Attributes:
        kind: What it is about, as a criterion's cover names it.
        entity: Name of the entity.
        name: Name of the part.
        test: Name of the test, without `test_`.
        body: Its statements.
        spare: Whether it is of use for an acceptance criterion alone.
    """

    kind: CoverKind
    entity: str
    name: str
    test: str
    body: str
    spare: bool = False


_EQUAL: Final = {Operator.AT_MOST, Operator.AT_LEAST, Operator.LESS, Operator.MORE}


class Checks:
    """All checks of one entity.

    Args:
        cast: The people of the tests.
        entity: The entity.
    """

    def __init__(self, cast: Cast, entity: EntityPlan) -> None:
        self.cast = cast
        self.entity = entity
        self.kit = Kit(cast)
        self.view = ModelView(entity)
        self.missed: list[str] = []

    def all(self) -> list[Check]:
        """Return the checks, in the order of the test class."""
        if self.entity.is_line:
            return [*self._constraints()] if self.entity.personal else []
        return [
            *self._basics(),
            *self._constraints(),
            *self._computed(),
            *self._transitions(),
            *self._guards(),
            *self._messages(),
            *self._reminders(),
            *self._access(),
            *self._surface(),
        ]

    def _check(
        self, kind: CoverKind, name: str, test: str, template: str, /, **values: object
    ) -> Check:
        body = fill(
            f"tests/checks/{template}.py.jinja",
            entity=self.entity,
            module=self.entity.module.module,
            **values,
        )
        spare = test.startswith("has_") or test == f"{name}_is_required"
        return Check(kind, self.entity.name, name, naming.short(test, 70), body, spare)

    def _plain(self, creator: Person | None = None) -> Scenario:
        who = creator or self.cast.requester
        return Scenario(who, self.cast.samples(self.entity).base)

    def _begin(self, scenario: Scenario | None = None, **more: Escaped) -> Escaped:
        return self.kit.begin(self.entity, scenario or self._plain(), **more)

    # Fields and numbers

    def _basics(self) -> Iterator[Check]:
        entity = self.entity
        if entity.number:
            spec = entity.spec.sequence
            year = r"\d{4}/" if spec and spec.yearly else ""
            prefix = spec.prefix if spec else ""
            padding = spec.padding if spec else 5
            pattern = python(rf"^{prefix}/{year}\d{{{padding},}}$")
            yield self._check(
                CoverKind.SEQUENCE,
                entity.number,
                "records_are_numbered",
                "number",
                creator=self.cast.requester.name,
                values="",
                pattern=pattern,
            )
        yield from self._required()
        yield from self._defaults()
        for f in entity.fields.values():
            if f.computed is None and f.type is not FieldType.ONE2MANY:
                values = self.cast.samples(entity).find(
                    [Demand(Condition(field=f.name, operator=Operator.SET))]
                )
                if values is None or self.kit._left_out(entity, f):
                    continue
                yield self._check(
                    CoverKind.FIELD,
                    f.name,
                    f"has_{f.name}",
                    "field",
                    begin=self._begin(Scenario(self.cast.requester, values)),
                    name=f.name,
                    boolean=False,
                )

    def _required(self) -> Iterator[Check]:
        entity = self.entity
        names = [
            f.name
            for f in entity.inputs()
            if f.required
            and required(entity, f)
            and default_code(entity, f) is None
            and not self.kit._left_out(entity, f)
            and f.type is not FieldType.BOOLEAN
        ]
        if not names:
            return
        who = [f"self.{self.cast.requester.name}"] if entity.personal else []
        create = code(f"self.new_{entity.name}({', '.join([*who, '**{name: None}'])})")
        yield self._check(
            CoverKind.REQUIRED,
            "required",
            "what_is_required",
            "required",
            names=[*names, *self._given()],
            create=create,
        )
        for name in names:
            yield self._check(
                CoverKind.REQUIRED,
                name,
                f"{name}_is_required",
                "required",
                names=[name],
                create=create,
            )

    def _given(self) -> Iterator[str]:
        """Yield what is demanded and has a default, so that nobody need fill it in."""
        entity = self.entity
        employee = entity.fields.get(entity.employee or "")
        if employee and employee.required:
            yield employee.name
        if entity.company and entity.parent is None and "company_id" not in entity.fields:
            yield "company_id"

    def _defaults(self) -> Iterator[Check]:
        entity, found = self.entity, []
        given = {name for name, _ in self.kit.base(entity)}
        for f in entity.fields.values():
            if f.name in given or f.default is None or f.computed:
                continue
            default = default_code(entity, f)
            if default and f.default.dynamic is None:
                found.append((f.name, default))
        if entity.states:
            found.append(("state", python(entity.first_state)))
        if found:
            yield self._check(
                CoverKind.FIELD,
                "defaults",
                "defaults",
                "defaults",
                begin=self._begin(),
                values=found,
            )

    # Constraints

    def _constraints(self) -> Iterator[Check]:
        entity, samples = self.entity, self.cast.samples(self.entity)
        for rule in entity.compares():
            column = conditions.is_column_check(entity, rule)
            wrong = samples.find([Demand(rule, holds=False)], without=rule.name)
            edge = _edge(rule, Operator.EQUAL)
            nearest = (
                samples.find([Demand(rule, holds=False), edge], without=rule.name)
                if edge
                else None
            )
            wrong = nearest or wrong
            if wrong is None:
                self._miss(f"constraint {rule.name}")
                continue
            right = samples.find([edge]) if edge else None
            yield self._check(
                CoverKind.CONSTRAINT,
                rule.name,
                f"{rule.name}_is_demanded",
                "column_check" if column else "check",
                broken=self._make(wrong),
                edge=self._make(right) if right else None,
                message=python(rule.message),
            )
        for demand in entity.demanded():
            wanted = [
                Demand(demand.when),
                Demand(Condition(field=demand.field, operator=Operator.UNSET)),
            ]
            wrong = samples.find(wanted, without=demand.name)
            right = samples.find(
                [
                    Demand(demand.when, holds=False),
                    Demand(Condition(field=demand.field, operator=Operator.UNSET)),
                ]
            )
            if wrong is None:
                self._miss(f"constraint {demand.name}")
                continue
            yield self._check(
                CoverKind.CONSTRAINT,
                demand.name,
                f"{demand.name}_is_demanded",
                "check",
                broken=self._make(wrong),
                edge=self._make(right) if right else None,
                message=python(demand.message),
            )
        yield from self._uniques()
        yield from self._overlaps()

    def _make(self, values: object, **more: Escaped) -> Escaped:
        scenario = Scenario(self.cast.requester, values)  # type: ignore[arg-type]
        return self.kit.make(self.entity, scenario, **more)

    def _uniques(self) -> Iterator[Check]:
        entity = self.entity
        for rule in entity.uniques():
            again = {}
            for name in rule.fields:
                f = entity.fields.get(name)
                if f is None or f.computed or name == entity.employee:
                    continue
                end = ".id" if f.type is FieldType.MANY2ONE else ""
                again[name] = code(f"record.{name}{end}")
            yield self._check(
                CoverKind.CONSTRAINT,
                rule.name,
                f"{rule.name}_is_demanded",
                "unique",
                begin=self._begin(),
                again=self.kit.call(entity, self.cast.requester.name, again),
                copied=self.view.copied if self.view.copied in rule.fields else "",
            )

    def _overlaps(self) -> Iterator[Check]:
        entity = self.entity
        for rule in entity.overlaps():
            start, end = entity.fields[rule.start], entity.fields[rule.end]
            moments = start.type is FieldType.DATETIME
            same: dict[str, Escaped] = {}
            for name in rule.per:
                f = entity.fields.get(name)
                if f is not None and not f.computed:
                    tail = ".id" if f.type is FieldType.MANY2ONE else ""
                    same[name] = code(f"record.{name}{tail}")

            def at(first: str, last: str, same: dict[str, Escaped] = same) -> Escaped:
                return self.kit.call(
                    entity,
                    self.cast.requester.name,
                    {**same, rule.start: code(first), rule.end: code(last)},  # noqa: B023
                )

            a, b = f"record.{rule.start}", f"record.{rule.end}"
            step = "timedelta(hours=1)" if moments else "timedelta(days=1)"
            inner = "timedelta(minutes=1)" if moments else "timedelta()"
            clashes = [
                {"name": "same", "code": at(a, b)},
                {"name": "at_its_end", "code": at(f"{b} - {inner}", f"{b} + {step}")},
                {"name": "at_its_start", "code": at(f"{a} - {step}", f"{a} + {inner}")},
            ]
            gap = "timedelta()" if moments else "timedelta(days=1)"
            beside = at(f"{b} + {gap}", f"{b} + {gap} + {step}")
            refused, refused_state = None, ""
            for state in entity.refused_states:
                way = self.cast.to_state(entity, state, creator=self.cast.requester)
                if way:
                    refused = code(
                        "\n".join(str(self.kit.act(entity, d)) for d in way.steps)
                    )
                    refused_state = state
                    break
            del end
            yield self._check(
                CoverKind.CONSTRAINT,
                rule.name,
                f"{rule.name}_is_demanded",
                "overlap",
                begin=self._begin(),
                clashes=clashes,
                beside=beside,
                backwards=at(b, f"{a} - {step}" if not moments else a),
                message=python(rule.message),
                refused=refused,
                refused_state=refused_state,
                after=at(a, b),
            )

    # Computed fields

    def _computed(self) -> Iterator[Check]:
        entity = self.entity
        for f in entity.fields.values():
            if f.computed is None:
                continue
            if isinstance(f.computed, Overdue):
                yield self._overdue(f, f.computed)
                continue
            if isinstance(f.computed, Related):
                yield self._check(
                    CoverKind.COMPUTED,
                    f.name,
                    f"{f.name}_follows",
                    "computed",
                    begin=self._begin(),
                    name=f.name,
                    values=[
                        {
                            "change": "",
                            "value": code("record." + ".".join(f.computed.path)),
                        }
                    ],
                )
                continue
            yield from self._value(f)

    def _value(self, f: EntityField) -> Iterator[Check]:
        from generator.render.samples import value_of  # noqa: PLC0415

        entity, samples = self.entity, self.cast.samples(self.entity)
        base = samples.base
        expected = [
            {"change": "", "value": self._expected(f, value_of(entity, base, f.name))}
        ]
        change = self._second_line(f, value_of(entity, base, f.name))
        if change:
            expected.append(change)
        other = samples.find(
            [
                Demand(
                    Condition(
                        field=f.name,
                        operator=Operator.UNEQUAL,
                        value=value_of(entity, base, f.name),  # type: ignore[arg-type]
                    )
                )
            ]
        )
        begin = self._begin()
        more = []
        if other is not None:
            more = [
                {
                    "change": self.kit.begin(
                        entity, Scenario(self.cast.requester, other)
                    ),
                    "value": self._expected(f, value_of(entity, other, f.name)),
                }
            ]
        yield self._check(
            CoverKind.COMPUTED,
            f.name,
            f"{f.name}_is_computed",
            "computed",
            begin=begin,
            name=f.name,
            values=[*expected, *more],
        )

    @staticmethod
    def _expected(f: EntityField, value: object) -> Escaped:
        if f.type is FieldType.INTEGER and isinstance(value, float):
            value = int(value)
        return python(value)

    def _second_line(self, f: EntityField, value: object) -> dict[str, Escaped] | None:
        kind = f.computed
        name = getattr(kind, "lines", "")
        if not name or name not in self.entity.children:
            return None
        lines = self.entity.children[name]
        added = code(
            f"record.sudo().{name} = [Command.create(self.{lines.name}_values())]"
        )
        twice = value * 2 if isinstance(value, (int, float)) else 2
        return {"change": added, "value": self._expected(f, twice)}

    def _overdue(self, f: EntityField, computed: Computed) -> Check:
        entity = self.entity
        done = None
        closed = [*entity.final_states, *entity.refused_states]
        for state in closed:
            way = self.cast.to_state(entity, state)
            if way:
                done = self.kit.begin(entity, way)
                break
        return self._check(
            CoverKind.COMPUTED,
            f.name,
            f"{f.name}_is_found",
            "overdue",
            begin=self._begin(),
            name=f.name,
            date=computed.date,
            closed=done,
        )

    # Transitions

    def _transitions(self) -> Iterator[Check]:
        for transition in self.entity.transitions:
            yield from self._transition(transition)

    def _transition(self, t: Transition) -> Iterator[Check]:
        entity = self.entity
        edges = [e for c in t.conditions if (e := _edge(c, Operator.EQUAL))]
        usual = [Demand(c) for c in t.conditions]
        way = None
        if edges:
            way = self.cast.before(entity, t, demands=[*usual, *edges])
        way = way or self.cast.before(entity, t)
        actor = next(self.cast.actors(t, way.creator), None) if way else None
        if way is None or actor is None:
            self._miss(f"transition {t.name}")
            return
        begin = self.kit.begin(entity, way)
        state = self._state_after(way)
        method = models.method(t)
        shared = {
            "begin": begin,
            "t": t,
            "state": state,
            "method": method,
            "actor": actor.name,
        }
        yield self._check(
            CoverKind.TRANSITION,
            t.name,
            f"{t.name}_leads_to_{t.target}",
            "transition",
            **shared,
            act=self.kit.act(entity, Done(t, actor)),
            reason=entity.reasons.get(t.name, ""),
            again=t.target not in t.sources,
        )
        if t.reason:
            yield self._check(
                CoverKind.TRANSITION, t.name, f"{t.name}_needs_a_reason",
                "blank_reason", **shared,
            )  # fmt: skip
        yield from self._sources(t, way, actor)
        if t.roles:
            wrong = [p.name for p in self.cast.people if not set(t.roles) & p.rights]
            yield self._check(
                CoverKind.ROLE,
                t.name,
                f"{t.name}_is_for_its_roles_only",
                "role",
                **shared,
                wrong=[*wrong, "user_outsider"],
            )
            if t.reason:
                yield self._check(
                    CoverKind.ROLE, t.name, f"{t.name}_checks_the_role_again",
                    "confirm_again", **shared,
                )  # fmt: skip
        yield from self._own(t, way, shared)
        yield from self._conditions(t, way)
        if t.attachment:
            yield self._check(
                CoverKind.ATTACHMENT, t.name, f"{t.name}_needs_a_document", "attachment",
                **{**shared, "act": self._press(t, actor.name)},
            )  # fmt: skip

    def _press(self, t: Transition, actor: str) -> Escaped:
        method = models.method(t)
        if t.reason:
            return code(f'self.give_reason(record, self.{actor}, "{method}")')
        return code(f"record.with_user(self.{actor}).{method}()")

    def _state_after(self, way: Scenario) -> str:
        if way.steps:
            return way.steps[-1].transition.target
        return self.entity.first_state

    def _sources(self, t: Transition, way: Scenario, actor: Person) -> Iterator[Check]:
        """Check the states that a transition starts from beside the first."""
        entity = self.entity
        for source in t.sources:
            if source == self._state_after(way):
                continue
            demands = [Demand(c) for c in t.conditions]
            found = None
            for person in self.cast.people:
                if next(self.cast.actors(t, person), None):
                    found = self.cast.to_state(
                        entity, source, demands=demands, creator=person
                    )
                if found:
                    break
            if found is None:
                self._miss(f"transition {t.name} from {source}")
                continue
            who = next(self.cast.actors(t, found.creator))
            del actor
            actor = who
            yield self._check(
                CoverKind.TRANSITION,
                t.name,
                f"{t.name}_from_{source}",
                "transition",
                begin=self.kit.begin(entity, found),
                t=t,
                method=models.method(t),
                actor=who.name,
                act=self.kit.act(entity, Done(t, who)),
                reason=entity.reasons.get(t.name, ""),
                again=False,
            )

    def _own(
        self, t: Transition, way: Scenario, shared: dict[str, object]
    ) -> Iterator[Check]:
        entity = self.entity
        if t.own_only and entity.personal:
            others = [
                p
                for p in [*self.cast.people, *self.cast.extras]
                if p.name != way.creator.name
                and self.cast.sees(p, way.creator)
                and (not t.roles or set(t.roles) & p.rights)
            ]
            if others:
                yield self._check(
                    CoverKind.ROLE, t.name, f"{t.name}_is_for_its_requester_only",
                    "own_only", **shared, wrong=others[0].name,
                )  # fmt: skip
        if t.not_own and entity.personal:
            for person in self.cast.people:
                if t.roles and not set(t.roles) & person.rights:
                    continue
                mine = self.cast.before(entity, t, creator=person)
                if mine:
                    yield self._check(
                        CoverKind.ROLE,
                        t.name,
                        f"{t.name}_is_not_for_ones_own",
                        "not_own",
                        **{
                            **shared,
                            "begin": self.kit.begin(entity, mine),
                            "state": self._state_after(mine),
                        },
                        wrong=person.name,
                    )
                    return
            self._miss(f"transition {t.name} on one's own record")

    def _conditions(self, t: Transition, way: Scenario) -> Iterator[Check]:
        entity = self.entity
        for number, condition in enumerate(t.conditions, 1):
            rest = [Demand(c) for c in t.conditions if c is not condition]
            demands = [*rest, Demand(condition, holds=False)]
            edge = _edge(condition, Operator.EQUAL)
            found = None
            if edge:
                found = self.cast.before(entity, t, demands=[*demands, edge])
            found = found or self.cast.before(entity, t, demands=demands)
            if found is None:
                self._miss(f"condition {number} of {t.name}")
                continue
            actor = next(self.cast.actors(t, found.creator))
            document = "\nself.attach(record)" if t.attachment else ""
            yield self._check(
                CoverKind.CONDITION,
                t.name,
                f"{t.name}_needs_{condition.field}_{number}",
                "condition",
                begin=code(f"{self.kit.begin(entity, found)}{document}"),
                actor=actor.name,
                method=models.method(t),
                message=python(conditions.sentence(entity, condition)),
                state=self._state_after(found),
            )
        if entity.first_state not in t.sources:
            return
        for need in entity.line_needs():
            lines = entity.children.get(need.lines)
            if lines is None:
                continue
            base = Scenario(way.creator, way.values)
            actor = next(self.cast.actors(t, way.creator))
            begin = self.kit.begin(entity, base, **{need.lines: code("[]")})
            yield self._check(
                CoverKind.CONSTRAINT,
                need.name,
                f"{t.name}_needs_{need.lines}",
                "condition",
                begin=begin,
                actor=actor.name,
                method=models.method(t),
                message=python(need.message),
                state=entity.first_state,
            )

    # Guards

    def _guards(self) -> Iterator[Check]:
        entity, view = self.entity, self.view
        creator = self.cast.requester.name
        if entity.states:
            users = [
                p.name
                for p in self.cast.people
                if self.cast.sees(p, self.cast.requester)
            ]
            yield self._check(
                CoverKind.ACCESS,
                "state",
                "state_is_not_written",
                "state",
                begin=self._begin(),
                users=users,
                other=entity.states[-1],
            )
        yield from self._context(creator)
        names = [
            name
            for name in (
                *(n for n, _ in view.workflow_defaults),
                *(n for n, _ in view.dynamic_defaults),
                *view.derived,
            )
            if name != "state"
        ]
        if names:
            new = ""
            if entity.personal:
                new = code(f'self.new_{entity.name}(self.{creator}, **{{name: "x"}})')
            elif not entity.is_line:
                keeper = self._keeper()
                new = code(
                    f'self.env["{entity.model}"].with_user(self.{keeper}).create('
                    f'self.{entity.name}_values(**{{name: "x"}}))'
                )
                creator = keeper
            yield self._check(
                CoverKind.ACCESS,
                "protected",
                "what_the_program_keeps_is_not_written",
                "protected",
                begin=self._begin(),
                names=names,
                creator=creator,
                new=new,
            )
        yield from self._frozen()
        if entity.states:
            yield from self._unlink()

    def _keeper(self) -> str:
        roles = {r.name for r in self.entity.module.managers}
        for person in self.cast.people:
            if not roles or roles & person.rights:
                return person.name
        return self.cast.requester.name

    def _context(self, creator: str) -> Iterator[Check]:
        entity, view = self.entity, self.view
        if not view.guarded or not entity.personal:
            return
        given, wanted = [], []
        for name, value in view.workflow_defaults:
            other = self._foreign(name)
            given.append((name, other))
            wanted.append((name, value))
        for name, value in view.dynamic_defaults:
            if name == entity.owner:
                given.append((name, code("self.user_outsider.id")))
                wanted.append((name, code(f"self.{creator}.id")))
        dropped = [*view.derived]
        given += [(name, python(7)) for name in dropped]
        if given:
            yield self._check(
                CoverKind.ACCESS,
                "context",
                "the_context_gives_no_defaults",
                "context",
                creator=creator,
                given=given,
                wanted=wanted,
                dropped=dropped,
            )

    def _foreign(self, name: str) -> Escaped:
        """Return a value that a field the program keeps does not have by itself."""
        entity = self.entity
        if name == "state":
            return python(entity.states[-1])
        f = entity.fields.get(name)
        if name in entity.marks.values() or (f and f.type is FieldType.DATE):
            return python("2020-01-01")
        if f and f.type is FieldType.DATETIME:
            return python("2020-01-01 00:00:00")
        if f and f.type is FieldType.BOOLEAN:
            return python(value=not (f.default and f.default.value))
        if f and f.type is FieldType.SELECTION:
            return python(f.selection[-1].value)
        if f and f.type not in {FieldType.CHAR, FieldType.TEXT, FieldType.HTML}:
            return python(7)
        return python("x")

    def _frozen(self) -> Iterator[Check]:
        entity = self.entity
        if not self.view.frozen:
            return
        stages, creator = [], self.cast.requester
        for state in entity.frozen_states:
            way = self.cast.to_state(
                entity, state, creator=creator
            ) or self.cast.to_state(entity, state)
            if way:
                stages.append(
                    {"begin": self.kit.begin(entity, way), "who": way.creator}
                )
            else:
                self._miss(f"frozen state {state}")
        if not stages:
            return
        who = stages[0]["who"]
        stages = [s for s in stages if s["who"] == who]
        yield self._check(
            CoverKind.FROZEN,
            "frozen",
            "what_is_frozen_is_not_changed",
            "frozen",
            stages=stages,
            names=self.view.frozen,
            creator=who.name,  # type: ignore[attr-defined]
        )
        for name, child in entity.children.items():
            for f in child.inputs():
                if f.name == child.parent_field or f.type is FieldType.ONE2MANY:
                    continue
                value = line_value(self, name, f)
                yield self._check(
                    CoverKind.FROZEN,
                    name,
                    f"{name}_are_frozen_too",
                    "lines_frozen",
                    begin=stages[0]["begin"],
                    again=self.kit.begin(entity, self._plain(who)),  # type: ignore[arg-type]
                    lines=name,
                    child=child,
                    creator=who.name,  # type: ignore[attr-defined]
                    name=f.name,
                    value=value,
                )
                break

    def _unlink(self) -> Iterator[Check]:
        entity = self.entity
        for state in entity.states[1:]:
            way = self.cast.to_state(entity, state)
            if way:
                yield self._check(
                    CoverKind.FROZEN,
                    "unlink",
                    "what_is_under_way_is_not_deleted",
                    "unlink",
                    begin=self.kit.begin(entity, way),
                    again=self._begin(),
                )
                return

    # Messages

    def _messages(self) -> Iterator[Check]:
        for n in self.entity.notifications:
            yield from self._told(n)
        yield from self._closing()
        yield from self._tracked()

    def _told(self, n: Notification) -> Iterator[Check]:
        entity = self.entity
        act = None
        if n.on is None:
            way = self._plain()
        else:
            t = next((t for t in entity.transitions if t.name == n.on), None)
            found = (
                self.cast.before(entity, t, creator=self.cast.requester) if t else None
            )
            found = found or (self.cast.before(entity, t) if t else None)
            actor = (
                next(self.cast.actors(t, found.creator), None) if t and found else None
            )
            if found is None or t is None or actor is None:
                self._miss(f"notification {n.name}")
                return
            way = found
            act = self.kit.act(entity, Done(t, actor))
        users = [*self._recipients(n, way.creator)]
        if not users:
            self._miss(f"notification {n.name}")
            return
        told = {p.name for p in users}
        others = [
            p.name
            for p in [*self.cast.people, *self.cast.extras]
            if p.name not in told and not set(n.roles) & p.rights
        ]
        yield self._check(
            CoverKind.NOTIFICATION,
            n.name,
            f"{n.name}_is_told",
            "told",
            begin=self.kit.begin(entity, way),
            act=act or code(""),
            activity=models.activity_type(entity, n)
            if Channel.ACTIVITY in n.channels
            else "",
            template=Channel.EMAIL in n.channels,
            chatter=Channel.CHATTER in n.channels,
            subject=python(n.subject),
            users=[p.name for p in users],
            others=[*others, "user_outsider"],
        )

    def _closing(self) -> Iterator[Check]:
        """Check that a decision leaves nothing to do for those who were asked for it."""
        entity = self.entity
        for step, t in zip(self.view.steps, entity.transitions, strict=True):
            if not step.closes:
                continue
            way = self._asked_way(t)
            actor = next(self.cast.actors(t, way.creator), None) if way else None
            if way is None or actor is None:
                continue
            asked = [n for n in entity.notifications if self._asks(n, way)]
            users = {p.name for n in asked for p in self._recipients(n, way.creator)}
            others = [
                p.name
                for p in [*self.cast.people, *self.cast.extras]
                if p.name != actor.name and self.cast.sees(p, way.creator)
            ]
            yield self._check(
                CoverKind.NOTIFICATION,
                t.name,
                f"{t.name}_closes_what_was_asked",
                "closing",
                begin=self.kit.begin(entity, way),
                act=self.kit.act(entity, Done(t, actor)),
                activity=models.activity_type(entity, asked[0]),
                done=actor.name in users,
                other=others[0] if others else "",
            )

    def _asks(self, n: Notification, way: Scenario) -> bool:
        if Channel.ACTIVITY not in n.channels:
            return False
        last = way.steps[-1].transition.name if way.steps else None
        return n.on == last

    def _asked_way(self, t: Transition) -> Scenario | None:
        """Return a way to a transition on which somebody was asked just before."""
        demands = [Demand(c) for c in t.conditions]
        for source in t.sources:
            for person in self.cast.people:
                if next(self.cast.actors(t, person), None) is None:
                    continue
                way = self.cast.to_state(
                    self.entity, source, demands=demands, creator=person
                )
                if way and any(
                    self._asks(n, way) and [*self._recipients(n, way.creator)]
                    for n in self.entity.notifications
                ):
                    return way
        return None

    def _recipients(
        self, n: Notification | Reminder, creator: Person
    ) -> Iterator[Person]:
        for person in self.cast.people:
            if set(n.roles) & person.rights and self.cast.sees(person, creator):
                yield person
        nobody = not n.roles and not getattr(n, "manager", False)
        if (n.requester or nobody) and not (
            set(n.roles) & creator.rights and creator in self.cast.people
        ):
            yield creator
        if getattr(n, "manager", False) and creator.name != self.cast.boss.name:
            if not set(n.roles) & self.cast.boss.rights:
                yield self.cast.boss

    def _tracked(self) -> Iterator[Check]:
        entity = self.entity
        if not entity.chatter:
            return
        if entity.states:
            for t in entity.transitions:
                if entity.first_state in t.sources:
                    way = self.cast.before(entity, t)
                    actor = (
                        next(self.cast.actors(t, way.creator), None) if way else None
                    )
                    if way and actor:
                        yield self._check(
                            CoverKind.TRACKING,
                            "state",
                            "states_are_logged",
                            "tracking",
                            begin=self.kit.begin(entity, way),
                            change=self.kit.act(entity, Done(t, actor)),
                            names=["state"],
                        )
                        break
        for t in entity.transitions:
            reason = entity.reasons.get(t.name)
            way = self.cast.before(entity, t) if reason else None
            actor = next(self.cast.actors(t, way.creator), None) if way else None
            if way and actor and reason not in entity.fields:
                yield self._check(
                    CoverKind.TRACKING,
                    t.name,
                    f"{reason}_is_logged",
                    "tracking",
                    begin=self.kit.begin(entity, way),
                    change=self.kit.act(entity, Done(t, actor)),
                    names=[reason],
                )
        for f in entity.fields.values():
            if f.tracked and not f.computed and not f.readonly:
                yield from self._tracked_field(f)

    def _tracked_field(self, f: EntityField) -> Iterator[Check]:
        value = self._another(f)
        if value is None:
            return
        yield self._check(
            CoverKind.TRACKING,
            f.name,
            f"{f.name}_is_logged",
            "tracking",
            begin=self._begin(),
            change=code(f"record.sudo().write({value})"),
            names=[f.name],
        )

    def _another(self, f: EntityField) -> Escaped | None:
        """Return values that change a field, and what has to change with it."""
        samples = self.cast.samples(self.entity)
        base = samples.base
        if f.type in {FieldType.CHAR, FieldType.TEXT}:
            return code(f'{{"{f.name}": {python("Something else")}}}')
        if f.type not in NUMBERS | DATES | {FieldType.SELECTION, FieldType.BOOLEAN}:
            return None
        usual = base.get(f.name)
        for value in samples._candidates(f.name):
            if value is None or value == usual:
                continue
            condition = Condition(field=f.name, operator=Operator.EQUAL)
            found = samples.find([Demand(_Exactly(condition, value))])  # type: ignore[arg-type]
            if found is None:
                continue
            changed = self.kit.kwargs(self.entity, found)
            changed = {k: v for k, v in changed.items() if k in self.entity.fields}
            if f.name in changed and not set(changed) & set(varied(self.entity)):
                listed = ", ".join(f'"{k}": {v}' for k, v in changed.items())
                return code(f"{{{listed}}}")
        return None

    # Reminders

    def _reminders(self) -> Iterator[Check]:
        for reminder in self.entity.reminders:
            yield from self._reminder(reminder)

    def _reminder(self, r: Reminder) -> Iterator[Check]:
        entity = self.entity
        way, closed = None, None
        if entity.states:
            open_states = r.states or tuple(
                s
                for s in entity.states
                if s not in entity.final_states and s not in entity.refused_states
            )
            for state in open_states:
                way = self.cast.to_state(entity, state, creator=self.cast.requester)
                way = way or self.cast.to_state(entity, state)
                if way:
                    break
            for state in entity.states:
                if state not in open_states:
                    end = self.cast.to_state(entity, state)
                    if end:
                        closed = self.kit.begin(entity, end)
                        break
        else:
            way = self._plain()
        field = entity.fields.get(r.date)
        if way is None or field is None:
            self._miss(f"reminder {r.name}")
            return
        extent = self._span(r.date)

        def at(days: int) -> Escaped:
            parts = [f'"{r.date}": {_in_days(field, days)}']
            for name, shift in extent:
                other = entity.fields[name]
                parts.append(f'"{name}": {_in_days(other, days + shift)}')
            return code(f"record.sudo().write({{{', '.join(parts)}}})")

        users = [*self._recipients(r, way.creator)]
        yield self._check(
            CoverKind.REMINDER,
            r.name,
            f"{r.name}_is_reminded_of",
            "reminder",
            begin=self.kit.begin(entity, way),
            early=at(-r.days + 1),
            due=at(-r.days),
            past=at(-1) if r.days < 0 else None,
            closed=closed,
            method=models.cron_method(r),
            activity=models.activity_type(entity, r)
            if r.channel is Channel.ACTIVITY
            else "",
            template=r.channel is Channel.EMAIL,
            subject=python(r.subject),
            users=[p.name for p in users],
        )

    def _span(self, name: str) -> list[tuple[str, int]]:
        """Return the dates that constraints tie to *name*, with their distance in days."""
        base = self.cast.samples(self.entity).base
        mine = base.get(name)
        found = []
        for other, value in base.items():
            f = self.entity.fields.get(other)
            if f is None or f.type not in DATES or other == name:
                continue
            if isinstance(value, date) and isinstance(mine, date):
                found.append((other, _days(value) - _days(mine)))
        return found

    # Access and surface

    def _access(self) -> Iterator[Check]:
        entity = self.entity
        if entity.spec.configuration:
            yield from self._listed()
        if entity.personal:
            yield from self._visible()
        if entity.company:
            who = self.cast.requester.name
            yield self._check(
                CoverKind.ACCESS,
                "company",
                "other_companies_are_hidden",
                "company",
                begin=self._begin(),
                user=who,
            )
        for f in entity.fields.values():
            if f.roles:
                people = [
                    p
                    for p in self.cast.people
                    if self.cast.sees(p, self.cast.requester)
                ]
                seeing = [p.name for p in people if set(f.roles) & p.rights]
                blind = [p.name for p in people if not set(f.roles) & p.rights]
                yield self._check(
                    CoverKind.ACCESS,
                    f.name,
                    f"{f.name}_is_shown_to_its_roles",
                    "restricted",
                    begin=self._begin(),
                    name=f.name,
                    seeing=seeing,
                    blind=blind,
                )

    def _listed(self) -> Iterator[Check]:
        entity = self.entity
        managers = {r.name for r in entity.module.managers}
        keepers = [
            p.name for p in self.cast.people if not managers or managers & p.rights
        ]
        readers = [p.name for p in self.cast.people if p.name not in keepers]
        field = next(
            (f for f in entity.inputs() if f.type is FieldType.CHAR),
            next(iter(entity.inputs()), None),
        )
        if field is None:
            return
        value = (
            python("Something else")
            if field.type is FieldType.CHAR
            else self.kit.literal(field, self.cast.samples(entity).base.get(field.name))
        )
        yield self._check(
            CoverKind.ACCESS,
            "roles",
            "managers_keep_the_list",
            "listed",
            begin=self._begin(),
            keepers=keepers,
            readers=readers,
            name=field.name,
            value=value,
        )

    def _visible(self) -> Iterator[Check]:
        entity, who = self.entity, self.cast.requester
        people = [*self.cast.people, *self.cast.extras]
        blind = [p.name for p in people if not self.cast.sees(p, who)]
        name = next(
            (f.name for f in entity.inputs() if f.name != entity.employee), "company_id"
        )
        yield self._check(
            CoverKind.ACCESS,
            "roles",
            "who_sees_what",
            "visible",
            begin=self._begin(),
            seeing=[p.name for p in people if self.cast.sees(p, who)],
            blind=blind,
            name=name,
            employee=who.name.replace("user_", "employee_"),
            boss=self._boss_of_team(who),
        )
        yield self._check(
            CoverKind.FIELD,
            entity.owner,
            "records_have_an_owner",
            "owner",
            begin=self._begin(),
            creator=who.name,
            boss=self.cast.boss.name if entity.managed else "",
        )
        if entity.employee and self.cast.colleague.name in blind:
            yield self._check(
                CoverKind.ACCESS,
                "others",
                "nobody_asks_in_anothers_name",
                "create_for_others",
                begin=self._begin(),
                wrong=self.cast.colleague.name,
                creator=who.name,
            )
        yield from self._deleting()

    def _boss_of_team(self, who: Person) -> str:
        """Return the manager who sees his team and nobody else, or empty."""
        boss = self.cast.boss
        if not self.entity.managed or not self.cast.sees(boss, who):
            return ""
        return "" if self.cast.sees_all(boss) else boss.name

    def _deleting(self) -> Iterator[Check]:
        plan = self.entity.module
        managers = {r.name for r in plan.managers}
        may = [p for p in self.cast.people if not managers or managers & p.rights]
        may_not = [p for p in self.cast.people if p not in may]
        begins = {
            p.name: self.kit.begin(self.entity, self._plain(p))
            for p in [*may, *may_not]
        }
        yield self._check(
            CoverKind.ACCESS,
            "deleting",
            "who_deletes",
            "deleting",
            may=[p.name for p in may],
            may_not=[p.name for p in may_not],
            begins=begins,
        )

    def _surface(self) -> Iterator[Check]:
        entity = self.entity
        yield self._check(
            CoverKind.VIEW,
            "views",
            "views_open",
            "views",
            user=self.cast.requester.name,
            kinds=[str(k) for k in entity.views],
            modes=python(",".join(k for k in entity.views if k is not ViewKind.SEARCH)),
        )
        for report in entity.reports:
            yield self._check(
                CoverKind.REPORT,
                report.name,
                f"{report.name}_is_printed",
                "report",
                begin=self._begin(),
                name=report.name,
            )
        if entity.spec.attachments and entity.personal:
            yield self._check(
                CoverKind.ATTACHMENT,
                "attachments",
                "documents_are_attached",
                "attached",
                begin=self._begin(),
                creator=self.cast.requester.name,
            )

    def _miss(self, what: str) -> None:
        self.missed.append(
            f"{self.entity.label}: no test was found for the {what}; write one."
        )


def line_value(checks: Checks, name: str, field: EntityField) -> Escaped:
    """Return the usual value of a field of a line."""
    base = checks.cast.samples(checks.entity).base
    return checks.kit.literal(field, base.get(f"{name}/{field.name}"))


@dataclass(frozen=True)
class _Exactly:
    """A condition on a value that has no place in the specification, as a date."""

    condition: Condition
    value: object

    @property
    def field(self) -> str:
        return self.condition.field

    @property
    def operator(self) -> Operator:
        return self.condition.operator

    @property
    def other(self) -> None:
        return None


def _edge(condition: object, operator: Operator) -> Demand | None:
    """Return the demand for the value at which a condition turns, if it has one."""
    if getattr(condition, "operator", None) not in _EQUAL:
        return None
    field = getattr(condition, "field", "")
    other = getattr(condition, "other", None)
    value = getattr(condition, "value", None)
    if other is None and (
        isinstance(value, bool) or not isinstance(value, (int, float))
    ):
        return None
    return Demand(Condition(field=field, operator=operator, value=value, other=other))


def _in_days(field: EntityField | None, days: int) -> Escaped:
    sign = "+" if days >= 0 else "-"
    shifted = f"today {sign} timedelta(days={abs(days)})" if days else "today"
    if field is not None and field.type is FieldType.DATETIME:
        return code(f"fields.Datetime.to_datetime({shifted}) + timedelta(hours=9)")
    return code(shifted)


def _days(value: object) -> int:
    if isinstance(value, datetime):
        value = value.date()
    return value.toordinal() if isinstance(value, date) else 0


__all__ = ["Check", "Checks", "later", "re", "timedelta"]
