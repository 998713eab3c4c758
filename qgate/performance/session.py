"""The session of a simulated user: logs in, calls JSON-RPC, and knows a failure from a result."""

from __future__ import annotations

import itertools
import json
import random
import sys
import time
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Final

import gevent
from locust import FastHttpUser
from locust.exception import RescheduleTask

from qgate.performance import options
from qgate.performance.clock import CLOCK
from qgate.performance.operations import LOGIN
from qgate.performance.plan import ANSWER_SECONDS
from qgate.performance.recorder import RECORDER
from qgate.performance.rpc import answer, short

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from locust.env import Environment

__all__ = ["OdooError", "OdooSession", "options", "unanswered"]

_LOOK_SECONDS: Final = 0.05

_positions: Final[defaultdict[type, itertools.count[int]]] = defaultdict(
    itertools.count
)


class OdooError(RescheduleTask):
    """Odoo has refused a call, which is recorded as a failure.

    A task that does not catch it ends; the user goes on with the next one.
    """


class OdooSession(FastHttpUser):
    """A user who keeps a session with Odoo.

    It logs in when it starts, and once more in the measured time. A JSON-RPC error counts as a
    failure, and so does an answer that is none.

    Attributes:
        operations: Operations besides those of the tasks' decorators that have to be seen.
        module: The module it belongs to, by default that of the locustfile's folder.
        operation: Name of the operation it is at.
        uid: The id of its Odoo user, once it has logged in.
        user_context: What it sends along, as language and time zone.
    """

    abstract = True
    network_timeout = ANSWER_SECONDS
    connection_timeout = ANSWER_SECONDS

    operations: ClassVar[Sequence[str]] = ()
    module: ClassVar[str] = ""

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        self.operation = ""
        self.uid: int | None = None
        self.user_context: dict[str, Any] = {}
        self.position = next(_positions[OdooSession])
        self._place = next(_positions[type(self)])
        self._logged_in: float | None = None
        self._calls = itertools.count(1)

    @property
    def login(self) -> str:
        """What it logs in with: one of its module's logins, shared out in turn."""
        chosen = json.loads(self._option("logins"))
        module = self.module or _module(type(self))
        logins = chosen.get(module) or chosen.get("") or ["admin"]
        runner, given = self.environment.runner, self.environment.parsed_options
        turn = self._place * max(1, given.expect_workers)
        turn += max(0, getattr(runner, "worker_index", 0))
        return str(logins[turn % len(logins)])

    def wait_time(self) -> float:
        """Return the seconds until its next task, as configured.

        As long as the measured time cannot begin it keeps still; it then goes on somewhere in
        the middle of its pause, so that not all users come at once.
        """
        shortest = self._option("wait_min")
        while CLOCK.held:
            gevent.sleep(_LOOK_SECONDS)
            shortest = 0.0
        return random.uniform(shortest, self._option("wait_max"))  # noqa: S311 - no secret

    def on_start(self) -> None:
        """Log in. One who can't tries again with each request."""
        RECORDER.entering += 1
        try:
            self.log_in()
        except OdooError:
            return
        finally:
            RECORDER.entering -= 1

    def log_in(self) -> None:
        """Begin a new session, as a person who comes in the morning.

        Raises:
            OdooError: Odoo does not accept login and password.
        """
        self.uid = None
        self._logged_in = None
        begun = time.monotonic()
        self.client.cookiejar.clear()
        said = self._post(
            "/web/session/authenticate",
            {
                "db": self._option("database"),
                "login": self.login,
                "password": self._option("password"),
            },
            LOGIN,
            wanted="uid",
        )
        self.uid = int(said["uid"])
        self.user_context = dict(said.get("user_context") or {})
        # Of a login that began before the measured time there is no sample in it.
        self._logged_in = begun

    def call(
        self, path: str, params: Mapping[str, Any], *, operation: str | None = None
    ) -> Any:  # noqa: ANN401 - whatever Odoo answers
        """Call a JSON-RPC route and return its result.

        Args:
            path: The route, as `/web/dataset/call_kw`.
            params: Its arguments.
            operation: What it is recorded as, by default the operation the user is at, else
                the route.

        Raises:
            OdooError: Odoo answers with an error, or not at all.
        """
        self.enter()
        return self._post(path, params, operation or self.operation or path)

    def call_kw(
        self,
        model: str,
        method: str,
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
        *,
        operation: str | None = None,
    ) -> Any:  # noqa: ANN401 - whatever the method returns
        """Call a method of a model, as the web client does.

        Args:
            model: Technical name of the model.
            method: Name of a public method.
            args: Its positional arguments, ids first.
            kwargs: Its named arguments; the user's context is added.
            operation: What it is recorded as, by default the operation the user is at.

        Raises:
            OdooError: Odoo answers with an error, or not at all.
        """
        named = dict(kwargs or {})
        context = {**self.user_context, **named.get("context", {})}
        return self.call(
            f"/web/dataset/call_kw/{model}/{method}",
            {
                "model": model,
                "method": method,
                "args": list(args),
                "kwargs": {**named, "context": context},
            },
            operation=operation or self.operation or f"{model}.{method}",
        )

    def enter(self) -> None:
        """Log in where there is no session, or where the time for a new one has come."""
        renewal = CLOCK.renewal(self.position)
        if self._logged_in is None or (
            renewal and self._logged_in < renewal <= time.monotonic()
        ):
            self.log_in()

    def _post(
        self, path: str, params: Mapping[str, Any], name: str, *, wanted: str = ""
    ) -> Any:  # noqa: ANN401 - whatever Odoo answers
        payload = {
            "id": next(self._calls),
            "jsonrpc": "2.0",
            "method": "call",
            "params": params,
        }
        with self.client.post(
            path, json=payload, name=name, catch_response=True
        ) as response:
            problem, result = unanswered(response), None
            if problem is None:
                result, problem = answer(response.status_code, response.text)
            if problem is None and wanted and not (result or {}).get(wanted):
                problem = f"The answer has no {wanted}"
            if problem:
                response.failure(problem)
        if problem:
            raise OdooError(problem)
        return result

    def _option(self, name: str) -> Any:  # noqa: ANN401 - as declared in options.py
        return getattr(self.environment.parsed_options, f"qgate_{name}")


def unanswered(response: Any) -> str | None:  # noqa: ANN401 - locust's, untyped
    """Return why there is no answer, None if there is one."""
    if response.status_code:
        return None
    error = response.request_meta["exception"] or response.error
    return short(f"No answer: {type(error).__name__}: {error}".replace("\n", " "))


def _module(user_class: type) -> str:
    """Return the module in whose folder `perf` the class is written."""
    source = getattr(sys.modules.get(user_class.__module__), "__file__", None)
    return Path(source).resolve().parent.parent.name if source else ""
