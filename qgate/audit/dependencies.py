"""Audit of dependencies: which packages that the gate runs with have newer versions."""

from __future__ import annotations

import json
import sys
from importlib import metadata
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from qgate import process
from qgate.audit.base import Audit
from qgate.errors import ToolFailed
from qgate.policy.wording import some
from qgate.surfaces.markdown import code, plain, table

if TYPE_CHECKING:
    from qgate.settings import Settings

_UV: Final = "uv"
_SECONDS: Final = 300.0
_SHOWN: Final = 5


def audit(settings: Settings) -> Audit:
    """Compare what is installed with what there is, as uv finds it in the package index.

    Raises:
        ToolFailed: The index cannot be reached, or answers what cannot be read.
    """
    installed = _listed(settings, "--exclude-editable")
    newest = _newest(settings, [row["name"] for row in installed])
    known = [row for row in installed if row["name"] in newest]
    outdated = [
        row | {"latest_version": newest[row["name"]]}
        for row in known
        if _older(row["version"], newest[row["name"]])
    ]
    unknown = sorted({row["name"] for row in installed} - {*newest})
    direct = {
        canonicalize_name(Requirement(word).name)
        for word in metadata.requires("qgate") or ()
    }
    ordered = sorted(
        outdated,
        key=lambda row: (row["name"] not in direct, not _major(row), row["name"]),
    )
    said = (
        f"Of {len(known):,} packages that the gate runs with, {len(ordered):,} have "
        "newer versions."
    )
    unjudged = f"The index does not know {some(unknown, _SHOWN)}." if unknown else ""
    lines = [
        said,
        "",
        *([f"**It could not be judged:** {plain(unjudged)}", ""] if unjudged else []),
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
        looked_at=len(known),
        unjudged=unjudged,
    )


def _newest(settings: Settings, names: list[str]) -> dict[str, str]:
    """Return the newest version of every package that the index knows.

    uv says nothing of packages that an index does not have, as if they were the newest. So it
    is asked of a folder in which all of them are at version 0.
    """
    with TemporaryDirectory() as folder:
        for name in names:
            about = Path(folder) / f"{name.replace('-', '_')}-0.dist-info"
            about.mkdir()
            text = f"Metadata-Version: 2.1\nName: {name}\nVersion: 0\n"
            (about / "METADATA").write_text(text)
        found = _listed(settings, "--outdated", "--target", folder)
    return {row["name"]: row["latest_version"] for row in found}


def _older(version: str, newest: str) -> bool:
    try:
        return Version(version) < Version(newest)
    except InvalidVersion:
        return version != newest


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
