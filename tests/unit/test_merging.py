"""Entries of a plan that machines measured apart become one run with one verdict."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from qgate import merging, sharding
from qgate.errors import UsageError
from qgate.frames import rows, tables
from tests.support import records, shards

if TYPE_CHECKING:
    from pathlib import Path

    from qgate.record import Record


def test_the_whole_has_one_verdict_and_all_frames(tmp_path: Path) -> None:
    plan = shards.plan_of(4, each=2)
    kept = shards.save(plan, tmp_path / "entries", tests=5)
    outcome, notes = merging.merge(tmp_path, [one.folder for one in kept.values()])
    frames = outcome.record.frames()
    assert outcome.verdict == "passed"
    assert notes == []
    assert set(frames["modules"].loc[frames["modules"]["gated"], "module"]) == set(
        plan.why
    )
    assert len(frames["tests"]) == 5 * len(plan.why)
    assert list(frames["executions"]["stage"]) == ["static", "tests"]
    assert frames["coverage"]["module"].nunique() == len(plan.why)
    evidence = outcome.record.folder / "evidence"
    assert len(list(evidence.rglob("*.log"))) == len(plan.entries)


def test_an_entry_that_is_missing_is_an_error(tmp_path: Path) -> None:
    kept = shards.save(shards.plan_of(4), tmp_path / "entries", tests=3)
    gone = kept.pop("tests-2")
    outcome, notes = merging.merge(tmp_path, [one.folder for one in kept.values()])
    assert outcome.verdict == "error"
    assert any("tests-2" in note for note in notes)
    assert gone.folder.exists()
    [tests] = [item for item in outcome.verdicts if item.stage == "tests"]
    assert tests.verdict == "error"


def test_an_entry_that_is_broken_is_an_error(tmp_path: Path) -> None:
    kept = shards.save(shards.plan_of(3), tmp_path / "entries", tests=3)
    (kept["tests-1"].folder / kept["tests-1"].data["frames"]["tests"]).write_bytes(
        b"PAR1"
    )
    outcome, notes = merging.merge(tmp_path, [one.folder for one in kept.values()])
    assert outcome.verdict == "error"
    assert any("cannot be read" in note for note in notes)


def test_the_same_entry_twice_is_refused(tmp_path: Path) -> None:
    plan = shards.plan_of(3)
    one = shards.save(plan, tmp_path / "a", tests=3)
    shutil.copytree(one["tests-1"].folder, tmp_path / "b" / "20261124T091559-ffffff")
    copy = tmp_path / "b" / "20261124T091559-ffffff"
    text = (copy / "run.json").read_text().replace(one["tests-1"].run_id, copy.name)
    (copy / "run.json").write_text(text)
    with pytest.raises(UsageError, match="are both of entry tests-1"):
        merging.merge(tmp_path, [*(k.folder for k in one.values()), copy])


def test_records_of_different_plans_are_refused(tmp_path: Path) -> None:
    first = shards.save(shards.plan_of(3), tmp_path / "a", tests=3)
    other = shards.save(shards.plan_of(4), tmp_path / "b", tests=3)
    folders = [first["static"].folder, other["tests-3"].folder]
    with pytest.raises(UsageError, match="different plans"):
        merging.merge(tmp_path, folders)


def change(kept: Record, **values: object) -> None:
    path = kept.folder / "run.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | values))


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"qgate": "0.0.1"}, "different values of qgate"),
        ({"profile": "release"}, "different values of profile"),
        ({"policy": {"tests": {"min_coverage": 1}}}, "different values of policy"),
        ({"git": {"commit": "b" * 40}}, "judged different commits"),
        ({"entry": None}, "is no entry of a plan"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_records_that_no_verdict_can_be_on_are_refused(
    tmp_path: Path, values: dict[str, object], said: str
) -> None:
    kept = shards.save(shards.plan_of(3), tmp_path / "entries", tests=3)
    change(kept["tests-2"], **values)
    with pytest.raises(UsageError, match=said):
        merging.merge(tmp_path, [one.folder for one in kept.values()])
    assert not (tmp_path / "runs").exists()  # nothing half is left


def test_a_plan_inside_a_record_that_was_changed_is_refused(tmp_path: Path) -> None:
    kept = shards.save(shards.plan_of(3), tmp_path / "entries", tests=3)
    plan = kept["tests-2"].data["entry"]["plan"] | {"demanded": []}
    change(kept["tests-2"], entry={"name": "tests-2", "plan": plan})
    with pytest.raises(UsageError, match="was changed"):
        merging.merge(tmp_path, [one.folder for one in kept.values()])


def test_a_failure_in_one_entry_fails_the_whole(tmp_path: Path) -> None:
    plan = shards.plan_of(3)
    kept = shards.save(plan, tmp_path / "entries", tests=20)
    entry = plan.entry("tests-2")
    own = records.with_bad_tests(records.story(entry.modules, tests=20))
    own.demanded = ("tests",)
    own.rows["executions"] = own.rows["executions"][1:]
    own.data["entry"] = {"name": entry.name, "plan": plan.model_dump(mode="json")}
    bad = own.save(tmp_path / "bad", "20261124T091559-00000f")
    folders = [kept["static"].folder, kept["tests-1"].folder, bad.folder]
    outcome, notes = merging.merge(tmp_path, folders)
    assert (outcome.verdict, notes) == ("failed", [])
    tests = outcome.record.frames()["tests"]
    assert (tests["outcome"] == "failed").sum() == 2
    assert [item.verdict for item in outcome.verdicts if item.stage == "static"] == [
        "passed"
    ]


def test_a_line_is_covered_when_any_entry_ran_it() -> None:
    file = {
        "module": "a",
        "file": "a/x.py",
        "statements": 6,
        "branches": 4,
        "body_statements": 3,
    }
    parts = [
        {"missing": [1, 2, 3], "branches_covered": 1, "body_missing": [2, 3]},
        {"missing": [3, 4], "branches_covered": 3, "body_missing": [3]},
    ]
    made = [
        file
        | part
        | {
            "covered": 6 - len(part["missing"]),  # type: ignore[arg-type]
            "body_covered": 3 - len(part["body_missing"]),  # type: ignore[arg-type]
        }
        for part in parts
    ]
    one = pd.concat([tables.COVERAGE.frame([row]) for row in made])
    [row] = rows(merging._covered(one))
    assert (row["missing"], row["covered"]) == ([3], 5)
    assert (row["branches_covered"], row["body_missing"]) == (3, [3])
    assert row["body_covered"] == 2
    one["statements"] = [6, 7]
    with pytest.raises(UsageError, match="different texts of a/x.py"):
        merging._covered(one)


def test_a_link_out_of_the_evidence_is_not_followed(tmp_path: Path) -> None:
    kept = shards.save(shards.plan_of(2), tmp_path / "entries", tests=3)
    secret = tmp_path / "secret"
    secret.write_text("mine")
    (kept["static"].folder / "evidence" / "static" / "link").symlink_to(secret)
    outcome, _ = merging.merge(tmp_path, [one.folder for one in kept.values()])
    names = {path.name for path in (outcome.record.folder / "evidence").rglob("*")}
    assert "static.log" in names
    assert "link" not in names


def test_a_folder_that_is_no_record_is_said(tmp_path: Path) -> None:
    (tmp_path / "nothing").mkdir()
    with pytest.raises(UsageError, match="can be read"):
        merging.merge(tmp_path, [tmp_path / "nothing"])


def test_a_plan_that_was_changed_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    plan = shards.plan_of(3)
    path.write_text(plan.model_dump_json().replace("tests-1", "tests-9"))
    with pytest.raises(UsageError, match="was changed"):
        sharding.read(path)
    path.write_text("no json")
    with pytest.raises(UsageError, match="cannot be read"):
        sharding.read(path)


def test_a_plan_gives_a_matrix() -> None:
    plan = shards.plan_of(3)
    assert [row["entry"] for row in plan.as_json()["matrix"]["include"]] == [
        "static",
        "tests-1",
        "tests-2",
    ]
    with pytest.raises(UsageError, match="no entry nothing"):
        plan.entry("nothing")
