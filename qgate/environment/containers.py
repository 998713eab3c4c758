"""The container engine: any that speaks Docker's API at DOCKER_HOST (Docker, Podman)."""

from __future__ import annotations

import contextlib
import re
import socket
from typing import TYPE_CHECKING, Any, Final

import docker
import docker.errors
import requests

from qgate.errors import EnvironmentProblem, QgateError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from qgate.settings import Settings

DEFAULT_HOST: Final = "unix:///var/run/docker.sock"
_SCHEMES: Final = ("unix", "tcp", "http", "https", "ssh", "npipe")
_SYSTEM_SAYS: Final = re.compile(r"(?:Errno \d+\] |Error\(\d+, ')([\w ]+)")
"""What the system said, inside what the SDK made of it."""

_ANSWER_SECONDS: Final = 600.0
"""Pulling and removing large images takes its time; that an engine is down shows at once."""


class Engine:
    """An engine that answered when it was connected to.

    Attributes:
        host: Its address.
        name: Docker Engine or Podman Engine, as it says itself.
        version: Its version.
        client: The client of the `docker` SDK.
    """

    def __init__(self, host: str, client: docker.DockerClient) -> None:
        self.host = host
        self.client = client
        said = client.version()
        components = said.get("Components") or [{}]
        self.name = str(components[0].get("Name") or "Docker Engine")
        self.version = str(said.get("Version") or "")

    def image(self, name: str) -> Any | None:  # noqa: ANN401 - the SDK has no types
        """Return the image that the engine has under *name*, None when it has none."""
        with told(self.host):
            try:
                return self.client.images.get(name)
            except docker.errors.ImageNotFound:
                return None

    def container(self, name: str) -> Any | None:  # noqa: ANN401
        """Return the container *name*, running or not, None when there is none."""
        with told(self.host):
            try:
                return self.client.containers.get(name)
            except docker.errors.NotFound:
                return None

    def containers(self, labels: Mapping[str, str]) -> list[Any]:
        """Return the containers, running or not, that have all of *labels*."""
        wanted = [f"{key}={value}" for key, value in labels.items()]
        with told(self.host):
            return list(
                self.client.containers.list(all=True, filters={"label": wanted})
            )

    def close(self) -> None:
        """Let go of the connection."""
        self.client.close()


def connect(settings: Settings, host: str = "") -> Engine:
    """Return the engine at *host*, or at DOCKER_HOST, or at Docker's usual socket.

    Raises:
        EnvironmentProblem: It does not answer.
        UsageError: The address cannot be understood.
    """
    address = host or settings.environ.get("DOCKER_HOST") or DEFAULT_HOST
    if address.partition("://")[0] not in _SCHEMES:
        message = f"{address} is no address of a container engine."
        hint = "Set DOCKER_HOST as in unix:///var/run/docker.sock or tcp://host:2376."
        raise UsageError(message, hint=hint)
    _check_socket(address)
    try:
        client = docker.DockerClient(
            base_url=address,
            timeout=_ANSWER_SECONDS,
            tls=_tls(settings),
            user_agent="qgate",
        )
    except docker.errors.TLSParameterError as error:
        message = f"The certificates for the container engine cannot be used ({error})."
        raise UsageError(message, hint="Correct DOCKER_CERT_PATH.") from error
    except (docker.errors.DockerException, requests.RequestException) as error:
        raise down(address, error) from error
    try:
        with told(address):
            return Engine(address, client)
    except BaseException:
        client.close()
        raise


@contextlib.contextmanager
def connected(settings: Settings, host: str = "") -> Iterator[Engine]:
    """Give the engine, as `connect` finds it, for as long as a block runs."""
    engine = connect(settings, host)
    try:
        yield engine
    finally:
        engine.close()


@contextlib.contextmanager
def told(host: str) -> Iterator[None]:
    """Turn the SDK's errors into one sentence.

    Raises:
        EnvironmentProblem: The engine does not answer, or refuses.
    """
    try:
        yield
    except QgateError:
        raise
    except docker.errors.APIError as error:
        said = str(error.explanation or error).strip().rstrip(".")
        message = f"The container engine at {host} refuses: {said}."
        raise EnvironmentProblem(message, hint="See the engine's log.") from error
    except (docker.errors.DockerException, requests.RequestException, OSError) as error:
        raise down(host, error) from error


def down(host: str, error: BaseException) -> EnvironmentProblem:
    """Return what to say when the engine at *host* does not answer."""
    found = _SYSTEM_SAYS.search(str(error))
    why = getattr(error, "strerror", None) or (
        found.group(1) if found else type(error).__name__
    )
    message = f"The container engine at {host} does not answer ({why})."
    hint = "Start it, or name another with DOCKER_HOST."
    return EnvironmentProblem(message, hint=hint)


def _check_socket(address: str) -> None:
    """Make sure that somebody listens: the SDK would leave its own socket open."""
    scheme, _, path = address.partition("://")
    if scheme != "unix":
        return
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(path)
        except OSError as error:
            raise down(address, error) from error


def _tls(settings: Settings) -> Any:  # noqa: ANN401 - the SDK takes False or its object
    folder = settings.environ.get("DOCKER_CERT_PATH")
    if not folder or not settings.environ.get("DOCKER_TLS_VERIFY"):
        return False
    return docker.tls.TLSConfig(
        client_cert=(f"{folder}/cert.pem", f"{folder}/key.pem"),
        ca_cert=f"{folder}/ca.pem",
        verify=True,
    )
