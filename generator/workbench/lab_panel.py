"""The notebook `prompt_lab.ipynb` in calls: edit a prompt, try it, compare."""

from __future__ import annotations

import difflib
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import ipywidgets

from generator import lab, prompts
from generator.intent import PROVIDERS
from generator.workbench.lab_chart import chart, label
from generator.workbench.live import LiveProgress
from generator.workbench.preview import difference
from qgate import settings as configuration
from qgate.errors import QgateError
from qgate.frames import rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pandas as pd
    import plotly.graph_objects as go

_FULL: Final = ipywidgets.Layout(width="98%")
_LISTED: Final = 6  # differences of a ticket that are shown; the frame has them all


class PromptLab:
    """Tries prompts on a folder of tickets.

    Args:
        tickets: Folder of tickets, with what is expected of them beside.
        provider: Who reads them: `rules`, `anthropic` or `replay`.
        prompt: File with a prompt; empty for the one of the package.
        gate: Whether the gate judges what becomes of each ticket.
        config: Configuration file; by default `qgate.toml` where it is found.
        **options: What the provider takes besides.

    Raises:
        UsageError: The configuration is wrong, or there is no such prompt.
    """

    def __init__(
        self,
        tickets: str | Path,
        *,
        provider: str = "rules",
        prompt: str = "",
        gate: bool = False,
        config: str = "",
        **options: Any,  # noqa: ANN401 - as each reader has them
    ) -> None:
        self.settings = configuration.load(Path(config) if config else None)
        self.tickets = Path(tickets)
        self.provider, self.gate, self.options = provider, gate, options
        file = Path(prompt)
        self.prompt = prompts.load(file.stem, file.parent) if prompt else prompts.load()

    def run(self) -> pd.DataFrame:
        """Read the tickets, keep the figures, and return a row for each.

        Raises:
            UsageError: There are no tickets, or the reader cannot be used.
        """
        return lab.try_out(
            self.settings,
            self.tickets,
            self.provider,
            prompt=self.prompt,
            gate=self.gate,
            **self.options,
        )

    def history(self) -> pd.DataFrame:
        """Return all that was ever tried, oldest first."""
        return lab.history(self.settings)

    def versions(self) -> pd.DataFrame:
        """Return a row for each prompt version."""
        return lab.versions(self.history())

    def chart(self) -> go.Figure:
        """Draw the prompt versions beside each other."""
        return chart(self.versions())

    def panel(self) -> LabPanel:
        """Return what a person edits and presses."""
        return LabPanel(self)


class LabPanel(ipywidgets.VBox):  # type: ignore[misc] # ipywidgets has no types
    """The prompt in a box, a button to try it, and how versions compare."""

    def __init__(self, room: PromptLab) -> None:
        self.room = room
        self.provider = ipywidgets.Dropdown(
            options=PROVIDERS, value=room.provider, description="Reader"
        )
        self.tickets = ipywidgets.Text(
            value=str(room.tickets), description="Tickets", layout=_FULL
        )
        self.prompt = ipywidgets.Textarea(
            value=room.prompt.text, description="Prompt", rows=16, layout=_FULL
        )
        self.gate = ipywidgets.Checkbox(
            value=room.gate,
            description="pass each result through the gate (slow)",
            indent=False,
            layout=ipywidgets.Layout(width="auto"),
        )
        self.button = ipywidgets.Button(
            description="Try it",
            tooltip="Reads all tickets and keeps the figures",
            button_style="primary",
            layout=ipywidgets.Layout(width="auto", align_self="flex-start"),
        )
        self.button.on_click(lambda _: self.press())
        self.live = LiveProgress()
        self.result = ipywidgets.HTML()
        self.compared = ipywidgets.HTML()
        super().__init__(
            [
                ipywidgets.HBox([self.provider, self.gate]),
                self.tickets,
                self.prompt,
                self.button,
                self.live,
                self.result,
                self.compared,
            ]
        )

    def press(self) -> None:
        """Try the prompt; what goes wrong is a sentence."""
        room = self.room
        room.prompt = prompts.Prompt(room.prompt.name, self.prompt.value)
        room.provider, room.gate = self.provider.value, self.gate.value
        room.tickets = Path(self.tickets.value.strip())
        self.button.disabled = True
        self.live.clear()
        try:
            before = room.history()
            now = lab.try_out(
                room.settings,
                room.tickets,
                room.provider,
                prompt=room.prompt,
                gate=room.gate,
                progress=self.live,
                **room.options,
            )
            self.result.value = trials_table(now)
            parts = (
                "<h4>Prompt versions</h4>",
                versions_table(room.versions()),
                "<h4>Specifications that differ from the run before</h4>",
                changed(before, now),
            )
            self.compared.value = "".join(parts)
        except QgateError as error:
            hint = f" {escape(error.hint)}" if error.hint else ""
            self.result.value = (
                f'<p style="color:#cf222e"><b>{escape(error.message)}</b>{hint}</p>'
            )
        finally:
            self.button.disabled = False


