"""The part of the report page that shows the end-to-end tests and what was kept of them."""

from __future__ import annotations

import base64
import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from IPython.display import HTML

from qgate import figures
from qgate.frames import rows
from qgate.policy.judge import MEASURED, REUSED
from qgate.policy.wording import number
from qgate.report import html
from qgate.report.measured import not_measured

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from qgate.api import Run

_SHOWN: Final = 10
"""Tests whose screenshots go into the page itself."""

_PICTURE_BYTES: Final = 2_000_000
_WORST: Final = {name: i for i, name in enumerate(figures.OUTCOME_COLOURS)}
_STAGE: Final = "e2e"
_RETRY: Final = re.compile(r"-retry(\d+)/")
"""Stands in the folder of every try after the first one."""


def e2e(run: Run) -> HTML:
    """Show what failed with its screenshots, when each test ran, and what never did."""
    if _without_specs(run):
        return HTML(html.said("The modules have no specs, as <module>/e2e/test_*.py."))
    if missing := not_measured(run, _STAGE):
        return missing
    tests = sorted(
        rows(run.frames["e2e"]),
        key=lambda row: _WORST.get(row["outcome"], len(_WORST)),
    )
    parts = [f"<p>{html.safe(_told(run, tests))} {_pages(run)}</p>"]
    parts += _troubled(run, tests)
    if tests:
        parts += [
            html.chart(figures.spec_timeline(run.frames["e2e"])),
            _listed(tests),
        ]
    parts.append(_census(run))
    return HTML("".join(parts))


def _without_specs(run: Run) -> bool:
    """Tell whether the stage came to its end and found nothing to run."""
    ended = [
        row
        for row in rows(run.frames["executions"])
        if row["stage"] == _STAGE and row["status"] in (MEASURED, REUSED)
    ]
    return bool(ended) and run.frames["specs"].empty


def _told(run: Run, tests: Sequence[Mapping[str, Any]]) -> str:
    browsers = ", ".join(sorted({row["browser"] for row in tests})) or "no browser"
    modules = {row["module"] for row in tests}
    told = f"{number(len(tests), 'test')} of {number(len(modules), 'module')} "
    told += f"in {browsers}."
    components = {row["component"]: row for row in rows(run.frames["components"])}
    ffmpeg = components.get("ffmpeg")
    if ffmpeg and ffmpeg["status"] != "ready":
        told += f" {ffmpeg['detail']}"
    return told


def _pages(run: Run) -> str:
    """Link the reports of the stage alone."""
    folder = run.folder / "evidence" / _STAGE
    names = [path.name for path in sorted(folder.glob("report-*.html"))]
    names += ["junit.xml"] if (folder / "junit.xml").is_file() else []
    return " ".join(_link(name, name) for name in names)


def _troubled(run: Run, tests: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Show what the first tests that did not simply pass said, and what their users saw."""
    bad = [row for row in tests if row["outcome"] not in ("passed", "skipped")]
    for place, row in enumerate(bad[:_SHOWN]):
        title = (
            f"{html.badge(row['outcome'])} {html.safe(row['module'])}: "
            f"{html.safe(row['test'])} <small>{html.safe(row['browser'])}</small>"
        )
        message = row["message"] or "It began and never ended."
        yield html.trace(title, message, opened=place == 0)
        yield _kept(run, row["artifacts"])
    if len(bad) > _SHOWN:
        yield html.said(f"{len(bad) - _SHOWN:,} more are in the table, below.")


def _kept(run: Run, names: Sequence[str]) -> str:
    """Return pictures, videos and links of what was kept of a test."""
    if not names:
        return ""
    shown = []
    links = []
    for name in names:
        path = PurePosixPath(name)
        if path.suffix == ".png" and (picture := _picture(run, name)):
            image = f"<img src='{picture}' alt='Screenshot of {html.safe(path.stem)}'>"
            shown.append(_figure(image, name))
        elif path.suffix == ".webm":
            source = html.safe(_address(name))
            video = f"<video src='{source}' controls preload='none'></video>"
            shown.append(_figure(video, name))
        else:
            links.append(_link(name, _named(name)))
    hint = (
        " <small>A trace opens with <code>playwright show-trace FILE</code>.</small>"
        if any(name.endswith(".zip") for name in names)
        else ""
    )
    return f"<div class='qg-shots'>{''.join(shown)}</div><p>{' '.join(links)}{hint}</p>"


def _picture(run: Run, name: str) -> str | None:
    """Return a screenshot as part of the page, which then shows it wherever it is read."""
    root = (run.folder / "evidence" / _STAGE).resolve()
    path = (root / name).resolve()
    if not path.is_relative_to(root) or not path.is_file():
        return None
    if path.stat().st_size > _PICTURE_BYTES:
        return html.safe(_address(name))
    return f"data:image/png;base64,{base64.b64encode(path.read_bytes()).decode()}"


def _figure(content: str, name: str) -> str:
    caption = html.safe(_named(name))
    return f"<figure>{content}<figcaption>{caption}</figcaption></figure>"


def _named(name: str) -> str:
    """Return the name of a file that was kept, and of which try."""
    retry = _RETRY.search(name)
    which = f" of try {int(retry[1]) + 1}" if retry else ""
    return f"{PurePosixPath(name).name}{which}"


def _address(name: str) -> str:
    return quote(f"evidence/{_STAGE}/{name}")


def _link(name: str, text: str) -> str:
    return f"<a href='{html.safe(_address(name))}'>{html.safe(text)}</a>"


def _listed(tests: Sequence[Mapping[str, Any]]) -> str:
    return html.table(
        "End-to-end tests",
        (
            "Outcome",
            "Module",
            "Test",
            "Browser",
            "Seconds",
            "Retries",
            "Kept",
            "Message",
        ),
        [
            (
                html.outcome(row["outcome"]),
                row["module"],
                html.dotted(PurePosixPath(row["spec"]).stem, row["test"]),
                row["browser"],
                row["seconds"],
                row["retries"],
                _links(row["artifacts"]),
                html.message(row["message"] or ""),
            )
            for row in tests
        ],
        filters=("Outcome", "Module", "Browser"),
        prose=True,
    )


def _links(names: Sequence[str]) -> html.Cell:
    if not names:
        return html.Cell("", "")
    links = "<br>".join(_link(name, _named(name)) for name in names)
    told = number(len(names), "file")
    return html.Cell(f"<details><summary>{told}</summary>{links}</details>", told)


def _census(run: Run) -> str:
    return html.table(
        "Specs: tests in the source against those that ran",
        ("Module", "Spec", "In the source", "Executed", "Did not run", "Why"),
        [
            (
                row["module"],
                row["spec"],
                row["found"],
                row["executed"],
                html.several(row["missing"]),
                row["cause"],
            )
            for row in rows(run.frames["specs"])
        ],
        filters=("Module",),
    )
