"""What the tests of generated modules ask of them."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import pytest

from generator.render import render
from generator.spec.model import Spec
from tests.support.module_specs import field

if TYPE_CHECKING:
    from collections.abc import Sequence


def spec(
    fields: Sequence[dict[str, object]],
    constraints: Sequence[dict[str, object]] = (),
    lines: dict[str, object] | None = None,
) -> Spec:
    """Return the specification of bookings, with lines if any are given."""
    entities: list[dict[str, object]] = [
        {
            "name": "booking",
            "label": "Booking",
            "model": "hall.booking",
            "fields": [*fields],
            "constraints": [*constraints],
        }
    ]
    if lines:
        entities.append(
            {
                "name": "guest",
                "label": "Guest",
                "model": "hall.guest",
                "lines_of": "booking",
                **lines,
            }
        )
    return Spec.model_validate(
        {
            "module": "hall",
            "title": "Hall",
            "summary": "Bookings",
            "roles": [{"name": "keeper", "label": "Keeper"}],
            "entities": entities,
            "criteria": [
                {
                    "id": "ac_1",
                    "text": "Guests are counted",
                    "covers": [
                        {"kind": "constraint", "entity": "guest", "name": "counted"}
                    ],
                }
            ],
        }
    )


def texts(made: Spec, folder: str) -> str:
    files = render(made).files
    return "\n".join(
        content.decode() for path, content in files.items() if path.parts[0] == folder
    )


PERIOD = [
    field("name", "char", required=True),
    field("start", "datetime", required=True),
    field("stop", "datetime", required=True),
    field("room", "char", required=True),
]
APART: dict[str, object] = {
    "kind": "no_overlap",
    "name": "apart",
    "start": "start",
    "end": "stop",
    "per": ["room"],
    "message": "The hall is taken.",
}


def ordered(
    operator: str, one: str = "stop", other: str = "start"
) -> dict[str, object]:
    return {
        "kind": "compare",
        "name": "in_order",
        "field": one,
        "operator": operator,
        "other": other,
        "message": "The end is not after the start.",
    }


def test_a_word_with_number_in_it_is_not_the_number_of_a_record() -> None:
    made = spec([field("number_of_days", "integer", required=True)])
    load = render(made).files[PurePosixPath("perf/locustfile.py")].decode()
    assert "number_of_days" in load
    assert not re.search(r"\bnumber\b", load)
    assert "cls.numbers)" not in texts(made, "tests")


def test_the_number_of_a_record_is_there_where_it_is_used() -> None:
    unique: dict[str, object] = {
        "kind": "unique", "name": "once", "fields": ["name"], "message": "Taken.",
    }  # fmt: skip
    made = spec([field("name", "char", required=True)], [unique])
    load = render(made).files[PurePosixPath("perf/locustfile.py")].decode()
    assert "number = random.randint" in load
    assert "number = next(cls.numbers)" in texts(made, "tests")


@pytest.mark.parametrize(
    "rule", [ordered(">"), ordered("<", "start", "stop")], ids=["end", "start"]
)
def test_a_period_is_put_in_order_once(rule: dict[str, object]) -> None:
    made = spec(PERIOD, [rule, APART])
    assert "The end has to come after the start" not in texts(made, "models")
    tests = texts(made, "tests")
    assert "after the start" not in tests
    assert "test_in_order_is_demanded" in tests
    assert not any("in_order" in line for line in render(made).left_to_you)


def test_a_weaker_order_leaves_that_of_the_period() -> None:
    made = spec(PERIOD, [ordered(">="), APART])
    assert "The end has to come after the start" in texts(made, "models")
    assert "test_in_order_is_demanded" in texts(made, "tests")


def test_a_record_of_another_period_has_both_its_ends() -> None:
    tests = texts(spec(PERIOD, [ordered(">"), APART]), "tests")
    (broken,) = re.findall(r"def test_in_order.*?(?=\n    def )", tests, re.DOTALL)
    assert re.findall(r"(start|stop)=\"", broken) == ["stop", "start"]


def test_what_lines_have_to_be_is_tested() -> None:
    counted: dict[str, object] = {
        "kind": "compare", "name": "counted", "field": "people", "operator": ">",
        "value": 0, "message": "Nobody comes.",
    }  # fmt: skip
    once: dict[str, object] = {
        "kind": "unique",
        "name": "once",
        "fields": ["name"],
        "message": "Twice.",
    }
    guests = [field("name", "char", required=True), field("people", "integer")]
    made = spec(
        [field("name", "char")],
        lines={"fields": guests, "constraints": [counted, once]},
    )
    rendered = render(made)
    assert rendered.covered["ac_1"].startswith("test_ac_1")
    assert "guest_values(people=0)" in texts(made, "tests")
    tests = rendered.files[PurePosixPath("tests/test_hall_guest.py")].decode()
    assert "test_what_is_required" in tests
    assert "test_once_is_demanded" in tests
    assert "record.guest_ids[:1].name" in tests
