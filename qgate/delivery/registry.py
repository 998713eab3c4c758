"""Images go to a registry and come back: the digest says whether it is the same one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from qgate import process
from qgate.delivery import image as images
from qgate.environment.containers import told
from qgate.errors import EnvironmentProblem, QgateError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from qgate.environment.containers import Engine
    from qgate.progress import Progress
    from qgate.settings import Settings

USER: Final = "QGATE_REGISTRY_USER"
PASSWORD: Final = "QGATE_REGISTRY_PASSWORD"  # noqa: S105 - the variable's name
_DIGEST: Final = re.compile(r"sha256:[0-9a-f]{64}")
_REFUSED: Final = ("unauthorized", "authentication required", "denied", "401")
_MISSING: Final = ("manifest unknown", "not found", "no such image")
_FULL: Final = ("no space left", "insufficient storage", "507", "500 internal")
"""A registry with a full disk answers 500 and says why in its own log only."""


def push(
    settings: Settings,
    engine: Engine,
    progress: Progress,
    name: str,
    *,
    registry: str = "",
) -> str:
    """Push image *name* and pull it back by its digest; return `repository@digest`.

    Args:
        settings: The configuration; credentials come from its environment, else from the
            engine's own login.
        engine: Has the image.
        progress: Where to say what goes on.
        name: Image to push.
        registry: Registry, and path in it; by default `image.registry`. The name itself
            says it when neither is given.

    Raises:
        UsageError: There is no such image, or no registry is named.
        EnvironmentProblem: The registry refuses or is full, or what comes back differs.
    """
    name = images.checked(name)
    local = images.inspect(engine, name)
    if local is None:
        message = f"The container engine at {engine.host} has no image {name}."
        raise UsageError(message, hint="Make it with `qgate image build`.")
    images.check_size(settings, local)
    remote, tag = _remote(name, registry or settings.image.registry)
    progress.step(images.STAGE, f"pushing {remote}:{tag}")
    with told(engine.host):
        if f"{remote}:{tag}" != name and not engine.image(name).tag(remote, tag):  # type: ignore[union-attr]
            message = f"The engine does not let {name} be named {remote}:{tag}."
            raise EnvironmentProblem(message, hint="See the engine's log.")
    digest = _push(settings, engine, remote, tag)
    progress.step(images.STAGE, f"pulling {remote}@{digest} back")
    back = pull(settings, engine, f"{remote}@{digest}")
    if back.id != local.id:
        message = f"{remote}:{tag} came back as {back.id}, but {local.id} was pushed."
        raise EnvironmentProblem(
            message, hint="Do not deploy it; look at the registry."
        )
    progress.ended(images.STAGE, "passed")
    return f"{remote}@{digest}"


def pull(settings: Settings, engine: Engine, name: str) -> images.Image:
    """Pull image *name* and return it.

    Raises:
        UsageError: The registry has no such image.
        EnvironmentProblem: It does not answer, or refuses.
    """
    repository, at, digest = name.partition("@")
    tag = digest if at else images.split(name)[1]
    repository = repository if at else images.split(name)[0]
    what = f"Pulling {name}"
    login = _credentials(settings)

    def lines() -> Iterator[dict[str, Any]]:
        yield from engine.client.api.pull(
            repository,
            tag=tag,
            stream=True,
            decode=True,
            auth_config=login,
        )

    _transfer(settings, engine, name, what, lines)
    found = images.inspect(engine, name)
    if found is None:
        message = f"{name} was pulled, but the engine does not have it."
        raise EnvironmentProblem(message, hint="Look at the engine's disk.")
    return found


def _push(settings: Settings, engine: Engine, remote: str, tag: str) -> str:
    seen: list[str] = []
    login = _credentials(settings)

    def lines() -> Iterator[dict[str, Any]]:
        for line in engine.client.api.push(
            remote,
            tag=tag,
            stream=True,
            decode=True,
            auth_config=login,
        ):
            seen.extend(_DIGEST.findall(str((line.get("aux") or {}).get("Digest"))))
            if "digest" in str(line.get("status")):
                seen.extend(_DIGEST.findall(str(line["status"])))
            yield line

    name = f"{remote}:{tag}"
    _transfer(settings, engine, name, f"Pushing {name}", lines)
    if not seen:
        message = f"The engine pushed {name}, but reports no digest."
        raise EnvironmentProblem(message, hint="Pull it by hand and compare.")
    return seen[-1]


def _transfer(
    settings: Settings,
    engine: Engine,
    name: str,
    what: str,
    lines: Callable[[], Iterator[dict[str, Any]]],
) -> None:
    try:
        with told(engine.host):
            images.raise_errors(lines(), what)
    except QgateError as error:
        said = process.mask(error.message, settings.secrets)
        low = said.lower()
        registry = name.partition("/")[0]
        if any(word in low for word in _FULL):
            message = f"The registry {registry} is full or cannot store it: {said}"
            hint = "Free space there, and see its log."
            raise EnvironmentProblem(message, hint=hint) from None
        if any(word in low for word in _REFUSED):
            message = f"The registry {registry} refuses the login for {name}."
            hint = f"Check {USER} and {PASSWORD}, or log the engine in."
            raise EnvironmentProblem(message, hint=hint) from None
        if any(word in low for word in _MISSING):
            message = f"The registry has no image {name}."
            hint = "Push it with `qgate image push`, or correct its tag."
            raise UsageError(message, hint=hint) from None
        # Without the cause: its text may have what was masked.
        raise EnvironmentProblem(said, hint=error.hint) from None


def _credentials(settings: Settings) -> dict[str, str] | None:
    user, password = settings.secret(USER), settings.secret(PASSWORD)
    if bool(user) != bool(password):
        message = f"Only one of {USER} and {PASSWORD} is set."
        raise UsageError(message, hint="Set both, or none to use the engine's login.")
    return {"username": user, "password": password} if user else None


def _remote(name: str, registry: str) -> tuple[str, str]:
    repository, tag = images.split(name)
    first = repository.partition("/")[0]
    named = "." in first or ":" in first or first == "localhost"
    if registry:
        last = repository.rpartition("/")[2]
        return f"{registry.rstrip('/')}/{last}", tag
    if "/" in repository and named:
        return repository, tag
    message = f"Image {name} names no registry to push to."
    raise UsageError(message, hint="Name one with --registry, or in image.registry.")
