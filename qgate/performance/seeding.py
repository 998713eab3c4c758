"""Fills a database with records before it is put under load, in Odoo's own shell."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from qgate import process
from qgate.errors import StageFailed
from qgate.odoo_suite import log as odoo_log
from qgate.performance.plan import PASSWORD

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from qgate.environment.database import Database
    from qgate.stages.base import Context

_SCRIPT: Final = Path(__file__).with_name("seed_script.py")


@dataclass(frozen=True)
class Seeded:
    """What the seeds have left.

    Attributes:
        records: How many records, over all modules.
        logins: Logins of each module's users.
    """

    records: int
    logins: Mapping[str, list[str]]


def seed(
    context: Context,
    database: Database,
    seeds: Mapping[str, Path],
    *,
    addons: Sequence[Path],
    password: str,
) -> Seeded:
    """Run the seed files of modules in *database*.

    A seed file defines `seed(env, count)`, which returns the records that are there then, at
    least *count*; it may be called again. It may define `logins(env)`, which returns logins of
    the users that the module's locustfile needs; they all get *password*, and so does `admin`.

    Args:
        context: That of the stage.
        database: What to fill.
        seeds: Path of the seed file, by module.
        addons: Addons paths beside Odoo's own.
        password: Password of the users.

    Raises:
        StageFailed: A seed fails, or leaves fewer records than it should.
    """
    settings = context.settings
    answer = context.scratch / "seeded.json"
    job = {
        "seeds": {name: str(path.resolve()) for name, path in seeds.items()},
        "records": settings.performance.records,
        "answer": str(answer),
        "password": PASSWORD,
    }
    odoo = context.environment.odoo()
    config = database.data_dir / "odoo.conf"  # instead of the person's own ~/.odoorc
    config.touch()
    log = context.evidence / "seed.log"
    done = process.run(
        "odoo",
        odoo.command(
            *("shell", "--config", str(config), "--database", database.name),
            *("--addons-path", ",".join(map(str, (*addons, *odoo.addons)))),
            *("--data-dir", database.data_dir, "--no-http", "--max-cron-threads", "0"),
        ),
        env={
            **odoo.environ(settings, context.environment.postgres()),
            PASSWORD: password,
        },
        time_limit=settings.performance.time_limit,
        log=log,
        secrets=(*settings.secrets, password),
        on_start=context.environment.record_process,
        stdin=f"JOB = {job!r}\n{_SCRIPT.read_text(encoding='utf-8')}".encode(),
    )
    if done.timed_out or done.returncode or not answer.exists():
        limit = settings.performance.time_limit
        why = odoo_log.cause(done.output) or f"exit code {done.returncode}"
        if done.timed_out:
            why = f"it took longer than {limit:.0f} s"
        message = f"Seeding the database for {', '.join(seeds)} failed: {why}."
        said = process.tail(done.output, 3)
        raise StageFailed(message, hint=f"See {log}, it ends with: {said}")
    return checked(json.loads(answer.read_text()), settings.performance.records)


def checked(told: Mapping[str, Mapping[str, Any]], wanted: int) -> Seeded:
    """Return what the seeds have left, when it is enough.

    Args:
        told: Records and logins, by module.
        wanted: Records that each module is to have.

    Raises:
        StageFailed: A seed left fewer, or does not say.
    """
    for module, row in told.items():
        if row["records"] is None:
            message = f"{module}: seed() of perf/seed.py does not return its records."
            hint = "Let it return the recordset it has made."
            raise StageFailed(message, hint=hint)
        if row["records"] < wanted:
            message = (
                f"{module}: perf/seed.py left {row['records']} of {wanted} records."
            )
            hint = "Let seed(env, count) make and return as many as it is asked for."
            raise StageFailed(message, hint=hint)
    return Seeded(
        records=sum(int(row["records"]) for row in told.values()),
        logins={name: list(row["logins"]) for name, row in told.items()},
    )
