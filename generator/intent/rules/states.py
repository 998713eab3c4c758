"""Which states a ticket names outright, and where it contradicts itself."""

from __future__ import annotations

import itertools
import keyword
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from generator.intent.rules import lists, verbs
from generator.intent.rules.beginning import staged
from generator.intent.rules.events import scene
from generator.spec.names import slug

if TYPE_CHECKING:
    from generator.intent.rules.reading import Reading, Statement

_LONGEST: Final = 30  # names of transitions are made of it
_ARROW: Final = re.compile(
    r"\s*(?:-{1,2}>|\u2192|=>|\u21d2|\u279c|\u27a1\ufe0f?|>|\u00bb)\s*"
)
_LABEL: Final = re.compile(r"^[A-Za-z][\w' -]{1,30}$")
_WORD: Final = r"(?:status(?:es)?|states?|stages?|work\s?flow(?: states?| stages?)?|life\s?cycle|statuses are|phases?)"
_LISTED: Final = re.compile(
    rf"\b{_WORD}\b(?:\s+(?:field|values?|of (?:the|an?|each) [\w ]+?|for (?:the|an?|each) [\w ]+?))?(?:,? in (?:this|that|the following|the given) order)?\s*"
    r"(?:can be|may be|is one of|are one of|is|are|has|have|include|includes|goes through|moves through|runs through|goes|can have the values|must be one of|follows|should be|(?=\s*[:(]))"
    r"(?: one of)?(?: the following(?: (?:states|values))?)?\s*(?::|\()?\s*(?P<list>[^.;]+)",
    re.IGNORECASE,
)
_PROCESS: Final = re.compile(
    r"^(?:(?:the )?(?:process|flow|steps|progress)\s*(?::|(?:is|are)\b:?))\s*(?P<list>[^.;:]+)",
    re.IGNORECASE,
)
_ANNOUNCED: Final = re.compile(
    r"^(?:the |possible |its )?(?:status(?:es)?|states?|stages?|workflow|life\s?cycle)\b[^,]{0,30}?(?:can be|may be|:|are|is one of)",
    re.IGNORECASE,
)
_THROUGH: Final = re.compile(
    r"\b(?:goes|go|moves?|pass(?:es)?|runs?|flows?|progress(?:es)?|transitions?)\s+(?:through|from)\s+(?:the )?(?:states?|stages?|statuses|following states?)?:?\s*(?P<list>[^.;]+)",
    re.IGNORECASE,
)
_SIMPLE: Final = re.compile(
    r"^(?:an?|the|each|every) [\w ]{3,30}? (?:is|can be|may be|is either|can either be) (?:either )?(?P<list>[^.;]+)",
    re.IGNORECASE,
)
_COUNTED: Final = re.compile(
    r"(?:^(?=[A-Z][a-z]+(?: [a-z]+)?, [a-z])|\b(?:we|they|you|it|there) (?:then )?(?:have|has|are|is)\b|\b(?:in short|namely|altogether|in total|that is)\b|^(?:so|overall)\b(?:[:,]? (?:we|they|you|it|there) (?:then )?(?:have|has|are|is))?)[:,]? ?(?P<list>[^.;:]+)",
    re.IGNORECASE,
)
_BESIDES: Final = re.compile(
    r" (?:on the side|at the end|besides|as well|too|if needed|respectively|(?:when|if|in case|once)\b.*)\s*$",
    re.IGNORECASE,
)
_FOR: Final = re.compile(
    r"\b(waiting|ready|open|out|queued|scheduled|due|submitted|sent|cleared|released) for (?:the )?",
    re.IGNORECASE,
)
_DASH: Final = re.compile(r"\s+[-\u2013\u2014]{1,2}\s+(?:or |and )?", re.IGNORECASE)
_STATES: Final = re.compile(rf"\b(?:{_WORD}|process)\b")
NOT_STATES: Final = frozenset(
    """visible shown displayed tracked logged required updated changed automatic correct field
    the a an and or it to then with when if by in on of for all any set also one kept clear
    read readonly mandatory allowed possible available there this that each every only not
    unchanged recorded stored history new_request bar colour color filter employee manager
    visible_to from same current still with without of who which and or not""".split()
) - {"available"}
_REFUSED: Final = re.compile(
    r"^(.*_)?(rejected|refused|declined|denied|dismissed|cancelled|canceled|not_[a-z]+|withdrawn|void|voided|failed|expired|revoked|not_approved|lost|no_show|blocked|disqualified|sent_back|turned_down|scrapped|discarded|abandoned|quarantined|disputed|contested|returned_for_correction)$"
)


