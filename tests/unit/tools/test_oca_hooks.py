from __future__ import annotations

from typing import TYPE_CHECKING

from qgate.tools.registry import TOOLS
from tests.support.shelves import files, found, look, write_shelf
from tests.support.workspaces import git

if TYPE_CHECKING:
    from pathlib import Path

TOOL = TOOLS["oca-hooks"]


def test_a_module_that_is_a_git_checkout_of_its_own(tmp_path: Path) -> None:
    # The package's own program passes over such a module in silence.
    module = write_shelf(tmp_path, "duplicate_id")
    git(module, "init", "--quiet")
    report = look(TOOL, tmp_path)
    assert {rule for rule, _, _ in found(report)} == {"xml-duplicate-record-id"}
    assert files(report) == {"shelf": 3}


def test_a_view_that_is_a_link_to_elsewhere(tmp_path: Path) -> None:
    module = write_shelf(tmp_path)
    outside = tmp_path / "outside.xml"
    (module / "views" / "shelf_views.xml").rename(outside)
    (module / "views" / "shelf_views.xml").symlink_to(outside)
    assert found(look(TOOL, tmp_path)) == set()


def test_a_file_that_the_manifest_does_not_name(tmp_path: Path) -> None:
    write_shelf(tmp_path, files={"views/other.xml": "<odoo/>"})
    report = look(TOOL, tmp_path)
    assert {(f.rule, f.severity) for f in report.findings} == {
        ("file-not-used", "warning")
    }


def test_a_translation_that_cannot_be_read(tmp_path: Path) -> None:
    write_shelf(tmp_path, files={"i18n/de.po": 'what\nmsgid "a"\nmsgstr "b"\n'})
    report = look(TOOL, tmp_path)
    assert {f.rule for f in report.findings} == {"po-syntax-error"}
    assert {f.path for f in report.findings} == {"addons/shelf/i18n/de.po"}


def test_broken_xml_is_left_to_data_files(tmp_path: Path) -> None:
    write_shelf(tmp_path, "broken_xml")
    assert found(look(TOOL, tmp_path)) == set()
