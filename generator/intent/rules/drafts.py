"""Fields while they are being understood, before they are typed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from generator.intent.rules import english, kinds, notes, roles
from generator.spec.fields import FieldType as F
from generator.spec.names import RESERVED_FIELDS, slug

if TYPE_CHECKING:
    from generator.intent.rules.kinds import Meaning
    from generator.intent.rules.lists import Item


@dataclass
class Draft:
    """One field as far as the ticket tells."""

    name: str
    label: str
    type: F
    relation: str | None = None
    required: bool | None = None
    options: tuple[str, ...] = ()
    help: str = ""
    default: Any = None
    unique: bool = False
    readonly: bool = False
    tracked: bool = False
    lowest: float | None = None
    highest: float | None = None
    known: bool = True
    phrase: str = ""
    roles: tuple[str, ...] = ()
    computed: Any = None
    asked: bool = True
    later: bool = False
    notes: list[str] = field(default_factory=list)

    def fill(self, other: Draft) -> None:
        """Take over what *other* knows of the same field."""
        self.required = self.required if other.required is None else other.required
        self.options = self.options or other.options
        if other.options and self.type is F.CHAR:
            self.type = F.SELECTION
        if other.known and not self.known:
            self.type, self.relation, self.known = other.type, other.relation, True
        self.help = self.help or other.help
        self.unique = self.unique or other.unique
        self.readonly = self.readonly or other.readonly
        if self.default is None:
            self.default = other.default


_LABEL_UPPER: Final = {
    "it", "hr", "iban", "vat", "id", "url", "cv", "sku", "uom", "gl", "po", "gps", "km",
    "nda", "sla", "iso", "cfo", "ceo", "qa", "usb",
}  # fmt: skip
_NOTHING: Final = frozenset(
    """details information following data fields field state status stage other others etc
    etcetera more so on more information everything anything it them this that these those
    form list one both none action actions button access permission permissions rights record
    request requests entry entries reference sequence chatter history log follow-up
    notification notifications activity reminder reminders approval rejection mail
    overview dashboard menu view views tab steps step lines line items item ones people copy
    role roles n/a case cases way ways part parts number_of moment button changes
    message person feature features workflow confirmation""".split()
)
_VERBAL: Final = re.compile(
    r"\b(is|are|be|can|may|must|should|will|has|have|do|does|was|were|shall|gets?|becomes?"
    r"|needs?(?= \w)|want|wants|cannot|not|who|which|whether it|via|if|when|then)\b"
)
_LONGEST: Final = 6


def identifier(phrase: str) -> str:
    """Return the field name for a phrase: without articles, in the singular of its head."""
    words = re.sub(r"\b(the|a|an|of the|its|their|his|her|any)\b", " ", phrase.lower())
    words = re.sub(r"['\u2019]s\b", "", words).replace("e-mail", "email")
    return slug(words, longest=50)


def label(phrase: str) -> str:
    """Return the label for a phrase: `needed by date` is `Needed by date`."""
    words = re.sub(
        r"^(?:the|an?|its|their)\s+", "", phrase.strip(), flags=re.IGNORECASE
    ).split()
    made = [w.upper() if w.lower() in _LABEL_UPPER else w for w in words]
    text = " ".join(made)
    return (text[:1].upper() + text[1:])[:80] or "Field"


def drafts(item: Item, *, strong: bool = False) -> list[Draft]:
    """Return the fields that one item of a list asks for; none when it asks for no field."""
    phrase = _phrase(item.text)
    if (
        not phrase
        or (phrase in _NOTHING and not any(notes.options(n) for n in item.notes))
        or len(phrase.split()) > _LONGEST
    ):
        return []
    if _somebody_does(phrase):
        return []
    if (
        _VERBAL.search(re.sub(r"^(whether|is|has|if|are|needs?)\b", "", phrase))
        or phrase.isdigit()
    ):
        return []
    pair = _pair(phrase)
    if pair:
        return [notes.noted(d, item) for d in pair]
    made = _draft(phrase, item)
    if made is None or (not made.known and not strong):
        return [made] if made is not None else []
    return [made]


def _somebody_does(phrase: str) -> bool:
    """Tell whether a phrase is a clause: `reception hands the item over`."""
    words = phrase.split()
    return any(
        english.singular(before) in roles.PEOPLE
        and after.endswith("s")
        and after
        not in {"address", "costs", "details", "comments", "notes", "skills", "status"}
        for before, after in pairwise(words)
    )


def _phrase(text: str) -> str:
    phrase = text.lower().strip(" .\"'").replace("\u2019", "'")
    phrase = re.sub(r"^(?:the )?(?:field|value) (?!of\b)", "", phrase)
    phrase = re.sub(
        r"^(?:up to|max(?:imum)?(?: of)?|at least|about|at most) \d+ ", "", phrase
    )
    phrase = re.sub(r" in (?:eur|usd|gbp|chf|euros?|dollars?)$", "", phrase)
    phrase = re.sub(r"^valid (?!from|until|to|through)(?=\w)", "", phrase)
    phrase = re.sub(
        r"^(?:a |the )?(?:short |brief |free[- ]text |detailed |full |clear |planned (?=purpose))+",
        "",
        phrase,
    )
    phrase = re.sub(
        r"\b(employee|requester|user|person|visitor|customer|vendor|supplier)'s ",
        r"\1 ",
        phrase,
    )
    phrase = re.sub(r"\b(its|their|his|her|our|my)\b ", "", phrase)
    return " ".join(phrase.split())


_RANGE: Final = re.compile(
    r"^(?:(.*?) )?(?:dates|period|date range|timeframe|start and end dates?|start and end times?"
    r"|time slot|timeslot|times|from and to dates?|from[ -]?/?to dates?|start ?/ ?end dates?|duration dates"
    r"|from/to|start date and end date|(?:start and end )?dates of (?:the )?(?!birth|purchase)[a-z]+)$"
)


def _pair(phrase: str) -> list[Draft]:
    hit = _RANGE.match(phrase)
    if not hit or (hit.group(1) or "") in {"due", "both"}:
        return []
    timed = "time" in phrase and "timeframe" not in phrase
    kind = F.DATETIME if timed else F.DATE
    names = ("start_time", "end_time") if timed else ("start_date", "end_date")
    words = ("Start time", "End time") if timed else ("Start date", "End date")
    return [
        Draft(name, word, kind, phrase=phrase)
        for name, word in zip(names, words, strict=True)
    ]


def _draft(phrase: str, item: Item) -> Draft | None:
    meaning = kinds.meaning(phrase)
    one = english.singular_phrase(phrase)
    if not meaning.known and one != phrase:
        again = kinds.meaning(one)
        if again.known:
            meaning = again
    if meaning.type is F.SELECTION or (
        meaning.type is F.MANY2ONE and english.is_plural(phrase.rsplit(maxsplit=1)[-1])
    ):
        phrase = one
    name = identifier(kinds.without_unit(phrase))
    if not name:
        return None
    name = _named(name, meaning)
    made = Draft(
        name, label(_cased(phrase, item.text)), meaning.type, meaning.relation,
        known=meaning.known, phrase=phrase,
    )  # fmt: skip
    return notes.noted(made, item)


def _cased(phrase: str, text: str) -> str:
    """Return the phrase with the capitals that the ticket gave it."""
    at = text.lower().find(phrase)
    return text[at : at + len(phrase)] if at >= 0 else phrase


_SHORT: Final = {
    "requested_by": "employee_id", "requester": "employee_id", "requestor": "employee_id",
    "applicant": "employee_id", "employee_name": "employee_id", "staff_member": "employee_id",
    "name_of_employee": "employee_id", "requesting_employee": "employee_id",
    "dept": "department_id", "requesting_department": "department_id",
    "supplier": "supplier_id", "customer_name": "customer_id", "client_name": "client_id",
    "vendor_name": "vendor_id", "supplier_name": "supplier_id", "qty": "quantity",
    "from_date": "start_date", "to_date": "end_date", "date_from": "start_date",
    "date_to": "end_date", "begin_date": "start_date", "from": "start_date", "to": "end_date",
    "until": "end_date", "start": "start_date", "end": "end_date",
    "products": "product_id", "items": "item_id",
}  # fmt: skip


def _named(name: str, meaning: Meaning) -> str:
    if name in _SHORT:
        return _SHORT[name]
    if meaning.suffix and not name.endswith(meaning.suffix):
        name = f"{name}{meaning.suffix}"
    if name in RESERVED_FIELDS or name in {"state", "name_id"}:
        name = f"{name}_value"
    return name


def is_role(phrase: str, names: list[str]) -> bool:
    """Tell whether a phrase is one of the roles and no field."""
    return roles.canonical(phrase.split()) in names
