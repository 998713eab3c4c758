"""Finds the acceptance criteria within the lines of a ticket."""

from __future__ import annotations

import re
from typing import Final

from generator.sources import criteria as listed
from generator.sources.bullets import is_bullet, unbulleted

__all__ = [
    "heading",
    "is_bullet",
    "joined",
    "split_criteria",
    "stated_criteria",
    "unbulleted",
]

_HEADING: Final = re.compile(
    r"^\s{0,3}(#{1,6}\s*|\*\*|h[1-6]\.\s+)?(.*?)(\*\*)?\s*:?\s*(\*\*)?$"
)
_CRITERIA: Final = re.compile(
    r"^(acceptance (criteria|criterion|conditions?|tests?)|criteria|a/?c'?s?"
    r"|definition of done|dod|conditions of satisfaction|success criteria|done when"
    r"|(?:it is |we are )?(?:accepted|done) (?:when|if))( \(.*\))?$",
    re.IGNORECASE,
)
# `WHO DOES WHAT` on a line of its own is a heading.
_SHOUTED: Final = re.compile(r"[A-Z]{2,}[A-Z &/'-]{2,40}(?: \([^)]*\))?")
_STEP: Final = re.compile(r"^\s*(given|when|then|and|but)\b", re.IGNORECASE)
_INLINE: Final = re.compile(
    r"^\s*(?:\*\*)?acceptance criteria(?:\*\*)?\s*:(?:\*\*)?\s+(\S.*)$", re.IGNORECASE
)


_SETEXT: Final = re.compile(r"^\s*(={3,}|-{3,}|~{3,})\s*$")
_WIKI_HEADING: Final = re.compile(r"^h([1-6])\.\s+(.*)$")
_WIKI_BOLD: Final = re.compile(r"^\*([^*\s][^*]*[^*\s]|[^*\s])\*:?\s*$")
_WIKI_ITEM: Final = re.compile(r"^(#{1,3}|\*{1,3})\s+(.*)$")
_WIKI_TEXT: Final = re.compile(r"\{(?:color|panel|quote|code|noformat)[^}]*\}")


_NUMBERED: Final = re.compile(r"^\s{0,3}\d{1,2}[.)]?\s+(?P<title>[A-Z][^.!?:;]*)$")
_NUMBER: Final = re.compile(r"^\s*\d{1,2}[.)]?\s+\S")
_TITLE: Final = 7  # words of a numbered heading


def _numbered(lines: list[str]) -> list[str]:
    """Mark `2. Content of the permit` above a text as the heading that it is."""
    made = list(lines)
    for place, line in enumerate(lines[:-1]):
        hit = _NUMBERED.match(line)
        below = lines[place + 1]
        above_text = below.strip() and not _NUMBER.match(below)
        if hit and above_text and len(hit.group("title").split()) <= _TITLE:
            made[place] = f"## {hit.group('title')}"
    marked = [n for n, line in enumerate(made) if line != lines[n]]
    return made if len(marked) > 1 else lines


