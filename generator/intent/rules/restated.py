"""Roundabout ways to say who may do what, in the plain words that the rules know.

`It is up to the vicar to accept it`, `nobody but the vicar may accept it`, `acceptance is
the vicar's job` and `the vicar is entitled to accept it` all say that the vicar may.
"""

from __future__ import annotations

import re
from typing import Final

from generator.intent.rules import verbs

_WHO: Final = r"(?P<who>(?:the |an? |our |their |his |her )?[A-Za-z][\w'-]*(?: (?!to\b|who\b|may\b|can\b|must\b|does\b|is\b|are\b|and\b|or\b)[A-Za-z][\w'-]*){0,3}?(?:,? (?:and|or) (?:the )?[A-Za-z]+(?: [A-Za-z]+)?)?)"
_MAY: Final = (
    r"(?:may|can|should|must|is allowed to|are allowed to|is able to|has the right to)"
)
_AUXILIARY: Final = r"(?:may|can|should|must|could|shall)"
_NOBODY: Final = r"(?:nobody|no ?one|none)(?: else)?"
_ROWS: Final = (
    # `Nobody but X may`, `no one except X can`, `X and nobody else may`
    (rf"\b{_NOBODY} (?:but|except(?: for)?|other than|besides|apart from) {_WHO} (?P<may>{_MAY})\b", r"only \g<who> \g<may>"),
    (rf"\b{_WHO},? and (?:only (?:he|she|they)|{_NOBODY}),? (?P<may>{_MAY})\b", r"only \g<who> \g<may>"),
    (rf"\b{_WHO} (?:is|are) the only (?:one|ones|person|people) (?:who|that) (?P<may>{_MAY})\b", r"only \g<who> \g<may>"),
    (rf"\b{_WHO} alone (?P<may>{_MAY})\b", r"only \g<who> \g<may>"),
    # `It is up to X to`, `it falls to X to`, `it is X who`, `it is for X to`
    (rf"\bit (?:is|falls|is left|remains)(?: then| now| always)? (?:up )?(?:to|for|with) {_WHO} to(?: decide whether to)? (?=[a-z]+)", r"\g<who> can "),
    (rf"\bit (?:is|will be)(?: then| always| only)? {_WHO} (?:who|that) (?=[a-z]+)", r"\g<who> "),
    (rf"\bit is {_WHO}'s? (?:job|task|duty|turn|decision|responsibility|business|call) to(?: decide whether to)? (?=[a-z]+)", r"\g<who> can "),
    (rf"\bit is the (?:job|task|duty|turn|responsibility) of {_WHO} to (?=[a-z]+)", r"\g<who> can "),
    (rf"{_WHO}'s? (?:only )?(?:job|task|duty|role|turn|responsibility|business) (?:is|will be) (?:then )?to (?=[a-z]+)", r"\g<who> can "),
    # `only then may the vicar accept it`
    (r"\bonly (?:[^.,;]{3,40}? )(?P<may>may|can|must) (?P<who>(?:the|an?) [a-z]+(?: [a-z]+)?) (?=(?!be\b)[a-z]+ (?:it|them|the|an?|his|her)\b)", r"\g<who> \g<may> "),
    # `X is entitled to`, `X is expected to`, `X has the right to`, `X gets to`
    (r"\b(?:is|are) (?:also |then |only )?(?:allowed|entitled|permitted|authorised|authorized|able|free|expected|obliged|supposed|empowered|required|asked|meant) to (?=[a-z]+)", "can "),
    (r"\bha(?:s|ve) (?:the )?(?:right|power|authority|permission|duty|possibility|option|choice|last word and can|final say and can) to (?=[a-z]+)", "can "),
    (r"\b(?:gets?|needs?|has|have|ought|is|are) to (?:decide whether to |be the one to |choose to )?(?=[a-z]+)", "must "),
    (r"\b(?:decides?|chooses?) (?:whether|if) (?:to|he|she|they) (?=[a-z]+)", "can "),
    (r"\bdecides? (?:whether|if) (?:it|they|the [a-z]+) (?:is|are|should be|will be) (?P<one>[A-Za-z]+) or (?P<two>[A-Za-z]+)", r'sets it to "\g<one>" or "\g<two>"'),
    # `X lets Y approve it`, `we want X to approve it`
    (rf"\b(?:we|i) (?:want|expect|need|would like|ask) {_WHO} to (?=[a-z]+)", r"\g<who> can "),
    # `can accept it or to turn it down`
    (r"\b(?P<may>can|may|must|should)\b(?P<deed>[^.;:]{3,60}?),? (?P<word>or|and) (?:else )?to (?=[a-z]+)", r"\g<may>\g<deed> \g<word> "),
    # `X gives his consent`
    (r"\b(?P<may>must |can |may |should |has to |to )?(?P<verb>gives?|grants?|provides?) (?:his|her|its|their|the|an?)? ?(?:written |final |formal )?(?:approval|ok|okay|go-ahead|green light|consent|blessing|permission|agreement)(?: to (?P<it>it|them|the [a-z]+)| for (?P<that>it|them|the [a-z]+))?", None),
)  # fmt: skip
_PLAIN: Final = tuple((re.compile(p, re.IGNORECASE), by) for p, by in _ROWS)
_PASSIVE_TASK: Final = re.compile(
    r"^(?P<deed>[A-Za-z]+ing|[A-Za-z]+(?:al|ation|ion|ance|ment))(?: (?:of )?(?:it|them|an? [a-z]+|the [a-z]+))? (?:is|are|remains?) (?:only |always )?"
    r"(?:(?:done|handled|made|given|carried out|decided)(?: only)? by|up to|(?:a matter|the (?:job|task|duty|responsibility|business)) (?:for|of)|reserved (?:to|for)|left to|the privilege of|allowed (?:only )?(?:to|for)|possible (?:only )?for|only for) (?:the )?(?P<who>[A-Za-z]+(?: [a-z]+){0,3}?(?: (?:and|or) (?:the )?[a-z]+(?: [a-z]+)?)?)(?: (?:only|alone))?(?= (?:when|if|once|after|before|until|as|and|unless)\b|[.,;:]|$)",
    re.IGNORECASE,
)


def restated(text: str) -> str:
    """Return a sentence in the plain words that the rules know, itself when it has them."""
    for pattern, plain in _PLAIN:
        text = pattern.sub(plain if plain is not None else _approves, text)
    return _PASSIVE_TASK.sub(_task, text)


def _approves(hit: re.Match[str]) -> str:
    """Return `approves it` for `gives his OK to it`."""
    thing = hit["it"] or hit["that"] or "it"
    plural = not hit["verb"].lower().endswith("s")
    return f"{hit['may'] or ''}{'approve' if plural else 'approves'} {thing}"


def _task(hit: re.Match[str]) -> str:
    """Return `only the vicar can accept it` for `accepting is up to the vicar`."""
    form = verbs.form((hit["deed"].lower(),))
    if form is None or form[1] not in {"gerund", "noun"}:
        return hit.group(0)
    return f"The {hit['who']} can {form[0].base} it"
