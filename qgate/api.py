"""What `import qgate` offers: run the gate, open an old run, judge it anew."""

from __future__ import annotations

import html
from pathlib import Path
from typing import TYPE_CHECKING

from qgate import pipeline, record, settings
from qgate.frames import rows
from qgate.policy.judge import FAILED, PASSED, SKIPPED, StageVerdict

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from qgate.progress import Progress
    from qgate.record import Record

_COLOURS = {PASSED: "#1a7f37", FAILED: "#cf222e", SKIPPED: "#6e7781"}


class Run:
    """One passage through the gate: verdicts, frames and evidence.

    Every frame is a pandas DataFrame whose columns `docs/frames.md` describes.

    Args:
        kept: Its record.
    """

    def __init__(self, kept: Record) -> None:
        self.record = kept
        self.frames: Mapping[str, pd.DataFrame] = kept.frames()

    @property
    def run_id(self) -> str:
        """Identifier of the run."""
        return self.record.run_id

    @property
    def folder(self) -> Path:
        """Folder of the record."""
        return self.record.folder

    @property
    def verdict(self) -> str:
        """Verdict of the run: passed, failed or error."""
        return str(self.record.data["verdict"])

    @property
    def reasons(self) -> list[str]:
        """Why it is not passed, one sentence each, with the stage in front."""
        return [
            f"{row['stage']}: {reason}"
            for row in rows(self.stages)
            if row["verdict"] not in (PASSED, SKIPPED)
            for reason in row["reasons"]
        ]

    @property
    def report(self) -> Path | None:
        """The HTML report, if one was written."""
        return self.record.report

    @property
    def stages(self) -> pd.DataFrame:
        """Verdict, seconds and reasons per stage."""
        return self.frames["stages"]

    @property
    def modules(self) -> pd.DataFrame:
        """The modules the run looked at."""
        return self.frames["modules"]

    @property
    def findings(self) -> pd.DataFrame:
        """What the tools of stage static found."""
        return self.frames["findings"]

    @property
    def tests(self) -> pd.DataFrame:
        """Odoo's tests, one row each."""
        return self.frames["tests"]

    @property
    def coverage(self) -> pd.DataFrame:
        """Coverage, one row per file."""
        return self.frames["coverage"]

    @property
    def e2e(self) -> pd.DataFrame:
        """End-to-end tests, one row a test and browser."""
        return self.frames["e2e"]

    @property
    def vulnerabilities(self) -> pd.DataFrame:
        """Vulnerabilities, secrets and misconfigurations, one row each."""
        return self.frames["vulnerabilities"]

    @property
    def performance(self) -> pd.DataFrame:
        """Operations under load, one row each."""
        return self.frames["performance"]

    @property
    def readiness(self) -> pd.DataFrame:
        """What has to be so before a release, one row a check."""
        return self.frames["readiness"]

    def evidence(self, stage: str) -> list[Path]:
        """Return the evidence files of *stage*: logs, reports, raw output of tools."""
        folder = self.folder / "evidence" / stage
        return sorted(path for path in folder.rglob("*") if path.is_file())

    def as_json(self) -> dict[str, object]:
        """Return what `qgate run --json` writes."""
        return {
            "run_id": self.run_id,
            "verdict": self.verdict,
            "modules": list(self.record.data["modules"]),
            "stages": [
                {
                    "stage": row["stage"],
                    "verdict": row["verdict"],
                    "seconds": round(row["seconds"], 3),
                    "reasons": list(row["reasons"]),
                }
                for row in rows(self.stages)
            ],
            "frames": {
                name: str((self.folder / path).absolute())
                for name, path in self.record.data["frames"].items()
            },
            "report": str(self.report.absolute()) if self.report else None,
        }

    def __repr__(self) -> str:
        return f"<Run {self.run_id}: {self.verdict}>"

    def _repr_html_(self) -> str:
        """Show the verdict table in a notebook; every text is escaped."""
        body = "".join(
            "<tr>"
            f"<td>{html.escape(row['stage'])}</td>"
            f"<td style='color:{_COLOURS.get(row['verdict'], '#9a6700')};font-weight:600'>"
            f"{html.escape(row['verdict'])}</td>"
            f"<td style='text-align:right'>{row['seconds']:.1f} s</td>"
            "<td style='text-align:left'>"
            f"{'<br>'.join(map(html.escape, row['reasons']))}</td>"
            "</tr>"
            for row in rows(self.stages)
        )
        head = "".join(
            f"<th>{name}</th>" for name in ("Stage", "Verdict", "Time", "Why")
        )
        colour = _COLOURS.get(self.verdict, "#9a6700")
        return (
            f"<p>Run <code>{html.escape(self.run_id)}</code>: "
            f"<b style='color:{colour}'>{html.escape(self.verdict)}</b></p>"
            f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        )


