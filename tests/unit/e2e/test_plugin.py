from __future__ import annotations

import pytest

from qgate.e2e.plugin import _why


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (
            "Target closed\nCall log:\n  - [1][err] one\n  - [1][err] two.\n  - [1][err] ",
            "two",
        ),
        ("BrowserType.launch: no such file.\nmore", "BrowserType.launch: no such file"),
    ],
)
def test_of_a_browser_that_does_not_start_the_last_words_are_told(
    text: str, why: str
) -> None:
    assert _why(text) == why
