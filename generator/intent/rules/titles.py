"""What the title of a ticket is about: `Booking of meeting rooms` is a meeting room booking."""

from __future__ import annotations

import re
from typing import Final

from generator.intent.rules import english, roles, subject

GENERIC: Final = frozenset(
    """thing stuff system process data module app application form workflow improvement tool
    solution everything something it feature functionality management request approval ticket
    work business company odoo software platform automation efficiency productivity way update
    fix change record entry item object digital transformation organisation organization issue
    problem better faster easier good nice new some more management user people team erp
    enhancement requirement need function screen page report list case idea project stuff
    overview dashboard option support experience performance quality generic custom simple
    internal our the a an and of for with in to life daily job task help current things all
    improve make please old existing whole entire please urgent important information""".split()
)

_PREFIX: Final = re.compile(
    r"^(?:\[[^\]]*\]\s*|[A-Z]{2,10}-\d+\s*[:\-\u2013]?\s*|#\d+\s*[:\-]?\s*"
    r"|(?:feature|story|user story|epic|task|ticket|request|change request|new feature|feature request|odoo(?: \d+)?|module|requirement)\s*[:\u2013-]\s*"
    r"|how (?:we|to) (?:handle|deal with|manage|process|organi[sz]e|treat|run|track|record)\s+"
    r"|no more (?:paper(?:work)?|excel|spreadsheets?|lists?|forms?|e-?mails?|chaos|sticky notes) (?:for|with|in|about|on)\s+"
    r"|(?:[a-z]+ )?(?:workflow|process) for\s+"
    r"|(?:we (?:need|want|would like)|i (?:need|want|would like)|please|need(?:ed)?|wanted)\s+(?:to\s+)?(?=\w)"
    r"|(?:build|create|implement|add|develop|introduce|design|set up|make|provide|write|have|digiti[sz]e|automate|manage|handle|track|support|streamline|formali[sz]e|replace|get)\s+"
    r"|(?:an?|the|our|simple|basic|new|custom|small|internal|digital|online|automated|electronic|odoo(?: \d+)?|company[- ]wide|lightweight|better|own|little|proper)\s+"
    r"|(?:module|app|application|system|tool|feature|functionality|solution|workflow|process|way|register|form)\s+(?:for|to|that|of)\s+"
    r"|(?:keep(?:ing)?|have|get|stay) (?:a )?(?:track|record|note|on top) of\s+(?:(?:the|our|all)\s+)*"
    r"|(?:managing|handling|tracking|recording|checking|reviewing|approving|verifying|monitoring|settling|following up(?: on)?|logging|administering|processing|registering|submitting|requesting and approving|organi[sz]ing)\s+"
    r"|(?:management|handling|tracking|administration|processing|recording|registration(?= of visitors)|overview)\s+of\s+(?:the\s+)?)",
    re.IGNORECASE,
)

_SUFFIX: Final = re.compile(
    r"(?:\s+(?:modules?|apps?|application|systems?|tools?|management|tracking|trackers?|workflows?|process(?:es)?"
    r"|handling|administration|portal|features?|in odoo.*|for odoo.*|functionality|solution|automation|self[- ]service"
    r"|(?<=handling|tracking) (?:for|of|by|from) .*|(?<=management) (?:for|of|by|from) .*|(?:for|by) (?:employees|staff|the company|our .*|all .*|internal .*|the .*|managers)|with .*|from .*|via .*|including .*|and (?:approvals?|tracking|follow[- ]up|reporting|management|notification|reimbursement|settlement|escalation).*"
    r"|(?:register|registry|logbook|log|list|database|cent(?:er|re)|desk|programme|program|records?|overview|planner|planning)"
    r"|&.*|/.*|\(.*\)))$",
    re.IGNORECASE,
)

_OF: Final = re.compile(
    r"^(approval|booking|order|report|request|loan|handover|review|intake|onboarding|offboarding|reporting|rental|purchase|return|transfer"
    r"|[a-z]{3,}(?:tion|sion|ment|ance|ence|swap))s? (?:of|for) (?:the |an? )?(.+)$",
    re.IGNORECASE,
)

