"""Load on a server that answers as Odoo does, by the real Locust."""

from __future__ import annotations

import contextlib
import json
import re
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import psutil
from werkzeug import Response

from qgate.environment.serving import free_port
from qgate.performance import load
from qgate.performance.plan import Plan

if TYPE_CHECKING:
    from pytest_httpserver import HTTPServer
    from werkzeug import Request

    from qgate.performance.load import Load
    from qgate.stages.base import Context

USER: Final = """import os
import time

from qgate.performance import OdooError, OdooUser, operation


class ThingUser(OdooUser):
    @operation("List Load", weight=2)
    def browse(self):
        self.call_kw("thing", "good")

    @operation("Search")
    def search(self):
        self.call_kw("thing", "{method}")
"""
"""A locustfile; `method` is one of `good`, `refused`, `broken`, `page` and `slow`."""

LOCUSTFILE: Final = """from qgate.performance import OdooUser, operation

MODEL = "thing_a.thing"


class ThingUser(OdooUser):
    operations = ["Create Record", "Search", "Figures", "Report"]

    @operation("List Load")
    def work(self):
        assert self.web_search_read(MODEL)[0]["name"]
        assert self.onchange(MODEL)["size"] == 0
        values = {"name": "new", "size": 2}
        saved = self.web_save(MODEL, values, operation="Create Record")
        assert saved["name"] == "new"
        self.web_search_read(MODEL, [["name", "ilike", "7"]], operation="Search")
        assert self.read_group(MODEL, [], ["size"], ["__count"], operation="Figures")
        page = self.report("base.report_irmodulereference", [1], operation="Report")
        assert "<html" in page
"""
"""The locustfile of the tiny module."""

SEED: Final = """def seed(env, count):
    model = env["thing_a.thing"]
    found = model.search([])
    missing = range(len(found), count)
    return found | model.create([{"name": f"t{n}", "size": n % 5} for n in missing])
"""
"""The seed of the tiny module."""

SLOW_SECONDS: Final = 1.5
"""What `slow` takes."""


@dataclass
class FakeOdoo:
    """What the server was asked.

    Attributes:
        server: Where it listens.
        logins: Logins it was given, in order.
        calls: Methods that were called, in order.
    """

    server: HTTPServer
    logins: list[str] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Its address."""
        return self.server.url_for("").rstrip("/")

    def answer(self, request: Request) -> Response:
        """Answer as Odoo does: errors of JSON-RPC come with status 200."""
        params = json.loads(request.data)["params"]
        if request.path.endswith("/authenticate"):
            self.logins.append(params["login"])
            if params["password"] != "let me in":
                return _error("odoo.exceptions.AccessDenied", "Access Denied")
            return _result({"uid": 7, "user_context": {"lang": "en_US"}})
        self.calls.append(params["method"])
        return {
            "good": lambda: _result([]),
            "refused": lambda: _error("odoo.exceptions.AccessError", "You may not."),
            "broken": lambda: Response("<h1>Internal Server Error</h1>", 500),
            "page": lambda: Response("<h1>Log in</h1>", 200),
            "slow": lambda: time.sleep(SLOW_SECONDS) or _result([]),  # type: ignore[func-returns-value]
        }[params["method"]]()


def fake_odoo(server: HTTPServer) -> FakeOdoo:
    """Let *server* answer as Odoo."""
    odoo = FakeOdoo(server)
    # As Odoo does where there is no session.
    login = Response("", 303, {"Location": "/web/login"})
    server.expect_request(_under("/report/html")).respond_with_response(login)
    for path in (r"/web/session/authenticate", r"/web/dataset/call_kw"):
        server.expect_request(_under(path)).respond_with_handler(odoo.answer)
    return odoo


def plan_of(context: Context, host: str, **values: Any) -> Plan:  # noqa: ANN401
    """Return a short load of the locustfile of the only module."""
    (module,) = context.modules
    path = module.path / "perf" / "locustfile.py"
    defaults: dict[str, Any] = {
        "locustfiles": {module.name: str(path)},
        "journal": str(context.scratch / "load.jsonl"),
        "evidence": str(context.evidence),
        "host": host,
        "database": "db",
        "logins": {module.name: ["ann", "bob"]},
        "users": 4,
        "spawn_rate": 20.0,
        "warm_up": 0.3,
        "duration": 1.2,
        "wait_min": 0.05,
        "wait_max": 0.1,
        "port": free_port(),
    }
    return Plan(**(defaults | values))


def put(context: Context, plan: Plan, **servers: Any) -> Load:  # noqa: ANN401
    """Put the load of *plan* on its host."""
    given = {"password": "let me in", "server": None, "postgres": None} | servers
    return load.run(context, plan, **given)


def children(word: str) -> list[psutil.Process]:
    """Return the processes below this one whose command line has *word* in it."""
    found = []
    for process in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.Error):  # it has just ended
            if any(word in part for part in process.cmdline()):
                found.append(process)
    return found


def _under(path: str) -> re.Pattern[str]:
    return re.compile(rf"^{path}.*$")


def _result(value: object) -> Response:
    text = json.dumps({"jsonrpc": "2.0", "id": 1, "result": value})
    headers = {"X-Odoo-Queries": "5"}
    return Response(text, 200, headers, content_type="application/json")


def _error(name: str, message: str) -> Response:
    error = {
        "code": 200,
        "message": "Odoo Server Error",
        "data": {"name": name, "message": message, "debug": "Traceback ..."},
    }
    text = json.dumps({"jsonrpc": "2.0", "id": 1, "error": error})
    return Response(text, 200, content_type="application/json")
