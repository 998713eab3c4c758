"""The lexicon speaks of modules that there are, and says nothing twice."""

from __future__ import annotations

import importlib.resources
import tomllib
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from generator import gaps
from generator.gaps.catalog import entries

if TYPE_CHECKING:
    from pathlib import Path

_PLAIN = ("l10n_", "theme_", "test_")
_MUTE = {
    "account_peppol_advanced_fields",
    "account_test",
    "base_sparse_field",
    "bus",
    "http_routing",
    "iot_box_image",
    "pos_self_order_sale",
    "sale_gelato_stock",
}
"""Modules of Odoo of which nobody would ask for anything."""

_LINES = 400


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    """The files of the lexicon by name."""
    folder = importlib.resources.files(gaps).joinpath("lexicon")
    return {
        path.name: path.read_text("utf-8")
        for path in folder.iterdir()
        if path.name.endswith(".toml")
    }


@pytest.fixture(scope="module")
def said(texts: dict[str, str]) -> list[tuple[str, str]]:
    """Each module with each phrase that is said of it, as often as it is."""
    return [
        (module, phrase)
        for text in texts.values()
        for names, phrases in tomllib.loads(text).items()
        for module in names.split()
        for phrase in phrases
    ]


@pytest.fixture(scope="module")
def core(addons: tuple[Path, ...]) -> set[str]:
    """The modules of the Odoo at hand."""
    return {
        path.parent.name
        for folder in addons
        for path in folder.glob("*/__manifest__.py")
    }


def test_every_module_that_it_names_exists(
    said: list[tuple[str, str]], core: set[str]
) -> None:
    published = {one.module for one in entries()}
    assert {module for module, _ in said} - core - published == set()


def test_nothing_is_said_twice(texts: dict[str, str]) -> None:
    told = Counter(
        " ".join(phrase.lower().split())
        for text in texts.values()
        for phrases in tomllib.loads(text).values()
        for phrase in phrases
    )
    assert [phrase for phrase, times in told.items() if times > 1] == []


def test_every_phrase_says_something(said: list[tuple[str, str]]) -> None:
    assert [pair for pair in said if len(pair[1].strip()) < 4] == []


def test_every_module_of_odoo_that_people_ask_for_is_in_it(
    said: list[tuple[str, str]], core: set[str]
) -> None:
    wanted = {name for name in core if not name.startswith(_PLAIN)} - _MUTE
    assert wanted - {module for module, _ in said} == set()


def test_its_files_begin_with_what_they_are_and_stay_short(
    texts: dict[str, str],
) -> None:
    assert len(texts) > 5
    for name, text in texts.items():
        assert text.startswith("# "), name
        assert text.count("\n") < _LINES, name
