"""`qgate format`: what ruff, isort and black would change, or the change itself."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from qgate.tools import black, isort, ruff
from qgate.tools.base import Target, run_module

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qgate.settings import Settings
    from qgate.workspace import Module


def format_modules(
    root: Path, modules: Sequence[Module], settings: Settings, *, fix: bool
) -> list[str]:
    """Return the files, relative to *root*, that were changed or would be.

    The order is such that a second run changes nothing: ruff repairs, isort sorts, and black,
    with which isort's profile agrees, has the last word.

    Args:
        root: Folder of the workspace.
        modules: Modules whose Python files are formatted.
        settings: The configuration.
        fix: Change the files; otherwise they are formatted in a copy and compared.

    Raises:
        ToolFailed: A tool crashed, or a file cannot be parsed.
    """
    with tempfile.TemporaryDirectory() as scratch:
        work = Path(scratch)
        target = Target(root, modules, settings, work, work / "cache")
        files = [path for paths in target.python_files().values() for path in paths]
        sortable = [path for paths in isort.sortable(target).values() for path in paths]
        place = {path: path for path in files}
        within = target
        if not fix:
            # A copy is formatted, so that looking never touches what is looked at. It is laid
            # out as the workspace is: patterns of its configuration are relative to that.
            within = replace(target, root=work / "copy")
            place = {path: _copied(path, root, within.root) for path in files}
        before = {path: path.read_bytes() for path in files}
        _run(
            within,
            [place[path] for path in files],
            [place[path] for path in sortable],
            configs=(ruff.config(target), isort.config(target), black.config(target)),
        )
        changed = [path for path in files if place[path].read_bytes() != before[path]]
    return [target.relative(path) for path in changed]


def _copied(path: Path, root: Path, copy: Path) -> Path:
    inner = root if path.is_relative_to(root) else path.anchor
    place = copy / path.relative_to(inner)
    place.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(path, place)
    return place


def _run(
    target: Target,
    files: Sequence[Path],
    sortable: Sequence[Path],
    *,
    configs: tuple[list[str | Path], Path, list[str | Path]],
) -> None:
    if not files:
        return
    cache = target.cache / "ruff"
    ruff_config, isort_config, black_config = configs
    run_module(
        "ruff",
        target,
        *("ruff", "check", "--fix", "--exit-zero", "--quiet", "--cache-dir", cache),
        *ruff_config,
        "--",
        *files,
        found=(0,),
    )
    if sortable:
        run_module(
            "isort",
            target,
            *("isort", "--quiet", "--settings-file"),
            isort_config,
            "--",
            *sortable,
            found=(0,),
        )
    run_module(
        "black",
        target,
        *("black", "--quiet", "--workers", "1", *black_config, "--", *files),
        found=(0,),
        environ={"BLACK_CACHE_DIR": str(target.cache / "black")},
    )
