"""What the entries of one plan were compared with becomes what their joined run is."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from qgate.frames import rows, tables

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pandas as pd

TABLES: Final = (
    tables.COMPARISONS,
    tables.CHANGES,
    tables.BASELINES,
    tables.BASE_COVERAGE,
    tables.CHANGED_COVERAGE,
)
"""The frames of a comparison."""

_STATUSES: Final = ("measured", "new", "missing")


def joined(parts: Sequence[Mapping[str, pd.DataFrame]]) -> dict[str, pd.DataFrame]:
    """Return the frames of a joined run.

    A module that several entries tested is covered by all of them together, so a comparison
    of what one of them covered says nothing and is left out.

    Args:
        parts: For each entry its frames by name.
    """
    found = {
        table.name: [
            row
            for part in parts
            if table.name in part
            for row in rows(part[table.name])
        ]
        for table in TABLES
    }
    seen = Counter((row["measure"], row["subject"]) for row in found["comparisons"])

    def once(row: Mapping[str, Any]) -> bool:
        return seen[row["measure"], row["subject"]] == 1

    return {
        "comparisons": tables.COMPARISONS.frame(filter(once, found["comparisons"])),
        "changes": tables.CHANGES.frame(filter(once, found["changes"])),
        "baselines": tables.BASELINES.frame(_worst(found["baselines"])),
        "base_coverage": tables.BASE_COVERAGE.frame(_best(found["base_coverage"])),
        "changed_coverage": tables.CHANGED_COVERAGE.frame(
            _lines(found["changed_coverage"])
        ),
    }


def _worst(found: Iterable[Mapping[str, Any]]) -> Iterable[Mapping[str, Any]]:
    """Return a row per kind, one that is missing before one that is ready."""
    ordered = sorted(found, key=lambda row: row["status"] == "missing")
    return {row["kind"]: row for row in ordered}.values()


def _best(found: Iterable[Mapping[str, Any]]) -> Iterable[Mapping[str, Any]]:
    """Return a row per module, one that was measured before others."""
    ordered = sorted(found, key=lambda row: -_STATUSES.index(row["status"]))
    return {row["module"]: row for row in ordered}.values()


def _lines(found: Iterable[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    """Return a row per file: a statement did not run when it did so in no entry."""
    files: dict[str, dict[str, Any]] = {}
    for row in found:
        known = files.setdefault(row["file"], row)
        missing = sorted({*known["missing"]} & {*row["missing"]})
        covered = known["statements"] - len(missing)
        files[row["file"]] = known | {"missing": missing, "covered": covered}
    return files.values()
