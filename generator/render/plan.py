"""A specification completed: what Odoo needs beside it, and what the parts are called.

Templates and tests see an entity through ``EntityPlan`` alone; nothing here is text yet.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from generator import existing
from generator.render import naming, relations
from generator.spec.fields import (
    Converted,
    Count,
    Dynamic,
    EntityField,
    FieldType,
    Overdue,
    Related,
)
from generator.spec.model import (
    Compare,
    NeedsLines,
    NoOverlap,
    RequiredWhen,
    Role,
    Scope,
    Spec,
    Unique,
    ViewKind,
)
from generator.spec.workflow import Operator

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from generator.existing import Existing
    from generator.spec.model import Entity, Report
    from generator.spec.workflow import Condition, Notification, Reminder, Transition

NUMBERS = frozenset({FieldType.INTEGER, FieldType.FLOAT, FieldType.MONETARY})
DATES = frozenset({FieldType.DATE, FieldType.DATETIME})
# Fields that the plan gives an entity itself, whatever the ticket calls so.
_OURS = frozenset({"state", "manager_user_id"})


@dataclass
class EntityPlan:
    """An entity with all that is added to it.

    Attributes:
        spec: What the ticket asks for.
        module: The plan it belongs to.
        parent: Of lines: the entity they belong to.
        parent_field: Of lines: the field that leads there.
        children: One2many fields to lines, with their entity.
    """

    spec: Entity
    module: ModulePlan
    parent: EntityPlan | None = None
    parent_field: str = ""
    children: dict[str, EntityPlan] = field(default_factory=dict)

    @property
    def model(self) -> str:
        """Odoo's name."""
        return self.spec.model

    @property
    def name(self) -> str:
        """Name within the specification."""
        return self.spec.name

    @property
    def label(self) -> str:
        """Label for people."""
        return self.spec.label

    @property
    def xmlid(self) -> str:
        """First part of its XML ids, and the name of its files."""
        return naming.xmlid(self.model)

    @property
    def class_name(self) -> str:
        """Name of its class."""
        return naming.class_name(self.model)

    @property
    def plural(self) -> str:
        """Label of several."""
        return naming.plural(self.label)

    @property
    def noun(self) -> str:
        """Label within a sentence."""
        return naming.lowered(self.label)

    @cached_property
    def fields(self) -> dict[str, EntityField]:
        """The fields of the specification that are rendered, by name."""
        hidden = set(_OURS) if self.states else {"manager_user_id"}
        return {f.name: f for f in self.spec.fields if f.name not in hidden}

    @property
    def states(self) -> tuple[str, ...]:
        """Names of its states in order."""
        return tuple(state.name for state in self.spec.states)

    @property
    def first_state(self) -> str:
        """The state of a new record."""
        return self.states[0]

    @property
    def frozen_states(self) -> tuple[str, ...]:
        """States in which what people fill in stands."""
        return tuple(s.name for s in self.spec.states if s.frozen)

    @property
    def final_states(self) -> tuple[str, ...]:
        """States after which nothing is expected."""
        return tuple(s.name for s in self.spec.states if s.final)

    @property
    def refused_states(self) -> tuple[str, ...]:
        """States off the main line."""
        return tuple(s.name for s in self.spec.states if s.refused)

    @property
    def extends(self) -> bool:
        """Whether it adds to a model of Odoo's own."""
        return self.spec.extends

    @cached_property
    def existing(self) -> Existing | None:
        """The model of Odoo's own that it adds to, None where it is a model itself."""
        return existing.known(self.model) if self.extends else None

    @cached_property
    def links(self) -> tuple[Link, ...]:
        """What of the module leads to an existing model, and is counted there."""
        if not self.extends:
            return ()
        counts = {
            f.computed.lines: f
            for f in self.fields.values()
            if isinstance(f.computed, Count)
        }
        return tuple(
            Link(f, counts[f.name], self.module.by_model[f.relation])
            for f in self.fields.values()
            if f.name in counts and f.relation in self.module.by_model
        )

    @property
    def is_line(self) -> bool:
        """Whether these are lines of another entity."""
        return self.parent is not None

    @property
    def root(self) -> EntityPlan:
        """The entity that has the workflow and the owner."""
        return self.parent.root if self.parent else self

    @property
    def chatter(self) -> bool:
        """Whether it has a chatter and activities."""
        if self.existing is not None:
            return self.existing.mail
        return not (self.is_line or self.spec.configuration)

    @property
    def personal(self) -> bool:
        """Whether its records have an owner."""
        return not (self.is_line or self.spec.configuration or self.extends)

    @property
    def company(self) -> bool:
        """Whether its records belong to a company."""
        if self.extends:
            return False
        return self.parent.company if self.parent else self.spec.company

    @cached_property
    def employee(self) -> str | None:
        """The field with the employee whose record it is."""
        if not self.personal:
            return None
        staff = [
            f
            for f in self.fields.values()
            if f.type is FieldType.MANY2ONE
            and f.relation == "hr.employee"
            and not f.computed
        ]
        for f in staff:
            if f.default and f.default.dynamic is Dynamic.EMPLOYEE:
                return f.name
        for f in staff:
            if f.name in {"employee_id", "requester_id"}:
                return f.name
        return None

    @cached_property
    def owner(self) -> str:
        """The field with the user whose record it is, empty where there is none."""
        if not self.personal:
            return ""
        if self.employee is None:
            for f in self.fields.values():
                if (
                    f.type is FieldType.MANY2ONE
                    and f.relation == "res.users"
                    and f.default
                    and f.default.dynamic is Dynamic.USER
                    and not f.computed
                ):
                    return f.name
        return "user_id" if "user_id" not in self.fields else "owner_user_id"

    @property
    def owner_given(self) -> bool:
        """Whether the owner is a field of the specification."""
        return self.owner in self.fields

    @cached_property
    def managed(self) -> bool:
        """Whether the owner's manager counts."""
        return self.personal and (
            self.employee is not None
            or any(role.scope is Scope.TEAM for role in self.module.spec.roles)
            or any(n.manager for n in self.spec.notifications)
        )

    @cached_property
    def number(self) -> str:
        """The field with the number that a sequence gives, or empty."""
        if not self.spec.sequence:
            return ""
        mine = self.fields.get("name")
        if mine is None or mine.readonly:
            return "name"
        mine = self.fields.get("reference")
        return "reference" if mine is None or mine.readonly else "sequence_number"

    @cached_property
    def title_field(self) -> str:
        """The field that names a record."""
        if "name" in self.fields or self.number == "name":
            return "name"
        if self.number:
            return self.number
        kinds = (
            FieldType.CHAR,
            FieldType.MANY2ONE,
            FieldType.SELECTION,
            FieldType.DATE,
        )
        for kind in kinds:
            for f in self.fields.values():
                if f.type is kind and not isinstance(f.computed, Overdue):
                    return f.name
        return next(iter(self.fields))

    @cached_property
    def words(self) -> str:
        """The text field that people tell records apart by, or empty."""
        for f in self.fields.values():
            typed = f.type is FieldType.CHAR and not f.computed and not f.readonly
            if typed and f.name != self.number:
                return f.name
        return ""

    @cached_property
    def own_currency(self) -> str | None:
        """The field with the record's own currency, of the specification."""
        for f in self.fields.values():
            if f.relation == "res.currency" and f.type is FieldType.MANY2ONE:
                return f.name
        return None

    @cached_property
    def needs_currency(self) -> bool:
        """Whether amounts need a currency that the specification does not name."""
        name = self.usual_currency
        if self.existing is not None and name == self.existing.currency:
            return False
        return (
            any(
                f.type is FieldType.MONETARY and self.currency_of(f) == name
                for f in self.fields.values()
            )
            and name not in self.fields
        )

    @property
    def usual_currency(self) -> str:
        """The currency field of amounts that name none."""
        if self.existing is None:
            return "currency_id"
        # Another module may give the existing model a currency that means something else.
        return self.existing.currency or f"{self.module.module[:48]}_currency_id"

    @cached_property
    def needs_company_currency(self) -> bool:
        """Whether an amount is in the company's currency beside one that is not."""
        return any(isinstance(f.computed, Converted) for f in self.fields.values())

    def currency_of(self, given: EntityField) -> str:
        """Return the currency field of a monetary field."""
        if isinstance(given.computed, Converted):
            return "company_currency_id"
        known = self.existing.fields if self.existing is not None else ()
        if given.currency and (
            given.currency in self.fields or given.currency in known
        ):
            return given.currency
        return self.own_currency or self.usual_currency

    def inputs(self) -> Iterator[EntityField]:
        """Yield the fields that people fill in."""
        for f in self.fields.values():
            if f.computed is None and not f.readonly and f.name != self.number:
                yield f

    @cached_property
    def reasons(self) -> dict[str, str]:
        """The field that keeps the reason of each transition that asks for one."""
        return {t.name: self._reason(t) for t in self.spec.transitions if t.reason}

    def _reason(self, transition: Transition) -> str:
        """Return the field for a transition's reason: one of the record's own, else a new one.

        A text that only the program writes and that is called by the transition keeps it:
        `rejection_reason` is what `reject` asks for.
        """
        # `refuse` is in `refusal`, but for its last letter.
        stems = tuple(w[:-1] for w in transition.name.split("_") if len(w) > len("set"))
        for f in self.fields.values():
            kept = f.readonly and f.computed is None and f.type is FieldType.TEXT
            if kept and stems and any(w.startswith(stems) for w in f.name.split("_")):
                return f.name
        return naming.short(f"{transition.name}_reason")

    @cached_property
    def marks(self) -> dict[str, str]:
        """The field that keeps for which date each reminder was sent."""
        return {
            r.name: naming.short(f"{r.name}_reminded_for") for r in self.spec.reminders
        }

    @property
    def transitions(self) -> tuple[Transition, ...]:
        """Its transitions."""
        return self.spec.transitions

    @property
    def notifications(self) -> tuple[Notification, ...]:
        """Its notifications."""
        return self.spec.notifications

    @property
    def reminders(self) -> tuple[Reminder, ...]:
        """Its reminders."""
        return self.spec.reminders

    def compares(self) -> list[Compare]:
        """Return the conditions that always hold."""
        return [c for c in self.spec.constraints if isinstance(c, Compare)]

    def uniques(self) -> list[Unique]:
        """Return what may not be there twice."""
        return [c for c in self.spec.constraints if isinstance(c, Unique)]

    def overlaps(self) -> list[NoOverlap]:
        """Return the periods that may not overlap."""
        return [c for c in self.spec.constraints if isinstance(c, NoOverlap)]

    def ordered(self, period: NoOverlap) -> bool:
        """Tell whether a condition puts the end of a period after its start already."""
        given = self.fields.get(period.start)
        enough = {Operator.MORE}
        if given is not None and given.type is FieldType.DATE:
            enough.add(Operator.AT_LEAST)  # a period of one day is one
        turned = {Operator.LESS: Operator.MORE, Operator.AT_MOST: Operator.AT_LEAST}
        return any(
            (rule.field, rule.other, rule.operator) == (period.end, period.start, sign)
            or (rule.field, rule.other, turned.get(rule.operator))
            == (period.start, period.end, sign)
            for rule in self.compares()
            for sign in enough
        )

    def demanded(self) -> list[RequiredWhen]:
        """Return what has to be filled at times."""
        return [c for c in self.spec.constraints if isinstance(c, RequiredWhen)]

    def line_needs(self) -> list[NeedsLines]:
        """Return which lines have to be there."""
        return [c for c in self.spec.constraints if isinstance(c, NeedsLines)]

    @cached_property
    def views(self) -> tuple[ViewKind, ...]:
        """The views in the order of the switcher, list and form always among them."""
        if self.is_line or self.extends:
            return ()
        wanted = {*self.spec.views, ViewKind.LIST, ViewKind.FORM, ViewKind.SEARCH}
        if self.calendar_dates is None:
            wanted.discard(ViewKind.CALENDAR)
        if not self.chatter:
            wanted.discard(ViewKind.ACTIVITY)
        order = (
            ViewKind.LIST, ViewKind.KANBAN, ViewKind.CALENDAR, ViewKind.FORM,
            ViewKind.PIVOT, ViewKind.GRAPH, ViewKind.ACTIVITY, ViewKind.SEARCH,
        )  # fmt: skip
        return tuple(kind for kind in order if kind in wanted)

    @cached_property
    def calendar_dates(self) -> tuple[str, str | None] | None:
        """The fields that a calendar goes by: start, and end if there is one."""
        for rule in self.overlaps():
            return rule.start, rule.end
        days = [f.name for f in self.fields.values() if f.type in DATES]
        if not days:
            return None
        ends = [d for d in days[1:] if "end" in d or d.endswith(("_to", "until"))]
        starts = [d for d in days if "start" in d or d.endswith("_from")]
        return (starts or days)[0], (ends[0] if ends else None)

    @cached_property
    def reports(self) -> tuple[Report, ...]:
        """Its printed documents."""
        return tuple(r for r in self.module.spec.reports if r.entity == self.name)

    @property
    def parent_frozen(self) -> bool:
        """Whether these are lines of what stands in some states."""
        return self.parent is not None and bool(
            self.parent.frozen_states or self.parent.parent_frozen
        )

    def live_count(self, given: EntityField) -> bool:
        """Tell whether a field counts records for whoever looks at it."""
        return self.extends and isinstance(given.computed, Count)

    def stored(self, name: str) -> bool:
        """Tell whether a field is a column."""
        f = self.fields.get(name)
        if f is None:
            return True
        live = isinstance(f.computed, (Overdue, Related)) or self.live_count(f)
        return not live and f.type not in {
            FieldType.ONE2MANY,
            FieldType.MANY2MANY,
        }


