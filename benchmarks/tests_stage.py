"""Stage tests against Odoo by hand, on the sample module, which depends on `account`."""

from __future__ import annotations

import json
import secrets
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

import qgate
from benchmarks.measure import Ratio, alternate, command
from qgate import settings
from qgate.environment import Environment
from qgate.environment.serving import free_port
from qgate.odoo_suite.coverage import OMIT
from qgate.odoo_suite.suite import LAUNCHER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qgate.environment.database import Database
    from qgate.environment.odoo import OdooInstallation
    from qgate.environment.postgres import PostgresServer
    from qgate.settings import Settings

ROOT: Final = Path(__file__).parents[1]
ADDONS: Final = ROOT / "addons" / "custom"
MODULE: Final = "ipai_expense"
DEPENDS: Final = ("account", "hr", "mail")


def measure(rounds: int = 3) -> Iterator[Ratio]:
    """Compare the stage with a fresh database, and our launcher with bare coverage."""
    found = settings.load(root=ROOT)
    with tempfile.TemporaryDirectory() as scratch, Environment(found) as environment:
        bench = Bench(found, environment, Path(scratch))
        qgate.run(ADDONS, root=bench.scratch, stages=["tests"])  # warms the template
        yield alternate(
            f"tests stage, {MODULE}, warm template, against a fresh database",
            lambda: qgate.run(
                ADDONS, root=bench.scratch, stages=["tests"], cache=False
            ),
            bench.fresh,
            rounds=max(1, rounds - 1),
            limit=0.35,
        )
        yield alternate(
            "tests with our launcher against bare `coverage run`, same clone",
            lambda: bench.cloned(launcher=True),
            lambda: bench.cloned(launcher=False),
            rounds=rounds,
            limit=1.05,
        )


class Bench:
    """The raw commands, with all that they need."""

    def __init__(
        self, found: Settings, environment: Environment, scratch: Path
    ) -> None:
        self.settings = found
        self.scratch = scratch
        self.odoo: OdooInstallation = environment.odoo()
        self.server: PostgresServer = environment.postgres()
        self.databases = environment.databases()

    def fresh(self) -> None:
        """Create a database, install everything and test, as a plain CI script does."""
        name = f"qgate_bench_{secrets.token_hex(4)}"
        data = self.scratch / name
        try:
            self.coverage_run(name, data)
        finally:
            with self.server.connect() as connection:
                connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def cloned(self, *, launcher: bool) -> None:
        """Test on a clone, with our launcher or with coverage's own command."""
        template = self.databases.template(
            DEPENDS, time_limit=1800, log=self.scratch / "template.log"
        )
        with self.databases.clone(template, "bench", self.scratch) as database:
            if launcher:
                self._launcher_run(database)
            else:
                self.coverage_run(database.name, database.data_dir)

    def coverage_run(self, name: str, data: Path) -> None:
        """Install the module into database *name*, new or not, and test it."""
        command(
            [
                *(self.odoo.python, "-m", "coverage", "run", "--branch"),
                *(f"--data-file={self.scratch / 'raw.coverage'}",),
                *(f"--source={ADDONS / MODULE}", f"--omit={','.join(OMIT)}"),
                *("-m", "odoo", *self._arguments(name, data)),
            ],
            cwd=self.scratch,
            env=self.odoo.environ(self.settings, self.server),
            found=(0,),
        )

    def _launcher_run(self, database: Database) -> None:
        plan = self.scratch / "plan.json"
        plan.write_text(
            json.dumps(
                {
                    "journal": str(self.scratch / "journal"),
                    "coverage": str(self.scratch / "our.coverage"),
                    "source": [str(ADDONS / MODULE)],
                    "omit": [*OMIT],
                }
            )
        )
        command(
            [
                *(self.odoo.python, LAUNCHER, plan),
                *self._arguments(database.name, database.data_dir),
            ],
            cwd=self.scratch,
            env=self.odoo.environ(self.settings, self.server),
            found=(0,),
        )

    def _arguments(self, name: str, data: Path) -> list[str]:
        config = self.scratch / "odoo.conf"
        config.touch()
        addons = ",".join(map(str, (ADDONS, *self.odoo.addons)))
        return [
            *("--config", str(config), "--database", name, "--data-dir", str(data)),
            *("--addons-path", addons, "--init", MODULE),
            *("--test-tags", f"/{MODULE}", "--stop-after-init"),
            *("--max-cron-threads", "0", "--http-interface", "127.0.0.1"),
            *("--http-port", str(free_port())),
        ]
