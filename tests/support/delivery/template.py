"""The database with the module that the tests' own are copies of."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from typing import TYPE_CHECKING

from tests.support import containers
from tests.support.delivery import shelf
from tests.support.delivery.postgres import BIN

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.delivery.workbench import Bench

PASSWORD = "canary-admin-71c4"
"""Of the user who logs in; must not be found in anything that a deploy writes."""

TEMPLATE = "template_shelf"
_FORMAT = 3
_SET_PASSWORD = """
user = env.ref("base.user_admin")
user.password = "{password}"
env.cr.commit()
"""


def make(made: Bench) -> None:
    """Make the database all tests copy; kept as a dump, since making it takes its time."""
    key = hashlib.sha256(
        repr([_FORMAT, made.base, *shelf.key(), PASSWORD]).encode()
    ).hexdigest()[:12]
    cache = containers.home() / f"template-{key}"
    with made.postgres.connect() as connection:
        connection.execute(f"CREATE DATABASE {TEMPLATE} TEMPLATE template0")
    environ = os.environ | made.postgres.environ()
    if not (cache / "dump").exists():
        part = cache.with_suffix(".part")
        shutil.rmtree(part, ignore_errors=True)
        (part / "data").mkdir(parents=True)
        (part / "data").chmod(0o777)
        arguments = [
            "--database",
            TEMPLATE,
            "--no-http",
            "--data-dir",
            "/var/lib/odoo",
        ]
        _odoo(made, part, ["--init", shelf.MODULE, "--stop-after-init", *arguments])
        with made.postgres.connect(TEMPLATE) as connection:
            assert connection.execute("SELECT count(*) FROM qgate_shelf").fetchone()
        source = _SET_PASSWORD.format(password=PASSWORD)
        _odoo(made, part, ["shell", *arguments], stdin=source)
        subprocess.run(
            [BIN / "pg_dump", "-Fc", "-Z0", "-f", part / "dump", TEMPLATE],
            env=environ,
            check=True,
        )
        part.rename(cache)
        return
    subprocess.run(
        [BIN / "pg_restore", "-j2", "-d", TEMPLATE, cache / "dump"],
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
