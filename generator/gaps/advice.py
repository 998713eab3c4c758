"""What to do with what exists: configure it, extend it, or build anew.

Precision counts more than completeness here: a module that depends on another and inherits
its main model should have been advised to by somebody who knows Odoo. So a module is advised
only when it fits what the ticket is about, not how its work goes on (submitted, approved,
notified): most words of the subject lead to it, and others of the ticket too. Where some
module is called exactly as the subject, others have to be called so too: what a ticket on
contracts needs is `contract`, not the employment contracts of `hr`.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from generator.gaps.text import GENERIC, stem, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from generator.gaps.search import Candidate, Index
    from generator.spec.model import Requirement, Spec

SERIES: Final = "19.0"
"""The series that modules are generated for."""

LOOKED_AT: Final = 5
"""Candidates of each requirement that count."""

_LISTED: Final = 20
_GENERIC: Final = 0.2  # what a word of any workflow weighs in the sentence of a ticket
_CONFIGURE: Final = 0.6
"""Share of the requirements from which on a module is likely to do what is asked."""

_EXTEND: Final = 0.25
"""Share from which on a module of Odoo does a part of it."""

_EXTEND_OCA: Final = 0.4
"""The same of OCA, among whose thousands of modules some shares a word with any ticket."""

_ABOUT: Final = 4  # of the modules that fit the subject, how many are about the same
_NEARLY: Final = 0.3  # and how well they fit at least, compared with the best
_CALLED: Final = 20  # and among how many one may be called exactly so
_HALF: Final = 0.5  # share of the subject's words that are not enough alone
_WORDS: Final = 4  # words of the ticket that make up for the half that is missing


@dataclass(frozen=True)
class Gap:
    """A module, and how far it covers what is asked.

    Attributes:
        module: Its technical name.
        source: `core` or `oca`.
        series: Newest series it is published for.
        score: Share of the requirements that it is among the best for, weighted by rank;
            0 to 1.
        summary: What it is.
        why: Which requirements, and by which words.
        recommendation: `configure`, `extend` or `build`.
        requirements: Ids of the requirements.
        model: Main model of a module of Odoo, which an extension inherits; empty when
            there is none.
        form: Whole xml id of that model's form; empty when there is none.
        bridge: Whether it only joins others, and installs itself where they are.
    """

    module: str
    source: str
    series: str
    score: float
    summary: str
    why: str
    recommendation: str
    requirements: tuple[str, ...]
    model: str = ""
    form: str = ""
    bridge: bool = False

    @property
    def available(self) -> bool:
        """Whether it can be had for the series that modules are generated for."""
        return self.source == "core" or self.series == SERIES

    def as_json(self) -> dict[str, Any]:
        """Return what `--json` writes."""
        return asdict(self)


@dataclass(frozen=True)
class _Subject:
    """What a ticket is about.

    Attributes:
        stems: Its words.
        near: The modules that fit it best, and the share of its words that lead to each.
        exact: Whether there is a module that is called just so.
    """

    stems: frozenset[str]
    near: dict[str, float]
    exact: bool


@dataclass(frozen=True)
class _Hit:
    """A module among the best for a requirement."""

    requirement: str
    rank: int
    found: Candidate


def analyse(
    requirements: Sequence[Requirement], found: Index, about: str = ""
) -> list[Gap]:
    """Return the modules that cover most of *requirements*, best first.

    Requirements that only say how work goes on are what any module can do: they neither
    count for one nor against it.

    Args:
        requirements: Needs in business words.
        found: Where to look.
        about: What it is all about, in a few words; by default the first requirement, which
            of a ticket is its title.
    """
    about = about or (requirements[0].text if requirements else "")
    asked = [one for one in requirements if business(one.text)]
    hits: dict[str, list[_Hit]] = {}
    for one in asked:
        best = found.search(one.text, LOOKED_AT, generic=_GENERIC)
        for rank, candidate in enumerate(best):
            if business(candidate.words):
                hit = _Hit(one.id, rank, candidate)
                hits.setdefault(candidate.module, []).append(hit)
    subject = _subject(about, found)
    gaps = [_gap(own, len(asked), subject) for own in hits.values()]
    return sorted(gaps, key=lambda gap: (-gap.score, gap.module))[:_LISTED]


def about(spec: Spec) -> str:
    """Return what a specification is about, in a few words."""
    own = [one for one in spec.entities if not one.configuration and not one.lines_of]
    return " ".join([spec.title, *(one.label for one in own)])


def business(text: str | Iterable[str]) -> set[str]:
    """Return the stems of a text that say what it is about, not how work goes on."""
    given = words(text) if isinstance(text, str) else text
    return {stem(word) for word in given if word not in GENERIC}


def _subject(about: str, found: Index) -> _Subject:
    stems = business(about)
    fitting = found.search(about, _CALLED, generic=_GENERIC)
    return _Subject(
        stems=frozenset(stems),
        near={
            one.module: len(business(one.words) & stems) / max(len(stems), 1)
            for one in fitting[:_ABOUT]
            if one.score >= _NEARLY * fitting[0].score
        },
        exact=any(_called(one.module) == stems for one in fitting),
    )


def _called(name: str) -> set[str]:
    return business(name.replace("_", " ").replace(".", " "))


def _gap(own: list[_Hit], count: int, subject: _Subject) -> Gap:
    best = max((hit.found for hit in own), key=lambda one: one.score)
    gap = Gap(
        module=best.module,
        source=best.source,
        series=best.series,
        score=round(sum(1 / (1 + hit.rank) for hit in own) / count, 3),
        summary=best.summary,
        why="",
        recommendation="build",
        requirements=tuple(hit.requirement for hit in own),
        model=best.model,
        form=best.form,
        bridge=best.bridge,
    )
    led = set().union(*(business(hit.found.words) for hit in own))
    note = (
        "" if gap.available else f" It is published for {gap.series}, not for {SERIES}."
    )
    why = f"{len(own)} of {count} requirements, {best.why}.{note}"
    advice = _advice(gap, len(own) / count, led, subject)
    return replace(gap, recommendation=advice, why=why)


def _advice(gap: Gap, share: float, led: set[str], subject: _Subject) -> str:
    """Return what to do with a module.

    Args:
        gap: The module.
        share: Of the requirements, that it is among the best for.
        led: Words of the requirements that lead to it.
        subject: What the ticket is about.
    """
    covered = subject.near.get(gap.module, 0.0)
    named = bool(subject.stems) and subject.stems <= _called(gap.module)
    if not gap.available or not covered or (subject.exact and not named):
        return "build"
    besides = len(led - subject.stems)
    # One word in common, as in `risk`, may mean quite another thing.
    sure = besides > 0 or (named and len(subject.stems) > 1)
    whole = (named or covered > _HALF) and sure
    if whole and besides > 1 and share >= _CONFIGURE:
        return "configure"
    part = covered >= _HALF and len(led) >= _WORDS and bool(_called(gap.model) & led)
    least = _EXTEND if gap.source == "core" else _EXTEND_OCA
    if (whole or part) and share >= least and extensible(gap):
        return "extend"
    return "build"


def extensible(gap: Gap) -> bool:
    """Return whether a module can inherit what this one is about."""
    return not gap.bridge and (gap.source == "oca" or bool(gap.model))


__all__ = ["SERIES", "Gap", "about", "analyse", "business", "extensible"]
