"""Stage performance on a tiny module: the real Locust on a real Odoo."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pytest

import qgate
from qgate import settings
from qgate.frames import rows
from qgate.performance.seeding import seed
from qgate.stages import odoo
from tests.support import odoo_modules
from tests.support.homes import until
from tests.support.loads import LOCUSTFILE, SEED, children
from tests.support.shelves import make_context

if TYPE_CHECKING:
    from qgate import Run
    from qgate.environment import Environment

pytestmark = pytest.mark.odoo

SHORT = (
    "performance.users=2",
    "performance.spawn_rate=2",
    "performance.duration=6",
    "performance.warm_up=1",
    "performance.wait_min=0.1",
    "performance.wait_max=0.3",
    "performance.records=50",
    "performance.max_failure_rate=0",
    # How fast this machine is while others use it too is not what is tested.
    *(
        f"performance.thresholds.{name}=60000"
        for name in ("Login", "List Load", "Create Record", "Search")
    ),
    "performance.max_mean=60000",
)


def journal(root: Path) -> str:
    """Return what the load has written down so far."""
    found = [*root.glob("reports/runs/*/scratch/performance/load.jsonl")]
    return found[0].read_text() if found else ""


def module(root: Path) -> Path:
    folder = odoo_modules.good(root / "addons")
    (folder / "perf").mkdir()
    (folder / "perf" / "locustfile.py").write_text(LOCUSTFILE)
    (folder / "perf" / "seed.py").write_text(SEED)
    return folder


def run(root: Path, *overrides: str) -> Run:
    return qgate.run(
        root / "addons",
        stages=["performance"],
        root=root,
        overrides=[*SHORT, *overrides],
    )


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Run:
    root = tmp_path_factory.mktemp("loaded")
    module(root)
    return run(root)


def test_it_passes_with_all_its_evidence(loaded: Run) -> None:
    assert loaded.reasons == []
    (row,) = rows(loaded.frames["loads"])
    assert row["ended"] == "completed"
    assert row["modules"] == ["thing_a"]
    assert row["samples"] == row["counted"] > 30
    assert (row["users"], row["users_seen"], row["records"]) == (2, 2, 50)
    assert row["peak_memory"] > 50_000_000
    assert row["operations"] == [
        "Login",
        "List Load",
        "Create Record",
        "Search",
        "Figures",
        "Report",
    ]
    folder = loaded.folder / "evidence" / "performance"
    assert {path.name for path in folder.iterdir()} >= {
        "locust.html",
        "locust.log",
        "locust_failures.csv",
        "locust_stats.csv",
        "odoo.log",
        "samples.parquet",
        "seed.log",
    }


def test_figures_are_those_of_the_raw_samples(loaded: Run) -> None:
    folder = loaded.folder / "evidence" / "performance"
    samples = pd.read_parquet(folder / "samples.parquet")
    counted = samples[samples["measured"]]
    for row in rows(loaded.frames["performance"]):
        own = counted[counted["operation"] == row["operation"]]
        assert row["requests"] == len(own) > 0
        assert row["failures"] == 0
        assert row["p95"] == pytest.approx(own["milliseconds"].quantile(0.95))
        assert row["max"] == own["milliseconds"].max()
        assert row["queries"] == pytest.approx(own["queries"].mean())
        assert row["queries"] > 0
    series = loaded.frames["performance_series"]
    assert series["requests"].sum() == len(samples)
    assert series["warm_up"].any()
    assert not series["warm_up"].all()


def test_everybody_logs_in_within_the_measured_time(loaded: Run) -> None:
    table = loaded.frames["performance"].set_index("operation")
    assert table.loc["Login", "requests"] == 2


def test_limits_judge_it_anew(loaded: Run) -> None:
    verdicts, overall = qgate.judge(loaded, ["performance.thresholds.Search=0.001"])
    assert overall == "failed"
    failures = {item.stage: item.reasons for item in verdicts}["performance"]
    [failure, note] = failures
    assert failure.startswith("Search p95 ")
    assert failure.endswith(" ms > 0 ms.")
    assert note.startswith("Not compared with earlier runs")


def test_a_server_that_dies_under_load_is_an_error(tmp_path: Path) -> None:
    module(tmp_path)

    def kill() -> None:
        until(lambda: journal(tmp_path).count('"sample"') > 20)
        for process in children("serving_launcher"):
            process.kill()

    killer = threading.Thread(target=kill)
    killer.start()
    made = run(tmp_path, "performance.duration=60")
    killer.join()
    assert made.verdict == "error"
    (reason, *_) = made.reasons
    assert reason.startswith("performance: The Odoo server died with exit code -9")
    assert "its log ends with" in reason
    (row,) = rows(made.frames["loads"])
    assert row["ended"] == "server_died"
    assert row["samples"] > 20
    assert not [*children("performance.launcher"), *children("serving_launcher")]


def test_the_seed_of_the_sample_module_may_be_called_again(
    environment: Environment, tmp_path: Path
) -> None:
    root = Path(__file__).parents[2]
    words = ["performance.records=60", 'workspace.modules=["ipai_expense"]']
    context = make_context(
        settings.load(root=root, overrides=words), environment, tmp_path
    )
    (sample,) = context.modules
    path = sample.path / "perf" / "seed.py"
    with odoo.copied(context, "seeded") as database:
        told = seed(
            context,
            database,
            {"once": path, "again": path},
            addons=odoo.addons(context),
            password="let me in",
        )
        with environment.postgres().connect(database.name) as connection:
            states = connection.execute(
                "SELECT state, count(*) FROM ipai_expense GROUP BY state"
            ).fetchall()
            (hashes,) = connection.execute(
                "SELECT count(DISTINCT password) FROM res_users "
                "WHERE login LIKE 'perf.expense.%' OR login = 'admin'"
            ).fetchone() or (0,)
    assert told.records == 2 * 60
    assert len(told.logins["again"]) == 10
    assert sum(count for _, count in states) == 60
    assert {state for state, _ in states} == {
        *("draft", "submitted", "approved", "rejected", "posted")
    }
    assert hashes == 1  # one password for all, hashed once


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({"locustfile.py": "def broken(:\n"}, "cannot be imported (SyntaxError"),
        ({"locustfile.py": None}, "No locustfile covers thing_a."),
        ({"seed.py": None}, "thing_a has a locustfile, but no perf/seed.py."),
        (
            {"seed.py": "def seed(env, count):\n    return count // 0\n"},
            "failed: ZeroDivisionError",
        ),
    ],
)
def test_what_cannot_be_run_is_an_error(
    tmp_path: Path, files: dict[str, str | None], reason: str
) -> None:
    folder = module(tmp_path)
    for name, text in files.items():
        if text is None:
            (folder / "perf" / name).unlink()
        else:
            (folder / "perf" / name).write_text(text)
    made = run(tmp_path)
    assert made.verdict == "error"
    assert reason in made.reasons[0]
