"""The whole gate against its tools run by hand, and the gate when nothing has changed.

By hand means what a plain CI script does: one tool after the other, one database made anew, on
which Odoo's tests, then the browser and then the load run. Readiness needs no tool of its own.
"""

from __future__ import annotations

import json
import secrets
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import requests

import qgate
from benchmarks import static
from benchmarks.measure import CONSOLE, Ratio, command, seconds
from benchmarks.tests_stage import ADDONS, MODULE, ROOT, Bench
from qgate import settings
from qgate.e2e.plan import Plan
from qgate.e2e.suite import PLUGINS
from qgate.environment import Environment
from qgate.environment.browser import for_playwright
from qgate.environment.serving import HEALTH, free_port
from qgate.frames import rows
from tests.support.trivy import write_database

if TYPE_CHECKING:
    from collections.abc import Iterator

LOAD_SECONDS: Final = 60
"""Both measure as long, with all users there."""

SPAWN_SECONDS: Final = 10
"""What it takes until they are: Locust counts it in its `--run-time`, and with `--reset-stats`
leaves it out of the figures."""

REUSED_SECONDS: Final = 3.0
"""What stages static, tests and e2e may take together when nothing has changed."""

_FIRST_SECONDS: Final = 5
_USERS: Final = 10
_SEED: Final = """
import importlib.util
spec = importlib.util.spec_from_file_location("seed", {path!r})
seed = importlib.util.module_from_spec(spec)
spec.loader.exec_module(seed)
seed.seed(env, 1000)
for login in seed.logins(env):
    env["res.users"].search([("login", "=", login)]).password = {password!r}
env.cr.commit()
open({answer!r}, "w").write(repr(seed.logins(env)).replace("'", '"'))
"""


def measure() -> Iterator[Ratio]:
    """Compare the whole gate, warm and without reuse, and print what reuse takes."""
    found = settings.load(root=ROOT)
    with tempfile.TemporaryDirectory() as name, Environment(found) as environment:
        scratch = Path(name)
        database = write_database(scratch / "trivy")
        bench = Bench(found, environment, scratch)
        # Makes the templates, and shows what each stage takes: the longest begins first.
        _gate(scratch, database, load_seconds=_FIRST_SECONDS)
        CONSOLE.print("the whole gate", style="dim")
        runs: list[qgate.Run] = []
        ours = seconds(lambda: runs.append(_gate(scratch, database)))
        _show(runs[0])
        CONSOLE.print("the same by hand", style="dim")
        raw = seconds(lambda: _ByHand(bench, database).run())
        yield Ratio(f"whole gate, {MODULE}, warm templates", [ours], [raw], 0.6)
        _reuse(scratch)


def _gate(scratch: Path, database: Path, load_seconds: int = LOAD_SECONDS) -> qgate.Run:
    return qgate.run(
        ADDONS,
        root=scratch,
        profile="main",
        cache=False,
        overrides=[
            f"security.database={database}",
            f"performance.duration={load_seconds}",
            "static.authors=['qgate contributors']",
        ],
    )


def _show(run: qgate.Run) -> None:
    """Print what each stage took and from when on, and what was not measured."""
    table = list(rows(run.frames["executions"]))
    begun = min(row["started"] for row in table if row["started"] is not None)
    for row in table:
        peak = (row["peak_memory"] or 0) / 1e6
        at = (row["started"] - begun).total_seconds() if row["started"] else 0.0
        CONSOLE.print(
            f"  {row['stage']}: {row['status']}, began at {at:.1f} s, "
            f"{row['seconds']:.1f} s at work, {peak:,.0f} MB at most"
        )


def _reuse(scratch: Path) -> None:
    argv = [
        *(sys.executable, "-m", "qgate", "run", "--addons", str(ADDONS)),
        *("--stages", "static,tests,e2e", "--no-report", "--json", "run.json"),
    ]
    first = subprocess.run(
        argv, cwd=scratch, capture_output=True, text=True, check=False
    )
    took = seconds(
        lambda: subprocess.run(argv, cwd=scratch, capture_output=True, check=True)
    )
    run = qgate.load(reports=scratch / "reports")
    reused = (run.frames["executions"]["status"] == "reused").sum()
    CONSOLE.print(
        f"Nothing changed: {took:.1f} s for {reused} reused stages of 3 "
        f"(wanted ≤ {REUSED_SECONDS:.0f} s), first run: exit code {first.returncode}"
    )


