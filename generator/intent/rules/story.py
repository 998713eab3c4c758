"""Verbs of the story: what somebody does with the record leaves it so done.

Whoever *endorses* an agreement leaves it endorsed. No list of verbs knows them all, so the
ticket is asked: a verb whose object is the record, or that stands in a chain of deeds with
others, is one of the workflow while that ticket is read.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from generator.intent.rules import acting, english, lexicon, roles, verbs

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from generator.intent.rules.reading import Reading

_PAST: Final = {base: past for past, base in lexicon.IRREGULAR.items()}
_PARTICLE: Final = "in|out|off|up|over|back|down|away"
_DET: Final = r"(?:an?|the|this|that|each|every|his|her|their|its|my|our|such an?)"
# What people do with a record without leaving it in another state.
_IDLE: Final = frozenset(
    """see get want have be do write enter open create visit fetch call need receive find mark
    take look note inform edit read view choose comment know give add fill put keep show make
    tell ask use let try work pay attach upload select pick print change correct update save
    delete help hold like love own drive collect search export import list count compare own
    set move turn bring carry come go say think wait start finish begin stop remind notify
    name call sort group filter track follow handle manage maintain record register log
    contain include concern affect exceed reach limit allow require prevent block cover hear
    attend own lack consist become say mean discuss calculate compute multiply wish cause
    provide state describe mention touch lay book plan search access lead head run leave
    inspect check examine study walk watch monitor support answer reply type describe""".split()
)
# Some of them do leave it so, where the ticket says `once it is sorted`.
_SOMETIMES: Final = frozenset(
    "sort count print collect examine inspect study compare answer".split()
)
_BACKED: Final = frozenset("send hand give put pass bring carry call take".split())


def told(reading: Reading, heads: Iterable[str]) -> list[verbs.Verb]:
    """Return the verbs of a ticket that no list knows, in order.

    Args:
        reading: The statements.
        heads: Words for what is recorded.
    """
    words = sorted({re.escape(h) for h in heads if h}, key=len, reverse=True)
    thing = rf"(?:it|them|{_DET} (?:[a-z]+ )?(?:{'|'.join(words) or 'record'}))"
    pattern = re.compile(
        rf"(?P<who>[a-z]+),? (?:also |then |only |first |either |regrettably, |or |and ){{0,2}}(?P<verb>[a-z]{{3,}}) "
        rf"(?:(?P<early>{_PARTICLE}) )?(?:to )?{thing}\b(?: (?P<late>{_PARTICLE})\b)?"
    )
    many = "|".join(english.plural(word) for word in words)
    done = re.compile(
        rf"(?:\b(?:they|{many}|(?:[a-z]+ed )(?:{many}))|{thing})(?: that [^,.;]+?)? {_DONE}"
        rf"(?P<done>[a-z]+)(?: (?P<particle>{_PARTICLE}))?(?: [a-z]+ly)? by (?:the|an?|our|whoever|[a-z]+s?\b)"
    )
    found: dict[str, verbs.Verb] = {}
    said = {word for s in reading.said for word in re.findall("[a-z]+", s.lower)}
    for statement in reading.said:
        for verb in (
            *_of(pattern, statement.lower),
            *_passive(done, statement.lower, said),
        ):
            known = verbs.of_base(verb.base) or verbs.form((*verb.participle.split(),))
            idle = verb.base in _SOMETIMES and not _left_so(verb, reading.text)
            if known is None and not idle:
                found.setdefault(verb.base, verb)
    return [*found.values()]


# `is then`, `can only be`, `has to be`
_DONE: Final = (
    "(?:(?:can|may|must|should|shall|will|has to|have to|needs? to) (?:[a-z]+ )?be|is|are|gets?|get|was|were)"
    " (?:(?:then|also|now|only|first|finally|always|afterwards|later|automatically|either) )?"
)
# What is done by somebody, or by means of something, without leaving a record so.
_NOT_DONE: Final = frozenset(
    """seen used owned made meant required needed called followed caused affected covered bound
    limited identified sorted grouped ordered created kept set done given found led""".split()
)


def _left_so(verb: verbs.Verb, text: str) -> bool:
    """Tell whether records are said to be as a verb leaves them."""
    return bool(
        re.search(
            rf"\b(?:it|they|has|have|only|not|already) (?:is |are |be |been )+{verb.participle}\b",
            text,
        )
    )


def _passive(done: re.Pattern[str], text: str, said: set[str]) -> Iterator[verbs.Verb]:
    """Yield the verbs by whose participles somebody leaves the record: `is stamped by`."""
    for hit in done.finditer(text):
        past = hit["done"]
        base = lexicon.base(past, said)
        idle = past in _NOT_DONE or base in _IDLE - _SOMETIMES
        particle = hit["particle"] or ""
        if base and (not idle or _backed(base, particle)):
            yield verb_of(base, particle)


def _backed(base: str, particle: str) -> bool:
    """Tell whether a particle makes a deed of an idle verb: `hands it back`, `turns it down`."""
    turned = (base, particle) in {("turn", "down"), ("call", "off"), ("take", "over")}
    return turned or (base in _BACKED and bool(particle))


_NO_VERBS: Final = frozenset(
    "this his its is was has does thus always plus as us yes others".split()
)


def _of(pattern: re.Pattern[str], text: str) -> Iterator[verbs.Verb]:
    place = 0
    while hit := pattern.search(text, place):
        place = hit.start("verb")
        joined = re.search(r" (?:and|or) ", text[hit.end("who") : place])
        base = _base("and" if joined else hit["who"], hit["verb"])
        particle = hit["early"] or hit["late"] or ""
        idle = base in _IDLE - _SOMETIMES
        if base and (not idle or _backed(base, particle)):
            yield verb_of(base, particle)


def _base(who: str, word: str) -> str:
    """Return the verb that a word is, in its base form, "" when it is none."""
    if who in {"to", "can", "may", "must", "shall", "should", "will", "not"}:
        return "" if word in {"the", "not", "only", "also"} else word
    if who in {"i", "we", "they", "you"}:
        return "" if word.endswith("s") else word
    if english.singular(who) != who and english.singular(who) in roles.PEOPLE:
        return (
            "" if word in acting.FUNCTION_WORDS or word.endswith(("s", "ed")) else word
        )
    if (
        word in _NO_VERBS
        or not word.endswith("s")
        or word.endswith("ss")
        or (english.is_plural(who) and not _third(who))
    ):
        return ""
    return base_of(word)


def _third(word: str) -> bool:
    """Tell whether a word is a verb: the first of `approves or fails it`."""
    form = verbs.form((word,))
    return form is not None and form[1] == "third"


def base_of(third: str) -> str:
    """Return the base of a verb after he, she, it: `verifies` is `verify`."""
    if third.endswith("ies"):
        return f"{third[:-3]}y"
    if third.endswith(("sses", "shes", "ches", "xes", "zzes", "oes")):
        return third[:-2]
    return third[:-1]


def participle(base: str) -> str:
    """Return the participle of a verb: `scrap` is `scrapped`, `uphold` is `upheld`."""
    if base in _PAST:
        return _PAST[base]
    for prefix in ("up", "with", "over", "under", "re", "out"):
        rest = base.removeprefix(prefix)
        if rest != base and rest in _PAST:
            return f"{prefix}{_PAST[rest]}"
    if base.endswith("e"):
        return f"{base}d"
    if re.search(r"[^aeiou]y$", base):
        return f"{base[:-1]}ied"
    short = re.fullmatch(r"[^aeiou]*[aeiou][bdglmnprt]", base)
    return f"{base}{base[-1]}ed" if short else f"{base}ed"


def verb_of(base: str, particle: str = "") -> verbs.Verb:
    """Return a verb that leaves a record as its participle says: `endorsed`."""
    done = f"{participle(base)} {particle}".strip()
    state = done.replace(" ", "_")
    back = particle == "back" and base == "send"
    off = re.fullmatch(
        r"(?:turn|call|strike|vote) (?:down|off|out)", f"{base} {particle}"
    )
    return verbs.Verb(
        f"{base} {particle}".strip(), done, state,
        strong=True, refused=bool(back or off or base in _AGAINST),
    )  # fmt: skip


_AGAINST: Final = frozenset(
    "scrap abandon discard drop veto disallow disapprove overrule annul".split()
)
