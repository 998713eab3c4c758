"""Who sees what: the roles with the records that each of them is given."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from generator.intent.rules import roles as naming
from generator.intent.rules.events import scene

if TYPE_CHECKING:
    from generator.intent.rules.flow import Flow
    from generator.intent.rules.players import Cast
    from generator.intent.rules.reading import Reading

_CLAUSES: Final = re.compile(
    r"[,;.]\s*|\s+(?:but|while|whereas)\s+|\s+and\s+(?=(?:the |an? |only )?[a-z]+s?\s+(?:can |may )?(?:sees?|only|all)\b)"
)
_SEES: Final = r"\b(?:sees?|views?|reads?|access(?:es)?|visible|look at|have access|only (?:their|his|her|its)|show)\b"
_SCOPES: Final = (
    (
        "own",
        r"\b(?:their|his|her|its|your|my|one's) own\b|\b(?:made|created|submitted) by (?:them|him|her)"
        r"|\bwhat (?:they|he|she) [a-z]+(?: themselves)?\b|\bnot see (?:what |those of |the [a-z]+ of |any of )?other",
    ),
    (
        "team",
        r"\b(?:team|direct reports|subordinates|their (?:staff|people|employees|department)|department'?s?|reports to them|reporting to)\b",
    ),
    ("all", r"\b(?:all|every|everything|any)\b"),
)
_RIGHTS: Final = re.compile(
    r"(?P<who>[\w' -]{2,40}?) (?:also )?(?:(?:has|have|gets?|inherits?) (?:all )?(?:of )?(?:the )?(?:same )?(?:rights|permissions|privileges) (?:of|as)|can (?:also )?do (?:everything|all|anything|whatever)(?: that)?) (?P<whose>[\w' -]{2,40})",
    re.IGNORECASE,
)
_EVERYBODY: Final = frozenset({"own", "team"})


def scopes(reading: Reading, cast: Cast) -> dict[str, str]:
    """Return which records each role sees, as far as the ticket says."""
    found: dict[str, str] = {}
    for statement in reading.said:
        last: str | None = None
        seen = False
        for clause in _CLAUSES.split(statement.text):
            people = [r for m in scene(clause).people if (r := cast.role(m.name))]
            last = people[0] if people else last
            seen = seen or bool(re.search(_SEES, clause.lower()))
            if last is None or not seen:
                continue
            for kind, words in _SCOPES:
                if re.search(words, clause.lower()):
                    for role in people or [last]:
                        found.setdefault(role, kind)
                    break
    return found


def _rights(reading: Reading, cast: Cast) -> dict[str, list[str]]:
    """Return whose rights each role has as well: `the director can do all that a manager can`."""
    found: dict[str, list[str]] = {}
    for statement in reading.said:
        for hit in _RIGHTS.finditer(statement.text):
            pair = [
                [r for m in scene(hit.group(part)).people if (r := cast.role(m.name))]
                for part in ("who", "whose")
            ]
            if pair[0] and pair[1] and pair[0][-1] != pair[1][0]:
                mine = found.setdefault(pair[0][-1], [])
                mine += [r for r in pair[1][:1] if r not in mine]
    return found


def roles(
    reading: Reading, cast: Cast, flow: Flow, requesters: list[str], *, staff: bool
) -> list[dict[str, Any]]:
    """Return the roles as the specification has them.

    Args:
        reading: The statements.
        cast: Who plays.
        flow: The workflow.
        requesters: Who makes records.
        staff: Whether records belong to employees, so that a manager has a team.
    """
    said, rights = scopes(reading, cast), _rights(reading, cast)
    deciding = {r for s in flow.steps for r in s.roles if not s.own_only}
    submitting = {r for s in flow.steps for r in s.roles if s.own_only}
    base = [
        r
        for r in requesters
        if r in naming.BASE or (r in submitting and r not in deciding)
    ]
    made = []
    for name in cast.names:
        usual = (
            "own"
            if name in base
            else "team"
            if name == "manager" and staff
            else "company"
        )
        scope = said.get(name, usual)
        decides = (
            any(name in s.roles and not s.own_only for s in flow.steps)
            and name not in requesters
        )
        if scope == "own" and decides:
            scope = usual  # nobody decides on what cannot be seen
        if scope == "team" and not staff:
            scope = "company"
        made.append(
            {
                "name": name,
                "label": naming.label(name),
                "scope": scope,
                "implies": [
                    *rights.get(name, ()),
                    *(
                        b
                        for b in base[:1]
                        if name not in base and b not in rights.get(name, ())
                    ),
                ],
                "description": _description(name, flow),
            }
        )
    _manages(made, base, flow)["manages"] = True
    return made


def _description(name: str, flow: Flow) -> str:
    steps = [s.label.lower() for s in flow.steps if name in s.roles]
    return f"May {', '.join(steps)}." if steps else ""


def _manages(made: list[dict[str, Any]], base: list[str], flow: Flow) -> dict[str, Any]:
    """Return the role that configures the module: an administrator, else who decides."""
    for role in made:
        if role["name"].endswith("administrator"):
            return role
    deciding = [
        r for s in flow.steps if s.name.endswith(("approve", "confirm", "close", "validate"))
        for r in s.roles if r not in base
    ]  # fmt: skip
    for role in made:
        if role["name"] in deciding:
            return role
    others = [role for role in made if role["name"] not in base]
    return (others or made)[-1]
