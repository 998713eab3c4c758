"""Other ways to say what is recorded, put the way that the rules listen for.

`The date and the place are noted down`, `What matters is the date and the place`, `It must
be clear when and where` and `We want to see the date` all say *it specifies the date ...*.
"""

from __future__ import annotations

import re
from typing import Final

_WE: Final = (
    r"(?:we|they|i|you|one|the [a-z]+(?: [a-z]+)?|it|he|she|people|everybody|everyone)"
)
_ALSO: Final = r"(?:also |always |all |then |just |only |at least |of course |usually |normally |exactly |simply |already |really |first )*"
_KEPT: Final = (
    r"(?:recorded|noted(?: down)?|stored|captured|kept|written down|entered|given|stated|documented"
    r"|filled in|filled out|specified|indicated|asked for|mentioned|listed|added|known|logged|saved"
    r"|put (?:in|down|on it)|provided|supplied|typed in|registered|remembered|visible"
    r"|important|clear|part of (?:it|the [a-z ]+)|on (?:it|the form|the sheet|record))"
)
_SAID_BEFORE: Final = (
    r"(?:(?:also|then|later(?: on)?|afterwards|in addition|finally|besides|at the end|at first|here|there"
    r"|(?:for|with|on|of|in|per) (?:each|every|the|an?|all|such an?) [a-z][a-z -]{1,40}?"
    r"|(?:when|after|once|as soon as|if|before) [^,]{3,80}),? )"
)
# `The address and the weight are noted down.`
_PASSIVE: Final = re.compile(
    rf"^(?P<before>{_SAID_BEFORE}{{0,2}})(?P<list>(?:the |an? |its |their |both |his |her |all )?[a-z][^.;:]{{2,200}}?) "
    rf"(?:is|are|gets?|will be|(?:must|should|shall|can|may|have to|has to|ought to|needs? to|want to) be) {_ALSO}"
    rf"(?P<done>{_KEPT})\b(?P<rest>[^.;]*)",
    re.IGNORECASE,
)
_CLAUSE: Final = re.compile(
    r"\b(?:is|are|was|were|can|cannot|may|must|will|should|shall|if|when|who|that|which|not|no|nobody|only|we|they|it|has|have|does|do)\b",
    re.IGNORECASE,
)
# `Required are a date and a place`, `What matters is ...`, `On the form you find ...`
_TURNED: Final = re.compile(
    r"^(?P<before>.{0,60}?\b)??(?:(?:required|needed|recorded|noted|mandatory|compulsory|of interest|important|relevant|asked for|added|part of (?:it|the [a-z ]+?)) "
    r"(?:is|are|will be)"
    rf"|(?:what|all(?: that)?|the things?|the facts?|the details?) (?:{_WE} (?:needs?|wants?|has|have|would like)(?: to (?:know|see|record|have|keep|note|enter|say))?"
    r"|(?:really |mostly )?(?:matters?|counts?|interests us)|(?:is|are) (?:needed|recorded|asked(?: for)?|required|of interest)"
    r"|(?:has|have|needs?|ought) to be (?:recorded|known|noted|on it|entered|there|clear|filled in)|(?:belongs|goes|is written) (?:on|in|to) (?:it|the [a-z]+))"
    r" (?:is|are)"
    r"|(?:you|we|one|people|everybody|everyone) (?:will |should |can |must )?finds?"
    r"|(?:there|it|this|that) (?:must|should|has to|needs to|ought to) be (?:clear|known|visible|obvious|noted|said|recorded)(?: (?:for|from|in|on|to) [a-z]+(?: [a-z]+)?)?"
    r"|(?:to|that|should|must|can|will|shall) (?:tell|tells|say|show|shows|inform)(?: (?:us|them|everybody|me|you|everyone|the [a-z]+))?"
    r"|(?:we|i|they|people|managers|the [a-z]+(?: [a-z]+)?) (?:(?:also |all )?(?:wants?|needs?|likes?|has|have)|would (?:also )?like|must|should|can|will|shall) (?:also )?(?:to )?(?:be able to )?(?:see|know|have|read|look up|remember|find)"
    r"|(?:he|she|they|the [a-z]+(?: [a-z]+)?) (?:says?|tells? (?:us|them|her|him)|lets? us know)"
    r"|(?:by|when|while) (?:giving|naming|stating|entering|filling in|telling us|saying)"
    r"|(?:together|along|complete) with|as well as)"
    r":? (?P<list>(?:(?:the|an?|its|their|his|her|which|who|when|where|what|how|whether|from|until|since|in which|for which|on which|to which|by when|why|if|at|for|in|on|to|whose|each|every|both|any) ).+)$",
    re.IGNORECASE,
)
# One detail alone has a name of two words: `the repair cost`.
_ONE: Final = re.compile(
    r"^(?:the|an?|its|their|his|her) [a-z-]+ (?:of )?[a-z-]+", re.IGNORECASE
)
_PAPER: Final = re.compile(
    r"\b(?:photos?|receipts?|documents?|files?|pictures?|reason|approval|confirmation|request|record|signature)\b",
    re.IGNORECASE,
)


# `fills in a form (equipment, from, until, number of samples)`
_FORM: Final = re.compile(
    r" (?:an?|the|its|this|these|following) (?:[a-z]+ )?(?:form|sheet|mask|data|details|fields|information|particulars) \((?P<list>(?:[^(),]+,){2,}[^()]+)\)",
    re.IGNORECASE,
)


def put(text: str, head: str) -> str:
    """Return a sentence the way the rules listen for, itself when it says nothing of that.

    Args:
        text: The sentence.
        head: Last word of what is recorded, which is no detail of itself.
    """
    hit = _PASSIVE.match(text)
    itself = hit and re.search(rf"\b{re.escape(head)}s?$", hit.group("list").lower())
    if hit is not None and not itself and not _CLAUSE.search(hit.group("list")):
        several = re.search(r",|\band\b|\bas well as\b", hit.group("list"))
        if several or (
            _ONE.match(hit.group("list")) and not _PAPER.search(hit.group("list"))
        ):
            return f"{hit.group('before')}it specifies {hit.group('list')};{hit.group('rest')}"
    hit = _FORM.search(text)
    if hit is not None:
        return f"{text[: hit.start()]}, specifies {hit.group('list')}"
    hit = _TURNED.match(text)
    if hit is not None and not re.match(
        r"(?:an? |the )?(?:list|overview|report|dashboard|status|state|reason|(?:for )?what reason|why$)\b",
        hit.group("list"),
        re.IGNORECASE,
    ):
        before = (hit.group("before") or "").strip()
        return (
            f"{before}, specifies {hit.group('list')}"
            if before
            else f"specifies {hit.group('list')}"
        )
    return text
