"""A badge, as the endpoint of shields.io takes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import pandas as pd

_COLOURS: Final = {"passed": "brightgreen", "failed": "red"}
_WORDS: Final = {"error": "not judged"}
_CACHED_SECONDS: Final = 300


def badge(verdict: str, coverage: pd.DataFrame) -> dict[str, Any]:
    """Return the badge of a run: its verdict, with the coverage where that was measured.

    Args:
        verdict: passed, failed or error.
        coverage: The run's frame `coverage`.
    """
    said = _WORDS.get(verdict, verdict)
    statements = int(coverage["statements"].sum())
    if statements:
        said += f" | {100 * int(coverage['covered'].sum()) / statements:.0f} % covered"
    return {
        "schemaVersion": 1,
        "label": "quality gate",
        "message": said,
        "color": _COLOURS.get(verdict, "orange"),
        "cacheSeconds": _CACHED_SECONDS,
    }
