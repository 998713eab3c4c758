"""Several who approve: by an amount, one after the other, or either of them."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from generator.intent.rules import english, roles, states
from generator.intent.rules.events import scene
from generator.intent.rules.flow import APPROVES, DECLINED, Limit, Step
from generator.intent.rules.patterns import (
    IN_TURN,
    LIMIT,
    MORE,
    OPERATORS,
    OPPOSITE,
    SAID,
)
from generator.spec.workflow import Operator

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.intent.rules.deeds import Deeds
    from generator.intent.rules.events import Scene
    from generator.intent.rules.flow import Flow
    from generator.intent.rules.reading import Statement

_UP: Final = {Operator.MORE, Operator.AT_LEAST}
_SMALLEST: Final = 100  # a number without a currency below it is no amount
_CLAUSES: Final = re.compile(r"[;,]| and (?=above|over|up to|below)| while ")


class Levels:
    """Works out who approves when.

    Args:
        flow: The workflow, with one step of approval.
        deeds: Who does what.
    """

    def __init__(self, flow: Flow, deeds: Deeds) -> None:
        self.flow = flow
        self.deeds = deeds

    def work_out(self) -> None:
        """Change the workflow accordingly."""
        steps = [s for s in self.flow.steps if s.name in APPROVES]
        if len(steps) != 1:
            return
        step = steps[0]
        limits = [*self._limits()]
        above = [limit for limit in limits if limit.operator in _UP]
        below = [limit for limit in limits if limit.operator not in _UP]
        if above:
            self._by_amount(step, next((x for x in above if x.more), above[-1]))
        elif below:
            first = below[0]
            others = [
                r for r in step.roles if r not in first.roles
            ] or self.deeds.others()
            if others and others != list(first.roles):
                operator = OPPOSITE[first.operator]
                up = replace(first, operator=operator, roles=tuple(others), more=False)
                self._by_amount(step, up)
        elif len(step.roles) > 1 and self._in_turn():
            self._one_after_other(step)

    def _limits(self) -> Iterator[Limit]:
        for statement, played in self.deeds.played:
            if not re.search(r"approv|authori[sz]|sign", statement.lower):
                continue
            for hit in LIMIT.finditer(statement.text):
                amount = english.number(hit.group("amount"))
                money = hit.group("sign") or hit.group("unit")
                if amount is None or (not money and amount < _SMALLEST):
                    continue
                near = self._nearest(
                    statement, hit.group(0).strip(), self._named(played)
                )
                if near:
                    operator = OPERATORS.get(hit.group("word").lower(), Operator.MORE)
                    more = bool(MORE.search(statement.text))
                    yield Limit(operator, amount, tuple(near), more, statement)

    def _named(self, played: Scene) -> list[str]:
        """Return who approves in a sentence, else who is named in it and asks for nothing."""
        role = self.deeds.cast.role
        acting = [
            r
            for e in played.events
            if e.verb.name in {*APPROVES, "sign"}
            for m in e.roles
            if (r := role(m))
        ]
        base = self.deeds.requesters()
        return acting or [
            r for m in played.people if (r := role(m.name)) and r not in base
        ]

    def _nearest(
        self, statement: Statement, amount: str, named: list[str]
    ) -> list[str]:
        """Return who of several is meant by an amount: who is named in the same clause."""
        for clause in _CLAUSES.split(statement.text):
            if amount in clause:
                inside = [
                    r
                    for m in scene(clause).people
                    if (r := self.deeds.cast.role(m.name)) and r in named
                ]
                if inside:
                    return list(dict.fromkeys(inside))
        return list(dict.fromkeys(named))[-1:]

    def _by_amount(self, step: Step, limit: Limit) -> None:
        usual = [r for r in step.roles if r not in limit.roles] or [
            r for r in self.deeds.approvers() if r not in limit.roles
        ]
        if not usual:
            step.threshold = (limit.operator, limit.amount)
            return
        step.roles = usual
        if limit.more and not self.flow.explicit:
            self._afterwards(step, limit)
        else:
            self._instead(step, limit)
        step.threshold = (OPPOSITE[limit.operator], limit.amount)

    def _afterwards(self, step: Step, limit: Limit) -> None:
        """Let the record wait for somebody else when the amount is high."""
        who, flow = limit.roles[0], self.flow
        waiting, called = f"{who}_approval", roles.label(who)
        flow.insert(waiting, f"{called} approval", step.sources[-1])
        place = flow.steps.index(step) + 1
        flow.steps[place:place] = [
            Step(
                "forward",
                f"Approve and forward to {called}",
                list(step.sources),
                waiting,
                step.roles,
                threshold=(limit.operator, limit.amount),
            ),
            Step(
                f"{who}_approve",
                f"{called} approval",
                [waiting],
                step.target,
                list(limit.roles),
            ),
        ]
        self._may_decline(limit.roles, waiting)

    def _instead(self, step: Step, limit: Limit) -> None:
        """Let somebody else decide when the amount is high."""
        who, called = limit.roles[0], roles.label(limit.roles[0])
        made = Step(
            f"{who}_approve",
            f"Approve ({called})",
            list(step.sources),
            step.target,
            list(limit.roles),
            threshold=(limit.operator, limit.amount),
        )
        self.flow.steps.insert(self.flow.steps.index(step) + 1, made)
        usual = " or ".join(roles.label(r) for r in step.roles)
        self.flow.assumptions.append(
            f"{SAID[limit.operator]} {limit.amount:g} {called} decides instead of {usual},"
            " not after them."
        )
        only = re.search(r"\bonly\b", limit.statement.lower) is not None
        self._may_decline(limit.roles, sole=only)

    def _may_decline(
        self, who: tuple[str, ...], source: str | None = None, *, sole: bool = False
    ) -> None:
        """Let somebody who decides decide against it too.

        Args:
            who: Who decides.
            source: State in which they do, those of the step itself when left out.
            sole: Whether it is only said that nobody else may decide for it.
        """
        for other in self.flow.steps:
            told = other.said and sole
            if (
                states.refused(other.target)
                and other.target != "cancelled"
                and not told
            ):
                other.sources += [source] if source else []
                other.roles = list(dict.fromkeys([*other.roles, *who]))

    def _in_turn(self) -> bool:
        """Tell whether approvers follow each other, rather than either of them deciding."""
        for statement, played in self.deeds.played:
            either = [
                e
                for e in played.events
                if e.verb.name == "approve" and len(e.roles) > 1
            ]
            if either and re.search(r"\bor\b", statement.lower):
                return False
        said = self.deeds.reading.said
        apart = sum(
            any(e.verb.name in APPROVES and e.roles for e in played.events)
            for _, played in self.deeds.played
        )
        return apart > 1 or any(IN_TURN.search(s.lower) for s in said)

    def _one_after_other(self, step: Step) -> None:
        if self.flow.explicit:
            return
        who, source = step.roles, step.sources
        for role in who[:-1]:
            state, called = f"{role}_approved", roles.label(role)
            self.flow.insert(state, f"{called} approved", source[-1])
            made = Step(
                f"{role}_approve", f"{called} approves", list(source), state, [role]
            )
            self.flow.steps.insert(self.flow.steps.index(step), made)
            for other in self.flow.steps:
                if other.target in DECLINED:
                    other.sources.append(state)
            source = [state]
        step.sources, step.roles = list(source), [who[-1]]
        for other in self.flow.steps:
            if other.target in DECLINED:
                other.roles = list(dict.fromkeys([*other.roles, *who]))
