"""An entity with all that is added to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final

from generator import existing
from generator.render import naming
from generator.render.plan import people, switcher, titles
from generator.render.plan.links import Link, links
from generator.render.plan.money import Money
from generator.spec.fields import Count, FieldType, Overdue, Related
from generator.spec.model import Compare, NeedsLines, NoOverlap, RequiredWhen, Unique
from generator.spec.workflow import Operator

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.existing import Existing
    from generator.render.plan.module import ModulePlan
    from generator.spec.fields import EntityField
    from generator.spec.model import Entity, Report, ViewKind
    from generator.spec.workflow import Notification, Reminder, Transition

_OURS: Final = frozenset({"state", "manager_user_id"})
"""Fields that the plan gives an entity itself, whatever the ticket calls so."""


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
        return tuple(links(self))

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
        return people.employee(self)

    @cached_property
    def owner(self) -> str:
        """The field with the user whose record it is, empty where there is none."""
        return people.owner(self)

    @property
    def owner_given(self) -> bool:
        """Whether the owner is a field of the specification."""
        return self.owner in self.fields

    @cached_property
    def managed(self) -> bool:
        """Whether the owner's manager counts."""
        return people.managed(self)

    @cached_property
    def number(self) -> str:
        """The field with the number that a sequence gives, or empty."""
        return titles.number(self)

    @cached_property
    def title_field(self) -> str:
        """The field that names a record."""
        return titles.title(self)

    @cached_property
    def words(self) -> str:
        """The text field that people tell records apart by, or empty."""
        return titles.words(self)

    @cached_property
    def money(self) -> Money:
        """The currencies of its amounts."""
        return Money(self)

    @cached_property
    def left_to_default(self) -> frozenset[str | None]:
        """Fields that nobody fills in although he may: whose record it is, and where."""
        return frozenset({self.employee, self.owner, "company_id", self.money.own})

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
        return switcher.views(self)

    @cached_property
    def calendar_dates(self) -> tuple[str, str | None] | None:
        """The fields that a calendar goes by: start, and end if there is one."""
        return switcher.calendar_dates(self)

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
