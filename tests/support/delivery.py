"""A target to deploy to: PostgreSQL, HAProxy, images of a small module, load."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import pwd
import shutil
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import psycopg
import requests

from qgate import settings
from qgate.delivery import image, proxy
from qgate.delivery.upgrade import client_folders
from qgate.environment import containers as engines
from qgate.progress import Silence
from tests.support import containers
from tests.support.containers import free_port, wait_for

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qgate.settings import Settings
    from tests.support.containers import Engine

BIN = client_folders()[0]
PASSWORD = "canary-admin-71c4"
"""Of the user who logs in; must not be found in anything that a deploy writes."""

DATABASE_PASSWORD = "canary-database-88e1"
MODULE = "qgate_shelf"
_TEMPLATE = "template_shelf"
_FORMAT = 3

_MANIFEST = {
    "name": "Shelf",
    "version": "19.0.1.0.0",
    "depends": ["web"],
    "license": "LGPL-3",
    "author": "qgate contributors",
    "data": ["security/ir.model.access.csv"],
}
_MODEL = """\
from odoo import fields, models


class Shelf(models.Model):
    _name = "qgate.shelf"
    _description = "Shelf"

    name = fields.Char(required=True)
{more}"""
_ACCESS = (
    "id,name,model_id:id,group_id:id,perm_read,perm_write,perm_create,perm_unlink\n"
    "access_shelf,shelf,model_qgate_shelf,base.group_user,1,1,1,1\n"
)
_SET_PASSWORD = """
user = env.ref("base.user_admin")
user.password = "{password}"
env.cr.commit()
"""


@dataclass
class Postgres:
    """A server on loopback that asks for a password.

    Attributes:
        port: Its port.
    """

    port: int

    def connect(self, database: str = "postgres") -> psycopg.Connection[Any]:
        """Return a connection that commits by itself."""
        return psycopg.connect(
            host="127.0.0.1",
            port=self.port,
            user="odoo",
            password=DATABASE_PASSWORD,
            dbname=database,
            autocommit=True,
        )

    def environ(self) -> dict[str, str]:
        """Return what libpq needs."""
        return {
            "PGHOST": "127.0.0.1",
            "PGPORT": str(self.port),
            "PGUSER": "odoo",
            "PGPASSWORD": DATABASE_PASSWORD,
        }


@contextlib.contextmanager
def postgres() -> Iterator[Postgres]:
    """Run a server of its own; it is gone afterwards."""
    user = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.getuid())
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="qgate-pg-", dir="/var/tmp") as folder:
        Path(folder).chmod(0o755)
        data = Path(folder) / "data"
        data.mkdir()
        secret = Path(folder) / "password"
        secret.write_text(DATABASE_PASSWORD)
        for path in (data, secret):
            os.chown(path, user.pw_uid, user.pw_gid)
        as_user: dict[str, Any] = {"cwd": folder}
        if os.geteuid() == 0:
            as_user |= {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        subprocess.run(
            [
                BIN / "initdb",
                "-D",
                data,
                "-U",
                "odoo",
                "-A",
                "scram-sha-256",
                "-N",
                f"--pwfile={secret}",
                "-E",
                "UTF8",
                "--locale=C",
            ],
            check=True,
            capture_output=True,
            **as_user,
        )
        options = [
            *("-c", "listen_addresses=127.0.0.1", "-c", f"port={port}"),
            *("-c", "unix_socket_directories=", "-c", "fsync=off"),
            *("-c", "synchronous_commit=off", "-c", "max_connections=200"),
        ]
        log = Path(folder) / "log"
        with log.open("wb") as out:
            server = subprocess.Popen(
                [BIN / "postgres", "-D", data, *options],
                stdout=out,
                stderr=out,
                **as_user,
            )
        running = Postgres(port)
        try:
            wait_for(lambda: _up(running))
            yield running
        finally:
            server.send_signal(2)  # fast shutdown
            server.wait()


def _up(server: Postgres) -> bool:
    try:
        server.connect().close()
    except psycopg.OperationalError:
        return False
    return True


@dataclass
class Bench:
    """All that the tests of deploys share.

    Attributes:
        folder: Workspace with the module, a git checkout.
        engine: The engine.
        postgres: The database server.
        images: Names of the images built so far, by what is special about them.
    """

    folder: Path
    engine: Engine
    postgres: Postgres
    base: str
    images: dict[str, str] = field(default_factory=dict)

    def settings(self, **environ: str) -> Settings:
        """Return the settings of the workspace, with the secrets in the environment."""
        return settings.load(root=self.folder, environ=self.environ() | environ)

    def environ(self) -> dict[str, str]:
        """Return the environment of a deploy."""
        return {
            **os.environ,
            "DOCKER_HOST": self.engine.url,
            "QGATE_SMOKE_LOGIN": "admin",
            "QGATE_SMOKE_PASSWORD": PASSWORD,
            "SHELF_PASSWORD": DATABASE_PASSWORD,
        }

    def image(self, kind: str, base: str = "", **files: str) -> str:
        """Return the name of an image, built when it is first asked for.

        Args:
            kind: What is special about it.
            base: Image it starts from.
            **files: Contents of files of the module that differ, by name with `__` for `/`.
        """
        if kind not in self.images:
            self.commit(kind, **files)
            config = self.settings()
            client = engines.connect(config)
            try:
                built = image.build(
                    config,
                    client,
                    Silence(),
                    base=base or self.base,
                    tag=f"localhost/qgate-shelf:{kind}",
                )
            finally:
                client.close()
            pass_gate(self.folder, config)
            self.images[kind] = built.id
            self.images[kind] = f"qgate-shelf:{kind}"
            self.engine.podman("tag", built.id, f"docker.io/library/qgate-shelf:{kind}")
        return self.images[kind]

    def commit(self, kind: str, **files: str) -> None:
        """Write the module, with *files* in place of its own, and commit it."""
        module = self.folder / "addons" / "custom" / MODULE
        shutil.rmtree(module, ignore_errors=True)
        contents = {
            "__init__.py": "from . import models\n",
            "__manifest__.py": repr(_MANIFEST),
            "models/__init__.py": "from . import shelf\n",
            "models/shelf.py": _MODEL.format(more=""),
            "security/ir.model.access.csv": _ACCESS,
            "kind.txt": kind,
        } | {name.replace("__slash__", "/"): text for name, text in files.items()}
        for name, text in contents.items():
            (module / name).parent.mkdir(parents=True, exist_ok=True)
            (module / name).write_text(text)
        git(self.folder, "add", "-A")
        git(self.folder, "commit", "-qm", kind)


def manifest(version: str) -> dict[str, Any]:
    """Return the module's manifest in *version*."""
    return _MANIFEST | {"version": version}


