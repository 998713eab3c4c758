from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import psutil
import pytest

from qgate import settings
from qgate.environment import Environment, keeper
from qgate.environment.database import Databases, Template
from qgate.environment.postgres import Embedded
from qgate.environment.strays import drop_own
from qgate.errors import EnvironmentProblem
from qgate.progress import Silence
from tests.support.homes import home_settings, in_child, killed, until
from tests.support.odoo_modules import change, good

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from qgate.environment.postgres import PostgresServer

pytestmark = [pytest.mark.odoo, pytest.mark.timeout(900)]

LIMIT = 600.0


class Desk:
    """An Odoo and a server of the tests' own, with room for a single template."""

    def __init__(self, root: Path, environment: Environment) -> None:
        self.root = root
        self.environment = environment

    @property
    def databases(self) -> Databases:
        return self.environment.databases()

    @property
    def server(self) -> PostgresServer:
        return self.environment.postgres()

    def names(self) -> set[str]:
        """Return the databases that qgate made."""
        with self.server.connect() as session:
            rows = session.execute("SELECT datname FROM pg_database").fetchall()
        return {str(name) for (name,) in rows if str(name).startswith("qgate_")}

    def template(self, *modules: str, limit: float = LIMIT) -> Template:
        return self.databases.template(
            modules,
            extra_addons=[self.root / "outside"],
            time_limit=limit,
            log=self.root / "template.log",
        )


@pytest.fixture(scope="module")
def desk(
    tmp_path_factory: pytest.TempPathFactory, environment: Environment
) -> Iterator[Desk]:
    """Give a home that shares the provisioned Odoo and nothing else."""
    environment.odoo()
    root = tmp_path_factory.mktemp("desk")
    (root / "home").mkdir()
    (root / "home" / "odoo").symlink_to(settings.load().home / "odoo")
    good(root / "outside", "outside_a")
    good(root / "outside", "outside_broken")
    change(
        root / "outside" / "outside_broken",
        "views/thing.xml",
        'name="size"',
        'name="no_such_field"',
    )
    own = home_settings(root, "environment.max_templates=1", PATH=os.environ["PATH"])
    with Environment(own) as opened:
        yield Desk(root, opened)
    pgdata = Embedded(own, Silence()).pgdata
    keeper.stop(pgdata)
    shutil.rmtree(pgdata.parent, ignore_errors=True)


@pytest.fixture(scope="module")
def template(desk: Desk) -> Template:
    """Give a template with a module from outside the workspace."""
    return desk.template("outside_a")


def test_a_template_holds_its_modules_and_is_made_once(
    desk: Desk, template: Template
) -> None:
    assert template.modules == ("base", "outside_a")
    assert template.seconds > 0
    again = desk.template("outside_a", "base")
    assert again.reused
    assert (again.name, again.seconds) == (template.name, 0)
    with desk.server.connect(template.name) as session:
        states = session.execute(
            "SELECT name, state FROM ir_module_module WHERE name = ANY(%s)",
            (["outside_a", "outside_broken"],),
        ).fetchall()
    assert dict(states) == {"outside_a": "installed", "outside_broken": "uninstalled"}
    assert desk.names() == {template.name}
    assert (desk.root / "template.log").read_text().count("Modules loaded") >= 1


def test_clones_are_independent_and_gone_afterwards(
    desk: Desk, template: Template, tmp_path: Path
) -> None:
    databases = desk.databases
    with (
        databases.clone(template, "a", tmp_path) as one,
        databases.clone(template, "b", tmp_path) as two,
    ):
        assert len({one.name, two.name, template.name}) == 3
        assert len(one.name) <= 63
        with desk.server.connect(one.name) as session:
            session.execute("UPDATE res_users SET login = 'changed' WHERE id = 2")
        for name in (two.name, template.name):
            with desk.server.connect(name) as session:
                login = session.execute("SELECT login FROM res_users WHERE id = 2")
                assert login.fetchone() == ("admin",)
        store = two.data_dir / "filestore" / two.name
        files = [path for path in store.rglob("*") if path.is_file()]
        assert files
        for path in one.data_dir.rglob("*"):
            if path.is_file():
                path.unlink()
        assert all(path.exists() for path in files)
        with desk.server.connect(two.name) as session:
            rows = session.execute(
                "SELECT store_fname FROM ir_attachment WHERE store_fname IS NOT NULL"
            ).fetchall()
        assert {fname for (fname,) in rows} <= {
            str(path.relative_to(store)) for path in files
        }
    assert desk.names() == {template.name}
    assert not list(tmp_path.glob("data-*"))
    with databases.clone(template, "c", tmp_path) as three:
        assert any((three.data_dir / "filestore" / three.name).iterdir())


