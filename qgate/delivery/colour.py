"""The containers of one colour: web replicas and one for scheduled actions."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import docker.errors
import requests

from qgate import process
from qgate.delivery import target as targets
from qgate.delivery.health import Crashes, unhealthy
from qgate.environment.containers import told
from qgate.errors import EnvironmentProblem, QgateError

if TYPE_CHECKING:
    from pathlib import Path

    from qgate.delivery.journal import Release
    from qgate.environment.containers import Engine
    from qgate.sections import Target
    from qgate.settings import Settings

DATA: Final = "/var/lib/odoo"
"""Where Odoo's data lie inside of a container."""

CRON: Final = "cron"
ONCE: Final = "once"
_POLL_SECONDS: Final = 0.2
_STOP_SECONDS: Final = 10
_TAIL: Final = 30


class ColourFailed(QgateError):
    """A colour is not what it has to be to serve."""


@dataclass
class Colour:
    """One colour of a target, and what is done with its containers.

    Attributes:
        settings: The configuration.
        name: Name of the target.
        engine: Its engine.
        release: What the colour is of.
        rehearsal: Whether it is only a trial on a copy, which no proxy knows.
    """

    settings: Settings
    name: str
    engine: Engine
    release: Release
    rehearsal: bool = False

    @property
    def target(self) -> Target:
        """The target's settings."""
        return self.settings.targets[self.name]

    @property
    def colour(self) -> str:
        """Its colour, as the containers' names have it."""
        return targets.REHEARSAL if self.rehearsal else self.release.colour

    @property
    def urls(self) -> list[str]:
        """The addresses of its replicas."""
        return [
            f"http://{item.address}:{item.http}"
            for item in targets.ports(self.target, self.colour)
        ]

    @property
    def websocket_urls(self) -> list[str]:
        """The addresses at which its replicas answer websockets."""
        return [
            f"http://{item.address}:{item.websocket}"
            for item in targets.ports(self.target, self.colour)
        ]

    def start(self, *, cron: bool) -> None:
        """Start what is not running; a container of another image or database goes first.

        Args:
            cron: Whether scheduled actions run, too.
        """
        for number, ports in enumerate(targets.ports(self.target, self.colour), 1):
            self._ensure(str(number), ports)
        if cron:
            self.start_cron()

    def start_cron(self) -> None:
        """Let its scheduled actions run."""
        self._ensure(CRON, None)

    def stop_cron(self) -> None:
        """Let its scheduled actions come to their end and run no more."""
        self._stop(self._name(CRON))

    def stop(self) -> None:
        """Stop its containers and keep them."""
        for container in self._own():
            self._stop(container.name)

    def remove(self) -> None:
        """Remove its containers."""
        with told(self.engine.host):
            for container in self._own():
                container.remove(force=True, v=True)

    def running(self) -> bool:
        """Tell whether all its replicas run."""
        return not self._dead()

    def started(self) -> dict[str, str]:
        """Return when each of its replicas was started last, to see that one was again."""
        found = {}
        for number in range(len(self.urls)):
            container = self.engine.container(self._name(str(number + 1)))
            state = container.attrs["State"] if container else {}
            found[str(number)] = str(state.get("StartedAt"))
        return found

    def check(self, *, websockets: bool = True) -> None:
        """Make sure that every replica runs and is healthy, its database included.

        Args:
            websockets: Whether the process that answers them, which comes up by itself and
                later than the others, has to be so too.

        Raises:
            ColourFailed: One does not.
        """
        if dead := self._dead():
            raise ColourFailed(dead)
        for url in self.urls:
            if why := unhealthy(url):
                message = f"The {self.colour} replica at {url} is not healthy ({why})."
                raise ColourFailed(message)
        for url in self.websocket_urls if websockets else ():
            if url not in self.urls and (why := unhealthy(url)):
                message = f"The {self.colour} replica answers no websockets at {url} "
                message += f"({why})."
                raise ColourFailed(message)

    def wait_until_healthy(self, *, websockets: bool = True) -> float:
        """Return the seconds until every replica was healthy and the database answered.

        Args:
            websockets: Whether to wait for the process that answers them, too.

        Raises:
            ColourFailed: One died, or was not healthy in time.
            EnvironmentProblem: The database does not answer.
            Interrupted: The deploy was ended.
        """
        begun = time.monotonic()
        limit = self.target.health.start_seconds
        crashes = Crashes(self._own())
        while True:
            process.check_interrupted()
            if dead := self._dead():
                raise ColourFailed(dead)
            if crashing := crashes.among(self._own()):
                said = process.tail(self._logs(crashing), 3)
                message = f"Container {crashing.name} ends again and again; "
                message += f"its log ends with: {said}"
                raise ColourFailed(message)
            try:
                self.check(websockets=websockets)
                break
            except ColourFailed as error:
                if time.monotonic() - begun > limit:
                    message = f"{error.message.rstrip('.')} after {limit:g} s."
                    raise ColourFailed(message) from error
            time.sleep(_POLL_SECONDS)
        self._select_one()
        return time.monotonic() - begun

    def wait_for_cron(self) -> None:
        """Wait until its scheduled actions are alive.

        Raises:
            ColourFailed: They are not in time.
            Interrupted: The deploy was ended.
        """
        limit = self.target.health.start_seconds
        deadline = time.monotonic() + limit
        while not self.cron_alive():
            process.check_interrupted()
            if time.monotonic() > deadline:
                message = f"The scheduled actions of {self.colour} are not alive "
                message += f"after {limit:g} s."
                raise ColourFailed(message)
            time.sleep(_POLL_SECONDS)

    def cron_alive(self) -> bool:
        """Tell whether the process for scheduled actions waits for its database's calls."""
        with targets.connect(self.settings, self.target, "postgres") as connection:
            row = connection.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE application_name = %s "
                "AND datname = 'postgres'",
                (self._application(CRON),),
            ).fetchone()
        return bool(row and row[0]) and self._is_running(self._name(CRON))

    def run_once(
        self, command: list[str], *, entrypoint: list[str] | None = None
    ) -> str:
        """Run one command in a container of the image, to its end; return its output.

        Raises:
            ColourFailed: It fails or takes too long.
            Interrupted: The deploy was ended.
        """
        name = self._name(ONCE)
        limit = self.target.health.upgrade_seconds
        begun = time.monotonic()
        with told(self.engine.host):
            if old := self.engine.container(name):
                old.remove(force=True)
            container = self.engine.client.containers.create(
                self.release.image,
                command,
                name=name,
                entrypoint=entrypoint,
                **self._options(ONCE),
            )
            try:
                container.start()
                while (state := self._state(container))["Running"]:
                    process.check_interrupted()
                    if time.monotonic() - begun > limit:
                        message = f"{command[0]} did not end within {limit:g} s."
                        raise ColourFailed(message)
                    time.sleep(_POLL_SECONDS)
                output = self._logs(container)
            finally:
                container.remove(force=True, v=True)
        if state["ExitCode"]:
            said = process.tail(output, 3)
            message = f"{' '.join(command[:4])} ended with {state['ExitCode']}: {said}."
            raise ColourFailed(message)
        return output

    def save_logs(self, folder: Path) -> None:
        """Keep what its containers printed as evidence, secrets masked."""
        for container in self._own():
            text = self._logs(container, lines="all")
            (folder / f"{container.name}.log").write_text(text, encoding="utf-8")

    def data_dir(self) -> str:
        """Return Odoo's data folder for the release's database inside of a container.

        The first database of a target has the volume itself, a later one a folder of its
        own in it, so that sessions and files of two databases do not mix.
        """
        database = self.release.database
        return DATA if database == self.target.database.name else f"{DATA}/{database}"

    def arguments(self) -> list[str]:
        """Return Odoo's arguments that say which database and data it works on."""
        return [
            *("--database", self.release.database, "--no-database-list"),
            *("--data-dir", self.data_dir()),
        ]

    def _ensure(self, part: str, ports: targets.Ports | None) -> None:
        name = self._name(part)
        with told(self.engine.host):
            old = self.engine.container(name)
            if old is not None and not self._is_of(old):
                old.remove(force=True, v=True)
                old = None
            if old is None:
                old = self.engine.client.containers.create(
                    self.release.image,
                    [*self.arguments(), *self._serving(ports), *self.target.options],
                    name=name,
                    restart_policy={"Name": "unless-stopped"},
                    **self._options(part, ports),
                )
            if not self._state(old)["Running"]:
                old.start()

    def _serving(self, ports: targets.Ports | None) -> list[str]:
        if ports is None:
            return ["--no-http", "--max-cron-threads", "1", "--workers", "0"]
        host = self.target.network == "host"
        http, websocket = (ports.http, ports.websocket) if host else (8069, 8072)
        words = [
            *("--http-interface", ports.address if host else "0.0.0.0"),  # noqa: S104
            *("--http-port", str(http), "--max-cron-threads", "0", "--proxy-mode"),
            *("--workers", str(0 if self.rehearsal else self.target.workers)),
        ]
        if ports.websocket != ports.http:
            words += ["--gevent-port", str(websocket)]
        return words

    def _options(self, part: str, ports: targets.Ports | None = None) -> dict[str, Any]:
        target = self.target
        environ = targets.environ(self.settings, target, self.release.database)
        environ["PGAPPNAME"] = self._application(part)
        volumes = {target.data: {"bind": DATA, "mode": "rw"}}
        if target.database.host.startswith("/"):
            volumes[target.database.host] = {"bind": target.database.host, "mode": "rw"}
        options: dict[str, Any] = {
            "environment": environ,
            "volumes": volumes,
            "labels": {
                f"{targets.LABEL}.target": self.name,
                f"{targets.LABEL}.colour": self.colour,
                f"{targets.LABEL}.deploy": self.release.deploy,
                f"{targets.LABEL}.image": self.release.image,
                f"{targets.LABEL}.database": self.release.database,
            },
        }
        if target.network == "host":
            options["network_mode"] = "host"
            environ["HTTP_PORT"] = str(ports.http if ports else 8069)
        else:
            options["network"] = target.network
            if ports:
                published = {"8069/tcp": (ports.address, ports.http)}
                if ports.websocket != ports.http:
                    published["8072/tcp"] = (ports.address, ports.websocket)
                options["ports"] = published
        return options

    def _is_of(self, container: Any) -> bool:  # noqa: ANN401
        labels = container.labels
        return bool(
            labels.get(f"{targets.LABEL}.image") == self.release.image
            and labels.get(f"{targets.LABEL}.database") == self.release.database
        )

    def _own(self) -> list[Any]:
        wanted = {
            f"{targets.LABEL}.target": self.name,
            f"{targets.LABEL}.colour": self.colour,
        }
        return self.engine.containers(wanted)

    def _dead(self) -> str:
        """Say which replica does not run, nothing when all do."""
        for number in range(len(self.urls)):
            name = self._name(str(number + 1))
            container = self.engine.container(name)
            if container is None:
                return f"There is no container {name}."
            state = container.attrs["State"]
            if not state["Running"]:
                said = process.tail(self._logs(container), 3)
                return (
                    f"Container {name} ended with exit code {state.get('ExitCode')}; "
                    f"its log ends with: {said}"
                )
        return ""

    def _is_running(self, name: str) -> bool:
        container = self.engine.container(name)
        return container is not None and bool(container.attrs["State"]["Running"])

    def _state(self, container: Any) -> dict[str, Any]:  # noqa: ANN401
        container.reload()
        return dict(container.attrs["State"])

    def _stop(self, name: str) -> None:
        container = self.engine.container(name)
        if container is None:
            return
        with told(self.engine.host):
            container.stop(timeout=_STOP_SECONDS)

    def _logs(self, container: Any, lines: int | str = _TAIL) -> str:  # noqa: ANN401
        try:
            text = container.logs(tail=lines).decode(errors="replace")
        except (docker.errors.DockerException, requests.RequestException):
            return "(its log cannot be read)"
        return process.mask(text, self.settings.secrets)

    def _select_one(self) -> None:
        database = self.release.database
        with targets.connect(self.settings, self.target, database) as connection:
            row = connection.execute("SELECT 1").fetchone()
        if row != (1,):
            message = f"Database {database} does not answer SELECT 1."
            raise EnvironmentProblem(message, hint="See PostgreSQL's log.")

    def _name(self, part: str) -> str:
        return targets.name_of(self.name, self.colour, part)

    def _application(self, part: str) -> str:
        return f"{self.name}-{self.colour}-{part}"[:60]