MODEL = "models__slash__shelf.py"
MANIFEST = "__manifest__.py"


def upgraded_files() -> dict[str, str]:
    """Return the files of a version with one more field."""
    return {
        MANIFEST: repr(manifest("19.0.1.1.0")),
        MODEL: _MODEL.format(more="    note = fields.Char()\n"),
    }


def git(folder: Path, *words: str) -> None:
    """Run git as somebody."""
    who = ["-c", "user.name=q", "-c", "user.email=q@example.com"]
    subprocess.run(["git", "-C", folder, *who, *words], check=True)


def pass_gate(folder: Path, config: Settings) -> None:
    """Run the real gate, its cheapest stage, on what is committed."""
    from qgate import pipeline  # noqa: PLC0415 - imports much

    plan = pipeline.make_plan(config, profile="quick")
    assert pipeline.execute(plan).verdict == "passed", folder


@contextlib.contextmanager
def bench(folder: Path) -> Iterator[Bench]:
    """Give engine, database server and a workspace; the template is made when missing."""
    git_folder = folder / "workspace"
    git_folder.mkdir(parents=True)
    (git_folder / "qgate.toml").write_text(
        '[static]\ntools = ["data-files"]\n[profiles.quick]\nstages = ["static"]\n'
    )
    (git_folder / ".gitignore").write_text("reports/\n/qgate-*.toml\n")
    subprocess.run(["git", "init", "-q", git_folder], check=True)
    with containers.engine() as engine, postgres() as server:
        _forget_images(engine)
        made = Bench(git_folder, engine, server, containers.base_image(engine))
        made.image("one")
        _template(made)
        try:
            yield made
        finally:
            _clear(engine)