@dataclass(frozen=True)
class Link:
    """Records of the module that an existing record shows and counts.

    Attributes:
        lines: The one2many field to them.
        count: The field with how many they are.
        target: Their entity.
    """

    lines: EntityField
    count: EntityField
    target: EntityPlan

    @property
    def method(self) -> str:
        """Name of the method that opens them."""
        return naming.short(f"action_view_{self.lines.name.removesuffix('_ids')}")


class ModulePlan:
    """The whole module.

    Args:
        spec: What the ticket asks for.
    """

    def __init__(self, spec: Spec) -> None:
        self.spec = spec
        self.module = spec.module
        self.entities = [EntityPlan(entity, self) for entity in spec.own]
        self.extensions = [EntityPlan(e, self) for e in spec.entities if e.extends]
        self.by_model = {entity.model: entity for entity in self.entities}
        by_name = {entity.name: entity for entity in self.entities}
        for entity in self.entities:
            if entity.spec.lines_of in by_name:
                self._join(by_name[entity.spec.lines_of], entity)

    def _join(self, parent: EntityPlan, lines: EntityPlan) -> None:
        lines.parent = parent
        given = [
            f
            for f in parent.spec.fields
            if f.type is FieldType.ONE2MANY and f.relation == lines.model
        ]
        back = [
            f.name
            for f in lines.spec.fields
            if f.type is FieldType.MANY2ONE and f.relation == parent.model
        ]
        inverse = (given[0].inverse if given else None) or (
            back[0] if back else f"{parent.name[:50]}_id"
        )
        lines.parent_field = inverse
        name = given[0].name if given else f"{lines.name[:50]}_ids"
        parent.children[name] = lines

    @property
    def every(self) -> list[EntityPlan]:
        """Its entities, and after them what it adds to models of Odoo's own."""
        return [*self.entities, *self.extensions]

    @property
    def roles(self) -> tuple[Role, ...]:
        """Its roles."""
        return self.spec.roles

    @cached_property
    def depends(self) -> tuple[str, ...]:
        """Modules that it stands on, those that others bring left out."""
        found = {"mail", *self.spec.depends}
        found |= {e.existing.module for e in self.extensions if e.existing}
        for entity in self.every:
            if entity.managed:
                found.add("hr")
            for f in entity.fields.values():
                found.add(relations.module_of(f.relation or "") or "mail")
        if any(ViewKind.CALENDAR in entity.views for entity in self.entities):
            found.add("web")
        found -= {"base", "web", self.module}
        return tuple(sorted(found))

    @cached_property
    def covering(self) -> dict[str, frozenset[str]]:
        """For each role the roles whose rights it has, itself among them."""
        direct = {role.name: set(role.implies) for role in self.roles}
        found: dict[str, frozenset[str]] = {}
        for name in direct:
            reached, waiting = {name}, [name]
            while waiting:
                for other in direct.get(waiting.pop(), ()):
                    if other not in reached and other in direct:
                        reached.add(other)
                        waiting.append(other)
            found[name] = frozenset(reached)
        return found

    @cached_property
    def managers(self) -> tuple[Role, ...]:
        """The roles that keep the module's lists; all where none is named."""
        return tuple(role for role in self.roles if role.manages)

    @cached_property
    def team_roles(self) -> tuple[Role, ...]:
        """The roles that see what those have who report to them.

        A manager who is told of something has to see it, even where no role is said to
        see its team.
        """
        team = tuple(role for role in self.roles if role.scope is Scope.TEAM)
        told = any(n.manager for e in self.entities for n in e.notifications)
        if team or not told:
            return team
        return tuple(role for role in self.roles if role.scope is Scope.OWN)

    def role(self, name: str) -> Role:
        """Return a role by its name."""
        return next(role for role in self.roles if role.name == name)


def condition_fields(conditions: Sequence[Condition]) -> set[str]:
    """Return the fields that conditions speak of."""
    return {c.field for c in conditions} | {c.other for c in conditions if c.other}
