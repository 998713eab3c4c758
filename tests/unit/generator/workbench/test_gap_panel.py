"""A person decides what the module builds on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from generator.session import Session
from generator.workbench.panels import GapPanel
from qgate import settings
from tests.support import module_specs
from tests.support.extensions import gap

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def panel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> GapPanel:
    """A panel over an analysis that advises to extend expenses."""
    session = Session(settings.load(root=tmp_path), tmp_path)
    session.spec = module_specs.travel_advance()

    def analysed() -> list[object]:
        session.gaps = [gap("hr_expense"), gap("project", "build"), gap("web")]
        return session.gaps  # type: ignore[return-value]

    monkeypatch.setattr(session, "analyse", analysed)
    made = GapPanel(session)
    made.take()
    return made


def test_what_is_recommended_is_ticked(panel: GapPanel) -> None:
    ticked = {module: box.value for module, box in panel.choices.items()}
    assert ticked == {"hr_expense": True, "project": False}
    assert panel.session.extending is None
    assert [e.module for e in panel.session.extensions] == ["hr_expense"]


def test_a_person_ticks_another_one(panel: GapPanel) -> None:
    panel.session.render("models")
    panel.choices["hr_expense"].value = False
    panel.choices["project"].value = True
    assert panel.session.extending == ["project"]
    assert panel.session.rendered is None
    made = panel.session.render("models")
    assert "models/project_project.py" in {str(path) for path in made.files}
    assert "It builds on project" in panel.session.assumptions[-1]
    assert panel.session.as_json()["extending"][0]["model"] == "project.project"
