"""What is said of an upgrade, from what Odoo and its database were like afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from qgate.process import Completed
from qgate.readiness import migration
from qgate.readiness.kept import Kept, Lost, State, Values
from qgate.readiness.previous import Base
from qgate.workspace import Module

if TYPE_CHECKING:
    from pathlib import Path

    from qgate.readiness.base import Found

ERROR = "2026-11-25 01:43:28,867 1 ERROR db odoo.addons.x: cannot {} \n"
TRACE = (
    "2026-11-25 01:43:28,867 1 INFO db odoo.modules.loading: Loading module {} (1/2) \n"
    "Traceback (most recent call last):\n"
    '  File "/x/pre.py", line 3, in migrate\nValueError: no rate\n'
)


class Context:
    """What the wording looks at of a stage's context."""

    def __init__(self, evidence: Path) -> None:
        self.evidence = evidence


@pytest.fixture
def judged(tmp_path: Path) -> Any:  # noqa: ANN401 - a function
    def judge(
        name: str = "a",
        *,
        output: str = "",
        returncode: int = 0,
        rows: int = 3,
        version: str = "19.0.1.1.0",
        state: tuple[str, str | None] = ("installed", "19.0.1.1.0"),
        lost: Lost | None = None,
        notes: tuple[str, ...] = (),
    ) -> Found:
        base = Base("production-1", "0" * 40, tmp_path, {}, ())
        then = {
            other: Module(other, tmp_path / "then" / other, "19.0.1.0.0", ("base",))
            for other in ("a", "b")
        }
        table = Kept(f"{name}_thing", f"{name}.thing", ids=frozenset(range(rows)))
        values = {7: Values("size", rows, "x")}
        other = Kept("res_partner", None, columns=values)
        tried = migration._Tried(
            base,
            then,
            Completed(("odoo",), returncode, 1.0, output, "", False, 0),  # noqa: FBT003
            {name: state},
            {name: State({1: table, 2: other}, frozenset(), frozenset())},
            {name: lost or Lost()},
            notes,
        )
        module = Module(name, tmp_path / "now" / name, version, ("base",))
        context: Any = Context(tmp_path)
        return migration._judged(context, tried, module, files=4)

    return judge


def test_an_upgrade_that_keeps_everything_passes(judged: Any) -> None:  # noqa: ANN401
    found = judged(notes=("a: no record of a.odd could be made", "b: other"))
    assert found.outcome == "passed"
    assert found.detail == (
        "From 19.0.1.0.0 (production-1) to 19.0.1.1.0: 0 scripts ran, 3 records of 1 table "
        "are all there. Not filled: a: no record of a.odd could be made."
    )


@pytest.mark.parametrize(
    ("version", "written"),
    [
        ("1.1.0", "19.0.1.1.0"),
        ("1.1", "19.0.1.1"),
        ("19.0.1.1.0", "19.0.1.1.0"),
        (None, "19.0.1.0"),
    ],
)
def test_the_version_has_to_be_the_one_of_the_manifest(
    judged: Any,  # noqa: ANN401
    version: str | None,
    written: str,
) -> None:
    assert judged(version=version, state=("installed", written)).outcome == "passed"
    found = judged(version=version, state=("installed", "19.0.1.0.9"))
    assert found.outcome == "failed"
    assert "the database says version 19.0.1.0.9 afterwards." in found.detail


@pytest.mark.parametrize("state", ["to upgrade", "uninstalled"])
def test_it_has_to_be_installed_afterwards(judged: Any, state: str) -> None:  # noqa: ANN401
    found = judged(state=(state, None))
    assert found.outcome == "failed"
    assert f"its state afterwards is {state}." in found.detail


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        ("load a", "failed"),
        ("load a and b", "failed"),
        ("load", "failed"),
        ("load b", "passed"),
    ],
)
def test_an_error_in_the_log_fails_the_module_it_may_be_of(
    judged: Any,  # noqa: ANN401
    said: str,
    outcome: str,
) -> None:
    found = judged(output=ERROR.format(said))
    assert found.outcome == outcome
    assert ("Odoo logged an error" in found.detail) == (outcome == "failed")


@pytest.mark.parametrize(
    ("at_work", "outcome"), [("a", "failed"), ("base", "failed"), ("b", "error")]
)
def test_a_failed_upgrade_is_that_of_the_module_at_work(
    judged: Any,  # noqa: ANN401
    at_work: str,
    outcome: str,
) -> None:
    found = judged(output=TRACE.format(at_work), returncode=255)
    assert found.outcome == outcome
    assert "ValueError: no rate (/x/pre.py:3)" in found.detail


def test_without_a_record_nothing_is_shown(judged: Any) -> None:  # noqa: ANN401
    found = judged(rows=0)
    assert found.outcome == "error"
    assert "Give the module demo data, or a perf/seed.py." in found.detail


def test_what_is_lost_is_named(judged: Any) -> None:  # noqa: ANN401
    lost = Lost(
        records={"a_thing": list(range(1, 9))},
        declared={"a_thing": [9]},
        pairs={"a_rel": 1},
        relations={"a_old": 2},
        values={"res_partner.lot": 3},
        moved=["a_x to a_y"],
    )
    found = judged(lost=lost)
    assert found.outcome == "failed"
    for words in (
        "8 records of a_thing lost (id 1, 2, 3, 4, 5, and 3 more).",
        "1 pair of the relation a_rel lost.",
        "2 pairs of the relation a_old lost; if that is meant, let a migration script",
        "3 values of res_partner.lot lost; if that is meant",
        "Moved: a_x to a_y.",
        "1 record of a_thing that the module brought removed.",
    ):
        assert words in found.detail


def test_only_a_new_script_says_what_may_go(
    judged: Any,  # noqa: ANN401
    tmp_path: Path,
) -> None:
    lost = Lost(values={"a_thing.size": 3})
    for tree in ("then", "now"):
        script = tmp_path / tree / "a/migrations/19.0.1.0.0/pre-x.py"
        script.parent.mkdir(parents=True)
        script.write_text("# size\n")
    assert judged(lost=lost).outcome == "failed"
    script = tmp_path / "now/a/migrations/19.0.1.1.0/pre-x.py"
    script.parent.mkdir()
    script.write_text("# oversize\n")
    assert judged(lost=lost).outcome == "failed"
    script.write_text("# size\n")
    found = judged(lost=lost)
    assert found.outcome == "passed"
    assert (
        "3 values of a_thing.size removed, as a migration script says." in found.detail
    )
