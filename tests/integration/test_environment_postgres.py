from __future__ import annotations

import contextlib
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import psutil
import pytest

from qgate.environment import Environment, keeper, postgres
from qgate.environment.postgres import Embedded, PostgresServer
from qgate.errors import EnvironmentProblem
from qgate.progress import Silence
from tests.support.homes import home_settings, in_child, killed, until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from qgate.settings import Settings

pytestmark = pytest.mark.odoo

HOLDER = """
import subprocess, sys, time
from pathlib import Path
from qgate.environment import Environment
from tests.support.homes import home_settings

environment = Environment(home_settings(Path(sys.argv[1])))
server = environment.postgres()
name = environment._lease.prefix + "left"
with server.connect() as connection:
    connection.execute(f"CREATE DATABASE {name}")
child = subprocess.Popen(["sleep", "600"], start_new_session=True)
environment.record_process(child.pid)
Path(sys.argv[2]).write_text(f"{child.pid}")
time.sleep(600)
"""
"""A run that holds a server, a database and a process of its own."""


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Settings]:
    """Give a home with a server of its own, of which nothing stays."""
    settings = home_settings(tmp_path, PATH="/usr/bin:/bin")
    pgdata = Embedded(settings, Silence()).pgdata
    yield settings
    keeper.stop(pgdata)
    shutil.rmtree(pgdata.parent, ignore_errors=True)


def postmasters(settings: Settings) -> list[int]:
    """Return the servers that run on the data of *settings*."""
    pgdata = str(Embedded(settings, Silence()).pgdata)
    found = []
    for process in psutil.process_iter(["name", "cmdline"]):
        words = process.info["cmdline"] or []
        if process.info["name"] == "postgres" and pgdata in words:
            found.append(process.pid)
    return found


def databases(server: PostgresServer) -> set[str]:
    with server.connect() as connection:
        return {
            str(name)
            for (name,) in connection.execute("SELECT datname FROM pg_database")
        }


def test_one_server_for_all_who_want_it_until_the_last_is_gone(own: Settings) -> None:
    with Environment(own) as first:
        server = first.postgres()
        assert (server.source, server.major) == ("embedded", 16)
        assert first.postgres() is server
        with Environment(own) as second:
            assert second.postgres() == server
            assert len(postmasters(own)) == 1
        assert databases(server) >= {"postgres"}
        row = first.used().set_index("component").loc["PostgreSQL"]
        assert (row["status"], row["version"]) == ("ready", server.version)
    assert postmasters(own) == []
    assert not list((own.home / "leases").iterdir())


def test_it_is_tuned_for_data_that_can_be_made_again(own: Settings) -> None:
    with Environment(own) as environment, environment.postgres().connect() as session:
        for name, value in {"fsync": "off", "synchronous_commit": "off"}.items():
            shown = session.execute(f"SHOW {name}").fetchone()
            assert shown == (value,)


def test_what_a_killed_run_held_is_cleared(own: Settings, tmp_path: Path) -> None:
    child = in_child(HOLDER, tmp_path, tmp_path / "holds")
    until(lambda: (tmp_path / "holds").exists() and (tmp_path / "holds").read_text())
    held = psutil.Process(int((tmp_path / "holds").read_text()))
    killed(child)
    # The keeper stops the server though nobody is left to do so.
    until(lambda: not postmasters(own))
    assert held.is_running()

    with Environment(own) as environment:
        names = databases(environment.postgres())
        assert not [name for name in names if name.startswith("qgate_")]
        assert not held.is_running() or held.status() == psutil.STATUS_ZOMBIE
        assert len(list((own.home / "leases").glob("*.json"))) == 1


def test_a_killed_run_takes_nothing_from_a_living_one(
    own: Settings, tmp_path: Path
) -> None:
    with Environment(own) as living:
        server = living.postgres()
        assert living._lease is not None
        mine = f"{living._lease.prefix}mine"
        with server.connect() as session:
            session.execute(f"CREATE DATABASE {mine}")
        child = in_child(HOLDER, tmp_path, tmp_path / "holds")
        until((tmp_path / "holds").exists)
        killed(child)
        with Environment(own) as next_one:
            next_one.postgres()
            left = {name for name in databases(server) if name.startswith("qgate_")}
            assert left == {mine}
        assert mine in databases(server)
    with Environment(own) as later:
        assert mine not in databases(later.postgres())


