"""What the stage tells the plugin, in a file: it runs in a program of its own."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

OPTION: Final = "--qgate-plan"
"""Option of pytest with the path of the plan."""


@dataclass(frozen=True)
class Plan:
    """One run of the specs in one folder.

    Attributes:
        module: Module that the specs cover.
        root: Folder of the workspace.
        url: The server.
        database: The database.
        password: Password of the users that are made for roles.
        journal: File for the journal.
        artifacts: Folder for screenshots, videos and traces.
        server_log: The server's log.
        test_time_limit: Seconds for one try of one test.
        executables: For each browser that is not Playwright's own, its program.
        video: Whether videos can be recorded.
    """

    module: str
    root: str
    url: str
    database: str
    password: str
    journal: str
    artifacts: str
    server_log: str
    test_time_limit: float
    executables: Mapping[str, str] = field(default_factory=dict)
    video: bool = True

    def write(self, path: Path) -> None:
        """Write it to *path*, which only its owner may read."""
        path.touch(mode=0o600)
        path.write_text(json.dumps(asdict(self)), encoding="utf-8")

    @classmethod
    def read(cls, path: Path) -> Plan:
        """Read it from *path*."""
        return cls(**json.loads(path.read_text(encoding="utf-8")))