def _forget_images(engine: Engine) -> None:
    """Take the names from images of earlier sessions; their layers stay in the cache."""
    found = engine.podman("images", "--format", "{{.Repository}}:{{.Tag}}").split()
    for name in found:
        if "/qgate-shelf:" in name:
            engine.podman("untag", name, name)


def _clear(engine: Engine) -> None:
    left = engine.podman("ps", "-aq", "--filter", "label=org.qgate.target").split()
    if left:
        engine.podman("rm", "-f", "-t", "0", *left)
    engine.podman("image", "prune", "-f")


def _template(made: Bench) -> None:
    """Make the database all tests copy; kept as a dump, since making it takes its time."""
    key = hashlib.sha256(
        repr([_FORMAT, made.base, _MANIFEST, _MODEL, _ACCESS, PASSWORD]).encode()
    ).hexdigest()[:12]
    cache = containers.home() / f"template-{key}"
    with made.postgres.connect() as connection:
        connection.execute(f"CREATE DATABASE {_TEMPLATE} TEMPLATE template0")
    environ = os.environ | made.postgres.environ()
    if not (cache / "dump").exists():
        part = cache.with_suffix(".part")
        shutil.rmtree(part, ignore_errors=True)
        (part / "data").mkdir(parents=True)
        (part / "data").chmod(0o777)
        arguments = [
            "--database",
            _TEMPLATE,
            "--no-http",
            "--data-dir",
            "/var/lib/odoo",
        ]
        _odoo(made, part, ["--init", MODULE, "--stop-after-init", *arguments])
        with made.postgres.connect(_TEMPLATE) as connection:
            assert connection.execute("SELECT count(*) FROM qgate_shelf").fetchone()
        source = _SET_PASSWORD.format(password=PASSWORD)
        _odoo(made, part, ["shell", *arguments], stdin=source)
        subprocess.run(
            [BIN / "pg_dump", "-Fc", "-Z0", "-f", part / "dump", _TEMPLATE],
            env=environ,
            check=True,
        )
        part.rename(cache)
        return
    subprocess.run(
        [BIN / "pg_restore", "-j2", "-d", _TEMPLATE, cache / "dump"],
        env=environ,
        check=True,
    )


