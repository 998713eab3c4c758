"""What a run is compared with: earlier runs, the base branch, the lines it changed."""

from qgate.comparison.joined import TABLES, joined
from qgate.comparison.whole import compared

__all__ = ["TABLES", "compared", "joined"]
