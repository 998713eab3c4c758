"""Stage performance: Locust puts load on a real Odoo that is filled with records."""

from __future__ import annotations

import importlib.metadata
import secrets
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgate import process
from qgate.environment.serving import free_port
from qgate.errors import StageFailed
from qgate.frames import tables
from qgate.performance import journal, load, statistics
from qgate.performance.load import SERVER_DIED
from qgate.performance.plan import STOP_SECONDS, Plan
from qgate.performance.seeding import Seeded, seed
from qgate.stages import odoo
from qgate.stages.base import GRACE_SECONDS, Measurement

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pandas as pd

    from qgate.environment.serving import OdooServer
    from qgate.frames import Table
    from qgate.performance.journal import Journal
    from qgate.performance.load import Load
    from qgate.settings import Settings
    from qgate.stages.base import Context

_PLACE = Path("perf")


@dataclass(frozen=True)
class _Target:
    """What is put under load.

    Attributes:
        url: Its address.
        database: Database that users log in to.
        password: Their password.
        seeded: What it was filled with.
        server: The server, where it is ours.
    """

    url: str
    database: str
    password: str
    seeded: Seeded
    server: OdooServer | None = None


class PerformanceStage:
    """Runs the modules' locustfiles against a real Odoo, and keeps every single time."""

    name = "performance"
    needs = frozenset({"odoo", "postgres"})
    after: frozenset[str] = frozenset()
    alone = False  # but for the load itself
    reusable = False
    tables: tuple[Table, ...] = (
        tables.LOADS,
        tables.PERFORMANCE,
        tables.PERFORMANCE_SERIES,
    )

    def time_limit(self, settings: Settings) -> float:
        """Return the seconds for template, installing, seeding, and the load."""
        before = settings.tests.template_time_limit + settings.tests.time_limit
        return before + 2 * settings.performance.time_limit + GRACE_SECONDS

    def measure(self, context: Context) -> Measurement:
        """Load the server with the locustfiles of all gated modules at once.

        The server is filled, started and warmed up beside other stages; what is measured is
        measured alone.

        Raises:
            EnvironmentProblem: Odoo or PostgreSQL cannot be had, or a module not be installed.
            StageFailed: There is nothing to run, or what was to be loaded went away.
        """
        context.progress.step(self.name, "reading the locustfiles")
        files = locustfiles(context)
        plan = _plan(context, files)
        declared = load.describe(context, plan)
        with _target(context, files) as target:
            plan = _plan(context, files, target)
            postgres = context.environment.postgres() if target.server else None
            context.progress.step(self.name, "starting Locust")
            done = load.run(
                context,
                plan,
                password=target.password,
                server=target.server,
                postgres=postgres,
            )
            memory = target.server.running.peak_memory if target.server else 0
        _mask(context, target.password)
        frames = _frames(context, plan, declared, done, target.seeded.records, memory)
        if done.ended == SERVER_DIED:
            hint = "See odoo.log and locust.log in the evidence."
            message = f"{done.cause}."
            raise StageFailed(message, hint=hint, frames=frames)
        return Measurement(frames)


def locustfiles(context: Context) -> dict[str, Path]:
    """Return the locustfile of each module that has one.

    Raises:
        StageFailed: None has one, or a configured one is not there.
    """
    found = {
        module.name: module.path / _PLACE / "locustfile.py"
        for module in context.modules
    }
    found = {name: path for name, path in found.items() if path.is_file()}
    for word in context.settings.performance.locustfiles:
        name, _, inner = word.rpartition(":")
        path = context.settings.root / inner
        if not path.is_file():
            message = f"performance.locustfiles names {inner}, which is not there."
            raise StageFailed(message, hint="Correct it in qgate.toml.")
        found[name or inner] = path
    if not found:
        names = ", ".join(module.name for module in context.modules)
        message = f"No locustfile covers {names or 'any module'}."
        hint = (
            "Write <module>/perf/locustfile.py, or name one in performance.locustfiles."
        )
        raise StageFailed(message, hint=hint)
    return found


def _seeds(context: Context, files: Mapping[str, Path]) -> dict[str, Path]:
    """Return the seed file of each module, as load on empty tables shows nothing."""
    found = {}
    for module in context.modules:
        path = module.path / _PLACE / "seed.py"
        if path.is_file():
            found[module.name] = path
        elif module.name in files and context.settings.performance.records:
            message = f"{module.name} has a locustfile, but no perf/seed.py."
            hint = "Write one, or set performance.records to 0."
            raise StageFailed(message, hint=hint)
    return found


