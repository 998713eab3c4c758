"""The page of trends as one file."""

from __future__ import annotations

import secrets
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from qgate import settings
from qgate.history import files, tables
from qgate.history.layout import month_of
from qgate.history.overview import TABLES
from qgate.history.period import moment
from qgate.history.place import HistoryProblem, Place
from qgate.report.notebook import ReportFailed, execute, export, notebook

if TYPE_CHECKING:
    from qgate.settings import Settings

_TRIES: Final = 5


def write_page(
    chosen: Settings,
    target: Path,
    *,
    url: str | None = None,
    branch: str = "",
    since: str = "",
    module: str = "",
    config: Path | None = None,
) -> Path:
    """Write the page of trends to *target* and return its path.

    The page is one file that needs no network; one that was there stays until the new one is
    complete.

    Raises:
        ReportFailed: The notebook failed, or the page cannot be written.
    """
    own = config or chosen.root / settings.CONFIG_NAME
    parameters = {
        "branch": branch,
        "since": since,
        "module": module,
        "config": str(own.absolute()) if own.is_file() else "",
        "live": False,
    }
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="qgate-") as scratch:
            parameters |= _nearby(chosen, url, Path(scratch), since)
            executed = Path(scratch) / "trends.ipynb"
            execute(notebook("trends.ipynb"), executed, parameters)
            page = export(executed, "Trends of the quality gate")
        fresh = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
        try:
            fresh.write_text(page, encoding="utf-8")
            fresh.replace(target)
        finally:
            fresh.unlink(missing_ok=True)
    except OSError as error:
        message = f"{target} cannot be written ({error.strerror or error})."
        raise ReportFailed(message, hint="Check rights and free space.") from error
    return target


def _nearby(
    chosen: Settings, url: str | None, scratch: Path, since: str
) -> dict[str, str]:
    """Return where the notebook finds the history: of one elsewhere, a copy.

    A notebook gets no secret of the environment, so it could not read it there.
    """
    place = Place(url or chosen.history_url, chosen.history.options, chosen.secrets)
    if place.local:
        return {"url": place.root}
    begin = moment(since)
    copy = Place(str(scratch / "history"), {})
    for name in TABLES:
        _copy(place, copy, name, month_of(begin) if begin else "")
    return {"url": copy.root, "origin": place.url}


def _copy(place: Place, copy: Place, name: str, since: str) -> None:
    for _ in range(_TRIES):
        try:
            for file in files.listed(place, tables.ALL[name], since):
                below = file.path.removeprefix(f"{place.root}/")
                copy.write(copy.path(below), place.read(file.path))
        except FileNotFoundError:
            continue  # replaced since it was listed, by one that is listed next time
        return
    message = f"The history {place.url} changes faster than it can be read."
    raise HistoryProblem(message, hint="Try again when fewer runs end.")
