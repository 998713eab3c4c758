"""Parameters of the notebook become a run: an old one, or one of the gate now."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from qgate import api
from qgate.errors import UsageError

if TYPE_CHECKING:
    from qgate.api import Run


def open_or_run(
    *,
    run: object = "",
    addons: object = "",
    modules: object = "",
    stages: object = "",
    profile: object = "",
    changed_since: object = "",
    config: object = "",
    reports: object = "",
    overrides: object = "",
    fail_fast: object = False,
) -> Run:
    """Open the run that a notebook's parameters name, or run the gate now.

    Papermill reads parameters as YAML, so a word may come as a number; an empty one was not
    given. Where several are meant, `a,b` and a list are understood (`overrides`: a list, or
    words parted by `;`).

    Raises:
        UsageError: A parameter is of a wrong kind.
        QgateError: There is no such run, or the gate cannot run.
    """
    if named := _word("run", run):
        return api.load(named, reports=_word("reports", reports) or None)
    words = list(_words("overrides", overrides, ";") or ())
    if folder := _word("reports", reports):
        # TOML would read a backslash of a basic string as an escape.
        words.append(f"report.folder='{Path(folder).absolute()}'")
    return api.run(
        _words("addons", addons),
        modules=_words("modules", modules),
        stages=_words("stages", stages),
        profile=_word("profile", profile) or "local",
        changed_since=_word("changed_since", changed_since) or None,
        config=_word("config", config) or None,
        overrides=words,
        fail_fast=fail_fast is True,
    )


def _word(name: str, value: object) -> str:
    """Return a parameter that is one word."""
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        message = f"Parameter {name} takes a word, not {value!r}."
        raise UsageError(message, hint=f"Give it as `-p {name} WORD`.")
    return str(value).strip()


def _words(name: str, value: object, separator: str = ",") -> list[str] | None:
    """Return a parameter that is several words, None when it was not given."""
    if isinstance(value, (list, tuple)):
        return [_word(name, each) for each in value] or None
    parts = _word(name, value).split(separator)
    return [part.strip() for part in parts if part.strip()] or None
