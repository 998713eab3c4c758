"""Results of earlier runs that still hold: what they depend on, where they are, taking over."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from qgate import record
from qgate.environment.postgres import MAJOR, named_server
from qgate.errors import QgateError
from qgate.policy.judge import PASSED
from qgate.stages.e2e import specs_elsewhere
from qgate.tools.registry import CONFIG_FILES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    import pandas as pd

    from qgate.record import Record
    from qgate.stages.base import Context, Stage

_OURS: Final = Path(__file__).parent
_LEFT_OUT: Final = frozenset({"__pycache__", ".git", "node_modules"})


def fingerprint(stage: Stage, context: Context) -> str:
    """Return a hash of everything that the result of *stage* depends on.

    These are the files of the gated modules and of those they need, specs elsewhere, the
    linters' own configurations, the settings of the stage, the installed packages and qgate
    itself, and, where it needs them, the builds of Odoo, PostgreSQL and the browsers.

    Raises:
        EnvironmentProblem: A component that the stage needs cannot be had.
        StageFailed: A spec that the configuration names does not exist.
    """
    settings, workspace = context.settings, context.workspace
    inside = (*workspace.dependencies(context.modules), *context.modules)
    outside = workspace.outside(context.modules)
    parts: list[object] = [
        stage.name,
        [module.name for module in context.modules],
        [(module.name, tree(module.path)) for module in inside],
        [
            (name, tree(folder / name))
            for folder in workspace.extra_addons
            for name in sorted(outside)
            if (folder / name).is_dir()
        ],
        sorted(outside),
        [
            (name, _content(workspace.root / name))
            for name in CONFIG_FILES
            if (workspace.root / name).is_file()
        ],
        getattr(settings, stage.name).model_dump_json(),
        settings.environment.model_dump_json(),
        context.environment.once("qgate", _qgate),
    ]
    # A server that is down is found in a moment, an Odoo may have to be downloaded.
    if "postgres" in stage.needs:
        named = named_server(settings)
        # Which server it is does not matter, only what it can do.
        parts.append(context.environment.postgres().version if named else MAJOR)
    if "odoo" in stage.needs:
        parts.append(context.environment.odoo().build)
    if "browser" in stage.needs:
        found = context.environment.browsers(settings.e2e.browsers)
        parts.append([(one.name, one.version, one.source) for one in found])
        parts += [(module, tree(path)) for module, path in specs_elsewhere(context)]
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def find(reports: Path, stage: Stage, mark: str) -> Record | None:
    """Return the newest run in which *stage* passed with the fingerprint *mark*.

    What failed is measured again: it may have been chance, or the machine.
    """
    for run_id in reversed(record.run_ids(reports)):
        try:
            old = record.load(reports, run_id)
        except QgateError:
            continue
        if (
            old.data.get("fingerprints", {}).get(stage.name) == mark
            and old.data.get("verdicts", {}).get(stage.name) == PASSED
        ):
            return old
    return None


def take_over(
    old: Record, stage: Stage, evidence: Path
) -> tuple[Mapping[str, pd.DataFrame], str]:
    """Return the frames of *stage* in *old*, its components too, and the run that measured.

    Its evidence is linked into *evidence*, as the old run's may be removed some day.

    Raises:
        SchemaError: A frame of the old run cannot be read.
    """
    frames = old.frames()
    source = old.folder / "evidence" / stage.name
    if source.is_dir():
        shutil.copytree(source, evidence, copy_function=_link, dirs_exist_ok=True)
    executions = frames["executions"].set_index("stage")
    origin = executions["reused_from"].get(stage.name)
    known = isinstance(origin, str) and origin
    names = ["components", *(table.name for table in stage.tables)]
    return {name: frames[name] for name in names}, (
        str(origin) if known else old.run_id
    )


def tree(folder: Path) -> str:
    """Return a hash of the names and contents of the files below *folder*, or of a file."""
    if folder.is_file():
        return _content(folder)
    digest = hashlib.sha256()
    for path in _files(folder):
        digest.update(f"{path.relative_to(folder).as_posix()}\0".encode())
        digest.update(_content(path).encode())
    return digest.hexdigest()


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not _LEFT_OUT & {*path.relative_to(folder).parts}:
            yield path


def _content(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _qgate() -> str:
    """Return a hash of qgate's own code and of the packages it runs with."""
    installed: Iterable[Any] = metadata.distributions()
    names = sorted({f"{item.metadata['Name']}=={item.version}" for item in installed})
    return hashlib.sha256(json.dumps([tree(_OURS), names]).encode()).hexdigest()


def _link(source: str, target: str) -> None:
    """Share a file of evidence, which nobody changes any more."""
    try:
        os.link(source, target)
    except OSError:  # another file system
        shutil.copy2(source, target)
