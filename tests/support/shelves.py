"""The Odoo module `shelf`, good or with one seeded defect, and looking at it with a tool."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Final

from qgate.progress import Silence
from qgate.stages.base import Context
from qgate.tools.base import Target
from qgate.workspace import Workspace
from tests.support.workspaces import make_settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qgate.environment import Environment
    from qgate.settings import Settings
    from qgate.tools.base import Tool, ToolReport

DATA: Final = Path(__file__).parents[1] / "data" / "static"


def write_shelf(
    root: Path,
    defect: str | None = None,
    *,
    name: str = "shelf",
    files: Mapping[str, str | bytes] | None = None,
) -> Path:
    """Write the module below *root*/addons, *defect* and *files* laid over it."""
    folder = root / "addons" / name
    shutil.copytree(DATA / "clean", folder)
    if defect:
        shutil.copytree(DATA / "defects" / defect, folder, dirs_exist_ok=True)
    for path, text in (files or {}).items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(text.encode() if isinstance(text, str) else text)
    return folder


def make_target(root: Path, *overrides: str) -> Target:
    """Return all modules below *root*/addons, with folders for evidence and caches beside."""
    settings = make_settings(root, *overrides)
    modules = tuple(Workspace.load(settings).modules.values())
    evidence = root.parent / f"{root.name}-evidence"
    evidence.mkdir(exist_ok=True)
    return Target(root, modules, settings, evidence, evidence / "cache")


def look(tool: Tool, root: Path, *overrides: str) -> ToolReport:
    """Run *tool* on everything below *root*/addons."""
    return tool.run(make_target(root, *overrides))


def found(report: ToolReport) -> set[tuple[str, str, int | None]]:
    """Return rule, path and line of each finding."""
    return {(f.rule, f.path, f.line) for f in report.findings}


def files(report: ToolReport) -> dict[str, int]:
    """Return how many files of each module the tool has looked at."""
    return {module.module: module.files for module in report.modules}


def make_context(
    settings: Settings, environment: Environment, scratch: Path
) -> Context:
    """Return a context for the stage, with all modules gated."""
    workspace = Workspace.load(settings)
    for name in ("evidence", "scratch"):
        (scratch / name).mkdir(parents=True)
    return Context(
        run_id="run",
        settings=settings,
        workspace=workspace,
        modules=tuple(workspace.modules.values()),
        environment=environment,
        evidence=scratch / "evidence",
        scratch=scratch / "scratch",
        progress=Silence(),
    )