def normalised(body: str) -> str:
    """Return a text with headings and lists written as in Markdown.

    Jira's markup has `h3. Words` and `*Words*` for headings, `*` and `#` for lists.
    Lines below which `----` stands are headings too.
    """
    lines = _numbered(body.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    wiki = any(_WIKI_HEADING.match(x) or _WIKI_BOLD.match(x) for x in lines)
    made: list[str] = []
    for line in lines:
        if _SETEXT.match(line) and made and made[-1].strip() and len(made[-1]) < 80:  # noqa: PLR2004 - longer is a sentence
            if not is_bullet(made[-1]) and not made[-1].strip().startswith(("#", "|")):
                made[-1] = f"## {made[-1].strip()}"
            continue
        if wiki:
            line = _unwikied(line)  # noqa: PLW2901 - the same line in other words
        made.append(line)
    return "\n".join(made)


def _unwikied(line: str) -> str:
    line = _WIKI_TEXT.sub("", line)
    if hit := _WIKI_HEADING.match(line):
        return f"{'#' * int(hit.group(1))} {hit.group(2)}"
    if hit := _WIKI_BOLD.match(line):
        return f"## {hit.group(1)}"
    if hit := _WIKI_ITEM.match(line):
        return f"{'  ' * (len(hit.group(1)) - 1)}- {hit.group(2)}"
    return line


def heading(line: str) -> str | None:
    """Return the words of a heading line, None when it is no heading."""
    stripped = line.strip()
    marked = stripped.startswith(("#", "**", "h1.", "h2.", "h3.", "h4."))
    if not stripped or (is_bullet(line) and not marked):
        return None
    shouted = _SHOUTED.fullmatch(stripped)
    plain = not marked and not shouted and not stripped.endswith(":")
    if plain and not _CRITERIA.match(stripped):
        return None
    if stripped.startswith("**") and not stripped.rstrip(":").endswith("**"):
        return None
    match = _HEADING.match(stripped)
    return match.group(2).strip("*: ") if match else None


def split_criteria(
    body: str, *, given: bool = False
) -> tuple[str, tuple[str, ...], bool]:
    """Take the section with the criteria out of a text.

    Args:
        body: The text.
        given: Whether there are criteria beside the text, so that only a section that is
            plainly called so has more of them.

    Returns:
        The text without it, the criteria, and whether there was such a section.
    """
    kept: list[str] = []
    found: list[str] = []
    within = asked = False
    for line in normalised(body).split("\n"):
        title = heading(line)
        inline = _INLINE.match(line)
        if inline:
            within = asked = True
            found.append(inline.group(1))
        elif title is not None and _CRITERIA.match(title):
            within = asked = True
        elif within and title is not None and not _STEP.match(line) and _ends(line):
            within = False
            kept.append(line)
        elif within:
            found.append(line)
        else:
            kept.append(line)
    criteria = tuple(joined(found))
    body = "\n".join(kept).strip()
    if not criteria and not asked:
        body, criteria = implied_criteria(body)
    if not criteria and not given:
        body, lines = listed.found(body)
        criteria = tuple(joined(lines))
    return body, criteria, asked


_BOX: Final = re.compile(r"^\s*[-*+]\s+\[[ xX]?\]\s+(\S.*)$")
_GIVEN: Final = re.compile(r"^\s*(?:[-*+]\s+)?given\b", re.IGNORECASE)


def implied_criteria(body: str) -> tuple[str, tuple[str, ...]]:
    """Take criteria out of a text that has no heading for them.

    Boxes to tick, and what is written as given, when, then, are criteria by their form.

    Returns:
        The text without them, and the criteria.
    """
    kept: list[str] = []
    found: list[str] = []
    scenario = False
    for line in body.split("\n"):
        box = _BOX.match(line)
        text = unbulleted(line)
        if _GIVEN.match(line) or (scenario and _STEP.match(text)):
            scenario = True
            found.append(line)
        elif box:
            found.append(f"- {box.group(1)}")
        elif line.strip().lower().startswith("scenario"):
            scenario = True
            found.append("")
        else:
            scenario = scenario and bool(line.strip()) and line.startswith((" ", "\t"))
            (found if scenario else kept).append(line)
    return "\n".join(kept).strip(), tuple(joined(found))


_RULE: Final = re.compile(
    r"\b(?:must|has to|have to|may not|may only|cannot|can not|can't|nobody|no one|never"
    r"|(?:is|are) not allowed|only [a-z ]{3,40} (?:may|can)|may [a-z]+ only|at least one)\b",
    re.IGNORECASE,
)
# What somebody has to do today is no rule for the module.
_STORY: Final = re.compile(
    r"\b(?:i|we) (?:must|have to|cannot|can't|never)\b|\b(?:yesterday|last (?:week|month|year)"
    r"|at the moment|today|currently|has to go)\b",
    re.IGNORECASE,
)
_FEWEST_RULES: Final = 2


def stated_criteria(body: str) -> tuple[str, ...]:
    """Return the sentences of a text that say what must be so, or must not.

    Somebody who writes a ticket as a letter lists no criteria, but names the rules:
    `Nobody but the director may withdraw a release.` A single one makes no list.
    """
    text = " ".join(unbulleted(line) for line in body.split("\n"))
    sentences = re.split(r"(?<=[.!?])\s+", text)
    rules = [s for s in sentences if _RULE.search(s) and not _STORY.search(s)]
    return tuple(rules) if len(rules) >= _FEWEST_RULES else ()


def _ends(line: str) -> bool:
    """Tell whether a heading ends the section rather than naming a scenario in it."""
    return not line.lower().lstrip("#* ").startswith(("scenario", "ac"))


def joined(lines: list[str]) -> list[str]:
    """Make one statement of the lines of each bullet, scenario or sentence."""
    found: list[str] = []
    fresh = True
    for line in lines:
        text = unbulleted(line)
        title = heading(line)
        if not text or (title and title.lower().startswith(("scenario", "ac"))):
            fresh = True
            continue
        step = _STEP.match(text)
        first = step is not None and step.group(1).lower() == "given"
        if step and not first and found:
            found[-1] = f"{found[-1]} {text}"
        elif fresh or first or is_bullet(line) or not line.startswith((" ", "\t")):
            found.append(text)
        else:
            found[-1] = f"{found[-1]} {text}"
        fresh = False
    return found
