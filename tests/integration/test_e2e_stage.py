"""Stage e2e with a real Odoo and a real browser: what specs can say, and what breaks down."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from qgate import settings
from qgate.environment import Environment
from qgate.errors import StageFailed
from qgate.frames import rows, tables
from qgate.policy.e2e import judge_e2e
from qgate.progress import Silence
from qgate.stages.base import Context
from qgate.stages.e2e import E2eStage
from qgate.workspace import Workspace
from tests.support import specs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import pandas as pd

pytestmark = [pytest.mark.odoo, pytest.mark.browser]

SCREEN = '''
from datetime import date

import pytest
from qgate.e2e import Refused, RpcError, ScreenError


def test_every_kind_of_field_is_filled_and_read(odoo):
    odoo.admin.create("res.partner", name="Azure & Co")
    odoo.admin.create("res.partner", name="Brass Ltd")
    worker = odoo.login("worker")
    worker.open("thing_e.thing_action").new()
    worker.fill(
        name="Box", size=12, made=date(2026, 3, 1), moment="2026-03-01 14:30:00",
        kind="Kind B", good=True, partner_id="Azure & Co",
        friend_ids=["Azure & Co", "Brass Ltd"], notes="a note", page="rich",
    )
    worker.save()
    shown = {name: worker.value(name) for name in (
        "name", "size", "made", "moment", "kind", "good", "partner_id", "notes",
    )}
    assert shown == {
        "name": "Box", "size": "12", "made": "03/01/2026",
        "moment": "03/01/2026 02:30:00 PM", "kind": "Kind B", "good": "yes",
        "partner_id": "Azure & Co", "notes": "a note",
    }
    (thing,) = odoo.rpc("worker").search(
        "thing_e.thing", [["name", "=", "Box"]],
        "size", "made", "moment", "kind", "good", "partner_id", "friend_ids", "page",
    )
    assert (thing["size"], thing["made"], thing["kind"]) == (12, "2026-03-01", "b")
    assert thing["moment"] == "2026-03-01 14:30:00"
    assert (thing["good"], thing["partner_id"][1]) == (True, "Azure & Co")
    assert len(thing["friend_ids"]) == 2
    assert "rich" in thing["page"]
    worker.press("Finish").expect_state("done")
    assert "action_done" not in worker.buttons()


@pytest.mark.parametrize("field", ["made", "moment"])
def test_a_calendar_that_opens_late_does_not_stay_open(odoo, field):
    worker = odoo.login("worker")
    worker.page.add_init_script("""
        const frame = window.requestAnimationFrame.bind(window);
        window.requestAnimationFrame = (draw) => setTimeout(() => frame(draw), 150);
    """)
    worker.open("thing_e.thing_action").new()
    for day in ("2026-03-01", "2026-03-02"):  # an empty field first, then a filled one
        worker.fill(**{field: day if field == "made" else f"{day} 14:30:00"})
        assert worker.page.locator(".o_datetime_picker").count() == 0
        assert worker.field(field).locator("button").get_attribute("data-tooltip").startswith(
            f"03/{day[-2:]}/2026"
        )


def test_what_is_not_there_is_named(odoo):
    worker = odoo.login("worker")
    with pytest.raises(RpcError, match="no record with the XML id thing_e.nonesuch"):
        worker.open("thing_e.nonesuch")
    with pytest.raises(ScreenError, match="There is no role boss; .*admin, helper, worker"):
        odoo.login("boss")
    worker.open("thing_e.thing_one")
    with pytest.raises(ScreenError, match="Field id is read-only"):
        worker.fill(id=3)
    with pytest.raises(ScreenError, match="no choice 'Kind Z': it offers .*Kind A, Kind B"):
        worker.fill(kind="Kind Z")
    with pytest.raises(ScreenError, match="no choice 'Nobody at all'"):
        worker.fill(partner_id="Nobody at all")


def test_refusals_are_told(odoo):
    worker = odoo.login("worker")
    worker.open("thing_e.thing_action").new()
    with pytest.raises(Refused, match="Missing required fields") as refused:
        worker.save()
    assert refused.value.fields == ("name",)
    worker.dismiss()
    worker.open("thing_e.thing_one").fill(size=101)
    with pytest.raises(Refused, match="Too big"):
        worker.press("action_done")
    worker.dismiss()
    with pytest.raises(Refused, match="cannot be found|does not exist"):
        worker.open_record("thing_e.thing", 99999)


def test_lists(odoo):
    for name in ("Lamp", "Lantern"):
        odoo.admin.create("thing_e.thing", name=name, size=3, state="done")
    worker = odoo.login("worker").open("thing_e.thing_action")
    assert "Lamp" not in [row["name"] for row in worker.rows()]
    worker.all_records()
    assert {"name": "Lamp", "size": "3", "state": "Done"} in worker.rows()
    worker.search("Lantern")
    assert [row["name"] for row in worker.rows()] == ["Lantern"]
    worker.open_row("Lantern").expect_value("name", "Lantern").expect_state("done")
    worker.tab("more")
    assert worker.shows("page")
    worker.menu("thing_e.menu_things")
    assert odoo.login("worker") is worker
    assert odoo.login("helper").open("thing_e.thing_one").value("name") == "The first"
'''

DEFECTS = """
from pathlib import Path

