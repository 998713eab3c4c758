"""How fast tickets become modules, and how many of their defects their own tests find."""

from __future__ import annotations

import ast
import random
import re
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

from rich.table import Table

from benchmarks.measure import CONSOLE
from benchmarks.mutants import Mutant, mutants
from generator.render import render
from generator.session import Session
from qgate import process, settings
from qgate.environment import Environment
from qgate.environment.serving import free_port
from tests.support import tickets

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from generator.spec import Spec
    from qgate.environment.database import Template
    from qgate.settings import Settings

ROOT: Final = Path(__file__).parents[1]
WANTED: Final = 0.8
"""Share of the defects that a module's own tests find, at least."""

FILES_WANTED: Final = 1.0
"""Seconds from a ticket to the files of its module on disk, at most."""

VERDICT_WANTED: Final = 60.0
"""Seconds from a ticket to the verdict of static and tests, with a warm template."""

TICKETS: Final[tuple[tuple[str, tickets.Kind], ...]] = (
    ("travel_advance", "development"),
    ("purchase_requisition", "development"),
    ("meeting_room_booking", "development"),
    ("contract_approval", "development"),
    ("library_loan", "development"),
    ("petty_cash", "held_out"),
)
"""Tickets of different kinds whose modules are timed and given defects."""

_WORKERS: Final = 2
_LIMIT: Final = 120.0
_RESULT: Final = re.compile(
    r"odoo\.tests\.result: (\d+) failed, (\d+) error\(s\) of (\d+) tests"
)


@dataclass(frozen=True)
class Trial:
    """What became of a mutant."""

    mutant: Mutant
    killed: bool


class Arena:
    """Runs modules' own tests on clones of one template.

    Args:
        found: The settings.
        environment: The real components.
        scratch: Folder for what comes and goes.
    """

    def __init__(
        self, found: Settings, environment: Environment, scratch: Path
    ) -> None:
        self.settings = found
        self.scratch = scratch
        self.odoo = environment.odoo()
        self.server = environment.postgres()
        self.databases = environment.databases()

    def template(self, files: Mapping[PurePosixPath, bytes]) -> Template:
        """Return the database with what a module depends on."""
        manifest = ast.literal_eval(files[PurePosixPath("__manifest__.py")].decode())
        return self.databases.template(
            manifest["depends"], time_limit=1800, log=self.scratch / "template.log"
        )

    def passes(
        self,
        module: str,
        files: Mapping[PurePosixPath, bytes],
        template: Template,
        name: str,
    ) -> bool:
        """Tell whether a module installs and all its tests pass.

        Raises:
            RuntimeError: It has no tests.
        """
        addons = self.scratch / name
        for path, content in files.items():
            place = addons / module / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
        config = addons / "odoo.conf"
        config.touch()
        with self.databases.clone(template, name, self.scratch) as database:
            done = process.run(
                "odoo",
                [
                    *(self.odoo.python, "-B", "-m", "odoo", "--config", config),
                    *("--database", database.name, "--data-dir", database.data_dir),
                    "--addons-path",
                    ",".join(map(str, (addons, *self.odoo.addons))),
                    *("--init", module, "--test-tags", f"/{module}"),
                    *("--stop-after-init", "--max-cron-threads", "0"),
                    *("--http-interface", "127.0.0.1"),
                    *("--http-port", str(free_port())),
                ],
                env=self.odoo.environ(self.settings, self.server),
                cwd=addons,
                time_limit=_LIMIT,
            )
        result = _RESULT.search(done.output + done.errors)
        if result is None:
            return False
        failed, errors, count = map(int, result.groups())
        if not count and not errors:
            message = f"{module} has no tests."
            raise RuntimeError(message)
        return done.returncode == 0 and not failed and not errors


