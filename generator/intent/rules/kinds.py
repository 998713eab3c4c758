"""Which type of field the words of a ticket mean."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from generator.intent.rules import roles
from generator.spec.fields import FieldType as F


@dataclass(frozen=True)
class Meaning:
    """What a phrase means as a field.

    Attributes:
        type: Odoo's type.
        relation: Model of a relational field.
        known: Whether the words tell it, or it is only supposed to be a line of text.
        suffix: What Odoo adds to the name of such a field.
    """

    type: F
    relation: str | None = None
    known: bool = True

    @property
    def suffix(self) -> str:
        """What Odoo's convention adds to the name."""
        if self.type is F.MANY2ONE:
            return "_id"
        return "_ids" if self.type in {F.MANY2MANY, F.ONE2MANY} else ""


# Types that a ticket names outright, in parentheses or after a colon.
_NAMED: Final[dict[str, F]] = {
    "text": F.CHAR, "string": F.CHAR, "char": F.CHAR, "short text": F.CHAR, "free text": F.TEXT,
    "long text": F.TEXT, "multiline": F.TEXT, "multi-line": F.TEXT, "multiline text": F.TEXT,
    "multi-line text": F.TEXT, "textarea": F.TEXT, "text area": F.TEXT, "paragraph": F.TEXT,
    "rich text": F.HTML, "html": F.HTML, "formatted text": F.HTML,
    "integer": F.INTEGER, "int": F.INTEGER, "whole number": F.INTEGER, "number": F.INTEGER,
    "numeric": F.FLOAT, "decimal": F.FLOAT, "float": F.FLOAT, "percentage": F.FLOAT,
    "percent": F.FLOAT, "hours": F.FLOAT,
    "money": F.MONETARY, "monetary": F.MONETARY, "currency": F.MONETARY, "amount": F.MONETARY,
    "boolean": F.BOOLEAN, "bool": F.BOOLEAN, "checkbox": F.BOOLEAN, "yes/no": F.BOOLEAN,
    "yes / no": F.BOOLEAN, "tick box": F.BOOLEAN, "tick": F.BOOLEAN, "tickbox": F.BOOLEAN, "flag": F.BOOLEAN, "y/n": F.BOOLEAN,
    "true/false": F.BOOLEAN, "yes or no": F.BOOLEAN,
    "date": F.DATE, "dates": F.DATE, "datetime": F.DATETIME, "date and time": F.DATETIME, "date/time": F.DATETIME,
    "date & time": F.DATETIME, "timestamp": F.DATETIME, "time": F.DATETIME,
    "selection": F.SELECTION, "dropdown": F.SELECTION, "drop-down": F.SELECTION,
    "choice": F.SELECTION, "select": F.SELECTION, "picklist": F.SELECTION, "list": F.SELECTION,
    "file": F.BINARY, "upload": F.BINARY, "binary": F.BINARY, "attachment": F.BINARY,
    "image": F.IMAGE, "photo": F.IMAGE, "picture": F.IMAGE,
    "many2one": F.MANY2ONE, "one2many": F.ONE2MANY, "many2many": F.MANY2MANY,
    "eur": F.MONETARY, "usd": F.MONETARY, "gbp": F.MONETARY, "chf": F.MONETARY,
    "€": F.MONETARY, "$": F.MONETARY, "currency amount": F.MONETARY, "email": F.CHAR,
    "link": F.CHAR, "url": F.CHAR, "phone": F.CHAR, "decimal number": F.FLOAT,
}  # fmt: skip

