"""The real Locust, in a process of its own, on a server that answers as Odoo does."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from pytest_httpserver import HTTPServer

from qgate.environment import Environment, keeper
from qgate.environment.postgres import Embedded
from qgate.environment.serving import free_port
from qgate.errors import StageFailed
from qgate.frames import rows
from qgate.performance import load
from qgate.performance.plan import PASSWORD
from qgate.progress import Silence
from qgate.stages.performance import PerformanceStage
from qgate.turns import Turn
from tests.support.homes import home_settings, until
from tests.support.loads import (
    SLOW_SECONDS,
    USER,
    FakeOdoo,
    children,
    fake_odoo,
    plan_of,
    put,
)
from tests.support.shelves import make_context
from tests.support.workspaces import make_settings, write_module

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from qgate.stages.base import Context


@pytest.fixture
def odoo() -> Iterator[FakeOdoo]:
    with HTTPServer(host="127.0.0.1", port=0, threaded=True) as server:
        yield fake_odoo(server)


def context_of(folder: Path, locustfile: str, *overrides: str) -> Context:
    write_module(folder / "addons", "m", files={"perf/locustfile.py": locustfile})
    settings = make_settings(folder, *overrides)
    return make_context(settings, Environment(settings), folder / "run")


def user(method: str = "good") -> str:
    return USER.replace("{method}", method)


def task(method: str) -> str:
    """Return a task more, whose operation is named as the method it calls."""
    return (
        f'\n    @operation("{method}", weight=9)\n    def {method}(self):\n'
        f'        self.call_kw("thing", "{method}")\n'
    )


def test_every_request_is_recorded_and_everybody_logs_in_anew(
    tmp_path: Path, odoo: FakeOdoo
) -> None:
    context = context_of(tmp_path, user())
    done = put(context, plan_of(context, odoo.url))
    told = done.journal
    assert (done.ended, done.cause) == ("completed", None)
    assert told.operations == ["Login", "List Load", "Search"]
    assert told.users == {"m": ["ThingUser"]}
    assert (told.spawned, told.remaining) == (4, 4)
    asked = len(odoo.calls) + len(odoo.logins)
    assert len(told.samples) == told.counted == asked
    assert set(told.samples["operation"]) == {"Login", "List Load", "Search"}
    logins = told.samples[told.samples["operation"] == "Login"]
    begin = told.times["measuring"]
    assert [(logins["began"] < begin).sum(), (logins["began"] >= begin).sum()] == [4, 4]
    assert sorted(odoo.logins) == ["ann"] * 4 + ["bob"] * 4
    assert set(told.samples["queries"].dropna()) == {5}
    written = {path.name for path in context.evidence.iterdir()}
    assert written >= {
        "locust.html",
        "locust_stats.csv",
        "locust_failures.csv",
        "locust.log",
    }
    everything = "".join(
        path.read_text()
        for folder in (context.evidence, context.scratch)
        for path in folder.iterdir()
        if path.is_file()
    )
    assert "let me in" not in everything


def test_what_odoo_refuses_is_a_failure_whatever_the_status(
    tmp_path: Path, odoo: FakeOdoo
) -> None:
    messages = {
        "refused": "AccessError: You may not.",
        "broken": "HTTP 500",
        "page": "The answer is not JSON",
        "moved": "HTTP 303",
    }
    text = user() + "".join(map(task, messages))
    text += task("moved").replace(
        'self.call_kw("thing", "moved")', 'self.report("r", [1])'
    )
    context = context_of(tmp_path, text)
    samples = put(context, plan_of(context, odoo.url)).journal.samples
    said = samples.groupby("operation")["failure"].unique().map(set).to_dict()
    for method, message in messages.items():
        assert said.pop(method) == {message}
    assert samples.loc[samples["operation"].isin(said), "failure"].isna().all()


def test_a_wrong_password_is_a_failure_of_the_login(
    tmp_path: Path, odoo: FakeOdoo
) -> None:
    context = context_of(tmp_path, user())
    plan = plan_of(context, odoo.url)
    samples = put(context, plan, password="wrong").journal.samples
    assert set(samples["operation"]) == {"Login"}
    assert set(samples["failure"]) == {"AccessDenied: Access Denied"}
    assert odoo.calls == []


def test_nobody_answers(tmp_path: Path) -> None:
    context = context_of(tmp_path, user())
    plan = plan_of(context, f"http://127.0.0.1:{free_port()}")
    samples = put(context, plan).journal.samples
    assert samples["failure"].str.startswith("No answer: ").all()


def test_the_slowest_requests_are_not_left_out(tmp_path: Path, odoo: FakeOdoo) -> None:
    context = context_of(tmp_path, user("slow"))
    done = put(context, plan_of(context, odoo.url, duration=SLOW_SECONDS * 2))
    told = done.journal
    slow = told.samples[told.samples["milliseconds"] > SLOW_SECONDS * 1000]
    last = slow["began"].max()
    assert last >= told.times["measuring"]
    assert last + SLOW_SECONDS > told.times["measured"]
    assert done.ended == "completed"
    assert told.counted == len(told.samples) == len(odoo.calls) + len(odoo.logins)


def test_several_processes_lose_no_request(tmp_path: Path, odoo: FakeOdoo) -> None:
    context = context_of(tmp_path, user("refused"))
    done = put(context, plan_of(context, odoo.url, processes=2, duration=3))
    told = done.journal
    assert (done.ended, done.cause) == ("completed", None)
    asked = len(odoo.calls) + len(odoo.logins)
    assert len(told.samples) == told.counted == asked
    logins = told.samples[told.samples["operation"] == "Login"]
    assert (logins["began"] >= told.times["measuring"]).sum() == 4


@pytest.mark.parametrize("processes", [1, 2])
def test_users_keep_still_until_the_stage_is_alone(
    tmp_path: Path, odoo: FakeOdoo, processes: int
) -> None:
    turn = Turn(scheduled=True)
    # It is held for longer than the load may take, which is no fault of its own.
    context = context_of(tmp_path, user(), "performance.time_limit=8")
    said = Said()
    context = replace(context, turn=turn, progress=said)
    sign = str(context.scratch / "begin")
    calls: list[int] = []

    def give() -> None:
        until(lambda: '"held"' in _text(context.scratch / "load.jsonl"), seconds=30)
        time.sleep(1)  # who was in the middle of something ends that
        calls.append(len(odoo.calls))
        time.sleep(8)
        calls.append(len(odoo.calls))
        turn.give({})

    giver = threading.Thread(target=give)
    giver.start()
    plan = plan_of(context, odoo.url, processes=processes, begin=sign)
    done = put(context, plan)
    giver.join()
    told = done.journal
    assert (done.ended, done.cause) == ("completed", None)
    assert calls[0] == calls[1] > 0  # it was warmed up, and then nobody asked
    assert len(odoo.calls) > calls[1]
    still = told.times["measuring"] - told.times["held"]
    assert still > 8
    assert turn.waited > 8
    assert not turn.alone
    assert 1 < turn.kept < still
    logins = told.samples[told.samples["operation"] == "Login"]
    assert (logins["began"] >= told.times["measuring"]).sum() == 4
    assert said.amounts == sorted(said.amounts)  # what was waited is no progress
    assert said.amounts[-1] <= plan.seconds
    before = pytest.approx(plan.before)
    assert sum(amount == before for amount in said.amounts) > 5
    assert "4 users wait until nothing else runs" in said.steps


class Said(Silence):
    """Keeps what a person would see."""

    def __init__(self) -> None:
        self.steps: list[str] = []
        self.amounts: list[float] = []

    def step(self, stage: str, text: str) -> None:
        del stage
        self.steps.append(text)

    def amount(self, stage: str, done: float, total: float | None) -> None:
        del stage, total
        self.amounts.append(done)


def _text(path: Path) -> str:
    return path.read_text() if path.exists() else ""


def test_a_worker_on_another_machine_sends_its_samples(
    tmp_path: Path, odoo: FakeOdoo
) -> None:
    context = context_of(tmp_path, user())
    port = free_port()
    words: list[str | Path] = [
        "-f",
        context.modules[0].path / "perf/locustfile.py",
        "--worker",
    ]
    words += ["--master-host", "127.0.0.1", "--master-port", str(port)]
    # As somebody there would start it: Locust's own command, without the password.
    environ = {name: v for name, v in os.environ.items() if name != PASSWORD}
    with subprocess.Popen(
        [sys.executable, "-m", "locust", *words],
        env=environ,
        stderr=subprocess.DEVNULL,
    ) as worker:
        plan = plan_of(
            context, odoo.url, master=f"127.0.0.1:{port}", remote_workers=1, port=port
        )
        try:
            done = put(context, plan)
            assert worker.wait(30) == 0
        finally:
            worker.kill()
    told = done.journal
    assert (done.ended, done.cause) == ("completed", None)
    assert len(told.samples) == told.counted == len(odoo.calls) + len(odoo.logins) > 8


def test_an_odoo_elsewhere_is_loaded_as_it_is(tmp_path: Path, odoo: FakeOdoo) -> None:
    write_module(
        tmp_path / "addons", "m", files={"perf/locustfile.py": user("refused")}
    )
    settings = make_settings(
        tmp_path,
        *(f'performance.host="{odoo.url}/"', "performance.users=2"),
        *("performance.spawn_rate=20", "performance.duration=2"),
        *("performance.warm_up=0", "performance.wait_min=0.05"),
        "performance.wait_max=0.1",
        environ={
            "QGATE_LOAD_DATABASE": "prod",
            "QGATE_LOAD_LOGIN": "eve",
            "QGATE_LOAD_PASSWORD": "let me in",
        },
    )
    context = make_context(settings, Environment(settings), tmp_path / "run")
    frames = PerformanceStage().measure(context).frames
    (row,) = rows(frames["loads"])
    assert (row["ended"], row["host"]) == ("completed", f"{odoo.url}/")
    assert (row["records"], row["peak_memory"]) == (0, 0)
    assert set(odoo.logins) == {"eve"}
    table = {found["operation"]: found for found in rows(frames["performance"])}
    assert table["Search"]["failures"] == table["Search"]["requests"] > 0
    assert table["Search"]["message"] == "AccessError: You may not."
    assert table["Create Record"]["requests"] == 0  # it has a limit by default


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (
            "def broken(:\n    pass\n",
            r"perf/locustfile\.py, line 1, cannot be imported \(SyntaxError: ",
        ),
        (
            "import os\n\nimport nonesuch\n",
            r"line 3, cannot be imported \(ModuleNotFoundError: No module named 'nonesuch'",
        ),
        ("raise SystemExit(0)\n", r"line 1, cannot be imported \(SystemExit: 0\)"),
        ("from qgate.performance import OdooUser\n", r"declares no user"),
        (
            "from qgate.performance import OdooUser\n\n\nclass U(OdooUser):\n    pass\n",
            r"User U of .*locustfile\.py has no task",
        ),
        (
            "from locust import LoadTestShape\n\n\nclass S(LoadTestShape):\n    pass\n",
            r"declares a load shape",
        ),
        (
            "import os\n\nos._exit(0)\n",
            r"Importing the locustfiles ended the process with code 0\.",
        ),
    ],
)
def test_a_locustfile_that_is_of_no_use_is_told_before_anything_starts(
    tmp_path: Path, text: str, reason: str
) -> None:
    context = context_of(tmp_path, text)
    with pytest.raises(StageFailed, match=reason):
        load.describe(context, plan_of(context, ""))


def test_two_modules_with_the_same_user_are_told(tmp_path: Path) -> None:
    context = context_of(tmp_path, user())
    path = str(context.modules[0].path / "perf" / "locustfile.py")
    plan = plan_of(context, "", locustfiles={"m": path, "n": path})
    with pytest.raises(StageFailed, match="Two locustfiles declare a user ThingUser"):
        load.describe(context, plan)


def test_files_of_the_same_name_do_not_hide_each_other(tmp_path: Path) -> None:
    context = context_of(tmp_path, user())
    other = tmp_path / "locustfile.py"
    other.write_text(user().replace("ThingUser", "OtherUser").replace("Search", "Find"))
    path = str(context.modules[0].path / "perf" / "locustfile.py")
    plan = plan_of(context, "", locustfiles={"m": path, "n": str(other)})
    told = load.describe(context, plan)
    assert told.users == {"m": ["ThingUser"], "n": ["OtherUser"]}
    assert told.operations == ["Login", "List Load", "Search", "Find"]


@pytest.mark.parametrize(
    ("line", "cause"),
    [
        ("os._exit(0)", r"Locust ended with code 0 before the load was over"),
        ("os.kill(os.getpid(), 9)", r"Locust was killed by signal 9 before"),
        ("self.environment.runner.quit()", r"something stopped Locust before its time"),
    ],
)
def test_locust_that_ends_early_has_not_completed(
    tmp_path: Path, odoo: FakeOdoo, line: str, cause: str
) -> None:
    text = user().replace('        self.call_kw("thing", "good")', f"        {line}")
    context = context_of(tmp_path, text)
    done = put(context, plan_of(context, odoo.url))
    assert done.ended == "early"
    assert done.cause is not None
    assert done.cause.startswith(cause.replace("\\", ""))
    assert children("qgate.performance.launcher") == []


def test_a_task_that_raises_is_counted(tmp_path: Path, odoo: FakeOdoo) -> None:
    text = user().replace('self.call_kw("thing", "{method}")', "[][0]")
    text = text.replace('self.call_kw("thing", "good")', "[][0]", 1)
    context = context_of(tmp_path, text)
    done = put(context, plan_of(context, odoo.url))
    (message,) = done.journal.exceptions
    assert message == "IndexError: list index out of range"
    assert done.ended == "completed"


def test_a_worker_that_is_killed_ends_the_load(tmp_path: Path, odoo: FakeOdoo) -> None:
    context = context_of(tmp_path, user())
    plan = plan_of(context, odoo.url, processes=2, duration=60)

    def kill() -> None:
        until(lambda: len(odoo.calls) > 20)
        children("qgate.performance.launcher")[-1].kill()

    killer = threading.Thread(target=kill)
    killer.start()
    done = put(context, plan)
    killer.join()
    assert (done.ended, done.cause) == ("early", "1 of 2 Locust workers went away")


@pytest.mark.odoo
def test_postgresql_that_is_killed_ends_the_load(
    tmp_path: Path, odoo: FakeOdoo
) -> None:
    context = context_of(tmp_path, user())
    home = home_settings(tmp_path, PATH="/usr/bin:/bin")
    pgdata = Embedded(home, Silence()).pgdata
    try:
        with Environment(home) as environment:
            postgres = environment.postgres()

            def kill() -> None:
                until(lambda: len(odoo.calls) > 5)
                os.kill(
                    int((pgdata / "postmaster.pid").read_text().split()[0]),
                    signal.SIGQUIT,
                )

            killer = threading.Thread(target=kill)
            killer.start()
            done = put(
                context, plan_of(context, odoo.url, duration=60), postgres=postgres
            )
            killer.join()
    finally:
        keeper.stop(pgdata)
        shutil.rmtree(pgdata.parent, ignore_errors=True)
    assert done.ended == "server_died"
    assert done.cause is not None
    assert done.cause.startswith(
        f"PostgreSQL at {postgres.address} went away under load"
    )
    assert len(done.journal.samples) > 0
    assert children("qgate.performance.launcher") == []
