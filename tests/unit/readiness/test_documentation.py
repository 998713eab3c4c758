"""Whether the page about deployment is there and its links lead somewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from qgate.errors import EnvironmentProblem
from qgate.readiness import documentation

if TYPE_CHECKING:
    from pathlib import Path

    from qgate.readiness.base import Found


@pytest.fixture
def top(tmp_path: Path) -> Path:
    folder = tmp_path / "work"
    (folder / "docs").mkdir(parents=True)
    (folder / "docs/other.md").write_text("# Other page\n")
    (folder / "code.py").write_text("x = 1\n")
    (tmp_path / "outside.md").write_text("# Outside\n")
    return folder


def check(top: Path, text: str | None) -> Found:
    path = top / "docs/DEPLOYMENT.md"
    if text is not None:
        path.write_text(text)
    return documentation.check(path, "docs/DEPLOYMENT.md", top)


def test_links_inside_resolve(top: Path) -> None:
    found = check(
        top,
        "# Guide\n\n[a](other.md) [b](other.md#other-page) [c](#guide) [d](../code.py#L1)"
        " [e](/code.py) [f](mailto:a@example.com) [g](../docs) ![h](data:image/png;base64,AA)\n",
    )
    assert (found.outcome, found.detail) == ("passed", "1 heading; 8 links resolve.")


@pytest.mark.parametrize(
    ("link", "why"),
    [
        ("nope.md", "there is no such file"),
        ("other.md#nowhere", "no heading there makes the anchor nowhere"),
        ("#nowhere", "no heading there makes the anchor nowhere"),
        ("../../outside.md", "it leads out of the workspace"),
        ("../code.py#part", "only in Markdown an anchor can be found"),
        ("//example.com/x", "it has a host but no scheme"),
        ("file:///etc/hosts", "it leads to the reader's own machine"),
        ("http://localhost:8069/", "it leads to the reader's own machine"),
        ("http://127.0.0.1/web/health", "it leads to the reader's own machine"),
        ("http://[::1]/", "it leads to the reader's own machine"),
        ("http://169.254.169.254/latest", "it leads to a link-local address"),
        ("http://", "it names no host"),
        ("", "it is empty"),
    ],
)
def test_a_link_that_leads_nowhere_is_named_with_its_line(
    top: Path, link: str, why: str
) -> None:
    found = check(top, f"# Guide\n\n[a](other.md)\n\n[b](<{link}>)\n")
    assert found.outcome == "failed"
    assert found.detail == f"1 of 2 links leads nowhere: {link} (line 5: {why})."


def test_what_cannot_be_verified_is_an_error_and_told_beside_failures(
    top: Path,
) -> None:
    # The name is one that by its standard nobody may ever have.
    link = "[a](https://qgate.invalid/page) [b](javascript:go)"
    found = check(top, f"# Guide\n\n{link}\n")
    assert found.outcome == "error"
    assert "2 of 2 links could not be verified" in found.detail
    assert "the server cannot be reached" in found.detail
    found = check(top, f"# Guide\n\n{link} [c](nope.md)\n")
    assert found.outcome == "failed"
    assert "nope.md" in found.detail
    assert "qgate.invalid" in found.detail


def test_a_page_that_is_missing_or_says_nothing_fails(top: Path) -> None:
    assert "does not exist. Write how" in check(top, None).detail
    for text in ("", "todo\n"):
        found = check(top, text)
        assert (found.outcome, "documents nothing yet" in found.detail) == (
            "failed",
            True,
        )
    assert check(top, "# Guide\n").detail == "1 heading, no link."


def test_another_format_is_told(top: Path) -> None:
    path = top / "docs/DEPLOYMENT.rst"
    path.write_text("Guide\n=====\n")
    with pytest.raises(EnvironmentProblem, match="is no Markdown"):
        documentation.check(path, "docs/DEPLOYMENT.rst", top)