@dataclass(frozen=True)
class Listing:
    """States that one statement lists.

    Attributes:
        labels: In the order of the statement.
        chain: Whether arrows join them, so that the order is meant.
        edges: Pairs that arrows join, by identifier.
        statement: Where it stands.
    """

    labels: tuple[str, ...]
    chain: bool
    edges: tuple[tuple[str, str], ...]
    statement: Statement

    @property
    def names(self) -> list[str]:
        """Identifiers."""
        return [identifier(label) for label in self.labels]


def identifier(label: str) -> str:
    """Return a state's identifier: `Waiting for approval` is `waiting_for_approval`."""
    name = slug(label.lower().replace("canceled", "cancelled"), longest=_LONGEST)
    return f"{name}_state" if keyword.iskeyword(name) else name


def refused(name: str) -> bool:
    """Tell whether a state is off the main line."""
    verb = verbs.leading_to(name)
    return bool(_REFUSED.match(name)) or bool(verb and verb.refused)


def _labels(text: str) -> list[str]:
    found = []
    text = _DASH.sub(", ", text.replace("/", ", "))
    text = _FOR.sub("\\1\u00a0for\u00a0", text)
    for item in lists.split(text):
        label = re.sub(
            r"\b(?:state|status|stage)s?$", "", item.text.strip(" '\"\u2018\u2019.")
        ).strip()
        label = re.sub(
            r"^(?:(?:then|finally|next|lastly|eventually|later|afterwards|or|and|be|is|to|from|status|state|in the end|at the end|at last)\s+)+",
            "",
            label,
            flags=re.IGNORECASE,
        )
        if (
            _LABEL.match(label)
            and not scene(label).people
            and len(label.split()) <= 4
            and (slug(label) not in NOT_STATES or re.match("[A-Z][a-z]+ed$", label))
        ):
            found.append(label)
    return found


def listings(reading: Reading) -> list[Listing]:
    """Return every list of states, in order of the ticket."""
    found: list[Listing] = []
    bullets: list[Statement] = []
    for statement in [*reading.said]:
        made = (
            _chain(statement)
            or _listed(statement)
            or _told(statement)
            or _simple(statement)
            or _counted(statement)
            or _staged(statement)
        )
        if made is not None:
            found.append(made)
        item = statement.kind == "bullet" or _DEFINED.match(statement.text)
        if item and re.search(rf"\b{_WORD}\b", statement.lead or statement.section):
            bullets.append(statement)
    found = [_with_sides(item, reading) for item in found]
    found += _tabled(reading)
    gathered = _bulleted(bullets)
    if gathered is not None and not any(item.chain for item in found):
        found.append(gathered)
    return found


# `Draft: the driver is still writing`
_DEFINED: Final = re.compile(r"^[A-Z][\w -]{2,25}: [a-z]")
_NAMED: Final = re.compile(
    rf"^(?:[A-Z*-]+ )?[^:.]{{0,30}}\b(?:{_WORD}|circuit|(?:one|either) of (?:the following|these))\b[^:.]{{0,25}}:\s*(?P<list>[^:.]+)\.?$",
    re.IGNORECASE,
)
_COLUMN: Final = re.compile(rf"^(?:{_WORD}|name of the {_WORD})$", re.IGNORECASE)
# `(or REFUSED after the sample)`, `side exit: Rejected`, `can also end as Blocked`
_SIDE: Final = re.compile(
    r"(?:\b(?:or|also|side exits?|exits?|besides|otherwise|alternatively|plus)\b:? (?:can )?(?:be )?(?:end(?:s|ed)? (?:up )?(?:as|in) )?"
    r"|\bend(?:s|ed)? (?:up )?(?:as|in) )[\"'\u2018]?(?P<label>[A-Z][A-Za-z]+(?: [A-Z][a-z]+)?)",
)


# `Blocked at any time before Ordered.`
_ANY_TIME: Final = re.compile(
    r"(?:^|[.;] )(?P<label>[A-Z][a-z]+(?: [a-z]+)?) (?:is |can be |may be )?(?:possible |reached |allowed )?(?:at any (?:time|stage|point)|any time|from (?:any|every|all)|instead|in (?:any|every))\b"
)


