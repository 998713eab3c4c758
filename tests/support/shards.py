"""Records of the entries of a plan, as machines of a CI matrix leave them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import qgate
from qgate import sharding
from qgate.sharding import Entry, Sharding
from tests.support import records

if TYPE_CHECKING:
    from pathlib import Path

    from qgate.record import Record


def plan_of(count: int, *, each: int = 1) -> Sharding:
    """Return a plan with an entry for static and *count* - 1 ones for tests.

    Args:
        count: Entries.
        each: Modules of each entry of tests.
    """
    names = [f"m_{number:03d}" for number in range((count - 1) * each)]
    entries = [Entry(name="static", stage="static", modules=tuple(names))]
    entries += [
        Entry(
            name=f"tests-{number + 1}",
            stage="tests",
            modules=tuple(names[number * each : (number + 1) * each]),
        )
        for number in range(count - 1)
    ]
    made = Sharding(
        qgate=qgate.__version__,
        commit="",
        profile="local",
        demanded=("static", "tests"),
        skipped={},
        why=dict.fromkeys(names, "named"),
        note="all modules",
        entries=tuple(entries),
    )
    return made.model_copy(update={"plan": sharding._hash(made)})


def save(plan: Sharding, reports: Path, *, tests: int = 45) -> dict[str, Record]:
    """Write the record of every entry below *reports*; return them by the entry's name."""
    kept = {}
    for number, entry in enumerate(plan.entries):
        own = records.story(entry.modules, tests=tests)
        own.demanded = (entry.stage,)
        own.rows["executions"] = [
            row for row in own.rows["executions"] if row["stage"] == entry.stage
        ]
        own.data["entry"] = {"name": entry.name, "plan": plan.model_dump(mode="json")}
        run_id = f"20261124T0915{number % 60:02d}-{number:06x}"
        kept[entry.name] = own.save(reports, run_id)
    return kept


__all__ = ["plan_of", "save"]
