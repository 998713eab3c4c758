"""One target to deploy to, with a database of its own and a running HAProxy."""

from __future__ import annotations

import contextlib
import json
import shutil
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qgate import settings
from qgate.delivery import proxy
from tests.support import containers
from tests.support.containers import wait_for
from tests.support.delivery.light import TABLES
from tests.support.delivery.template import TEMPLATE, cached_data

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from qgate.settings import Settings
    from tests.support.delivery.workbench import Bench


@dataclass
class Site:
    """One target with a database of its own and a running HAProxy.

    Attributes:
        name: Name of the target.
        url: Where it is used.
        config: Configuration file that describes it.
        folder: Folder of its state, data and logs.
    """

    name: str
    url: str
    config: Path
    folder: Path
    bench: Bench
    database: str

    def settings(self, *overrides: str) -> Settings:
        """Return the settings of a deploy."""
        return settings.load(
            self.config,
            root=self.bench.folder,
            overrides=overrides,
            environ=self.bench.environ(),
        )

    def proxy(self) -> proxy.Proxy:
        """Return the target's proxy."""
        return proxy.Proxy(self.settings().targets[self.name])

    def journal(self) -> list[dict[str, Any]]:
        """Return the lines of its journal."""
        path = self.folder / "state" / "journal.jsonl"
        if not path.exists():
            return []
        return [json.loads(line) for line in path.read_text().splitlines()]


_TARGET = """
[static]
tools = ["data-files"]
[profiles.quick]
stages = ["static"]
[targets.{name}]
port = {port}
data = "{folder}/data"
state = "{folder}/state"
gate = "quick"
min_free_disk = 0
options = ["--limit-time-real=600"]
{more}
[targets.{name}.database]
host = "127.0.0.1"
port = {pg}
name = "{database}"
password_env = "SHELF_PASSWORD"
[targets.{name}.proxy]
socket = "{folder}/haproxy.sock"
map = "{folder}/state.map"
url = "http://127.0.0.1:{web}"
bind = "127.0.0.1:{web}"
[targets.{name}.health]
start_seconds = 60
watch_seconds = {watch}
drain_seconds = 20
[targets.{name}.smoke]
model = "qgate.shelf"
"""


def _fill(bench: Bench, database: str, folder: Path, *, light: bool) -> None:
    with bench.postgres.connect() as connection:
        template = "template0" if light else TEMPLATE
        connection.execute(f"CREATE DATABASE {database} TEMPLATE {template}")
    if light:
        (folder / "data").mkdir()
        with bench.postgres.connect(database) as connection:
            connection.execute(TABLES)
        return
    shutil.copytree(cached_data(), folder / "data")
    store = folder / "data" / "filestore"
    if store.is_dir():
        (store / TEMPLATE).rename(store / database)


@contextlib.contextmanager
def site(
    bench: Bench,
    folder: Path,
    name: str,
    watch: float = 2,
    more: str = "",
    *,
    light: bool = False,
) -> Iterator[Site]:
    """Give a target of its own; its containers, proxy and databases are gone afterwards.

    Args:
        bench: What it stands on.
        folder: For its state, data and logs.
        name: Its name.
        watch: Seconds that a new colour is watched.
        more: Further lines of the target's own section.
        light: Whether its database is made for images with `light_base`.
    """
    database = f"shelf_{name}"
    _fill(bench, database, folder, light=light)
    subprocess.run(["chmod", "-R", "a+rwX", folder / "data"], check=True)
    with (
        containers.claimed_ports() as port,
        _running(bench, folder, name, port, watch, more) as made,
    ):
        yield made


@contextlib.contextmanager
def _running(
    bench: Bench, folder: Path, name: str, port: int, watch: float, more: str
) -> Iterator[Site]:
    database = f"shelf_{name}"
    config = bench.folder / f"qgate-{name}.toml"
    config.write_text(
        _TARGET.format(
            name=name,
            port=port,
            folder=folder,
            pg=bench.postgres.port,
            database=database,
            web=port + 250,
            watch=watch,
            more=more,
        )
    )
    made = Site(name, f"http://127.0.0.1:{port + 250}", config, folder, bench, database)
    (folder / "state.map").write_text("live blue\nwrites open\n")
    path = folder / "haproxy.cfg"
    path.write_text(proxy.configuration(name, made.settings().targets[name]))
    with (folder / "haproxy.log").open("wb") as log:
        server = subprocess.Popen(
            ["haproxy", "-db", "-f", path], stdout=log, stderr=log
        )
    try:
        wait_for((folder / "haproxy.sock").exists)
        yield made
    finally:
        server.terminate()
        server.wait()
        left = bench.engine.podman(
            "ps", "-aq", "--filter", f"label=org.qgate.target={name}"
        ).split()
        if left:
            bench.engine.podman("rm", "-f", "-t", "0", *left)
        with bench.postgres.connect() as connection:
            rows = connection.execute(
                "SELECT datname FROM pg_database WHERE datname LIKE %s",
                (f"{database}%",),
            ).fetchall()
            for (found,) in rows:
                connection.execute(f'DROP DATABASE "{found}" WITH (FORCE)')
