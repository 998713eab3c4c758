"""Quality gate workbench for Odoo 19: measure modules, judge them, keep the proof.

The public API: `run` passes modules through the gate, `load` opens an old run, `judge` judges
one anew under other thresholds, `history` asks all runs there were.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from qgate.api import Run, judge, load, run
    from qgate.errors import QgateError
    from qgate.history import open_history as history
    from qgate.policy.judge import StageVerdict
    from qgate.settings import Settings

__version__ = "0.1.0"

__all__ = [
    "QgateError",
    "Run",
    "Settings",
    "StageVerdict",
    "__version__",
    "history",
    "judge",
    "load",
    "run",
]

_HOMES = {
    "QgateError": "qgate.errors",
    "Settings": "qgate.settings",
    "StageVerdict": "qgate.policy.judge",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - a module's attribute may be anything
    # pandas and pyarrow take a second to import; `qgate --help` does without them.
    if name not in __all__:
        message = f"module 'qgate' has no attribute {name!r}"
        raise AttributeError(message)
    from importlib import import_module  # noqa: PLC0415 - see above

    if name == "history":  # a room that can be called
        return import_module("qgate.history")
    return getattr(import_module(_HOMES.get(name, "qgate.api")), name)
