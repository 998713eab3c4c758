"""What Odoo and OCA do already of what a ticket asks for."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from generator.gaps import catalog
from generator.gaps import search as searching
from generator.gaps.search import Candidate, Index
from qgate.errors import EnvironmentProblem
from qgate.record import write_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from generator.spec.model import Requirement
    from qgate.progress import Progress
    from qgate.settings import Settings

SERIES: Final = "19.0"
"""The series that modules are generated for."""

LOOKED_AT: Final = 5
"""Candidates of each requirement that count."""

_LATEST: Final = "latest.json"
_LISTED: Final = 20
_CONFIGURE: Final = 0.6
"""Share of the requirements from which on a module is likely to do what is asked."""

_EXTEND: Final = 0.25
"""Share from which on it does a part of it."""


@dataclass(frozen=True)
class Gap:
    """A module, and how far it covers what is asked.

    Attributes:
        module: Its technical name.
        source: `core` or `oca`.
        series: Newest series it is published for.
        score: Share of the requirements that it is among the best for, weighted by rank;
            0 to 1.
        summary: What it is.
        why: Which requirements, and by which words.
        recommendation: `configure`, `extend` or `build`.
        requirements: Ids of the requirements.
        model: Main model of a module of Odoo, which an extension inherits; empty when
            there is none.
        form: Whole xml id of that model's form; empty when there is none.
    """

    module: str
    source: str
    series: str
    score: float
    summary: str
    why: str
    recommendation: str
    requirements: tuple[str, ...]
    model: str = ""
    form: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return what `--json` writes."""
        return asdict(self)


def index(settings: Settings, progress: Progress) -> Index:
    """Return the index over the Odoo at hand and the catalogue of OCA.

    It is made when it is first asked for, and kept below QGATE_HOME. Without an Odoo at hand
    it has the modules of OCA alone, which `unseen` says.
    """
    home = settings.home / "gaps"
    asked = {
        "odoo_path": settings.environment.odoo_path,
        "odoo_sources": list(settings.environment.odoo_sources),
    }
    addons = _known(home, asked)
    if addons is None:
        addons = _addons(settings, progress)
        if addons:
            kept = {"asked": asked, "addons": [str(path) for path in addons]}
            write_json(home / _LATEST, kept)
    catalogue = catalog.current(settings.home)
    folder = home / searching.digest(addons, catalogue)
    if folder.is_dir():
        return Index.load(folder)
    progress.step("gap", "reading the modules of Odoo and OCA")
    made = searching.build(addons, catalogue)
    made.save(folder)
    return made


def _known(home: Path, asked: dict[str, Any]) -> tuple[Path, ...] | None:
    """Return where Odoo was last found for the same settings, if it is there still."""
    try:
        kept = json.loads((home / _LATEST).read_text(encoding="utf-8"))
        if kept["asked"] != asked:
            return None
        addons = tuple(Path(path) for path in kept["addons"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return addons if addons and all(path.is_dir() for path in addons) else None


def _addons(settings: Settings, progress: Progress) -> tuple[Path, ...]:
    # It takes a third of a second to import, and an index that is kept needs none of it.
    from qgate.environment import Environment  # noqa: PLC0415

    try:
        with Environment(settings, progress) as environment:
            return environment.odoo().addons
    except EnvironmentProblem:
        return ()


def unseen(found: Index) -> str:
    """Return what the index does not hold, one sentence; empty when it holds all."""
    if any(document.source == "core" for document in found.documents):
        return ""
    return (
        "Odoo's own modules were not looked at, as no Odoo is at hand; "
        "set environment.odoo_path to one."
    )


def analyse(requirements: Sequence[Requirement], found: Index) -> list[Gap]:
    """Return the modules that cover most of *requirements*, best first.

    Args:
        requirements: Needs in business words.
        found: Where to look.
    """
    hits: dict[str, list[tuple[str, int, Candidate]]] = {}
    for requirement in requirements:
        for rank, one in enumerate(found.search(requirement.text, LOOKED_AT)):
            hits.setdefault(one.module, []).append((requirement.id, rank, one))
    count = max(len(requirements), 1)
    gaps = [_gap(own, count) for own in hits.values()]
    return sorted(gaps, key=lambda gap: (-gap.score, gap.module))[:_LISTED]


def _gap(own: list[tuple[str, int, Candidate]], count: int) -> Gap:
    best = max((one for _, _, one in own), key=lambda one: one.score)
    score = sum(1 / (1 + rank) for _, rank, _ in own) / count
    share = len(own) / count
    here = best.source == "core" or best.series == SERIES
    if not here:
        advice = "build"
        note = f" It is published for {best.series}, not for {SERIES}."
    else:
        advice = (
            "configure"
            if share >= _CONFIGURE
            else "extend"
            if share >= _EXTEND
            else "build"
        )
        note = ""
    why = f"{len(own)} of {count} requirements, {best.why}.{note}"
    return Gap(
        module=best.module,
        source=best.source,
        series=best.series,
        score=round(score, 3),
        summary=best.summary,
        why=why,
        recommendation=advice,
        requirements=tuple(name for name, _, _ in own),
        model=best.model,
        form=best.form,
    )


__all__ = ["Candidate", "Gap", "Index", "analyse", "index"]