_E, _D, _P, _U = "hr.employee", "hr.department", "res.partner", "res.users"
_RELATIONS: Final[tuple[tuple[str, str], ...]] = (
    (r"(requesting |requested |responsible |owning |own |home |cost )?(department|dept)\.?", _D),
    (r"employee|staff member|colleague|traveller|traveler|employee name|team member|substitute"
     r"|deputy|stand-in|name of the employee|requesting employee|host|host employee", _E),
    (r"(line |direct |reporting |hiring )?manager|supervisor|approving manager|team lead", _E),
    (r"(requested|reported|raised|submitted|created|logged|assigned|handled|approved|inspected"
     r"|checked|prepared|found|proposed) (by|to)|requester|requestor|applicant|reporter"
     r"|person reporting|submitter|proposer", _E),
    (r"assignee|assigned (user|person)|responsible( person| user)?|person responsible( for .*)?|person in charge( of .*)?|owner|user|handler", _U),
    (r"technician|inspector|driver|trainer|instructor|auditor|assigned (technician|engineer)"
     r"|engineer|participant|attendee|interviewer|organi[sz]er|mentor|buddy|leader|guide|coach|tutor"
     r"|(accompanying |responsible |class |head |form )?(teacher|nurse|doctor|physician|caretaker)", _E),
    (r"(preferred |external |new |selected |proposed |suggested )?(vendor|supplier|contractor"
     r"|service provider|provider|training provider|counterparty|counter-party)( name)?", _P),
    (r"customer|client|partner|contact|contact person|donor|tenant|subscriber|visitor company"
     r"|customer name|client name|company visited|business partner|member", _P),
    (r"(product|item|article|material|spare part|part)s?( requested| name)?", "product.product"),
    (r"product category", "product.category"),
    (r"unit( of measure)?|uom", "uom.uom"),
    (r"(related |linked )?project", "project.project"),
    (r"task", "project.task"),
    (r"vehicle|car|company car|pool car|truck|van", "fleet.vehicle"),
    (r"(affected |related )?(equipment|machine|device)", "maintenance.equipment"),
    (r"currency", "res.currency"),
    (r"(destination |home |issuing )?country( of (origin|destination|issue))?", "res.country"),
    (r"job( position)?|position|job title to fill|vacancy", "hr.job"),
    (r"cost cent(er|re)|analytic account|budget line", "account.analytic.account"),
    (r"gl account|account code|general ledger account|expense account", "account.account"),
    (r"(sales|sale|customer) order", "sale.order"),
    (r"purchase order", "purchase.order"),
    (r"(branch|subsidiary|legal entity)", "res.company"),
    (r"warehouse", "stock.warehouse"),
    (r"work location", "hr.work.location"),
)  # fmt: skip
# Units of what is measured, and of what is counted.
_MEASURES: Final = (
    r"hectares?|ha|acres|km/?h|m/s|metres|meters|km|kg|kilograms?|tons?|tonnes|litres?|liters?"
    r"|percent|%|degrees|watts?|kwh|bar|mm|cm|square metres|m2"
)
_COUNTS: Final = r"days|weeks|months|years|minutes|seconds|pieces"
_UNIT: Final = re.compile(rf" in (?:{_MEASURES}|{_COUNTS})$")
# What was done on a day, at a time, or by somebody: `inspected on`, `handed over by`.
_DONE: Final = (
    r"(?:[a-z]+ )?(?:[a-z]+ed|[a-z]{3,}en|sent|lent|paid|sold|built|made|held|found|brought|left"
    r"|lost|read|bought|kept|drawn|done|shown|sown)(?: (?:in|out|off|over|up|back|away))?"
)
_TYPED: Final[tuple[tuple[str, F], ...]] = (
    (r".*\?", F.BOOLEAN),
    (r"(planned |actual |expected )?(departure|arrival|return|check-?in|check-?out|handover)", F.DATE),
    (r"(free|available|remaining|open|vacant|total|spare) [a-z]+s", F.INTEGER),
    (r"(expected|planned|estimated) (guests|visitors|people|participants|persons|attendees|children|pupils|members|passengers|students|adults)", F.INTEGER),
    (r"(days|hours|nights|times|minutes|number of [a-z]+) (per|a|each|every) (day|week|month|year)", F.INTEGER),
    (r"(special |other )?(incidents|occurrences|defects|complaints|damages|problems|issues|allergies|missing [a-z]+s)", F.TEXT),
    (rf"{_DONE} on( or before)?|due( back)?( on)?|back on|next .* (due|planned)( for| on)?"
     r"|.* (planned|scheduled|expected) (for|on)|.* due", F.DATE),
    (rf"{_DONE} at", F.DATETIME),
    (r"(?!price list|cost cent)(.* )?(amount|sum|price|cost|fee|charge|budget)s? (?:[a-z]+ed|[a-z]+en|for|per)( .*)?",
     F.MONETARY),
    (r"(?!.* of ).*\b(income|rent|fare|toll|tariff|premium|fine|grant|subsidy|wages|deductible|surcharge amount)", F.MONETARY),
    (r".*\b(count|number of .*) per .*", F.INTEGER),
    (r"description of .*", F.TEXT),
    (r"(.* )?(test|result|measured|target|threshold|reference|nominal|limit|read) value", F.FLOAT),
    (r".*\b(date and time|date & time|date/time|datetime|timestamp|time slot)\b.*", F.DATETIME),
    (r"(planned |actual |expected |scheduled |preferred )?(start|end|begin|arrival|departure"
     r"|check-?in|check-?out|pick-?up|drop-?off|return|appointment|meeting|event|incident|entry"
     r"|exit|from|to|opening|closing|finish|handover|visit)[ -]?time", F.DATETIME),
    (r"time (of|in|out)\b.*|.+ since", F.DATETIME),
    (r"time", F.DATETIME),
    (r"(photo|picture|image)s? .*", F.IMAGE),
    (r"year of .*", F.INTEGER),
    (rf".* in ({_MEASURES})", F.FLOAT),
    (rf".* in ({_COUNTS})", F.INTEGER),
    (r".*\b(speed|area|dose|dosage|pressure|depth|thickness|angle)( per .*)?", F.FLOAT),
    (r"(hourly|daily|nightly|weekly|monthly|day|room) rate", F.MONETARY),
    (r".*\b(proposal|proposals|body text|teaser|abstract)", F.TEXT),
    (r".*\b(start|end|arrival|departure|time)s? (date and time|datetime)", F.DATETIME),
    (r".*\b(date|deadline|birthday|day of (?!week).*)\b( (of|for|when|needed|required|found|lost|received|reported|logged|borrowed|issued|returned|ordered|noted).*)?"
     r"( (from|to|until))?", F.DATE),
    (r"(taken|returned|received|sent|lent|borrowed|issued|paid|ordered|delivered|approved|signed"
     r"|handed over|collected|expected|picked up|found|installed|calibrated) (on|back)", F.DATE),
    (r"(needed|required|wanted|requested) (by|from|until|on|for when)|needed-by|due( by)?|valid (from|until|to|through)"
     r"|from|to|until|start|end|expiry|expiration|first day|last day( of work)?|return by"
     r"|(start|end)s? on|due on|valid(ity)? (start|end)|when|date needed|day", F.DATE),
    (r".*\b(discount|percentage|percent|rate|ratio|probability|progress|share|vat)\b( %)?", F.FLOAT),
    (r".*%.*", F.FLOAT),
    (r".*\b(hours|duration|weight|distance|length|width|height|mileage|odometer( reading)?|km"
     r"|kilomet(er|re)s|temperature|effort|size in .*|volume|kwh|usage|reading|fte"
     r"|overtime|working time)\b( (in|of) .*)?( \w+)?", F.FLOAT),
    (r"(?:maximum |minimum |max\.? |min\.? |total |expected |planned |actual )?(number|count|amount|no\.?|nr\.?|#|quantity|headcount) of .*", F.INTEGER),
    (r".*\b(quantity|qty|headcount|count|capacity|copies|seats|participants count|days"
     r"|nights|score|rating|age|year|floor|points|units|persons|openings|vacancies|level of stock"
     r"|duration in days|months|weeks|attempts|stars|head count|expected attendees"
     r"|minutes|places)\b", F.INTEGER),
    (r".*\b(amount|cost|costs|price|budget|fee|fees|total|subtotal|salary|value|deposit|charge"
     r"|expense|allowance|sum|balance|revenue|payment|wage|refund|estimate|spend|penalty"
     r"|limit|compensation|net|gross|turnover|bonus|cash)\b"
     r"( (requested|approved|needed|spent|paid|involved|per .*|range|in .*|of .*|claimed))?", F.MONETARY),
    (r"(is|are|has|have|needs?|requires?|includes?|already|whether|if) .*", F.BOOLEAN),
    (r"(urgent|active|confidential|anonymous|billable|recurring|chargeable|safety[ -]critical"
     r"|returned in good condition|catering( needed| required)?|remote|paid|escorted|injury|injuries)"
     r"|.* (needed|required|accepted|completed|received|included|granted|allowed|signed)\??"
     r"|.*\b(yes/no|flag|checkbox|tick ?box)\b|urgent flag|.*\?", F.BOOLEAN),
    (r".*\b(photo|photos|picture|image|logo|screenshot|badge photo)\b", F.IMAGE),
    (r".*\b(receipt|receipts|document|documents|attachment|attachments|file|files|scan|scanned .*"
     r"|certificate|certificates|copy of .*|contract pdf|pdf|invoice copy|quotation|cv|resume"
     r"|upload|supporting .*|proof( of .*)?|evidence|id copy|cover letter)\b", F.BINARY),
    (r".*\b(email|e-mail|phone|mobile|telephone|name|title|subject|reference|number|code|plate"
     r"|address|location|city|street|site|building|room number|serial( number)?|sku|url|link|website"
     r"|topic|destination|place|venue|origin|position title|iban|bank account|tax id|vat number|id"
     r"|headline|model|brand|manufacturer|purpose of visit|company|organi[sz]ation"
     r"|signature|licen[cs]e plate|key number|version|color|colour|asset tag|tag number|desk)\b"
     r"( (number|address|name))?", F.CHAR),
    (r".*\b(description|notes?|comments?|remarks?|reason|purpose|justification|details|explanation"
     r"|instructions?|requirements?|message|summary|observations?|findings?|cause|action|actions|root cause"
     r"|corrective action|preventive action|feedback|content|objective|objectives|agenda|background"
     r"|scope|terms|conditions|resolution|outcome|text|specification|symptoms|motivation|statement|assessment|opinion|expected benefits?"
     r"|benefit|benefits|business case|conclusion|diagnosis|answer|question|recommendations?|issue|problem|plan|solution|wishes|wish|advice|minutes|mitigation|strategy|story"
     r"|what happened|measures|work done|lessons learned|goals?|learning objectives?|damage|risks?|itinerary)\b"
     r"( (for|of|to|about) .*)?", F.TEXT),
    (r"name|title|subject|topic|theme", F.CHAR),
)  # fmt: skip
CHOICES: Final = re.compile(
    r"^(.*\b)?(type|kind|category|categories|priority|severity|status|class|classification|urgency"
    r"|impact|level|frequency|method|mode|reason code|gender|condition|result|size|shift"
    r"|source|channel|urgency level|risk level|payment method|language|grade)( of .*)?$"
)
_USUAL: Final[dict[str, tuple[str, ...]]] = {
    "priority": ("Low", "Normal", "High", "Urgent"),
    "urgency": ("Low", "Normal", "High"),
    "severity": ("Low", "Medium", "High", "Critical"),
    "impact": ("Low", "Medium", "High"),
    "risk level": ("Low", "Medium", "High"),
    "gender": ("Female", "Male", "Other"),
    "frequency": ("Daily", "Weekly", "Monthly", "Yearly"),
    "condition": ("Good", "Fair", "Poor"),
    "result": ("Passed", "Failed"),
    "payment method": ("Cash", "Bank transfer", "Card"),
    "shift": ("Morning", "Afternoon", "Night"),
}
# Nouns that mean the same whatever stands before them: `source cost center`.
_HEADS: Final = re.compile(
    r"(?<=\s)(cost cent(?:er|re)|department|product|employee|customer|supplier|vendor|project"
    r"|vehicle|country|currency|warehouse|colleague|technician)$"
)
_UNITS: Final = re.compile(
    rf"(?:in )?(?:{_MEASURES}|g|mg|ml|l|\u00b0 ?[cf]|t|kn|db|v|mw|m\u00b2|m\u00b3|m3|sq ?m|hours?|hrs?|h"
    r"|%|mmol/l|[mk]?g/[dkm]?l|k?m/s|mg/kg|l/h|rpm|n|nm|pa|kpa|ph)"
)
_UNITS_COUNTED: Final = re.compile(
    rf"(?:in )?(?:{_COUNTS}|nights|pages|how many|quantity|count|pcs)"
)
_BY_WHOM: Final = re.compile(
    r"(?:handed over|handed out|given|assigned|lent|issued|reported|passed on) to|"
    rf"(?!(?:needed|required|wanted|due|return(?:ed)?|expected) ){_DONE} by"
)
_RELATED: Final = tuple((re.compile(pattern), model) for pattern, model in _RELATIONS)
_TYPES: Final = tuple((re.compile(pattern), kind) for pattern, kind in _TYPED)


