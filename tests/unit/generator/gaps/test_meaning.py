"""Sentences that mean the same lie near each other, without the model that said so."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from generator.gaps.meaning import Meaning


@pytest.fixture(scope="module")
def meaning() -> Meaning:
    return Meaning.shipped()


@pytest.mark.parametrize(
    ("text", "near", "far"),
    [
        ("staff get their taxi costs paid back", "reimburse expenses", "bake bread"),
        ("who drives which car", "vehicles and their drivers", "job interviews"),
        ("somebody is ill and stays at home", "sick leave", "sell shoes online"),
    ],
)
def test_what_means_the_same_is_nearer(
    meaning: Meaning, text: str, near: str, far: str
) -> None:
    asked, one, other = meaning.vectors([text, near, far])
    assert asked @ one > asked @ other + 0.1


def test_vectors_are_as_long_as_one(meaning: Meaning) -> None:
    made = meaning.vectors(
        ["an invoice", "", "\0\u202e", "日本", "x" * 10_000, "Ünïcödé"]
    )
    lengths = np.linalg.norm(made, axis=1)
    assert lengths[[0, 5]] == pytest.approx(1, abs=1e-5)
    assert lengths[1:4] == pytest.approx(0)


def test_a_word_is_the_longest_pieces_that_are_known() -> None:
    pieces = {"in": 0, "invoice": 1, "##s": 2, "##voice": 3}
    made = Meaning(pieces, np.eye(4, dtype=np.float32))
    assert made.rows("Invoices, in INVOICE") == [1, 2, 0, 1]
    assert made.rows("invalid") == []  # a gap: half a word means something else


def test_neither_torch_nor_the_model_is_needed() -> None:
    code = (
        "import sys; from generator.gaps.meaning import Meaning\n"
        "Meaning.shipped().vectors(['an invoice'])\n"
        "print(sorted({'torch', 'transformers', 'scipy'} & {*sys.modules}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"
