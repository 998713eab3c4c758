"""A ticket as every source gives it: a title, lines of text, acceptance criteria.

All of it is untrusted and is only ever read: control characters and marks that turn the
direction of reading are taken out here, and no text of it becomes a name, a path or code
except through the types of `generator/spec/names.py`.
"""

from __future__ import annotations

from typing import Annotated, Any, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from generator.spec.names import clean_line, clean_prose

LONGEST: Final = 200_000
"""Characters of a body that are read; what comes after them is no ticket."""


def _title(text: object) -> object:
    return clean_line(text[:1000]) if isinstance(text, str) else text


def _body(text: object) -> object:
    return clean_prose(text[:LONGEST]) if isinstance(text, str) else text


class Ticket(BaseModel):
    """What somebody asks for, in their own words.

    Attributes:
        id: How its source calls it; empty for a text without one.
        title: One line.
        body: Lines of plain text; bullets, headings and tables keep their marks.
        criteria: Acceptance criteria, one statement each.
        url: Where people read it.
        source: `file`, `text` or `notion`.
        criteria_asked: Whether the source has a place for criteria, filled or not.
        criteria_stated: Whether the criteria are sentences of the text, which lists none.
        properties: Whatever else the source says of it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = ""
    title: Annotated[str, BeforeValidator(_title)] = ""
    body: Annotated[str, BeforeValidator(_body)] = ""
    criteria: tuple[Annotated[str, BeforeValidator(_title)], ...] = ()
    url: str = ""
    source: str = "text"
    criteria_asked: bool = False
    criteria_stated: bool = False
    properties: dict[str, Any] = Field(default={})

    @property
    def text(self) -> str:
        """The whole ticket as a person would read it."""
        parts = [self.title, self.body]
        if self.criteria:
            listed = "\n".join(f"- {text}" for text in self.criteria)
            parts.append(f"Acceptance criteria:\n{listed}")
        return "\n\n".join(part for part in parts if part)
