from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from qgate import figures
from qgate.frames import tables
from qgate.report.deployment import deployment

if TYPE_CHECKING:
    import pandas as pd

HOSTILE = "<script>alert(1)</script>"
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


def frames(**values: Any) -> dict[str, pd.DataFrame]:  # noqa: ANN401
    deploy = {
        "deploy": "d",
        "kind": "deploy",
        "target": "production",
        "image": f"odoo:{HOSTILE}",
        "outcome": "rolled_back",
        "old_colour": "blue",
        "new_colour": "green",
        "live_colour": "blue",
        "live_image": "odoo:1",
        "upgraded": ["shelf"],
        "pause": 4.5,
        "cause": HOSTILE,
        "lost": [f"The creation of {HOSTILE} cannot be kept."],
    }
    return {
        "deploys": tables.DEPLOYS.frame([deploy | values]),
        "deployment": tables.DEPLOYMENT.frame(
            {
                "number": number,
                "step": step,
                "colour": colour,
                "verdict": verdict,
                "started": BEGIN + timedelta(seconds=number),
                "seconds": 1.0,
                "detail": HOSTILE,
            }
            for number, (step, colour, verdict) in enumerate(
                [
                    ("preflight", None, "passed"),
                    ("switch", "green", "passed"),
                    ("watch", "green", "failed"),
                    ("roll back", "blue", "passed"),
                ],
                1,
            )
        ),
        "deployment_probes": tables.DEPLOYMENT_PROBES.frame(
            {
                "second": number / 10,
                "milliseconds": 5.0 + number,
                "status": 503 if number == 7 else 200,
                "colour": None if number == 7 else "blue" if number < 5 else "green",
            }
            for number in range(10)
        ),
        "image": tables.IMAGE.frame(
            [
                {
                    "image": "odoo:2",
                    "id": "sha256:1",
                    "size": 712_000_000,
                    "layers": [f"COPY {HOSTILE}"],
                    "layer_sizes": [712_000_000],
                    "labels": ["a=b", f"c={HOSTILE}=d"],
                    "user": "odoo",
                    "healthcheck": True,
                }
            ]
        ),
    }


def test_a_run_without_a_deploy_has_no_section() -> None:
    empty = {name: table.empty() for name, table in tables.ALL.items()}
    assert deployment(SimpleNamespace(frames=empty)).data == ""  # type: ignore[arg-type]


def test_a_deploy_is_shown_with_nothing_unescaped() -> None:
    text = deployment(SimpleNamespace(frames=frames())).data  # type: ignore[arg-type]
    assert HOSTILE not in text
    for word in ("rolled back", "odoo:1", "4.5 s", "cannot be kept", "0.71 GB"):
        assert word in text


def test_steps_have_the_colour_they_were_taken_on() -> None:
    figure = figures.deployment_timeline(frames()["deployment"])
    [bars] = figure.data
    assert bars.base == (0, 1, 2, 3)
    assert bars.marker.line.width == (0, 0, 3, 0)
    assert len(set(bars.marker.color)) == 3
    assert HOSTILE not in figure.to_json()


def test_failed_requests_and_the_switch_are_marked() -> None:
    made = frames()
    figure = figures.response_times_across_switch(
        made["deployment_probes"], made["deployment"]
    )
    counts = {trace.name: len(trace.x) for trace in figure.data}
    assert counts == {"blue (5)": 5, "green (4)": 4, "failed (1)": 1}
    [line] = figure.layout.shapes
    assert line.x0 == 2


def test_without_rows_the_figures_say_so() -> None:
    steps, probes = tables.DEPLOYMENT.empty(), tables.DEPLOYMENT_PROBES.empty()
    for figure in (
        figures.deployment_timeline(steps),
        figures.response_times_across_switch(probes, steps),
    ):
        assert "No" in figure.layout.annotations[0].text
