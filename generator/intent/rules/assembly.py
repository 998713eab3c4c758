"""Puts together what the rules have found in a ticket: one specification."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from generator.intent.rules import (
    access,
    casting,
    constraints,
    covering,
    english,
    extras,
    freezing,
    harvest,
    naming,
    reasons,
    reminding,
    secondary,
    telling,
    unsaid,
)
from generator.intent.rules.deeds import Deeds
from generator.intent.rules.drafts import Draft, label
from generator.intent.rules.shaping import Shaper
from generator.intent.rules.stepping import Stepping
from generator.intent.rules.workflow import Workflow, scenes
from generator.spec import Spec
from generator.spec.fields import FieldType as F
from generator.spec.names import clean_line

if TYPE_CHECKING:
    from generator.intent.rules.entities import Thing
    from generator.intent.rules.events import Scene
    from generator.intent.rules.reading import Reading, Statement
    from generator.intent.rules.states import Listing
    from generator.ticket import Ticket

Data = dict[str, Any]

_ATTACHED: Final = re.compile(
    r"\b(?:attach\w*|upload\w*|scan(?:s|ned)|supporting documents?)\b"
)
# Kinds of records that are called by what they are of: a checklist by its `onboarding`.
_GENERAL: Final = frozenset(
    """request booking order approval report log registration checklist form ticket plan case
    file application claim sheet handling""".split()
)
_SUMMARY: Final = 180
_DESCRIPTION: Final = 5000
_NUMBERS: Final = ("integer", "float", "monetary")
_WANTS: Final = re.compile(r"\b(?:wants?|would like|needs?) (?:to|an?|the|us)\b")


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
        self.played = scenes(reading)
        self.assumptions: list[str] = []
        self.questions: list[str] = []
        if ticket.criteria_stated:
            self.assumptions.append(
                "The ticket lists no acceptance criteria; its sentences on what must be"
                " so, or must not, are taken as such."
            )
        self.direct: dict[int, list[tuple[str, str]]] = {}
        self.cast = casting.cast(reading, self.played)
        if not self.cast.names:
            self.cast.names.append("user")
            self.assumptions.append(
                "The ticket names nobody, so every user may work with it."
            )
        self.gathered = harvest.Harvest(main, self.cast.names)
        self.gathered.things += secondary.secondary(reading, main, self.cast.names)
        self.gathered.read(casting.unpeopled(reading))
        things = [thing.phrase for thing in self.gathered.things[1:]]
        casting.forget_things(self.cast, things, self.played)
        casting.forget_fields(self.cast, main, self.played)
        self.lines = next((t for t in self.gathered.things if t.kind == "lines"), None)
        self.lists = [t for t in self.gathered.things if t.kind == "list"]
        self.models = self._models()
        self._complete()
        self.deeds = Deeds(
            reading,
            self.played,
            self.cast,
            _heads(main),
            words=self._field_words(),
            choices=self._choices(),
            listed={name for item in listed for name in item.names},
        )
        self.flow = Workflow(self.deeds).find(listed)
        freezing.freeze(
            self.flow, reading, main.drafts.values(), self.gathered.demanded
        )
        self.steps = Stepping(
            self.flow,
            main.phrase,
            self.gathered.demanded,
            lines=self.lines is not None,
        )
        self.shaper = Shaper(main, reading.text, self.models)

    def spec(self) -> Spec:
        """Return the specification."""
        requesters = self.deeds.requesters()
        entity = self._entity(requesters)
        others = [self._other(t) for t in self.gathered.things if t is not self.main]
        if self.lines is not None:
            mine = next(o for o in others if o["lines_of"])
            self.shaper.total(entity["fields"], mine["fields"])
        self.steps.measurable(entity)
        reasons.keep(entity, self.flow, self.reading.text)
        people = access.roles(
            self.reading, self.cast, self.flow, requesters, staff=self._staff()
        )
        self.assumptions += unsaid.sight(self.reading, self.cast, people)
        self.assumptions += unsaid.fields(self.gathered.things, self.reading.text)
        if self.lists:
            keeper = next(role for role in people if role.get("manages"))
            names = ", ".join(english.plural(t.phrase) for t in self.lists)
            self.assumptions.append(
                f"{keeper['label']} keeps the {names} to choose from."
            )
        said = next(iter(self.reading.said), None)
        summary = clean_line(said.text if said else self.ticket.title)
        noted = [
            *self.assumptions,
            *self.flow.assumptions,
            *self.shaper.assumptions,
            *self.steps.assumptions,
        ]
        asked = [
            *self.gathered.questions,
            *self.questions,
            *self.flow.questions,
            *self.shaper.questions,
        ]
        reports = extras.reports(self.reading, entity)
        return Spec.model_validate(
            {
                "module": naming.module(self.main.phrase),
                "title": label(english.plural(self.main.phrase)),
                "summary": str(summary)[:_SUMMARY].strip() or self.main.phrase,
                "description": self.ticket.body[:_DESCRIPTION],
                "depends": (),  # what the relations need is added with them
                "entities": [entity, *others],
                "roles": people,
                "reports": reports,
                "integrations": extras.integrations(self.reading),
                "requirements": extras.requirements(
                    self.reading, self.main.phrase, self.cast.names
                ),
                "criteria": covering.criteria(
                    self.ticket.criteria,
                    entity,
                    people,
                    others,
                    self.direct,
                    spoken=casting.spoken(self.cast),
                    printed=bool(reports),
                ),
                "assumptions": list(dict.fromkeys(noted)),
                "questions": list(dict.fromkeys(asked)),
            }
        )

    @property
    def empty(self) -> bool:
        """Whether the ticket says nothing of the record but its name."""
        return not self.flow.labels and not any(
            draft.asked for draft in self.main.drafts.values()
        )

    def _staff(self) -> bool:
        return any(d.relation == "hr.employee" for d in self.main.drafts.values())

    # -- entities

    def _models(self) -> dict[str, str]:
        base = naming.model(naming.safe(self.main.phrase, "record"))
        found = {self.main.name: base}
        for thing in self.gathered.things:
            if thing is self.main:
                continue
            if thing.kind == "lines":
                found[thing.name] = f"{base}.line"
                continue
            own = thing.name.removeprefix(f"{self.main.name}_").replace("_", ".")
            parts = [p if p[0].isalpha() else f"x{p}" for p in own.split(".") if p]
            found[thing.name] = f"{base}.{'.'.join(parts)[:18].strip('.') or 'item'}"
        return found

    def _complete(self) -> None:
        """Add what a record needs beside what the ticket names."""
        drafts = self.main.drafts
        owned = any(
            d.relation in {"hr.employee", "res.users"}
            and n in {"employee_id", "user_id"}
            for n, d in drafts.items()
        )
        people = {*self.cast.names, *self.cast.aliases}
        if not owned and people & {"employee", "manager", "line_manager"}:
            drafts["employee_id"] = Draft(
                "employee_id", "Employee", F.MANY2ONE, "hr.employee", required=True, asked=False,
                phrase="employee",
            )  # fmt: skip
        elif not owned:
            drafts["user_id"] = Draft(
                "user_id",
                "Responsible",
                F.MANY2ONE,
                "res.users",
                asked=False,
                phrase="responsible",
            )
            self.assumptions.append("Whoever creates a record is responsible for it.")
        elif "employee_id" in drafts:
            drafts["employee_id"].required = True
        for thing in self.lists:
            self._choose_from(thing)
        if self.lines is not None:
            drafts["line_ids"] = Draft(
                "line_ids", label(english.plural(self.lines.phrase)), F.ONE2MANY,
                f"@{self.lines.name}", phrase=self.lines.phrase,
            )  # fmt: skip

    def _choose_from(self, thing: Thing) -> None:
        """Let the main entity lead to a list, once."""
        drafts = self.main.drafts
        name = f"{naming.safe(thing.name)}_id"
        plain = naming.safe(thing.name)
        known = drafts.pop(plain, None) or drafts.get(name)
        for other in self.gathered.things:
            if other is not self.main and any(
                d.relation == f"@{thing.name}" for d in other.drafts.values()
            ):
                return
        made = known or Draft(
            name, label(thing.phrase), F.MANY2ONE, phrase=thing.phrase
        )
        made.name, made.type, made.relation, made.options = (
            name, F.MANY2ONE, f"@{thing.name}", (),
        )  # fmt: skip
        drafts[name] = made

    def _field_words(self) -> set[str]:
        return {
            english.singular(d.phrase.split()[-1])
            for t in self.gathered.things
            for d in t.drafts.values()
            if d.phrase
        }

    def _choices(self) -> set[str]:
        return {
            option.lower()
            for d in self.main.drafts.values()
            for option in d.options
            if d.type is F.SELECTION
        }

    def _entity(self, requesters: list[str]) -> Data:
        fields = self.shaper.fields(self.main)
        dates = {
            f["name"]: f["label"].lower()
            for f in fields
            if f["type"] in ("date", "datetime")
        }
        reminders, missing = reminding.reminders(
            self.played, self.cast, self.flow, dates, requesters
        )
        if missing and "request_date" not in dates:
            fields.append(
                {"name": "request_date", "label": "Date", "type": "date",
                 "required": True, "default": {"dynamic": "today"}}
            )  # fmt: skip
            self.assumptions.append("Days are counted from the date of the record.")
        told = telling.notifications(
            self._unconditional(), self.cast, self.flow, requesters
        )
        pair = ("line_ids", self.lines) if self.lines is not None else None
        rules = constraints.Rules(self.main, pair).read(self.reading)
        known = {f["name"]: f for f in fields}
        notified = [self.steps.notification(t, n) for n, t in enumerate(told)]
        reminded = [self.steps.reminder(r, n, known) for n, r in enumerate(reminders)]
        for data, one in zip(notified, told, strict=True):
            self._said("notification", data["name"], one.sources)
        for data, due in zip(reminded, reminders, strict=True):
            self._said("reminder", data["name"], [due.statement])
        number, assumed = extras.sequence(self.reading, self.main.phrase)
        self.assumptions += [assumed] if assumed else []
        name = naming.safe(self.main.phrase, "record")
        return {
            "name": name,
            "label": label(self.main.phrase),
            "model": self.models[self.main.name],
            "fields": fields,
            "states": self.steps.states(),
            "transitions": [
                self.steps.transition(step, known) for step in self.flow.steps
            ],
            "constraints": [r for r in rules if _about(r) <= {*known}],
            "notifications": notified,
            "reminders": reminded,
            "views": extras.views(self.reading, fields, self.flow),
            "sequence": number,
            "order": extras.order(self.reading, fields),
            "attachments": bool(_ATTACHED.search(self.reading.text))
            or self.gathered.attachments,
        }

    def _said(self, kind: str, name: str, sources: list[Statement]) -> None:
        for statement in sources:
            if statement.kind == "criterion":
                self.direct.setdefault(statement.number, []).append((kind, name))

    def _unconditional(self) -> list[tuple[Statement, Scene]]:
        """Leave out who is told only when a selection has one value: a person writes that."""
        kept = []
        for statement, scene in self.played:
            chosen = next(
                (
                    c
                    for c in self._choices()
                    if re.search(rf"\b{re.escape(c)}\b", statement.lower)
                ),
                None,
            )
            if chosen and telling.told(statement, scene):
                self.questions.append(
                    f"This is left to a person, as it depends on a value: {statement.text}"
                )
                continue
            kept.append((statement, scene))
        return kept

    def _other(self, thing: Thing) -> Data:
        lines = thing.kind == "lines"
        fields = self.shaper.lines(thing) if lines else self.shaper.fields(thing)
        names = {f["name"] for f in fields}
        told = any(f["type"] in ("char", "text", "many2one") for f in fields)
        if not (names & {"name", "title"} or (lines and told)):
            name = "description" if lines else "name"
            fields.insert(
                0,
                {"name": name, "label": name.title(), "type": "char", "required": True},
            )
        for field in fields:
            if field["name"] in ("name", "title"):
                field["required"] = True
        pair = constraints.Rules(thing, None).read(self.reading)
        return {
            "name": naming.safe(thing.name, "record"),
            "label": label(thing.phrase),
            "model": self.models[thing.name],
            "fields": fields,
            "constraints": [
                r for r in pair if _about(r) <= {f["name"] for f in fields}
            ],
            "lines_of": naming.safe(self.main.phrase, "record") if lines else None,
            "configuration": not lines,
        }


def _heads(main: Thing) -> set[str]:
    """Return the words by which sentences call the main entity."""
    words = main.phrase.split()
    found = {main.phrase, words[-1], "request", "record", "it"}
    return found | {*words[-2:]} if words[-1] in _GENERAL else found


def _about(rule: Data) -> set[str]:
    keys = ("field", "other", "start", "end", "lines")
    named = {rule[key] for key in keys if rule.get(key)}
    named |= {*rule.get("fields", ()), *rule.get("per", ())}
    when = rule.get("when")
    return named | ({when["field"]} if when else set())


__all__ = ["Assembly"]
