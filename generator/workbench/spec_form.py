"""The form in which a person sees and changes a specification."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

import ipywidgets
from pydantic import ValidationError

from generator.spec import Spec, check
from generator.spec.names import slug
from generator.workbench.diagram import state_diagram
from generator.workbench.rows import (
    FieldRow,
    TransitionRow,
    button,
    heads,
    names,
    text,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from generator.spec.model import Criterion, Entity

Data = dict[str, Any]


class EntityForm(ipywidgets.VBox):  # type: ignore[misc] # ipywidgets has no types
    """One entity: its fields in a table, its workflow drawn and in a table."""

    def __init__(self, entity: Entity, changed: Callable[[], None]) -> None:
        self._data: Data = entity.model_dump(mode="json")
        self._changed = changed
        self.label = text(entity.label, "20em", "what people call it")
        self.states = text(
            ", ".join(state.label for state in entity.states), "40em", "Draft, Approved"
        )
        self.picture = ipywidgets.HTML(state_diagram(entity))
        self.fields = ipywidgets.VBox(
            [self._field(data) for data in self._data["fields"]]
        )
        self.transitions = ipywidgets.VBox(
            [self._transition(data) for data in self._data["transitions"]]
        )
        for item in (self.label, self.states):
            item.observe(lambda _: changed(), names="value")
        super().__init__(
            [
                ipywidgets.HBox([_title("Name"), self.label]),
                _title("Fields"),
                heads(*FieldRow.COLUMNS),
                self.fields,
                button("Add a field", "A field below the others", self.add_field),
                ipywidgets.HBox([_title("States, in order"), self.states]),
                self.picture,
                _title("Transitions"),
                heads(*TransitionRow.COLUMNS),
                self.transitions,
                button("Add a transition", "A button more", self.add_transition),
            ]
        )

    def add_field(self, label: str = "New field") -> FieldRow:
        """Append a field, as the button does."""
        row = self._field({"label": label, "name": slug(label)})
        self.fields.children = (*self.fields.children, row)
        self._changed()
        return row

    def add_transition(self, label: str = "New step") -> TransitionRow:
        """Append a transition from the first state to the last, as the button does."""
        states = self._states()
        first = [states[0]["name"]] if states else []
        row = self._transition({"label": label, "sources": first})
        self.transitions.children = (*self.transitions.children, row)
        self._changed()
        return row

    def dump(self) -> Data:
        """Return the entity as the specification takes it."""
        return self._data | {
            "label": self.label.value,
            "fields": [row.dump() for row in self.fields.children],
            "states": self._states(),
            "transitions": [row.dump() for row in self.transitions.children],
        }

    def draw(self, entity: Entity) -> None:
        """Show the workflow of *entity*."""
        self.picture.value = state_diagram(entity)

    def _states(self) -> list[Data]:
        known = {state["name"]: state for state in self._data["states"]}
        labels = {slug(word): word.strip() for word in self.states.value.split(",")}
        return [
            known.get(name, {"name": name}) | {"label": labels[name]}
            for name in names(self.states.value)
        ]

    def _field(self, data: Data) -> FieldRow:
        def remove(row: FieldRow) -> None:
            self.fields.children = tuple(
                r for r in self.fields.children if r is not row
            )
            self._changed()

        return FieldRow(data, self._changed, remove)

    def _transition(self, data: Data) -> TransitionRow:
        def remove(row: TransitionRow) -> None:
            kept = tuple(r for r in self.transitions.children if r is not row)
            self.transitions.children = kept
            self._changed()

        states = [state["name"] for state in self._states()]
        return TransitionRow(data, states, self._changed, remove)


class SpecForm(ipywidgets.VBox):  # type: ignore[misc] # ipywidgets has no types
    """A specification that a person changes; `spec` is the last one that fits together.

    Args:
        spec: Where to begin.
        on_change: Called with every specification that fits together.
    """

    def __init__(
        self, spec: Spec, on_change: Callable[[Spec], None] | None = None
    ) -> None:
        self.spec = spec
        self._on_change = on_change
        self.module = text(spec.module, "20em", "name of the folder")
        self.title = text(spec.title, "30em", "name of the app")
        self.entities = [EntityForm(entity, self.changed) for entity in spec.entities]
        self.problems = ipywidgets.HTML()
        for item in (self.module, self.title):
            item.observe(lambda _: self.changed(), names="value")
        tabs = ipywidgets.Tab(
            children=self.entities, titles=[entity.label for entity in spec.entities]
        )
        super().__init__(
            [
                ipywidgets.HBox(
                    [_title("Module"), self.module, _title("Title"), self.title]
                ),
                tabs,
                self.problems,
                ipywidgets.HTML(_rest(spec)),
            ]
        )

    def changed(self) -> None:
        """Take what is typed, or say why it does not fit together."""
        try:
            spec = Spec.model_validate(
                self.spec.model_dump(mode="json")
                | {
                    "module": self.module.value.strip(),
                    "title": self.title.value,
                    "entities": [form.dump() for form in self.entities],
                }
            )
            found = check(spec)
        except ValidationError as error:
            spec, found = self.spec, [_sentence(item) for item in error.errors()]
        listed = "".join(f"<li>{escape(problem)}</li>" for problem in found)
        self.problems.value = (
            f"<p><b>This does not fit together yet:</b></p><ul>{listed}</ul>"
            if found
            else ""
        )
        if found:
            return
        self.spec = spec
        for form, entity in zip(self.entities, spec.entities, strict=True):
            form.draw(entity)
        if self._on_change:
            self._on_change(spec)


def _title(words: str) -> ipywidgets.HTML:
    return ipywidgets.HTML(f"<b>{words}</b>")


def _sentence(error: Any) -> str:  # noqa: ANN401 - a dictionary of pydantic's
    where = " ".join(str(part) for part in error["loc"] if part != "entities")
    return f"{where}: {error['msg'].removeprefix('Value error, ')}"


def _rest(spec: Spec) -> str:
    """What is shown and not changed here: roles, assumptions, questions, criteria."""
    roles = "".join(
        f"<li><b>{escape(role.label)}</b> sees {role.scope.value} records</li>"
        for role in spec.roles
    )
    criteria = "".join(
        f"<tr><td>{item.id}</td><td style='text-align:left'>{escape(item.text)}</td>"
        f"<td style='text-align:left'>{_covers(item)}</td></tr>"
        for item in spec.criteria
    )
    parts = [
        f"<h4>Roles</h4><ul>{roles}</ul>",
        _list("Assumptions", spec.assumptions),
        _list("Open questions", spec.questions),
    ]
    if criteria:
        head = "<tr><th></th><th>Acceptance criterion</th><th>Met by</th></tr>"
        parts.append(f"<h4>Acceptance criteria</h4><table>{head}{criteria}</table>")
    return "".join(parts)


def _covers(criterion: Criterion) -> str:
    if not criterion.covers:
        return "<b>nothing: left to you</b>"
    return ", ".join(
        f"{c.kind.value} <code>{c.entity}.{c.name}</code>" for c in criterion.covers
    )


def _list(title: str, texts: tuple[str, ...]) -> str:
    if not texts:
        return ""
    return f"<h4>{title}</h4><ul>{''.join(f'<li>{escape(t)}</li>' for t in texts)}</ul>"
