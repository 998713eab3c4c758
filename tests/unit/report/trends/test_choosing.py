"""What somebody who sits before the page of trends chooses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from IPython.display import HTML

from qgate.report import trends as page
from tests.support.histories import write_history

if TYPE_CHECKING:
    from pathlib import Path


def test_somebody_who_sits_before_it_may_choose_anew(tmp_path: Path) -> None:
    write_history(tmp_path, 12)
    trends = page.open_trends(url=str(tmp_path), live=True)
    shown = page.banner(trends)
    form = page.choose(trends)
    assert not isinstance(form, HTML)
    assert not isinstance(shown, HTML)
    fields, button, said = form.children
    fields.children[1].value = "2026-02-01"
    button.click()
    assert "since 2026-02-01" in str(shown.outputs[0])
    fields.children[1].value = "one day"
    button.click()
    assert "no moment" in said.value
