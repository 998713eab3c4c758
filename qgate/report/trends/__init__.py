"""The page of trends: what its notebook calls, in the order of the page.

`writing` makes one file of it.
"""

from qgate.report.trends.choosing import begin, choose
from qgate.report.trends.operation import images, performance
from qgate.report.trends.quality import coverage, findings, flaky, security
from qgate.report.trends.seen import Trends, open_trends
from qgate.report.trends.standing import banner, changes, passing, time

__all__ = [
    "Trends",
    "banner",
    "begin",
    "changes",
    "choose",
    "coverage",
    "findings",
    "flaky",
    "images",
    "open_trends",
    "passing",
    "performance",
    "security",
    "time",
]
