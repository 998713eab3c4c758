"""The tools of stage static; those that take longest start first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from qgate.tools import bandit, black, flake8, isort, pylint_odoo, ruff
from qgate.tools.bandit import Bandit
from qgate.tools.black import Black
from qgate.tools.data_files import DataFiles
from qgate.tools.flake8 import Flake8
from qgate.tools.isort import Isort
from qgate.tools.oca_hooks import OcaHooks
from qgate.tools.pylint_odoo import PylintOdoo
from qgate.tools.ruff import Ruff

if TYPE_CHECKING:
    from qgate.tools.base import Tool

TOOLS: Final[dict[str, Tool]] = {
    tool.name: tool
    for tool in (
        Black(),
        PylintOdoo(),
        Flake8(),
        Bandit(),
        OcaHooks(),
        Isort(),
        Ruff(),
        DataFiles(),
    )
}

CONFIG_FILES: Final = tuple(
    sorted(
        {
            name
            for tool in (bandit, black, flake8, isort, pylint_odoo, ruff)
            for name in tool.CONFIGS
        }
    )
)
"""Files of a workspace's top folder in which the tools look for their configuration."""
