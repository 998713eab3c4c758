"""Every name of a specification leads somewhere, and nothing runs in circles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from generator.spec import Spec, check
from tests.support import module_specs

if TYPE_CHECKING:
    from collections.abc import Callable

    Data = dict[str, Any]
    Change = Callable[[Data], object]


@pytest.fixture
def data() -> Data:
    """A need with lines, and categories to choose from."""
    made: Data = module_specs.purchase_need().model_dump(mode="json")
    return made


def entity(data: Data, name: str) -> Data:
    return next(e for e in data["entities"] if e["name"] == name)


def part(data: Data, kind: str, name: str, owner: str = "need") -> Data:
    return next(p for p in entity(data, owner)[kind] if p["name"] == name)


def problems(data: Data) -> list[str]:
    return check(Spec.model_validate(data))


@pytest.mark.parametrize("made", module_specs.ALL, ids=lambda made: made.__name__)
def test_what_fits_together_is_let_through(made: Callable[[], Spec]) -> None:
    assert check(made()) == []


NOWHERE: tuple[tuple[Change, str], ...] = (
    (
        lambda d: d["roles"][1].update(implies=["boss"]),
        "Role lead names the role boss, which is not there",
    ),
    (
        lambda d: part(d, "fields", "total").update(roles=["boss"]),
        "Entity need: total names the role boss, which is not there",
    ),
    (
        lambda d: part(d, "fields", "vendor_id").update(relation=None),
        "Entity need: vendor_id is a many2one and says no relation",
    ),
    (
        lambda d: part(d, "fields", "total").update(currency="coin_id"),
        "Entity need: total names the field coin_id, which need does not have",
    ),
    (
        lambda d: part(d, "fields", "total")["computed"].update(lines="reason"),
        "Entity need: total takes the field reason for lines, but it is text",
    ),
    (
        lambda d: part(d, "fields", "subtotal", "need_line")["computed"].update(
            factors=["quantity", "cost"]
        ),
        "Entity need_line: subtotal names the field cost, which need_line does not have",
    ),
    (
        lambda d: part(d, "fields", "category_code")["computed"].update(
            path=["kind_id", "code"]
        ),
        "Entity need: category_code names the field kind_id, which need does not have",
    ),
    (
        lambda d: part(d, "transitions", "approve").update(roles=["boss"]),
        "Entity need: approve names the role boss, which is not there",
    ),
    (
        lambda d: part(d, "transitions", "approve").update(
            conditions=[{"field": "cost", "operator": "<=", "value": 5}]
        ),
        "Entity need: approve names the field cost, which need does not have",
    ),
    (
        lambda d: part(d, "notifications", "told").update(on="celebrate"),
        "Entity need: told names the transition celebrate, which is not there",
    ),
    (
        lambda d: part(d, "notifications", "told").update(roles=["boss"]),
        "Entity need: told names the role boss, which is not there",
    ),
    (
        lambda d: part(d, "constraints", "has_items").update(lines="item_ids"),
        "Entity need: has_items names the field item_ids, which need does not have",
    ),
    (
        lambda d: part(d, "constraints", "vendor_when_urgent").update(field="shop_id"),
        "Entity need: vendor_when_urgent names the field shop_id, which need does not have",
    ),
    (
        lambda d: part(d, "constraints", "quantity_positive", "need_line").update(
            field="pieces"
        ),
        (
            "Entity need_line: quantity_positive names the field pieces,"
            " which need_line does not have"
        ),
    ),
    (
        lambda d: entity(d, "need").update(order=["cost"]),
        "Entity need: its order names the field cost, which need does not have",
    ),
    (
        lambda d: d.update(
            reports=[{"name": "sheet", "title": "Sheet", "entity": "wish"}]
        ),
        "Report sheet names the entity wish, which is not there",
    ),
    (
        lambda d: d["criteria"][0].update(
            covers=[{"kind": "field", "entity": "wish", "name": "reason"}]
        ),
        "Criterion ac_1 names the entity wish, which is not there",
    ),
    (
        lambda d: d["criteria"][0].update(
            covers=[{"kind": "required", "entity": "need", "name": "cost"}]
        ),
        "Criterion ac_1 names the field cost, which need does not have",
    ),
    (
        lambda d: d["criteria"][0].update(
            covers=[{"kind": "transition", "entity": "need", "name": "celebrate"}]
        ),
        "Criterion ac_1 names the transition celebrate, which is not there",
    ),
    (
        lambda d: entity(d, "category").update(model=entity(d, "need")["model"]),
        "Two entities have the model ",
    ),
    (
        lambda d: entity(d, "need")["constraints"].append(
            part(d, "constraints", "has_items")
        ),
        "Entity need has two rules called has_items",
    ),
)


@pytest.mark.parametrize(("change", "said"), NOWHERE, ids=[said for _, said in NOWHERE])
def test_a_name_that_leads_nowhere_is_told(
    data: Data, change: Change, said: str
) -> None:
    change(data)

    assert [text for text in problems(data) if text.startswith(said)]


def test_periods_and_reminders_take_dates_of_the_record(data: Data) -> None:
    need = entity(data, "need")
    need["constraints"].append(
        {
            "kind": "no_overlap", "name": "one_at_a_time", "start": "reason",
            "end": "until", "per": ["shop_id"], "message": "Taken.",
        }
    )  # fmt: skip
    need["reminders"] = [
        {
            "name": "late", "date": "total", "days": 1, "roles": ["boss"],
            "states": ["gone"], "subject": "Late",
        }
    ]  # fmt: skip

    assert problems(data) == [
        "Entity need: late names the role boss, which is not there",
        "Entity need: late takes the field total for a date, but it is monetary",
        "Entity need: late names the state gone, which is not there",
        "Entity need: one_at_a_time takes the field reason for a date, but it is text",
        "Entity need: one_at_a_time names the field until, which need does not have",
        "Entity need: one_at_a_time names the field shop_id, which need does not have",
    ]


def test_lines_of_each_other_are_refused(data: Data) -> None:
    entity(data, "need")["lines_of"] = "need_line"

    assert "Entities are lines of each other: need -> need_line -> need" in problems(
        data
    )


def test_records_that_need_each_other_are_refused(data: Data) -> None:
    need, category = entity(data, "need"), entity(data, "category")
    part(data, "fields", "category_id")["required"] = True
    back = module_specs.field("need_id", "many2one", relation=need["model"])
    category["fields"].append(back)
    assert problems(data) == []  # the way back may stay empty

    back["required"] = True

    said = "Records need each other, so that none could be made first"
    assert problems(data) == [f"{said}: need -> category -> need"]


def test_a_record_cannot_need_another_of_its_kind(data: Data) -> None:
    category = entity(data, "category")
    category["fields"].append(
        module_specs.field(
            "parent_id", "many2one", relation=category["model"], required=True
        )
    )

    assert [text for text in problems(data) if "category -> category" in text]


def test_roles_cannot_have_each_others_rights(data: Data) -> None:
    data["roles"][0]["implies"] = ["lead"]
    data["roles"][1]["implies"] = ["requester"]

    said = "Roles have each other's rights: requester -> lead -> requester"
    assert said in problems(data)


def test_values_computed_of_each_other_are_refused(data: Data) -> None:
    need = entity(data, "need")
    for name, other in (("left", "used"), ("used", "left")):
        computed = {"kind": "difference", "minuend": "total", "subtrahends": [other]}
        need["fields"].append(module_specs.field(name, "monetary", computed=computed))

    said = "Entity need: fields are computed of each other: left -> used -> left"
    assert problems(data) == [said]
