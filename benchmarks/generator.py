"""How many defects of generated modules their own tests find, in the real Odoo."""

from __future__ import annotations

import ast
import random
import re
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

from rich.table import Table

from benchmarks.measure import CONSOLE
from benchmarks.mutants import Mutant, mutants
from generator.render import render
from qgate import process, settings
from qgate.environment import Environment
from qgate.environment.serving import free_port
from tests.support import module_specs

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from generator.spec import Spec
    from qgate.environment.database import Template
    from qgate.settings import Settings

ROOT: Final = Path(__file__).parents[1]
WANTED: Final = 0.8
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


def measure(specs: Sequence[Spec] | None = None, *, sample: int | None = None) -> float:
    """Print the share of mutants that the modules' own tests find, and return it."""
    found = settings.load(root=ROOT)
    chosen = specs or [make() for make in module_specs.ALL]
    done: list[Trial] = []
    with tempfile.TemporaryDirectory() as scratch, Environment(found) as environment:
        arena = Arena(found, environment, Path(scratch))
        for spec in chosen:
            mine = [*trials(arena, spec, sample=sample)]
            done += mine
            killed = sum(trial.killed for trial in mine)
            CONSOLE.print(f"{spec.module}: {killed} of {len(mine)} mutants are found")
    share = sum(trial.killed for trial in done) / len(done)
    _show(done, share)
    return share


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
