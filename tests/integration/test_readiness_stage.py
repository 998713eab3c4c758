"""Stage readiness on two real versions of small modules, upgraded by a real Odoo."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

import qgate
from qgate.frames import rows
from tests.support import releases
from tests.support.odoo_modules import change
from tests.support.workspaces import git

if TYPE_CHECKING:
    from pathlib import Path

    from qgate import Run
    from qgate.environment import Environment

pytestmark = [pytest.mark.odoo, pytest.mark.usefixtures("environment")]

GUIDE = """# Deployment

Set the [variables](#environment-variables), see the [compose file](../compose.yml).

## Environment variables

| variable | meaning |
|---|---|
| `THING_URL` | where things are |
| `THING_IMAGE` | image |
"""


def gate(root: Path, *overrides: str) -> Run:
    return qgate.run(
        root / "addons", stages=["readiness"], root=root, overrides=overrides
    )


def found(run: Run, check: str) -> dict[str, dict[str, Any]]:
    return {
        row["subject"]: row
        for row in rows(run.frames["readiness"])
        if row["check"] == check
    }


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory, environment: Environment) -> Run:
    """Carry out all checks once, on modules that each changed in another way."""
    environment.odoo()
    root = tmp_path_factory.mktemp("release")
    addons = releases.start(root)
    old = {
        name: releases.in_production(addons, name)
        for name in (
            "field",
            "model",
            "careless",
            "dropper",
            "loser",
            "same",
            "quiet",
            "related",
        )
    }
    releases.with_relation(old["related"])
    partner = releases.extend(addons, "partner")
    releases.with_data(old["loser"], "data", "data/first.xml", releases.DECLARED)
    releases.with_data(old["loser"], "demo", "demo/demo.xml", releases.DEMO)
    seed = old["loser"] / "perf/seed.py"
    seed.parent.mkdir()
    seed.write_text(releases.SEED.format(name="loser"))
    releases.commit(root, "in production")
    git(root, "tag", "-a", "-m", "released", releases.TAG)
    releases.rename_field(old["field"])
    releases.rename_model(old["model"])
    releases.remove_field(old["careless"])
    releases.remove_field(old["related"], releases.DROPS.format(name="related"))
    releases.drop_table(old["dropper"])
    (partner / "models.py").write_text("")
    releases.release(partner)
    releases.lose_rows(old["loser"])
    change(old["quiet"], "models/thing.py", '"Thing"', '"Quiet thing"')
    releases.plain(
        addons, "added", **{"hooks.py": 'import os\n\nURL = os.environ["THING_URL"]\n'}
    )
    (root / "compose.yml").write_text("services: {odoo: {image: '${THING_IMAGE}'}}\n")
    (root / "docs").mkdir()
    (root / "docs/DEPLOYMENT.md").write_text(GUIDE)
    releases.commit(root, "to be released")
    return gate(root)


def test_a_renamed_field_and_model_pass(run: Run) -> None:
    migration = found(run, "migration")
    for name, moved in (
        ("field", "field_thing.size to extent"),
        ("model", "model_thing to model_item"),
    ):
        assert migration[name]["outcome"] == "passed", migration[name]["detail"]
        assert (
            f"From 19.0.1.0.0 ({releases.TAG}) to 19.0.1.1.0"
            in migration[name]["detail"]
        )
        assert (
            "1 script ran, 3 records of 1 table are all there"
            in migration[name]["detail"]
        )
        assert f"Moved: {moved}" in migration[name]["detail"]


def test_lost_records_are_named_and_those_of_the_module_told_apart(run: Run) -> None:
    row = found(run, "migration")["loser"]
    assert row["outcome"] == "failed"
    assert "2 records of loser_thing lost (id " in row["detail"]
    assert "1 record of loser_thing that the module brought removed." in row["detail"]
    kept = json.loads((run.folder / "evidence/readiness/migration.json").read_text())[
        "modules"
    ]["loser"]
    # One was brought, one came with demo data, and 50 were seeded.
    assert kept["before"]["loser_thing"]["rows"] == 52
    assert len(kept["lost"]["records"]["loser_thing"]) == 2


def test_what_a_dropped_column_relation_or_table_held_is_missed(run: Run) -> None:
    migration = found(run, "migration")
    assert migration["careless"]["outcome"] == "failed"
    assert "3 values of careless_thing.size lost" in migration["careless"]["detail"]
    assert migration["partner"]["outcome"] == "failed"
    assert "3 values of res_partner.lot lost" in migration["partner"]["detail"]
    assert migration["dropper"]["outcome"] == "failed"
    assert "3 records of dropper_thing lost" in migration["dropper"]["detail"]


def test_what_a_script_says_may_go_and_what_it_may_not(run: Run) -> None:
    row = found(run, "migration")["related"]
    assert row["outcome"] == "failed"
    assert "3 pairs of the relation related_pairs lost." in row["detail"]
    assert (
        "3 values of related_thing.size removed, as a migration script says."
        in (row["detail"])
    )


def test_what_did_not_change_or_is_new_is_said(run: Run) -> None:
    migration = found(run, "migration")
    assert migration["same"]["outcome"] == migration["added"]["outcome"] == "passed"
    assert "None of its files has changed" in migration["same"]["detail"]
    assert "It is new since" in migration["added"]["detail"]
    assert migration["quiet"]["outcome"] == "passed"
    assert "1 file changed but not its version" in migration["quiet"]["detail"]


def test_the_server_and_its_database_are_healthy(run: Run) -> None:
    health = found(run, "health")
    assert [row["outcome"] for row in health.values()] == ["passed", "passed"]
    assert set(health) == {"/web/health?db_server_status=1", "SELECT 1"}
    assert (run.folder / "evidence/readiness/health.log").is_file()


def test_the_other_checks_say_what_they_saw(run: Run) -> None:
    for check in ("security", "performance", "image"):
        assert [r["outcome"] for r in found(run, check).values()] == ["skipped"]
    assert (
        "2 links resolve" in found(run, "documentation")["docs/DEPLOYMENT.md"]["detail"]
    )
    told = found(run, "variables")
    assert {row["outcome"] for row in told.values()} == {"passed"}
    assert "THING_IMAGE, THING_URL" in told["variables that are read"]["detail"]


def test_the_verdict_names_the_modules(run: Run) -> None:
    assert run.verdict == "failed"
    stages = {row["stage"]: row for row in rows(run.stages)}
    told = " ".join(stages["readiness"]["reasons"])
    assert "migration (loser): " in told
    assert "migration (field)" not in told


def test_a_script_that_fails_is_caught_with_its_cause(tmp_path: Path) -> None:
    addons = releases.start(tmp_path)
    first = releases.in_production(addons, "first")
    second = releases.in_production(addons, "second")
    releases.commit(tmp_path, "in production")
    git(tmp_path, "tag", releases.TAG)
    releases.rename_field(first)
    releases.release(
        second,
        'def migrate(cr, version):\n    raise ValueError("no rate for 2025")\n',
    )
    run = gate(tmp_path, 'readiness.checks=["migration"]')
    migration = found(run, "migration")
    assert migration["second"]["outcome"] == "failed"
    assert (
        "the upgrade failed: ValueError: no rate for 2025"
        in migration["second"]["detail"]
    )
    assert "pre-migrate.py:2" in migration["second"]["detail"]
    assert migration["first"]["outcome"] == "error"
    assert "the upgrade ended in second" in migration["first"]["detail"]
    assert run.verdict == "failed"


def test_what_cannot_end_in_time_is_an_error(tmp_path: Path) -> None:
    addons = releases.start(tmp_path)
    folder = releases.in_production(addons, "slow")
    releases.commit(tmp_path, "in production")
    git(tmp_path, "tag", releases.TAG)
    releases.release(folder)
    run = gate(tmp_path, 'readiness.checks=["migration"]', "readiness.time_limit=1")
    assert run.verdict == "error"
    assert "did not end within readiness.time_limit" in " ".join(run.reasons)
