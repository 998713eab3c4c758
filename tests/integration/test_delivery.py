"""Deploys with real containers, a real proxy and a real database; users work meanwhile."""

from __future__ import annotations

import json
import os
import signal
import statistics
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

import pytest

from qgate import pipeline
from qgate.api import Run
from qgate.delivery.journal import Journal, held
from tests.support import delivery
from tests.support.containers import wait_for
from tests.support.delivery import MODEL, PASSWORD, Load

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.delivery import Bench, Site

pytestmark = [pytest.mark.containers, pytest.mark.odoo]

ONE = "qgate-shelf:one"
SMOKE_BREAKS = """\
from odoo import fields, models


class Shelf(models.Model):
    _name = "qgate.shelf"
    _description = "Shelf"

    name = fields.Char(required=True)

    def unlink(self):
        raise ValueError("shelves stay")
"""
NEVER_HEALTHY = """\
import time

time.sleep(3600)
"""


@pytest.fixture(scope="module")
def site(bench: Bench, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Give a target that serves version one on blue or green."""
    folder = tmp_path_factory.mktemp("production")
    with delivery.site(bench, folder, "production", watch=1) as made:
        first = deploy(made, ONE)
        assert first.verdict == "passed", first.reasons
        yield made


def deploy(site: Site, image: str, *overrides: str) -> Run:
    """Deploy as `qgate deploy` does, without the report."""
    return run_stage(site, f"deployment.image={image}", *overrides)


def roll_back(site: Site, *overrides: str) -> Run:
    """Roll back as `qgate rollback` does, without the report."""
    return run_stage(site, "deployment.rollback=true", *overrides)


def run_stage(site: Site, *overrides: str) -> Run:
    """Run stage deployment alone."""
    settings = site.settings(f"deployment.to={site.name}", *overrides)
    plan = pipeline.make_plan(settings, stages=["deployment"])
    return Run(pipeline.execute(plan).record)


def steps(run: Run) -> dict[str, str]:
    frame = run.frames["deployment"]
    return dict(zip(frame["step"], frame["verdict"], strict=True))


def serves(site: Site) -> str:
    """Return the colour that answers through the proxy."""
    import requests  # noqa: PLC0415

    answer = requests.get(f"{site.url}/web/health", timeout=30)
    assert answer.status_code == 200, answer.text
    return answer.headers["X-Odoo-Colour"]


def not_live(site: Site) -> str:
    """Return the one of two images that does not serve, whatever was killed."""
    state = Journal(site.folder / "state").state()
    live = state.live
    if state.unfinished and site.proxy().state()["live"] == state.unfinished.new.colour:
        live = state.unfinished.new
    return "qgate-shelf:two" if live and live.name == ONE else ONE


def names(site: Site, database: str) -> set[str]:
    with site.bench.postgres.connect(database) as connection:
        rows = connection.execute("SELECT name FROM qgate_shelf").fetchall()
    return {name for (name,) in rows}


def show(capsys: pytest.CaptureFixture[str], load: Load, what: str) -> None:
    times = sorted(load.times)
    p99 = times[int(0.99 * (len(times) - 1))]
    with capsys.disabled():
        sys.stderr.write(
            f"\n{what}: {load.answered} requests, {len(load.failures)} failed, "
            f"{len(load.written)} writes acknowledged, {load.held} told to wait; "
            f"median {1000 * statistics.median(times):.0f} ms, "
            f"99th percentile {1000 * p99:.0f} ms, slowest {1000 * times[-1]:.0f} ms\n"
        )


def test_a_switch_under_load_fails_no_request(
    bench: Bench, site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    two = bench.image("two", base=ONE)
    before = serves(site)
    with Load(site.url, site.database, users=4, think=0) as load:
        load.wait_for(500)
        run = deploy(site, two)
        load.wait_for(max(2000, load.answered + 500))
    show(capsys, load, "image-only switch")
    assert run.verdict == "passed", run.reasons
    assert load.answered >= 2000
    assert load.failures == []
    assert load.held == 0
    assert serves(site) != before
    assert set(load.written) <= names(site, site.database)
    probes = run.frames["deployment_probes"]
    assert set(probes["colour"]) == {"blue", "green"}
    assert set(probes["status"]) == {200}
    assert run.frames["deploys"]["pause"].tolist() == [0.0]


def test_a_rollback_to_the_previous_image_fails_no_request(site: Site) -> None:
    before = serves(site)
    with Load(site.url, site.database) as load:
        load.wait_for(100)
        run = roll_back(site)
        load.wait_for(load.answered + 100)
    assert run.verdict == "passed", run.reasons
    assert load.failures == []
    assert serves(site) != before
    assert run.frames["deploys"]["live_image"].tolist() == [ONE]
    again = roll_back(site)
    assert again.verdict == "error"
    assert (
        "There is nothing that production could be rolled back to." in again.reasons[0]
    )


@pytest.mark.parametrize(
    ("kind", "step", "files"),
    [
        ("unhealthy", "healthy", {"__init__.py": NEVER_HEALTHY}),
        ("crashing", "healthy", {"__init__.py": "import os\nos._exit(7)\n"}),
        ("broken", "smoke", {MODEL: SMOKE_BREAKS}),
    ],
)
def test_a_bad_image_leaves_everything_as_it_was(
    bench: Bench, site: Site, kind: str, step: str, files: dict[str, str]
) -> None:
    bad = bench.image(kind, base=ONE, **files)
    before = serves(site)
    with Load(site.url, site.database) as load:
        load.wait_for(20)
        limit = 5 if kind == "unhealthy" else 60
        run = deploy(site, bad, f"targets.{site.name}.health.start_seconds={limit}")
        load.wait_for(load.answered + 20)
    assert run.verdict == "failed"
    assert f"deployment: Step {step} failed: " in run.reasons[0]
    assert steps(run)[step] == "failed"
    assert steps(run)["roll back"] == "passed"
    assert load.failures == []
    assert set(load.written) <= names(site, site.database)
    assert serves(site) == before
    assert run.frames["deploys"]["outcome"].tolist() == ["rolled_back"]


def test_one_that_dies_after_the_switch_is_switched_back(
    bench: Bench, site: Site
) -> None:
    two = bench.image("two", base=ONE)
    before = serves(site)
    new = "green" if before == "blue" else "blue"

    def kill() -> None:
        wait_for(lambda: site.proxy().state()["live"] == new)
        time.sleep(2)
        bench.engine.podman("kill", f"qgate-{site.name}-{new}-1")

    with Load(site.url, site.database) as load:
        load.wait_for(20)
        killer = threading.Thread(target=kill)
        killer.start()
        run = deploy(site, two, f"targets.{site.name}.health.watch_seconds=20")
        killer.join()
        count = len(load.failures)
        load.wait_for(load.answered + 50)
        assert len(load.failures) == count  # all is well again
    assert run.verdict == "failed"
    assert "Step watch failed: " in run.reasons[0]
    assert serves(site) == before
    assert set(load.written) <= names(site, site.database)


def test_a_deploy_killed_around_its_switch_is_recovered_by_the_next(
    bench: Bench, site: Site
) -> None:
    bench.image("two", base=ONE)
    wanted = [
        "switch",
        "retire",
    ]  # test_delivery_killed.py has every line of the journal
    with Load(site.url, site.database) as load:
        load.wait_for(20)
        for step in wanted:
            _killed(site, not_live(site), step)
            left = site.journal()
            assert left[-1]["event"] != "end", step
            load.wait_for(load.answered + 10)
        run = deploy(site, not_live(site))
        load.wait_for(load.answered + 10)
    assert run.verdict == "passed", run.reasons
    assert steps(run)["recover"] == "passed"
    assert load.failures == []
    assert set(load.written) <= names(site, site.database)


def start(site: Site, image: str) -> subprocess.Popen[bytes]:
    """Start a deploy of *image* as a process of its own."""
    return subprocess.Popen(
        [
            *(sys.executable, "-m", "qgate", "deploy", "--to", site.name),
            *("--image", image, "--config", site.config, "--no-report"),
        ],
        cwd=site.bench.folder,
        env=site.bench.environ(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def until_step(
    site: Site, child: subprocess.Popen[bytes], step: str, begun: int
) -> None:
    """Wait until the deploy, whose lines come after the first *begun*, is in *step*."""
    deadline = time.monotonic() + 120
    while True:
        assert child.poll() is None, f"it ended before step {step}"
        assert time.monotonic() < deadline
        lines = site.journal()[begun:]
        ids = [line["deploy"] for line in lines if line["event"] == "begin"]
        if any(x["deploy"] in ids and x.get("step") == step for x in lines):
            return
        time.sleep(0.002)


def _killed(site: Site, image: str, step: str) -> None:
    """Start a deploy of *image* and kill it with -9 when it is in *step*."""
    begun = len(site.journal())
    child = start(site, image)
    until_step(site, child, step, begun)
    os.killpg(child.pid, signal.SIGKILL)
    child.wait()


def test_a_module_upgrade_loses_no_write_and_can_be_rolled_back(
    bench: Bench, site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    new = bench.image("upgraded", base=ONE, **delivery.upgraded_files())
    before = serves(site)
    with Load(site.url, site.database) as load:
        load.wait_for(100)
        run = deploy(site, new)
        load.wait_for(load.answered + 200)
        upgraded = set(load.written)
        [row] = run.frames["deploys"].to_dict("records")
        assert run.verdict == "passed", run.reasons
        back = roll_back(site)
        load.wait_for(load.answered + 200)
    show(capsys, load, f"module upgrade and back, pause {row['pause']:.1f} s")
    assert row["upgraded"] == [delivery.MODULE]
    assert row["database"] != site.database
    assert row["pause"] > 0
    assert load.held > 0
    assert load.failures == []
    assert upgraded <= names(site, row["database"])
    assert back.verdict == "passed", back.reasons
    assert back.frames["deploys"]["database"].tolist() == [site.database]
    assert back.frames["deploys"]["pause"].iloc[0] > 0
    assert set(load.written) <= names(site, site.database)
    assert serves(site) == before


def test_writes_that_cannot_be_kept_are_named_before_anything_is_done(
    bench: Bench, site: Site
) -> None:
    new = bench.image("upgraded", base=ONE, **delivery.upgraded_files())
    run = deploy(site, new)
    assert run.verdict == "passed", run.reasons
    [database] = run.frames["deploys"]["database"]
    with Load(site.url, database, users=1) as load:
        load.wait_for(20)
        session = load.login()
        assert load.call(
            session, "qgate.shelf", "create", [{"name": "kept?", "note": "new"}], {}
        )
        colour, journal = serves(site), len(site.journal())
        refused = roll_back(site)
        assert refused.verdict == "failed"
        [said] = refused.frames["deploys"]["lost"].tolist()
        assert len(said) == 1
        assert "The creation of qgate_shelf " in said[0]
        assert "cannot be kept: there is no column note." in said[0]
        assert steps(refused)["try writes"] == "failed"
        assert "hold writes" not in steps(refused)
        assert serves(site) == colour
        assert load.held == 0
        assert len(site.journal()) > journal
        accepted = roll_back(site, "deployment.accept_loss=true")
    assert accepted.verdict == "passed", accepted.reasons
    assert load.failures == []
    assert {"kept?", *load.written} <= names(site, site.database)
    [path] = accepted.folder.rglob("writes-not-kept.jsonl")
    [line] = [json.loads(text) for text in path.read_text().splitlines()]
    assert line["after"]["note"] == "new"


def test_an_upgraded_version_that_dies_gives_its_writes_back(
    bench: Bench, site: Site
) -> None:
    new = bench.image("upgraded", base=ONE, **delivery.upgraded_files())
    before = serves(site)
    colour = "green" if before == "blue" else "blue"
    seen: list[str] = []

    def kill() -> None:
        wait_for(lambda: site.proxy().state()["live"] == colour, 300)
        count = len(load.written)
        wait_for(lambda: len(load.written) > count + 5)
        seen.extend(load.written[count + 1 : count + 5])
        bench.engine.podman("kill", f"qgate-{site.name}-{colour}-1")

    with Load(site.url, site.database) as load:
        load.wait_for(20)
        killer = threading.Thread(target=kill)
        killer.start()
        run = deploy(site, new, f"targets.{site.name}.health.watch_seconds=20")
        killer.join()
        load.wait_for(load.answered + 50)
    assert run.verdict == "failed"
    assert "Step watch failed: " in run.reasons[0]
    assert run.frames["deploys"]["lost"].tolist() == [[]]
    assert serves(site) == before
    assert len(seen) == 4  # acknowledged by the version that died
    assert set(load.written) <= names(site, site.database)


def test_an_upgrade_killed_in_its_middle_is_recovered(bench: Bench, site: Site) -> None:
    new = bench.image("upgraded", base=ONE, **delivery.upgraded_files())
    bench.image("two", base=ONE)
    before = serves(site)
    with Load(site.url, site.database) as load:
        load.wait_for(20)
        _killed(site, new, "upgrade")
        load.wait_for(load.answered + 5)  # reads are served, whatever is held
        run = deploy(site, not_live(site))
        load.wait_for(load.answered + 20)
    assert run.verdict == "passed", run.reasons
    assert steps(run)["recover"] == "passed"
    assert load.failures == []
    assert set(load.written) <= names(site, site.database)
    assert serves(site) != before
    with bench.postgres.connect() as connection:
        rows = connection.execute(
            "SELECT datname FROM pg_database WHERE datname LIKE 'shelf_production_%'"
        ).fetchall()
    assert not [name for (name,) in rows if name.endswith("_rehearsal")]


def command(site: Site, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the command as people do."""
    return subprocess.run(
        [
            *(sys.executable, "-m", "qgate", *words),
            *("--to", site.name, "--config", site.config),
        ],
        cwd=site.bench.folder,
        env=site.bench.environ() | {"NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_commands_exit_as_they_are_documented(bench: Bench, site: Site) -> None:
    bench.image("two", base=ONE)
    bad = bench.image("broken", base=ONE, **{MODEL: SMOKE_BREAKS})
    done = command(site, "deploy", "--image", not_live(site))
    assert done.returncode == 0, done.stderr + done.stdout
    assert "switch" in done.stdout
    report = bench.folder / "reports" / "runs"
    newest = max(report.iterdir())
    page = (newest / "report.html").read_text()
    assert "Response times through the proxy" in page
    assert "Steps, on the blue and the green colour" in page
    done = command(site, "deploy", "--image", bad, "--no-report")
    assert done.returncode == 1
    assert "Step smoke failed: Deleting the new record" in done.stdout
    done = command(site, "deploy", "--image", "qgate-shelf:none", "--no-report")
    assert done.returncode == 3
    assert "has no image qgate-shelf:none" in done.stdout
    done = command(site, "proxy")
    assert done.returncode == 0
    assert "backend odoo-green-websocket" in done.stdout
    site.name = "nowhere"
    try:
        done = command(site, "deploy", "--image", ONE)
    finally:
        site.name = "production"
    assert done.returncode == 2
    assert "There is no target nowhere" in done.stderr


def test_two_deploys_at_once_one_is_told_who_is_at_it(site: Site) -> None:
    with held(site.folder / "state", site.name, "somebody's deploy"):
        run = deploy(site, ONE)
    assert run.verdict == "error"
    assert f"is being deployed to by process {os.getpid()} " in run.reasons[0]


def test_a_deploy_that_is_interrupted_leaves_all_as_it_was(
    bench: Bench, site: Site
) -> None:
    bench.image("two", base=ONE)
    before = serves(site)
    begun = len(site.journal())
    child = start(site, not_live(site))
    until_step(site, child, "healthy", begun)
    child.terminate()
    assert child.wait(60) == 130
    assert site.journal()[-1]["event"] == "end"
    assert site.journal()[-1]["outcome"] == "rolled_back"
    assert serves(site) == before


def test_what_is_missing_is_told_and_changes_nothing(site: Site) -> None:
    before = json.dumps(site.journal()), serves(site)
    cases = {
        "deployment.image=qgate-shelf:nope": "has no image qgate-shelf:nope",
        "deployment.image=127.0.0.1:1/shelf:1": "connection refused",
        f"targets.{site.name}.engine=unix:///nowhere.sock": "does not answer",
        f"targets.{site.name}.database.port=1": "does not answer",
        f"targets.{site.name}.proxy.socket=/nowhere.sock": "does not answer",
        "readiness.max_image_size=0.1": "above 0.1 GB",
        f"targets.{site.name}.min_free_disk=1e9": "GB free",
    }
    for override, said in cases.items():
        run = deploy(site, ONE, override)
        assert run.verdict == "error"
        assert said in run.reasons[0], run.reasons
    assert (json.dumps(site.journal()), serves(site)) == before


def test_a_revision_the_gate_has_not_passed_is_not_deployed(
    bench: Bench, site: Site
) -> None:
    bench.image("two", base=ONE)
    before = json.dumps(site.journal()), serves(site)
    run = deploy(site, not_live(site), f"targets.{site.name}.gate=local")
    assert run.verdict == "failed"
    assert "The gate has not passed revision" in run.reasons[0]
    assert steps(run)["gate"] == "failed"
    assert (json.dumps(site.journal()), serves(site)) == before


def test_no_secret_is_in_anything_that_was_written(bench: Bench, site: Site) -> None:
    folders = [bench.folder / "reports", site.folder / "state"]
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    assert len(files) > 10
    for path in files:
        data = path.read_bytes()
        assert PASSWORD.encode() not in data, path
        assert delivery.DATABASE_PASSWORD.encode() not in data, path
