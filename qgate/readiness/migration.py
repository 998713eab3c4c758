"""Check migration: the version in production, with data, is upgraded, and no record is lost."""

from __future__ import annotations

import json
import re
import time
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Final

from qgate.errors import EnvironmentProblem, Interrupted, QgateError
from qgate.odoo_suite import log as odoo_log
from qgate.policy.wording import number, some
from qgate.readiness import kept, previous
from qgate.readiness.base import ERROR, FAILED, PASSED, SKIPPED, Found
from qgate.readiness.upgrade import Upgrade, at_work, scripts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from qgate.process import Completed
    from qgate.readiness.kept import Lost, State
    from qgate.readiness.previous import Base
    from qgate.stages.base import Context
    from qgate.workspace import Module, Workspace

SEED: Final = "perf/seed.py"
"""File of a module with `def seed(env, count)`, which makes records as in production."""

_SEEDED: Final = 50
_SHOWN: Final = 5
_LOGS: Final = (
    "migration-install.log",
    "migration-fill.log",
    "migration-upgrade.log",
    "migration.json",
)
_SERIES: Final = "19.0"


@dataclass
class _Tried:
    """What is known after an upgrade.

    Attributes:
        base: The version in production.
        then: The modules in it.
        done: How Odoo ended.
        states: State and version of each module in the database, afterwards.
        before: What the database kept for each module.
        lost: What of it is gone.
        notes: What the filling said.
    """

    base: Base
    then: Mapping[str, Module]
    done: Completed
    states: Mapping[str, tuple[str, str | None]]
    before: Mapping[str, State]
    lost: Mapping[str, Lost]
    notes: Sequence[str] = field(default_factory=tuple)


def check(context: Context) -> list[Found]:
    """Return for each gated module whether its upgrade from production keeps every record.

    The changed modules are installed together in the version in production, on a copy of the
    template and with data, and upgraded together, as on a server.
    """
    names = [module.name for module in context.modules]
    try:
        base = previous.find(context.settings, context.workspace)
        if isinstance(base, str):
            return [Found(name, SKIPPED, base) for name in names]
        changed, found = _changed(context, base)
        return [*found, *_upgraded(context, base, changed)]
    except Interrupted:
        raise
    except QgateError as error:
        return [Found(name, ERROR, str(error), _there(context)) for name in names]


def _changed(context: Context, base: Base) -> tuple[dict[str, int], list[Found]]:
    """Return how many files of each changed module differ, and what to say of the others."""
    changed: dict[str, int] = {}
    found: list[Found] = []
    for module in context.modules:
        name = module.name
        try:
            count = previous.changes(context.settings, module, base)
        except EnvironmentProblem as error:
            found.append(Found(name, ERROR, str(error)))
            continue
        if count is None:
            said = f"It is new since {base.ref}, so there is nothing to migrate."
            found.append(Found(name, PASSED, said))
        elif not count:
            said = f"None of its files has changed since {base.ref}."
            found.append(Found(name, PASSED, said))
        else:
            changed[name] = count
    return changed, found


def _upgraded(
    context: Context, base: Base, changed: Mapping[str, int]
) -> Iterable[Found]:
    """Upgrade the *changed* modules together with what they need and has changed too."""
    if not changed:
        return []
    gated = [module for module in context.modules if module.name in changed]
    needed = [
        module.name
        for module in context.workspace.dependencies(context.modules)
        if previous.changes(context.settings, module, base)
    ]
    try:
        tried = _try(context, base, [*needed, *changed])
    except Interrupted:
        raise
    except QgateError as error:
        there = _there(context)
        return [Found(module.name, ERROR, str(error), there) for module in gated]
    return [_judged(context, tried, module, changed[module.name]) for module in gated]


