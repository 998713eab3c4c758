"""One plan for several machines: which of them measures which stage, of which modules.

`qgate plan` writes it, `qgate run --plan` runs one entry, `qgate merge` joins their records.
"""

from __future__ import annotations

import hashlib
import json
import math
from typing import TYPE_CHECKING, Any, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

import qgate
from qgate import record
from qgate.errors import QgateError, UsageError
from qgate.frames import rows
from qgate.plan import Plan
from qgate.workspace import Selection, Workspace, git_state

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from qgate.settings import Settings
    from qgate.workspace import Module

FORMAT: Final = 1
"""Version of the plan's file; a reader refuses any other."""

SPLIT: Final = {"static": "tools", "tests": "tests", "e2e": "e2e"}
"""Stages that look at one module after the other, with the table that says how long each took.

The others measure the modules together (one load, one upgrade) and stay whole.
"""

_WORTH_SECONDS: Final = 60.0
"""Work for which another machine is worth what setting it up costs."""

_INSTALL_SHARE: Final = 0.2
"""What a module costs a shard that only needs it, as a share of testing it: about what
installing takes beside the tests of OCA's modules."""

_INSTALLED: Final = frozenset({"tests", "e2e"})
"""Stages in which a module's dependencies are installed as well."""

_RUNS: Final = 5
"""Earlier runs whose durations count: few, as modules grow and machines change."""

NOTHING: Final = "nothing"
"""Name of the entry of a plan without modules."""


class Entry(BaseModel):
    """What one machine does.

    Attributes:
        name: Its name, as tests-2; unique in the plan.
        stage: The stage it measures; empty when there is nothing to measure.
        modules: The modules it judges.
        seconds: How long that is likely to take, where it is known.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    stage: str
    modules: tuple[str, ...]
    seconds: float | None = None


class Sharding(BaseModel):
    """A plan for several machines.

    Attributes:
        format: Version of the file.
        plan: Identifier: a hash of all the rest.
        qgate: Version of qgate that made it.
        commit: Commit that is judged; empty outside a git checkout.
        profile: Name of the profile.
        demanded: Stages that have to pass, in order.
        skipped: Stages that do not run, each with the reason.
        why: The gated modules, in dependency order, each with why it was chosen.
        note: What to tell a person about the choice.
        entries: What each machine does.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: int = FORMAT
    plan: str = ""
    qgate: str
    commit: str
    profile: str
    demanded: tuple[str, ...]
    skipped: dict[str, str]
    why: dict[str, str]
    note: str | None
    entries: tuple[Entry, ...]

    def entry(self, name: str) -> Entry:
        """Return the entry *name*.

        Raises:
            UsageError: There is none.
        """
        for entry in self.entries:
            if entry.name == name:
                return entry
        message = f"The plan has no entry {name}."
        known = ", ".join(entry.name for entry in self.entries)
        raise UsageError(message, hint=f"It has {known}.")

    def as_json(self) -> dict[str, Any]:
        """Return what the file says, with a matrix as GitHub's `strategy` takes it."""
        names = [{"entry": entry.name} for entry in self.entries]
        return {**self.model_dump(mode="json"), "matrix": {"include": names}}


def make(plan: Plan, shards: int) -> Sharding:
    """Divide *plan* among machines.

    A stage is split by modules, at most into *shards* parts, so that each takes about as
    long as the others by what earlier runs took; modules that need the same ones go together.

    Raises:
        UsageError: *shards* is less than 1.
    """
    if shards < 1:
        message = f"A plan needs at least one shard, not {shards}."
        raise UsageError(message, hint="As in `qgate plan --shards 4`.")
    modules = plan.selection.modules
    known = durations(plan.settings, [module.name for module in modules])
    entries: list[Entry] = []
    for stage in plan.demanded if modules else ():
        entries += _entries(plan, stage, shards, known.get(stage, {}))
    made = Sharding(
        qgate=qgate.__version__,
        commit=str(git_state(plan.settings).get("commit", "")),
        profile=plan.profile,
        demanded=plan.demanded,
        skipped=dict(plan.skipped),
        why={module.name: plan.selection.why[module.name] for module in modules},
        note=plan.selection.note,
        entries=tuple(entries) or (Entry(name=NOTHING, stage="", modules=()),),
    )
    return made.model_copy(update={"plan": _hash(made)})