DEED: Final = {
    "request": "request", "book": "booking", "reserve": "reservation", "report": "report",
    "borrow": "loan", "lend": "loan", "loan": "loan", "apply for": "application",
    "order": "order", "register for": "registration", "sign up for": "registration",
    "submit": "", "create": "", "log": "", "record": "", "track": "", "manage": "",
    "raise": "", "file": "", "register": "", "enter": "", "propose": "", "suggest": "suggestion",
    "collect": "", "make": "", "handle": "", "approve": "approval", "fill in": "", "open": "",
    "declare": "declaration", "ask for": "request", "hand over": "handover", "plan": "", "schedule": "", "claim": "claim",
}  # fmt: skip

DEEDS: Final = "|".join(sorted(DEED, key=len, reverse=True))

_BASE_OF: Final = {
    "booking": "book", "requesting": "request", "ordering": "order", "reserving": "reserve",
    "borrowing": "borrow", "lending": "lend", "declaring": "declare", "reporting": "report",
    "planning": "plan", "scheduling": "schedule", "collecting": "collect", "filing": "file",
}  # fmt: skip

_DOING: Final = re.compile(
    rf"^({'|'.join(_BASE_OF)}) (?:of |out |in |up )?(.+)$", re.IGNORECASE
)

# `Tenants report defects` is about defects.
_CLAUSE: Final = re.compile(
    rf"^(?:[a-z]+ )?(?P<who>[a-z]+s) (?P<deed>{DEEDS}) (?P<rest>.+)$", re.IGNORECASE
)

_WHY: Final = re.compile(
    r"[,;]?\s+(?:so that|so we|in order to|because|such that)\b", re.IGNORECASE
)

# Nouns that are asked for by their nature: a request for one is the thing itself.
_ASKED_FOR: Final = frozenset(
    """advance claim loan order booking requisition application reservation registration
    correction transfer reimbursement complaint absence""".split()
)

_ROWS: Final = frozenset({"line", "item", "position", "entry"})

_LOGS: Final = frozenset(
    "visitor guest customer client vendor supplier employee call key".split()
)


def titled(title: str) -> str:
    """Return what a title is about, as a phrase in the singular."""
    text = re.sub(r"\s+", " ", title).strip(" .!?:\"'")
    text = subject.titled(_WHY.split(text)[0])
    told = re.match(
        r"^as an? .*?(?:i (?:want|need|would like)(?: to)?|we want(?: to)?)\s+(.*)$",
        text,
        re.IGNORECASE,
    )
    text = told.group(1) if told else text
    said = re.match(
        rf"^(?:(?:allow|enable|let|help)\s+)?(?:[\w ]+?\s)??(?:can|could|should|may|to|want to|need to|must)\s+(?:be able to\s+)?({DEEDS})\s+(.+)$",
        text, re.IGNORECASE,
    )  # fmt: skip
    if said:
        return named(said.group(1).lower(), said.group(2))
    begun = re.match(
        rf"^({DEEDS})\s+(?:an?\s+|the\s+|new\s+)?(.+)$", text, re.IGNORECASE
    )
    clause = _CLAUSE.match(text)
    if clause and roles.who(clause.group("who").lower()):
        return named(clause.group("deed").lower(), clause.group("rest"))
    doing = _DOING.match(text)
    if doing and english.is_plural(text.split()[-1].lower()):
        return named(_BASE_OF[doing.group(1).lower()], doing.group(2))
    if begun and not english.is_plural(begun.group(1)):
        rest = begun.group(2)
        deed = begun.group(1).lower()
        listed = english.singular(rest.split()[-1].lower()) in _ROWS
        if not listed and (
            DEED[deed]
            or deed
            in {
                "submit",
                "log",
                "record",
                "track",
                "manage",
                "register",
                "raise",
            }
        ):
            made = named(deed, rest)
            # "Order approval" or "Book club" are no commands
            if made and (
                english.is_plural(rest.split()[-1])
                or re.match(r"^\w+\s+(an?|the|new)\s", text, re.IGNORECASE)
            ):
                return made
    return _clean(text)


