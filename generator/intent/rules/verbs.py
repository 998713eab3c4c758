"""What people do with a record, and the state that leaves it in."""

from __future__ import annotations

import re
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


@dataclass(frozen=True)
class Verb:
    """One verb of a workflow.

    Attributes:
        base: `approve`.
        participle: `approved`.
        state: The state it leads to, as people call it: `approved`, `in_progress`.
        strong: Whether it speaks of the workflow wherever it has a person for a subject;
            a weak verb (`receive`, `start`) does so only when it is said to be a status.
        refused: Whether its state is off the main line.
        final: Whether nothing is expected after it.
        nouns: What the deed is called.
    """

    base: str
    participle: str
    state: str
    strong: bool = True
    refused: bool = False
    final: bool = False
    nouns: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Its name as an identifier."""
        return self.base.replace(" ", "_")


# base, participle, state, flags (s strong, r refused, f final), nouns
_ROWS: Final = """
submit|submitted|submitted|s|submission
approve|approved|approved|s|approval
authorise|authorised|authorised|s|authorisation
authorize|authorized|authorized|s|authorization
endorse|endorsed|endorsed|s|endorsement
reject|rejected|rejected|srf|rejection
refuse|refused|refused|srf|refusal
decline|declined|declined|srf|
deny|denied|denied|srf|denial
dismiss|dismissed|dismissed|srf|
cancel|cancelled|cancelled|srf|cancellation
withdraw|withdrawn|withdrawn|srf|withdrawal
confirm|confirmed|confirmed|s|confirmation
validate|validated|validated|s|validation
verify|verified|verified|s|verification
process|processed|processed|s|
pay|paid|paid|s|payment
pay out|paid out|paid|s|
reimburse|reimbursed|reimbursed|s|reimbursement
disburse|disbursed|disbursed|s|disbursement
settle|settled|settled|s|settlement
close|closed|closed|sf|closure
complete|completed|completed|sf|completion
finish|finished|finished|sf|
finalise|finalised|finalised|sf|
finalize|finalized|finalized|sf|
resolve|resolved|resolved|s|resolution
hand over|handed over|handed_over|s|
hand out|handed out|handed_out|s|
take back|taken back|returned|s|
bring back|brought back|returned|s|
grant|granted|granted|s|
deliver|delivered|delivered|s|
return|returned|returned|s|
check in|checked in|checked_in|s|
check out|checked out|checked_out|s|
publish|published|published|s|publication
archive|archived|archived|sf|
activate|activated|active|s|activation
terminate|terminated|terminated|sf|termination
acknowledge|acknowledged|acknowledged|s|
accept|accepted|accepted|s|acceptance
sign|signed|signed|s|signature
fulfil|fulfilled|fulfilled|sf|
fulfill|fulfilled|fulfilled|sf|
issue|issued|issued|s|
void|voided|void|rf|
suspend|suspended|suspended||
revoke|revoked|revoked|srf|
post|posted|posted||
start|started|in_progress||
begin|begun|in_progress||
assign|assigned|assigned||
schedule|scheduled|scheduled||
receive|received|received||
review|reviewed|reviewed||
order|ordered|ordered||
inspect|inspected|inspected||
investigate|investigated|under_investigation||
plan|planned|planned||
allocate|allocated|allocated||
send|sent|sent||
reserve|reserved|reserved||
implement|implemented|implemented||
repair|repaired|repaired||
fix|fixed|fixed||
ship|shipped|shipped||
release|released|released||
renew|renewed|renewed||
expire|expired|expired||
evaluate|evaluated|evaluated||
assess|assessed|assessed||
escalate|escalated|escalated||
purchase|purchased|purchased||
collect|collected|collected||
triage|triaged|triaged||
dispatch|dispatched|dispatched||
prepare|prepared|prepared||
lend|lent|lent||
loan|loaned|on_loan||
borrow|borrowed|borrowed||
register|registered|registered||
reopen|reopened|reopened||
hire|hired|hired|f|
test|tested|tested||
check|checked|checked||
install|installed|installed||
configure|configured|configured||
attend|attended|attended||
invoice|invoiced|invoiced||
book|booked|booked||
open|opened|open||
shortlist|shortlisted|shortlisted||
interview|interviewed|interviewed||
offer|offered|offered||
onboard|onboarded|onboarded||
pick up|picked up|picked_up||
postpone|postponed|postponed|r|
export|exported|exported||
clear|cleared|cleared|s|clearance
block|blocked|blocked|r|
unblock|unblocked|unblocked||
donate|donated|donated||
refer|referred|referred||
perform|performed|performed||
apply|applied|applied||
mitigate|mitigated|mitigated||
"""


def _parsed() -> tuple[Verb, ...]:
    found = []
    for row in _ROWS.strip().split("\n"):
        base, participle, state, flags, nouns = row.split("|")
        found.append(
            Verb(
                base, participle, state,
                strong="s" in flags, refused="r" in flags, final="f" in flags,
                nouns=tuple(filter(None, nouns.split(","))),
            )
        )  # fmt: skip
    return tuple(found)


VERBS: Final = _parsed()
BY_STATE: Final = {verb.state: verb for verb in reversed(VERBS)}
BY_BASE: Final = {verb.base: verb for verb in VERBS}


def third(base: str) -> str:
    """Return the form after he, she, it."""
    head, _, rest = base.partition(" ")
    if head.endswith(("s", "sh", "ch", "x")):
        made = f"{head}es"
    elif re.search(r"[^aeiou]y$", head):
        made = f"{head[:-1]}ies"
    else:
        made = f"{head}s"
    return f"{made} {rest}".strip()


def gerund(verb: Verb) -> str:
    """Return the form on -ing."""
    head, _, rest = verb.base.partition(" ")
    if head.endswith("e") and not head.endswith("ee"):
        made = f"{head[:-1]}ing"
    elif verb.participle.split(" ")[0] == f"{head}{head[-1]}ed":
        made = f"{head}{head[-1]}ing"
    else:
        made = f"{head}ing"
    return f"{made} {rest}".strip()


Forms = dict[tuple[str, ...], tuple[Verb, str]]


def _forms(known: Iterable[Verb]) -> Forms:
    found: Forms = {}
    for verb in known:
        forms = [
            (verb.base, "base"),
            (third(verb.base), "third"),
            (verb.participle, "participle"),
            (gerund(verb), "gerund"),
            *((noun, "noun") for noun in verb.nouns),
        ]
        for word, kind in forms:
            found.setdefault(tuple(word.split(" ")), (verb, kind))
    return found


def _all_forms() -> Forms:
    found = _forms(VERBS)
    found["canceled",] = (BY_BASE["cancel"], "participle")
    found["resubmit",] = (BY_BASE["submit"], "again")
    found["resubmits",] = (BY_BASE["submit"], "again")
    found["resubmitted",] = (BY_BASE["submit"], "again")
    return found


FORMS: Final = _all_forms()
_ADDED: ContextVar[tuple[Verb, ...]] = ContextVar("added verbs", default=())
_ADDED_FORMS: ContextVar[Forms | None] = ContextVar("their forms", default=None)


@contextmanager
def added(more: Iterable[Verb]) -> Iterator[None]:
    """Know more verbs within the block."""
    known = tuple(more)
    tokens = _ADDED.set(known), _ADDED_FORMS.set(_forms(known))
    try:
        yield
    finally:
        _ADDED.reset(tokens[0])
        _ADDED_FORMS.reset(tokens[1])


def form(words: tuple[str, ...]) -> tuple[Verb, str] | None:
    """Return the verb that words are a form of, and which: base, third, participle..."""
    return FORMS.get(words) or (_ADDED_FORMS.get() or {}).get(words)


def of_base(base: str) -> Verb | None:
    """Return the verb with a base form."""
    return BY_BASE.get(base) or next((v for v in _ADDED.get() if v.base == base), None)


def leading_to(state: str) -> Verb | None:
    """Return the verb whose state is called so."""
    known = BY_STATE.get(state)
    return known or next((v for v in _ADDED.get() if v.state == state), None)


_LONGEST: Final = 2


_CLOSING: Final = frozenset({",", ".", ";", "and", "or", "(", ")", "when", "on", "at"})


def at(tokens: list[str], place: int) -> tuple[Verb, str, int] | None:
    """Return the verb that begins at a token, its form, and how many tokens it takes.

    The particle of a verb of two words may come later: `hands the key over`.
    """
    if form(tuple(tokens[place : place + _LONGEST])) is None:
        for end in range(place + 2, min(place + 5, len(tokens))):
            # "checks the dog in" is no check
            closed = not tokens[end + 1 : end + 2] or tokens[end + 1] in _CLOSING
            hit = form((tokens[place], tokens[end])) if closed else None
            if hit is not None and all(t[:1].isalpha() for t in tokens[place:end]):
                return (*hit, 1)
    for length in range(_LONGEST, 0, -1):
        hit = form(tuple(tokens[place : place + length]))
        if hit is not None:
            return (*hit, length)
    for end in range(place + 2, min(place + 5, len(tokens))):
        if not tokens[end - 1][:1].isalpha():
            return None
        hit = form((tokens[place], tokens[end]))
        if hit is not None:
            return (*hit, 1)
    return None


def of_state(name: str) -> Verb | None:
    """Return the verb that leads to a state, as far as its name tells."""
    known = leading_to(name)
    if known is not None:
        return known
    words = tuple(name.split("_"))
    for start in range(len(words)):
        hit = form(words[start:])
        if hit and hit[1] in {"participle", "noun"}:
            return hit[0]
    return None
