"""What Odoo and OCA do already of what a ticket asks for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from generator.gaps import catalog
from generator.gaps import search as searching
from generator.gaps.advice import SERIES, Gap, about, analyse
from generator.gaps.search import Candidate, Index
from qgate.errors import EnvironmentProblem
from qgate.json_file import write_json

if TYPE_CHECKING:
    from qgate.progress import Progress
    from qgate.settings import Settings

_LATEST: Final = "latest.json"


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
    addons, why = _known(home, asked), ""
    if addons is None:
        addons, why = _addons(settings, progress)
        if addons:
            kept = {"asked": asked, "addons": [str(path) for path in addons]}
            write_json(home / _LATEST, kept)
    catalogue = catalog.current(settings.home)
    folder = home / searching.digest(addons, catalogue)
    if folder.is_dir():
        made = Index.load(folder)
    else:
        progress.step("gap", "reading the modules of Odoo and OCA")
        made = searching.build(addons, catalogue)
        made.save(folder)
    made.without_odoo = why
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


def _addons(settings: Settings, progress: Progress) -> tuple[tuple[Path, ...], str]:
    """Return the folders of Odoo's modules, and why there are none."""
    # It takes a third of a second to import, and an index that is kept needs none of it.
    from qgate.environment import Environment  # noqa: PLC0415

    try:
        with Environment(settings, progress) as environment:
            return environment.odoo().addons, ""
    except EnvironmentProblem as error:
        return (), str(error)


def unseen(found: Index) -> str:
    """Return what the index does not hold, one sentence; empty when it holds all."""
    if any(document.source == "core" for document in found.documents):
        return ""
    why = found.without_odoo or "No Odoo is at hand; set environment.odoo_path to one."
    return f"Odoo's own modules were not looked at: {why}"


__all__ = ["SERIES", "Candidate", "Gap", "Index", "about", "analyse", "index", "unseen"]
