"""Who a ticket speaks of: the mentions of people, and which of them become roles."""

from __future__ import annotations

import keyword
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from generator.intent.rules import english, lexicon, verbs
from generator.spec.names import slug

if TYPE_CHECKING:
    from collections.abc import Iterable

# Words that name a person by themselves, singular.
PEOPLE: Final = frozenset(
    """employee manager worker colleague supervisor officer director admin administrator
    accountant cfo ceo cto coo cio ciso technician engineer inspector auditor coordinator
    clerk receptionist guard buyer approver requester requestor applicant reviewer organiser
    organizer trainer instructor teacher student member volunteer visitor host driver
    dispatcher planner storekeeper keeper cashier treasurer controller custodian committee
    board operator agent consultant analyst specialist recruiter interviewer candidate
    customer client vendor supplier user sponsor steward secretary assistant nurse doctor
    librarian mechanic representative salesperson seller tenant landlord donor attendee
    participant guest executive principal president warden cleaner editor author moderator
    evaluator assessor verifier validator responder chair chairperson bookkeeper lawyer
    counsel curator caretaker foreman owner staff reporter developer designer scientist
    lender borrower subscriber lead leader head contractor intern hr it legal finance
    accounting procurement purchasing payroll facilities security reception management
    helpdesk compliance controlling treasury marketing logistics quality engineering
    operations warehouse maintenance production sales purchaser borrower assignee rep
    nominee proposer initiator bookkeeper drafter partner everybody everyone anybody anyone
    creator submitter referrer claimant initiator declarant craftsman craftswoman salesman
    foreman cook waiter carpenter plumber gardener pilot captain nurse metrologist picker
    packer tutor lecturer professor parent pupil resident landlord superintendent housekeeper caretaker concierge bartender chef coach judge pastor priest porter
    vet baker butcher tailor scribe usher scout dean chief billing housekeeping catering shipping
    juror secretariat registrar vicar warden curator""".split()
)
# Those that are people only in company, or when they act.
UNITS: Final = frozenset(
    """hr it legal finance accounting procurement purchasing payroll facilities security
    reception management helpdesk compliance controlling treasury marketing logistics
    quality engineering operations warehouse maintenance production sales accounts billing housekeeping catering shipping
    head lead leader owner chair board committee host guest security""".split()
)
GROUPS: Final = frozenset(
    "team department dept desk office unit group division staff people service".split()
)
# Adjectives that say nothing of the role itself.
ADJECTIVES: Final = frozenset(
    """the a an their his her its my our your every each any all no some other another only
    both these those this that such one responsible relevant respective assigned direct
    immediate same new own concerned selected appropriate involved internal actual named
    first second final next affected authorised authorized designated requesting
    corresponding whole entire either most many more two three and or as to of by for
    from with in on at via when if once after before until while because since than not
    is are be was were been can may must should will shall would could has have had do
    does then so also but nor month week day year quarter today once per tomorrow
    monthly weekly daily yearly annual""".split()
)
OUTSIDE: Final = frozenset(
    "visitor customer client vendor supplier candidate guest tenant donor attendee"
    " participant subscriber contractor".split()
)
BASE: Final = frozenset(
    "employee worker colleague user requester requestor applicant staff member".split()
)
_SAME: Final = {
    "staff": "employee", "staff_member": "employee",
    "team_member": "employee", "requestor": "requester",
    "line_manager": "manager", "department_manager": "manager", "admin": "administrator",
    "system_administrator": "administrator", "human_resources": "hr", "accounts": "accounting",
    "chief_financial_officer": "cfo", "people_manager": "manager", "line_supervisor": "supervisor",
    "department_head": "department_head", "head_of_department": "department_head",
    "management": "management", "team_leader": "team_lead", "information_technology": "it",
    "reception": "receptionist", "system_admin": "administrator", "employee_manager": "manager",
    "security_guard": "security_guard", "staff_manager": "manager",
}  # fmt: skip
_LONGEST: Final = 25  # names of transitions and groups are made of it
_UPPER: Final = frozenset("hr it cfo ceo cto coo cio ciso qa hse ehs pmo".split())
_ABBREVIATED: Final = frozenset({"QA", "HSE", "EHS", "PMO"})


@dataclass(frozen=True)
class Mention:
    """People named in a sentence, by token: ``[start, end)``.

    Attributes:
        name: As an identifier in the singular: `finance`, `line_manager`.
        bare: Whether nothing but the one word was there (`manager`).
        possessed: Whether it is somebody's (`their manager`).
    """

    start: int
    end: int
    name: str
    bare: bool = False
    possessed: bool = False


