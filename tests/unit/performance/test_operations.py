from __future__ import annotations

import subprocess
import sys

import pytest

from qgate.performance.operations import declared, operation


class User:
    def __init__(self) -> None:
        self.operation = ""
        self.seen: list[str] = []

    @operation("List Load", weight=4)
    def browse(self) -> None:
        self.seen.append(self.operation)

    @operation("Broken")
    def fail(self) -> None:
        raise ValueError(self.operation)


def test_a_task_runs_under_the_name_of_its_operation() -> None:
    user = User()
    user.browse()
    assert user.seen == ["List Load"]
    assert user.operation == ""
    assert User.browse.locust_task_weight == 4  # type: ignore[attr-defined]
    assert User.browse.__name__ == "browse"


def test_the_name_is_gone_when_a_task_fails() -> None:
    user = User()
    with pytest.raises(ValueError, match="Broken"):
        user.fail()
    assert user.operation == ""


def test_declared_are_the_tasks_and_what_is_named_besides() -> None:
    class WithTasks(User):
        tasks = (User.browse, User.browse, User.fail, print)
        operations = ("Extra", "Broken")

    assert declared(WithTasks) == ["List Load", "Broken", "Extra"]


def test_who_can_log_in_declares_that_he_does() -> None:
    class WithLogin(User):
        tasks = (User.browse,)

        def log_in(self) -> None:
            """Do nothing."""

    assert declared(WithLogin) == ["Login", "List Load"]


def test_qgate_itself_never_imports_locust() -> None:
    source = (
        "import sys, qgate.stages.registry, qgate.report.page, qgate.figures;"
        "import qgate.performance.load, qgate.performance.statistics;"
        "print([name for name in sys.modules if name in ('locust', 'gevent')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", source], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_a_name_that_is_not_there_is_told() -> None:
    with pytest.raises(ImportError, match="Odoo"):
        from qgate.performance import OdooRobot  # noqa: F401, PLC0415