def test_a_server_killed_while_it_was_made_is_made_anew(own: Settings) -> None:
    pgdata = Embedded(own, Silence()).pgdata
    pgdata.mkdir(parents=True)
    (pgdata / "PG_VERSION").write_text("16\n")
    (pgdata / "base").mkdir()
    with Environment(own) as environment:
        assert environment.postgres().major == 16


@pytest.mark.parametrize("machine", ["same", "crashed"])
def test_data_are_kept_after_a_kill_and_not_after_a_crash(
    own: Settings, machine: str
) -> None:
    pgdata = Embedded(own, Silence()).pgdata
    with Environment(own) as environment:
        with environment.postgres().connect() as session:
            session.execute("CREATE DATABASE kept")
        for pid in postmasters(own):
            psutil.Process(pid).kill()
        until(lambda: not postmasters(own))
    assert (pgdata / "postmaster.pid").exists()
    if machine == "crashed":
        (pgdata / "qgate.boot").write_text("another start of the machine")
    with Environment(own) as environment:
        found = "kept" in databases(environment.postgres())
    assert found == (machine == "same")


def test_a_home_behind_a_link_and_a_long_way_down(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 60) / ("e" * 60)
    deep.mkdir(parents=True)
    (tmp_path / "link").symlink_to(deep)
    settings = home_settings(tmp_path, QGATE_HOME=str(tmp_path / "link" / "home"))
    try:
        with Environment(settings) as environment:
            assert databases(environment.postgres()) >= {"postgres"}
            assert len(postmasters(settings)) == 1
        assert postmasters(settings) == []
    finally:
        shutil.rmtree(Embedded(settings, Silence()).pgdata.parent)


def test_a_folder_that_belongs_to_somebody_else_is_refused(
    own: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 12345)
    with (
        pytest.raises(EnvironmentProblem, match="belongs to somebody else"),
        Environment(own) as environment,
    ):
        environment.postgres()


@contextlib.contextmanager
def named(own: Settings, server: PostgresServer, **environ: str) -> Iterator[Settings]:
    """Give settings that name *server* as any other, with a home of its own."""
    values = server.environ() | {"QGATE_HOME": str(own.root / "other")} | environ
    yield home_settings(own.root, **values)


def test_a_named_server_is_used_and_not_stopped(own: Settings) -> None:
    with Environment(own) as environment:
        server = environment.postgres()
        with named(own, server) as settings:
            with Environment(settings) as other:
                found = other.postgres()
                assert (found.source, found.user) == ("server", "odoo")
                assert found.version == server.version
                table = other.components().set_index("component")
                assert table.loc["PostgreSQL", "status"] == "ready"
            assert postmasters(own) != []
            assert not (settings.home / "postgres").exists()


@pytest.mark.parametrize(
    ("role", "why", "hint"),
    [
        ("poor", "Role poor at .* may not make databases", "CREATEDB"),
        ("postgres", "Odoo refuses to use .* as role postgres", "PGUSER"),
        ("nobody_known", "does not answer .*nobody_known", "PGUSER"),
    ],
)
def test_a_role_that_will_not_do_is_told(
    own: Settings, role: str, why: str, hint: str
) -> None:
    with Environment(own) as environment:
        server = environment.postgres()
        with server.connect() as session:
            session.execute("CREATE ROLE poor LOGIN")
        with (
            named(own, server, PGUSER=role) as settings,
            pytest.raises(EnvironmentProblem, match=why) as caught,
            Environment(settings) as other,
        ):
            other.postgres()
    assert hint in (caught.value.hint or "")


def test_a_server_too_old_is_told(
    own: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "OLDEST", 17)
    with Environment(own) as environment:
        server = environment.postgres()
        with (
            named(own, server) as settings,
            pytest.raises(EnvironmentProblem, match="too old for Odoo 19"),
            Environment(settings) as other,
        ):
            other.postgres()


def test_two_that_start_at_once_share_one_server(own: Settings, tmp_path: Path) -> None:
    source = HOLDER.split("server =", maxsplit=1)[0] + (
        "print(environment.postgres().address)\n"
        "Path(sys.argv[2]).touch()\n"
        "sys.stdin.read()\n"
        "environment.close()\n"
    )
    children = [
        subprocess.Popen(
            [sys.executable, "-c", source, str(tmp_path), str(tmp_path / f"up{n}")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        for n in range(2)
    ]
    until(lambda: all((tmp_path / f"up{n}").exists() for n in range(2)))
    assert len(postmasters(own)) == 1
    said = {child.communicate()[0] for child in children}
    assert len(said) == 1
    assert [child.returncode for child in children] == [0, 0]
    assert postmasters(own) == []
