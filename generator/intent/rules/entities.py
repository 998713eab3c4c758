"""What a ticket is about: the main entity, its lines, the lists it chooses from."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from generator.intent.rules import drafts as drafting
from generator.intent.rules import english, headings, lists, roles, subject
from generator.spec.names import slug

if TYPE_CHECKING:
    from generator.intent.rules.drafts import Draft
    from generator.intent.rules.reading import Reading


@dataclass
class Thing:
    """An entity as far as it is understood.

    Attributes:
        phrase: Its name for people, lower case, singular: `travel advance`.
        kind: `main`, `lines`, `list` (chosen from) or `other`.
        drafts: Its fields by name.
    """

    phrase: str
    kind: str = "main"
    drafts: dict[str, Draft] = field(default_factory=dict)
    parent: Thing | None = None

    @property
    def name(self) -> str:
        """Its identifier."""
        return slug(self.phrase)

    def add(self, draft: Draft) -> None:
        """Add a field, or what is new of one that is there."""
        known = self.drafts.get(draft.name)
        if known is not None:
            known.fill(draft)
        else:
            self.drafts[draft.name] = draft


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
    r"|(?:we (?:need|want|would like)|i (?:need|want|would like)|please|need(?:ed)?|wanted)\s+(?:to\s+)?(?=\w)"
    r"|(?:build|create|implement|add|develop|introduce|design|set up|make|provide|write|have|digiti[sz]e|automate|manage|handle|track|support|streamline|formali[sz]e|replace|get)\s+"
    r"|(?:an?|the|our|simple|basic|new|custom|small|internal|digital|online|automated|electronic|odoo(?: \d+)?|company[- ]wide|lightweight|better|own|little|proper)\s+"
    r"|(?:module|app|application|system|tool|feature|functionality|solution|workflow|process|way|register|form)\s+(?:for|to|that|of)\s+"
    r"|(?:keep(?:ing)?|have|get|stay) (?:a )?(?:track|record|note|on top) of\s+(?:(?:the|our|all)\s+)*"
    r"|(?:managing|handling|tracking|recording|logging|administering|processing|registering|submitting|requesting and approving|organi[sz]ing)\s+"
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
_DEED: Final = {
    "request": "request", "book": "booking", "reserve": "reservation", "report": "report",
    "borrow": "loan", "lend": "loan", "loan": "loan", "apply for": "application",
    "order": "order", "register for": "registration", "sign up for": "registration",
    "submit": "", "create": "", "log": "", "record": "", "track": "", "manage": "",
    "raise": "", "file": "", "register": "", "enter": "", "propose": "", "suggest": "suggestion",
    "collect": "", "make": "", "handle": "", "approve": "approval", "fill in": "", "open": "",
    "declare": "declaration", "ask for": "request", "hand over": "handover", "plan": "", "schedule": "", "claim": "claim",
}  # fmt: skip
_DEEDS: Final = "|".join(sorted(_DEED, key=len, reverse=True))
_DOES: Final = re.compile(
    rf"\b({_DEEDS})(?:s|es|ing)?\s+(?:for\s+)?(?:an?|the|their|new|one|his|her|our|some)?\s*(?:new\s+)?([a-z][a-z -]{{2,50}}?)"
    r"(?=\s+(?:then|with|by|for|in|on|at|to|from|of|and|or|so|when|if|that|which|which|online|through|via|stating|giving|including|specifying|using|as|before|after|per|directly|quickly|is|are|can|must|should|he|she|they|it)\b|[.,;:()]|$)",
    re.IGNORECASE,
)
_BASE_OF: Final = {
    "booking": "book", "requesting": "request", "ordering": "order", "reserving": "reserve",
    "borrowing": "borrow", "lending": "lend", "declaring": "declare", "reporting": "report",
    "planning": "plan", "scheduling": "schedule", "collecting": "collect", "filing": "file",
}  # fmt: skip
_DOING: Final = re.compile(rf"^({'|'.join(_BASE_OF)}) (?:of )?(.+)$", re.IGNORECASE)
# `Tenants report defects` is about defects.
_CLAUSE: Final = re.compile(
    rf"^(?:[a-z]+ )?(?P<who>[a-z]+s) (?P<deed>{_DEEDS}) (?P<rest>.+)$", re.IGNORECASE
)
_WHY: Final = re.compile(
    r"[,;]?\s+(?:so that|so we|in order to|because|such that)\b", re.IGNORECASE
)
# Nouns that are asked for by their nature: a request for one is the thing itself.
_ASKED_FOR: Final = frozenset(
    """advance claim loan order booking requisition application reservation registration
    correction transfer reimbursement complaint absence""".split()
)
_STATES_OF: Final = re.compile(
    r"^(?:the )?([a-z]+) (?:states?|status(?:es)?|workflow)\b"
)
_MODEL_LINE: Final = re.compile(
    r"^(?P<name>[A-Z][a-z]+(?: [a-z]+)?)(?: fields| data| has)?: (?P<fields>[^.:]+)\.?$"
)
_NO_MODEL: Final = re.compile(
    r"\b(?:status|state|stage|workflow|field|detail|role|step|data|information|note|header|line|form|flow|process|life cycle)s?$"
)
# What lists have: "order lines" are lines of an order, and nobody's command.
_OFTEN: Final = 3  # statements that make a thing the one that is recorded
_DEED_NOUN: Final = re.compile(
    r" (?:request|report|booking|order|approval|registration)$"
)
_PAIR: Final = re.compile(r"^[a-z]+s and [a-z]+$")
_WORKED: Final = (
    r"\b[a-z]+s? (?:out |in |off |back )?(?:an?|the|each|every|their|his|her|its|this|that|two|all|new)"
    r" (?:[a-z-]+ ){0,2}?HEADS\b(?! [a-z]+(?:s|ed)\b)"
    r"|\b(?:[a-z-]+ ){0,2}?HEADS (?:is|are|has been|was|gets|becomes|starts|begins|stays|moves|goes|must|may|can|cannot|should|will|has|have)\b"
)
_ROWS: Final = frozenset({"line", "item", "position", "entry"})
_LOGS: Final = frozenset(
    "visitor guest customer client vendor supplier employee call key".split()
)


def main(reading: Reading) -> Thing | None:
    """Return what the ticket is about, None when nothing in it has a name."""
    titled, objects = _titled(reading.title), _objects(reading)
    candidates = [titled, *objects]
    candidates[:0] = _rather(reading, titled, objects)
    candidates[:0] = subject.recorded(reading, titled)
    candidates[:0] = headings.main(reading, titled)
    candidates[:0] = _leading(modelled(reading))
    candidates[:0] = _with_states(reading, titled)
    for phrase in candidates:
        if phrase and _nameable(phrase):
            return Thing(phrase)
    return None


def _rather(reading: Reading, titled: str, objects: list[str]) -> list[str]:
    """Return what is recorded, where the title only says what it is about.

    In `Guest apartments of the institute` a *stay* is requested, confirmed, checked out;
    in a register of `Gifts and invitations` a gift is declared.
    """
    pair = _PAIR.match(titled)
    words = {english.singular(w) for w in titled.split()}
    if pair:
        return [phrase for phrase in objects if words & {*phrase.split()}]
    title = max((_worked_on(reading, word) for word in words), default=0)
    plain = dict.fromkeys(_DEED_NOUN.sub("", phrase) for phrase in objects)
    told = [(_worked_on(reading, phrase), phrase) for phrase in plain if phrase]
    best = max(told, default=(0, ""))[0]
    if best < max(_OFTEN, 2 * title):
        return []
    return [phrase for count, phrase in told if count == best]


def _worked_on(reading: Reading, phrase: str) -> int:
    """Return in how many statements something is done to a thing, or it begins, or is so."""
    if not phrase:
        return 0
    head = english.singular(phrase.rsplit(maxsplit=1)[-1])
    heads = rf"(?:{re.escape(head)}|{re.escape(english.plural(head))})"
    pattern = re.compile(_WORKED.replace("HEADS", heads))
    return sum(bool(pattern.search(s.lower)) for s in reading.said)


def modelled(reading: Reading) -> dict[str, str]:
    """Return the entities of a data model in lines: `Checkout: tool, taken on, expected back`."""
    given: dict[str, str] = {}
    for statement in reading.said:
        hit = _MODEL_LINE.match(statement.text)
        name = english.singular_phrase(hit.group("name").lower().strip()) if hit else ""
        if hit and name and not _NO_MODEL.search(name):
            given[name] = hit.group("fields")
    found = {name: text for name, text in given.items() if _models(name, text, given)}
    return found if len(found) > 1 else {}


def _models(name: str, text: str, given: dict[str, str]) -> bool:
    """Tell whether a line lists the fields of an entity, or leads to another one."""
    items = lists.split(text)
    known = [i for i in items if any(d.known for d in drafting.drafts(i, strong=True))]
    leads = any(i.text.lower() in given and i.text.lower() != name for i in items)
    return len(items) > 2 and (leads or len(known) * 2 >= len(items))


def _leading(models: dict[str, str]) -> list[str]:
    """Return the entity of a data model that leads to another one."""
    return [
        name
        for name, fields in models.items()
        if any(
            i.text.lower() in models and i.text.lower() != name
            for i in lists.split(fields)
        )
    ]


def _with_states(reading: Reading, titled: str) -> list[str]:
    """Return what states are said to be of, when the title names only the place of it.

    In a `Company library` with `Loan states: ...` loans are what is recorded.
    """
    for statement in reading.said:
        hit = _STATES_OF.match(statement.lower)
        if (
            hit
            and hit.group(1) in _DEED.values()
            and hit.group(1) not in titled.split()
        ):
            return [hit.group(1)]
    return []


def _nameable(phrase: str) -> bool:
    words = [english.singular(w) for w in re.findall(r"[a-z]+", phrase)]
    return any(w not in GENERIC and len(w) > 1 for w in words) and bool(slug(phrase))


def _titled(title: str) -> str:
    text = re.sub(r"\s+", " ", title).strip(" .!?:\"'")
    text = subject.titled(_WHY.split(text)[0])
    told = re.match(
        r"^as an? .*?(?:i (?:want|need|would like)(?: to)?|we want(?: to)?)\s+(.*)$",
        text,
        re.IGNORECASE,
    )
    text = told.group(1) if told else text
    said = re.match(
        rf"^(?:(?:allow|enable|let|help)\s+)?(?:[\w ]+?\s)??(?:can|could|should|may|to|want to|need to|must)\s+(?:be able to\s+)?({_DEEDS})\s+(.+)$",
        text, re.IGNORECASE,
    )  # fmt: skip
    if said:
        return _named(said.group(1).lower(), said.group(2))
    begun = re.match(
        rf"^({_DEEDS})\s+(?:an?\s+|the\s+|new\s+)?(.+)$", text, re.IGNORECASE
    )
    clause = _CLAUSE.match(text)
    if clause and roles.who(clause.group("who").lower()):
        return _named(clause.group("deed").lower(), clause.group("rest"))
    doing = _DOING.match(text)
    if doing and english.is_plural(text.split()[-1].lower()):
        return _named(_BASE_OF[doing.group(1).lower()], doing.group(2))
    if begun and not english.is_plural(begun.group(1)):
        rest = begun.group(2)
        deed = begun.group(1).lower()
        listed = english.singular(rest.split()[-1].lower()) in _ROWS
        if not listed and (
            _DEED[deed]
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
            made = _named(deed, rest)
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


def _named(deed: str, rest: str) -> str:
    thing = _clean(re.sub(r"^for ", "", rest, flags=re.IGNORECASE))
    noun = _DEED[deed]
    words = thing.split()
    if not words:
        return ""
    if noun and words[-1] not in {noun, "request", "report", "booking"}:
        return f"{thing} {noun}"
    return thing


def _objects(reading: Reading) -> list[str]:
    """Return what is submitted, created, requested... in the text, the most frequent first."""
    found: dict[str, int] = {}
    for statement in reading.said:
        for hit in _DOES.finditer(statement.lower):
            phrase = _named(hit.group(1), hit.group(2))
            words = phrase.split()
            if not words or len(words) > 4 or words[0] in roles.BASE:
                continue
            if {*words} & {
                "me",
                "us",
                "them",
                "it",
                "sure",
                "that",
                "what",
                "how",
                "everything",
            }:
                continue
            found[phrase] = found.get(phrase, 0) + 1
    return sorted(found, key=lambda phrase: -found[phrase])


_HAS: Final = re.compile(
    r"(?:^|[.;]\s|,\s)(?:each|every|an?|the|all)\s+([a-z][a-z -]{1,40}?)\s+(?:must |should |will |can |may )?(?:has|have|consists? of|contains?|is described by|includes?|holds?|carries)(?: the following(?: [a-z]+)?)?:?\s+(.+)$",
    re.IGNORECASE,
)
# `For each trap check we note trap number, position and a comment.`
_NOTED: Final = re.compile(
    r"\bfor (?:each|every) ([a-z][a-z -]{1,40}?),? (?:we|they|one|the [a-z]+) (?:also )?(?:notes?|records?|keeps?|enters?|stores?|writes? down|needs?|wants?)(?: the following)?:?\s+(.+)$",
    re.IGNORECASE,
)
_LISTED: Final = re.compile(
    r"\b(?:list|catalogue|catalog|register|set|table|inventory|directory) of (?:available |all |possible |our |the |bookable )*([a-z][a-z -]{1,30}?s)\b",
    re.IGNORECASE,
)
_KEEPS: Final = re.compile(
    r"\b(?:maintains?|configures?|sets? up|defines?|administers?|administrates?)\s+(?:the |a |their |all |list of |the list of |available )*([a-z][a-z -]{1,30}?s)\b(?=\s+(?:with|in|and|which|that|such|including|themselves|so)\b|[.,;:(]|$)",
    re.IGNORECASE,
)
_LINES: Final = re.compile(
    r"\b(?:one or more|several|multiple|at least one|(?<!how )many|any number of|a list of|a number of|various|different)\s+((?:[a-z-]+ ){0,2}?(?:lines?|items?|positions?|entries|[a-z-]+s))\b",
    re.IGNORECASE,
)
_LINE: Final = re.compile(
    r"\b(?:(?:each|every|per|an?|the|with|by|has|have|add|adds|contains?|its|at least one|of|line)\s+)((?:[a-z-]+[ -])?(?:lines?|line items?|order lines?|line))\b(?! (?:manager|supervisor|management|item manager))",
    re.IGNORECASE,
)


def subject_of_has(text: str) -> tuple[str, str] | None:
    """Return what *has* something, and what it has: `Each room has a name and a floor`."""
    hit = _HAS.search(text) or _NOTED.search(text)
    if not hit:
        return None
    return english.singular_phrase(hit.group(1).lower().strip()), hit.group(2)


def noted(text: str) -> bool:
    """Tell whether a sentence says what is noted for each of something."""
    return _HAS.search(text) is None and _NOTED.search(text) is not None


def kept(text: str) -> list[str]:
    """Return the lists that somebody keeps, as a sentence says."""
    found = [*_LISTED.findall(text), *_KEEPS.findall(text)]
    return [english.singular_phrase(phrase.lower().strip()) for phrase in found]


def lines(text: str) -> str | None:
    """Return what the lines of the main entity are called, None when it has none."""
    hit = _LINES.search(text) or _LINE.search(text)
    if not hit:
        return None
    phrase = english.singular_phrase(hit.group(1).lower().strip())
    return phrase if phrase.split()[-1] not in {"day", "time", "hour", "person", "employee", "manager", "way", "reason", "other", "week", "month", "year", "document", "attachment", "file", "receipt", "photo", "picture", "role", "status", "state", "level", "step", "user", "people", "approver", "department", "team", "company", "rejection", "participant", "attendee", "tag"} else None  # fmt: skip


def heads(main: Thing) -> set[str]:
    """Return the words by which a ticket calls what it records."""
    words = main.phrase.split()
    return {main.phrase, words[-1], *([words[0]] if words[-1] in GENERIC else [])}
