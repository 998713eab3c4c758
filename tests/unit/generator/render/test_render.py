from __future__ import annotations

import ast
import csv
import io
import struct
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import pytest
from lxml import etree

from generator.render import render
from generator.spec import check
from generator.spec.model import Spec
from tests.support import module_specs
from tests.support.module_specs import field

if TYPE_CHECKING:
    from collections.abc import Mapping

SPECS = [make() for make in module_specs.ALL]


def path(text: str) -> PurePosixPath:
    return PurePosixPath(text)


def manifest(files: Mapping[PurePosixPath, bytes]) -> dict[str, object]:
    found = ast.literal_eval(files[path("__manifest__.py")].decode())
    assert isinstance(found, dict)
    return found


def small(**more: object) -> Spec:
    """Return a list of notes, with what is asked for besides."""
    entity = {
        "name": "note",
        "label": "Note",
        "model": "small.note",
        "fields": [field("name", "char", required=True)],
    }
    return Spec.model_validate(
        {
            "module": "small_notes",
            "title": "Small Notes",
            "summary": "Notes",
            "roles": [{"name": "writer", "label": "Writer"}],
            "entities": [entity],
            **more,
        }
    )


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.module)
def test_the_specs_have_no_contradiction(spec: Spec) -> None:
    assert check(spec) == []


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.module)
def test_rendering_is_the_same_each_time(spec: Spec) -> None:
    assert render(spec) == render(spec)


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.module)
def test_what_the_manifest_names_is_there(spec: Spec) -> None:
    files = render(spec).files
    data = manifest(files)
    named = [*data["data"], *data.get("demo", [])]  # type: ignore[misc]
    assert {path(name) for name in named} <= set(files)
    xml = {
        str(p) for p in files if p.suffix in {".xml", ".csv"} and p.parts[0] != "static"
    }
    assert xml == set(named)


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.module)
def test_every_criterion_has_a_test_or_is_left_to_somebody(spec: Spec) -> None:
    made = render(spec)
    tests = (
        made.files[path("tests/test_acceptance.py")].decode() if made.covered else ""
    )
    for criterion in spec.criteria:
        name = made.covered.get(criterion.id)
        if name is None:
            assert any(line.startswith(criterion.id) for line in made.left_to_you)
        else:
            assert name.startswith(f"test_{criterion.id}")
            assert f"def {name}(self)" in tests


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.module)
def test_every_test_file_is_imported(spec: Spec) -> None:
    files = render(spec).files
    imported = files[path("tests/__init__.py")].decode()
    tests = {
        p.stem for p in files if p.parts[0] == "tests" and p.stem.startswith("test_")
    }
    assert tests == {line.split()[-1] for line in imported.splitlines()}


def test_the_stages_add_to_one_another() -> None:
    spec = module_specs.travel_advance()
    models, views, tests = (
        set(render(spec, stage=stage).files) for stage in ("models", "views", "tests")
    )
    assert models < views < tests
    assert not any(p.parts[0] == "tests" for p in views)
    assert not any(p.suffix == ".xml" for p in models)


def test_dependencies_are_what_the_fields_need() -> None:
    assert manifest(render(module_specs.travel_advance()).files)["depends"] == [
        "hr",
        "mail",
    ]
    goods = field("product_id", "many2one", relation="product.product")
    entity = small().entities[0].model_dump(mode="json")
    made = small(entities=[{**entity, "fields": [*entity["fields"], goods]}])
    assert manifest(render(made).files)["depends"] == ["mail", "product"]
    assert manifest(render(small()).files)["depends"] == ["mail"]


def test_an_integration_is_a_hook_that_says_what_is_missing() -> None:
    made = render(module_specs.machine_log())
    code = made.files[path("models/machine_log.py")].decode()
    assert "def _exchange_with_sap_pm(self):" in code
    assert "LEFT TO YOU" in code
    assert "raise NotImplementedError" in code
    assert any("_exchange_with_sap_pm" in line for line in made.left_to_you)


def test_what_no_test_is_found_for_is_said() -> None:
    impossible = {
        "kind": "compare",
        "name": "never",
        "field": "size",
        "operator": "=",
        "other": "size",
        "message": "It is what it is.",
    }
    entity = {
        "name": "note",
        "label": "Note",
        "model": "small.note",
        "fields": [field("name", "char"), field("size", "integer")],
        "constraints": [impossible],
    }
    made = render(small(entities=[entity]))
    assert any("constraint never" in line for line in made.left_to_you)


def test_a_cover_without_a_test_is_said() -> None:
    criterion = {
        "id": "ac_1",
        "text": "It is fast",
        "covers": [{"kind": "reminder", "entity": "note", "name": "nothing"}],
    }
    made = render(small(criteria=[criterion]))
    assert made.covered == {}
    assert any(line.startswith("ac_1: no test") for line in made.left_to_you)


def test_the_icon_is_a_picture_of_the_modules_own() -> None:
    icons = [
        render(spec).files[path("static/description/icon.png")] for spec in SPECS[:2]
    ]
    for icon in icons:
        assert icon.startswith(b"\x89PNG\r\n\x1a\n")
        assert struct.unpack(">II", icon[16:24]) == (128, 128)
    assert icons[0] != icons[1]


def test_nobody_has_rights_without_a_group() -> None:
    for spec in SPECS:
        files = render(spec).files
        text = files[path("security/ir.model.access.csv")].decode()
        rows = [*csv.DictReader(io.StringIO(text))]
        assert rows
        assert all(
            row["group_id:id"].startswith(f"{spec.module}.group_") for row in rows
        )


def test_every_model_has_rights_and_a_company_rule() -> None:
    for spec in SPECS:
        files = render(spec).files
        text = files[path("security/ir.model.access.csv")].decode()
        given = {row["model_id:id"] for row in csv.DictReader(io.StringIO(text))}
        for entity in spec.entities:
            assert f"model_{entity.model.replace('.', '_')}" in given
        rules = files.get(path(f"security/{spec.module}_rules.xml"))
        ids = (
            {r.get("id") for r in etree.fromstring(rules).iter("record")}
            if rules
            else set()
        )
        for entity in spec.entities:
            if entity.company and entity.lines_of is None:
                assert f"rule_{entity.name}_company" in ids


def test_python_fits_its_lines() -> None:
    for spec in SPECS:
        for place, content in render(spec).files.items():
            if place.suffix == ".py":
                long = [
                    line for line in content.decode().splitlines() if len(line) > 88
                ]
                assert not [line for line in long if '"' not in line], place


def test_who_manages_a_team_deletes_his_own_alone() -> None:
    spec = module_specs.travel_advance()
    roles = tuple(
        role.model_copy(update={"manages": role.name == "manager"})
        for role in spec.roles
    )
    files = render(spec.model_copy(update={"roles": roles})).files
    (code,) = (
        data.decode()
        for name, data in files.items()
        if b"def test_who_deletes" in data and name.suffix == ".py"
    )
    told = code.split("def test_who_deletes")[1].split("    def ")[0]
    before, _, _ = told.partition("record.with_user(self.user_manager).unlink()")
    assert before.rstrip().endswith("(self.user_manager)")