def _try(context: Context, base: Base, names: Sequence[str]) -> _Tried:
    """Install, fill and upgrade *names*, and look before and after."""
    deadline = time.monotonic() + context.settings.readiness.time_limit
    old = previous.unpack(
        context.settings, context.workspace, base, context.scratch / "production"
    )
    _demand_readable(old, names, base)
    then = {name: old.modules[name] for name in names}
    databases = context.environment.databases()
    template = databases.template(
        old.outside(then.values()),
        extra_addons=context.workspace.extra_addons,
        time_limit=context.settings.tests.template_time_limit,
        log=context.evidence / "template.log",
    )
    server = context.environment.postgres()
    out = context.scratch / "filled.json"
    addons = (*old.addons, *old.extra_addons)
    with databases.clone(template, "migration", context.scratch) as database:
        upgrade = Upgrade(context, database, deadline)
        upgrade.install(names, addons)
        upgrade.fill(addons, _plan(then, out))
        filled = json.loads(out.read_text(encoding="utf-8"))
        with server.connect(database.name) as connection:
            before = {
                name: kept.look(connection, filled["owned"][name]) for name in names
            }
        current = context.workspace
        done = upgrade.upgrade(names, (*current.addons, *current.extra_addons))
        with server.connect(database.name) as connection:
            lost = {
                name: kept.compare(connection, state) for name, state in before.items()
            }
            rows = connection.execute(
                "SELECT name, state, latest_version FROM ir_module_module"
                " WHERE name = ANY(%s)",
                ([*names],),
            ).fetchall()
    states = {name: (state, version) for name, state, version in rows}
    tried = _Tried(base, then, done, states, before, lost, filled["notes"])
    _write(context, tried)
    return tried


def _demand_readable(old: Workspace, names: Sequence[str], base: Base) -> None:
    for name in names:
        if name not in old.modules:
            why = old.broken.get(name, "Its manifest says that it is not installable.")
            message = f"{name} cannot be installed as in {base.ref}: {why}"
            hint = "Name a version that was in production with readiness.base_ref."
            raise EnvironmentProblem(message, hint=hint)


def _plan(then: Mapping[str, Module], out: Path) -> Mapping[str, object]:
    return {
        "modules": [*then],
        "demo": any(_has_demo(module) for module in then.values()),
        "seeds": {
            name: str(module.path / SEED)
            for name, module in then.items()
            if (module.path / SEED).is_file()
        },
        "count": _SEEDED,
        "out": str(out),
    }


def _has_demo(module: Module) -> bool:
    return (
        re.search(r"""["']demo["']\s*:""", module.manifest.read_text("utf-8"))
        is not None
    )


def _judged(context: Context, tried: _Tried, module: Module, files: int) -> Found:
    """Say of one module what the upgrade came to."""
    old = tried.then[module.name].version
    head = f"From {old or 'no version'} ({tried.base.ref}) to {module.version}"
    evidence = _there(context)
    if tried.done.returncode:
        cause = odoo_log.cause(tried.done.output) or "see migration-upgrade.log"
        guilty = at_work(tried.done.output)
        if guilty == module.name or guilty not in tried.then:
            said = f"{head} the upgrade failed: {cause.rstrip('.')}."
            return Found(module.name, FAILED, said, evidence)
        said = f"It could not be judged, as the upgrade ended in {guilty}: {cause}."
        return Found(module.name, ERROR, said, evidence)
    wrong = [*_wrong(tried, module), *_lost(tried, module)]
    told = _told(tried, module, files)
    if wrong:
        return Found(
            module.name, FAILED, " ".join([f"{head}:", *wrong, *told]), evidence
        )
    state = tried.before[module.name]
    records = sum(item.count for item in state.tables.values())
    owned = [item for item in state.tables.values() if item.model]
    if owned and not any(item.count for item in owned):
        said = (
            f"{head} nothing could be lost, as no record could be made in the version in "
            f"production. Give the module demo data, or a {SEED}."
        )
        return Found(module.name, ERROR, " ".join([said, *told]), evidence)
    ran = number(len(scripts(tried.done.output, module.name)), "script")
    kept_all = (
        f"{number(records, 'record')} of {number(len(owned), 'table')} are all there"
        if owned
        else "it has no table of its own"
    )
    return Found(
        module.name,
        PASSED,
        " ".join([f"{head}: {ran} ran, {kept_all}.", *told]),
        evidence,
    )


