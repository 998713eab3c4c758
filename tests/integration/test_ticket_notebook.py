"""The notebook from ticket to verdict: by hand in a real JupyterLab, and headless."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from tests.support.browsers import chromium
from tests.support.jupyter import jupyterlab, notebook

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Locator, Page

pytestmark = [pytest.mark.odoo, pytest.mark.usefixtures("environment")]

NOTEBOOKS: Final = Path(__file__).parents[2] / "notebooks"
NAME: Final = "ticket_to_module.ipynb"
GATE_SECONDS: Final = 240
TICKET: Final = """\
Travel advance request

Employees need money before they travel. An employee submits a travel advance with the \
purpose, the destination, the departure date, the return date and the amount. The amount \
is required.
When an advance is submitted, the employee's manager is notified by e-mail and approves or \
rejects it. A rejection needs a reason.
After approval, finance processes the advance and marks it as paid.
Everything is logged in the chatter. Employees only see their own advances.

Acceptance criteria:
- An employee can submit a travel advance
- The manager is notified when an advance is submitted
- The manager approves or rejects with a reason
- Finance marks an approved advance as paid
- All changes of state are logged in the chatter
"""


def workspace(root: Path, **parameters: object) -> Path:
    """Make a workspace with the notebook in it, its parameters set; return the notebook."""
    (root / "qgate.toml").write_text("")
    shutil.copytree(NOTEBOOKS, root / "notebooks")
    path = root / "notebooks" / NAME
    data = json.loads(path.read_text(encoding="utf-8"))
    (cell,) = (c for c in data["cells"] if c["id"] == "parameters")
    values = {"output": "../addons", "config": "../qgate.toml"} | parameters
    cell["source"] += [f"\n{name} = {value!r}" for name, value in values.items()]
    path.write_text(json.dumps(data), encoding="utf-8")
    return path


def module_of(root: Path) -> Path:
    (manifest,) = (root / "addons").glob("*/__manifest__.py")
    return manifest.parent


def verdict_of(root: Path) -> dict[str, Any]:
    (path,) = root.glob("reports/runs/*/run.json")
    record: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return record


class Hand:
    """A person at the notebook: presses, types, and keeps a picture of every step."""

    def __init__(self, page: Page, pictures: Path) -> None:
        self.page = page
        self.pictures = pictures
        page.set_viewport_size({"width": 1500, "height": 2400})

    def press(self, label: str, within_seconds: float = 60) -> Locator:
        """Press a button, wait until its step is over, and return its panel."""
        button = self.page.get_by_role("button", name=label, exact=True)
        button.click()
        panel = self.page.locator(".jp-Cell", has=button)
        self.page.wait_for_function(
            "button => !button.disabled",
            arg=button.element_handle(),
            timeout=within_seconds * 1000,
        )
        return panel

    def keep(self, panel: Locator, name: str) -> None:
        """Take a picture of a panel."""
        panel.screenshot(path=self.pictures / f"{name}.png")


@pytest.fixture
def hand(tmp_path: Path) -> Iterator[Hand]:
    """Open the notebook in JupyterLab with all its cells run."""
    workspace(tmp_path)
    home = tmp_path / "jupyter"
    home.mkdir()
    with (
        jupyterlab(tmp_path, home / "log") as address,
        chromium() as browser,
        notebook(browser, address, f"notebooks/{NAME}") as page,
    ):
        yield Hand(page, tmp_path)


@pytest.mark.browser
def test_a_person_gets_from_a_ticket_to_the_verdict(hand: Hand, tmp_path: Path) -> None:
    page = hand.page
    page.get_by_placeholder("Or paste it here").fill(TICKET)
    panel = hand.press("Read the ticket")
    panel.get_by_role("heading", name="Travel advance request").wait_for()
    hand.keep(panel, "1-ticket")

    panel = hand.press("Understand it")
    panel.get_by_text("Workflow of").first.wait_for(state="attached")
    labels = panel.get_by_placeholder("what people read")
    labels.first.wait_for()
    (row,) = (field for field in labels.all() if field.input_value() == "Destination")
    row.fill("Place to go")
    row.press("Enter")
    hand.keep(panel, "2-intent")

    panel = hand.press("Look at what exists", 120)
    panel.get_by_role("columnheader", name="Advice").wait_for()
    hand.keep(panel, "3-gaps")

    panel = hand.press("Write the code")
    files = panel.get_by_label("File", exact=True)
    files.wait_for()
    names = files.locator("option").all_inner_texts()
    models = [n for n in names if n.startswith("models/") and "__" not in n]
    files.select_option(models[0])
    panel.get_by_text("Place to go").first.wait_for()
    hand.keep(panel, "4-code")

    page.get_by_role("button", name="Write to disk").click()
    panel.get_by_text("files are in").wait_for()
    hand.keep(panel, "5-disk")
    module = module_of(tmp_path)
    assert "Place to go" in (module / models[0]).read_text(encoding="utf-8")

    panel = hand.press("Run the gate", GATE_SECONDS)
    hand.keep(panel, "6-gate")
    assert "passed" in panel.inner_text()
    record = verdict_of(tmp_path)
    assert record["verdict"] == "passed"
    assert module.name in json.dumps(record)


def test_papermill_gets_from_a_ticket_to_the_verdict(tmp_path: Path) -> None:
    (tmp_path / "ticket.txt").write_text(TICKET, encoding="utf-8")
    (tmp_path / "qgate.toml").write_text("")
    done = subprocess.run(
        [
            *(sys.executable, "-m", "papermill", NOTEBOOKS / NAME, "out.ipynb"),
            *("-p", "ticket", "ticket.txt", "-p", "output", "addons"),
            *("-p", "gate", "True", "-k", "python3"),
        ],
        cwd=tmp_path,
        env=dict(os.environ),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert (module_of(tmp_path) / "security" / "ir.model.access.csv").is_file()
    assert verdict_of(tmp_path)["verdict"] == "passed"
