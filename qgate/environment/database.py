"""Databases: a cached template per set of outside modules, and a clone of it per use."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import psycopg

from qgate import process
from qgate.environment.component import STAGE, locked, unwritable
from qgate.environment.strays import drop, execute, exists
from qgate.errors import EnvironmentProblem, QgateError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from pathlib import Path

    from qgate.environment.leases import Lease
    from qgate.environment.odoo import OdooInstallation
    from qgate.environment.postgres import PostgresServer
    from qgate.progress import Progress
    from qgate.settings import Settings

_FORMAT: Final = 2
"""Raised when templates made by an older qgate must not be used any more."""

_COMPILE_ASSETS: Final = b"""
env["ir.qweb"]._pregenerate_assets_bundles()
env.cr.commit()
"""
"""Odoo itself does this before the first HttpCase of a run."""

_PREFIX: Final = "qgate_template_"


@dataclass(frozen=True)
class Template:
    """A database with modules installed, never changed, only cloned.

    Attributes:
        name: Name of the database.
        modules: The modules it was made for; it also holds what they pull in.
        reused: Whether it was there before this run.
        seconds: How long making it took, 0 when reused.
        data_dir: Odoo's data folder of it.
    """

    name: str
    modules: tuple[str, ...]
    reused: bool
    seconds: float
    data_dir: Path


@dataclass(frozen=True)
class Database:
    """A database of one run.

    Attributes:
        name: Its name.
        data_dir: Odoo's data folder of it, with the filestore.
    """

    name: str
    data_dir: Path


class Databases:
    """Makes templates and clones of them on one server.

    Args:
        settings: The configuration.
        odoo: The Odoo that fills the templates.
        server: Where they live.
        lease: The lease of this run, whose token names the clones.
        progress: Where to say what goes on.
    """

    def __init__(
        self,
        settings: Settings,
        odoo: OdooInstallation,
        server: PostgresServer,
        lease: Lease,
        progress: Progress,
    ) -> None:
        self._settings = settings
        self._odoo = odoo
        self._server = server
        self._lease = lease
        self._progress = progress
        place = hashlib.sha256(server.address.encode()).hexdigest()[:8]
        self._folder = settings.home / "templates" / place

    def template(
        self,
        modules: Collection[str],
        *,
        extra_addons: Sequence[Path] = (),
        time_limit: float,
        log: Path,
    ) -> Template:
        """Return the template with *modules* installed, made when it is not there.

        The workspace's own modules are not on the addons path meanwhile: one that installs
        itself would be there already when its tests are to run, and Odoo 19 runs no test of a
        module that is installed already.

        Args:
            modules: Modules from outside the workspace; `base` always is among them.
            extra_addons: Folders in which some of them lie.
            time_limit: Seconds that making it may take.
            log: File for Odoo's log.

        Raises:
            EnvironmentProblem: Odoo does not know a module, or fails to install it.
        """
        wanted = tuple(sorted({"base", *modules}))
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise unwritable(self._folder, error) from error
        name = self._name(wanted, extra_addons)
        folder = self._folder / name
        with locked(folder.with_suffix(".lock"), self._progress, "the same template"):
            if self._complete(name, folder):
                os.utime(folder)
                return Template(
                    name, wanted, reused=True, seconds=0.0, data_dir=folder / "data"
                )
            self._check_known(wanted, extra_addons)
            begun = time.monotonic()
            try:
                self._make(name, folder, wanted, extra_addons, time_limit, log)
            except psycopg.Error as error:
                said = process.tail(str(error), 1)
                message = f"PostgreSQL does not let a template be made ({said})."
                hint = "Check the server's log, its rights and its free space."
                raise EnvironmentProblem(message, hint=hint) from error
            except OSError as error:
                raise unwritable(folder, error) from error
            seconds = time.monotonic() - begun
            self._progress.ended(STAGE, "ready")
        self._evict(keep=name)
        return Template(
            name, wanted, reused=False, seconds=seconds, data_dir=folder / "data"
        )

    @contextmanager
    def clone(
        self, template: Template, suffix: str, scratch: Path
    ) -> Iterator[Database]:
        """Give a fresh copy of *template*, which is gone afterwards.

        Args:
            template: What to copy.
            suffix: Distinguishes the clones of one run; letters, digits and underscores.
            scratch: Folder below which the copy's data folder is made.
        """
        name = f"{self._lease.prefix}{suffix}"
        data = scratch / f"data-{suffix}"
        try:
            self._copy(template, name, data)
            yield Database(name, data)
        finally:
            shutil.rmtree(data, ignore_errors=True)
            # A server that is gone must not hide what is known of its going. What cannot be
            # dropped now goes when the lease ends, or with the next run.
            with (
                suppress(EnvironmentProblem, psycopg.Error),
                self._server.connect() as connection,
            ):
                execute(connection, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)

    def install(
        self,
        template: Template,
        modules: Sequence[str],
        addons: Sequence[Path],
        *,
        scratch: Path,
        time_limit: float,
        log: Path,
    ) -> Template:
        """Return a template of this run alone: a copy of *template* with *modules* installed.

        It goes with the lease of the run.

        Args:
            template: What to start from.
            modules: Modules to install.
            addons: Addons paths beside Odoo's own.
            scratch: Folder for its data folder.
            time_limit: Seconds that installing may take.
            log: File for Odoo's log.

        Raises:
            EnvironmentProblem: A module cannot be installed.
        """
        word = hashlib.sha256(repr(sorted(modules)).encode()).hexdigest()[:8]
        name = f"{self._lease.prefix}installed_{word}"
        data = scratch / f"data-installed-{word}"
        begun = time.monotonic()
        self._copy(template, name, data)
        self._install(name, tuple(modules), addons, data, time_limit, log)
        self._check_installed(name, modules, log)
        seconds = time.monotonic() - begun
        return Template(
            name, tuple(modules), reused=False, seconds=seconds, data_dir=data
        )

    def _name(self, modules: tuple[str, ...], extra_addons: Sequence[Path]) -> str:
        parts: list[object] = [
            _FORMAT,
            self._odoo.build,
            self._server.major,
            modules,
            [_tree(folder, modules) for folder in extra_addons],
        ]
        if self._server.source == "server":  # others may keep their templates there
            parts.append(_identity(self._folder))
        return _PREFIX + hashlib.sha256(repr(parts).encode()).hexdigest()[:16]

    def _copy(self, template: Template, name: str, data: Path) -> None:
        """Make database *name* and its data folder, both like those of *template*."""
        try:
            with self._server.connect() as connection:
                execute(connection, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
                execute(
                    connection, "CREATE DATABASE {} TEMPLATE {}", name, template.name
                )
        except psycopg.Error as error:
            message = f"A database cannot be cloned ({process.tail(str(error), 1)})."
            hint = "Check the server's free space, and try again."
            raise EnvironmentProblem(message, hint=hint) from error
        source = template.data_dir / "filestore" / template.name
        if source.is_dir():
            shutil.copytree(source, data / "filestore" / name, copy_function=_link)
        data.mkdir(parents=True, exist_ok=True)

    def _complete(self, name: str, folder: Path) -> bool:
        if not (folder / "template.json").is_file():
            return False
        with self._server.connect() as connection:
            return exists(connection, name)

    def _check_known(self, modules: Sequence[str], extra: Sequence[Path]) -> None:
        known = self._odoo.core_modules()
        for name in modules:
            if name not in known and not any(
                (folder / name / "__manifest__.py").is_file() for folder in extra
            ):
                message = (
                    f"Module {name} is neither in the workspace nor in Odoo "
                    f"{self._odoo.version}."
                )
                hint = "Correct depends, or name its folder in workspace.extra_addons."
                raise EnvironmentProblem(message, hint=hint)

    def _make(
        self,
        name: str,
        folder: Path,
        modules: tuple[str, ...],
        extra_addons: Sequence[Path],
        time_limit: float,
        log: Path,
    ) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        working = f"{self._lease.prefix}template"
        data = folder / "data"
        data.mkdir(parents=True)
        with self._server.connect() as connection:
            for old in (name, working):
                drop(connection, old)
        self._progress.step(
            STAGE, f"making the database template for {len(modules)} modules"
        )
        try:
            self._install(working, modules, extra_addons, data, time_limit, log)
            self._check_installed(working, modules, log)
            self._compile_assets(working, extra_addons, data, time_limit)
        except QgateError:
            shutil.rmtree(folder, ignore_errors=True)
            # What cannot be dropped now goes when the lease ends, or with the next run.
            with suppress(EnvironmentProblem), self._server.connect() as connection:
                drop(connection, working)
            raise
        store = data / "filestore"
        if (store / working).is_dir():
            (store / working).rename(store / name)
        with self._server.connect() as connection:
            if self._server.source == "embedded":
                # With wal_level minimal a sequence is logged as it was at the commit that
                # made it, and the 32 values after that not at all: when the server is killed
                # before its next checkpoint, sequences fall behind their tables.
                execute(connection, "CHECKPOINT")
            execute(connection, "ALTER DATABASE {} RENAME TO {}", working, name)
            execute(connection, "ALTER DATABASE {} WITH IS_TEMPLATE true", name)
        text = json.dumps({"modules": modules, "odoo": self._odoo.version})
        (folder / "template.json").write_text(text, encoding="utf-8")

    def _install(
        self,
        database: str,
        modules: tuple[str, ...],
        extra_addons: Sequence[Path],
        data: Path,
        time_limit: float,
        log: Path,
    ) -> None:
        done = process.run(
            "odoo",
            self._odoo.command(
                *self._arguments(database, extra_addons, data),
                *("--init", ",".join(modules), "--stop-after-init"),
            ),
            env=self._odoo.environ(self._settings, self._server),
            time_limit=time_limit,
            log=log,
            secrets=self._settings.secrets,
            on_start=self._lease.record,
            lifeline=True,
        )
        if done.timed_out or done.returncode:
            why = (
                f"took longer than {time_limit:.0f} s"
                if done.timed_out
                else f"ended with exit code {done.returncode}"
            )
            message = f"Installing {', '.join(modules)} {why}."
            said = process.tail(done.output, 3)
            raise EnvironmentProblem(message, hint=f"See {log}, it ends with: {said}")

    def _compile_assets(
        self, database: str, extra_addons: Sequence[Path], data: Path, time_limit: float
    ) -> None:
        """Compile the web client's bundles once, or each clone does before its first page."""
        self._progress.step(STAGE, "compiling the web client's assets for the template")
        done = process.run(
            "odoo",
            self._odoo.command("shell", *self._arguments(database, extra_addons, data)),
            env=self._odoo.environ(self._settings, self._server),
            time_limit=time_limit,
            secrets=self._settings.secrets,
            on_start=self._lease.record,
            stdin=_COMPILE_ASSETS,
        )
        if done.timed_out or done.returncode:
            message = "The web client's assets cannot be compiled in a template."
            said = process.tail(done.errors or done.output, 3)
            raise EnvironmentProblem(message, hint=f"Odoo says: {said}")

    def _arguments(
        self, database: str, extra_addons: Sequence[Path], data: Path
    ) -> list[str]:
        addons = ",".join(map(str, (*extra_addons, *self._odoo.addons)))
        config = data.parent / "odoo.conf"  # instead of the person's own ~/.odoorc
        config.touch()
        return [
            *("--config", str(config), "--database", database),
            *("--addons-path", addons, "--data-dir", str(data)),
            *("--no-http", "--max-cron-threads", "0"),
        ]

    def _check_installed(
        self, database: str, modules: Sequence[str], log: Path
    ) -> None:
        with self._server.connect(database) as connection:
            rows = connection.execute(
                "SELECT name, state FROM ir_module_module WHERE name = ANY(%s)",
                (list(modules),),
            ).fetchall()
        states = dict(rows)
        for name in modules:
            if states.get(name) != "installed":
                state = states.get(name, "unknown to Odoo")
                message = f"Module {name} is {state} after installing it."
                raise EnvironmentProblem(message, hint=f"See {log}.")

    def _evict(self, keep: str) -> None:
        """Drop the templates used longest ago beyond the configured number."""
        folders = sorted(
            (path.parent for path in self._folder.glob("*/template.json")),
            key=lambda path: path.stat().st_mtime,
            reverse=True,
        )
        for folder in folders[self._settings.environment.max_templates :]:
            if folder.name == keep:
                continue
            with self._server.connect() as connection:
                drop(connection, folder.name)
            shutil.rmtree(folder, ignore_errors=True)


def _identity(folder: Path) -> str:
    """Return the word that tells the templates kept in *folder* from those of another."""
    path = folder / "identity"
    if not path.exists():
        mine = folder / f"identity-{secrets.token_hex(4)}"
        mine.write_text(secrets.token_hex(8), encoding="utf-8")
        with suppress(FileExistsError):  # another run was first
            os.link(mine, path)
        mine.unlink()
    return path.read_text(encoding="utf-8")


def _tree(folder: Path, modules: Collection[str]) -> list[tuple[str, int, int]]:
    """Return what tells one state of the outside modules in *folder* from another."""
    return sorted(
        (str(path.relative_to(folder)), path.stat().st_size, path.stat().st_mtime_ns)
        for name in modules
        for path in (folder / name).rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    )


def _link(source: str, target: str) -> None:
    """Share a file of the filestore: Odoo names them by content and never changes one."""
    try:
        os.link(source, target)
    except OSError:  # another file system
        shutil.copy2(source, target)