def _wrong(tried: _Tried, module: Module) -> Iterable[str]:
    state, version = tried.states.get(module.name, ("unknown to Odoo", None))
    if state != "installed":
        yield f"its state afterwards is {state}."
    elif version != _adapted(module.version):
        yield f"the database says version {version} afterwards."
    mine = []
    for line in odoo_log.errors(odoo_log.entries(tried.done.output)):
        named = {*re.findall(r"\w+", line)} & {*tried.then}
        # An error that names no module may be of any of them.
        if not named or module.name in named:
            mine.append(line)
    if mine:
        yield f"Odoo logged an error ({some(mine, 1)})."


def _lost(tried: _Tried, module: Module) -> Iterable[str]:
    lost = tried.lost[module.name]
    for table, ids in lost.records.items():
        listed = some(map(str, ids), _SHOWN)
        yield f"{number(len(ids), 'record')} of {table} lost (id {listed})."
    for table, count in lost.pairs.items():
        yield f"{number(count, 'pair')} of the relation {table} lost."
    for what, amount, word in _removed(lost):
        if not _mentioned(tried, module, word):
            yield (
                f"{amount} of {what} lost; if that is meant, let a migration script of "
                f"this version name {word}."
            )


def _removed(lost: Lost) -> Iterable[tuple[str, str, str]]:
    """Yield what went with its column or relation, how much, and the name of that."""
    for column, count in lost.values.items():
        yield column, number(count, "value"), column.rpartition(".")[2]
    for table, count in lost.relations.items():
        yield f"the relation {table}", number(count, "pair"), table


def _told(tried: _Tried, module: Module, files: int) -> Iterable[str]:
    """Tell what does not decide but is worth knowing."""
    lost = tried.lost[module.name]
    if lost.moved:
        yield f"Moved: {some(lost.moved, _SHOWN)}."
    for table, ids in lost.declared.items():
        yield f"{number(len(ids), 'record')} of {table} that the module brought removed."
    for what, amount, word in _removed(lost):
        if _mentioned(tried, module, word):
            yield f"{amount} of {what} removed, as a migration script says."
    if tried.then[module.name].version == module.version:
        yield (
            f"{number(files, 'file')} changed but not its version, so no migration script "
            "can run on a server that has it."
        )
    own = [note for note in tried.notes if note.startswith(f"{module.name}: ")]
    if own:
        yield f"Not filled: {some(own, _SHOWN)}."


def _mentioned(tried: _Tried, module: Module, name: str) -> bool:
    """Tell whether a new migration script names a column or table: its end is on purpose."""
    word = re.compile(rf"\b{re.escape(name)}\b")
    then = tried.then[module.name].path
    for folder in ("migrations", "upgrades"):
        for path in sorted((module.path / folder).rglob("*.py")):
            text = path.read_text(encoding="utf-8", errors="replace")
            old = then / path.relative_to(module.path)
            known = old.is_file() and old.read_text("utf-8", "replace") == text
            if not known and word.search(text):
                return True
    return False


def _adapted(version: str | None) -> str:
    """Return *version* as Odoo writes it into the database (`adapt_version`)."""
    version = version or "1.0"
    if version.startswith(_SERIES) or version.count(".") > 2:  # noqa: PLR2004
        return version
    return f"{_SERIES}.{version}"


def _there(context: Context) -> tuple[str, ...]:
    return tuple(name for name in _LOGS if (context.evidence / name).is_file())


def _write(context: Context, tried: _Tried) -> None:
    data: dict[str, Any] = {
        name: {
            "before": {
                item.table: {
                    "rows": item.count,
                    "values": {v.name: v.count for v in item.columns.values()},
                }
                for item in state.tables.values()
            },
            "lost": asdict(tried.lost[name]),
        }
        for name, state in tried.before.items()
    }
    text = json.dumps({"from": tried.base.ref, "modules": data}, indent=2)
    (context.evidence / "migration.json").write_text(text, encoding="utf-8")