def trials_table(frame: pd.DataFrame) -> str:
    """Return one run as an HTML table, a row for each ticket."""
    heads = ("Ticket", "Outcome", *lab.SCORED, "Total", "Tokens", "Cost", "Seconds")
    made = []
    for row in rows(frame):
        found = [*row["problems"], *row["differences"]]
        more = len(found) - _LISTED
        listed = "<br>".join(escape(text) for text in found[:_LISTED])
        if more > 0:
            listed += f"<br>and {more} more"
        made.append(
            [
                *(escape(row["ticket"]), escape(row["outcome"])),
                *(_both(row, kind) for kind in lab.SCORED),
                *(_share(row["total"]), _tokens(row), _money(row["cost"])),
                *(f"{row['seconds']:.2f}", escape(row["gate"] or "-")),
                f'<div style="text-align:left">{listed}</div>',
            ]
        )
    return _table([*heads, "Gate", "Problems and differences"], made)


def versions_table(frame: pd.DataFrame) -> str:
    """Return the prompt versions as an HTML table."""
    heads = ("Version", "Runs", "Tickets", *lab.SCORED, "Total", "Unclear", "Errors")
    made = [
        [
            *(escape(label(row)), str(row["runs"]), str(row["tickets"])),
            *(_both(row, kind) for kind in lab.SCORED),
            *(_share(row["total"]), str(row["unclear"]), str(row["error"])),
            *(_tokens(row), _money(row["cost"]), f"{row['seconds']:.2f}"),
            f"{row['gate_passed']} of {row['gated']}" if row["gated"] else "-",
        ]
        for row in rows(frame)
    ]
    return _table([*heads, "Tokens", "Cost", "Seconds each", "Gate passed"], made)


def changed(before: pd.DataFrame, now: pd.DataFrame) -> str:
    """Return how specifications differ from those that the tickets had last."""
    last = {row["ticket"]: row["spec"] or "" for row in rows(before)}
    parts = []
    for row in rows(now):
        name, old, new = row["ticket"], last.get(row["ticket"]), row["spec"] or ""
        if old is None or old == new:
            continue
        lines = difflib.unified_diff(
            old.splitlines(), new.splitlines(), "before", "now", lineterm="", n=2
        )
        parts.append(
            f"<details><summary>{escape(name)}</summary>"
            f"{difference(chr(10).join(lines))}</details>"
        )
    return "".join(parts) or "<p>None.</p>"


def _table(heads: Iterable[str], cells: Iterable[Iterable[str]]) -> str:
    head = "".join(f"<th>{name}</th>" for name in heads)
    body = "".join(
        f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in cells
    )
    return (
        '<div style="overflow:auto;max-height:40em"><table><thead><tr>'
        f"{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _both(row: Mapping[str, float | None], kind: str) -> str:
    precision, recall = row[f"{kind}_precision"], row[f"{kind}_recall"]
    if precision is None or recall is None:
        return "-"
    told = f"precision {precision:.0%}, recall {recall:.0%}"
    return f'<span style="white-space:nowrap" title="{told}">{precision:.0%} / {recall:.0%}</span>'


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.0%}"


def _tokens(row: Mapping[str, int | None]) -> str:
    if row["input_tokens"] is None or row["output_tokens"] is None:
        return "unknown"
    return f"{row['input_tokens']:,} + {row['output_tokens']:,}"


def _money(value: float | None) -> str:
    return "unknown" if value is None else f"${value:.4f}"
