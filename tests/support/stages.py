"""Tiny stages that keep to the seam, for tests of what runs them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from qgate.frames import tables
from qgate.stages.base import Measurement

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pandas as pd

    from qgate.frames import Table
    from qgate.settings import Settings
    from qgate.stages.base import Context


def tools_frame(*modules: str) -> pd.DataFrame:
    """Return a frame in which every default tool looked at *modules* and found nothing."""
    return tables.TOOLS.frame(
        {
            "tool": tool,
            "module": module,
            "version": "1",
            "files": 3,
            "findings": 0,
            "score": 10.0 if tool == "pylint-odoo" else None,
            "statements": 10 if tool == "pylint-odoo" else None,
            "seconds": 0.1,
        }
        for tool in (
            *("ruff", "flake8", "pylint-odoo", "black", "isort", "bandit"),
            *("data-files", "oca-hooks"),
        )
        for module in modules
    )


@dataclass
class TinyStage:
    """Measures what it is given."""

    name: str
    measure_with: Callable[[Context], Measurement]
    tables: Sequence[Table] = (tables.TOOLS, tables.FINDINGS)
    needs: frozenset[str] = field(default=frozenset())
    after: frozenset[str] = field(default=frozenset())
    alone: bool = False
    reusable: bool = False
    seconds: float = 60.0

    def time_limit(self, settings: Settings) -> float:
        """Return the seconds that the test gives it."""
        del settings
        return self.seconds

    def measure(self, context: Context) -> Measurement:
        """Do what the test wants."""
        return self.measure_with(context)


def clean(context: Context) -> Measurement:
    """Measure that nothing was found."""
    names = [module.name for module in context.modules]
    return Measurement(
        {"tools": tools_frame(*names), "findings": tables.FINDINGS.empty()}
    )
