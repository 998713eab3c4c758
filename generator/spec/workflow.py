"""How a record moves: states, transitions, who may, and who hears of it."""

from enum import StrEnum

from pydantic import Field

from generator.spec.fields import Part
from generator.spec.names import FieldName, Identifier, Line, Prose


class Operator(StrEnum):
    """Comparisons of a condition."""

    EQUAL = "="
    UNEQUAL = "!="
    LESS = "<"
    AT_MOST = "<="
    MORE = ">"
    AT_LEAST = ">="
    SET = "set"
    UNSET = "unset"


class Condition(Part):
    """A field compared to a value or to another field of the same record."""

    field: FieldName
    operator: Operator
    value: bool | int | float | Line | None = None
    other: FieldName | None = Field(
        default=None, description="compare to this field instead of to value"
    )


class State(Part):
    """A state of the workflow, in the order of the list."""

    name: Identifier
    label: Line
    final: bool = Field(default=False, description="nothing is expected any more")
    refused: bool = Field(default=False, description="off the main line: rejected...")
    frozen: bool = Field(
        default=False, description="fields cannot be changed from here on"
    )


class Transition(Part):
    """A button: from states to a state, by roles, when conditions hold."""

    name: Identifier = Field(description="verb: submit, approve, reject...")
    label: Line
    sources: tuple[Identifier, ...] = Field(min_length=1)
    target: Identifier
    roles: tuple[Identifier, ...] = Field(
        default=(), description="who may; empty: whoever may write the record"
    )
    own_only: bool = Field(
        default=False, description="only who made the record (its requester)"
    )
    not_own: bool = Field(
        default=False, description="never one's own record (four eyes)"
    )
    conditions: tuple[Condition, ...] = Field(
        default=(), description="all have to hold, else the button refuses"
    )
    reason: bool = Field(default=False, description="a wizard asks for a reason")
    attachment: bool = Field(
        default=False, description="needs at least one attached document"
    )


class Channel(StrEnum):
    """How somebody hears of it."""

    EMAIL = "email"
    ACTIVITY = "activity"
    CHATTER = "chatter"


class Notification(Part):
    """Who is told when a transition happens (or a record is created)."""

    name: Identifier
    on: Identifier | None = Field(
        default=None, description="name of the transition; None: on creation"
    )
    roles: tuple[Identifier, ...] = ()
    requester: bool = Field(default=False, description="who made the record")
    manager: bool = Field(default=False, description="manager of the employee")
    channels: tuple[Channel, ...] = Field(min_length=1)
    subject: Line
    body: Prose = ""


class Reminder(Part):
    """An activity (or mail) when a date comes near or has passed, by a cron job."""

    name: Identifier
    date: FieldName
    days: int = Field(
        ge=-365, le=365, description="days after the date; before it when negative"
    )
    states: tuple[Identifier, ...] = Field(
        default=(), description="only in these states; empty: all that are not final"
    )
    roles: tuple[Identifier, ...] = ()
    requester: bool = False
    channel: Channel = Channel.ACTIVITY
    subject: Line