_WHERE: Final = re.compile(
    r"^([a-z][\w' -]{3,}?) (?:(?:on|after|at|in|during|before|between|within|across|along) (?!hold|site\b)"
    r"|of (?:the|our|all|this|each|every) )"
)

# These say nothing without what they are about.
_ABOUT: Final = frozenset(
    """sign-off check-in check-out follow-up feedback information training vote comment absence
    registration return loan handover review intake onboarding offboarding rental purchase
    stay visit sign in out leave decision approval booking""".split()
)


def _clean(text: str) -> str:
    text = (
        re.split(r"\s[\u2013\u2014-]\s|:\s", text)[0]
        if len(re.split(r"\s[\u2013\u2014-]\s|:\s", text)[0]) > 3
        else text
    )
    before = None
    while before != text:
        before = text
        text = _PREFIX.sub("", text, count=1).strip(" .,:;-")
    lowered = _cut(text.lower())
    hit = _OF.match(lowered)
    if hit:
        thing = _cut(hit.group(2))
        if thing.endswith("ing"):  # "measuring tools" are more than tools
            thing = hit.group(2)
        return english.singular_phrase(
            f"{english.singular_phrase(thing)} {hit.group(1)}"
        )
    return lowered


def _placed(lowered: str) -> str:
    """Return a title without where or when: `damage claims after house removals`."""
    hit = _WHERE.match(lowered)
    if hit is None:
        return lowered
    left = hit.group(1).split()
    if len(left) == 1 and english.singular(left[0]) in _ABOUT | GENERIC:
        return lowered
    return hit.group(1)


def _cut(lowered: str) -> str:
    before = None
    lowered = _placed(lowered)
    while before != lowered:
        before = lowered
        made = _SUFFIX.sub("", lowered).strip(" .,:;-")
        left = made.split()
        if not made or (len(left) == 1 and re.search(r"\b(log|register|records?|list)$", lowered)
                        and english.singular(left[0]) in _LOGS):  # fmt: skip
            break
        lowered = made
    words = lowered.split()
    words = _for_whom(words)
    if len(words) > 2 and words[-1] in {"approval", "approvals"}:
        words.pop()
    if (
        len(words) == 2
        and words[-1] in {"box", "boxes"}
        and words[0] in {"suggestion", "idea", "complaint"}
    ):
        words.pop()
    words = [w for w in words if w not in {"the", "a", "an", "our", "new"}]
    words = [re.sub(r"['\u2019]s$", "", w) for w in words]
    if (
        len(words) > 2
        and words[0] in {"employee", "staff", "company", "internal"}
        and words[1] != "of"
    ):
        words = words[1:]
    if (
        len(words) > 1
        and words[-1] in {"request", "requests"}
        and words[-2] in _ASKED_FOR
    ):
        words.pop()
    if len(words) > 4:
        words = (
            words[-4:]
            if not {"for", "of", "to", "and"} & {*words}
            else words[
                : next(
                    (i for i, w in enumerate(words) if w in {"for", "of", "to", "and"}),
                    4,
                )
            ][:4]
        )
    return english.singular_phrase(" ".join(words).replace("&", "and"))


def _for_whom(words: list[str]) -> list[str]:
    """Return a title without whom it is for: `parking permits for visitors`."""
    if "for" not in words[1:]:
        return words
    at = words.index("for", 1)
    last = english.singular(words[-1])
    people = len(words) - at < _WHOM and (last in _NEWCOMERS or bool(roles.who(last)))
    return (
        words[:at]
        if people and english.singular(words[at - 1]) not in GENERIC
        else words
    )


_WHOM: Final = 4  # words of `for new employees`, and one
_NEWCOMERS: Final = frozenset("hire starter joiner newcomer visitor guest".split())


def named(deed: str, rest: str) -> str:
    """Return what a deed makes: `book` and `a room` a `room booking`."""
    thing = _clean(re.sub(r"^for ", "", rest, flags=re.IGNORECASE))
    noun = DEED[deed]
    words = thing.split()
    if not words:
        return ""
    if noun and words[-1] not in {noun, "request", "report", "booking"}:
        return f"{thing} {noun}"
    return thing