def _odoo(made: Bench, part: Path, words: list[str], stdin: str = "") -> None:
    options = [f"--env={k}={v}" for k, v in made.postgres.environ().items()]
    done = subprocess.run(
        [
            *containers._podman(made.engine.root),
            *("run", "--rm", "-i", "--network=host", *options),
            *("-v", f"{part / 'data'}:/var/lib/odoo", made.image("one"), *words),
        ],
        env=made.engine.environ,
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def cached_data() -> Path:
    """Return the data folder that belongs to the template."""
    found = sorted(
        containers.home().glob("template-*/data"), key=lambda path: path.stat().st_mtime
    )
    return found[-1]


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


LIGHT = Path(__file__).parents[1] / "data" / "light"
"""A server that stands in for Odoo where only what is around it matters."""

_LIGHT_TABLES = """
CREATE TABLE ir_module_module (name varchar, state varchar, latest_version varchar);
INSERT INTO ir_module_module VALUES ('qgate_shelf', 'installed', '19.0.1.0.0');
CREATE TABLE qgate_shelf (id serial PRIMARY KEY, name varchar NOT NULL);
"""


def light_base(bench: Bench) -> str:
    """Return a base image whose `odoo` starts in a moment; built when first asked for."""
    name = "localhost/qgate-tests/light:1"
    arguments = ("--build-arg", f"BASE={bench.base}", "--tag", name, "--network=none")
    bench.engine.podman("build", *arguments, str(LIGHT))
    return name


def _fill(bench: Bench, database: str, folder: Path, *, light: bool) -> None:
    with bench.postgres.connect() as connection:
        template = "template0" if light else _TEMPLATE
        connection.execute(f"CREATE DATABASE {database} TEMPLATE {template}")
    if light:
        (folder / "data").mkdir()
        with bench.postgres.connect(database) as connection:
            connection.execute(_LIGHT_TABLES)
        return
    shutil.copytree(cached_data(), folder / "data")
    store = folder / "data" / "filestore"
    if store.is_dir():
        (store / _TEMPLATE).rename(store / database)


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


@dataclass
class Load:
    """Users who read and write through the proxy as long as it runs.

    Attributes:
        url: Where.
        database: Which database they log in to.
        answered: How many requests were.
        failures: What went wrong, one sentence each.
        written: Names of the records whose creation was acknowledged.
        held: Writes that were told to wait.
        times: Response times, seconds.
        path: The page that is looked at.
    """

    url: str
    database: str
    writes: bool = True
    users: int = 2
    answered: int = 0
    failures: list[str] = field(default_factory=list)
    written: list[str] = field(default_factory=list)
    held: int = 0
    times: list[float] = field(default_factory=list)
    think: float = 0.02
    path: str = "/web/health"

    def __post_init__(self) -> None:
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        sessions = [self.login() for _ in range(self.users)]
        for number, session in enumerate(sessions):
            thread = threading.Thread(target=self._user, args=(number, session))
            thread.start()
            self._threads.append(thread)
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def wait_for(self, count: int) -> None:
        """Wait until that many requests were answered."""
        wait_for(lambda: self.answered >= count, 120)

    def login(self) -> requests.Session:
        """Return the session of a user who is logged in."""
        session = requests.Session()
        answer = session.post(
            f"{self.url}/web/session/authenticate",
            json={
                "jsonrpc": "2.0",
                "params": {
                    "db": self.database,
                    "login": "admin",
                    "password": PASSWORD,
                },
            },
            timeout=60,
        )
        assert answer.json()["result"]["uid"], answer.text
        return session

    def _user(self, number: int, session: requests.Session) -> None:
        count = 0
        while not self._stop.is_set():
            count += 1
            time.sleep(self.think)
            if self.writes and count % 4 == 0:
                self._write(session, f"user {number} record {count}")
            elif count % 4 == 1:
                self.call(session, "qgate.shelf", "search_read", [[]], {"limit": 5})
            else:
                self._get(session)

    def _get(self, session: requests.Session) -> None:
        begun = time.monotonic()
        try:
            answer = session.get(f"{self.url}{self.path}", timeout=60)
            failed = "" if answer.ok else f"{self.path}: {answer.status_code}"
            self._count(begun, failed)
        except requests.RequestException as error:
            self._count(begun, f"{self.path}: {error}")

    def _write(self, session: requests.Session, name: str) -> None:
        if self.call(session, "qgate.shelf", "create", [{"name": name}], {}):
            with self._lock:
                self.written.append(name)

    def call(
        self,
        session: requests.Session,
        model: str,
        method: str,
        args: list[Any],
        kwargs: dict[str, Any],
    ) -> bool:
        """Call a method as the web client does; tell whether it was acknowledged."""
        begun = time.monotonic()
        try:
            answer = session.post(
                f"{self.url}/web/dataset/call_kw/{model}/{method}",
                json={
                    "jsonrpc": "2.0",
                    "params": {
                        "model": model,
                        "method": method,
                        "args": args,
                        "kwargs": kwargs,
                    },
                },
                timeout=60,
            )
        except requests.RequestException as error:
            self._count(begun, f"{method}: {error}")
            return False
        if answer.status_code == 503 and "Maintenance" in answer.text:
            with self._lock:
                self.held += 1
            time.sleep(0.05)
            return False
        good = answer.ok and "result" in answer.json()
        self._count(begun, "" if good else f"{method}: {answer.text[:300]}")
        return good

    def _count(self, begun: float, failure: str) -> None:
        with self._lock:
            self.answered += 1
            self.times.append(time.monotonic() - begun)
            if failure:
                self.failures.append(failure)
