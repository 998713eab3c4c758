"""A run on one page of Markdown: the comment on a pull request, and the summary of a step."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from qgate.frames import rows
from qgate.policy.judge import PASSED, SKIPPED
from qgate.policy.wording import number
from qgate.surfaces.baseline import Baseline, covered
from qgate.surfaces.markdown import code, link, plain, table
from qgate.surfaces.problems import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from qgate.api import Run
    from qgate.surfaces.problems import Problem

COMMENT: Final = 65_536
"""Characters that GitHub takes in a comment; it refuses a longer one."""

SUMMARY: Final = 1024 * 1024
"""Bytes that GitHub takes in the summary of a step; it drops a longer one as a whole."""

_SIGNS: Final = {
    "passed": "✅",
    "failed": "❌",
    "error": "⚠️",
    "skipped": "⚪",
    "blocked": "⛔",
}
_HEADINGS: Final = {
    "passed": "Quality gate passed",
    "failed": "Quality gate failed",
    "error": "Quality gate could not judge everything",
}
# A space that does not break: the column is narrow.
_LEVELS: Final = {
    "error": "🟥\u00a0error",
    "warning": "🟨\u00a0warning",
    "note": "🟦\u00a0note",
}
_FEWER: Final = (200, 50, 20, 10, 5, 2, 1, 0)
_SMALL_POINTS: Final = 0.05
_SMALL_SHARE: Final = 5.0
"""Percent below which a time counts as the same: what machines differ by anyway."""


@dataclass(frozen=True)
class Page:
    """What is told of a run.

    Attributes:
        run: The run.
        problems: What it found fault with, worst first.
        base: What it is compared with.
        links: Where there is more to see, by name.
        notes: Sentences for people, as plain text.
    """

    run: Run
    problems: Sequence[Problem]
    base: Baseline = field(default_factory=Baseline)
    links: Mapping[str, str] = field(default_factory=dict)
    notes: Sequence[str] = ()

    def markdown(self, limit: int, *, shown: int = 10) -> str:
        """Return the page with at most *limit* bytes, and *shown* rows a table.

        What is left out is counted, with where it is to be found.
        """
        counts = [shown, *(count for count in _FEWER if count < shown)]
        for count in counts:
            text = "\n".join(self._lines(count)) + "\n"
            if len(text.encode()) <= limit:
                return text
        head = "\n".join(self._head())
        return head.encode()[: max(0, limit - 1)].decode(errors="ignore") + "\n"

    def _lines(self, shown: int) -> Iterator[str]:
        yield from self._head()
        yield from self._stages(shown)
        yield from self._coverage(shown)
        yield from self._operations(shown)
        yield from self._problems(shown)
        yield from self._foot()

    def _head(self) -> Iterator[str]:
        data = self.run.record.data
        verdict = self.run.verdict
        heading = _HEADINGS.get(verdict, _HEADINGS["error"])
        yield f"## {_SIGNS.get(verdict, _SIGNS['error'])} {heading}"
        yield ""
        modules = list(data["modules"])
        said = number(len(modules), "module")
        if modules:
            said = plain(_few(modules))
        elif data.get("note"):
            said = plain(data["note"])
        git = data.get("git") or {}
        facts = [said]
        if git.get("commit"):
            dirty = " with changes that are not committed" if git.get("dirty") else ""
            facts.append(f"commit {code(str(git['commit'])[:8])}{dirty}")
        facts.append(f"profile {code(data.get('profile', 'unknown'))}")
        facts.append(_duration(float(data.get("seconds") or 0)))
        yield " · ".join(facts)
        yield ""
        if self.links:
            named = [link(plain(name), url) for name, url in self.links.items()]
            yield " · ".join(f"**{one}**" for one in named)
            yield ""
        for note in self.notes:
            yield f"> {plain(note)}"
            yield ""

    def _stages(self, shown: int) -> Iterator[str]:
        found = list(rows(self.run.stages))
        told = [row for row in found if row["verdict"] != SKIPPED]
        skipped = [row["stage"] for row in found if row["verdict"] == SKIPPED]
        if told:
            yield from table(
                ("Stage", "Verdict", "Time", "Why"),
                [
                    (
                        f"**{plain(row['stage'])}**",
                        f"{_SIGNS.get(row['verdict'], '')} {row['verdict']}",
                        _duration(row["seconds"]) if row["seconds"] else "",
                        _reasons(row["reasons"], min(shown, 3)),
                    )
                    for row in told
                ],
                right=(2,),
            )
            yield ""
        if skipped:
            yield f"Not demanded: {', '.join(map(plain, skipped))}."
            yield ""

    def _coverage(self, shown: int) -> Iterator[str]:
        found = covered(self.run.coverage)
        if not found:
            return
        limit = self.run.record.data["policy"]["tests"]["min_coverage"]
        # What is below the limit or has lost most comes first.
        ordered = sorted(
            found,
            key=lambda name: (found[name] >= limit, self._points(name, found), name),
        )
        yield "### Coverage"
        yield ""
        cells = [
            (
                code(name),
                f"{_mark(found[name] >= limit)} {found[name]:.1f} %",
                self._gained(name, found),
                f"{limit:g} %",
            )
            for name in ordered[:shown]
        ]
        names = ("Module", "Lines", self._against("Change"), "At least")
        yield from _compared(names, cells, known=bool(self.base.coverage))
        yield from _more(len(ordered) - shown, "module")
        yield ""

    def _points(self, name: str, found: Mapping[str, float]) -> float:
        return found[name] - self.base.coverage.get(name, found[name])

    def _gained(self, name: str, found: Mapping[str, float]) -> str:
        if name not in self.base.coverage:
            return "new" if self.base.coverage else ""
        points = self._points(name, found)
        if abs(points) < _SMALL_POINTS:
            return "±0"
        return f"{'▲' if points > 0 else '▼'} {points:+.1f} points"

    def _operations(self, shown: int) -> Iterator[str]:
        measured = [row for row in rows(self.run.performance) if row["p95"] is not None]
        if not measured:
            return
        ordered = sorted(measured, key=lambda row: -row["p95"])
        yield "### Slowest operations"
        yield ""
        cells = [
            (
                plain(row["operation"]),
                f"{_within(row)} {row['p95']:,.0f} ms",
                self._slower(row),
                "" if row["threshold"] is None else f"{row['threshold']:,.0f} ms",
                f"{row['requests']:,}",
            )
            for row in ordered[: min(shown, 10)]
        ]
        names = ("Operation", "p95", self._against("Change"), "Limit", "Requests")
        yield from _compared(names, cells, known=bool(self.base.operations))
        yield from _more(len(ordered) - min(shown, 10), "operation")
        yield ""

    def _slower(self, row: Mapping[str, Any]) -> str:
        before = self.base.operations.get(row["operation"])
        if not before:
            return "new" if self.base.operations else ""
        share = 100 * (row["p95"] - before) / before
        if abs(share) < _SMALL_SHARE:
            return "±0"
        return f"{'▲' if share > 0 else '▼'} {share:+.0f} %"

    def _against(self, word: str) -> str:
        return f"{word} to {plain(self.base.name)}" if self.base.name else word

    def _problems(self, shown: int) -> Iterator[str]:
        found = [one for one in self.problems if not one.accepted]
        if not found:
            return
        counts = [
            number(count, level) for level, count in counted(found).items() if count
        ]
        yield f"### Problems: {', '.join(counts)}"
        yield ""
        cells = [
            (
                _LEVELS[one.level],
                _place(one),
                f"{plain(one.tool)} {code(one.rule, 60)}",
                plain(one.message),
            )
            for one in found[:shown]
        ]
        if cells:
            yield from table(("", "Where", "Rule", "What"), cells)
        yield from _more(len(found) - shown, "problem")
        yield ""

    def _foot(self) -> Iterator[str]:
        data = self.run.record.data
        yield f"<sub>qgate {plain(data['qgate'])}, run {code(self.run.run_id)}</sub>"


def _compared(
    names: Sequence[str], cells: Iterable[Sequence[str]], *, known: bool
) -> list[str]:
    """Return a table of figures, without its third column when there is no change to show."""
    shown = [(*row[:2], *row[2 + (not known) :]) for row in (names, *cells)]
    return table(shown[0], shown[1:], right=range(1, len(shown[0])))


def _reasons(reasons: Sequence[str], shown: int) -> str:
    told = [plain(reason) for reason in reasons[:shown]]
    if len(reasons) > shown:
        told.append(f"{len(reasons) - shown:,} more in the report")
    return "<br>".join(told)


def _place(one: Problem) -> str:
    if not one.path:
        return plain(one.module or "")
    return code(one.path + (f":{one.line}" if one.line else ""))


def _more(left: int, what: str) -> Iterator[str]:
    if left > 0:
        yield ""
        yield f"{left:,} more {what if left == 1 else what + 's'} in the report."


def _within(row: Mapping[str, Any]) -> str:
    return "" if row["threshold"] is None else _mark(row["p95"] <= row["threshold"])


def _mark(good: bool) -> str:  # noqa: FBT001 - the only thing it is given
    return _SIGNS[PASSED] if good else _SIGNS["failed"]


def _few(names: Sequence[str]) -> str:
    most = 5
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def _duration(seconds: float) -> str:
    minute = 60
    if seconds < minute:
        return f"{seconds:.0f} s"
    return f"{int(seconds // minute)} min {seconds % minute:.0f} s"