def _told(statement: Statement) -> Listing | None:
    """Return the states after words that announce them: `Status agreed: Option, Booked`."""
    hit = _NAMED.match(statement.text)
    labels = _labels(hit.group("list")) if hit else []
    every = re.split(r",|/|;|\bor\b|\band\b", hit.group("list")) if hit else []
    names = [identifier(label) for label in labels]
    certain = any(known(name) or name.endswith("ed") for name in names)
    enough = len(labels) > 2 and len(labels) == len([p for p in every if p.strip()])
    if not (enough and certain and len({*names}) == len(names)):
        return None
    return Listing(tuple(labels), chain=False, edges=(), statement=statement)


def _with_sides(item: Listing, reading: Reading) -> Listing:
    """Add the states at the side that stand behind a chain, or in the next sentence."""
    if not item.chain:
        return item
    place = reading.statements.index(item.statement)
    following = [
        s.text
        for s in reading.statements[place + 1 : place + 2]
        if s.kind != "criterion" and s.section == item.statement.section
    ]
    tail = _ARROW.split(item.statement.text)[-1]
    found = [
        hit["label"]
        for text in (tail, *following)
        for pattern in (_SIDE, _ANY_TIME)
        for hit in pattern.finditer(text)
    ]
    new = [x for x in found if identifier(x) not in item.names]
    sure = [x for x in new if known(identifier(x)) or identifier(x).endswith("ed")]
    return replace(item, labels=(*item.labels, *dict.fromkeys(sure)))


def _tabled(reading: Reading) -> list[Listing]:
    """Return the states in the first column of tables that are about them."""
    found = []
    for table in reading.tables:
        headed = bool(table.rows[0] and _COLUMN.match(table.rows[0][0]))
        about = re.search(rf"\b{_WORD}\b", table.section)
        rows = table.rows[1:] if headed or not about else table.rows
        labels = [row[0].strip() for row in rows if row]
        fine = all(_LABEL.match(x) and len(x.split()) < 4 for x in labels)
        if (headed or about) and len(labels) > 2 and fine:
            statement = reading.statements[0]
            found.append(
                Listing(tuple(labels), chain=False, edges=(), statement=statement)
            )
    return found


def _bulleted(bullets: list[Statement]) -> Listing | None:
    labels = []
    for statement in bullets:
        head = re.split(
            r"\s*[:(\u2013,]|\s+-\s|\s+(?:when|once|by|after|if|until|set)\b",
            statement.text,
        )[0].strip(" '\".")
        if (
            _ARROW.search(statement.text)
            or not _LABEL.match(head)
            or len(head.split()) > 3
        ):
            continue
        labels.append(head)
    if len(labels) < 2 or not any(known(identifier(x)) for x in labels):
        return None
    return Listing(tuple(labels), chain=False, edges=(), statement=bullets[0])


def _drawn(statement: Statement) -> str:
    """Return a statement with arrows for the dashes between states."""
    about = f"{statement.section} {statement.lead} {statement.text.partition(':')[0]}"
    dashes = _DASH.findall(statement.text)
    if len(dashes) > 1 and "," not in statement.text and _STATES.search(about.lower()):
        return _DASH.sub(" -> ", statement.text)
    return statement.text


def _ending(text: str) -> list[str]:
    """Return the states after the last arrow when there are several: `paid, or cancelled`."""
    clause = re.split(r"[.;(]", text)[0]
    labels = _labels(clause)
    every = [p for p in re.split(r",|\bor\b|\band\b", clause) if p.strip()]
    sure = all(known(n) or n.endswith("ed") for n in map(identifier, labels))
    return labels if len(labels) > 1 and len(every) == len(labels) and sure else []


