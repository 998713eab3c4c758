"""Finds the entities beside the main one: its lines, and lists that are chosen from."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from generator.intent.rules import (
    drafts,
    english,
    entities,
    kinds,
    lists,
    roles,
    rows,
    titles,
)
from generator.intent.rules.headings import heading_noun

if TYPE_CHECKING:
    from collections.abc import Iterable

    from generator.intent.rules.entities import Thing
    from generator.intent.rules.reading import Reading, Statement

# `Test request (one sample has many of them)`
_SEVERAL: Final = re.compile(
    r"\b(?:several|many|multiple|one or more|any number|repeat(?:ed|ing))\b"
)
_NO_ROWS: Final = re.compile(
    r"\b(?:fields?|details?|data|status(?:es)?|states?|stages|rules?|roles?|steps|criteria|requirements|notes|reminders?|notifications?|views|reports?|stories|goals?|tasks to do|actors|users|people|permissions|rights|conditions|constraints|validations?|questions|emails|others?|options|attributes|columns)\b"
)
_LINE_WORDS: Final = frozenset({"line", "item", "position", "entry"})
# Words at the end of the main entity's name that may be entities of their own.
_CHOSEN: Final = frozenset("room vehicle key asset equipment course session".split())
_OUTSIDE: Final = frozenset("vendor supplier customer visitor member".split())
_KNOWN: Final = frozenset("vehicle equipment car visitor".split())


def secondary(reading: Reading, main: Thing, acting: Iterable[str]) -> list[Thing]:
    """Return the entities beside the main one: lines, and lists to choose from.

    Args:
        reading: The statements.
        main: The main entity.
        acting: Names of roles, which are no entities.
    """
    people = {*acting}
    found: dict[str, Thing] = {}
    for statement in reading.said:
        if statement.kind == "criterion":
            continue
        for heading in (statement.lead, statement.section):
            phrase = _rows(heading, reading, main)
            if phrase:
                found.setdefault(phrase, entities.Thing(phrase, "lines"))
    for table in reading.tables:
        phrase = _rows(table.section, reading, main)
        if phrase:
            found.setdefault(phrase, entities.Thing(phrase, "lines"))
    for phrase in rows.found(reading):
        if phrase != main.phrase and roles.canonical(phrase.split()) not in people:
            found.setdefault(phrase, entities.Thing(phrase, "lines"))
    for statement in reading.said:
        if statement.lower == statement.section:
            continue  # a heading, which is no sentence
        for thing in (
            _having(statement, reading.text, main, people),
            *_kept(statement, main, people),
            _lines(statement, main, people),
        ):
            if thing is not None:
                found.setdefault(thing.phrase, thing)
    for name in entities.modelled(reading):
        if name != main.phrase:
            headed = re.compile(rf"^{re.escape(english.plural(name))}\b[^:]*:")
            repeated = any(headed.match(s.lower) for s in reading.said)
            kind = "lines" if repeated else "list"
            found.setdefault(name, entities.Thing(name, kind))
    things = list(found.values())
    several = [t for t in things if t.kind == "lines"]
    for extra in several[1:]:
        if extra.phrase.split()[-1] in _LINE_WORDS:
            things.remove(extra)
    return things


def _rows(heading: str, reading: Reading, main: Thing) -> str:
    """Return the lines that are listed under a heading, "" when it names none."""
    noun = heading_noun(heading)
    bare = heading.split(",", maxsplit=1)[0].split("(", maxsplit=1)[0].split()
    if not noun or len(noun.split()) > 2 or len(bare) > 6:
        return ""
    plural = _SEVERAL.search(heading.removeprefix(" ".join(bare))) or any(
        english.is_plural(word) for word in bare[:2]
    )
    told = _SEVERAL.search(heading) is not None and " " in noun
    told = told or _parts(reading.text, main, noun)
    separate = _separate(noun, main, None) and not _NO_ROWS.search(heading)
    if not plural or not (told or separate) or noun == main.phrase:
        return ""
    under = [s.text for s in reading.said if heading in {s.lead, s.section}]
    firsts = [row[0] for t in reading.tables if t.section == heading for row in t.rows]
    known = [
        d
        for text in (*under, *firsts)
        for item in lists.split(text)
        for d in drafts.drafts(item, strong=True)
        if d.known
    ]
    return noun if len(known) > 1 else ""


def _having(
    statement: Statement, text: str, main: Thing, people: set[str]
) -> Thing | None:
    """Return what has fields of its own: `each room has a name and a capacity`."""
    subject = entities.subject_of_has(statement.text)
    if subject is None:
        return None
    phrase, given = subject[0], lists.split(subject[1])
    if len(given) < 2 and not entities.lines(subject[1]):
        return None
    short = len(phrase.split()) <= 3 and all(len(i.text.split()) <= 6 for i in given)
    within = _parts(text, main, phrase)
    if not short or not (_separate(phrase, main, people) or within):
        return None
    if within:
        return entities.Thing(phrase, "lines")
    if entities.noted(statement.text):
        return None  # "for each visit we note ..." may well mean the record itself
    if phrase.split()[-1] not in _LINE_WORDS - {"entry"}:
        return entities.Thing(phrase, "list")
    return entities.Thing(
        phrase if " " in phrase else f"{main.phrase} {phrase}", "lines"
    )


def _parts(text: str, main: Thing, phrase: str) -> bool:
    """Tell whether the main entity is said to have several of something: `it has tasks`."""
    head = re.escape(main.phrase.split()[-1])
    heads = "|".join(re.escape(w) for w in main.phrase.split()[-2:])
    several = rf"(?:several|multiple|one or more|at least one|any number of|two or more) (?:[a-z]+ )?(?:{re.escape(english.plural(phrase))}|{re.escape(phrase)})\b"
    return bool(
        re.search(rf"(?<!list of ){several}", text)
        or re.search(
            rf"\b(?:{head}|{heads}|it)s? (?:must |should |will |can |may )?(?:has|have|contains?|consists? of|includes?|comes with|comprises?|covers?|is made up of|is composed of|lists?) (?:several |multiple |one or more |many |a list of |the )?{re.escape(english.plural(phrase))}\b",
            text,
        )
        or re.search(
            rf"\b(?:adds?|adding|enters?|puts?|there are) (?:the |several |some |one or more )?{re.escape(english.plural(phrase))} (?:to|on|in|for|into) (?:the|an?|each|every|this|that|his|her|it) ?(?:{head}|{heads})?\b",
            text,
        )
    )


def _kept(statement: Statement, main: Thing, people: set[str]) -> list[Thing]:
    """Return the lists that somebody keeps."""
    return [
        entities.Thing(phrase, "list")
        for phrase in entities.kept(statement.text)
        if len(phrase.split()) <= 2 and _separate(phrase, main, people)
    ]


def _lines(statement: Statement, main: Thing, people: set[str]) -> Thing | None:
    """Return the lines of the main entity, when a sentence speaks of some."""
    lines = entities.lines(statement.text)
    if not lines or statement.kind == "title":
        return None
    # Parts with details of their own are lines, though Odoo has a model of such things.
    detailed = entities.detailed(statement.text)
    acting = roles.canonical(lines.split()) in people
    separate = lines != main.phrase if detailed else _separate(lines, main, people)
    if acting or not separate:
        return None
    usual = lines.split()[-1] in _LINE_WORDS
    said = re.search(
        rf"(?:{re.escape(lines)}s?|{re.escape(english.plural(lines))})\b[^.]*?(?:with|\(|:|has|have|each|containing|consist)",
        statement.lower,
    )
    if not usual and not said:
        return None
    return entities.Thing(
        lines if " " in lines or not usual else f"{main.phrase} {lines}", "lines"
    )


def _separate(phrase: str, main: Thing, people: set[str] | None) -> bool:
    """Tell whether a phrase names something else than the main entity or a person.

    Args:
        phrase: In the singular.
        main: The main entity.
        people: Roles; None where fields below it show that it is recorded.
    """
    words = phrase.split()
    if not words or words[-1] in titles.GENERIC - {"item", "entry", "list"}:
        return False
    within = main.phrase.endswith(f" {phrase}") and words[-1] not in _CHOSEN
    begun = main.phrase.startswith(f"{phrase} ") and words[-1] not in _CHOSEN | _OUTSIDE
    if phrase == main.phrase or within or begun:
        return False
    if people is None:
        return True
    if roles.canonical(words) in people or words[-1] in roles.PEOPLE - _OUTSIDE:
        return False
    return not kinds.relation(phrase) or words[-1] in _KNOWN