_COUNTED: Final = re.compile(r"(household|group|party|team|family|class) size")
_SHORT: Final = 3  # words of a phrase for a person


def named(text: str) -> F | None:
    """Return the type that a ticket names outright."""
    word = text.strip().lower().rstrip(".")
    word = re.sub(r"\s+(field|value|type|input|picker)$", "", word)
    return _NAMED.get(word)


def unit(note: str) -> F | None:
    """Return the type of what is measured or counted in the unit that a note names."""
    low = note.strip().lower()
    if _UNITS_COUNTED.fullmatch(low):
        return F.INTEGER
    return F.FLOAT if _UNITS.fullmatch(low) else None


def without_unit(phrase: str) -> str:
    """Return `wind speed` for `wind speed in km/h`."""
    return _UNIT.sub("", phrase)


def usual(phrase: str) -> tuple[str, ...]:
    """Return the values that are usual for a choice whose values nobody gives."""
    for words, values in _USUAL.items():
        if phrase == words or phrase.endswith(f" {words}"):
            return values
    return ()


def relation(phrase: str) -> str | None:
    """Return the model of Odoo that a phrase in lower case leads to."""
    for pattern, model in _RELATED:
        if pattern.fullmatch(phrase):
            return model
    head = _HEADS.search(phrase)
    return relation(head.group(1)) if head and head.start() > 0 else None


