"""Production images: built from the workspace's modules, measured, pushed, pulled back."""

from __future__ import annotations

import io
import json
import re
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from qgate.delivery import context
from qgate.environment.containers import told
from qgate.errors import EnvironmentProblem, UsageError
from qgate.frames import tables
from qgate.workspace import Workspace, git, git_state

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pandas as pd

    from qgate.environment.containers import Engine
    from qgate.progress import Progress
    from qgate.settings import Settings

STAGE: Final = "image"
REVISION: Final = "org.opencontainers.image.revision"
VERSION: Final = "org.opencontainers.image.version"
CREATED: Final = "org.opencontainers.image.created"
MODULES: Final = "org.qgate.modules"
"""Label with the modules' names and versions, as JSON."""

_REFERENCE: Final = re.compile(r"[a-z0-9][\w./:@-]*")
_NOT_IN_TAG: Final = re.compile(r"[^\w.-]")


@dataclass(frozen=True)
class Image:
    """An image that an engine has.

    Attributes:
        name: The name it was asked for by.
        id: Hash of its configuration, the same on every engine.
        size: Bytes.
        labels: Its labels.
        attributes: What the engine says of it.
        history: Its layers, oldest first.
    """

    name: str
    id: str
    size: int
    labels: Mapping[str, str]
    attributes: Mapping[str, Any]
    history: tuple[Mapping[str, Any], ...]

    @property
    def revision(self) -> str:
        """Commit it was built from; ends with -dirty when files differed from it."""
        return self.labels.get(REVISION, "")

    @property
    def modules(self) -> dict[str, str]:
        """Versions of its modules by name; empty when qgate did not build it."""
        found = json.loads(self.labels.get(MODULES) or "{}")
        return {str(name): str(version) for name, version in found.items()}

    def frame(self) -> pd.DataFrame:
        """Return it as the frame `image`."""
        config = self.attributes.get("Config") or {}
        filled = [layer for layer in self.history if layer.get("Size")]
        # Podman leaves it out of what it says in Docker's way, but not out of the history.
        health = config.get("Healthcheck") or any(
            "HEALTHCHECK" in str(layer.get("CreatedBy")) for layer in self.history
        )
        row = {
            "image": self.name,
            "id": self.id,
            "size": self.size,
            "layers": [str(layer.get("CreatedBy") or "")[:200] for layer in filled],
            "layer_sizes": [int(layer["Size"]) for layer in filled],
            "labels": [f"{key}={value}" for key, value in sorted(self.labels.items())],
            "user": str(config.get("User") or "root"),
            "healthcheck": bool(health),
        }
        return tables.IMAGE.frame([row])


def inspect(engine: Engine, name: str) -> Image | None:
    """Return what *engine* knows of the image *name*, None when it has none."""
    found = engine.image(name)
    if found is None:
        return None
    with told(engine.host):
        history = found.history()
    labels = found.labels or {}
    return Image(
        name=name,
        id=str(found.id),
        size=int(found.attrs["Size"]),
        labels={str(key): str(value) for key, value in labels.items()},
        attributes=found.attrs,
        history=tuple(reversed(history)),
    )


def build(
    settings: Settings,
    engine: Engine,
    progress: Progress,
    *,
    base: str = "",
    tag: str = "",
) -> Image:
    """Build the image of the workspace's modules and return it.

    Args:
        settings: The configuration.
        engine: Builds it.
        progress: Where to say what goes on.
        base: Image with Odoo 19, by default `image.base`.
        tag: Its name, by default `image.name` and the revision.

    Raises:
        UsageError: A name or a module is wrong, or the base image does not exist.
        EnvironmentProblem: The engine fails, a package cannot be had, or the image is larger
            than `readiness.max_image_size`.
    """
    base = checked(base or settings.image.base)
    workspace = Workspace.load(settings)
    modules = workspace.select(settings).modules
    modules = (*workspace.dependencies(modules), *modules)
    labels = _labels(settings) | {
        MODULES: json.dumps({item.name: item.version or "" for item in modules})
    }
    tag = checked(tag or _default_tag(settings, labels[REVISION]))
    wanted = context.requirements(workspace, modules)
    progress.step(STAGE, f"getting {base}")
    _ensure(engine, base)
    with tempfile.TemporaryDirectory(prefix="qgate-image-") as folder:
        site = Path(folder) / "site"
        progress.step(STAGE, f"installing {len(wanted)} Python packages")
        context.install(
            settings,
            wanted,
            site,
            python=_python(engine, base) if wanted else "",
            architecture=str(engine.client.version().get("Arch") or "amd64"),
        )
        archive = context.archive(workspace, modules, site)
    progress.step(STAGE, f"building {tag} with {len(modules)} modules")
    _build(engine, archive, base, tag, labels)
    image = inspect(engine, tag)
    if image is None:
        message = f"The engine says that it built {tag}, but has no such image."
        raise EnvironmentProblem(message, hint="Look at the engine's disk.")
    check_size(settings, image)
    progress.ended(STAGE, "passed")
    return image


