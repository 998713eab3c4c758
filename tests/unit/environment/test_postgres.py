from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING

import psycopg
import pytest

from qgate.environment import postgres
from qgate.environment.postgres import PostgresServer, named_server
from qgate.errors import EnvironmentProblem, UsageError
from tests.support.homes import home_settings

if TYPE_CHECKING:
    from pathlib import Path

URL = "postgresql://ada:hush-hush@db.example.org:6432/start?sslmode=require"


def named(root: Path, *overrides: str, **environ: str) -> dict[str, str] | None:
    return named_server(home_settings(root, *overrides, **environ))


def test_nothing_named_means_the_embedded_one(tmp_path: Path) -> None:
    assert named(tmp_path) is None
    assert named(tmp_path, PGPORT="6000", PGUSER="ada") is None


def test_the_standard_variables_name_one(tmp_path: Path) -> None:
    assert named(tmp_path, PGHOST="db.example.org") == {
        "host": "db.example.org",
        "port": "5432",
        "user": "odoo",
    }
    assert named(
        tmp_path,
        PGHOST="db",
        PGPORT="6432",
        PGUSER="ada",
        PGPASSWORD="hush-hush",
        PGSSLMODE="require",
    ) == {
        "host": "db",
        "port": "6432",
        "user": "ada",
        "password": "hush-hush",
        "sslmode": "require",
    }


def test_a_url_wins_over_the_variables(tmp_path: Path) -> None:
    assert named(tmp_path, QGATE_DATABASE_URL=URL, PGHOST="other", PGUSER="eve") == {
        "host": "db.example.org",
        "port": "6432",
        "user": "ada",
        "password": "hush-hush",
        "dbname": "start",
        "sslmode": "require",
    }
    override = "environment.database_url=postgresql://bob@conf.example.org/"
    found = named(tmp_path, override, PGPASSWORD="hush-hush")
    assert found == {
        "host": "conf.example.org",
        "port": "5432",
        "user": "bob",
        "password": "hush-hush",
    }
    found = named(tmp_path, override, QGATE_DATABASE_URL=URL)
    assert found is not None
    assert found["user"] == "ada"


def test_the_setting_may_demand_one_or_the_other(tmp_path: Path) -> None:
    embedded = "environment.postgres=embedded"
    assert named(tmp_path, embedded, PGHOST="db", QGATE_DATABASE_URL=URL) is None
    server = named(tmp_path, "environment.postgres=server")
    assert server == {"host": "localhost", "port": "5432", "user": "odoo"}


def test_a_url_that_cannot_be_read_is_not_repeated(tmp_path: Path) -> None:
    bad = "postgresql://ada:hush-hush@host:1/db?nonsense=1"
    with pytest.raises(EnvironmentProblem) as caught:
        named(tmp_path, QGATE_DATABASE_URL=bad)
    assert "cannot be read" in caught.value.message
    assert "hush-hush" not in str(caught.value)


def test_a_password_in_the_configuration_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="must not hold a password") as caught:
        named(tmp_path, f"environment.database_url={URL}")
    assert "hush-hush" not in str(caught.value)


def test_a_server_that_is_down_is_one_sentence_without_password(
    tmp_path: Path,
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
        values = named(
            tmp_path, PGHOST="127.0.0.1", PGPORT=port, PGPASSWORD="hush-hush"
        )
        assert values is not None
        with pytest.raises(EnvironmentProblem) as caught:
            postgres.connect_named(values)
    assert f"PostgreSQL at 127.0.0.1:{port} does not answer" in caught.value.message
    assert "PGHOST" in (caught.value.hint or "")
    assert "hush-hush" not in str(caught.value)


@pytest.mark.parametrize("port", ["x", "99999"])
def test_a_port_that_is_none_is_one_sentence(tmp_path: Path, port: str) -> None:
    values = named(tmp_path, PGHOST="127.0.0.1", PGPORT=port)
    assert values is not None
    with pytest.raises(EnvironmentProblem, match=f"127.0.0.1:{port} does not answer"):
        postgres.connect_named(values)


def test_a_server_names_itself_to_programs() -> None:
    server = PostgresServer("db", 6432, "ada", "hush-hush", "16.4", "server", "require")
    assert server.environ() == {
        "PGHOST": "db",
        "PGPORT": "6432",
        "PGUSER": "ada",
        "PGPASSWORD": "hush-hush",
        "PGSSLMODE": "require",
    }
    assert server.major == 16
    assert server.address == "db:6432"
    assert "hush-hush" not in repr(server)
    plain = PostgresServer("db", 5432, "ada", None, "16.4", "server")
    assert set(plain.environ()) == {"PGHOST", "PGPORT", "PGUSER"}


def test_data_lie_in_the_home_where_it_can_be_reached(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert postgres._pgdata(home) == home / "postgres" / "16"
    (tmp_path / "link").symlink_to(home)
    assert postgres._pgdata(tmp_path / "link") == home / "postgres" / "16"


def test_roots_private_home_is_not_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    private = tmp_path / "private"
    private.mkdir(mode=0o700)
    found = postgres._pgdata(private / "home")
    assert str(found).startswith("/var/tmp/qgate-postgres-")  # noqa: S108 - as it is
    assert found != postgres._pgdata(private / "other")
    assert private.stat().st_mode & 0o777 == 0o700
    assert postgres._reachable(tmp_path.parents[-2])


def test_a_connection_that_is_refused_is_no_traceback(tmp_path: Path) -> None:
    values = {"host": str(tmp_path), "port": "5432", "user": "odoo"}
    with pytest.raises(EnvironmentProblem) as caught:
        postgres._connect(values)
    assert isinstance(caught.value.__cause__, psycopg.OperationalError)
    assert str(tmp_path) in caught.value.message


def test_private_folders_may_be_passed_but_not_listed(tmp_path: Path) -> None:
    private, public = tmp_path / "private", tmp_path / "public"
    private.mkdir(mode=0o700)
    public.mkdir()
    public.chmod(0o755)
    with postgres._only_passable(private / "data", public / "data"):
        private.chmod(0o755)
    assert private.stat().st_mode & 0o777 == 0o711
    assert public.stat().st_mode & 0o777 == 0o755
