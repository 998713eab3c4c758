"""Audit of dependencies: which packages that the gate runs with have newer versions."""

from __future__ import annotations

import json
import sys
from importlib import metadata
from typing import TYPE_CHECKING, Any, Final

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from qgate import process
from qgate.audit.base import Audit
from qgate.errors import ToolFailed
from qgate.surfaces.markdown import code, plain, table

if TYPE_CHECKING:
    from qgate.settings import Settings

_UV: Final = "uv"
_SECONDS: Final = 300.0


def audit(settings: Settings) -> Audit:
    """Compare what is installed with what there is, as uv finds it in the package index.

    Raises:
        ToolFailed: The index cannot be reached, or answers what cannot be read.
    """
    installed = _listed(settings)
    outdated = _listed(settings, "--outdated")
    direct = {
        canonicalize_name(Requirement(word).name)
        for word in metadata.requires("qgate") or ()
    }
    ordered = sorted(
        outdated,
        key=lambda row: (row["name"] not in direct, not _major(row), row["name"]),
    )
    said = (
        f"Of {len(installed):,} packages that the gate runs with, {len(ordered):,} have "
        "newer versions."
    )
    lines = [
        said,
        "",
        *table(
            ("Package", "Installed", "Newest", ""),
            (
                (
                    code(row["name"]),
                    plain(row["version"]),
                    plain(row["latest_version"]),
                    ", ".join(_remarks(row, row["name"] in direct)),
                )
                for row in ordered
            ),
        ),
        "",
        "`make lock` resolves them anew; then `make test`.",
    ]
    return Audit(
        kind="audit-dependencies",
        title="Outdated dependencies",
        text="\n".join(lines) + "\n",
        found={
            row[
                "name"
            ]: f"{row['name']} {row['version']}: {row['latest_version']} is there."
            for row in ordered
        },
        looked_at=len(installed),
    )


def _listed(settings: Settings, *options: str) -> list[dict[str, Any]]:
    argv = [sys.executable, "-m", "uv", "pip", "list", "--format", "json"]
    done = process.run(
        _UV,
        [*argv, "--python", sys.executable, *options],
        env=settings.child_environ(),
        time_limit=_SECONDS,
        secrets=settings.secrets,
    )
    if done.timed_out or done.returncode:
        said = process.tail(done.errors, 2).replace("\n", " ") or "it took too long"
        hint = "Look whether the package index can be reached."
        message = f"cannot list the packages ({said.rstrip('.')})"
        raise ToolFailed(_UV, message, hint=hint)
    try:
        return list(json.loads(done.output))
    except ValueError as error:
        message = "answers what cannot be read"
        raise ToolFailed(_UV, message, output=done.output[-500:]) from error


def _remarks(row: dict[str, Any], direct: bool) -> list[str]:  # noqa: FBT001
    said = ["named in pyproject.toml"] if direct else []
    return [*said, "another major version"] if _major(row) else said


def _major(row: dict[str, Any]) -> bool:
    try:
        return Version(row["latest_version"]).major > Version(row["version"]).major
    except InvalidVersion:
        return False
