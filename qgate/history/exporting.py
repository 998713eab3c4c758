"""Answers of the history as files for other programs."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Final

from qgate.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pandas as pd


def _csv(found: pd.DataFrame, path: Path) -> None:
    found.to_csv(path, index=False)


def _parquet(found: pd.DataFrame, path: Path) -> None:
    found.to_parquet(path, index=False)


def _json(found: pd.DataFrame, path: Path) -> None:
    found.to_json(path, orient="records", date_format="iso", indent=2)


def _json_lines(found: pd.DataFrame, path: Path) -> None:
    found.to_json(path, orient="records", date_format="iso", lines=True)


_WRITERS: Final[dict[str, Callable[[pd.DataFrame, Path], None]]] = {
    ".csv": _csv,
    ".parquet": _parquet,
    ".json": _json,
    ".jsonl": _json_lines,
}


def write_frame(found: pd.DataFrame, target: Path) -> None:
    """Write *found* to *target* in the format its ending names, whole or not at all.

    Raises:
        UsageError: The ending is none of .csv, .parquet, .json, .jsonl.
        OSError: It cannot be written.
    """
    writer = _WRITERS.get(target.suffix)
    if writer is None:
        message = f"{target.name} has no ending that says its format."
        raise UsageError(message, hint=f"End it in {', '.join(_WRITERS)}.")
    part = target.with_name(f".{target.stem}.{secrets.token_hex(4)}{target.suffix}")
    try:
        writer(found, part)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