def _chain(statement: Statement) -> Listing | None:
    parts = _ARROW.split(_drawn(statement))
    if len(parts) < 2:
        return None
    first = re.split(
        r"[:.;]\s+|\b(?:workflow|status(?:es)?|states?|from|is|are|goes|through|be)\s+",
        parts[0],
    )[-1]
    last = re.split(
        r"[.;,(]|\s(?:and|with|where|when|by|if|is|are|which|after|for|can|may|only)\s",
        parts[-1],
    )[0]
    groups = []
    for place, part in enumerate(parts):
        text = first if place == 0 else last if place == len(parts) - 1 else part
        text = re.sub(r"\([^)]*\)", "", text)
        labels = [
            w.strip(" '\"()*.")
            for w in re.split(r"\s*/\s*|\s+or\s+|\s*\|\s*|,\s*", text)
        ]
        labels = [w for w in labels if _LABEL.match(w) and len(w.split()) <= 4]
        if place == len(parts) - 1:
            labels = _ending(part) or labels
        if labels:
            groups.append(labels)
    if len(groups) < 2:
        return None
    if any(_clause(label) for group in groups for label in group):
        return None  # who does what, in turn
    flat = list(dict.fromkeys(label for group in groups for label in group))
    if len(flat) == 2 and not all(known(identifier(x)) for x in flat):
        return None
    edges = []
    for before, after in itertools.pairwise(groups):
        sources = [x for x in before if not refused(identifier(x))] or before
        edges += [(identifier(a), identifier(b)) for a in sources for b in after]
    return Listing(tuple(flat), chain=True, edges=tuple(edges), statement=statement)


def _clause(label: str) -> bool:
    """Tell whether a label says who does what: `Employee submits`."""
    forms = [verbs.form((word.lower(),)) for word in label.split()]
    return any(form is not None and form[1] == "third" for form in forms)


def known(name: str) -> bool:
    """Tell whether a name is a state's by its words."""
    return name in _USUAL or verbs.of_state(name) is not None or refused(name)


_USUAL: Final = frozenset(
    """draft new open pending in_progress in_review under_review done waiting active inactive
    closed on_hold to_approve ready available overdue todo to_do backlog idea requested proposed
    waiting_approval pending_approval waiting_for_approval started ongoing running won lost
    handed_over out in_use returned lost good current logged reported submitted triage
    investigating investigation under_investigation quarantined review approval planned
    expected arrived left present checked_in checked_out onboarding evaluation negotiation
    """.split()
)


def _listed(statement: Statement) -> Listing | None:
    for pattern in (_LISTED, _PROCESS, _THROUGH):
        hit = pattern.search(statement.text)
        if not hit:
            continue
        given = hit.group("list").strip()
        given = (
            re.sub(r"\bto\b|\bthen\b|\bfollowed by\b|\bvia\b|\bthrough\b", ",", given)
            if pattern is _THROUGH
            else given
        )
        labels = _labels(given)
        names = [identifier(label) for label in labels]
        certain = sum(known(name) or name.endswith("ed") for name in names)
        announced = _ANNOUNCED.match(statement.text) is not None
        enough = certain * 2 >= len(labels) or (announced and certain > 0)
        if len(labels) >= 2 and enough and len({*names}) == len(names):
            return Listing(
                tuple(labels), chain=pattern is _THROUGH, edges=(), statement=statement
            )
    return None


def _counted(statement: Statement) -> Listing | None:
    """Return the states in `In short: requested, confirmed, checked in, and declined`."""
    hit = _COUNTED.search(statement.text)
    if hit is None or statement.kind == "title" or scene(statement.text).people:
        return None
    given = _BESIDES.sub("", _DASH.sub(", ", hit.group("list")))
    labels = _labels(given)
    names = [identifier(label) for label in labels]
    every = [p for p in re.split(r",|\band\b|\bor\b", given) if p.strip()]
    if len(labels) < 3 or len(every) != len(labels) or len({*names}) < len(names):
        return None
    certain = sum(known(name) or name.endswith("ed") for name in names)
    if certain < len(names) - 1 or not any(map(known, names)):
        return None
    return Listing(tuple(labels), chain=False, edges=(), statement=statement)


def _staged(statement: Statement) -> Listing | None:
    """Return the states in `It is first planned, then sent and finally released`."""
    labels = staged(statement.text) if statement.kind != "title" else []
    if not labels:
        return None
    return Listing(tuple(labels), chain=True, edges=(), statement=statement)


def _simple(statement: Statement) -> Listing | None:
    """Return the states in `A dispute is open, in clarification, accepted or rejected`."""
    hit = _SIMPLE.match(statement.text)
    labels = _labels(hit.group("list")) if hit else []
    names = [identifier(label) for label in labels]
    certain = sum(known(name) for name in names)
    if len(labels) < 3 or certain < len(labels) - 1:
        return None
    return Listing(tuple(labels), chain=False, edges=(), statement=statement)
