"""Fields as the specification has them, out of what was understood of each."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from generator.intent.rules import english, naming
from generator.intent.rules.drafts import label
from generator.spec.fields import FieldType as F
from generator.spec.names import slug

if TYPE_CHECKING:
    from collections.abc import Iterable

    from generator.intent.rules.drafts import Draft
    from generator.intent.rules.entities import Thing

Data = dict[str, Any]

_NUMBERS: Final = (F.INTEGER, F.FLOAT, F.MONETARY)
_DATES: Final = (F.DATE, F.DATETIME)
_DAYS: Final = re.compile(
    r"(number of |total |duration in |requested |leave |loan |working )*(calendar )?(days|duration|length)( of .*)?$"
)
_PRICES: Final = (
    "unit_price",
    "price_unit",
    "price",
    "price_per_unit",
    "unit_cost",
    "rate",
    "cost",
)
_QUANTITIES: Final = ("quantity", "qty", "hours", "number", "days", "count")
_SUBTOTALS: Final = (
    "subtotal",
    "total",
    "line_total",
    "amount",
    "total_price",
    "total_amount",
)
_TOTALS: Final = (
    "total",
    "total_amount",
    "amount_total",
    "total_cost",
    "total_price",
    "claim_total",
    "sum",
)


_TIMES: Final = re.compile(
    r"(?:the |an? )?(?P<what>(?:[a-z]+ )?[a-z]+) (?:is|=|equals|is calculated as|is computed as|results from)(?: the)? (?P<factors>[a-z ]+?(?: (?:times|multiplied by|x|\*|\u00d7) (?:the )?[a-z ]+?)+)(?=[.,;\n)]|$)"
)
_BY: Final = re.compile(r" (?:times|multiplied by|x|\*|\u00d7) (?:the )?")


class Shaper:
    """Turns drafts into fields, and says what it assumed.

    Args:
        main: The main entity.
        text: The whole ticket in lower case.
        models: Model of each entity by its name.
    """

    def __init__(self, main: Thing, text: str, models: dict[str, str]) -> None:
        self.main = main
        self.text = text
        self.models = models
        self.assumptions: list[str] = []
        self.questions: list[str] = []
        self.tracked = bool(re.search(r"\b(?:log|track|audit|history|chatter)", text))

    def fields(self, thing: Thing) -> list[Data]:
        """Return the fields of one entity."""
        made = [self._field(draft, thing) for draft in thing.drafts.values()]
        self._days(thing, made)
        self._products(made)
        return made

    def _products(self, fields: list[Data]) -> None:
        """Compute what is said to be one field times another."""
        for hit in _TIMES.finditer(self.text):
            parts = _BY.split(hit.group("factors"))
            factors = [f for part in parts if (f := _numeric(fields, part))]
            target = _numeric(fields, hit.group("what"))
            if len(factors) < max(2, len(parts)):
                continue
            made = {"kind": "product", "factors": factors}
            if target is None:
                name = naming.safe(hit.group("what"))
                if named(fields, name) is not None:
                    continue
                target = name
                fields.append(
                    {"name": name, "label": label(hit.group("what")), "type": "float"}
                )
            field = named(fields, target)
            if field is None or field.get("computed") or target in factors:
                continue
            money = any(
                (named(fields, f) or {}).get("type") == "monetary" for f in factors
            )
            if money or re.search(r"amount|cost|price|total|sum|fee", target):
                field["type"] = "monetary"
            field["computed"], field["required"] = made, False
            field.pop("default", None)

    def _field(self, draft: Draft, thing: Thing) -> Data:
        self.assumptions += draft.notes
        data: Data = {
            "name": naming.safe(draft.name),
            "label": draft.label,
            "type": draft.type.value,
            "required": bool(draft.required),
            "help": draft.help,
        }
        if thing is self.main:
            kept = (F.MONETARY, F.SELECTION, F.MANY2ONE, *_DATES)
            data["tracked"] = draft.tracked or (self.tracked and draft.type in kept)
        if draft.type is F.SELECTION:
            self._choices(draft, data)
        elif draft.type in (F.MANY2ONE, F.MANY2MANY):
            data["relation"] = self._relation(draft)
        elif draft.type is F.ONE2MANY:
            data["relation"] = self._relation(draft)
            data["inverse"] = f"{naming.safe(self.main.name)}_id"
        self._default(draft, data)
        return data

    def _relation(self, draft: Draft) -> str:
        given = draft.relation or "res.partner"
        return self.models[given[1:]] if given.startswith("@") else given

    def _choices(self, draft: Draft, data: Data) -> None:
        values = {naming.safe(v, "choice"): v for v in draft.options if slug(v)}
        if len(values) < 2:
            data["type"] = F.CHAR.value
            self.questions.append(f"Which values can {draft.label} have?")
            self.assumptions.append(
                f"{draft.label} is a line of text, as its values are not given."
            )
            return
        data["selection"] = [{"value": k, "label": v} for k, v in values.items()]

    def _default(self, draft: Draft, data: Data) -> None:
        if draft.name == "employee_id" and draft.relation == "hr.employee":
            data["default"] = {"dynamic": "current_employee"}
        elif draft.name == "user_id" and draft.relation == "res.users":
            data["default"] = {"dynamic": "current_user"}
        elif draft.default is not None:
            made = self._value(draft, str(draft.default).strip().lower())
            if made is not None:
                data["default"] = made

    @staticmethod
    def _value(draft: Draft, word: str) -> Data | None:
        if draft.type in _DATES and word in {
            "today",
            "now",
            "current date",
            "today's date",
        }:
            return {"dynamic": "today" if draft.type is F.DATE else "now"}
        if draft.type is F.BOOLEAN:
            return {"value": word in {"yes", "true", "checked", "on", "1"}}
        if draft.type in _NUMBERS:
            number = english.number(word)
            if number is None:
                return None
            return {"value": int(number) if draft.type is F.INTEGER else number}
        if draft.type is F.SELECTION:
            chosen = naming.safe(word, "choice")
            known = {naming.safe(v, "choice") for v in draft.options}
            return {"value": chosen} if chosen in known else None
        if draft.type is F.CHAR:
            return {"value": str(draft.default)[:200]}
        return None

    def _days(self, thing: Thing, fields: list[Data]) -> None:
        """Compute a number of days where the record has a period."""
        dates = [n for n, d in thing.drafts.items() if d.type is F.DATE]
        starts = [
            n
            for n in dates
            if re.search(r"start|first|from|begin|departure|arrival", n)
        ]
        ends = [n for n in dates if re.search(r"end|last|until|to$|return", n)]
        if not starts or not ends or starts[0] == ends[0]:
            return
        for field in fields:
            draft = thing.drafts.get(field["name"])
            said = f"{draft.phrase} {draft.help}" if draft else ""
            if field["type"] not in ("integer", "float") or not _DAYS.search(said):
                continue
            if "day" in said or re.search(r"calculat|comput|automatic", said):
                field["type"] = "integer"
                field["required"] = False
                field.pop("default", None)
                field["computed"] = {
                    "kind": "days_between", "start": starts[0], "end": ends[0],
                }  # fmt: skip
                self.assumptions.append(
                    f"{field['label']} counts calendar days, the first and the last included."
                )

    def lines(self, thing: Thing) -> list[Data]:
        """Return the fields of lines, with their subtotal."""
        fields = self.fields(thing)
        named = {f["name"]: f for f in fields}
        price = next(
            (
                n
                for n in _PRICES
                if n in named and named[n]["type"] in ("monetary", "float")
            ),
            None,
        )
        count = next(
            (
                n
                for n in _QUANTITIES
                if n in named and named[n]["type"] in ("integer", "float")
            ),
            None,
        )
        if price and count:
            product = {"kind": "product", "factors": [count, price]}
            target = next((n for n in _SUBTOTALS if n in named and n != price), None)
            if target is None:
                fields.append(
                    {
                        "name": "subtotal",
                        "label": "Subtotal",
                        "type": "monetary",
                        "computed": product,
                    }
                )
            else:
                named[target] |= {
                    "type": "monetary",
                    "computed": product,
                    "required": False,
                }
                named[target].pop("default", None)
        return fields

    def total(self, fields: list[Data], lines: Iterable[Data]) -> None:
        """Let the total of the header be the sum of its lines, when they have amounts."""
        amounts = [f for f in lines if f["type"] == "monetary"]
        if not amounts:
            return
        chosen = next((f for f in amounts if f.get("computed")), None) or next(
            (f for f in amounts if f["name"] in _SUBTOTALS), amounts[-1]
        )
        made = {"kind": "sum", "lines": "line_ids", "field": chosen["name"]}
        for field in fields:
            named = field["name"] in _TOTALS or field["name"].startswith("total")
            if named and field["type"] in ("monetary", "float", "char", "integer"):
                field |= {"type": "monetary", "computed": made, "required": False}
                field.pop("default", None)
                return
        fields.append(
            {"name": "total", "label": "Total", "type": "monetary", "computed": made}
        )


def _numeric(fields: list[Data], words: object) -> str | None:
    """Return the numeric field that a phrase ends with, or begins with."""
    phrase = str(words).strip()
    numbers = [f for f in fields if f["type"] in ("integer", "float", "monetary")]
    last = phrase.split()[-1] if phrase else ""
    for field in numbers:
        if (
            field["label"].lower() == phrase
            or field["name"].replace("_", " ") == phrase
        ):
            return str(field["name"])
    for field in numbers:
        parts = field["name"].split("_")
        if last and (last in parts or english.singular(last) in parts):
            return str(field["name"])
    return None


def named(fields: Iterable[Data], name: str) -> Data | None:
    """Return the field called *name*."""
    return next((f for f in fields if f["name"] == name), None)