def _word(token: str) -> str:
    low = token.lower()
    return low[:-2] if low.endswith("'s") else low.rstrip("'")


def _person(token: str) -> str:
    """Return the person a token names in the singular, or ""."""
    low = _word(token)
    if token in {"it", "It"}:  # the pronoun, not the department
        return ""
    if token in _ABBREVIATED:
        return low
    if token.title() == token and low == "accounts":
        return "accounts"
    if low == "heads":
        return "head"
    one = english.singular(low)
    if _PROFESSION.search(one):
        return one
    if low in PEOPLE:
        return low
    return one if one in PEOPLE or lexicon.person(one) else ""


# Authors of books and editors of films are names of people outside.
_NO_LINK: Final = frozenset(
    "parent everybody everyone anybody anyone author editor writer".split()
)


def who(word: str) -> str:
    """Return whether a noun is somebody of the company, `inside`, or not; "" for a thing."""
    one = english.singular(word)
    if one in OUTSIDE:
        return "outside"
    person = one in PEOPLE - UNITS - _NO_LINK
    return "inside" if person or lexicon.person(one) else ""


def mentions(tokens: list[str]) -> list[Mention]:
    """Return who is named in a sentence, in order."""
    found: list[Mention] = []
    place = 0
    while place < len(tokens):
        made = _at(tokens, place, found[-1].end if found else 0)
        if made is None:
            place += 1
            continue
        found.append(made)
        place = made.end
    return found


def _at(tokens: list[str], place: int, floor: int) -> Mention | None:
    person = _person(tokens[place])
    if tokens[place] == "accounts" and place and tokens[place - 1].lower() == "by":
        person = "accounts"
    if not person:
        return None
    start, end, head = place, place + 1, person
    own = tokens[place].lower().endswith("'s") or tokens[place].endswith("s'")
    # "HR officer", "finance team", "department head": on to the last word of the phrase
    while end < len(tokens) and not own:
        following = _person(tokens[end])
        low = _word(tokens[end])
        if low in GROUPS or english.singular(low) in GROUPS:
            end += 1
        elif following and (
            head in UNITS or following in _SECOND or _compound(tokens, end, following)
        ):
            head, end = following, end + 1
        else:
            break
        own = tokens[end - 1].lower().endswith("'s")
    if head in _HEADS and tokens[end : end + 1] == ["of"]:
        after = end + 1
        while after < len(tokens) and tokens[after].lower() in {"the", "a", "their"}:
            after += 1
        if after < len(tokens) and tokens[after][0].isalpha():
            last = after + 1
            if _word(tokens[after]) in _OF_WHAT_KIND and tokens[last : last + 1]:
                last += 1  # `head of public order`
            about = " ".join(_word(token) for token in tokens[after:last])
            name = slug(f"{about} {head}", longest=_LONGEST)
            return Mention(start, last, _SAME.get(name, name))
    if head == "parent" and tokens[end : end + 1] and not _goes_on(tokens[end]):
        return None  # `a parent category`
    if end == place + 1 and head in _DEPARTMENTS and _is_attribute(tokens, place):
        return None
    if end < len(tokens) and not own and tokens[end].lower() in _ATTRIBUTES:
        return None  # `customer name`, `applicant organisation`
    words = [_word(t) for t in tokens[start:end]]
    possessed = False
    while start > floor and start > place - 3:
        before = tokens[start - 1]
        low = _word(before)
        if before.lower().endswith("'s"):
            possessed = True
            break
        if low in {"their", "his", "her", "my", "employee's"}:
            possessed = True
        if not before[0].isalpha() or low in ADJECTIVES:
            break
        if _verbal(low) and not _doing(tokens, start - 1):
            break
        if _person(before) and low not in UNITS:
            break
        words.insert(0, low)
        start -= 1
    if len(words) == 1 and head in {"head", "lead", "leader", "chair"}:
        return None
    return Mention(
        start, end, canonical(words), bare=len(words) == 1, possessed=possessed
    )


# `scout leader`, `nurse manager`: the second of two nouns for people that are one role.
_SECOND: Final = frozenset(
    """manager officer head lead leader director member representative clerk assistant engineer
    guard administrator specialist supervisor coordinator secretary adviser advisor planner
    controller agent technician board committee council chair""".split()
)


def _compound(tokens: list[str], end: int, following: str) -> bool:
    """Tell whether two nouns for people are one role: `ward nurse`, `scout leaders`."""
    before, low = tokens[end - 1].lower(), tokens[end].lower()
    named = verbs.form((low,)) is None and following not in UNITS
    return named and not english.is_plural(before) and before not in UNITS


_DOING_NOTHING: Final = frozenset(
    "approving deciding requesting submitting acting remaining following existing".split()
)


