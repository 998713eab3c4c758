from __future__ import annotations

import lxml.html
import pytest

from qgate.report import html
from tests.support.records import HOSTILE


def parsed(markup: str) -> lxml.html.HtmlElement:
    return lxml.html.fragment_fromstring(markup, create_parent="div")


@pytest.mark.parametrize("word", HOSTILE)
def test_text_stays_text(word: str) -> None:
    shown = html.safe(word)
    assert not set(shown) & set("<>\"'")
    element = parsed(f"<p title='{shown}'>{shown}</p>")
    assert len(list(element.iter())) == 2
    assert element.text_content() == element.find("p").get("title")


def test_what_would_change_the_reading_is_made_visible() -> None:
    assert html.safe("a\x1b[31m\u202eb\x00\t\n") == "a␛[31m[U+202E]b␀\t\n"
    assert html.safe(None) == ""


def test_a_table_has_its_cells_and_no_empty_column() -> None:
    markup = html.table(
        "Files",
        ("Name", "Size", "Remark"),
        [("a<b", 3, None), ("c", 2.5, "")],
        filters=("Name",),
        prose=True,
    )
    table = parsed(markup)
    assert [th.text_content() for th in table.iter("th")] == ["Name", "Size"]
    assert [td.text_content() for td in table.iter("td")] == ["a<b", "3", "c", "2.50"]
    assert [th.text for th in table.iter("th") if "data-filter" in th.attrib] == [
        "Name"
    ]
    assert table.find(".//h4").text_content() == "Files 2"


def test_a_table_without_rows_has_no_columns() -> None:
    assert "<th " not in html.table("Files", ("Name",), [])


def test_rows_beyond_the_limit_are_told() -> None:
    markup = html.table("Many", ("n",), [(i,) for i in range(html.ROWS_SENT + 12)])
    assert markup.count("<tr>") == html.ROWS_SENT + 1
    assert "12 more rows are in the frame." in markup


def test_important_things_sort_first() -> None:
    names = ["info", "error", "strange", "fatal"]
    assert sorted(names, key=lambda name: html.severity(name).key) == [
        "fatal",
        "error",
        "info",
        "strange",
    ]
    outcomes = ["passed", "skipped", "failed", "odd", "error"]
    assert sorted(outcomes, key=lambda name: html.outcome(name).key) == [
        "error",
        "failed",
        "skipped",
        "passed",
        "odd",
    ]


def test_a_traceback_is_folded_behind_what_was_raised() -> None:
    text = (
        'Traceback (most recent call last):\n  File "x"\nAssertionError: a != b\n- a\n'
    )
    cell = parsed(html.message(text).markup)
    assert cell.find("details/summary").text == "AssertionError: a != b"
    assert cell.find("details/pre").text == text
    assert html.message("one line").markup == "one line"
    assert html.message("").key == ""


def test_a_dotted_name_breaks_at_its_dots() -> None:
    cell = html.dotted("Test<A>", "test_b")
    assert cell.markup == "Test&lt;A&gt;.<wbr>test_b"
    assert parsed(cell.markup).text_content() == cell.key == "Test<A>.test_b"


def test_the_first_of_several_is_shown() -> None:
    assert html.several([]).key == ""
    assert html.several(["a<b"]).markup == "a&lt;b"
    cell = parsed(html.several(["a", "b", "c"]).markup)
    assert cell.find("details/summary").text == "a and 2 more"
    assert cell.find("details/pre").text == "a\nb\nc"


def test_long_lists_of_lines_are_folded() -> None:
    assert html.ranges([1, 2, 3]).markup == "1-3"
    cell = parsed(html.ranges(list(range(0, 400, 2))).markup)
    assert len(cell.find("details/summary").text) == 60
    assert cell.find("details/pre").text.endswith(", 398")


def test_many_items_are_folded() -> None:
    few = parsed(html.items(["a", "b", "c"], 2))
    assert [li.text for li in few.iter("li")] == ["a", "b", "c"]
    assert few.find("details") is None
    many = parsed(html.items([str(i) for i in range(10)], 2))
    assert [li.text for li in many.findall("ul/li")] == ["0", "1"]
    assert many.find("details/summary").text == "and 8 more"
    assert len(many.findall("details/ul/li")) == 8


def test_verdicts_have_a_sign_besides_the_colour() -> None:
    assert parsed(html.badge("failed")).text_content() == "✗ failed"
    assert parsed(html.badge("<x>")).text_content() == "! <x>"


def test_facts_without_a_value_are_left_out() -> None:
    facts = parsed(html.facts([("A", "1"), ("B", None), ("C", ""), ("D", 0)]))
    assert [dt.text for dt in facts.iter("dt")] == ["A", "D"]
