"""What has to be so before anything of a target is changed."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from qgate import record
from qgate.delivery import image as images
from qgate.delivery import registry
from qgate.delivery import target as targets
from qgate.delivery.colour import ColourFailed
from qgate.errors import EnvironmentProblem, QgateError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from qgate.delivery.image import Image
    from qgate.delivery.proxy import Proxy
    from qgate.environment.containers import Engine
    from qgate.sections import Target
    from qgate.settings import Settings


def check(
    settings: Settings,
    target: Target,
    engine: Engine,
    proxy: Proxy,
    state: Path,
    database: str,
) -> str:
    """Make sure that engine, disk, database and proxy are there; return what was seen.

    Raises:
        QgateError: One is not.
    """
    free = shutil.disk_usage(state).free / 1e9
    if free < target.min_free_disk:
        message = (
            f"{state} has {free:.1f} GB free, {target.min_free_disk:g} are needed."
        )
        raise EnvironmentProblem(message, hint="Free some space.")
    with targets.connect(settings, target, database) as connection:
        row = connection.execute("SELECT 1").fetchone()
        version = connection.info.parameter_status("server_version")
    if row != (1,):
        message = f"Database {database} does not answer SELECT 1."
        raise EnvironmentProblem(message, hint="See PostgreSQL's log.")
    live = proxy.state()
    return (
        f"{engine.name} {engine.version}, PostgreSQL {version}, {free:.0f} GB free, "
        f"proxy on {live.get('live', 'blue')}"
    )


def image(settings: Settings, engine: Engine, name: str) -> Image:
    """Return the image *name*, pulled when it comes from a registry.

    Raises:
        UsageError: It does not exist.
        EnvironmentProblem: The registry does not answer or refuses, or the image is too large.
    """
    name = images.checked(name)
    first, slash, _ = name.partition("/")
    if slash and ("." in first or ":" in first):
        found: Image | None = registry.pull(settings, engine, name)
    else:
        found = images.inspect(engine, name)
    if found is None:
        message = f"The container engine at {engine.host} has no image {name}."
        hint = "Make it with `qgate image build`, or give it with its registry."
        raise UsageError(message, hint=hint)
    images.check_size(settings, found)
    if not found.revision or not found.modules:
        message = f"Image {name} does not say what it was built from."
        raise UsageError(message, hint="Build it with `qgate image build`.")
    return found


def gate(settings: Settings, target: Target, image: Image) -> str:
    """Make sure that the gate has passed this very revision; return which run it was.

    Raises:
        UsageError: The target names a profile that does not exist.
        ColourFailed: There is no such run, or it has not passed.
    """
    if target.gate not in settings.profiles:
        message = f"The target demands the profile {target.gate}, which does not exist."
        raise UsageError(message, hint="Correct `gate` of the target.")
    wanted = set(settings.profiles[target.gate].stages)
    if image.revision.endswith("-dirty"):
        message = f"Image {image.name} was built from files that were not committed."
        raise ColourFailed(message, hint="Commit, pass the gate, and build it again.")
    seen = ""
    for run_id in reversed(record.run_ids(settings.reports)):
        try:
            data = record.load(settings.reports, run_id).data
        except QgateError:
            continue
        state = data.get("git") or {}
        if state.get("commit") != image.revision or state.get("dirty"):
            continue
        if not wanted <= set(data.get("demanded", ())):
            continue
        if missing := sorted(set(image.modules) - set(data.get("modules", ()))):
            seen = seen or f"run {run_id} did not judge {', '.join(missing)}"
            continue
        if data.get("verdict") == "passed":
            return f"run {run_id} passed {image.revision[:12]}"
        seen = seen or f"run {run_id} is {data.get('verdict')}"
        break
    why = seen or f"there is no run of profile {target.gate} on it"
    message = f"The gate has not passed revision {image.revision[:12]}: {why}."
    raise ColourFailed(message, hint=f"Run `qgate run --profile {target.gate}` on it.")
