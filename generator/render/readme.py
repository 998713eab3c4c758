"""What the README of a module says."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Final

from generator.escaping import Escaped, code, rst
from generator.spec.model import Scope

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from generator.render.plan import ModulePlan

_LONGEST: Final = 2000
_SEES: Final = {
    Scope.OWN: "sees what is his own",
    Scope.TEAM: "sees what is his own and what those have who report to him",
    Scope.COMPANY: "sees all of his companies",
    Scope.ALL: "sees all of his companies",
}


class Readme:
    """The README.

    Args:
        plan: The module.
        author: Who stands in the manifest.
        left: What is left to a person.
    """

    def __init__(self, plan: ModulePlan, author: str, left: Sequence[str]) -> None:
        spec = plan.spec
        self.title = rst(spec.title)
        self.bar = "=" * sum(map(_width, self.title))
        text = spec.description or spec.summary
        self.about = [
            rst(_cut(line)) if line.strip() else code("") for line in _spaced(text)
        ]
        self.author = rst(author)
        self.roles = [
            code(f"**{_bold(role.label)}** {_SEES[role.scope]}") for role in plan.roles
        ]
        self.usage = [*_usage(plan)]
        self.guarded = any(entity.states for entity in plan.entities)
        self.open = [
            rst(_cut(line)) for line in (*left, *spec.assumptions, *spec.questions)
        ]


def _cut(line: str) -> str:
    """Return a line that docutils reads, which takes none that is endless."""
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}..."


def _width(char: str) -> int:
    """Return the columns that a character takes, as docutils counts them."""
    return 2 if unicodedata.east_asian_width(char) in {"W", "F"} else 1


def _bold(label: str) -> Escaped:
    """Return a label that may stand between two pairs of asterisks."""
    return code("\\ " + rst(label) + "\\ ") if not label[:1].isalnum() else rst(label)


def _spaced(text: str) -> Iterator[str]:
    """Yield the lines of a text with an empty one between paragraphs and lines alike."""
    for number, line in enumerate(line for line in text.split("\n") if line.strip()):
        if number:
            yield ""
        yield line


def _usage(plan: ModulePlan) -> Iterator[Escaped]:
    for entity in plan.entities:
        for transition in entity.transitions:
            roles = ", ".join(rst(plan.role(r).label) for r in transition.roles)
            labels = {s.name: s.label for s in entity.spec.states}
            where = f"{rst(entity.label)}, {rst(transition.label)}"
            to = rst(labels.get(transition.target, transition.target))
            asked = "; asks for a reason" if transition.reason else ""
            who = f", by {roles}" if roles else ""
            yield code(f"{where}: leads to {to}{who}{asked}.")
        if not entity.transitions and not entity.is_line:
            yield code(f"{rst(entity.plural)} are kept in their list.")
    for entity in plan.extensions:
        counted = {link.count.name: link for link in entity.links}
        lines = {link.lines.name for link in entity.links}
        shown = [f for f in entity.fields.values() if f.name not in {*counted, *lines}]
        if shown:
            added = ", ".join(rst(f.label) for f in shown)
            yield code(f"The form {rst(entity.label)} shows in addition: {added}.")
        for link in counted.values():
            yield code(
                f"A button of the form {rst(entity.label)} counts and opens its"
                f" {rst(link.target.plural)}."
            )
