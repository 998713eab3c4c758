"""Draws the workflow of an entity as an SVG picture.

States of the main way stand in a row, in their order; those off it (rejected, cancelled)
in a second row below. A transition to the next state is a straight arrow; one that skips
states is a bow above, one that leads back a bow below.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from generator.spec.model import Entity
    from generator.spec.workflow import State

_WIDTH: Final = 128  # of a state, in pixels
_HEIGHT: Final = 38
_PITCH: Final = 268  # from one state to the next; an arrow's label fits between
_MARGIN: Final = 16
_BOW: Final = 34  # how far a bow rises for each state it passes
_LONGEST: Final = 22  # letters of a label that fit; the whole stands in the tooltip
_SOFT: Final = "#57606a"
_KINDS: Final = {
    "plain": ("#ddf4ff", "#0969da"),
    "final": ("#dafbe1", "#1a7f37"),
    "refused": ("#ffebe9", "#cf222e"),
}


@dataclass(frozen=True)
class _Box:
    column: int
    row: int
    y: float

    @property
    def x(self) -> float:
        return _MARGIN + self.column * _PITCH

    @property
    def centre(self) -> float:
        return self.x + _WIDTH / 2


def state_diagram(entity: Entity) -> str:
    """Return the workflow of *entity* as SVG, or a sentence when it has none."""
    if not entity.states:
        return f"<p>{escape(entity.label)} has no workflow.</p>"
    boxes, height = _placed(entity)
    width = max(box.x for box in boxes.values()) + _WIDTH + _MARGIN
    labels = {state.name: state.label for state in entity.states}
    roads = [_road(*road) for road in _roads(entity, boxes)]
    states = [_state(state, boxes[state.name]) for state in entity.states]
    spoken = "; ".join(
        f"{item.label}: {', '.join(labels.get(s, s) for s in item.sources)}"
        f" to {labels.get(item.target, item.target)}"
        for item in entity.transitions
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" width="{width:.0f}"'
        f' height="{height:.0f}" viewBox="0 0 {width:.0f} {height:.0f}"'
        ' style="max-width:100%;height:auto;font:12px system-ui,sans-serif">'
        f"<title>Workflow of {escape(entity.label)}. {escape(spoken)}</title>"
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7.5" refY="4" markerWidth="8"'
        f' markerHeight="8" orient="auto"><path d="M0 0 8 4 0 8z" fill="{_SOFT}"/>'
        f"</marker></defs>{''.join(roads)}{''.join(states)}</svg>"
    )


def _placed(entity: Entity) -> tuple[dict[str, _Box], float]:
    """Give every state its place; return the height of the picture too."""
    main = [state.name for state in entity.states if not state.refused]
    off = [state.name for state in entity.states if state.refused]
    column = {name: place for place, name in enumerate(main)}
    taken: set[int] = set()
    for name in off:
        sources = [
            column[source]
            for item in entity.transitions
            if item.target == name
            for source in item.sources
            if source in main
        ]
        place = round(sum(sources) / len(sources)) if sources else 0
        while place in taken:
            place += 1
        taken.add(place)
        column[name] = place
    over, under = _bows(entity, main, column)
    top = _MARGIN + over * _BOW + (12 if over else 0)
    below = top + _HEIGHT + max(64, under * _BOW + 70)
    boxes = {name: _Box(column[name], 0, top) for name in main}
    boxes |= {name: _Box(column[name], 1, below) for name in off}
    height = below + _HEIGHT if off else top + _HEIGHT + under * _BOW + 12 * (under > 0)
    return boxes, height + _MARGIN


def _bows(entity: Entity, main: list[str], column: dict[str, int]) -> tuple[int, int]:
    over = under = 0
    for item in entity.transitions:
        for source in item.sources:
            if source in main and item.target in main:
                steps = column[item.target] - column[source]
                over = max(over, min(steps, 3)) if steps > 1 else over
                under = max(under, min(-steps, 3)) if steps < 0 else under
    return over, under


def _roads(
    entity: Entity, boxes: Mapping[str, _Box]
) -> Iterator[tuple[_Box, _Box, str, str, int]]:
    """Yield source, target, label, tooltip and how many are there already."""
    seen: dict[tuple[str, str], int] = {}
    for item in entity.transitions:
        who = ", ".join(item.roles) or "whoever may write"
        for source in item.sources:
            if source not in boxes or item.target not in boxes:
                continue
            pair = (source, item.target)
            told = f"{item.label} by {who}"
            yield boxes[source], boxes[item.target], item.label, told, seen.get(pair, 0)
            seen[pair] = seen.get(pair, 0) + 1


def _road(source: _Box, target: _Box, label: str, told: str, before: int) -> str:
    steps = target.column - source.column
    if (source.row == target.row == 0 and steps == 1) or source.row == target.row == 1:
        ahead = target.x > source.x
        start = source.x + (_WIDTH if ahead else 0)
        end = target.x if ahead else target.x + _WIDTH
        y = source.y + _HEIGHT / 2
        path, at = f"M{start:.0f} {y:.0f}H{end:.0f}", ((start + end) / 2, y - 7)
    elif source.row == target.row:
        rise = min(abs(steps), 3) * _BOW * 1.3
        y = source.y if steps > 0 else source.y + _HEIGHT
        bend = y - rise if steps > 0 else y + rise
        a, b = source.centre + (18 if steps > 0 else -18), target.centre - 6
        path = f"M{a:.0f} {y:.0f}C{a:.0f} {bend:.0f} {b:.0f} {bend:.0f} {b:.0f} {y:.0f}"
        at = ((a + b) / 2, y + (bend - y) * 0.75 + (-4 if steps > 0 else 14))
    else:
        down = target.row > source.row
        shift = 22 if down else -22
        a, b = source.centre + shift, target.centre + shift
        start = source.y + (_HEIGHT if down else 0)
        end = target.y if down else target.y + _HEIGHT
        path = f"M{a:.0f} {start:.0f}L{b:.0f} {end:.0f}"
        # Beside the end below, where fewest lines cross.
        part = 0.5 if a == b else 0.8 if down else 0.2
        aside = (26 if down else -26) if a == b else 0
        at = (a + (b - a) * part + aside, start + (end - start) * part + 4)
    x, y = at[0], at[1] - 13 * before
    shown = label if len(label) <= _LONGEST else f"{label[: _LONGEST - 1]}…"
    return (
        f'<g><title>{escape(told)}</title><path d="{path}" fill="none" stroke="{_SOFT}"'
        ' stroke-width="1.5" marker-end="url(#tip)"/>'
        f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="middle" fill="{_SOFT}"'
        ' stroke="#fff" stroke-width="4" paint-order="stroke">'
        f"{escape(shown)}</text></g>"
    )


def _state(state: State, box: _Box) -> str:
    kind = "refused" if state.refused else "final" if state.final else "plain"
    fill, line = _KINDS[kind]
    shown = (
        state.label if len(state.label) <= _LONGEST else f"{state.label[:_LONGEST]}…"
    )
    edge = 3 if state.final else 1.5
    return (
        f"<g><title>{escape(state.label)} ({state.name})</title>"
        f'<rect x="{box.x:.0f}" y="{box.y:.0f}" width="{_WIDTH}" height="{_HEIGHT}" rx="8"'
        f' fill="{fill}" stroke="{line}" stroke-width="{edge}"/>'
        f'<text x="{box.centre:.0f}" y="{box.y + _HEIGHT / 2 + 4:.0f}"'
        f' text-anchor="middle" fill="#24292f" font-weight="600">{escape(shown)}</text></g>'
    )
