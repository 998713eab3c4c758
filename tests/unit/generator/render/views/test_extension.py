"""Modules that add to models of Odoo's own."""

from __future__ import annotations

import ast
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import pytest
from lxml import etree

from generator import extending
from generator.render import render
from generator.spec import Spec
from tests.support import module_specs
from tests.support.extensions import customer_credit
from tests.support.module_specs import field

if TYPE_CHECKING:
    from generator.render import Rendered


def text(made: Rendered, path: str) -> str:
    return made.files[PurePosixPath(path)].decode()


def view(made: Rendered, path: str, xmlid: str) -> etree._Element:
    root = etree.fromstring(text(made, path).encode())
    (found,) = root.xpath(f"//record[@id='{xmlid}']")
    assert isinstance(found, etree._Element)
    return found


def manifest(made: Rendered) -> dict[str, object]:
    found = ast.literal_eval(text(made, "__manifest__.py"))
    assert isinstance(found, dict)
    return found


@pytest.fixture(scope="module")
def credit() -> Rendered:
    return render(customer_credit())


@pytest.fixture(scope="module")
def advance() -> Rendered:
    """A travel advance that builds on expenses."""
    spec = module_specs.travel_advance()
    return render(extending.applied(spec, extending.chosen(spec, [], ["hr_expense"])))


def test_what_only_adds_has_no_access_of_its_own_and_no_menu(credit: Rendered) -> None:
    kinds = {path.parts[0] for path in credit.files}
    assert kinds.isdisjoint({"security", "demo", "perf"})
    assert PurePosixPath("views/customer_credit_menus.xml") not in credit.files
    assert "application" not in manifest(credit)
    assert manifest(credit)["depends"] == ["hr", "mail"]


def test_the_model_is_inherited_not_made(credit: Rendered) -> None:
    code = text(credit, "models/res_partner.py")
    assert '_inherit = "res.partner"' in code
    assert "_name" not in code
    assert "_description" not in code
    assert "tracking=True" in code


def test_what_is_required_is_demanded_by_the_form_alone(credit: Rendered) -> None:
    """Contacts that are there, or that other modules make, have no rating."""
    assert "required" not in text(credit, "models/res_partner.py")
    form = view(credit, "views/res_partner_views.xml", "res_partner_view_form")
    (rating,) = form.xpath(".//field[@name='credit_rating']")
    assert rating.get("required") == "1"


def test_fields_stand_at_a_place_that_the_form_has(credit: Rendered) -> None:
    form = view(credit, "views/res_partner_views.xml", "res_partner_view_form")
    (parent,) = form.xpath("field[@name='inherit_id']/@ref")
    assert parent == "base.view_partner_form"
    (place,) = form.xpath(".//xpath")
    assert (place.get("expr"), place.get("position")) == ("//sheet/notebook", "before")


def test_amounts_get_a_currency_of_their_own_where_the_model_has_none(
    credit: Rendered,
) -> None:
    code = text(credit, "models/res_partner.py")
    assert 'currency_field="customer_credit_currency_id"' in code
    order = render(
        customer_credit(
            model="sale.order", fields=[field("rebate", "monetary")], constraints=[]
        )
    )
    assert "currency_field" not in text(order, "models/sale_order.py")


def test_list_and_search_are_added_to_where_that_is_asked(credit: Rendered) -> None:
    path = "views/res_partner_views.xml"
    listed = view(credit, path, "res_partner_view_list")
    assert listed.xpath(".//list/field[@name='credit_rating']")
    searched = view(credit, path, "res_partner_view_search")
    assert searched.xpath(".//filter/@name") == [
        "review_date",
        "watched",
        "group_credit_rating",
        "group_reviewer_id",
    ]
    bare = text(render(customer_credit(views=["form"])), path)
    assert "view_list" not in bare
    assert "view_search" not in bare


def test_fields_of_employees_stay_confidential() -> None:
    made = render(
        customer_credit(
            model="hr.employee", fields=[field("home_days", "integer")], constraints=[]
        )
    )
    assert 'groups="hr.group_hr_user"' in text(made, "models/hr_employee.py")
    assert "others_do_not_read_it" in text(made, "tests/test_hr_employee.py")


def test_criteria_have_their_tests(credit: Rendered) -> None:
    assert set(credit.covered) == {"ac_1", "ac_2"}
    tests = text(credit, "tests/test_acceptance.py")
    assert "base.view_partner_tree" in tests
    assert 'assertRaisesRegex(AssertionError, "credit_rating")' in tests


def test_records_are_counted_at_once_as_whoever_looks(advance: Rendered) -> None:
    code = text(advance, "models/hr_expense.py")
    assert "_read_group(" in code
    assert 'depends_context("uid", "allowed_company_ids")' in code
    assert "sudo" not in code
    assert 'groups="travel_advance.group_employee"' in code


def test_a_button_opens_them_for_who_has_a_role(advance: Rendered) -> None:
    form = view(advance, "views/hr_expense_views.xml", "hr_expense_view_form")
    (button,) = form.xpath(".//xpath[@expr=\"//div[@name='button_box']\"]/button")
    assert button.get("name") == "action_view_travel_advance"
    assert button.get("groups") == "travel_advance.group_employee"
    tests = text(advance, "tests/test_hr_expense.py")
    assert "assertRaises(AccessError)" in tests
    assert "travel_advance_count_is_what_somebody_sees" in tests
    assert "hr_expense" in manifest(advance)["depends"]  # type: ignore[operator]


def test_the_readme_says_what_is_added(credit: Rendered, advance: Rendered) -> None:
    assert "shows in addition: Credit Rating" in text(credit, "README.rst")
    assert "Configuration" not in text(credit, "README.rst")
    assert "counts and opens its Travel Advances" in text(advance, "README.rst")


def test_an_integration_of_what_only_adds_is_left_to_a_person() -> None:
    data = customer_credit().model_dump(mode="json")
    data["integrations"] = [{"name": "SAP"}]
    made = render(Spec.model_validate(data))
    assert any("res.partner._exchange_with_sap" in line for line in made.left_to_you)
    assert "_exchange_with_sap" in text(made, "models/res_partner.py")