class _ByHand:
    """A plain CI script."""

    def __init__(self, bench: Bench, database: Path) -> None:
        self._bench = bench
        self._database = database
        self._scratch = bench.scratch / "by-hand"
        self._name = f"qgate_bench_{secrets.token_hex(4)}"
        self._data = self._scratch / "data"
        self._password = secrets.token_urlsafe(12)

    def run(self) -> None:
        """Run everything, one after the other."""
        self._scratch.mkdir()
        try:
            self._timed(
                "the six linters", lambda: static.by_hand(self._bench.settings, ADDONS)
            )
            self._timed("Odoo's tests", self._tests)
            with self._served() as url:
                self._timed("the specs", lambda: self._specs(url))
            self._timed("Trivy", self._trivy)
            self._timed("seeding", self._seed)
            with self._served() as url:
                self._timed("Locust", lambda: self._locust(url))
        finally:
            with self._bench.server.connect() as connection:
                connection.execute(
                    f'DROP DATABASE IF EXISTS "{self._name}" WITH (FORCE)'
                )

    def _timed(self, what: str, work: object) -> None:
        assert callable(work)  # noqa: S101 - a benchmark of our own
        CONSOLE.print(f"  {what}: {seconds(work):.1f} s")

    def _tests(self) -> None:
        self._bench.coverage_run(self._name, self._data)

    @contextmanager
    def _served(self) -> Iterator[str]:
        port = free_port()
        argv = self._bench.odoo.command(
            *("--config", self._scratch / "odoo.conf", "--database", self._name),
            *("--data-dir", self._data, "--addons-path", self._addons),
            *("--http-interface", "127.0.0.1", "--http-port", str(port)),
            *("--max-cron-threads", "0"),
        )
        (self._scratch / "odoo.conf").touch()
        with subprocess.Popen(
            argv, env=self._environ, stderr=subprocess.DEVNULL
        ) as odoo:
            url = f"http://127.0.0.1:{port}"
            try:
                while not _healthy(url):
                    time.sleep(0.2)
                yield url
            finally:
                odoo.terminate()

    def _specs(self, url: str) -> None:
        chromium = for_playwright(self._bench.settings, "chromium")
        plan = Plan(
            module=MODULE,
            root=str(ROOT),
            url=url,
            database=self._name,
            password=self._password,
            journal=str(self._scratch / "journal"),
            artifacts=str(self._scratch / "artifacts"),
            server_log=str(self._scratch / "no.log"),
            test_time_limit=120,
            executables={"chromium": chromium.program} if chromium.program else {},
            video=False,
        )
        plan.write(self._scratch / "plan.json")
        (self._scratch / "pytest.ini").write_text("[pytest]\n")
        command(
            [
                *(sys.executable, "-m", "pytest", ADDONS / MODULE / "e2e"),
                *(word for plugin in PLUGINS for word in ("-p", plugin)),
                *("-c", self._scratch / "pytest.ini"),
                *("--rootdir", ROOT, "--confcutdir", ADDONS / MODULE / "e2e"),
                *("--qgate-plan", self._scratch / "plan.json"),
                *("-p", "no:cacheprovider", "--browser", "chromium"),
            ],
            cwd=self._scratch,
            env=self._bench.settings.child_environ(
                PYTHONDONTWRITEBYTECODE="1", PYTEST_DISABLE_PLUGIN_AUTOLOAD="1"
            ),
            found=(0,),
        )

    def _trivy(self) -> None:
        trivy: list[str | Path] = [
            *(Path(sys.executable).with_name("trivy"), "--quiet"),
            *("--cache-dir", self._database),
        ]
        offline = ("--skip-db-update", "--skip-version-check", "--format", "json")
        packages = next(self._bench.odoo.python.parents[1].glob("lib/python3*"))
        for arguments in (
            ("fs", *offline, "--scanners", "vuln,secret,misconfig", ADDONS),
            ("rootfs", *offline, "--scanners", "vuln", packages),
            ("rootfs", *offline, "--scanners", "vuln", "--pkg-types", "os", "/"),
        ):
            command(
                [*trivy, *arguments],
                cwd=self._scratch,
                env=self._bench.settings.child_environ(),
                found=(0,),
            )

    def _seed(self) -> None:
        script = _SEED.format(
            path=str(ADDONS / MODULE / "perf" / "seed.py"),
            password=self._password,
            answer=str(self._scratch / "logins.json"),
        )
        argv = self._bench.odoo.command(
            *("shell", "--config", self._scratch / "odoo.conf"),
            *("--database", self._name, "--data-dir", self._data),
            *("--addons-path", self._addons, "--no-http"),
        )
        subprocess.run(
            argv,
            env=self._environ,
            input=script.encode(),
            capture_output=True,
            check=True,
        )

    def _locust(self, url: str) -> None:
        logins = json.loads((self._scratch / "logins.json").read_text())
        command(
            [
                *(sys.executable, "-m", "locust", "--headless", "--host", url),
                *("-f", ADDONS / MODULE / "perf" / "locustfile.py"),
                *("-u", str(_USERS), "-r", f"{_USERS / SPAWN_SECONDS:g}"),
                *("-t", f"{SPAWN_SECONDS + LOAD_SECONDS}s", "--reset-stats"),
                *("--qgate-database", self._name, "--qgate-password", self._password),
                *("--qgate-logins", json.dumps({MODULE: logins})),
            ],
            cwd=self._scratch,
            env=self._bench.settings.child_environ(PYTHONDONTWRITEBYTECODE="1"),
            found=(0, 1),
        )

    @property
    def _addons(self) -> str:
        return ",".join(map(str, (ADDONS, *self._bench.odoo.addons)))

    @property
    def _environ(self) -> dict[str, str]:
        return self._bench.odoo.environ(self._bench.settings, self._bench.server)


def _healthy(url: str) -> bool:
    try:
        return requests.get(f"{url}{HEALTH}", timeout=5).ok
    except requests.RequestException:
        return False
