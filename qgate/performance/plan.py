"""What a load is to be, as handed to the process that is Locust."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

PASSWORD: Final = "QGATE_LOAD_PASSWORD"  # noqa: S105 - the name of a variable
"""Environment variable with the password of the users; an argument is seen by everybody."""

ANSWER_SECONDS: Final = 60.0
"""What a request may take; one that takes longer has failed."""

STOP_SECONDS: Final = ANSWER_SECONDS + 5
"""What users may take to stop: as long as the slowest request, so that none gets lost."""


@dataclass(frozen=True)
class Plan:
    """A load.

    Attributes:
        locustfiles: Path of the locustfile, by module.
        journal: File that it writes down what it does in.
        evidence: Folder for Locust's own report and statistics.
        host: Where the Odoo answers.
        database: Database that the users log in to.
        logins: Logins of each module's users.
        users: How many users.
        spawn_rate: Users started a second.
        warm_up: Seconds from the start that are left out, and at least those until all users
            have logged in.
        duration: Seconds that are measured.
        wait_min: Shortest pause of a user, seconds.
        wait_max: Longest pause, seconds.
        processes: Processes of Locust with users on this machine; 1 needs no master, and
            where there is one, it means none.
        port: A free port of this machine, for a master of these processes.
        master: host:port on which the master waits for workers on other machines.
        remote_workers: Workers to wait for there.
        begin: File that has to be there before measuring begins; until then users who have
            warmed the server up keep still. Empty when there is nothing to wait for.
    """

    locustfiles: dict[str, str]
    journal: str
    evidence: str = ""
    host: str = ""
    database: str = ""
    logins: dict[str, list[str]] = field(default_factory=dict)
    users: int = 1
    spawn_rate: float = 1.0
    warm_up: float = 0.0
    duration: float = 1.0
    wait_min: float = 1.0
    wait_max: float = 3.0
    processes: int = 1
    port: int = 0
    master: str = ""
    remote_workers: int = 0
    begin: str = ""

    @property
    def before(self) -> float:
        """Seconds from the start until measuring may begin, by the plan."""
        return max(self.users / self.spawn_rate, self.warm_up)

    @property
    def seconds(self) -> float:
        """What it takes until measuring has ended, by the plan."""
        return self.before + self.duration

    @property
    def workers(self) -> int:
        """Processes with users; 0 where the only process has them."""
        here = self.processes if self.processes > 1 else 0
        return here + (self.remote_workers if self.master else 0)

    def save(self, path: Path) -> Path:
        """Write it to *path*, and return that."""
        path.write_text(json.dumps(asdict(self)), encoding="utf-8")
        return path

    @classmethod
    def load(cls, path: Path) -> Plan:
        """Read what `save` has written."""
        return cls(**json.loads(path.read_text(encoding="utf-8")))