import pytest


def test_fails(odoo):
    worker = odoo.login("worker").open("thing_e.thing_one")
    worker.page.evaluate("() => console.error('from the page')")
    assert worker.value("size") == "8"


def test_is_flaky(odoo, tmp_path_factory):
    mark = tmp_path_factory.getbasetemp() / "been-here"
    odoo.login("worker").open("thing_e.thing_one")
    if not mark.exists():
        mark.touch()
        raise ValueError("only the first time")


@pytest.mark.skip(reason="later")
def test_is_skipped(odoo):
    pass


@pytest.mark.parametrize("word", ["one", "two"])
def test_with_parameters(odoo, word):
    assert word


@pytest.mark.flaky(reruns=0)
def test_hangs_in_a_call_of_playwright(odoo):
    odoo.login("worker").page.wait_for_function("() => false", timeout=600_000)


class TestGroup:
    def test_set_up_fails(self, nonesuch):
        pass

    def test_goes_on(self, page, odoo):
        page.goto("/web/health")
        assert "pass" in page.content()
"""

KILL = """
import operator
import os
import signal

import psutil

_pid = operator.attrgetter("pid")


def test_first(odoo):
    odoo.login("worker").open("thing_e.thing_one")


def test_kills(odoo):
    port = odoo.url.rpartition(":")[2]
    worker = odoo.login("worker").open("thing_e.thing_one")
    for process in psutil.process_iter(["cmdline"]):
        words = process.info["cmdline"] or [""]
        if {word}:
            process.send_signal(signal.SIGKILL)
    worker.open("thing_e.thing_action")
    worker.page.wait_for_timeout(20_000)


def test_after(odoo):
    odoo.login("worker").open("thing_e.thing_one")
"""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a workspace with the module, which has no specs yet."""
    folder = tmp_path_factory.mktemp("workspace")
    specs.module(folder / "addons")
    specs.unlucky(folder / "addons")
    return folder


@pytest.fixture(scope="module")
def measure(
    root: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[..., Measured]]:
    """Return what measures the module with specs; it is installed once for all tests."""
    with Environment(settings.load()) as environment:

        def run(*overrides: str, **files: str) -> Measured:
            config = settings.load(
                root=root, overrides=['workspace.addons=["addons"]', *overrides]
            )
            place = root / "addons" / "thing_e" / "e2e"
            for old in place.glob("test_*.py"):
                old.unlink()
            for name, text in files.items():
                (place / f"{name}.py").write_text(text)
            workspace = Workspace.load(config)
            folder = tmp_path_factory.mktemp("run")
            for name in ("evidence", "scratch/e2e"):
                (folder / name).mkdir(parents=True)
            context = Context(
                run_id="e2e",
                settings=config,
                workspace=workspace,
                modules=workspace.select(config).modules,
                environment=environment,
                evidence=folder / "evidence",
                # What is installed once has to outlive each of the runs.
                scratch=root / "scratch" / folder.name,
                progress=Silence(),
            )
            context.scratch.mkdir(parents=True)
            return Measured(context)

        yield run


