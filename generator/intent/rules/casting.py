"""The roles of a ticket: who acts in it, is told of something, or tells a user story."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from generator.intent.rules import lexicon, players, roles, telling

if TYPE_CHECKING:
    from collections.abc import Iterable

    from generator.intent.rules.deeds import Played
    from generator.intent.rules.entities import Thing
    from generator.intent.rules.events import Scene
    from generator.intent.rules.reading import Reading, Statement

_WANTS: Final = re.compile(
    r"\b(?:wants?|would like) (?!to (?:know|see))|\bneeds? (?:to|an?|us)\b"
)
_MAKES: Final = re.compile(
    r"(?:can |may |should |must )?(?:reports?|submits?|requests?|registers?|books?|files?|raises?) (?:an?|the|their|new|one)\b"
)
# `The following people work with stays: the innkeeper, ...`
_LISTED: Final = re.compile(
    r"^[^:.]{0,40}\b(?:people|persons|roles|actors|users|parties|user groups|players)\b[^:.]{0,40}: ?\S",
    re.IGNORECASE,
)
# Sections that tell why there is a ticket, not what the module does.
_WHY: Final = re.compile(
    r"^(?:goals?|why|background|motivation|context|introduction|problem|today|current (?:situation|state)|as[ -]is|purpose|epic)\b"
)


def cast(reading: Reading, played: Played) -> players.Cast:
    """Return who plays in a ticket; nobody when it names nobody.

    Args:
        reading: The statements.
        played: The same taken apart.
    """
    acting: Counter[str] = Counter()
    working: set[str] = set()
    possessed = False
    for statement, scene in played:
        # "procurement wants to onboard vendors" says who asked for the module
        wanting = _WANTS.search(statement.lower) or _WHY.match(statement.section)
        acting.update(() if wanting else scene.actors)
        working.update(*(() if wanting else (_working(scene), _agents(scene))))
        acting.update(() if wanting else _agents(scene))
        listed = [m.name for m in scene.people] if _LISTED.match(statement.text) else []
        acting.update(listed)
        working.update(listed)
        for event in scene.events:
            if not wanting or event.verb.strong:
                acting.update(event.roles)
                working.update(event.roles if statement.kind != "title" else ())
        acting.update(told := telling.told(statement, scene))
        working.update(told)
        possessed |= any(m.possessed and m.name == "manager" for m in scene.people)
    stories = [
        role
        for statement in reading.statements
        if (role := players.story_role(statement.text)) is not None
    ]
    working |= roles.BASE | {"manager"}
    if len(working & {*acting} - roles.OUTSIDE) > 1:
        acting = Counter({n: count for n, count in acting.items() if n in working})
    return players.cast(
        dict(acting),
        list(dict.fromkeys(stories)),
        bare_manager_own=possessed,
        making=[name for s, scene in played for name in _making(s, scene)],
    )


# What people do with records in a system; others only happen to be spoken of.
_WORKS: Final = frozenset(
    """see view read edit change update create enter add fill record write delete maintain manage
    access search print export attach upload choose select receive check look use open keep
    assign take set mark move put decide do note log register request submit define configure
    keep handle give pick answer comment reply agree sign work process prepare send make""".split()
)


def _working(scene: Scene) -> set[str]:
    """Return who does something with records in a sentence, be it no step of the workflow."""
    found = set()
    for mention in scene.people:
        after = [w.lower() for w in scene.tokens[mention.end : mention.end + 5]]
        stems = {
            form
            for w in after
            for form in (w, w.removesuffix("s"), w.removesuffix("es"))
        }
        anybody = mention.name in _ANYBODY
        if mention.name in scene.actors and stems & _WORKS and not anybody:
            found.add(mention.name)
    return found


def unpeopled(reading: Reading) -> Reading:
    """Return a ticket without the sentences that list who works with its records."""
    kept = [s for s in reading.statements if not _LISTED.match(s.text)]
    return replace(reading, statements=kept)


def _agents(scene: Scene) -> list[str]:
    """Return by whom something is done in a sentence, whatever it is: `entered by the clerk`."""
    low = [token.lower() for token in scene.tokens]
    found: list[str] = []
    for mention in scene.people:
        before = mention.start - 1
        while before > 0 and low[before] in {"the", "a", "an", "our"}:
            before -= 1
        done = low[max(0, before - 3) : before]
        known = any(
            (word.endswith("ed") or word in lexicon.IRREGULAR) and word not in _NO_WORK
            for word in done
        )
        if low[before] == "by" and known:
            found.append(mention.name)
    return [name for name in found if name not in roles.OUTSIDE | _ANYBODY]


_ANYBODY: Final = {"everybody", "everyone", "anybody", "anyone", "person"}
# `as asked by the committee`, `can be changed by nobody`
_NO_WORK: Final = frozenset(
    """asked required requested wanted needed caused followed owned used demanded desired altered
    changed modified edited flagged called named approached contacted""".split()
)


def _making(statement: Statement, scene: Scene) -> list[str]:
    """Return outsiders who make records themselves: `A tenant reports a defect`."""
    found = []
    for mention in scene.people:
        after = " ".join(w.lower() for w in scene.tokens[mention.end : mention.end + 3])
        if mention.name in roles.OUTSIDE and _MAKES.match(after):
            found.append(mention.name)
    return [] if statement.kind == "title" else found


def forget_fields(found: players.Cast, main: Thing, played: Played) -> None:
    """Leave out who is only a field of the record and does nothing."""
    doing = {
        role
        for statement, scene in played
        for name in (
            players.story_role(statement.text) or "",
            *(r for e in scene.events if e.verb.strong for r in e.roles),
        )
        if statement.kind != "title" and (role := found.role(name))
    }
    for name in list(found.names):
        if f"{name}_id" in main.drafts and name not in doing and len(found.names) > 1:
            found.names.remove(name)
            found.aliases[name] = "requester"


def forget_things(found: players.Cast, phrases: Iterable[str], played: Played) -> None:
    """Leave out what sounds like somebody but is an entity: agents that are sprayed."""
    doing = {name for _, scene in played for e in scene.events for name in e.roles}
    for name in {phrase.replace(" ", "_") for phrase in phrases}:
        if name in found.names and name not in doing and len(found.names) > 1:
            found.names.remove(name)


def spoken(found: players.Cast) -> dict[str, list[str]]:
    """Return the words by which the ticket calls each role."""
    words = {name: [name.replace("_", " ")] for name in found.names}
    for alias, name in found.aliases.items():
        words.setdefault(name, []).append(alias.replace("_", " "))
    if "employee" in words:
        words["employee"] += ["staff", "borrower", "colleague"]
    return words
