"""Fields of an entity: the kinds Odoo has, and how a value can be computed."""

from enum import StrEnum
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from generator.spec.names import FieldName, Identifier, Line, ModelName, Prose


class Part(BaseModel):
    """A piece of the specification; unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class FieldType(StrEnum):
    """Odoo's field types that a ticket can ask for."""

    CHAR = "char"
    TEXT = "text"
    HTML = "html"
    INTEGER = "integer"
    FLOAT = "float"
    MONETARY = "monetary"
    BOOLEAN = "boolean"
    DATE = "date"
    DATETIME = "datetime"
    SELECTION = "selection"
    MANY2ONE = "many2one"
    ONE2MANY = "one2many"
    MANY2MANY = "many2many"
    BINARY = "binary"
    IMAGE = "image"


NUMBERS: Final = frozenset({FieldType.INTEGER, FieldType.FLOAT, FieldType.MONETARY})
DATES: Final = frozenset({FieldType.DATE, FieldType.DATETIME})


class Option(Part):
    """One value of a selection."""

    value: Identifier
    label: Line


class Sum(Part):
    """The total of one field over the lines, stored."""

    kind: Literal["sum"] = "sum"
    lines: FieldName = Field(description="the one2many field")
    field: FieldName = Field(description="the numeric field of the lines")


class Count(Part):
    """How many lines there are."""

    kind: Literal["count"] = "count"
    lines: FieldName


class Product(Part):
    """The product of numeric fields, such as quantity times price; stored."""

    kind: Literal["product"] = "product"
    factors: tuple[FieldName, ...] = Field(min_length=2)


class Difference(Part):
    """One numeric field less others, such as a balance; stored."""

    kind: Literal["difference"] = "difference"
    minuend: FieldName
    subtrahends: tuple[FieldName, ...] = Field(min_length=1)


class DaysBetween(Part):
    """Calendar days from one date to another, both included; stored."""

    kind: Literal["days_between"] = "days_between"
    start: FieldName
    end: FieldName


class Overdue(Part):
    """Whether a date has passed while the record is not in a final state."""

    kind: Literal["overdue"] = "overdue"
    date: FieldName


class Related(Part):
    """A field of a related record, such as ``employee_id.department_id``."""

    kind: Literal["related"] = "related"
    path: tuple[FieldName, ...] = Field(min_length=2)


class Converted(Part):
    """A monetary field in the company's currency, at the rate of a date."""

    kind: Literal["converted"] = "converted"
    amount: FieldName
    date: FieldName | None = None


Computed = Annotated[
    Sum | Count | Product | Difference | DaysBetween | Overdue | Related | Converted,
    Field(discriminator="kind"),
]


class Dynamic(StrEnum):
    """Defaults that are only known when a record is made."""

    TODAY = "today"
    NOW = "now"
    USER = "current_user"
    EMPLOYEE = "current_employee"
    COMPANY = "current_company"


class Default(Part):
    """A default: a plain value, or one that is known when a record is made."""

    value: bool | int | float | Line | None = None
    dynamic: Dynamic | None = None


class EntityField(Part):
    """One field; ``name`` is Odoo's technical name, ``type`` its field type."""

    name: FieldName
    label: Line
    type: FieldType
    required: bool = False
    tracked: bool = Field(default=False, description="changes are logged in chatter")
    readonly: bool = Field(default=False, description="set by the program alone")
    help: Prose = ""
    default: Default | None = None
    selection: tuple[Option, ...] = ()
    relation: ModelName | None = Field(
        default=None, description="model of a relational field"
    )
    inverse: FieldName | None = Field(
        default=None, description="of a one2many: the many2one that leads back"
    )
    currency: FieldName | None = Field(
        default=None, description="of a monetary field: its currency field"
    )
    computed: Computed | None = None
    roles: tuple[Identifier, ...] = Field(
        default=(), description="roles that see the field; empty: all"
    )