def read(path: Path) -> Sharding:
    """Read the plan at *path*.

    Raises:
        UsageError: It cannot be read, or is none of this version of qgate.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        message = f"The plan {path} cannot be read ({error})."
        raise UsageError(message, hint="Make one with `qgate plan --json`.") from error
    return parse(data, str(path))


def parse(data: object, where: str) -> Sharding:
    """Return the plan that *data* are.

    Raises:
        UsageError: They are none of this version of qgate; *where* names them.
    """
    hint = "Make it anew with the qgate that runs it: `qgate plan --json`."
    given = dict(data) if isinstance(data, dict) else {}
    given.pop("matrix", None)
    try:
        found = Sharding.model_validate(given)
    except ValidationError as error:
        problem = error.errors()[0]
        key = ".".join(map(str, problem["loc"]))
        message = f"{where} is not a plan of qgate ({key}: {problem['msg']})."
        raise UsageError(message, hint=hint) from error
    if found.format != FORMAT or found.plan != _hash(found):
        message = f"{where} was changed, or made by another version of qgate."
        raise UsageError(message, hint=hint)
    return found


def part(settings: Settings, sharding: Sharding, name: str) -> Plan:
    """Return the plan of one entry, for the checkout that *settings* describe.

    Raises:
        UsageError: There is no such entry or profile, or the checkout is not the one that
            was planned for.
    """
    entry = sharding.entry(name)
    if sharding.profile not in settings.profiles:
        message = f"The plan is for profile {sharding.profile}, which is not there."
        raise UsageError(
            message, hint="Use the qgate.toml that the plan was made with."
        )
    if not settings.profiles[sharding.profile].allow_skip:
        settings = settings.without_skips()
    commit = str(git_state(settings).get("commit", ""))
    if commit != sharding.commit:
        planned, here = sharding.commit[:12] or "none", commit[:12] or "none"
        message = f"The plan is for commit {planned}, but {here} is checked out."
        raise UsageError(message, hint="Check that commit out, or plan anew.")
    workspace = Workspace.load(settings)
    if lost := [name for name in sharding.why if name not in workspace.modules]:
        message = f"The plan has module {lost[0]}, which is not in the workspace."
        raise UsageError(message, hint="Name the same --addons as for the plan.")
    chosen = tuple(m for m in workspace.modules.values() if m.name in entry.modules)
    elsewhere = "Another entry of the plan measures it."
    return Plan(
        settings=settings,
        workspace=workspace,
        selection=Selection(
            chosen, {m.name: sharding.why[m.name] for m in chosen}, sharding.note
        ),
        profile=sharding.profile,
        demanded=(entry.stage,) if entry.stage else sharding.demanded,
        skipped=sharding.skipped
        | {
            stage: elsewhere
            for stage in sharding.demanded
            if entry.stage and stage != entry.stage
        },
        entry={"name": entry.name, "plan": sharding.model_dump(mode="json")},
        elsewhere=frozenset(sharding.demanded) - {entry.stage},
        neighbours=tuple(
            m for m in workspace.dependencies(chosen) if m.name in sharding.why
        ),
    )


def durations(
    settings: Settings, modules: Sequence[str]
) -> dict[str, dict[str, float]]:
    """Return for each stage that can be split the seconds that earlier runs spent on a module.

    The newest run that measured a module counts; one whose frames cannot be read is left out.
    """
    found: dict[str, dict[str, float]] = {}
    for run_id in reversed(record.run_ids(settings.reports)[-_RUNS:]):
        try:
            frames = record.load(settings.reports, run_id).frames()
        except QgateError:
            continue
        for stage, table in SPLIT.items():
            spent: dict[str, float] = {}
            for row in rows(frames[table]):
                if row["module"] in modules:
                    so_far = spent.get(row["module"], 0.0)
                    spent[row["module"]] = so_far + (row["seconds"] or 0.0)
            found[stage] = {**spent, **found.get(stage, {})}
    return found


def balanced(
    workspace: Workspace,
    modules: Sequence[Module],
    work: Mapping[str, float],
    shards: int,
    *,
    installed: bool,
) -> list[list[str]]:
    """Divide *modules* into at most *shards* parts that take about equally long.

    The longest comes first, each to where the part is then shortest; that counts what a
    part has to install for the module and had not to install before.

    Args:
        workspace: Knows what modules need.
        modules: What is divided, in dependency order.
        work: Seconds, or any other measure of work, for every module of the workspace.
        shards: How many parts there may be.
        installed: Whether a module that others need costs something there, too.
    """
    parts: list[set[str]] = [set() for _ in range(shards)]
    there: list[set[str]] = [set() for _ in range(shards)]
    loads = [0.0] * shards
    for module in sorted(modules, key=lambda m: (-work[m.name], m.name)):
        needed = {m.name for m in workspace.dependencies([module])} if installed else ()
        costs = [
            loads[i]
            + work[module.name] * (1 - _INSTALL_SHARE * (module.name in there[i]))
            + _INSTALL_SHARE
            * sum(work[name] for name in needed if name not in there[i])
            for i in range(shards)
        ]
        best = costs.index(min(costs))
        loads[best] = costs[best]
        parts[best].add(module.name)
        there[best] |= {module.name, *needed}
    order = [module.name for module in modules]
    return [[name for name in order if name in part] for part in parts if part]


def _entries(
    plan: Plan, stage: str, shards: int, known: Mapping[str, float]
) -> list[Entry]:
    modules = plan.selection.modules
    names = tuple(module.name for module in modules)
    if stage not in SPLIT:
        return [Entry(name=stage, stage=stage, modules=names)]
    likely = sum(known[name] for name in names) if {*names} <= {*known} else None
    count = min(shards, len(modules))
    if likely is not None:
        count = max(1, min(count, math.ceil(likely / _WORTH_SECONDS)))
    divided = balanced(
        plan.workspace,
        modules,
        _work(plan.workspace, known),
        count,
        installed=stage in _INSTALLED,
    )
    return [
        Entry(
            name=f"{stage}-{number}" if len(divided) > 1 else stage,
            stage=stage,
            modules=tuple(part),
            seconds=None
            if likely is None
            else round(sum(known[name] for name in part), 1),
        )
        for number, part in enumerate(divided, 1)
    ]


def _work(workspace: Workspace, known: Mapping[str, float]) -> dict[str, float]:
    """Return the seconds of every module; one that nobody measured by the size of its source."""
    sizes = {
        module.name: 1.0 + sum(p.stat().st_size for p in module.path.rglob("*.py"))
        for module in workspace.modules.values()
    }
    measured = sum(sizes[name] for name in known if name in sizes)
    rate = sum(known.values()) / measured if measured else 1.0
    return {
        name: known.get(name, size * rate) or size * rate
        for name, size in sizes.items()
    }


def _hash(sharding: Sharding) -> str:
    said = sharding.model_dump_json(exclude={"plan"})
    return hashlib.sha256(said.encode()).hexdigest()[:16]
