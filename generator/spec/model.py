"""What a ticket asks for, as data: the contract between its reader and the templates.

``Spec.model_json_schema()`` is the schema that a language model has to fill.
"""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from generator.spec.fields import EntityField, Part
from generator.spec.names import (
    FieldName,
    Identifier,
    Line,
    ModelName,
    ModuleName,
    Prose,
)
from generator.spec.workflow import (
    Condition,
    Notification,
    Operator,
    Reminder,
    State,
    Transition,
)


class Scope(StrEnum):
    """Which records a role sees."""

    OWN = "own"
    TEAM = "team"
    COMPANY = "company"
    ALL = "all"


class Role(Part):
    """Somebody who works with the module; becomes a group."""

    name: Identifier
    label: Line
    description: Prose = ""
    scope: Scope = Scope.OWN
    implies: tuple[Identifier, ...] = Field(
        default=(), description="roles whose rights this one has too"
    )
    manages: bool = Field(
        default=False, description="configures the module, may delete"
    )


class Compare(Part):
    """A condition on a single record that always has to hold."""

    kind: Literal["compare"] = "compare"
    name: Identifier
    field: FieldName
    operator: Operator
    value: bool | int | float | None = None
    other: FieldName | None = None
    message: Line


class Unique(Part):
    """No two records may have the same values (within a company if it has one)."""

    kind: Literal["unique"] = "unique"
    name: Identifier
    fields: tuple[FieldName, ...] = Field(min_length=1)
    message: Line


class NoOverlap(Part):
    """Periods of records with equal values of ``per`` do not overlap."""

    kind: Literal["no_overlap"] = "no_overlap"
    name: Identifier
    start: FieldName
    end: FieldName
    per: tuple[FieldName, ...] = Field(min_length=1)
    message: Line


class RequiredWhen(Part):
    """A field has to be filled when a condition holds."""

    kind: Literal["required_when"] = "required_when"
    name: Identifier
    field: FieldName
    when: Condition
    message: Line


class NeedsLines(Part):
    """A record has to have lines before it leaves its first state."""

    kind: Literal["needs_lines"] = "needs_lines"
    name: Identifier
    lines: FieldName
    message: Line


Constraint = Annotated[
    Compare | Unique | NoOverlap | RequiredWhen | NeedsLines,
    Field(discriminator="kind"),
]


class ViewKind(StrEnum):
    """Views of Odoo's Community edition."""

    LIST = "list"
    FORM = "form"
    KANBAN = "kanban"
    SEARCH = "search"
    PIVOT = "pivot"
    GRAPH = "graph"
    CALENDAR = "calendar"
    ACTIVITY = "activity"


class Sequence(Part):
    """How records are numbered."""

    prefix: Annotated[str, Field(pattern=r"^[A-Z0-9]{1,10}$")]
    padding: int = Field(default=5, ge=2, le=10)
    yearly: bool = False


class Entity(Part):
    """A business object; becomes a model, or what is added to an existing one."""

    name: Identifier = Field(description="singular: travel_advance")
    label: Line = Field(description="for people: Travel Advance")
    model: ModelName = Field(description="Odoo's name: travel.advance")
    description: Prose = ""
    extends: bool = Field(
        default=False,
        description="adds fields and rules to `model`, one that Odoo has already, such as"
        " res.partner; it then has no workflow, numbers, messages or views of its own",
    )
    fields: tuple[EntityField, ...] = Field(min_length=1)
    states: tuple[State, ...] = Field(default=(), description="in order")
    transitions: tuple[Transition, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    notifications: tuple[Notification, ...] = ()
    reminders: tuple[Reminder, ...] = ()
    views: tuple[ViewKind, ...] = (ViewKind.LIST, ViewKind.FORM, ViewKind.SEARCH)
    sequence: Sequence | None = None
    order: tuple[FieldName, ...] = Field(
        default=(), description="fields to sort by, newest or highest first"
    )
    lines_of: Identifier | None = Field(
        default=None, description="name of the entity whose lines these are"
    )
    configuration: bool = Field(
        default=False, description="a list that managers keep, such as categories"
    )
    attachments: bool = Field(default=False, description="documents are attached")
    company: bool = Field(default=True, description="belongs to a company")


class Report(Part):
    """A printed document of one record."""

    name: Identifier
    title: Line
    entity: Identifier


class Integration(Part):
    """An outside system that the ticket names; its code is left to a person."""

    name: Line
    purpose: Prose = ""


class CoverKind(StrEnum):
    """What of the specification an acceptance criterion is met by."""

    FIELD = "field"
    REQUIRED = "required"
    TRANSITION = "transition"
    ROLE = "role"
    CONDITION = "condition"
    CONSTRAINT = "constraint"
    NOTIFICATION = "notification"
    REMINDER = "reminder"
    COMPUTED = "computed"
    TRACKING = "tracking"
    ACCESS = "access"
    SEQUENCE = "sequence"
    ATTACHMENT = "attachment"
    VIEW = "view"
    REPORT = "report"
    FROZEN = "frozen"


class Cover(Part):
    """A link from a criterion to the part that meets it."""

    kind: CoverKind
    entity: Identifier
    name: Identifier = Field(description="of the field, transition, role, rule...")


class Criterion(Part):
    """An acceptance criterion; one without cover is left to a person, and said so."""

    id: Identifier = Field(description="ac_1, ac_2...")
    text: Line
    covers: tuple[Cover, ...] = ()


class Requirement(Part):
    """One need in business words, for the gap analysis."""

    id: Identifier
    text: Line


class Spec(Part):
    """The whole module that a ticket asks for."""

    module: ModuleName
    title: Line
    summary: Line
    description: Prose = ""
    depends: tuple[ModuleName, ...] = Field(
        default=(), description="modules of Odoo that the ticket's words ask for"
    )
    entities: tuple[Entity, ...] = Field(min_length=1)
    roles: tuple[Role, ...] = Field(
        default=(), description="none where the module only adds to existing models"
    )
    reports: tuple[Report, ...] = ()
    integrations: tuple[Integration, ...] = ()
    requirements: tuple[Requirement, ...] = ()
    criteria: tuple[Criterion, ...] = ()
    assumptions: tuple[Prose, ...] = ()
    questions: tuple[Prose, ...] = ()

    @property
    def own(self) -> tuple[Entity, ...]:
        """The entities that become models, without what is added to existing ones."""
        return tuple(entity for entity in self.entities if not entity.extends)
