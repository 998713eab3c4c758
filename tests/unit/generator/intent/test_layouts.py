"""However a ticket lays its fields out, they are read: lists, tables, labels, letters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from generator.intent.rules import Rules, asked, layout
from generator.sources.sections import split_criteria
from generator.ticket import Ticket

if TYPE_CHECKING:
    from generator.spec.model import Entity


def entities(title: str, body: str, *criteria: str) -> tuple[Entity, ...]:
    """Return the entities that the rules read out of a ticket."""
    text, stated, _ = split_criteria(body)
    wanted = (*criteria, *stated) or ("The clerk can enter one",)
    spec = Rules().extract(Ticket(title=title, body=text, criteria=wanted)).spec
    assert spec is not None
    return spec.entities


def types(entity: Entity) -> dict[str, str]:
    return {field.name: field.type.value for field in entity.fields}


def test_items_without_an_announcement_are_fields() -> None:
    (bicycle,) = entities(
        "Bicycles of the institute",
        "Twelve of them, nobody knows where. Needed:\n\n- frame no. (obligatory)\n"
        "- colour\n- rider (employee)\n- picked up on\n- wheel size in cm\n- stolen? (tick)\n\n"
        "The janitor approves a bicycle.",
    )

    found = types(bicycle)
    expected = {"frame_no": "char", "rider_id": "many2one", "picked_up_on": "date",
                "stolen": "boolean"}  # fmt: skip
    assert expected.items() <= found.items()
    assert next(f for f in bicycle.fields if f.name == "frame_no").required


def test_what_people_do_is_no_list_of_fields() -> None:
    (parcel,) = entities(
        "Parcels",
        "A parcel has a weight, a sender name and an arrival date.\n\n"
        "- the porter receives the parcel\n- the clerk approves the parcel\n"
        "- the porter delivers the parcel",
    )

    assert not {"porter_id", "clerk_id"} & {*types(parcel)}


def test_lines_with_dashes_are_items_of_a_list() -> None:
    made = layout.itemised(
        ["Allotment", "Tenant - contact", "Plot - text", "Rent - money", "", "A text."]
    )

    assert made[:2] == ["## Allotment", "- Tenant - contact"]
    assert made[-1] == "A text."


def test_sentences_are_no_items() -> None:
    text = ["The tenant pays - always late - the rent.", "Then he leaves.", "So be it."]

    assert layout.itemised(text) == text


def test_a_heading_above_fields_names_what_is_recorded() -> None:
    (specimen,) = entities(
        "Herbarium specimen intake",
        "## Specimen\nSheet number (unique), family (moss, fern, grass), found on, finder"
        " (contact), altitude in m\n\n## Steps\nThe curator approves the specimen.",
    )

    assert specimen.name == "specimen"
    assert {"sheet_number": "char", "family": "selection", "found_on": "date",
            "finder_id": "many2one"}.items() <= types(specimen).items()  # fmt: skip


def test_a_heading_that_says_several_is_of_lines() -> None:
    dive, tank = entities(
        "Dives",
        "## Dive\n- site name (required)\n- dive date (required)\n- depth in m\n\n"
        "## Tanks used (several per dive)\n- serial number\n- pressure in bar\n\n"
        "The dive master approves a dive.",
    )

    assert tank.lines_of == dive.name
    assert types(tank)["pressure"] == "float"


def test_a_table_with_any_heading_has_fields() -> None:
    (permit,) = entities(
        "Fishing permits",
        "| What | How | Must |\n|---|---|---|\n| Angler | contact | x |\n"
        "| Valid from | date | x |\n| Fee | money | |\n| Catch | kg | |\n\n"
        "The warden approves a permit.",
    )

    found = {f.name: (f.type.value, f.required) for f in permit.fields}
    assert found["angler_id"] == ("many2one", True)
    assert found["valid_from"] == ("date", True)
    assert found["fee"][0] == "monetary"
    assert found["catch"][0] == "float"


def test_numbered_requirements_say_shall() -> None:
    (inspection,) = entities(
        "Roof inspections",
        "REQ-1: A roof inspection shall have the following attributes: building, inspector,"
        " inspection date, slope from 1 to 5.\nREQ-2: The inspector shall submit it.",
    )

    found = types(inspection)
    assert (found["inspector_id"], found["slope"]) == ("many2one", "integer")
    assert not [name for name in found if "shall" in name]


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("where it goes and when we leave", "destination and departure date"),
        ("how many beds the hut has, what it costs per night", "number of beds, cost per night"),
        ("how urgent it is, low or high", "urgency (low or high)"),
        ("a summary of two or three lines", "a summary"),
        ("the day it happened, why", "the day, reason"),
        ("the plot, when the rain stops everything", "the plot, when the rain stops everything"),
    ],
)  # fmt: skip
def test_indirect_questions_are_details(said: str, meant: str) -> None:
    assert asked.nouns(said) == meant


def test_a_choice_in_brackets_is_a_field() -> None:
    (alarm,) = entities(
        "Fire alarms",
        "An alarm has a location and an alarm date. The fire officer rates the danger"
        " (small, middling, great), orders the repair from a workshop (a vendor) and"
        " closes the alarm.",
    )

    found = types(alarm)
    assert found["danger"] == "selection"
    assert found["workshop_id"] == "many2one"


def test_what_is_compared_with_a_number_is_one() -> None:
    (vat,) = entities(
        "Brewing vats",
        "Record: vat label, strength, brew date, gravity, remarks. The brewer submits a vat.",
        "The gravity must be greater than 0",
    )

    assert types(vat)["gravity"] == "float"


def test_a_list_without_bullets_below_a_loud_heading_is_of_lines() -> None:
    watch, sighting = entities(
        "Whale watches",
        "WATCH\nboat (required), date of the watch, skipper, sea state (calm, rough)\n\n"
        "SIGHTING NOTES (any number)\nspecies name, group size, calves yes/no, remark\n\n"
        "The skipper submits a watch.",
    )

    assert types(watch)["sea_state"] == "selection"
    assert "date" in types(watch).values()
    assert (sighting.name, sighting.lines_of) == ("sighting_note", watch.name)
    found = types(sighting)
    assert (found["group_size"], found["calves"]) == ("integer", "boolean")
