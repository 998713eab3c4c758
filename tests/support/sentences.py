"""Sentences of people, each with the modules that do what they want."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Final

DATA: Final = Path(__file__).parents[1] / "data" / "gaps"


def names() -> list[str]:
    """Return the names of the sets."""
    return sorted(path.stem for path in DATA.glob("*.tsv"))


def sentences(name: str) -> list[tuple[str, set[str]]]:
    """Return the sentences of a set; one of a sentence's modules is enough."""
    with (DATA / f"{name}.tsv").open(encoding="utf-8") as file:
        rows = [*csv.DictReader(file, delimiter="\t")]
    return [
        (row["sentence"], {*row["modules"].replace(",", " ").split()}) for row in rows
    ]
