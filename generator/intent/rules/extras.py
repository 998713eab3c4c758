"""What a ticket wants beside fields and workflow: views, numbers, prints, other systems."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from generator.spec.names import clean_line, slug

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from generator.intent.rules.flow import Flow
    from generator.intent.rules.reading import Reading, Statement

Data = dict[str, Any]

_VIEWS: Final = {
    "kanban": r"\bkanban\b|\b(?:task|status|visual) board\b",
    "calendar": r"\bcalendar\b(?! days?)",
    "pivot": r"\bpivot\b|\b(?:statistics?|analys(?:e|is)|dashboard|kpis?)\b|\breport(?:s|ing)? (?:by|per|on)\b",
    "graph": r"\b(?:graphs?|charts?|statistics?|dashboard|kpis?)\b",
    "activity": r"\bactivity view\b",
}
_PRINTED: Final = re.compile(r"\b(?:print(?:ed|able|s|out)?|pdf)\b", re.IGNORECASE)
_NUMBERED: Final = re.compile(
    r"\b(?P<prefix>[A-Z][A-Z0-9]{1,8})[-/ ]?(?P<year>(?:20\d\d|YYYY|YY|%\(year\)s)[-/])?(?P<digits>0+\d+|\d{3,}|#+|[Xx]{3,}|N{3,})\b"
)
_NUMBER_WORDS: Final = re.compile(
    r"\b(?:number|reference|sequence|numbered|id|code|like|format|named)\b",
    re.IGNORECASE,
)
_SYSTEMS: Final = (
    "SAP", "Slack", "Microsoft Teams", "Teams", "Outlook", "Google Calendar", "Google Drive",
    "SharePoint", "DocuSign", "Adobe Sign", "Jira", "Salesforce", "HubSpot", "DATEV", "Stripe", "PayPal",
    "Mailchimp", "Zapier", "Azure AD", "Active Directory", "LDAP", "Okta", "Workday", "Exact", "QuickBooks",
    "WhatsApp", "Twilio", "Power BI", "Dropbox", "OneDrive", "Zendesk", "ServiceNow",
)  # fmt: skip
_JOINED: Final = re.compile(
    r"\b(?:integrat\w+|synchroni[sz]\w*|sync\w*|interface\w*|connect\w*|export\w*|import\w*|sent|send|push\w*|pull\w*) (?:it |them |data )?(?:with|to|from|into|in) (?:the |our )?(?P<name>[A-Z][\w.&-]*(?: [A-Z][\w.&-]*){0,3})"
)
_ORDERED: Final = re.compile(
    r"\b(?:sort\w*|order\w*|list\w*|shown) (?:by )?(?:the )?(?P<by>[a-z ]*?)\s*(?:,? ?(?P<new>newest|latest|most recent|highest|oldest|earliest) first|descending)|\bsort(?:ed)? by (?:the )?(?P<by2>[a-z ]+)",
    re.IGNORECASE,
)
_FIELD_LIST: Final = re.compile(
    r"^[\w ]*(?:fields?|details|status(?:es)?|states?|data)\b[^.]{0,40}:", re.IGNORECASE
)
_MOST: Final = 14
_LONGEST: Final = 200


def views(reading: Reading, fields: Sequence[Data], flow: Flow) -> list[str]:
    """Return the views beside list, form and search that the ticket asks for."""
    found = [kind for kind, words in _VIEWS.items() if re.search(words, reading.text)]
    dated = any(f["type"] in ("date", "datetime") for f in fields)
    if "calendar" in found and not dated:
        found.remove("calendar")
    if "kanban" in found and not flow.labels:
        found.remove("kanban")
    return ["list", "form", "search", *found]


def sequence(reading: Reading, phrase: str) -> tuple[Data, str | None]:
    """Return how records are numbered, and what was assumed of it."""
    for statement in reading.said:
        if not _NUMBER_WORDS.search(statement.text):
            continue
        hit = _NUMBERED.search(statement.text)
        if hit:
            digits = max(2, min(10, len(hit.group("digits"))))
            return {
                "prefix": hit.group("prefix")[:10],
                "padding": digits,
                "yearly": bool(hit.group("year")),
            }, None
    words = [
        w for w in slug(phrase).split("_") if w and w not in {"of", "for", "the", "and"}
    ]
    letters = "".join(word[0] for word in words)
    prefix = (letters if len(letters) > 1 else (words or ["rec"])[0][:3]).upper()
    made = re.sub(r"[^A-Z0-9]", "", prefix)[:10] or "REC"
    return {"prefix": made}, f"Records are numbered from {made}-00001 on."


def order(reading: Reading, fields: Sequence[Data]) -> list[str]:
    """Return the field that the ticket wants records sorted by."""
    for statement in reading.said:
        hit = _ORDERED.search(statement.text)
        if not hit:
            continue
        words = (hit.group("by") or hit.group("by2") or "").lower()
        for field in fields:
            label = field["label"].lower()
            plain = not field.get("computed") and field["type"] != "one2many"
            if plain and (label in words or label in statement.lower):
                return [field["name"]]
        dates = [f["name"] for f in fields if f["type"] in ("date", "datetime")]
        if dates and hit.group("new"):
            return dates[:1]
    return []


def reports(reading: Reading, entity: Data) -> list[Data]:
    """Return the printed document, when the ticket speaks of one."""
    if not any(_PRINTED.search(s.text) for s in reading.said):
        return []
    name = f"{entity['name'][:50]}_sheet"
    return [{"name": name, "title": entity["label"], "entity": entity["name"]}]


def integrations(reading: Reading) -> list[Data]:
    """Return the outside systems that the ticket names."""
    found: dict[str, Data] = {}
    for statement in reading.said:
        names = [hit.group("name") for hit in _JOINED.finditer(statement.text)]
        names += [
            n for n in _SYSTEMS if re.search(rf"\b{re.escape(n)}\b", statement.text)
        ]
        for name in names:
            if name.lower() in {
                "draft",
                "odoo",
                "excel",
                "csv",
                "pdf",
                "hr",
                "it",
                "finance",
            }:
                continue
            if not any(name in other for other in found):
                found[name] = {"name": name, "purpose": statement.text[:1000]}
    return list(found.values())


def requirements(reading: Reading, phrase: str, names: Iterable[str]) -> list[Data]:
    """Return what is needed in business words: sentences that say what somebody does."""
    title = reading.title.rstrip(".") or phrase
    texts = [title]
    short = {name.replace("_", " ") for name in names}
    for statement in reading.said:
        if statement.kind == "bullet" and not _says_something(statement, short):
            continue
        if (
            "->" in statement.text
            or "\u2192" in statement.text
            or _FIELD_LIST.match(statement.text)
        ):
            continue
        if len(statement.text.split()) < 4 or statement.text.endswith(":"):
            continue
        texts.append(statement.text)
    cleaned = [str(clean_line(text))[:_LONGEST].strip() for text in texts]
    unique = [text for text in dict.fromkeys(cleaned) if text]
    return [
        {"id": f"req_{n}", "text": text} for n, text in enumerate(unique[:_MOST], 1)
    ]


def _says_something(statement: Statement, roles: set[str]) -> bool:
    low = statement.lower
    return bool(
        re.search(
            r"\b(can|may|must|should|cannot|is|are|has|have|needs?|want|will|only)\b",
            low,
        )
    ) or any(re.search(rf"\b{re.escape(role)}s?\b", low) for role in roles)
