"""What is read from a page of Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from qgate.errors import EnvironmentProblem
from qgate.readiness import page

if TYPE_CHECKING:
    from pathlib import Path

TEXT = """# The `guide` to *A & B*

See [one](a.md), ![two](img/b.png "title") and [three][ref].

## Twice

`[no](link.md)` <https://example.com/x> <a name="here"></a>

```
[nor](this.md)
```

<p id="there"><img src="c.png"></p>

## Twice

[ref]: d.md#x
"""


def test_links_are_found_wherever_they_stand() -> None:
    links = page.parse(TEXT).links
    assert [(link.target, link.line) for link in links] == [
        ("a.md", 3),
        ("img/b.png", 3),
        ("d.md#x", 3),
        ("https://example.com/x", 7),
        ("c.png", 13),
    ]


def test_anchors_are_those_that_a_forge_makes() -> None:
    found = page.parse(TEXT).anchors
    assert found == {"the-guide-to-a--b", "twice", "twice-1", "here", "there"}


def test_variables_are_the_names_in_code_below_their_heading() -> None:
    text = (
        "# Guide\n\n`ABOVE`\n\n## Environment variables\n\n`ONE` and `TWO=2`, `$THREE`, "
        "`compose.yml`, `x y`, FOUR\n\n### More\n\n| a |\n|---|\n| `FIVE` |\n\n"
        "```\nSIX=6\n```\n\n## After\n\n`SEVEN`\n"
    )
    found = page.parse(text)
    assert found.variables == {"ONE": 7, "TWO": 7, "THREE": 7, "FIVE": 13}
    assert found.headings == ["Guide", "Environment variables", "More", "After"]


def test_a_page_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    path = tmp_path / "page.md"
    path.write_bytes(b"\xff\xfe\xff")
    with pytest.raises(EnvironmentProblem, match="page.md cannot be read"):
        page.read(path)
