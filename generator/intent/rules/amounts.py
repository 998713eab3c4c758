"""Rules on numbers: what is positive, at least, at most, less than another field."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from generator.intent.rules import english
from generator.spec.fields import FieldType as F
from generator.spec.names import slug

if TYPE_CHECKING:
    from generator.intent.rules.entities import Thing
    from generator.intent.rules.reading import Statement

NUMERIC: Final = {F.INTEGER, F.FLOAT, F.MONETARY}
_POSITIVE: Final = re.compile(
    r"(?P<what>[\w ,-]{2,60}?) (?:must|has to|have to|should|is|are|cannot|can't|may not|must not|can)(?: only)?(?: always)?(?: (?:be|lie|stay|remain|fall|range))?(?: a)? (?P<word>positive|greater than|more than|higher than|larger than|above|at least|not (?:be )?negative|negative|zero or negative|zero|less than|lower than|below|smaller than|at most|not exceed(?: the)?|not be (?:more|greater|higher|larger) than|exceed(?: the)?|not be (?:less|lower|smaller) than|no more than|a maximum of|between|from|larger|>=?|<=?)\s*(?:or equal to )?(?P<value>[\w.,\u20ac$ ]*)",
    re.IGNORECASE,
)
_SECOND: Final = re.compile(
    r"\b(?:and|but) (?P<word>at most|at least|less than|more than|no more than|below|above) (?P<value>[\d.,]+)",
    re.IGNORECASE,
)
_MORE: Final = frozenset(
    {"greater than", "more than", "higher than", "above", "larger than"}
)
_LESS: Final = frozenset({"less than", "lower than", "below", "smaller than"})
_AT_LEAST: Final = re.compile(r"at least|>=|.*not be (?:less|lower|smaller)\b.*")
_AT_MOST: Final = re.compile(
    r"at most|<=|no more than|a maximum of|.*exceed.*|.*not be (?:more|greater|higher|larger)\b.*"
)
_WORDS: Final = {
    ">": "has to be more than",
    ">=": "cannot be less than",
    "<": "has to be less than",
    "<=": "cannot be more than",
    "!=": "cannot be",
}
_BOTH: Final = 2  # ends of a range


def _operator(word: str, *, negative: bool) -> str:
    """Return the comparison that words ask for."""
    if word in _MORE:
        return "<=" if negative else ">"
    if word in _LESS:
        return ">=" if negative else "<"
    if word in {">", "larger"}:
        return ">"
    if _AT_LEAST.fullmatch(word):
        return ">="
    return "<=" if _AT_MOST.fullmatch(word) else "<"


class Amounts:
    """Collects the rules on numbers of one entity.

    Args:
        thing: The entity.

    Attributes:
        found: Rules as the specification has them.
    """

    def __init__(self, thing: Thing) -> None:
        self.thing = thing
        self.found: list[dict[str, Any]] = []

    def add(self, kind: str, name: str, **rest: object) -> None:
        """Add a rule, unless there is one of that name."""
        name = slug(name)
        if not any(c["name"] == name for c in self.found):
            self.found.append({"kind": kind, "name": name, **rest})

    def field(self, phrase: str, kinds: set[F] | None = None) -> str | None:
        """Return the field of the entity that the end of a phrase names."""
        words = re.sub(
            r"^.*?\b(?:the|an?|its|their|each|every|and|that)\b ",
            "",
            phrase.lower().strip(),
        )
        best: tuple[int, str] | None = None
        for text in (words, phrase.lower().strip()):
            for name, draft in self.thing.drafts.items():
                if kinds and draft.type not in kinds:
                    continue
                stem = name.removesuffix("_id").replace("_", " ")
                for form in (stem, draft.phrase, english.plural(stem)):
                    if form and re.search(rf"\b{re.escape(form)}\b", text):
                        best = max(best or (0, ""), (len(form), name))
        if best:
            return best[1]
        head = english.singular(words.split()[-1]) if words.split() else ""
        # An invoice number is no number of invoices.
        matching = [n for n, d in self.thing.drafts.items() if not (head == "number" and n.startswith("number_of_"))
                    and (not kinds or d.type in kinds)
                    and head and head in n.split("_") and head not in {"date", "time"}]  # fmt: skip
        return matching[0] if len(matching) == 1 else None

    def amounts(self, s: Statement) -> None:
        """Add the bounds that a statement sets for numbers."""
        for hit in _POSITIVE.finditer(s.text):
            if re.search(
                r"\b(approv|need|require|go to|only|days?|weeks?|hours? (?:before|after))\b",
                hit.group("value").lower(),
            ):
                continue
            word = hit.group("word").lower()
            if re.search(r"\b(?:when|if)\b", hit.group("what").lower()):
                continue
            name = self.field(hit.group("what"), NUMERIC)
            if name is None:
                continue
            negative = bool(
                re.search(
                    r"\b(?:cannot|can't|may not|must not|not)\b",
                    hit.group(0).lower()[len(hit.group("what")) :],
                )
            )
            self._amount(name, word, hit.group("value"), negative=negative)
            second = _SECOND.search(s.text, hit.start("word"))
            if second:
                self._amount(
                    name,
                    second.group("word").lower(),
                    second.group("value"),
                    negative=False,
                )

    def _amount(self, name: str, word: str, given: str, *, negative: bool) -> None:
        amount = re.search(english.NUMBER, given)
        referring = re.match(r"\s*(?:the|an?|its)\s", given)
        value = english.number(amount.group(0)) if amount and not referring else None
        if word == "zero":
            if negative:
                self._bound(name, "!=", 0.0)
        elif "negative" in word:
            self._bound(name, ">" if "zero" in word else ">=", 0.0)
        elif word == "positive" or (
            word in _MORE and value in {0.0, None} and "zero" in given
        ):
            self._bound(name, ">", 0.0)
        elif word in {"between", "from"}:
            both = re.findall(r"\d[\d.,]*", given)
            if len(both) == _BOTH:
                self._bound(name, ">=", english.number(both[0]))
                self._bound(name, "<=", english.number(both[1]))
        else:
            operator = _operator(word, negative=negative)
            other = self.field(given, {self.thing.drafts[name].type})
            if value is None and other and other != name:
                self._against(name, operator, other)
            else:
                self._bound(name, operator, value)

    def _against(self, name: str, operator: str, other: str) -> None:
        drafts = self.thing.drafts
        self.add(
            "compare",
            f"{name}_against_{other}",
            field=name,
            operator=operator,
            other=other,
            message=f"{drafts[name].label} {_WORDS[operator]} {drafts[other].label}.",
        )

    def _bound(self, name: str, operator: str, value: float | None) -> None:
        if value is None:
            return
        label = self.thing.drafts[name].label
        words = _WORDS[operator]
        ending = {">": "positive" if value == 0 else "more_than", ">=": "at_least", "<": "less_than",
                  "<=": "at_most", "!=": "not"}[operator]  # fmt: skip
        number = int(value) if value == int(value) else value
        self.add("compare", f"{name}_{ending}", field=name, operator=operator, value=number,
                  message=f"{label} {words} {number:g}.")  # fmt: skip