@contextmanager
def _target(context: Context, files: Mapping[str, Path]) -> Iterator[_Target]:
    settings = context.settings
    if settings.performance.host:
        account = settings.load_account
        logins = {"": [account.login]}
        url = settings.performance.host.rstrip("/")
        yield _Target(url, account.database, account.password, Seeded(0, logins))
        return
    seeds = _seeds(context, files)
    password = secrets.token_urlsafe(12)
    context.progress.step("performance", "installing the modules")
    with odoo.copied(context, "performance") as database:
        context.progress.step(
            "performance", f"seeding {settings.performance.records:,} records"
        )
        seeded = seed(
            context, database, seeds, addons=odoo.addons(context), password=password
        )
        context.progress.step("performance", "starting Odoo")
        with odoo.served(
            context, database, workers=settings.performance.workers
        ) as server:
            yield _Target(server.url, database.name, password, seeded, server)


def _plan(
    context: Context, files: Mapping[str, Path], target: _Target | None = None
) -> Plan:
    chosen = context.settings.performance
    plan = Plan(
        locustfiles={name: str(path.resolve()) for name, path in files.items()},
        journal=str(context.scratch / "load.jsonl"),
        evidence=str(context.evidence),
        host=target.url if target else "",
        database=target.database if target else "",
        logins=dict(target.seeded.logins) if target else {},
        users=chosen.users,
        spawn_rate=chosen.spawn_rate,
        warm_up=chosen.warm_up,
        duration=chosen.duration,
        wait_min=chosen.wait_min,
        wait_max=chosen.wait_max,
        processes=chosen.processes,
        port=free_port(),
        master=chosen.master,
        remote_workers=chosen.remote_workers,
        begin=str(context.scratch / "begin"),
    )
    if plan.seconds + STOP_SECONDS > chosen.time_limit:
        message = (
            f"The load takes {plan.seconds:.0f} s, and slow answers up to "
            f"{STOP_SECONDS:.0f} s more, but performance.time_limit is "
            f"{chosen.time_limit:.0f} s."
        )
        raise StageFailed(message, hint="Raise it, or shorten performance.duration.")
    return plan


def _mask(context: Context, password: str) -> None:
    """Take secrets out of what Locust wrote, as a server may have repeated them."""
    hidden = (*context.settings.secrets, password)
    for path in context.evidence.glob("locust*"):
        text = path.read_text(encoding="utf-8", errors="replace")
        if (masked := process.mask(text, hidden)) != text:
            path.write_text(masked, encoding="utf-8")


def _frames(
    context: Context,
    plan: Plan,
    declared: Journal,
    done: Load,
    records: int,
    memory: int,
) -> Mapping[str, pd.DataFrame]:
    told, rules = done.journal, context.settings.performance
    began, measuring = (
        told.times.get(name) for name in (journal.STARTED, journal.MEASURING)
    )
    until = told.times.get(journal.MEASURED, _last(told))
    measured = until - measuring if measuring and until else 0.0
    samples = told.samples.assign(
        failure=told.samples["failure"].map(
            lambda text: process.mask(text, context.settings.secrets),
            na_action="ignore",
        ),
        measured=statistics.in_window(told.samples, measuring, measured),
    )
    samples.to_parquet(context.evidence / "samples.parquet", index=False)
    window = None
    held = told.times.get(journal.HELD)
    still = measuring - held if held and measuring else 0.0
    if began and measuring:
        window = (measuring - began - still, measuring - began - still + measured)
    return {
        "loads": tables.LOADS.frame(
            [_load(context, plan, declared, done, measured, records, memory)]
        ),
        "performance": tables.PERFORMANCE.frame(
            statistics.by_operation(
                samples[samples["measured"]],
                declared.operations,
                rules.thresholds,
                measured,
            )
        ),
        "performance_series": tables.PERFORMANCE_SERIES.frame(
            statistics.series(
                *statistics.without(samples, told.ticks, held, still), began, window
            )
            if began
            else ()
        ),
    }


def _load(
    context: Context,
    plan: Plan,
    declared: Journal,
    done: Load,
    measured: float,
    records: int,
    memory: int,
) -> dict[str, Any]:
    told, chosen = done.journal, context.settings.performance
    raised = told.exceptions.most_common(1)
    return {
        "load": "load",
        "modules": list(plan.locustfiles),
        "host": chosen.host or None,
        "ended": done.ended,
        "cause": done.cause,
        "operations": declared.operations,
        "users": plan.users,
        "users_seen": min((told.spawned or 0), (told.remaining or 0)),
        "spawn_rate": plan.spawn_rate,
        "warm_up": plan.warm_up,
        "seconds": measured,
        "records": records,
        "workers": chosen.workers,
        "processes": plan.workers or 1,
        "samples": len(told.samples),
        "counted": told.counted,
        "exceptions": sum(told.exceptions.values()),
        "exception": raised[0][0] if raised else None,
        "cpu": told.cpu,
        "peak_memory": memory,
        "locust": importlib.metadata.version("locust"),
    }


def _last(told: Journal) -> float | None:
    return told.ticks[-1][0] if told.ticks else None
