"""What a person sees in the terminal of what a ticket became."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.console import Console
from rich.markup import escape
from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from generator.session import Session
    from generator.spec import Spec

_GAPS: Final = 5  # candidates of a requirement's many that are worth a look first


def show(session: Session) -> None:
    """Print what was understood, found, written, and what is left to a person."""
    console = _stdout()
    spec = session.spec
    if spec is None:
        return
    console.print(f"[bold]{escape(spec.title)}[/bold] ({spec.module})")
    console.print(_entities(spec))
    _list(console, "Assumed", session.assumptions)
    _list(console, "Open questions", spec.questions)
    _list(
        console,
        "Criteria that nothing meets",
        [f"{item.id}: {item.text}" for item in spec.criteria if not item.covers],
    )
    if session.gaps:
        console.print(_gaps(session))
    if session.rendered is not None and session.extending is None:
        for extension in session.extensions:
            told = f"--build leaves {extension.module} out, --extend takes others."
            console.print(told)
    for problem in (session.unseen, *session.unranked):
        if problem:
            console.print(f"[yellow]{escape(problem)}[/yellow]")
    if session.rendered is not None:
        _list(console, "Left to you", session.rendered.left_to_you)
    written = session.written
    if written is not None:
        _list(console, "Your changes kept in", [str(path) for path in written.kept])
        count = len(written.files)
        new, changed = len(written.added), len(written.changed)
        told = f"{count} files, {new} new, {changed} changed"
        console.print(f"Module: {escape(str(written.folder))} ({told})")
    if session.proposal is not None:
        console.print(f"Draft pull request: {escape(session.proposal.url)}")


def _stdout() -> Console:
    """Return the console for results; piped output is not cut at 80 columns."""
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=160)


def _entities(spec: Spec) -> Table:
    table = Table("Entity", "Model", "Fields", "Workflow", title=None)
    for entity in spec.entities:
        table.add_row(
            escape(entity.label),
            entity.model,
            ", ".join(field.name for field in entity.fields),
            " → ".join(escape(state.label) for state in entity.states) or "-",
        )
    table.caption = "Roles: " + ", ".join(escape(role.label) for role in spec.roles)
    table.caption_justify = "left"
    return table


def _gaps(session: Session) -> Table:
    table = Table(
        "Module", "Source", "Series", "Advice", "Why", title="What exists already"
    )
    for gap in session.gaps[:_GAPS]:
        table.add_row(
            gap.module, gap.source, gap.series, gap.recommendation, escape(gap.why)
        )
    return table


def _list(console: Console, title: str, texts: Sequence[str] | Iterable[str]) -> None:
    listed = list(texts)
    if listed:
        console.print(f"[bold]{title}:[/bold]")
        for text in listed:
            console.print(f"  • {escape(text)}")
