from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from qgate.tools.registry import TOOLS
from tests.support.shelves import files, found, look, write_shelf

if TYPE_CHECKING:
    from pathlib import Path

    from qgate.tools.base import ToolReport

VIEW = "views/shelf_views.xml"
ACCESS = "security/ir.model.access.csv"
HEADER = (
    "id,name,model_id:id,group_id:id,perm_read,perm_write,perm_create,perm_unlink\n"
)


def check(root: Path, path: str, text: str | bytes) -> ToolReport:
    write_shelf(root, files={path: text})
    return look(TOOLS["data-files"], root)


def messages(report: ToolReport) -> list[str]:
    return [finding.message for finding in report.findings]


BOMB = (
    '<?xml version="1.0"?>\n<!DOCTYPE x [<!ENTITY a "0123456789">'
    + "".join(
        f'<!ENTITY {new} "{f"&{old};" * 10}">'
        for old, new in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + "]>\n"
)


def test_a_name_that_breaks_the_styles_of_odoo_is_found(tmp_path: Path) -> None:
    write_shelf(tmp_path)
    write_shelf(tmp_path, name="vendor")
    (finding,) = look(TOOLS["data-files"], tmp_path).findings
    assert (finding.rule, finding.path) == (
        "module-name",
        "addons/vendor/__manifest__.py",
    )
    assert "called vendor hides Bootstrap's folder" in finding.message


@pytest.mark.parametrize("use", ["<odoo>&i;</odoo>", '<odoo x="&i;"/>'])
def test_a_bomb_of_entities_does_not_go_off(use: str, tmp_path: Path) -> None:
    report = check(tmp_path, VIEW, BOMB + use)
    assert [
        "Maximum entity amplification factor exceeded" in m for m in messages(report)
    ] == [True]
    assert look(TOOLS["oca-hooks"], tmp_path).modules[0].files == 3


def test_an_external_entity_is_not_fetched(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("s3cret <not xml")
    text = f'<!DOCTYPE odoo [<!ENTITY s SYSTEM "{secret.as_uri()}">]>\n<odoo>&s;</odoo>'
    report = check(tmp_path, VIEW, text)
    assert not any("s3cret" in message for message in messages(report))
    text = f'<!DOCTYPE odoo SYSTEM "{secret.as_uri()}"><odoo/>'
    (tmp_path / "addons" / "shelf" / VIEW).write_text(text)
    assert found(look(TOOLS["data-files"], tmp_path)) == set()


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", None),
        ("<odoo>\n<record>\n</odoo>", 3),
        ("<odoo/><odoo/>", 1),
        ("<odoo>&nbsp;</odoo>", 1),
        (b"<odoo>\n\xe9</odoo>", 2),
        ('<?xml version="1.0" encoding="nowhere"?><odoo/>', 1),
        ("<odoo>" + "<a>" * 400 + "</a>" * 400 + "</odoo>", 1),
    ],
)
def test_xml_that_is_not_well_formed(
    text: str | bytes, line: int | None, tmp_path: Path
) -> None:
    report = check(tmp_path, VIEW, text)
    (finding,) = report.findings
    assert (finding.rule, finding.severity) == ("xml-malformed", "error")
    assert finding.path == f"addons/shelf/{VIEW}"
    assert finding.line == line or line is None


def test_templates_of_the_web_client_are_read_too_and_test_material_is_not(
    tmp_path: Path,
) -> None:
    write_shelf(
        tmp_path,
        files={
            "static/src/shelf.xml": "<templates>",
            "static/lib/other.xml": "<",
            "tests/data/broken.xml": "<",
        },
    )
    report = look(TOOLS["data-files"], tmp_path)
    assert {path for _, path, _ in found(report)} == {
        "addons/shelf/static/src/shelf.xml"
    }
    assert files(report) == {"shelf": 3}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "has no header"),
        (",,\n", "has no header"),
        (HEADER + "a,b\n", "has 2 fields in a row, its header 8"),
        (HEADER.replace("perm_read,", ""), "lacks column perm_read"),
        (HEADER.encode() + b"\xe9\n", "is not UTF-8: invalid continuation byte"),
        (HEADER + '"a\n', "is not valid CSV: unexpected end of data"),
    ],
)
def test_access_rights_that_odoo_could_not_load(
    text: str | bytes, message: str, tmp_path: Path
) -> None:
    report = check(tmp_path, ACCESS, text)
    assert messages(report) == [f"the file {message}"]
    assert report.findings[0].rule == "csv-malformed"


@pytest.mark.parametrize(
    "text",
    [
        HEADER,
        "\ufeff" + HEADER,
        HEADER.replace(":id", "/id"),
        HEADER.replace("\n", "\r\n") + '"a","b ""c"",\nd",e,f,1,1,1,1\r\n\r\n',
        HEADER + f"a,{'x' * 200_000},c,d,1,1,1,1\n",
    ],
)
def test_access_rights_that_odoo_loads(text: str, tmp_path: Path) -> None:
    assert messages(check(tmp_path, ACCESS, text)) == []


def test_a_csv_file_that_is_not_loaded_is_not_data(tmp_path: Path) -> None:
    report = check(tmp_path, "data/template/account.csv", "a,b\n1\n")
    assert (messages(report), files(report)) == ([], {"shelf": 2})


def test_a_module_of_data_alone_is_fine(tmp_path: Path) -> None:
    module = write_shelf(tmp_path)
    for name in ("models", "tests"):
        for path in (module / name).iterdir():
            path.unlink()
    (module / "__init__.py").write_text("")
    for name, tool in TOOLS.items():
        report = look(tool, tmp_path)
        assert found(report) == set(), name
        assert files(report)["shelf"] >= 1, name