class Measured:
    """What a run of the stage came to."""

    def __init__(self, context: Context) -> None:
        self.evidence = context.evidence
        self.error = ""
        try:
            self.frames: Mapping[str, pd.DataFrame] = E2eStage().measure(context).frames
        except StageFailed as error:
            self.frames = error.frames
            self.error = str(error)
        self._context = context

    @property
    def tests(self) -> dict[str, dict[str, Any]]:
        """Rows of the frame `e2e` by test."""
        return {row["test"]: row for row in rows(self.frames["e2e"])}

    @property
    def specs(self) -> dict[str, dict[str, Any]]:
        """Rows of the frame `specs` by name of the file."""
        return {Path(row["spec"]).name: row for row in rows(self.frames["specs"])}

    def reasons(self) -> list[str]:
        """Return what the policy finds wrong."""
        modules = tables.MODULES.frame(
            {
                "module": module.name,
                "path": module.name,
                "depends": [],
                "gated": True,
                "why": "named",
            }
            for module in self._context.modules
            if module.name == "thing_e"
        )
        failures, errors = judge_e2e(
            self._context.settings.policy.e2e, {**self.frames, "modules": modules}
        )
        return [*failures, *errors]


def test_specs_speak_of_fields_buttons_and_lists(
    measure: Callable[..., Measured], root: Path
) -> None:
    found = measure("e2e.retries=0", test_screen=SCREEN)
    assert {name: row["outcome"] for name, row in found.tests.items()} == {
        "test_every_kind_of_field_is_filled_and_read": "passed",
        "test_a_calendar_that_opens_late_does_not_stay_open[made]": "passed",
        "test_a_calendar_that_opens_late_does_not_stay_open[moment]": "passed",
        "test_what_is_not_there_is_named": "passed",
        "test_refusals_are_told": "passed",
        "test_lists": "passed",
    }, [row["message"] for row in found.tests.values()]
    assert found.error == ""
    assert found.reasons() == []
    assert [row["artifacts"] for row in found.tests.values()] == [[]] * 6
    left = {path.name for path in (root / "addons").rglob("*")}
    assert not left & {"__pycache__", ".pytest_cache"}


def test_each_defect_is_told_with_what_was_kept(
    measure: Callable[..., Measured],
) -> None:
    found = measure(
        "e2e.test_time_limit=12",
        test_defects=DEFECTS,
        test_no_import="import nonesuch_library\n\n\ndef test_a(odoo):\n    pass\n",
        test_empty='"""Nothing yet."""\n',
        test_good=specs.PASSING.format(name="thing_e"),
    )
    outcomes = {name: row["outcome"] for name, row in found.tests.items()}
    assert outcomes == {
        "test_fails": "failed",
        "test_is_flaky": "flaky",
        "test_is_skipped": "skipped",
        "test_with_parameters[one]": "passed",
        "test_with_parameters[two]": "passed",
        "test_hangs_in_a_call_of_playwright": "failed",
        "TestGroup.test_set_up_fails": "error",
        "TestGroup.test_goes_on": "passed",
        "test_it_opens": "passed",
    }
    assert "test_no_import.py cannot be collected" in found.error
    assert "No module named 'nonesuch_library'" in found.error
    failed = found.tests["test_fails"]
    assert failed["retries"] == 1
    kept = {Path(name).name for name in failed["artifacts"]}
    assert kept >= {"worker.png", "worker-trace.zip", "worker-console.txt"}
    assert any(name.endswith(".webm") for name in kept)
    for name in failed["artifacts"]:
        assert (found.evidence / name).stat().st_size > 0
    flaky = found.tests["test_is_flaky"]
    assert "only the first time" in flaky["message"]
    paths = [Path(name) for name in flaky["artifacts"]]
    assert {path.name for path in paths} >= {"worker.png", "worker-trace.zip"}
    (film,) = (path for path in paths if path.suffix == ".webm")
    assert film.parent.name.endswith("-retry1")  # the try that passed is filmed too
    once = found.tests["test_hangs_in_a_call_of_playwright"]
    assert any(name.endswith(".webm") for name in once["artifacts"])
    told = "\n".join(found.reasons())
    for words in (
        "test_fails failed 2 times: AssertionError: assert '7' == '8'",
        "test_hangs_in_a_call_of_playwright failed: TestTimeLimit: The test did not",
        "TestGroup.test_set_up_fails ended in an error 2 times: fixture 'nonesuch'",
        "1 test of addons/thing_e/e2e/test_no_import.py did not run (test_a)",
        "test_empty.py has no test",
        "1 test passed only when tried again (thing_e: test_is_flaky)",
        "1 test skipped (thing_e: test_is_skipped)",
    ):
        assert words in told
    page = (found.evidence / "report-thing_e.html").read_text()
    assert "test_fails" in page
    assert "data:image/png;base64," in page
    assert "flakyFailure" in (found.evidence / "junit.xml").read_text()