_MOMENT: Final = re.compile(r"^date and (?:hour|time)\b")
_DAY: Final = re.compile(
    r"^(?:first|last|opening|closing|[a-z]+ing|[a-z]+ [a-z]+ing) day$"
)
# Who the company deals with, by the deed that the word has in it.
_PARTNER: Final = re.compile(
    r"(?:[a-z]+ )?(?:hirer|insurer|advertiser|farmer|exhibitor|distributor|haulier|carrier|buyer"
    r"|importer|exporter|grower|breeder|lessee|lessor|sponsor|hotel)"
)


def meaning(phrase: str) -> Meaning:
    """Return what a phrase in lower case means as a field."""
    model = relation(phrase)
    if model is not None:
        return Meaning(F.MANY2ONE, model)
    if _BY_WHOM.fullmatch(phrase):
        return Meaning(F.MANY2ONE, _E)
    if _COUNTED.fullmatch(phrase):
        return Meaning(F.INTEGER)
    if CHOICES.fullmatch(phrase):
        return Meaning(F.SELECTION)
    for pattern, kind in _TYPES:
        if pattern.fullmatch(phrase):
            return Meaning(kind)
    if _MOMENT.search(phrase):
        return Meaning(F.DATETIME)
    if _DAY.search(phrase):
        return Meaning(F.DATE)
    if _PARTNER.fullmatch(phrase):
        return Meaning(F.MANY2ONE, _P)
    words = phrase.split()
    who = roles.who(words[-1]) if 0 < len(words) <= _SHORT else ""
    if len(words) == _SHORT - 1 and words[-1] in {"leader", "lead", "head", "owner"}:
        who = "inside"
    if who:
        return Meaning(F.MANY2ONE, _P if who == "outside" else _E)
    return Meaning(F.CHAR, known=False)
