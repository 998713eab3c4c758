"""Puts together what the rules have found in a ticket: one specification."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from generator.intent.rules import (
    constraints,
    covering,
    english,
    harvest,
    roles,
    telling,
)
from generator.intent.rules.drafts import label
from generator.intent.rules.workflow import Workflow, scenes
from generator.spec import Spec
from generator.spec.fields import FieldType as F
from generator.spec.names import clean_line, slug

if TYPE_CHECKING:
    from generator.intent.rules.drafts import Draft
    from generator.intent.rules.entities import Thing
    from generator.intent.rules.reading import Reading
    from generator.intent.rules.states import Listing
    from generator.intent.rules.workflow import Flow, Step
    from generator.ticket import Ticket

Data = dict[str, Any]

_NUMBERED: Final = re.compile(
    r"\b(?:unique |sequential |automatic |own |running )*(?:number|reference|sequence|ref\.?)\b"
    r"[^.]*?\b([A-Z]{2,6})[-/ ]?(?:\d|#|X|Y)",
)
_SCOPES: Final = (
    ("all", r"\b(?:sees?|view|access(?:es)?|read)\b[^.]*\b(?:all|every|everything)\b"),
    ("team", r"\b(?:team|direct reports|subordinates|own staff|reports to them)\b"),
    ("own", r"\b(?:only )?(?:their|his|her|its) own\b"),
)
_VIEWS: Final = ("kanban", "pivot", "graph", "calendar", "activity")
_VIEW_WORDS: Final = {
    "kanban": r"\bkanban\b|\bboard\b",
    "pivot": r"\bpivot\b",
    "graph": r"\b(?:graph|chart|statistics|dashboard)\b",
    "calendar": r"\bcalendar\b",
    "activity": r"\bactivity view\b",
}
_PRINTED: Final = re.compile(r"\b(?:print(?:ed|able|s)?|pdf)\b", re.IGNORECASE)
_OUTSIDE: Final = re.compile(
    r"\b(?:integrat\w+|sync\w*|interface|connect\w*|export\w*|import\w*) (?:with|to|from|into) "
    r"(?:the |our )?(?P<name>[A-Z][\w.&-]*(?: [A-Z][\w.&-]*){0,3})"
)
_LONGEST: Final = 180


class Assembly:
    """One ticket on its way from statements to a specification.

    Args:
        ticket: The ticket.
        reading: Its statements.
        main: What it is about.
        listed: Lists of states in it.
    """

    def __init__(
        self, ticket: Ticket, reading: Reading, main: Thing, listed: list[Listing]
    ) -> None:
        self.ticket = ticket
        self.reading = reading
        self.main = main
        self.listed = listed
        self.played = scenes(reading)
        self.assumptions: list[str] = []
        self.questions: list[str] = []
        self.cast = self._cast()
        self.workflow = Workflow(reading, self.played, self.cast, self._heads())
        self.flow = self.workflow.find(listed)
        self.module = slug(main.phrase)
        self._model_base = self.module.replace("_", ".")

    def spec(self) -> Spec:
        """Return the specification."""
        gathered = harvest.Harvest(self.main, self.cast.names)
        gathered.things += harvest.secondary(self.reading, self.main, self.cast.names)
        gathered.read(self.reading)
        self.assumptions += [*gathered.assumptions, *self.flow.assumptions]
        self.questions += self.flow.questions
        lines = next((t for t in gathered.things if t.kind == "lines"), None)
        lists = [t for t in gathered.things if t.kind == "list"]
        self._complete(lines, lists)
        entity = self._entity(lines)
        others = [
            self._other(thing) for thing in gathered.things if thing is not self.main
        ]
        people = self._roles()
        criteria = covering.criteria(self.ticket.criteria, entity, people, others)
        first = next(iter(self.reading.said), None)
        summary = clean_line(first.text if first else self.ticket.title)
        return Spec.model_validate(
            {
                "module": self.module,
                "title": label(english.plural(self.main.phrase)),
                "summary": str(summary)[:_LONGEST],
                "description": self.ticket.body[:5000],
                "depends": self._depends(entity, others),
                "entities": [entity, *others],
                "roles": people,
                "reports": self._reports(entity),
                "integrations": self._integrations(),
                "requirements": self._requirements(),
                "criteria": criteria,
                "assumptions": list(dict.fromkeys(self.assumptions)),
                "questions": list(dict.fromkeys(self.questions)),
            }
        )

    def _cast(self) -> roles.Cast:
        acting: Counter[str] = Counter()
        possessed = False
        for statement, scene in self.played:
            for name in scene.actors:
                acting[name] += 1
            for event in scene.events:
                for name in event.roles:
                    acting[name] += 1
            possessed |= any(m.possessed and m.name == "manager" for m in scene.people)
            for name in telling.told(statement, scene):
                acting[name] += 1
        stories = [
            role
            for statement in self.reading.said
            if (role := roles.story_role(statement.text)) is not None
        ]
        found = roles.cast(dict(acting), list(dict.fromkeys(stories)), possessed)
        if not found.names:
            found.names.append("user")
            self.assumptions.append(
                "The ticket names nobody, so every user may work with it."
            )
        return found

    def _heads(self) -> set[str]:
        words = self.main.phrase.split()
        return {self.main.phrase, words[-1], "request", "record", "it"}

    def _complete(self, lines: Thing | None, lists: list[Thing]) -> None:
        """Add what a record needs beside what the ticket names."""
        from generator.intent.rules.drafts import Draft  # noqa: PLC0415 - typed above only

        drafts = self.main.drafts
        own = {d.relation for d in drafts.values()}
        if self._speaks_of_employees() and "hr.employee" not in own:
            drafts.setdefault(
                "employee_id",
                Draft(
                    "employee_id", "Employee", F.MANY2ONE, "hr.employee", required=True
                ),
            )
        elif "employee_id" not in drafts and "user_id" not in drafts:
            drafts.setdefault(
                "user_id", Draft("user_id", "Requested by", F.MANY2ONE, "res.users")
            )
            self.assumptions.append("Who makes a record is who requests it.")
        for thing in lists:
            name = f"{thing.name}_id"
            known = drafts.get(name) or drafts.get(thing.name)
            if known is None:
                drafts[name] = Draft(name, label(thing.phrase), F.MANY2ONE)
                known = drafts[name]
            elif known.name != name:
                drafts.pop(known.name)
                known.name = name
                drafts[name] = known
            known.type, known.relation, known.options = (
                F.MANY2ONE,
                self._model(thing),
                (),
            )
        if lines is not None:
            drafts.setdefault(
                "line_ids", Draft("line_ids", label(english.plural(lines.phrase)), F.ONE2MANY,
                                  self._model(lines)),
            )  # fmt: skip

    def _speaks_of_employees(self) -> bool:
        return bool({"employee", "manager"} & {*self.cast.names}) or bool(
            re.search(r"\bemployees?\b", self.reading.text)
        )

    def _model(self, thing: Thing) -> str:
        if thing is self.main:
            # A name of one word could be one of Odoo's own.
            return (
                self._model_base if "." in self._model_base else f"x.{self._model_base}"
            )
        if thing.kind == "lines":
            return f"{self._model(self.main)}.line"
        own = thing.name.removeprefix(f"{self.main.name}_").replace("_", ".")
        return f"{self._model(self.main)}.{own}"

    def _entity(self, lines: Thing | None) -> Data:
        drafts = self.main.drafts
        fields = [self._field(draft, lines) for draft in drafts.values()]
        if not any(f["type"] in ("char", "text") for f in fields):
            fields.insert(0, {"name": "purpose", "label": "Purpose", "type": "char"})
            self.assumptions.append("A record has a purpose, in one line.")
        fields += self._computed(fields, lines)
        dates = {
            name: draft.label
            for name, draft in drafts.items()
            if draft.type in (F.DATE, F.DATETIME)
        }
        requesters = self.workflow.requesters()
        reminders, missing = telling.reminders(
            self.played, self.cast, self.flow, dates, requesters
        )
        for name in missing:
            fields.append(
                {"name": name, "label": label(name.replace("_", " ")), "type": "date"}
            )
            self.assumptions.append(f"A record has a date for the reminder: {name}.")
        notified = telling.notifications(self.played, self.cast, self.flow, requesters)
        pair = ("line_ids", lines) if lines is not None else None
        rules = constraints.Rules(self.main, pair).read(self.reading)
        known = {f["name"] for f in fields}
        return {
            "name": self.main.name,
            "label": label(self.main.phrase),
            "model": self._model(self.main),
            "fields": fields,
            "states": self._states(),
            "transitions": [self._transition(step, fields) for step in self.flow.steps],
            "constraints": [r for r in rules if self._about(r) <= known],
            "notifications": [
                self._notification(told, place) for place, told in enumerate(notified)
            ],
            "reminders": [
                self._reminder(one, place) for place, one in enumerate(reminders)
            ],
            "views": self._views(fields),
            "sequence": self._sequence(),
            "attachments": bool(
                re.search(r"\b(?:attach|upload|receipt|scan)", self.reading.text)
            ),
        }

    def _other(self, thing: Thing) -> Data:
        fields = [self._field(draft, None) for draft in thing.drafts.values()]
        lines = thing.kind == "lines"
        names = {f["name"] for f in fields}
        told = any(f["type"] in ("char", "text", "many2one") for f in fields)
        if not (names & {"name", "title"} or (lines and told) or (
            not lines and any(f["type"] == "char" for f in fields)
        )):  # fmt: skip
            name = "description" if lines else "name"
            fields.insert(
                0,
                {"name": name, "label": name.title(), "type": "char", "required": True},
            )
        if lines:
            names = {f["name"] for f in fields}
            price = next(
                (
                    n
                    for n in ("price_unit", "unit_price", "price", "amount")
                    if n in names
                ),
                "",
            )
            if "quantity" in names and price and "subtotal" not in names:
                fields.append(
                    {"name": "subtotal", "label": "Subtotal",
                     "type": next(f["type"] for f in fields if f["name"] == price),
                     "computed": {"kind": "product", "factors": ["quantity", price]}}
                )  # fmt: skip
        return {
            "name": thing.name,
            "label": label(thing.phrase),
            "model": self._model(thing),
            "fields": fields,
            "lines_of": self.main.name if lines else None,
            "configuration": not lines,
        }

    def _field(self, draft: Draft, lines: Thing | None) -> Data:
        data: Data = {
            "name": draft.name,
            "label": draft.label,
            "type": draft.type.value,
            "required": bool(draft.required),
            "tracked": draft.tracked,
            "readonly": draft.readonly,
            "help": draft.help,
        }
        if draft.type is F.SELECTION:
            values = draft.options or ("Low", "Medium", "High")
            if not draft.options:
                self.questions.append(f"Which values can {draft.label} have?")
            data["selection"] = [{"value": slug(v), "label": v} for v in values]
        if draft.type in (F.MANY2ONE, F.MANY2MANY):
            data["relation"] = draft.relation or "res.partner"
        if draft.type is F.ONE2MANY:
            if lines is None:
                return data | {"type": "text"}
            data["relation"] = self._model(lines)
            data["inverse"] = f"{self.main.name}_id"
        if draft.relation == "hr.employee" and draft.name == "employee_id":
            data["default"] = {"dynamic": "current_employee"}
        elif draft.relation == "res.users" and draft.name == "user_id":
            data["default"] = {"dynamic": "current_user"}
        elif draft.default is not None:
            data["default"] = {"value": draft.default}
        if draft.computed is not None:
            data["computed"] = draft.computed
        return data

    def _computed(self, fields: list[Data], lines: Thing | None) -> list[Data]:
        """Make totals of lines where a ticket speaks of them."""
        if lines is None or not re.search(r"\btotals?\b|\bsum\b", self.reading.text):
            return []
        other = self._other(lines)
        kinds = {f["name"]: f["type"] for f in other["fields"]}
        names = ("subtotal", "amount", "price_subtotal", "price", "quantity", "hours")
        summed = next((n for n in names if n in kinds), None)
        if summed is None:
            return []
        made = {"kind": "sum", "lines": "line_ids", "field": summed}
        for field in fields:
            if field["name"] in ("total", "total_amount", "amount_total"):
                field |= {"type": kinds[summed], "computed": made, "required": False}
                return []
        total = {
            "name": "total",
            "label": "Total",
            "type": kinds[summed],
            "computed": made,
        }
        return [total]

    def _states(self) -> list[Data]:
        flow = self.flow
        names = flow.names
        leaving = {s for step in flow.steps for s in step.sources}
        frozen = False
        made = []
        for name in names:
            from generator.intent.rules import states  # noqa: PLC0415 - names a room

            frozen = frozen or name == flow.frozen_from
            refused = states.refused(name)
            made.append(
                {
                    "name": name,
                    "label": flow.labels[name],
                    "final": name not in leaving,
                    "refused": refused,
                    "frozen": frozen or (refused and flow.frozen_from is not None),
                }
            )
        return made

    def _transition(self, step: Step, fields: list[Data]) -> Data:
        amounts = [f["name"] for f in fields if f["type"] == "monetary"]
        numbers = [f["name"] for f in fields if f["type"] in ("integer", "float")]
        conditions = []
        if step.threshold is not None:
            about = next(iter([*amounts, *numbers]), None)
            if about is None:
                self.questions.append(
                    f"Which amount is meant by {step.threshold[1]:g}?"
                )
            else:
                operator, amount = step.threshold
                conditions.append(
                    {"field": about, "operator": operator.value, "value": amount}
                )
        return {
            "name": step.name,
            "label": step.label,
            "sources": step.sources,
            "target": step.target,
            "roles": step.roles,
            "own_only": step.own_only,
            "not_own": step.not_own,
            "reason": step.reason,
            "attachment": step.attachment,
            "conditions": conditions,
        }

    def _notification(self, told: telling.Telling, place: int) -> Data:
        on = told.on or "created"
        who = "_".join(told.roles) or ("manager" if told.manager else "requester")
        said = f"{label(self.main.phrase)}: {on.replace('_', ' ')}"
        return {
            "name": slug(f"{on}_{who}_{place + 1}"),
            "on": told.on,
            "roles": told.roles,
            "requester": told.requester,
            "manager": told.manager,
            "channels": [channel.value for channel in told.channels] or ["chatter"],
            "subject": said,
        }

    def _reminder(self, one: telling.Reminding, place: int) -> Data:
        return {
            "name": slug(f"{one.date}_reminder_{place + 1}"),
            "date": one.date,
            "days": one.days,
            "states": one.states,
            "roles": one.roles,
            "requester": one.requester,
            "channel": one.channel.value,
            "subject": f"{label(self.main.phrase)}: {label(one.date.replace('_', ' '))}",
        }

    def _views(self, fields: list[Data]) -> list[str]:
        found = [v for v in _VIEWS if re.search(_VIEW_WORDS[v], self.reading.text)]
        if "calendar" in found and not any(
            f["type"] in ("date", "datetime") for f in fields
        ):
            found.remove("calendar")
            self.questions.append("Which date does the calendar show?")
        return ["list", "form", "search", *found]

    def _sequence(self) -> Data:
        for statement in self.reading.said:
            hit = _NUMBERED.search(statement.text)
            if hit:
                return {
                    "prefix": hit.group(1),
                    "yearly": bool(re.search(r"YYYY|20\d\d", statement.text)),
                }
        letters = "".join(word[0] for word in self.main.phrase.split())
        prefix = letters if len(letters) > 1 else self.main.phrase[:3]
        made = re.sub(r"[^A-Z0-9]", "", prefix.upper()) or "REC"
        self.assumptions.append(f"Records are numbered {made}00001 and on.")
        return {"prefix": made[:10]}

    def _roles(self) -> list[Data]:
        made = []
        base = [
            name for name in self.cast.names if name in roles.BASE
        ] or self.cast.names[:1]
        deciding = {role for step in self.flow.steps for role in step.roles}
        for name in self.cast.names:
            said = [
                s.lower for s in self.reading.said if name.replace("_", " ") in s.lower
            ]
            scope = next(
                (
                    kind
                    for kind, words in _SCOPES
                    if any(re.search(words, s) for s in said)
                ),
                None,
            )
            if scope is None:
                scope = (
                    "own"
                    if name in base
                    else "team"
                    if name == "manager"
                    else "company"
                )
            if name in deciding and scope == "own" and name not in base:
                scope = (
                    "team"
                    if name == "manager" and self._speaks_of_employees()
                    else "company"
                )
            if scope == "team" and not self._speaks_of_employees():
                scope = "company"
            implied = [b for b in base if b != name] if name not in base else []
            made.append(
                {
                    "name": name,
                    "label": roles.label(name),
                    "scope": scope,
                    "implies": implied,
                }
            )
        managing = next(
            (r for r in made if r["name"] in ("administrator", "manager", "hr")),
            made[-1],
        )
        managing["manages"] = True
        self.assumptions.append(
            f"{managing['label']} keeps the lists that are chosen from."
        )
        return made

    def _depends(self, entity: Data, others: list[Data]) -> list[str]:
        models = {
            f.get("relation") or "" for e in (entity, *others) for f in e["fields"]
        }
        known = {
            "hr.": "hr",
            "product.": "product",
            "project.": "project",
            "fleet.": "fleet",
            "account.": "account",
            "stock.": "stock",
            "maintenance.": "maintenance",
        }
        return sorted(
            {
                module
                for start, module in known.items()
                if any(m.startswith(start) for m in models)
            }
        )

    def _reports(self, entity: Data) -> list[Data]:
        if not any(_PRINTED.search(s.text) for s in self.reading.said):
            return []
        return [
            {
                "name": f"{entity['name']}_sheet",
                "title": entity["label"],
                "entity": entity["name"],
            }
        ]

    def _integrations(self) -> list[Data]:
        found = {}
        for statement in self.reading.said:
            for hit in _OUTSIDE.finditer(statement.text):
                found.setdefault(
                    hit.group("name"),
                    {"name": hit.group("name"), "purpose": statement.text},
                )
        return list(found.values())

    def _requirements(self) -> list[Data]:
        texts = list(
            dict.fromkeys(
                str(clean_line(s.text))[:_LONGEST]
                for s in self.reading.statements
                if s.text.strip()
            )
        )
        return [
            {"id": f"req_{n + 1}", "text": text} for n, text in enumerate(texts) if text
        ]

    @staticmethod
    def _about(rule: Data) -> set[str]:
        named = {
            rule[key]
            for key in ("field", "other", "start", "end", "lines")
            if rule.get(key)
        }
        named |= {*rule.get("fields", ()), *rule.get("per", ())}
        when = rule.get("when")
        return named | ({when["field"]} if when else set())


__all__ = ["Assembly"]