def _doing(tokens: list[str], place: int) -> bool:
    """Tell whether a gerund is a part of a name: `the receiving ward`, `the billing team`."""
    low = tokens[place].lower()
    before = tokens[place - 1].lower() if place else ""
    named = low.endswith("ing") and low not in _DOING_NOTHING
    return named and before in {"the", "a", "an", "our", "each", "every", "as"}


_OF_WHAT_KIND: Final = frozenset(
    """public human internal external corporate legal financial technical general medical social
    digital clinical academic electrical mechanical industrial commercial""".split()
)
_HEADS: Final = frozenset(
    "head lead leader manager director chair owner dean chief president".split()
)
_DEPARTMENTS: Final = UNITS - frozenset(
    "head lead leader owner chair board committee host guest".split()
)


def _goes_on(token: str) -> bool:
    """Tell whether a sentence goes on after a person, rather than naming a thing of theirs."""
    low = token.lower()
    known = low in _AFTER_PEOPLE or low in _VERBAL or verbs.form((low,)) is not None
    return known or not low[:1].isalpha()


def _is_attribute(tokens: list[str], place: int) -> bool:
    """Tell whether a department's name only says of what kind the next noun is.

    `IT equipment` and `the quality complaint` name nobody; `IT delivers`, `finance can`
    and `approved by quality` do.
    """
    following = tokens[place + 1].lower() if place + 1 < len(tokens) else ""
    before = tokens[place - 1].lower() if place else ""
    if not following or not following[0].isalpha():
        return before in _NOUNISH or before.endswith("ing")
    if following in _AFTER_PEOPLE or verbs.form((following,)):
        return before in {"product", "of", "air", "food", "data", "service"}
    if following.endswith("s") and before in {
        "",
        ",",
        ".",
        ";",
        ":",
        "and",
        "then",
        "the",
        "when",
        "once",
        "if",
        "-",
    }:
        return following in {
            "systems",
            "costs",
            "services",
            "issues",
            "tickets",
            "requests",
            "documents",
        }
    return True


_PROFESSION: Final = re.compile(
    r"(?:ologist|ician|[a-z]{3}sman|[a-z]{3}swoman|ographer)$"
)
_ATTRIBUTES: Final = frozenset(
    """name names organisation organization number id email e-mail address data list record
    details company code phone type group satisfaction feedback complaint complaints portal
    access rights level panel handbook onboarding training evaluation evaluations invoice rating category""".split()
)
_NOUNISH: Final = frozenset({"product", "of", "air", "food", "data", "service"})
_AFTER_PEOPLE: Final = frozenset(
    """can may must should shall will is are has have does do was were gets get to and or
    who which then also only needs wants via by for in on with if when before after
    cannot at from as either automatically receives receive sees see""".split()
)
_VERBAL: Final = frozenset(
    """notify notifies inform informs email e-mail remind reminds alert alerts tell tells
    ask asks assign assigns let lets allow allows need needs require requires want wants
    see sees add adds give gives send sends select selects show shows make makes enter
    enters per needs where which who whom via there here into onto about within without
    notifying informing e-mails emails between against under over through during either
    also automatically immediately then only specific pick picks choose chooses
    submitted approved rejected by requests request contact contacts record records
    link links linked relevant called name names named include includes including
    approves rejects approve reject submit submits approval additional create creates
    field fields up out escalate escalates prevent prevents onboard compare compares view
    shows each register registers book books report reports log logs manage manages track
    tracks raise raises handle handles""".split()
)


def _verbal(word: str) -> bool:
    form = verbs.form((word,))
    if form is not None and form[1] != "noun" and word not in _NOUNS:
        return True
    return word in _VERBAL or word.endswith("ly")


# Verbs that are more often the kind of a person: `sales order manager`, `project planner`.
_NOUNS: Final = frozenset(
    "order purchase project plan book test process review loan".split()
)


def canonical(words: Iterable[str]) -> str:
    """Return the identifier of a role: `the Finance Team` is `finance`."""
    kept = [english.singular(w) if w not in UNITS else w for w in words]
    while len(kept) > 1 and kept[-1] in GROUPS and kept[-1] != "staff":
        kept.pop()
    while len(kept) > 1 and kept[-1] in {"member", "person"} and kept[-2] not in BASE:
        kept.pop()
    name = slug(" ".join(kept), longest=_LONGEST)
    name = f"{name}_role" if keyword.iskeyword(name) else name
    return _SAME.get(name, name)


def label(name: str) -> str:
    """Return the label of a role."""
    return " ".join(
        word.upper() if word in _UPPER else word.capitalize()
        for word in name.split("_")
    )
