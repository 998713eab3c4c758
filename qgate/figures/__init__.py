"""Frames become plotly figures, for the report and for a person's own notebook.

Every function takes frames as `qgate.load(...)` gives them and returns a figure; a frame
without rows gives a figure that says so.
"""

from qgate.figures.coverage import coverage_by_module, coverage_treemap
from qgate.figures.deployment import (
    deployment_timeline,
    response_times_across_switch,
)
from qgate.figures.e2e import spec_timeline
from qgate.figures.findings import findings_by_module, findings_by_tool
from qgate.figures.performance import operation_limits, response_times
from qgate.figures.security import vulnerabilities_by_target
from qgate.figures.stages import stage_timeline
from qgate.figures.style import (
    PALETTE,
    SEVERITY_COLOURS,
    TEMPLATE,
    VERDICT_COLOURS,
    duration,
    line_ranges,
)
from qgate.figures.tests import OUTCOME_COLOURS, slowest_tests, tests_by_outcome

__all__ = [
    "OUTCOME_COLOURS",
    "PALETTE",
    "SEVERITY_COLOURS",
    "TEMPLATE",
    "VERDICT_COLOURS",
    "coverage_by_module",
    "coverage_treemap",
    "deployment_timeline",
    "duration",
    "findings_by_module",
    "findings_by_tool",
    "line_ranges",
    "operation_limits",
    "response_times",
    "response_times_across_switch",
    "slowest_tests",
    "spec_timeline",
    "stage_timeline",
    "tests_by_outcome",
    "vulnerabilities_by_target",
]
