"""The workflow as the specification has it: states, transitions, who is told, reminders."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from generator.intent.rules import naming, reminding, states, telling
from generator.intent.rules.drafts import label

if TYPE_CHECKING:
    from generator.intent.rules.flow import Flow, Step

Data = dict[str, Any]


class Stepping:
    """Turns a workflow into data.

    Args:
        flow: The workflow.
        phrase: Name of the main entity.
        demanded: Fields that steps need: verb and field.
        lines: Whether the entity has lines, so that amounts are their total.
    """

    def __init__(
        self, flow: Flow, phrase: str, demanded: list[tuple[str, str]], *, lines: bool
    ) -> None:
        self.flow = flow
        self.phrase = phrase
        self.demanded = demanded
        self.lines = lines
        self.assumptions: list[str] = []

    def states(self) -> list[Data]:
        """Return the states in order."""
        flow = self.flow
        leaving = {s for step in flow.steps for s in step.sources}
        frozen = False
        made = []
        for name in flow.names:
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

    def transition(self, step: Step, fields: dict[str, Data]) -> Data:
        """Return a step; *fields* are those of the entity, by name."""
        conditions = []
        if step.threshold is not None:
            operator, amount = step.threshold
            about = self._measured(fields) or "amount"
            conditions.append(
                {"field": about, "operator": operator.value, "value": amount}
            )
        for verb, name in self.demanded:
            if name in fields and (step.name == verb or step.name.endswith(f"_{verb}")):
                conditions.append({"field": name, "operator": "set"})
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

    def measurable(self, entity: Data) -> None:
        """Give a record the amount that a limit is on, when the ticket names none."""
        kinds = {f["name"]: f["type"] for f in entity["fields"]}
        limits = [
            condition
            for step in entity["transitions"]
            for condition in step["conditions"]
            if condition["field"] not in kinds
        ]
        if not limits:
            return
        about = next((n for n, kind in kinds.items() if kind == "monetary"), None)
        if about is None:
            about = "amount"
            entity["fields"].append(
                {"name": about, "label": "Amount", "type": "monetary"}
            )
            self.assumptions.append(
                "A record has an amount, as its approval depends on one."
            )
        for condition in limits:
            condition["field"] = about

    def _measured(self, fields: dict[str, Data]) -> str | None:
        """Return the field that an amount is compared to: a total before single amounts."""
        if self.lines:
            total = [n for n in fields if n.startswith("total")]
            return total[0] if total else "total"
        for kinds in (("monetary",), ("integer", "float")):
            for name, field in fields.items():
                if field["type"] in kinds:
                    return name
        return None

    def notification(self, told: telling.Telling, place: int) -> Data:
        """Return who is told; *place* keeps the names apart."""
        on = told.on or "created"
        who = "_".join(told.roles) or ("manager" if told.manager else "requester")
        return {
            "name": naming.safe(f"{on}_{who}_{place + 1}"),
            "on": told.on,
            "roles": told.roles,
            "requester": told.requester,
            "manager": told.manager,
            "channels": [channel.value for channel in told.channels] or ["chatter"],
            "subject": self._subject(told.on),
        }

    def _subject(self, on: str | None) -> str:
        step = next((s for s in self.flow.steps if s.name == on), None)
        target = self.flow.labels[step.target].lower() if step else "new"
        return f"{label(self.phrase)}: {target}"

    def reminder(
        self, one: reminding.Reminding, place: int, fields: dict[str, Data]
    ) -> Data:
        """Return a reminder; *place* keeps the names apart."""
        words = fields[one.date]["label"].lower() if one.date in fields else "date"
        return {
            "name": naming.safe(f"{one.date}_reminder_{place + 1}"),
            "date": one.date,
            "days": max(-365, min(365, one.days)),
            "states": one.states,
            "roles": one.roles,
            "requester": one.requester,
            "channel": one.channel.value,
            "subject": f"{label(self.phrase)}: {words}",
        }
