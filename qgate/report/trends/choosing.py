"""The head of the page, and what somebody who sits before it chooses."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from IPython.display import HTML

from qgate.errors import QgateError
from qgate.report import html
from qgate.report.page import start
from qgate.report.trends.seen import ask

if TYPE_CHECKING:
    import ipywidgets

    from qgate.report.trends.seen import Trends

_FOLLOW: Final = Path(__file__).parents[1] / "template" / "trends.js"


def begin() -> HTML:
    """Load what the other parts need, and let points lead to their runs' reports."""
    follow = _FOLLOW.read_text(encoding="utf-8")
    return HTML(f"{start().data}<script>{follow}</script>")


def choose(trends: Trends) -> ipywidgets.VBox | HTML:
    """Offer branch, period and module to choose from, where somebody can choose."""
    if not trends.live:
        return HTML("")
    import ipywidgets  # noqa: PLC0415 - a page that is exported has no widgets

    fields = {
        name: ipywidgets.Text(
            value=trends.asked[name], description=name.capitalize(), placeholder=hint
        )
        for name, hint in (
            ("branch", "all branches"),
            ("since", "90d, or 2026-01-31"),
            ("until", "now"),
            ("module", "all modules"),
        )
    }
    told = ipywidgets.HTML()

    def show(_: object) -> None:
        asked = {
            **trends.asked,
            **{name: w.value.strip() for name, w in fields.items()},
        }
        try:
            trends.seen = ask(asked)
        except QgateError as error:
            told.value = f"<p>{html.safe(error)}</p>"
            return
        told.value, trends.asked = "", asked
        for place, draw in trends.parts:
            place.outputs = ()
            place.append_display_data(draw(trends))

    button = ipywidgets.Button(description="Show")
    button.on_click(show)
    return ipywidgets.VBox([ipywidgets.HBox([*fields.values()]), button, told])
