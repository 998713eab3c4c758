"""Fills one field as Odoo's web client shows it, whatever its widget is."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from playwright.sync_api import TimeoutError as PlaywrightTimeout

from qgate.e2e.errors import ScreenError

if TYPE_CHECKING:
    from playwright.sync_api import Locator

Value = str | int | float | bool | date | Sequence[str]
"""What a field is filled with: a date as such or in ISO form, a choice by its label."""

_DATE: Final = "%m/%d/%Y"
_DATETIME: Final = "%m/%d/%Y %I:%M:%S %p"
_ISO: Final = re.compile(r"^\d{4}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d)?)?$")
_OPTION: Final = ".o-autocomplete--dropdown-item"
_NO_CHOICE: Final = (
    ".o_m2o_dropdown_option, .o_m2o_no_result, .o_calendar_dropdown_option"
)
_CALENDAR: Final = ".o_datetime_picker"
_OPEN_CALENDAR: Final = (
    "box => document.activeElement === box ? box.click() : box.focus()"
)
_SEARCH_MILLISECONDS: Final = 10_000
_OPEN_MILLISECONDS: Final = 5_000


def fill(widget: Locator, name: str, value: Value) -> None:
    """Put *value* into the field that *widget* shows.

    Args:
        widget: Its `.o_field_widget`.
        name: Name of the field.
        value: The value; of a field with several tags their names.

    Raises:
        ScreenError: The field is read-only, or has no such choice, or is of an unknown kind.
    """
    kind = str(widget.evaluate("widget => window.qgateKind(widget)"))
    if kind == "read-only":
        message = f"Field {name} is read-only."
        raise ScreenError(message)
    if kind not in _KINDS:
        message = f"Field {name} cannot be filled: its widget is of an {kind} kind."
        raise ScreenError(message)
    _KINDS[kind](widget, name, value)


def _choose(widget: Locator, name: str, value: Value) -> None:
    """Choose a record by its name, or one after the other."""
    for word in [value] if isinstance(value, (str, int, float, date)) else value:
        _choose_one(widget, name, str(word))


def _choose_one(widget: Locator, name: str, word: str) -> None:
    box = widget.locator("input.o-autocomplete--input")
    box.fill(word)  # a click would open the list before the search, too
    items = widget.page.locator(_OPTION)
    exactly = re.compile(rf"^\s*{re.escape(word)}\s*$")
    wanted = items.filter(has_text=exactly)
    # Below what is found stands what else can be done, when the search is over.
    over = widget.page.locator(f"{_OPTION}:is({_NO_CHOICE})")
    try:
        wanted.or_(over).first.wait_for(timeout=_SEARCH_MILLISECONDS)
    except PlaywrightTimeout as error:
        message = f"Field {name} offers nothing to choose from for {word!r}."
        raise ScreenError(message) from error
    if not wanted.count():
        known = widget.page.locator(f"{_OPTION}:not({_NO_CHOICE})").all_inner_texts()
        offered = ", ".join(" ".join(text.split()) for text in known)
        said = f"it offers {offered}" if offered else "it finds nothing"
        message = f"Field {name} has no choice {word!r}: {said}."
        raise ScreenError(message)
    wanted.first.click()
    items.first.wait_for(state="detached")


def _choose_in_menu(widget: Locator, name: str, value: Value) -> None:
    """Choose one of a selection by its label."""
    widget.locator("input.o_select_menu_input").click()
    items = widget.page.locator(".o_select_menu_item")
    wanted = items.filter(has_text=re.compile(rf"^\s*{re.escape(str(value))}\s*$"))
    items.first.wait_for(timeout=_OPEN_MILLISECONDS)
    if not wanted.count():
        known = ", ".join(" ".join(text.split()) for text in items.all_inner_texts())
        widget.page.keyboard.press("Escape")
        message = f"Field {name} has no choice {value!r}: it offers {known}."
        raise ScreenError(message)
    wanted.first.click()


def _open_date(widget: Locator, name: str, value: Value) -> None:
    """Fill a date that shows as a button until it is clicked."""
    widget.locator("button[data-field]").first.click()
    # The box is empty until the calendar has opened, and then takes its value over.
    widget.locator("input[data-field]").first.evaluate(
        """async (box, limit) => {
            const begun = performance.now();
            while (!box.value && performance.now() - begun < limit) {
                await new Promise(resolve => setTimeout(resolve, 10));
            }
        }""",
        _OPEN_MILLISECONDS,
    )
    _fill_date(widget, name, value)


def _fill_date(widget: Locator, name: str, value: Value) -> None:
    box = widget.locator("input[data-field]").first
    calendar = widget.page.locator(_CALENDAR)
    # The calendar opens some frames after its box has got the focus. Were the key pressed before
    # that, there would be nothing to close, and it would then open over the fields below.
    if not calendar.count():
        box.evaluate(_OPEN_CALENDAR)
    try:
        calendar.first.wait_for(timeout=_OPEN_MILLISECONDS)
        box.fill(_written(value))
        box.press("Enter")
        calendar.first.wait_for(state="detached", timeout=_OPEN_MILLISECONDS)
    except PlaywrightTimeout as error:
        message = f"The calendar of field {name} did not open, or did not close again."
        raise ScreenError(message) from error


def _written(value: Value) -> str:
    """Return a date as the web client writes it in the roles' language."""
    if isinstance(value, str) and _ISO.match(value):
        moment = datetime.fromisoformat(value)
        return moment.strftime(_DATE if len(value) == len("2026-01-31") else _DATETIME)
    if isinstance(value, datetime):
        return value.strftime(_DATETIME)
    return value.strftime(_DATE) if isinstance(value, date) else str(value)


def _check(widget: Locator, name: str, value: Value) -> None:
    del name
    widget.locator("input[type=checkbox]").first.set_checked(bool(value))


def _select(widget: Locator, name: str, value: Value) -> None:
    try:
        widget.locator("select").select_option(
            label=str(value), timeout=_OPEN_MILLISECONDS
        )
    except PlaywrightTimeout as error:
        known = ", ".join(widget.locator("option").all_inner_texts())
        message = f"Field {name} has no choice {value!r}: it offers {known}."
        raise ScreenError(message) from error


def _tick(widget: Locator, name: str, value: Value) -> None:
    del name
    widget.get_by_label(str(value), exact=True).check()


def _write_rich(widget: Locator, name: str, value: Value) -> None:
    del name
    widget.locator("[contenteditable=true]").first.fill(str(value))


def _write(widget: Locator, name: str, value: Value) -> None:
    del name
    box = widget.locator("input:not([type=file], [type=checkbox]), textarea").first
    box.fill(str(value))
    box.press("Tab")  # only a field that is left tells the server


_KINDS: Final[dict[str, Callable[[Locator, str, Value], None]]] = {
    "choice": _choose,
    "menu": _choose_in_menu,
    "closed date": _open_date,
    "date": _fill_date,
    "check": _check,
    "select": _select,
    "radio": _tick,
    "rich text": _write_rich,
    "text": _write,
}
"""How each kind of widget is filled, by the words of client.js."""
