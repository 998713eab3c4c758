from __future__ import annotations

import pytest

from qgate.policy.wording import gist, number, some

_HEAD = "Traceback (most recent call last):\n"


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ("", ""),
        ("\n  \n", ""),
        ("needs a mail server", "needs a mail server"),
        ("first\n  last \n", "last"),
        (
            f"{_HEAD}  File 'x', line 1\n    a()\nAssertionError: 'a' != 'b'\n- a\n+ b\n",
            "AssertionError: 'a' != 'b'",
        ),
        (
            f"{_HEAD}  x\nKeyError: 1\n\nDuring\n\n{_HEAD}  y\nodoo.UserError: No.\n",
            "odoo.UserError: No.",
        ),
        (f"{_HEAD}  cut off", "cut off"),
    ],
)
def test_the_gist_of_a_traceback_is_what_was_raised(message: str, told: str) -> None:
    assert gist(message) == told


def test_counts_and_lists_read_well() -> None:
    assert number(1, "test of it") == "1 test of it"
    assert number(2, "test of it") == "2 tests of it"
    assert number(2, "class", "classes") == "2 classes"
    assert some("abc", 2) == "a, b, and 1 more"
    assert some("ab", 2) == "a, b"


def test_of_what_pytest_prints_the_exception_is_the_gist() -> None:
    assert gist("x.py:3: in test_a\nE   pkg.errors.Refused: no way\nE     more") == (
        "Refused: no way"
    )
    assert gist("E   assert 3 == 4\nE    +  where 3 = f()") == "assert 3 == 4"
    assert gist("def t(x):\nE       fixture 'x' not found\n>  y") == (
        "fixture 'x' not found"
    )
    chained = (
        "E   KeyError: 'a'\n\nDuring handling of the above exception, another\n\n"
        "E   ValueError: b"
    )
    assert gist(chained) == "ValueError: b"
