"""Users who work while something is deployed."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import Any, Self

import requests

from tests.support.containers import wait_for
from tests.support.delivery.template import PASSWORD


@dataclass
class Load:
    """Users who read and write through the proxy as long as it runs.

    Attributes:
        url: Where.
        database: Which database they log in to.
        answered: How many requests were.
        failures: What went wrong, one sentence each.
        written: Names of the records whose creation was acknowledged.
        held: Writes that were told to wait.
        times: Response times, seconds.
        path: The page that is looked at.
    """

    url: str
    database: str
    writes: bool = True
    users: int = 2
    answered: int = 0
    failures: list[str] = field(default_factory=list)
    written: list[str] = field(default_factory=list)
    held: int = 0
    times: list[float] = field(default_factory=list)
    think: float = 0.02
    path: str = "/web/health"

    def __post_init__(self) -> None:
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        sessions = [self.login() for _ in range(self.users)]
        for number, session in enumerate(sessions):
            thread = threading.Thread(target=self._user, args=(number, session))
            thread.start()
            self._threads.append(thread)
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def wait_for(self, count: int) -> None:
        """Wait until that many requests were answered."""
        wait_for(lambda: self.answered >= count, 120)

    def login(self) -> requests.Session:
        """Return the session of a user who is logged in."""
        session = requests.Session()
        answer = session.post(
            f"{self.url}/web/session/authenticate",
            json={
                "jsonrpc": "2.0",
                "params": {
                    "db": self.database,
                    "login": "admin",
                    "password": PASSWORD,
                },
            },
            timeout=60,
        )
        assert answer.json()["result"]["uid"], answer.text
        return session

    def _user(self, number: int, session: requests.Session) -> None:
        count = 0
        while not self._stop.is_set():
            count += 1
            time.sleep(self.think)
            if self.writes and count % 4 == 0:
                self._write(session, f"user {number} record {count}")
            elif count % 4 == 1:
                self.call(session, "qgate.shelf", "search_read", [[]], {"limit": 5})
            else:
                self._get(session)

    def _get(self, session: requests.Session) -> None:
        begun = time.monotonic()
        try:
            answer = session.get(f"{self.url}{self.path}", timeout=60)
            failed = "" if answer.ok else f"{self.path}: {answer.status_code}"
            self._count(begun, failed)
        except requests.RequestException as error:
            self._count(begun, f"{self.path}: {error}")

    def _write(self, session: requests.Session, name: str) -> None:
        if self.call(session, "qgate.shelf", "create", [{"name": name}], {}):
            with self._lock:
                self.written.append(name)

    def call(
        self,
        session: requests.Session,
        model: str,
        method: str,
        args: list[Any],
        kwargs: dict[str, Any],
    ) -> bool:
        """Call a method as the web client does; tell whether it was acknowledged."""
        begun = time.monotonic()
        try:
            answer = session.post(
                f"{self.url}/web/dataset/call_kw/{model}/{method}",
                json={
                    "jsonrpc": "2.0",
                    "params": {
                        "model": model,
                        "method": method,
                        "args": args,
                        "kwargs": kwargs,
                    },
                },
                timeout=60,
            )
        except requests.RequestException as error:
            self._count(begun, f"{method}: {error}")
            return False
        if answer.status_code == 503 and "Maintenance" in answer.text:
            with self._lock:
                self.held += 1
            time.sleep(0.05)
            return False
        good = answer.ok and "result" in answer.json()
        self._count(begun, "" if good else f"{method}: {answer.text[:300]}")
        return good

    def _count(self, begun: float, failure: str) -> None:
        with self._lock:
            self.answered += 1
            self.times.append(time.monotonic() - begun)
            if failure:
                self.failures.append(failure)
