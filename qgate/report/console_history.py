"""What a person sees in the terminal of the history."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pandas as pd
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from qgate.frames import rows

if TYPE_CHECKING:
    from collections.abc import Sequence

_STYLES: Final = {"passed": "green", "failed": "red", "error": "magenta"}
_ASIDE: Final = ("author_date", "machine", "conditions")
"""Columns of a run that `--json` has and a terminal no room for."""
_SHORT: Final = 9  # letters of a commit that people read


def show_runs(shown: pd.DataFrame, count: int, url: str) -> None:
    """Print runs, one line each."""
    console = _stdout()
    if shown.empty:
        console.print(f"No such run is in {url}.", highlight=False, markup=False)
        return
    table = Table(title=f"{len(shown)} of {count} runs in {escape(url)}")
    for name in ("Run", "Began (UTC)", "Verdict", "Blocked by", "Branch", "Commit"):
        table.add_column(name, no_wrap=name in ("Run", "Began (UTC)"))
    table.add_column("Seconds", justify="right")
    table.add_column("Modules")
    for row in rows(shown):
        table.add_row(
            row["run_id"],
            f"{row['started']:%Y-%m-%d %H:%M}",
            _styled(row["verdict"]),
            ", ".join(row["blocking"]),
            escape(row["branch"] or ""),
            (row["commit"] or "")[:_SHORT],
            f"{row['seconds']:.0f}",
            ", ".join(row["modules"]),
        )
    console.print(table)


def show_frame(shown: pd.DataFrame, title: str) -> None:
    """Print the rows of any frame; columns that are empty throughout are left out."""
    console = _stdout()
    if shown.empty:
        console.print("No such row is in the history.", highlight=False)
        return
    full = shown.drop(columns=[*_ASIDE]).dropna(axis="columns", how="all")
    table = Table(title=escape(title))
    for name in full.columns:
        numeric = pd.api.types.is_numeric_dtype(full[name])
        table.add_column(escape(str(name)), justify="right" if numeric else "left")
    for values in full.itertuples(index=False):
        table.add_row(*_texts(values))
    console.print(table)


def _stdout() -> Console:
    """Return the console for results; piped output is not cut at 80 columns."""
    console = Console()
    return console if console.is_terminal else Console(width=200)


def _texts(values: Sequence[Any]) -> list[str]:
    texts = []
    for value in values:
        if isinstance(value, float):
            texts.append("" if pd.isna(value) else f"{value:,.4g}")
        elif hasattr(value, "strftime"):
            texts.append("" if pd.isna(value) else f"{value:%Y-%m-%d %H:%M}")
        else:
            texts.append("" if value is None or value is pd.NA else escape(str(value)))
    return texts


def _styled(verdict: str) -> str:
    style = _STYLES.get(verdict)
    return f"[{style}]{verdict}[/{style}]" if style else verdict