def test_a_clone_in_use_is_dropped_after_an_error(
    desk: Desk, template: Template, tmp_path: Path
) -> None:
    session = None

    def use_and_fail() -> None:
        nonlocal session
        with desk.databases.clone(template, "a", tmp_path) as clone:
            session = desk.server.connect(clone.name)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        use_and_fail()
    assert session is not None
    session.close()
    assert desk.names() == {template.name}
    assert not list(tmp_path.iterdir())


def test_what_a_clone_could_not_drop_goes_with_the_run(
    desk: Desk, template: Template
) -> None:
    lease = desk.databases._lease
    with desk.server.connect() as session:
        session.execute(f"CREATE DATABASE {lease.prefix}left")
    assert drop_own(lease, desk.server) == [f"{lease.prefix}left"]
    assert desk.names() == {template.name}


def test_a_template_that_went_meanwhile_is_one_sentence(
    desk: Desk, template: Template, tmp_path: Path
) -> None:
    gone = Template("qgate_template_gone", (), True, 0, template.data_dir)  # noqa: FBT003
    with (
        pytest.raises(
            EnvironmentProblem, match="cannot be cloned .*qgate_template_gone"
        ),
        desk.databases.clone(gone, "a", tmp_path),
    ):
        pass


def test_an_unknown_module_is_named_before_anything_is_made(desk: Desk) -> None:
    before = desk.names()
    with pytest.raises(EnvironmentProblem, match="Module no_such_module is neither"):
        desk.template("no_such_module")
    assert desk.names() == before


def test_a_time_limit_leaves_no_database(desk: Desk) -> None:
    before = desk.names()
    with pytest.raises(EnvironmentProblem, match="took longer than 2 s"):
        desk.template("hr", limit=2)
    assert desk.names() == before


def test_a_module_that_does_not_install_is_told_with_the_log(
    desk: Desk, template: Template
) -> None:
    with pytest.raises(EnvironmentProblem) as caught:
        desk.template("outside_broken")
    assert "outside_broken ended with exit code" in str(caught.value)
    assert str(desk.root / "template.log") in (caught.value.hint or "")
    assert "no_such_field" in (desk.root / "template.log").read_text()
    assert desk.names() == {template.name}
    assert desk.template("outside_a").reused


def test_a_run_killed_while_it_makes_a_template_leaves_none(
    desk: Desk, template: Template
) -> None:
    source = """
import os, sys
from pathlib import Path
from qgate.environment import Environment
from tests.support.homes import home_settings
root = Path(sys.argv[1])
environment = Environment(home_settings(root, PATH=os.environ["PATH"]))
environment.databases().template(
    ["resource"], time_limit=600, log=root / "killed.log"
)
"""
    child = in_child(source, desk.root)
    log = desk.root / "killed.log"
    until(lambda: log.exists() and "loading" in log.read_text())
    begun = desk.names() - {template.name}
    odoos = psutil.Process(child.pid).children(recursive=True)
    killed(child)
    assert [name for name in begun if name.endswith("_template")]

    own = home_settings(desk.root, PATH=os.environ["PATH"])
    with Environment(own) as later:
        later.postgres()
        assert desk.names() == {template.name}
        until(lambda: not any(map(runs, odoos)))


def runs(odoo: psutil.Process) -> bool:
    return odoo.is_running() and odoo.status() != psutil.STATUS_ZOMBIE


def test_changed_modules_make_another_template_and_the_oldest_goes(
    desk: Desk, template: Template
) -> None:
    change(desk.root / "outside" / "outside_a", "models/thing.py", "* 2", "* 3")
    other = desk.template("outside_a")
    assert not other.reused
    assert other.name != template.name
    assert desk.names() == {other.name}
    assert not template.data_dir.exists()