def trials(
    arena: Arena, spec: Spec, *, sample: int | None = None, seed: int = 7
) -> Iterator[Trial]:
    """Yield what becomes of the mutants of a module.

    Args:
        arena: Where they run.
        spec: What the module is rendered of.
        sample: How many of them are tried; all by default.
        seed: Chooses the sample.

    Raises:
        RuntimeError: The module fails its tests without any defect.
    """
    files = render(spec).files
    template = arena.template(files)
    if not arena.passes(spec.module, files, template, f"{spec.module[:20]}_whole"):
        message = f"{spec.module} fails its tests as it is."
        raise RuntimeError(message)
    chosen = mutants(files)
    if sample is not None and sample < len(chosen):
        chosen = random.Random(seed).sample(chosen, sample)  # noqa: S311 - a sample

    def run(numbered: tuple[int, Mutant]) -> Trial:
        number, mutant = numbered
        changed = {**files, mutant.path: mutant.text.encode()}
        name = f"{spec.module[:20]}_{number}"
        return Trial(mutant, not arena.passes(spec.module, changed, template, name))

    with ThreadPoolExecutor(_WORKERS) as pool:
        yield from pool.map(run, enumerate(chosen))


def measure(*, sample: int | None = None) -> float:
    """Print times and the share of mutants that modules' own tests find, and return it.

    Args:
        sample: Defects tried in each module; all by default.
    """
    found = settings.load(root=ROOT)
    done: list[Trial] = []
    with tempfile.TemporaryDirectory() as scratch, Environment(found) as environment:
        _speed([*_timed(Path(scratch))])
        arena = Arena(found, environment, Path(scratch))
        for name, kind in TICKETS:
            mine = [*trials(arena, tickets.spec(name, kind), sample=sample)]
            done += mine
            killed = sum(trial.killed for trial in mine)
            CONSOLE.print(f"{name}: {killed} of {len(mine)} mutants are found")
    share = sum(trial.killed for trial in done) / len(done)
    _show(done, share)
    return share


@dataclass(frozen=True)
class Speed:
    """Seconds that a ticket took.

    Attributes:
        name: The ticket.
        files: Until the module was on disk.
        verdict: Until stages static and tests were judged.
        passed: Whether they passed.
    """

    name: str
    files: float
    verdict: float
    passed: bool


def _timed(scratch: Path) -> Iterator[Speed]:
    """Yield how long tickets take; the first round makes the templates warm."""
    for name, kind in TICKETS:
        files = verdict = 0.0
        passed = False
        for number in range(2):
            workspace = scratch / f"speed_{name}_{number}"
            workspace.mkdir()
            session = Session(settings.load(root=workspace), workspace / "addons")
            begun = time.perf_counter()
            path = tickets.path(name, kind)
            if path.suffix == ".json":
                session.read(ticket_json=path)
            else:
                session.read(ticket_text=path)
            session.extract("rules")
            session.render()
            session.write()
            files = time.perf_counter() - begun
            run = session.gate(session.plan_gate(stages=["static", "tests"]))
            verdict = time.perf_counter() - begun
            passed = run.verdict == "passed"
        yield Speed(name, files, verdict, passed)


def _speed(done: Sequence[Speed]) -> None:
    table = Table(title="From a ticket, by rules", title_justify="left")
    table.add_column("Ticket")
    for name in ("to files", "to the verdict", "verdict"):
        table.add_column(name, justify="right")
    for one in done:
        verdict = "passed" if one.passed else "failed"
        table.add_row(one.name, f"{one.files:.2f} s", f"{one.verdict:.1f} s", verdict)
    table.add_row("wanted", f"≤ {FILES_WANTED:.0f} s", f"≤ {VERDICT_WANTED:.0f} s", "")
    CONSOLE.print(table)


def _show(done: Sequence[Trial], share: float) -> None:
    table = Table(title="Defects that generated tests find", title_justify="left")
    for name in ("Defect", "tried", "found"):
        table.add_column(name, justify="left" if name == "Defect" else "right")
    tried = Counter(trial.mutant.kind for trial in done)
    killed = Counter(trial.mutant.kind for trial in done if trial.killed)
    for kind in sorted(tried):
        table.add_row(kind, str(tried[kind]), str(killed[kind]))
    CONSOLE.print(table)
    for trial in done:
        if not trial.killed:
            CONSOLE.print(f"not found: {trial.mutant.what}", style="dim")
    CONSOLE.print(f"Found: {share:.1%} of {len(done)} (wanted ≥ {WANTED:.0%})")
