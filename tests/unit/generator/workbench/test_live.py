"""What a person sees while the gate runs."""

from __future__ import annotations

from generator.workbench.live import LiveProgress


def test_steps_amounts_and_verdicts_are_seen() -> None:
    live = LiveProgress()
    live.step("static", "running <ruff>")
    assert "running &lt;ruff&gt;" in live.value
    live.ended("static", "passed")
    live.amount("tests", 5, 10)
    live.ended("tests", "failed")
    assert ">passed<" in live.value
    assert ">failed<" in live.value
    live.clear()
    assert live.value == ""


def test_many_steps_are_not_all_drawn() -> None:
    live = LiveProgress()
    pictures: list[str] = []
    live.observe(lambda change: pictures.append(change["new"]), names="value")
    for number in range(1000):
        live.amount("tests", number, 1000)
    assert len(pictures) < 100
