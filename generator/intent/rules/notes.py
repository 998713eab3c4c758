"""What is noted of a field beside its name: in parentheses, after a colon, in a table."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from generator.intent.rules import english, kinds
from generator.intent.rules.lists import split
from generator.spec.fields import FieldType as F
from generator.spec.names import slug

if TYPE_CHECKING:
    from generator.intent.rules.drafts import Draft
    from generator.intent.rules.lists import Item

_RANGE_NUMBER: Final = re.compile(
    r"^(?:from |between |scale )?(\d+)\s*(?:-|\u2013|to|and|\.\.)\s*(\d+)\b"
)
_PROMISE: Final = re.compile(
    r"^(?:by )?default(?:s to|ing to)?:?\s*(?:is |=\s*)?(.+)$", re.IGNORECASE
)


def noted(draft: Draft, item: Item) -> Draft:
    """Let what stands in parentheses or after a colon count."""
    after = re.split(r"\s+[-\u2013\u2014]\s+", item.after) if item.after else []
    for note in (*item.notes, *after):
        _note(draft, note, colon=note in after)
    if draft.type is F.SELECTION and not draft.options:
        draft.options = kinds.usual(draft.phrase)
        if draft.options:
            draft.notes.append(
                f"The values of {draft.label} are not given; "
                f"{', '.join(draft.options)} are taken."
            )
    return draft


def _note(draft: Draft, note: str, *, colon: bool) -> None:
    low = note.lower().strip(" .")
    if not low:
        return
    if draft.type is F.CHAR and not draft.known and _FORMULA.search(low):
        draft.type, draft.known = F.FLOAT, True
    measured = kinds.unit(low)
    if measured is not None and kinds.named(low) is None:
        if draft.type in {F.CHAR, F.SELECTION}:
            _retype(draft, measured)
        draft.help = draft.help or note
        return
    values = options(note)
    rest = [p.strip() for p in re.split(r"[,;]|\s+-\s+", low) if p.strip()]
    hit = _RANGE_NUMBER.match(low)
    if (
        kinds.named(low) is None
        and hit
        and not re.search(r"[a-z]{4}", low.replace("scale", ""))
    ):
        draft.type = (
            F.INTEGER if draft.type in {F.CHAR, F.SELECTION, F.INTEGER} else draft.type
        )
        draft.known = True
        draft.lowest, draft.highest = float(hit.group(1)), float(hit.group(2))
        return
    if len(values) > 2 and not _ASIDE.search(low):
        _choose(draft, values)
        return
    if any([_attribute(draft, part) for part in rest]):  # noqa: C419 - each of them counts
        chosen = re.search(
            r"\b(?:selection|dropdown|choice|select|one of|list)\b[:\s]+(.*)", low
        )
        inner = re.search(r"(?:[:]|one of)\s*(.+)$", note)
        if chosen and draft.type is F.SELECTION and inner:
            draft.options = options(inner.group(1)) or draft.options
        return
    if values and (not colon or draft.type is F.SELECTION or _short(values)):
        _choose(draft, values)
        return
    if draft.type is not F.SELECTION and len(low) > 3:
        draft.help = draft.help or note


_FORMULA: Final = re.compile(
    r"[a-z] (?:minus|plus|times|divided by|[-+*x/]) [a-z]|^difference between\b"
)
_MEASURED: Final = frozenset({F.INTEGER, F.FLOAT})
_PROMPT: Final = re.compile(
    r"never twice|no duplicates|required|mandatory|optional|unique"
)
_ASIDE: Final = re.compile(
    r"\b(?:required|mandatory|optional|unique|default|read-?only)\b"
)


def _choose(draft: Draft, values: tuple[str, ...]) -> None:
    """Make a choice of a field."""
    draft.type, draft.options, draft.relation, draft.known = (
        F.SELECTION,
        values,
        None,
        True,
    )
    draft.name = re.sub(r"_ids?$", "", draft.name)


def _short(values: tuple[str, ...]) -> bool:
    return all(len(v.split()) <= 2 for v in values) and len(values) > 1


def _attribute(draft: Draft, part: str) -> bool:
    """Apply one word such as `required` or `date`; tell whether it was one."""
    part = part.strip(" .*")
    promise = _PROMISE.match(part)
    kind = kinds.named(part)
    words = {
        "required": ("required", True), "mandatory": ("required", True),
        "compulsory": ("required", True), "obligatory": ("required", True),
        "must be filled in": ("required", True), "must": ("required", True), "optional": ("required", False),
        "not required": ("required", False), "if any": ("required", False),
        "if applicable": ("required", False), "unique": ("unique", True),
        "read-only": ("readonly", True), "readonly": ("readonly", True),
        "read only": ("readonly", True), "calculated": ("readonly", True),
        "computed": ("readonly", True), "automatic": ("readonly", True),
        "tracked": ("tracked", True), "must be unique": ("unique", True),
        "never twice": ("unique", True), "no duplicates": ("unique", True),
    }  # fmt: skip
    if part in words:
        setattr(draft, *words[part])
        return True
    if promise:
        draft.default = promise.group(1).strip(" '\"")
        return True
    if kind is not None and not (
        kind is F.MONETARY and part == "amount" and draft.known
    ):
        if kind is F.SELECTION or draft.type is not F.MANY2ONE or kind is not F.CHAR:
            _retype(draft, kind)
        return True
    if re.match(
        r"^(in )?(eur|euros?|usd|gbp|chf|dollars?|company currency|\$|\u20ac)$", part
    ):
        _retype(draft, F.MONETARY)
        return True
    if re.match(
        r"^(up to|max\.?|maximum( of)?|at most) [\d,]+ (characters|chars)", part
    ):
        return True
    hit = re.match(r"^(required|mandatory|optional)\b", part)
    if hit:
        draft.required = hit.group(1) != "optional"
        return True
    unit = kinds.meaning(f"{draft.phrase} {part}") if part.startswith("in ") else None
    if unit is not None and unit.known and unit.type in _MEASURED:
        _retype(draft, unit.type)
        return True
    plain = LINKED.fullmatch(part)
    if plain and draft.type in {F.CHAR, F.MANY2ONE}:
        draft.relation = kinds.relation(plain.group("what"))
        draft.type, draft.known = F.MANY2ONE, True
        draft.name = draft.name if draft.name.endswith("_id") else f"{draft.name}_id"
        return True
    leads = re.match(
        r"^(?:link(?:ed)? to|reference to|lookup(?: to)?|many2one(?: to)?|select(?:ed)? from|relation to)\s+(.+)$",
        part,
    )
    if leads:
        model = kinds.relation(
            english.singular_phrase(re.sub(r"^(the|an?|list of) ", "", leads.group(1)))
        )
        if model:
            draft.type, draft.relation, draft.known = F.MANY2ONE, model, True
            if not draft.name.endswith("_id"):
                draft.name = f"{draft.name}_id"
        return True
    return False


def _retype(draft: Draft, kind: F) -> None:
    if kind in {F.MANY2ONE, F.ONE2MANY, F.MANY2MANY} and not draft.relation:
        return
    if kind is F.FLOAT and draft.type is F.MONETARY:
        return
    if kind is F.CHAR and draft.type is F.TEXT and draft.known:
        return  # "text" says no more than that
    draft.type, draft.known = kind, True
    if kind not in {F.MANY2ONE, F.MANY2MANY, F.ONE2MANY}:
        draft.relation = None
        draft.name = re.sub(r"_ids?$", "", draft.name) or draft.name


# What Odoo has a list of: `haulier: contact`, `adopter (a customer)`.
LINKED: Final = re.compile(
    r"(?:an? )?(?P<what>contact|partner|customer|supplier|vendor|employee|user|department|product)"
)
_NO_OPTION: Final = re.compile(
    r"\b(is|are|can|must|should|e\.g|for example|required|optional|mandatory|default|characters|above|below|than)\b",
    re.IGNORECASE,
)


def options(text: str) -> tuple[str, ...]:
    """Return the values that `Low / Medium / High` or `low, medium or high` names."""
    text = re.sub(
        r"^\s*(?:one of|either|values?:|options?:|choices?:|such as|like|e\.g\.,?|selection:?|dropdown:?)\s*:?\s*",
        "",
        text.strip(),
        flags=re.IGNORECASE,
    )
    figures = [p.strip() for p in text.split("/")]
    if len(figures) > 2 and all(p.isdigit() for p in figures):
        return tuple(figures)
    counted = re.fullmatch(r"\d+(?:, ?\d+)+(?:,? or \d+)?|\d+ or \d+", text)
    if counted:
        return tuple(re.findall(r"\d+", text))
    if kinds.named(text) is not None or re.match(r"^\d", text):
        return ()
    if "/" in text and "," not in text:
        parts = [p.strip() for p in text.split("/")]
    elif "|" in text:
        parts = [p.strip() for p in text.split("|")]
    else:
        parts = [i.text for i in split(text)]
        if len(parts) < 2 and re.search(r"\bor\b", text):
            parts = [p.strip() for p in re.split(r"\bor\b", text)]
    made = [p.strip(" .'\"") for p in parts if p.strip(" .'\"")]
    made = [p for p in made if p.lower() not in {"etc", "etcetera", "..."}]
    if any(_PROMPT.fullmatch(p.lower()) for p in made):
        return ()
    if len(made) < 2 or any(len(p.split()) > 4 or _NO_OPTION.search(p) for p in made):
        return ()
    if any(
        kinds.named(p) is not None
        and p.lower() not in {"hours", "text", "number", "email", "phone", "link"}
        for p in made
    ):
        return ()
    seen: dict[str, str] = {}
    for p in made:
        seen.setdefault(slug(p), p[:1].upper() + p[1:])
    return tuple(value for key, value in seen.items() if key)
