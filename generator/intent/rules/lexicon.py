"""Words that a ticket brings along: verbs of the states that it lists, and who does them.

No list of English verbs or of professions is ever complete. Where a ticket says that a
claim is *assessed*, somebody assesses it; and whoever assesses, translates or may decide
is a person, be it an *adjuster* or a *proofreader*. Such words are known while that one
ticket is read, and forgotten after it.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Final

from generator.intent.rules import english, verbs

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_PEOPLE: ContextVar[frozenset[str]] = ContextVar("people", default=frozenset())
IRREGULAR: Final = {
    "sent": "send", "sold": "sell", "built": "build", "lent": "lend", "written": "write",
    "taken": "take", "given": "give", "found": "find", "held": "hold", "made": "make",
    "drawn": "draw", "chosen": "choose", "bought": "buy", "brought": "bring", "shown": "show",
    "dealt": "deal", "driven": "drive", "flown": "fly", "grown": "grow", "sown": "sow",
    "bound": "bind", "wound": "wind", "cut": "cut", "set": "set", "read": "read",
    "proofread": "proofread", "put": "put", "laid": "lay", "torn": "tear", "won": "win",
    "lost": "lose", "left": "leave", "met": "meet", "fed": "feed", "bred": "breed",
    "broken": "break", "frozen": "freeze", "hung": "hang", "kept": "keep", "sung": "sing",
    "swept": "sweep", "spoken": "speak", "paid": "pay", "struck": "strike", "led": "lead",
    "told": "tell", "shut": "shut", "split": "split", "spent": "spend", "stuck": "stick", "taught": "teach", "thrown": "throw", "withheld": "withhold",
}  # fmt: skip
_PARTICLES: Final = frozenset("in out off up over back on away down".split())
# Stems that end in a silent e: `donat-ed`, `releas-ed`, `schedul-ed`.
_SILENT: Final = re.compile(
    r"(?:(?:^|[^aeiou]|qu)ot|e|(?:^|[^aeiou])il|[^aeiou]in|[^aeiou](?:at|ut)|[aeiou](?:s|z|v|c|g|k|r(?<!er|or))|[lnr](?:c|s|g|v)|d[gl]|[^aeiouls]l|u|iz|yz)$"
)
_WORD: Final = re.compile(r"[a-z]+")
_AGENT: Final = re.compile(r"^[a-z]{2,}(?:er|or|ist|ian|ian|eer|man|woman|smith)$")
# Nouns with such endings that are no people, and words that are no nouns.
_THINGS: Final = frozenset(
    """order number paper letter computer printer server folder header footer container
    register counter trailer transfer poster answer matter power water weather winter summer
    semester quarter chapter cover layer sensor monitor motor factor vector door floor color
    error tractor router scanner projector elevator generator calendar sticker banner
    newsletter voucher offer after before under over other another either neither whether
    never ever however together rather later earlier her per for or nor and center meter
    parameter filter buffer timer trigger helper wrapper pointer folder ladder fodder boiler
    freezer cooler heater charger adapter locker barrier carrier corner border danger finger
    paper tower flower shower timber lumber rubber member number character disorder reminder
    remainder tender gender calculator indicator radiator refrigerator tutor(ial) list mirror
    separator denominator numerator operator's doctor's labor labour honor honour favor favour
    minor major prior inferior superior exterior interior anterior mentor's civilian median
    human woman's german roman common proper upper lower inner outer former latter further
    consider enter deliver cover recover discover remember offer suffer differ prefer refer
    transfer infer confer consider render wonder order alter filter register answer gather
    master cluster disaster sister brother mother father daughter mister october november
    december september super hyper cyber bar car""".split()
)
_DOES: Final = re.compile(
    r"\b(?=(?P<who>[a-z]+) (?:also |then |only |first |always |afterwards )?"
    r"(?P<deed>can|may|must|should|shall|will|cannot|could|[a-z]+)\b(?: (?P<next>[a-z]+))?)"
)
_BY: Final = re.compile(r"\bby (?:the |an? |another )?(?:[a-z]+ )?(?P<who>[a-z]+)\b")
_MODALS: Final = frozenset("can may must should shall will cannot could".split())
USUAL: Final = frozenset(
    """gets receives sees enters chooses adds writes sends fills wants needs decides keeps
    maintains takes makes picks selects sets gives notes informs looks works asks puts says requests creates reports
    receives orders hands brings collects checks prepares plans""".split()
)


@contextmanager
def learnt(
    states: Iterable[str],
    text: str,
    more: Iterable[verbs.Verb] = (),
    doing: Iterable[str] = (),
) -> Iterator[None]:
    """Know the verbs of *states* and the people of *text* within the block.

    Args:
        states: Identifiers of the states that the ticket lists.
        text: All of the ticket in lower case.
        more: Verbs of its story.
        doing: Nouns of whoever acts on its records.
    """
    said = {*_WORD.findall(text)}
    found = [v for name in states if (v := _verb(name, said)) is not None]
    bases = {verb.base for verb in found}
    found += [verb for verb in more if verb.base not in bases]
    with verbs.added(found):
        token = _PEOPLE.set(frozenset({*_people(text), *doing}))
        try:
            yield
        finally:
            _PEOPLE.reset(token)


def person(word: str) -> bool:
    """Tell whether a word, in the singular, is somebody who acts in the ticket."""
    return word in _PEOPLE.get()


def _verb(state: str, said: set[str]) -> verbs.Verb | None:
    """Return the verb that leads to a state which no verb is known for."""
    if verbs.of_state(state) is not None:
        return None
    first, _, particle = state.partition("_")
    if particle and particle not in _PARTICLES:
        return None
    made = base(first, said)
    if not made:
        return None
    rest = f" {particle}" if particle else ""
    return verbs.Verb(f"{made}{rest}", state.replace("_", " "), state)


def base(participle: str, said: set[str]) -> str:
    """Return the verb of a participle, "" when it is none.

    Args:
        participle: Such as `agreed` or `sent`.
        said: The words of the ticket, which may have the verb itself.
    """
    regular = participle[-2:] == "ed"
    return IRREGULAR.get(participle) or (_base(participle, said) if regular else "")


def _base(participle: str, said: set[str]) -> str:
    """Return the verb of a regular participle, as the ticket has it where it has it."""
    stem = participle[:-2]
    if len(stem) < 2:
        return ""
    possible = [f"{stem}e", stem]
    if len(stem) > 2 and stem[-1] == stem[-2] and stem[-1] not in "sl":
        possible.insert(0, stem[:-1])
    if stem.endswith("i"):
        possible.insert(0, f"{stem[:-1]}y")
    if stem.endswith(("ss", "sh", "ch", "x", "zz")):
        return stem  # `passes` is of `pass`, as `washes` of `wash`
    for base in possible:
        if {base, verbs.third(base)} & said:
            return base
    if len(possible) > 2:
        return possible[0]
    return possible[0] if _SILENT.search(stem) else stem


_ANY: Final = frozenset(
    "a any no the each every another other same this that one".split()
)


def _people(text: str) -> Iterator[str]:
    """Yield nouns for people by what they do: `the proofreader proofreads`."""
    for hit in _DOES.finditer(text):
        who = english.singular(hit.group("who"))
        before = text[: hit.start()].rsplit(maxsplit=1)[-1:]
        anybody = who == "person" and (not before or before[0] in _ANY)
        if _noun(who) and _acts(hit) and not anybody:
            yield who
    for hit in _BY.finditer(text):
        who = english.singular(hit.group("who"))
        if _noun(who) and who == hit.group("who"):
            yield who


# Offices, and people whom their endings do not tell.
OFFICES: Final = frozenset(
    """office desk team crew council authority administration agency bureau chamber commission
    court squad clinic lab laboratory registry secretariat ministry municipality board mistress
    chairman foreman matron mayor nurse clerk dean rector verger sexton steward agent assistant
    attendant chief boss host deputy guard guardian custodian midwife pharmacist principal person""".split()
)


def _noun(word: str) -> bool:
    known = verbs.form((word,)) is not None
    named = bool(_AGENT.match(word)) or word in OFFICES or word == "master"
    return named and word not in _THINGS - {"master"} and not known


def _acts(hit: re.Match[str]) -> bool:
    deed, following = hit["deed"], hit["next"]
    if deed in _MODALS:
        return following not in {"be", "not", "have", "only"} and following is not None
    plural = english.is_plural(hit["who"])
    form = verbs.form((deed,))
    kinds = {"base"} if plural else {"third"}
    known = (form is not None and form[1] in kinds) or (not plural and deed in USUAL)
    return known or (not plural and deed.endswith("s") and following in _OBJECTS)


_OBJECTS: Final = frozenset(
    "it them the a an his her their each every this that what whether to in over through round around".split()
)
