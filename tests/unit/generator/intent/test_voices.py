"""People write in many voices: who does what, which states, what is recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from generator.intent.rules import Rules, implied, subject
from generator.intent.rules.reading import Table, read
from generator.sources import files
from generator.spec import check
from generator.ticket import Ticket

if TYPE_CHECKING:
    from generator.spec import Spec
    from generator.spec.model import Entity

STORY: Final = (
    "The beekeeper creates a hive inspection with a hive number, a date and remarks."
)


def asked(*lines: str, title: str = "Hive inspections") -> Spec:
    ticket = Ticket(
        title=title, body="\n".join(lines), criteria=("A date is mandatory",)
    )
    spec = Rules().extract(ticket).spec
    assert spec is not None
    assert check(spec) == []
    return spec


def main(spec: Spec) -> Entity:
    return spec.entities[0]


def states(spec: Spec) -> list[str]:
    return [state.name for state in main(spec).states]


def steps(spec: Spec) -> dict[str, tuple[str, ...]]:
    return {t.name: t.roles for t in main(spec).transitions}


@pytest.mark.parametrize(
    "lines",
    [
        ("Status agreed: Planned, Rated, Archived",),
        ("states pls: planned / rated / archived",),
        ("An inspection is in one of the following: Planned, Rated, Archived.",),
        ("Status and meaning", "  Planned: nobody was there yet", "  Rated: the hive has a mark",
         "  Archived: nothing to add"),
        ("## Stages", "| Stage | Who |", "|---|---|", "| Planned | beekeeper |",
         "| Rated | vet |", "| Archived | nobody |"),
    ],
)  # fmt: skip
def test_states_are_listed_in_many_shapes(lines: tuple[str, ...]) -> None:
    assert states(asked(STORY, "", *lines)) == ["planned", "rated", "archived"]


@pytest.mark.parametrize(
    "aside",
    [
        "(or DISCARDED after the visit)",
        "; side exit: Discarded",
        ". It can also end as Discarded.",
    ],
)
def test_a_state_at_the_side_of_a_chain_is_one_too(aside: str) -> None:
    spec = asked(STORY, f"Status: Planned -> Rated -> Archived {aside}")

    assert states(spec) == ["planned", "rated", "archived", "discarded"]


def test_what_is_done_to_the_record_leaves_it_so_done() -> None:
    spec = asked(
        STORY, "The beekeeper submits the inspection. The vet certifies it."
        " The county council gazettes the inspection.",
    )  # fmt: skip

    assert states(spec)[-2:] == ["certified", "gazetted"]
    assert steps(spec)["certify"] == ("vet",)
    assert steps(spec)["gazette"] == ("county_council",)


def test_he_and_she_are_who_acted_before() -> None:
    spec = asked(
        STORY, "The beekeeper submits the inspection.",
        "The vet looks at it. She approves the inspection, or she rejects it.",
    )  # fmt: skip

    assert steps(spec)["approve"] == steps(spec)["reject"] == ("vet",)


def test_duties_below_a_role_are_the_role_s() -> None:
    spec = asked(
        STORY, "Status: Draft -> Rated -> Archived", "",
        "District vet:", "- rates the inspection", "",
        "County office:", "- archives the inspection",
    )  # fmt: skip

    assert steps(spec) == {"rate": ("district_vet",), "archive": ("county",)}


def test_marks_in_a_table_say_who_does_what() -> None:
    rows = [
        ["Step", "Vet", "County desk"],
        ["Rate hive", "R", "I"],
        ["Close hive", "C", "R"],
    ]

    assert implied.marked(Table(rows)) == [
        "The vet rates the hive.",
        "The county desk closes the hive.",
    ]


@pytest.mark.parametrize(
    "rows",
    [
        [["Field", "Type"], ["Hive", "x"], ["Date", "x"]],
        [["Stage", "Next by"], ["Rate hive", "the vet"], ["Close hive", "county"]],
        [["Step", "Vet"], ["Rate hive", "R"]],
    ],
)
def test_other_tables_say_nothing_of_who_does_what(rows: list[list[str]]) -> None:
    assert implied.marked(Table(rows)) == []


@pytest.mark.parametrize(
    ("title", "named"),
    [
        ("BEE-12: Swarm reports need a trail", "Swarm reports"),
        ("Frost damage on hives - claim handling", "Frost damage claim"),
        ("Hive visits to farmers", "Hive visits"),
        ("Epic: Hive sales online", "Hive sales"),
        ("Hive inspections", "Hive inspections"),
    ],
)
def test_a_title_says_more_than_the_name_of_the_thing(title: str, named: str) -> None:
    assert subject.titled(title) == named


@pytest.mark.parametrize(
    ("title", "body", "thing"),
    [
        ("Moving of hives", "The keeper lays on a hive transport. He books the transport.",
         "hive transport"),
        ("Bee boarding",
         "Reception takes the stay: owner, hive, arrival, departure. It cancels the stay.",
         "stay"),
        ("Hives nobody repairs", "A keeper reports a repair of a hive.", "hive repair"),
    ],
)  # fmt: skip
def test_what_is_made_is_what_is_recorded(title: str, body: str, thing: str) -> None:
    spec = asked(body, title=title)

    assert main(spec).name == thing.replace(" ", "_")


def test_the_longest_list_has_the_fields_when_nothing_announces_one() -> None:
    spec = asked(
        "The vet approves the inspection.", "per visit",
        "owner, where (address), queen seen (yes/no), weight in kg, price, remarks",
    )  # fmt: skip

    types = {f.name: f.type.value for f in main(spec).fields}
    assert {"address", "price", "remarks"} <= {*types}
    assert types["price"] == "monetary"


def test_a_table_with_types_is_one_of_fields_whatever_its_first_column_is_called() -> (
    None
):
    spec = asked(
        STORY, "", "| Property | Type |", "|---|---|",
        "| Weather at noon | Text |", "| Frames seen | Number |",
    )  # fmt: skip

    types = {f.name: f.type.value for f in main(spec).fields}
    assert types["frames_seen"] == "integer"
    assert "weather_at_noon" in types


def test_names_with_an_equals_sign_are_items() -> None:
    text = [
        "Hive inspections", "", "The vet approves the inspection.", "",
        "The elements of a hive inspection:", "", "weather = sun, rain, fog",
        "frames = how many were seen", "fee = in euros", "date of visit", "",
        "Done when:", "- the date of visit is mandatory",
    ]  # fmt: skip
    spec = Rules().extract(files.from_text("\n".join(text))).spec

    assert spec is not None
    types = {f.name: f.type.value for f in main(spec).fields}
    assert types["weather"] == "selection"
    assert types["fee"] == "monetary"
    assert types["date_of_visit"] == "date"


def test_rows_of_a_table_need_no_marks_at_their_ends() -> None:
    body = "Step | Vet | Desk\nRate hive | R | I\nClose hive | C | R"

    texts = [s.text for s in read(Ticket(title="Hives", body=body)).said]

    assert "The vet rates the hive." in texts


@pytest.mark.parametrize(
    "line",
    [
        "- frames: colour, weight in kg, price, photo",
        "Frames: one row per frame: colour, weight in kg, price, photo",
        "| Frames | one row per frame: colour, weight in kg, price, photo |",
    ],
)
def test_several_of_something_with_details_are_rows_of_the_record(line: str) -> None:
    table = ("| Field | What |", "|---|---|") if line.startswith("|") else ()
    spec = asked(STORY, "", *table, line)

    (frame,) = (e for e in spec.entities if e.name == "frame")
    assert frame.lines_of == main(spec).name
    assert {"colour", "weight", "price"} <= {f.name for f in frame.fields}


@pytest.mark.parametrize(
    "line",
    ["- flowers: lime, clover, heather", "- remarks: text, optional", "- hive, date"],
)
def test_values_and_notes_of_a_field_are_no_rows(line: str) -> None:
    spec = asked(STORY, "", line)

    assert [e.name for e in spec.entities] == [main(spec).name]


def test_a_particle_at_the_end_of_the_clause_belongs_to_the_verb() -> None:
    spec = asked(
        STORY, "On arrival the keeper checks the queen in, later he checks her out."
    )

    assert states(spec)[-2:] == ["checked_in", "checked_out"]


def test_the_writer_of_a_ticket_acts_as_what_he_says_he_is() -> None:
    spec = asked(
        "I, as hive secretary, note the hive, the date and remarks.",
        "I then propose the inspection to the chairman. The chairman accepts it.",
    )

    assert steps(spec)["propose"] == ("hive_secretary",)
    assert steps(spec)["accept"] == ("chairman",)


def test_a_head_of_something_is_called_by_all_of_it() -> None:
    spec = asked(STORY, "The head of public order approves the inspection.")

    assert steps(spec)["approve"] == ("public_order_head",)


def test_no_person_is_nobody() -> None:
    spec = asked(
        STORY, "The qualified person approves it. No person approves it twice."
    )

    assert steps(spec)["approve"] == ("qualified",)


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("first flying day", "date"),
        ("date and hour of the flight", "datetime"),
        ("insurer", "many2one"),
        ("hotel", "many2one"),
    ],
)
def test_words_say_what_kind_of_field_they_mean(words: str, kind: str) -> None:
    spec = asked(f"{STORY} It also has fields: {words}, price, queen seen (yes/no).")

    first = words.split(" of ", maxsplit=1)[0].replace(" ", "_")
    found = {f.name: f.type.value for f in main(spec).fields}
    assert next(v for name, v in found.items() if name.startswith(first)) == kind