def check_size(settings: Settings, image: Image) -> None:
    """Make sure that *image* is not above the largest size that a release may have.

    Raises:
        EnvironmentProblem: It is.
    """
    most = settings.readiness.max_image_size
    if image.size > most * 1e9:
        message = (
            f"Image {image.name} has {image.size / 1e9:.2f} GB, above {most:g} GB."
        )
        hint = "Leave out what it does not need, or raise readiness.max_image_size."
        raise EnvironmentProblem(message, hint=hint)


def checked(name: str) -> str:
    """Return *name* if it can be the name of an image.

    Raises:
        UsageError: It cannot.
    """
    if not _REFERENCE.fullmatch(name):
        message = f"{name!r} is no name of an image."
        raise UsageError(message, hint="As in registry.example.com/odoo:1.2.")
    return name


def split(name: str) -> tuple[str, str]:
    """Return repository and tag of *name*; the tag is `latest` when it has none."""
    repository, colon, tag = name.rpartition(":")
    if not colon or "/" in tag:
        return name, "latest"
    return repository, tag


def raise_errors(lines: Iterable[Mapping[str, Any]], what: str) -> str:
    """Read an engine's progress to its end; return its last words.

    Raises:
        EnvironmentProblem: It reports an error.
    """
    last = ""
    for line in lines:
        if error := line.get("error"):
            said = str(error).strip().splitlines()[-1].rstrip(".")
            message = f"{what} failed: {said}."
            raise EnvironmentProblem(message, hint="See the engine's log.")
        last = str(line.get("stream") or line.get("status") or "").strip() or last
    return last


def _ensure(engine: Engine, base: str) -> None:
    if engine.image(base) is not None:
        return
    repository, tag = split(base)
    with told(engine.host):
        try:
            raise_errors(
                engine.client.api.pull(repository, tag=tag, stream=True, decode=True),
                f"Pulling the base image {base}",
            )
        except EnvironmentProblem as error:
            hint = "Name an image with Odoo 19 that can be had, with --base."
            raise UsageError(error.message, hint=hint) from error


def _build(
    engine: Engine, archive: bytes, base: str, tag: str, labels: Mapping[str, str]
) -> None:
    with told(engine.host):
        lines = engine.client.api.build(
            fileobj=io.BytesIO(archive),
            custom_context=True,
            tag=tag,
            buildargs={"BASE": base},
            labels=dict(labels),
            rm=True,
            forcerm=True,
            decode=True,
        )
        raise_errors(lines, f"Building {tag}")


def _python(engine: Engine, base: str) -> str:
    """Return the version of Python in the image *base*, as 3.12."""
    source = "import sys; print('%d.%d' % sys.version_info[:2])"
    with told(engine.host):
        said = engine.client.containers.run(
            base,
            ["-c", source],
            entrypoint=["python3"],
            remove=True,
            network_mode="none",
        )
    return bytes(said).decode().strip()


def _labels(settings: Settings) -> dict[str, str]:
    state = git_state(settings)
    if not state:
        message = f"{settings.root} is no git checkout, so an image has no revision."
        raise UsageError(message, hint="Build where the modules are committed.")
    described = git(
        settings, settings.root, "describe", "--tags", "--always", "--dirty"
    )
    dirty = "-dirty" if state["dirty"] else ""
    return {
        REVISION: f"{state['commit']}{dirty}",
        VERSION: described.strip(),
        CREATED: datetime.now(UTC).isoformat(timespec="seconds"),
    }


def _default_tag(settings: Settings, revision: str) -> str:
    commit, _, dirty = revision.partition("-")
    word = _NOT_IN_TAG.sub("-", f"{commit[:12]}{'-dirty' if dirty else ''}")
    return f"{settings.image.name}:{word}"
