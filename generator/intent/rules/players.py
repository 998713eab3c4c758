"""Which of the people in a ticket are roles of their own, and by what names they go."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from generator.intent.rules import roles

if TYPE_CHECKING:
    from collections.abc import Collection

# Words for whoever makes a record.
_MAKERS: Final = """requester applicant user member owner borrower proposer referrer claimant
    initiator declarant submitter creator""".split()


@dataclass
class Cast:
    """The roles of a ticket and how mentions lead to them.

    Attributes:
        names: Roles in order of appearance.
        aliases: Role of each other name that was found.
    """

    names: list[str] = field(default_factory=list)
    aliases: dict[str, str] = field(default_factory=dict)

    def role(self, mention: str) -> str | None:
        """Return the role a name stands for, None when it is none of the module's."""
        name = self.aliases.get(mention, mention)
        return name if name in self.names else None


_AS_A: Final = re.compile(
    r"(?<!soon )(?<!long )(?<!far )(?<!well )(?<!much )(?<!same )\bas (?:an?|the) ([a-z][\w &/'-]{1,40}?)\s*(?:,| i )",
    re.IGNORECASE,
)


def story_role(text: str) -> str | None:
    """Return whose story it is: `As a fleet manager, I want ...`."""
    hit = _AS_A.search(text)
    if not hit:
        return None
    words = [w for w in hit.group(1).lower().split() if w not in roles.ADJECTIVES]
    return roles.canonical(words[-3:]) if words else None


def cast(
    acting: dict[str, int],
    stories: list[str],
    *,
    bare_manager_own: bool,
    making: Collection[str] = (),
) -> Cast:
    """Decide which of the people who act are roles of their own.

    Args:
        acting: How often each name acts or is told of something.
        stories: Roles of user stories, which are roles for certain.
        bare_manager_own: Whether the ticket speaks of *somebody's* manager.
        making: Outsiders that make records, and so are roles too.
    """
    found = Cast()
    for name in [*stories, *acting]:
        if name not in found.names and (
            name not in roles.OUTSIDE or name in stories or name in making
        ):
            found.names.append(name)
    names = found.names
    _gather(found)
    special = [n for n in names if n.endswith("_manager")]
    if "manager" in names and len(special) == 1 and not bare_manager_own:
        _merge(found, "manager", special[0])
    for name in list(names):
        head, _, last = name.rpartition("_")
        if (
            head
            and head in names
            and last in {"officer", "representative", "clerk", "employee"}
            and head in roles.UNITS
        ):
            _merge(found, name, head)
    if "employee" in names:
        for other in _MAKERS:
            if other in names:
                _merge(found, other, "employee")
    elif "requester" in names and "user" in names:
        _merge(found, "user", "requester")
    if "owner" in names and "owner" not in stories and len(names) > 1:
        # whose a thing is does not work with the module
        names.remove("owner")
        found.aliases["owner"] = "requester"
    if "approver" in names and "manager" in names:
        _merge(found, "approver", "manager")
    if {"accounting", "accountant"} <= {*names} and "accounting" not in stories:
        _merge(found, "accounting", "accountant")
    for name in list(names):
        longer = [n for n in names if n.endswith(f"_{name}") and not _above(n)]
        if name not in roles.BASE and name != "manager" and len(longer) == 1:
            _merge(found, name, longer[0])
    return found


_RANKS: Final = (
    "head_",
    "chief_",
    "senior_",
    "deputy_",
    "lead_",
    "assistant_",
    "vice_",
)


def _above(name: str) -> bool:
    """Tell whether a role is another of the same trade: the head examiner, beside examiners."""
    return name.startswith(_RANKS)


def _gather(found: Cast) -> None:
    """Let words for anybody be the one role they mean."""
    names = found.names
    for plain in (
        "worker",
        "colleague",
        "everybody",
        "everyone",
        "anybody",
        "anyone",
        "person",
    ):
        if plain not in names:
            continue
        longer = [n for n in names if n.endswith(f"_{plain}")]
        if longer:
            _merge(found, plain, longer[0])
        elif "employee" in names:
            _merge(found, plain, "employee")
        else:
            names[names.index(plain)] = "employee"
            found.aliases[plain] = "employee"
    for name in list(names):
        if name.endswith("_staff") and "employee" in names:
            _merge(found, name, "employee")
        unit = name.removesuffix("_representative")
        if unit != name and "rep" in names:
            _merge(found, "rep", name)


def _merge(cast_: Cast, name: str, into: str) -> None:
    cast_.names.remove(name)
    cast_.aliases[name] = into