def run(
    addons: str | Path | Sequence[str | Path] | None = None,
    *,
    modules: Sequence[str] | None = None,
    stages: Sequence[str] | None = None,
    profile: str = "local",
    changed_since: str | None = None,
    config: str | Path | None = None,
    root: str | Path | None = None,
    overrides: Sequence[str] = (),
    cache: bool = True,
    fail_fast: bool = False,
    progress: Progress | None = None,
) -> Run:
    """Pass Odoo modules through the gate and return the run.

    Args:
        addons: Folders with the modules, by default those of the configuration.
        modules: Names of the modules to judge, by default all.
        stages: Stages to demand instead of the profile's.
        profile: Name of a profile: local, pr, main, release, or one of the configuration.
        changed_since: Judge what changed since this git ref, and what depends on it.
        config: Configuration file, by default `qgate.toml` in *root*.
        root: Folder of the workspace, by default the current one.
        overrides: `section.key=value` words.
        cache: Whether results kept from earlier runs may be used.
        fail_fast: Stop at the first stage that does not pass.
        progress: Where to say what goes on.

    Raises:
        UsageError: An argument or the configuration is wrong.
        QgateError: The record cannot be written.
    """
    found = settings.load(
        Path(config) if config else None,
        root=Path(root) if root else None,
        overrides=overrides,
        cache=cache,
        workspace={
            "addons": _paths(addons),
            "modules": tuple(modules) if modules is not None else None,
        },
    )
    plan = pipeline.make_plan(
        found, stages=stages, profile=profile, changed_since=changed_since
    )
    outcome = pipeline.execute(plan, progress=progress, fail_fast=fail_fast)
    return Run(outcome.record)


def load(run_id: str | Path = "latest", *, reports: str | Path | None = None) -> Run:
    """Open the record of an old run.

    Args:
        run_id: Its id, the start of its id, its folder, or `latest`.
        reports: Folder of the records, by default that of the configuration.

    Raises:
        UsageError: There is no such run, or its record is not complete.
    """
    folder = Path(reports) if reports else settings.load().reports
    return Run(record.load(folder, run_id))


def judge(old: Run, overrides: Sequence[str] = ()) -> tuple[list[StageVerdict], str]:
    """Judge *old* anew with other thresholds, running nothing.

    Args:
        old: A run.
        overrides: `section.threshold=value` words over the thresholds of the run.

    Returns:
        The verdict per stage, and that of the run.

    Raises:
        UsageError: A word names no threshold.
    """
    policy = settings.with_policy(old.record.data["policy"], overrides)
    return pipeline.judge(old.record, policy)


def _paths(
    addons: str | Path | Sequence[str | Path] | None,
) -> tuple[str, ...] | None:
    if addons is None:
        return None
    if isinstance(addons, (str, Path)):
        addons = [addons]
    # A path on the command line or in a notebook is relative to where the person stands.
    return tuple(str(Path(path).absolute()) for path in addons)


__all__ = ["Run", "judge", "load", "run"]
