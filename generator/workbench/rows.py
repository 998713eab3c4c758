"""Rows of the form in which a person changes a specification."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import ipywidgets

from generator.spec.fields import FieldType
from generator.spec.names import slug

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

Data = dict[str, Any]

_TYPES: Final = [kind.value for kind in FieldType]
_RELATIONAL: Final = ("many2one", "one2many", "many2many")
_TICK: Final = "6em"  # of columns with boxes to tick; their heads need as much


def text(value: str, width: str, hint: str) -> ipywidgets.Text:
    """Return a line to type in; *hint* is what it is for."""
    return ipywidgets.Text(
        value=value,
        placeholder=hint,
        tooltip=hint,
        continuous_update=False,
        layout=ipywidgets.Layout(width=width),
    )


def button(label: str, hint: str, act: Callable[[], object]) -> ipywidgets.Button:
    """Return a small button that calls *act*."""
    made = ipywidgets.Button(
        description=label,
        tooltip=hint,
        layout=ipywidgets.Layout(width="auto", align_self="flex-start"),
    )
    made.on_click(lambda _: act())
    return made


def _check(value: bool, hint: str) -> ipywidgets.Checkbox:  # noqa: FBT001 - a value
    return ipywidgets.Checkbox(
        value=value, indent=False, tooltip=hint, layout=ipywidgets.Layout(width=_TICK)
    )


def heads(*columns: tuple[str, str]) -> ipywidgets.HBox:
    """Return the row with the names of the columns: title and width."""
    return ipywidgets.HBox(
        [
            ipywidgets.HTML(f"<b>{title}</b>", layout=ipywidgets.Layout(width=width))
            for title, width in columns
        ]
    )


class FieldRow(ipywidgets.HBox):  # type: ignore[misc] # ipywidgets has no types
    """One field of an entity.

    Args:
        data: The field as the specification dumps it; of a new one at least its label.
        changed: Called after every change.
        removed: Called with the row when its button is pressed.
    """

    COLUMNS: Final = (
        ("Label", "13em"),
        ("Name", "13em"),
        ("Type", "9em"),
        ("Values or model", "15em"),
        ("Required", _TICK),
        ("Tracked", _TICK),
    )

    def __init__(
        self,
        data: Data,
        changed: Callable[[], None],
        removed: Callable[[FieldRow], None],
    ) -> None:
        self._data = data
        self.label = text(data["label"], "13em", "what people read")
        self.name = text(data.get("name", ""), "13em", "technical name")
        self.type = ipywidgets.Dropdown(
            options=_TYPES,
            value=data.get("type", "char"),
            layout=ipywidgets.Layout(width="9em"),
        )
        self.detail = text(_detail(data), "15em", "")
        self._fit_detail()
        self.type.observe(lambda _: self._fit_detail(), names="value")
        self.required = _check(bool(data.get("required")), "has to be filled")
        self.tracked = _check(bool(data.get("tracked")), "changes are logged")
        inputs = [
            self.label,
            self.name,
            self.type,
            self.detail,
            self.required,
            self.tracked,
        ]
        for item in inputs:
            item.observe(lambda _: changed(), names="value")
        super().__init__(
            [*inputs, button("✕", "Remove this field", lambda: removed(self))]
        )

    def _fit_detail(self) -> None:
        """Ask for values or a model only where the type has them."""
        kind = self.type.value
        asked = "Low, High" if kind == "selection" else "res.partner"
        takes = kind == "selection" or kind in _RELATIONAL
        self.detail.disabled = not takes
        self.detail.placeholder = self.detail.tooltip = asked if takes else ""

    def dump(self) -> Data:
        """Return the field as the specification takes it."""
        kind = self.type.value
        data = self._data | {
            "label": self.label.value,
            "name": self.name.value.strip() or slug(self.label.value),
            "type": kind,
            "required": self.required.value,
            "tracked": self.tracked.value,
        }
        data["selection"] = _options(self.detail.value) if kind == "selection" else []
        if kind in _RELATIONAL:
            data["relation"] = self.detail.value.strip() or None
        else:
            data["relation"] = data["inverse"] = None
        return data


def _detail(data: Mapping[str, Any]) -> str:
    if data.get("selection"):
        return ", ".join(option["label"] for option in data["selection"])
    return data.get("relation") or ""


def _options(typed: str) -> list[Data]:
    labels = [word.strip() for word in typed.split(",") if word.strip()]
    return [{"value": slug(label), "label": label} for label in labels]


class TransitionRow(ipywidgets.HBox):  # type: ignore[misc] # ipywidgets has no types
    """One transition of a workflow."""

    COLUMNS: Final = (
        ("Button", "13em"),
        ("From", "15em"),
        ("To", "11em"),
        ("Roles", "15em"),
        ("Reason", _TICK),
    )

    def __init__(
        self,
        data: Data,
        states: Sequence[str],
        changed: Callable[[], None],
        removed: Callable[[TransitionRow], None],
    ) -> None:
        self._data = data
        self.label = text(data["label"], "13em", "what the button says")
        self.sources = text(
            ", ".join(data.get("sources", ())), "15em", "draft, rejected"
        )
        target = data.get("target") or (states[-1] if states else "")
        self.target = ipywidgets.Combobox(
            value=target,
            options=list(states),
            continuous_update=False,
            layout=ipywidgets.Layout(width="11em"),
        )
        self.roles = text(", ".join(data.get("roles", ())), "15em", "manager, finance")
        self.reason = _check(bool(data.get("reason")), "asks for a reason")
        inputs = [self.label, self.sources, self.target, self.roles, self.reason]
        for item in inputs:
            item.observe(lambda _: changed(), names="value")
        super().__init__(
            [*inputs, button("✕", "Remove this transition", lambda: removed(self))]
        )

    def dump(self) -> Data:
        """Return the transition as the specification takes it."""
        return self._data | {
            "name": self._data.get("name") or slug(self.label.value),
            "label": self.label.value,
            "sources": names(self.sources.value),
            "target": self.target.value.strip(),
            "roles": names(self.roles.value),
            "reason": self.reason.value,
        }


def names(typed: str) -> list[str]:
    """Return the identifiers that are typed with commas between."""
    return [slug(word) for word in typed.split(",") if slug(word)]
