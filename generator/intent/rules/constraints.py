"""Rules that a ticket states: what is unique, positive, later than, not at the same time."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from generator.intent.rules import english, naming
from generator.intent.rules.amounts import NUMERIC, Amounts
from generator.spec.fields import FieldType as F

if TYPE_CHECKING:
    from generator.intent.rules.entities import Thing
    from generator.intent.rules.reading import Reading, Statement

_DATED: Final = {F.DATE, F.DATETIME}
_UNIQUE: Final = re.compile(
    r"(?:^|\b(?:the|each|every|an?|its) )(?P<what>[\w -]{2,40}?) (?:must be|is|has to be|should be|are|be) (?:globally |always )?unique(?: (?:per|within|for each|by) (?P<per>[\w ]+))?"
    r"|\bunique (?P<what2>[\w -]{2,30}?)(?=[.,;)]|$| (?:per|for|and|so)\b)"
    r"|\b(?:no two|never two|not two) [\w ]+? (?:may |can |must |should |shall )?(?:have|share|use|with) the same (?P<what3>[\w -]{2,30}?)(?=[.,;]|$| (?:and|per|at|for)\b)"
    r"|\b(?:duplicate|same) (?P<what4>[\w -]{2,30}?)s? (?:are|is|must be|cannot be|may not be) (?:not allowed|refused|rejected|prevented|blocked|impossible|used twice|entered twice)"
    r"|\b(?:the )?(?P<what5>[\w -]{2,30}?) (?:cannot|can't|may not|must not) (?:be (?:\w+ed|used) twice|occur twice|be duplicated|exist twice)",
    re.IGNORECASE,
)
_ONLY_ONE: Final = re.compile(
    r"\bonly (?:be )?(?:one|once)\b(?: [\w]+){0,3}? (?:per|for each|for every|for the same) (?P<per>[\w ,]+?)(?=[.;]|$| (?:may|can|is|at)\b)",
    re.IGNORECASE,
)
_AFTER: Final = re.compile(
    r"(?P<one>[\w -]{2,40}?) (?:must|has to|should|may|can|is|cannot|can't|must not|may not)(?: always)?(?: (?P<no>not))?(?: be| come| lie)? (?P<word>(?:on or )?after|(?:on or )?before|later than|earlier than|the same as or later than|not before|not be before|not after) (?:or on |or equal to )?(?:the |its )?(?P<two>[\w -]{2,30}?)(?=[.,;)]|$| (?:and|or|when|if)\b)",
    re.IGNORECASE,
)
_OVERLAP: Final = re.compile(
    r"\b(overlap\w*|double[- ]?book\w*|booked twice|same time|(?:two|several|more than one|many)\b[^.;]*\bat once|twice (?:for|on|at|in) (?:the )?(?:same|overlapping)|already (?:booked|reserved|taken|on loan|lent)|conflict\w*|at the same time|one (?:booking|loan|reservation) at a time)\b",
    re.IGNORECASE,
)
_WHEN: Final = re.compile(
    r"(?P<what>[\w -]{2,40}?) (?:is|are|must be|becomes?|has to be|needs to be)(?: also)? (?:required|mandatory|filled in|given|provided|entered|compulsory)(?: only)? (?:when|if|for|in case(?: of)?|where) (?P<cond>[^.;]+)",
    re.IGNORECASE,
)
_LINES: Final = re.compile(
    r"\b(?:at least|minimum of|without|no|one or more) (?:one |a |an |any )?(?:[\w-]+ ){0,2}?(?:lines?|items?|positions?|entries|products?|expenses?)\b",
    re.IGNORECASE,
)


class Rules(Amounts):
    """Collects the rules of one entity.

    Args:
        thing: The entity.
        lines: Its lines field and entity, if it has lines.
    """

    def __init__(self, thing: Thing, lines: tuple[str, Thing] | None) -> None:
        super().__init__(thing)
        self.lines = lines

    def read(self, reading: Reading) -> list[dict[str, Any]]:
        """Return the constraints that the statements ask for."""
        for statement in reading.said:
            self._unique(statement)
            self._later(statement)
            self.amounts(statement)
            self._overlap(statement)
            self._demanded(statement)
            self._needs_lines(statement)
        for draft in self.thing.drafts.values():
            if draft.unique:
                self.add("unique", f"{draft.name}_unique", fields=[draft.name],
                          message=f"{draft.label} has to be unique.")  # fmt: skip
            if draft.lowest is not None and draft.type in NUMERIC:
                self.add("compare", f"{draft.name}_at_least", field=draft.name, operator=">=", value=draft.lowest,
                          message=f"{draft.label} cannot be less than {draft.lowest:g}.")  # fmt: skip
            if draft.highest is not None and draft.type in NUMERIC:
                self.add("compare", f"{draft.name}_at_most", field=draft.name, operator="<=", value=draft.highest,
                          message=f"{draft.label} cannot be more than {draft.highest:g}.")  # fmt: skip
        self._order()
        return self.found

    def _unique(self, s: Statement) -> None:
        for hit in _UNIQUE.finditer(s.text):
            what = next(
                (
                    hit.group(k)
                    for k in ("what", "what2", "what3", "what4", "what5")
                    if hit.group(k)
                ),
                "",
            )
            name = self.field(what)
            if name is None or ("reference" in what and name == "name"):
                continue
            fields = [name]
            per = hit.group("per")
            other = self.field(per) if per else None
            if other and other != name:
                fields.append(other)
            label = self.thing.drafts[name].label
            self.add(
                "unique",
                f"{name}_unique",
                fields=fields,
                message=f"{label} has to be unique.",
            )

        only = _ONLY_ONE.search(s.text)
        if only:
            named = [
                self.field(part) for part in re.split(r",| and ", only.group("per"))
            ]
            fields = [name for name in dict.fromkeys(named) if name]
            if fields and len(fields) == len(named):
                labels = " and ".join(self.thing.drafts[name].label for name in fields)
                self.add("unique", f"{'_'.join(fields)[:40]}_unique", fields=fields,
                          message=f"There is one for this {labels} already.")  # fmt: skip

    def _later(self, s: Statement) -> None:
        for hit in _AFTER.finditer(s.text):
            one, two = (
                self.field(hit.group("one"), _DATED),
                self.field(hit.group("two"), _DATED),
            )
            if one is None or two is None or one == two:
                continue
            word = hit.group("word").lower()
            negative = bool(
                re.search(r"\b(?:cannot|can't|not)\b", hit.group(0).lower())
            )
            later = ("after" in word or "later" in word) != negative
            strict = (
                not negative
                and "on or" not in word
                and "same" not in word
                and " or on " not in hit.group(0).lower()
            )
            operator = (">" if strict else ">=") if later else ("<" if strict else "<=")
            self._dates(one, operator, two)

    def _dates(self, one: str, operator: str, two: str) -> None:
        drafts = self.thing.drafts
        if drafts[one].type is not drafts[two].type:
            return
        if operator.startswith("<"):
            one, two, operator = two, one, operator.replace("<", ">")
        words = "after" if operator == ">" else "before"
        text = (
            f"{drafts[one].label} has to be after {drafts[two].label}."
            if words == "after"
            else f"{drafts[one].label} cannot be before {drafts[two].label}."
        )
        self.add(
            "compare",
            f"{one}_after_{two}",
            field=one,
            operator=operator,
            other=two,
            message=text,
        )

    def _order(self) -> None:
        """An end never comes before its start, whether the ticket says so or not."""
        for start, end in (("start_date", "end_date"), ("start_time", "end_time")):
            if {start, end} <= {*self.thing.drafts}:
                self._dates(end, ">=" if start == "start_date" else ">", start)

    def _overlap(self, s: Statement) -> None:
        if not _OVERLAP.search(s.text):
            return
        pairs = [("start_date", "end_date"), ("start_time", "end_time")]
        drafts = self.thing.drafts
        starts = [
            n
            for n, d in drafts.items()
            if d.type in _DATED
            and re.search(
                r"start|from|begin|check_?out|pick|arriv|departure|loan_date|borrow", n
            )
        ]
        ends = [
            n
            for n, d in drafts.items()
            if d.type in _DATED
            and re.search(r"end|until|to$|return|due|departure|back", n)
        ]
        pairs += [
            (a, b)
            for a in starts
            for b in ends
            if a != b and drafts[a].type is drafts[b].type
        ]
        pair = next(((a, b) for a, b in pairs if a in drafts and b in drafts), None)
        if pair is None:
            return
        links = [
            n
            for n, d in drafts.items()
            if d.type is F.MANY2ONE
            and n not in {"employee_id", "user_id", "department_id"}
        ]
        per = next(
            (n for n in links if n.removesuffix("_id").split("_")[-1] in s.lower), None
        )
        if (
            per is None
            and re.search(r"\b(employee|person|same requester)\b", s.lower)
            and "employee_id" in drafts
        ):
            per = "employee_id"
        if per is None:
            # What is lent or booked may be a name that people type.
            words = [n for n, d in drafts.items() if d.type is F.CHAR]
            per = next(
                (n for n in words if re.search(rf"\b{n.split('_')[-1]}s?\b", s.lower)),
                None,
            )
        per = per or (
            links[0] if links else "employee_id" if "employee_id" in drafts else None
        )
        if per is None:
            texts = [
                n
                for n, d in drafts.items()
                if d.type in {F.CHAR, F.SELECTION} and n.split("_")[-1] in s.lower
            ]
            per = texts[0] if texts else None
        if per:
            self.add("no_overlap", f"{per.removesuffix('_id')}_no_overlap", start=pair[0], end=pair[1], per=[per],
                      message=f"{drafts[per].label} is taken in that period already.")  # fmt: skip

    def _demanded(self, s: Statement) -> None:
        hit = _WHEN.search(s.text)
        if not hit:
            return
        name = self.field(hit.group("what"))
        if name is None:
            return
        condition = self.condition(hit.group("cond"), name)
        if condition:
            label = self.thing.drafts[name].label
            self.add("required_when", f"{name}_demanded", field=name, when=condition,
                      message=f"{label} is needed here: {hit.group('cond').strip()[:120]}.")  # fmt: skip

    def condition(self, text: str, besides: str = "") -> dict[str, Any] | None:
        """Return the condition that a phrase states on one of the fields."""
        low = text.lower()
        for name, draft in self.thing.drafts.items():
            if name == besides:
                continue
            if draft.type is F.SELECTION:
                for option in draft.options:
                    if re.search(rf"\b{re.escape(option.lower())}\b", low):
                        return {
                            "field": name,
                            "operator": "=",
                            "value": naming.safe(option, "choice"),
                        }
            if (
                draft.type is F.BOOLEAN
                and draft.phrase
                and re.search(rf"\b{re.escape(draft.phrase)}\b", low)
            ):
                return {
                    "field": name,
                    "operator": "=",
                    "value": not re.search(r"\b(not|no)\b", low),
                }
        amount = re.search(
            rf"\b(above|over|more than|exceed\w*|greater than|higher than|at least|below|under|less than)\s+(?:EUR|USD|\u20ac|\$)?\s*({english.NUMBER})",
            text,
            re.IGNORECASE,
        )
        if amount:
            name_ = self.field(text[: amount.start()], NUMERIC) or next(
                (n for n, d in self.thing.drafts.items() if d.type is F.MONETARY), None
            )
            value = english.number(amount.group(2))
            word = amount.group(1).lower()
            operator = (
                ">="
                if word == "at least"
                else "<"
                if word in {"below", "under", "less than"}
                else ">"
            )
            if name_ and value is not None:
                return {"field": name_, "operator": operator, "value": value}
        return None

    def _needs_lines(self, s: Statement) -> None:
        if self.lines is None or not _LINES.search(s.text):
            return
        if re.search(
            r"\b(cannot|must|required|needs?|submit\w*|only|has to|have to)\b", s.lower
        ):
            name, thing = self.lines
            self.add("needs_lines", f"{name.removesuffix('_ids')}_needed", lines=name,
                      message=f"At least one {thing.phrase} is needed.")  # fmt: skip
