"""Fills and reads one field as Odoo's web client shows it, whatever its widget is."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from playwright.sync_api import Error

from qgate.e2e.errors import ScreenError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from playwright.sync_api import Locator, Page

Value = str | int | float | bool | date
"""What a field is filled with; a date as such or in ISO form, a choice by its label."""

_DATE: Final = "%m/%d/%Y"
_DATETIME: Final = "%m/%d/%Y %H:%M:%S"
_ISO: Final = re.compile(r"^\d{4}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d)?)?$")
_NO_OPTIONS: Final = (
    ".o_m2o_dropdown_option, .o_m2o_no_result, .o_calendar_dropdown_option"
)
_SEARCH_MILLISECONDS: Final = 10_000


def fill(page: Page, widget: Locator, value: Value | Sequence[str]) -> None:
    """Put *value* into the field that *widget* shows.

    Args:
        page: The page it is on.
        widget: Its `.o_field_widget`.
        value: The value; of a field with several tags their names.

    Raises:
        ScreenError: The field is read-only, or has no such choice, or is of an unknown kind.
    """
    name = widget.get_attribute("name") or "?"
    if widget.locator("input.o-autocomplete--input").count():
        for word in [value] if isinstance(value, (str, int, float)) else _names(value):
            _choose(page, widget, name, str(word))
    elif widget.locator("[data-field]").count():
        _fill_date(widget, name, value)
    elif widget.locator("input[type=checkbox]").count():
        _check(widget, name, value)
    elif widget.locator("select").count():
        widget.locator("select").select_option(label=str(value))
    elif widget.locator("input[type=radio]").count():
        widget.get_by_label(str(value), exact=True).check()
    elif widget.locator("[contenteditable=true]").count():
        widget.locator("[contenteditable=true]").first.fill(str(value))
    elif widget.locator("input:not([type=file]), textarea").count():
        box = widget.locator("input:not([type=file]), textarea").first
        box.fill(str(value))
        box.press("Tab")  # only a field that is left tells the server
    else:
        raise _not_fillable(widget, name)


def read(widget: Locator) -> str:
    """Return what the field shows, without spaces around it."""
    box = widget.locator(
        "input:not([type=file], [type=checkbox], [type=radio]), textarea"
    )
    if box.count():
        symbol = widget.locator("span.o_input > span:first-child")
        before = symbol.inner_text() if symbol.count() else ""
        return _plain(f"{before}{box.first.input_value()}")
    if widget.locator("input[type=checkbox]").count():
        return "yes" if widget.locator("input[type=checkbox]").is_checked() else "no"
    if widget.locator("button[data-field]").count():
        return widget.locator("button[data-field]").first.get_attribute("value") or ""
    if widget.locator("select").count():
        return _plain(widget.locator("select option:checked").inner_text())
    return _plain(widget.inner_text())


def _choose(page: Page, widget: Locator, name: str, word: str) -> None:
    box = widget.locator("input.o-autocomplete--input")
    box.fill(word)  # a click would open the list before the search, too
    items = page.locator(".o-autocomplete--dropdown-item")
    wanted = items.filter(has_text=re.compile(rf"^\s*{re.escape(word)}\s*$"))
    try:
        wanted.first.wait_for(timeout=_SEARCH_MILLISECONDS)
    except Error as error:
        known = [_plain(text) for text in items.all_inner_texts()]
        others = items.locator(f":scope:not({_NO_OPTIONS})").count()
        said = (
            f"it offers {', '.join(known[:others])}" if others else "it finds nothing"
        )
        message = f"Field {name} has no choice {word!r}: {said}."
        raise ScreenError(message) from error
    wanted.first.click()
    items.first.wait_for(state="detached")


def _fill_date(widget: Locator, name: str, value: object) -> None:
    text = _written(value)
    closed = widget.locator("button[data-field]")
    box = widget.locator("input[data-field]")
    if closed.count():
        closed.first.click()
        # The box is empty until the calendar has opened, and then takes its value over.
        box.first.wait_for()
        for _ in range(50):
            if box.first.input_value():
                break
            box.first.page.wait_for_timeout(20)
    elif not box.count():
        raise _not_fillable(widget, name)
    box.first.fill(text)
    box.first.press("Enter")


def _written(value: object) -> str:
    """Return a date as the web client of the roles' language writes it."""
    if isinstance(value, str) and _ISO.match(value):
        moment = datetime.fromisoformat(value)
        return moment.strftime(_DATE if len(value) == len("2026-01-31") else _DATETIME)
    if isinstance(value, datetime):
        return value.strftime(_DATETIME)
    return value.strftime(_DATE) if isinstance(value, date) else str(value)


def _check(widget: Locator, name: str, value: object) -> None:
    box = widget.locator("input[type=checkbox]")
    if box.is_disabled():
        raise _not_fillable(widget, name)
    box.set_checked(bool(value))


def _not_fillable(widget: Locator, name: str) -> ScreenError:
    kinds = (widget.get_attribute("class") or "").split()
    if "o_readonly_modifier" in kinds:
        return ScreenError(f"Field {name} is read-only.")
    kind = next(
        (k for k in kinds if k.startswith("o_field_") and k != "o_field_widget"), "?"
    )
    message = f"Field {name} cannot be filled: its widget {kind} is not known."
    return ScreenError(message)


def _names(value: object) -> list[str]:
    return [str(word) for word in value] if isinstance(value, (list, tuple)) else []


def _plain(text: str) -> str:
    return " ".join(text.split())