@pytest.mark.parametrize(
    ("word", "cause"),
    [
        ('f"--http-port" in words and port in words', "The Odoo server died with exit"),
        (
            '"chrom" in words[:1][0] and os.getpid() in map(_pid, process.parents())',
            "chromium broke down in test_kills",
        ),
        (
            '"--type=renderer" in words and os.getpid() in map(_pid, process.parents())',
            "chromium broke down in test_kills",
        ),
    ],
    ids=["server", "browser", "page"],
)
def test_what_breaks_down_is_named_and_nothing_is_lost(
    measure: Callable[..., Measured], word: str, cause: str
) -> None:
    found = measure(test_kill=KILL.replace("{word}", word))
    assert cause in found.error
    outcomes = {name: row["outcome"] for name, row in found.tests.items()}
    assert outcomes["test_first"] == "passed"
    assert outcomes["test_kills"] in ("unfinished", "failed", "error")
    assert "test_after" in found.specs["test_kill.py"]["missing"]
    assert found.reasons()


def test_an_early_end_and_a_broken_conftest_are_told(
    measure: Callable[..., Measured], root: Path
) -> None:
    found = measure(test_exit="import os\n\n\ndef test_ends():\n    os._exit(0)\n")
    assert "pytest ended early with exit code 0. test_ends was running." in found.error
    assert found.tests["test_ends"]["outcome"] == "unfinished"
    conftest = root / "addons" / "thing_e" / "e2e" / "conftest.py"
    before = conftest.read_text()
    conftest.write_text("import nonesuch_library\n")
    try:
        found = measure(test_good=specs.PASSING.format(name="thing_e"))
    finally:
        conftest.write_text(before)
    assert "No module named 'nonesuch_library'" in found.error
    assert found.specs["test_good.py"]["missing"] == ["test_it_opens"]


def test_a_module_without_specs_fails(measure: Callable[..., Measured]) -> None:
    found = measure()
    assert found.error == ""
    assert found.reasons() == ["thing_e: 0 end-to-end tests < 1."]


def test_a_menu_that_leads_to_an_error_is_found_while_warming_up(
    measure: Callable[..., Measured], root: Path
) -> None:
    place = root / "more"
    place.mkdir()
    (place / "test_more.py").write_text("def test_nothing():\n    pass\n")
    found = measure('e2e.paths=["thing_u:more"]')
    assert found.error == ""
    assert found.specs["test_more.py"]["executed"] == 1
    row = found.tests["open thing_u.unlucky_action: list"]
    assert (row["module"], row["spec"], row["outcome"]) == (
        *("thing_u", "warm-up", "failed"),
    )
    assert "Invalid field thing_u.nonesuch" in row["message"] or (
        "nonesuch" in row["message"]
    )
