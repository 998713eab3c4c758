"""Modules are found by what people need, not by what they are called."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from generator.gaps import analyse, index, unseen
from generator.gaps.search import Index
from generator.spec.model import Requirement
from qgate import settings as configuration
from qgate.progress import Silence
from tests.support.sentences import sentences

if TYPE_CHECKING:
    from pathlib import Path

WANTED = {"held_out": 0.9, "strangers": 0.7, "fresh": 0.8}
"""hit@5 that was reached when this was written, less some room; 0.6 is wanted of the last two."""


@pytest.mark.parametrize("name", list(WANTED))
def test_sentences_that_nobody_tuned_on_find_their_module(
    found: Index, name: str
) -> None:
    asked = sentences(name)
    assert len(asked) >= 80
    hits = sum(
        bool(wanted & {one.module for one in found.search(text, 5)})
        for text, wanted in asked
    )
    assert hits / len(asked) >= WANTED[name]


def test_the_words_of_a_hit_are_said(found: Index) -> None:
    best = found.search("staff get their taxi costs paid back", 1)[0]
    assert best.module == "hr_expense"
    assert "taxi" in best.why
    assert best.series == "19.0"


@pytest.mark.parametrize("text", ["", "   ", "the of and", "\0\u202e", "xyzzyq plugh"])
def test_nothing_is_found_for_nothing(found: Index, text: str) -> None:
    assert found.search(text) == []


def test_a_very_long_sentence_is_cut(found: Index) -> None:
    assert len(found.search("invoice " * 100_000, 3)) == 3


def test_an_index_is_the_same_when_it_comes_from_disk(
    found: Index, tmp_path: Path
) -> None:
    found.save(tmp_path / "kept")
    again = Index.load(tmp_path / "kept")
    text = "book a meeting room and see when it is free"
    assert again.search(text) == found.search(text)


def test_a_ticket_is_told_what_exists() -> None:
    settings = configuration.load()
    asked = [
        Requirement(id="req_1", text="staff get their taxi costs paid back"),
        Requirement(id="req_2", text="hand in receipts of a business trip"),
        Requirement(id="req_3", text="the boss approves the travel costs"),
    ]
    gaps = analyse(asked, index(settings, Silence()))
    assert gaps[0].module == "hr_expense"
    assert gaps[0].recommendation == "configure"
    assert "of 3 requirements" in gaps[0].why
    assert index(settings, Silence()).search("invoice", 1)
    assert set(gaps[0].as_json()) >= {
        "module",
        "source",
        "series",
        "score",
        "summary",
        "why",
    }


def test_an_odoo_that_is_not_there_is_said_whatever_was_indexed_before() -> None:
    before = index(configuration.load(), Silence())
    assert "core" in {one.source for one in before.search("invoice", 5)}
    assert not unseen(before)
    nowhere = ['environment.odoo_path="/nowhere"', 'environment.odoo_sources=["path"]']
    after = index(configuration.load(overrides=nowhere), Silence())
    assert {one.source for one in after.search("invoice", 5)} == {"oca"}
    assert "Odoo's own modules were not looked at" in unseen(after)
    assert "/nowhere" in unseen(after)  # the cause, and not that none is at hand
    again = index(configuration.load(overrides=nowhere), Silence())  # from disk
    assert unseen(again) == unseen(after)


def test_an_oca_module_of_an_older_series_is_said_so() -> None:
    asked = [Requirement(id="req_1", text="account account constraint code")]
    older = [
        gap
        for gap in analyse(asked, index(configuration.load(), Silence()))
        if gap.series < "19.0"
    ]
    assert older
    assert all("not for 19.0" in gap.why for gap in older)
    assert all(gap.recommendation == "build" for gap in older)


def test_a_module_is_found_by_its_meaning_alone(found: Index) -> None:
    hits = found.search("pharmacist compounds antibiotics", 10)
    told = [one for one in hits if not one.words]
    assert told
    assert all(one.why.startswith("means about the same as “") for one in told)
