"""The part of the report page that shows a deploy or a rollback."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from IPython.display import HTML

from qgate import figures
from qgate.frames import rows
from qgate.report import html

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qgate.api import Run


def deployment(run: Run) -> HTML:
    """Show the deploy as a timeline with both colours; nothing when the run had none."""
    deploys = list(rows(run.frames["deploys"]))
    if not deploys:
        return HTML("")
    parts = ["<h2>Deployment</h2>", *(_facts(row) for row in deploys)]
    steps = run.frames["deployment"]
    parts += [
        html.chart(figures.deployment_timeline(steps)),
        html.chart(
            figures.response_times_across_switch(run.frames["deployment_probes"], steps)
        ),
        html.table(
            "Steps",
            ("Step", "Colour", "Verdict", "Seconds", "What was seen"),
            [
                (
                    row["step"],
                    row["colour"],
                    html.outcome(row["verdict"]),
                    row["seconds"],
                    row["detail"],
                )
                for row in rows(steps)
            ],
            prose=True,
        ),
    ]
    parts += [_image(row) for row in rows(run.frames["image"])]
    return HTML("".join(parts))


def _facts(row: Mapping[str, Any]) -> str:
    lost = html.items(row["lost"], len(row["lost"])) if row["lost"] else ""
    said = html.facts(
        [
            ("Target", row["target"]),
            ("Outcome", f"{row['kind']}: {row['outcome'].replace('_', ' ')}"),
            ("Image", row["image"]),
            ("Revision", row["revision"]),
            ("Served before by", row["old_colour"]),
            ("Serves now", f"{row['live_image'] or 'nothing'}"),
            ("On", row["live_colour"]),
            ("Database", row["database"]),
            ("Upgraded", ", ".join(row["upgraded"])),
            ("Writes held for", figures.duration(row["pause"]) if row["pause"] else ""),
        ]
    )
    return said + lost


def _image(row: Mapping[str, Any]) -> str:
    layers = html.table(
        f"Layers of {row['image']}, {row['size'] / 1e9:.2f} GB",
        ("Layer", "MB"),
        [
            (layer, round(size / 1e6, 1))
            for layer, size in zip(row["layers"], row["layer_sizes"], strict=True)
        ],
    )
    labels = html.table(
        "Labels",
        ("Label", "Value"),
        [tuple(label.split("=", 1)) for label in row["labels"]],
    )
    return layers + labels
