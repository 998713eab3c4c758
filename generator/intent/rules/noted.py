"""Who takes a step in notes rather than sentences: `Approve: line manager`, `Approved (by HR)`."""

from __future__ import annotations

import re
from typing import Final

from generator.intent.rules import lexicon, reading, roles, states, verbs

_BESIDE: Final = re.compile(
    r"(?P<label>[A-Z][a-z]+(?: [a-z]+){0,2}) \((?:(?:is |are )?(?:done|set|moved|made|taken|only|entered|given) )?(?P<by>by )?(?P<who>[^()]{2,50})\)"
)
_KEYED: Final = re.compile(
    r"^(?P<deed>[A-Za-z]+(?: (?:in|out|off|over|back|up|down))?)(?: (?:it|them|(?:an?|the) [a-z ]{3,25}?))?"
    r"(?:\s*[:=]\s*|\s+[-\u2013\u2014]\s+)(?:only |by )?(?P<who>[A-Za-z][A-Za-z ,/&'-]{1,60})\.?$"
)
_DECIDES: Final = re.compile(
    r"^(?P<who>[A-Za-z][A-Za-z ]{2,40}?) (?:decides?|chooses?|rules?|concludes?):? (?:on |between |for )?(?P<one>[A-Z][a-z]+(?: [a-z]+)?)(?:,? or| /|,|/) ?(?P<two>[A-Z][a-z]+(?: [a-z]+)?)\b"
)
_LONG: Final = 4  # words that no name of an office has
_BETWEEN: Final = frozenset(
    "the a an any every each all and or / , & by of only either both our".split()
)


def sentence(text: str) -> str:
    """Return a note as the sentence that it stands for, other text as it is."""
    decided = _DECIDES.match(text)
    if decided:
        the = "" if decided["who"].lower().startswith(("the ", "a ")) else "The "
        labels = f'"{decided["one"]}" or "{decided["two"]}"'
        return f"{the}{decided['who']} sets it to {labels}."
    keyed = _KEYED.match(text)
    form = verbs.form((*keyed["deed"].lower().split(),)) if keyed else None
    if keyed and form and form[1] in {"base", "third", "gerund", "noun"}:
        who = people(keyed["who"])
        if who:
            head, _, particle = form[0].base.partition(" ")
            return f"The {who} can {head} it {particle}".strip() + "."
    said = [
        f'The {who} sets it to "{hit["label"]}".'
        for hit in _BESIDE.finditer(text)
        if (hit["by"] or _known(hit["label"])) and (who := people(hit["who"]))
    ]
    return " ".join([text.rstrip(".") + ".", *said]) if said else text


def _known(label: str) -> bool:
    """Tell whether a name before parentheses is a state's for certain: not `Tom (sales)`."""
    name = states.identifier(label)
    return states.known(name) or name.endswith("ed")


def people(text: str) -> str:
    """Return roles as a sentence has them when a note names nothing else, else ""."""
    words = reading.tokens(text)
    last = words[-1].lower() if words else ""
    if (
        1 < len(words) < _LONG
        and last in lexicon.OFFICES | roles.GROUPS
        and text.islower()
    ):
        return text.removeprefix("the ")
    found = roles.mentions(words)
    named = {n for m in found for n in range(m.start, m.end)}
    rest = {word.lower() for n, word in enumerate(words) if n not in named}
    if not found or not rest <= _BETWEEN:
        return ""
    return " or the ".join(" ".join(words[m.start : m.end]) for m in found)
