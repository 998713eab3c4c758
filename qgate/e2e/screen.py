"""What one person sees of Odoo's web client, and what he does with it."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Final, Self

from playwright.sync_api import Error
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from qgate.e2e import fields
from qgate.e2e.errors import Refused, ScreenError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from playwright.sync_api import Locator, Page

    from qgate.e2e.fields import Value
    from qgate.e2e.roles import User
    from qgate.e2e.server import Server

WAIT_SECONDS: Final = 15.0
"""How long the screen may take to show what is asked for."""

_DIALOG: Final = ".o_dialog:not(.o_inactive_modal)"
_REFUSAL: Final = f"{_DIALOG} .o_error_dialog"
_WARNING: Final = ".o_notification:has(.bg-danger) .o_notification_content"
_STATE: Final = ".o_statusbar_status .o_arrow_button_current"
_ROW: Final = "tr.o_data_row"
_ACTIONS: Final = "ir.actions."
_POLL_SECONDS: Final = 0.05


class Screen:
    """The browser window of one person.

    Whatever it does, it waits until the web client has come to rest; when Odoo tells the user
    that it did not do it, `Refused` is raised.

    Args:
        page: Playwright's page, for what this class has no word for.
        user: Who sits before it.
        server: The server it shows.

    Attributes:
        page: See above.
        user: See above.
    """

    def __init__(self, page: Page, user: User, server: Server) -> None:
        self.page = page
        self.user = user
        self._server = server

    def __repr__(self) -> str:
        return f"<Screen of {self.user.name}>"

    def open(self, xmlid: str) -> Self:
        """Open an action, or a record, by its XML id.

        Args:
            xmlid: As `my_module.my_action`.

        Raises:
            RpcError: There is no such record.
            Refused: The user may not open it.
        """
        model, record = self._server.resolve(xmlid)
        if model.startswith(_ACTIONS):
            return self._go(f"/odoo/action-{record}")
        return self.open_record(model, record)

    def open_record(self, model: str, record: int) -> Self:
        """Open a record in its form.

        Raises:
            Refused: The user may not open it, or it does not exist.
        """
        return self._go(f"/odoo/{model}/{record}")

    def menu(self, xmlid: str) -> Self:
        """Go where a menu of the current application leads.

        Args:
            xmlid: XML id of the menu; one that others hang below opens them.

        Raises:
            ScreenError: The user has no such menu.
        """
        entry = self.page.locator(f'[data-menu-xmlid="{xmlid}"]')
        self._shown(entry, f"{self.user.name} has no menu {xmlid} here.").click()
        return self.settled()

    def new(self) -> Self:
        """Begin a new record."""
        button = self.page.locator(
            ".o_list_button_add, .o_form_button_create, .o-kanban-button-new"
        )
        self._shown(button, "There is no button New here.").click()
        self.settled()
        self._shown(self.page.locator(".o_form_editable"), "No form opened.")
        return self

    def fill(self, **values: Value | Sequence[str]) -> Self:
        """Fill fields of the form, or of the dialog above it, one after the other.

        Args:
            **values: Values by name of the field: text, a number, a date (as such or in ISO
                form), true or false, the label of a choice, several labels for tags.

        Raises:
            ScreenError: A field is not there, is read-only, or has no such choice.
            Refused: Odoo objects at once.
        """
        for name, value in values.items():
            fields.fill(self.page, self.field(name), value)
            self.settled()
        return self

    def field(self, name: str) -> Locator:
        """Return the widget of a field of the form, or of the dialog above it.

        Raises:
            ScreenError: It is not shown.
        """
        found = self._scope().locator(f'.o_field_widget[name="{name}"]')
        return self._shown(found, f"Field {name} is not shown to {self.user.name}.")

    def shows(self, name: str) -> bool:
        """Tell whether a field is shown now."""
        found = self._scope().locator(f'.o_field_widget[name="{name}"]')
        return any(item.is_visible() for item in found.all())

    def value(self, name: str) -> str:
        """Return what a field shows, as text; a check box as yes or no."""
        return fields.read(self.field(name))

    def save(self) -> Self:
        """Save the form.

        Raises:
            Refused: A required field is empty, or Odoo does not accept the values.
        """
        button = self.page.locator(".o_form_button_save")
        self._shown(button, "There is nothing to save here.").click()
        return self.settled()

    def press(self, name: str) -> Self:
        """Press a button of the form, the list's header or the dialog.

        Args:
            name: Its technical name, as `action_submit`, or else what is written on it.

        Raises:
            ScreenError: There is no such button now.
            Refused: Odoo did not do it.
        """
        wanted = self._button(name)
        if not self._appears(wanted):
            offered = ", ".join(self.buttons()) or "none"
            message = f"{self.user.name} has no button {name} here, but {offered}."
            raise ScreenError(message)
        _visible(wanted).click()
        return self.settled()

    def buttons(self) -> list[str]:
        """Return the technical names of the buttons shown now."""
        found = self._scope().locator("button[name]")
        return [
            item.get_attribute("name") or ""
            for item in found.all()
            if item.is_visible()
        ]

    def state(self) -> str:
        """Return the technical value of the current state in the status bar."""
        current = self.page.locator(_STATE)
        self._shown(current, "There is no status bar here.")
        return current.first.get_attribute("data-value") or ""

    def expect_state(self, state: str) -> Self:
        """Wait until the record is in *state*.

        Raises:
            ScreenError: It is in another one.
        """
        self._wait(
            lambda: self.state() == state,
            lambda: f"The record is in state {self.state()}, not in {state}.",
        )
        return self

    def expect_value(self, name: str, text: str) -> Self:
        """Wait until a field shows *text*.

        Raises:
            ScreenError: It shows something else.
        """
        self._wait(
            lambda: self.value(name) == text,
            lambda: f"Field {name} shows {self.value(name)!r}, not {text!r}.",
        )
        return self

    def rows(self) -> list[dict[str, str]]:
        """Return the rows of the list, each with what its columns show by name of the field."""
        found: list[dict[str, str]] = (
            self._scope()
            .locator(_ROW)
            .evaluate_all(
                """rows => rows.map(row => Object.fromEntries(
                [...row.querySelectorAll("td.o_data_cell[name]")].map(cell => [
                    cell.getAttribute("name"), cell.innerText.replace(/\\s+/g, " ").trim(),
                ])
            ))"""
            )
        )
        return found

    def row(self, text: str) -> Locator:
        """Return the one row of the list with *text* in it.

        Raises:
            ScreenError: There is none, or more than one.
        """
        found = self._scope().locator(_ROW, has_text=text)
        if not self._appears(found):
            message = f"{self.user.name} has no row with {text!r} in the list."
            raise ScreenError(message)
        if (count := found.count()) > 1:
            message = f"{count} rows of the list have {text!r} in them."
            raise ScreenError(message)
        return found

    def open_row(self, text: str) -> Self:
        """Open the record of the one row with *text* in it.

        Raises:
            ScreenError: There is no such row, or more than one.
        """
        self.row(text).locator("td.o_data_cell").first.click()
        self.settled()
        self._shown(self.page.locator(".o_form_view"), "No form opened.")
        return self

    def tab(self, name: str) -> Self:
        """Turn to a page of the form's notebook, by its technical name."""
        tab = self.page.locator(f'.o_notebook a.nav-link[name="{name}"]')
        self._shown(tab, f"The form has no tab {name}.").click()
        return self.settled()

    def search(self, text: str) -> Self:
        """Search the list for *text*, beside the filters that are set already."""
        box = self.page.locator(".o_searchview_input")
        self._shown(box, "There is no search box here.").fill(text)
        box.first.press("Enter")
        return self.settled()

    def all_records(self) -> Self:
        """Take away the filters that a list begins with."""
        facets = self.page.locator(".o_searchview_facet .o_facet_remove")
        while facets.count():
            facets.first.click()
            self.settled()
        return self

    def switch(self, view: str) -> Self:
        """Show the same records in another view: list, kanban, pivot, graph..."""
        button = self.page.locator(f".o_switch_view.o_{view}")
        self._shown(button, f"There is no view {view} here.").click()
        self.settled()
        self._shown(self.page.locator(f".o_{view}_view"), f"View {view} did not open.")
        return self

    def notifications(self) -> list[str]:
        """Return the notifications shown now."""
        return self.page.locator(".o_notification_content").all_inner_texts()

    def dismiss(self) -> Self:
        """Close the message of a refusal, and give up what was not saved."""
        for close in self.page.locator(".o_notification_close").all():
            close.click()
        if self.page.locator(_REFUSAL).count():
            self.page.locator(f"{_REFUSAL} .btn-close").click()
            self.page.locator(_REFUSAL).wait_for(state="detached")
        discard = self.page.locator(".o_form_button_cancel")
        if discard.count() and discard.first.is_visible():
            discard.first.click()
        return self.settled()

    def _go(self, path: str) -> Self:
        self.page.goto(f"{self._server.url}{path}")
        self._shown(
            self.page.locator(".o_main_navbar"), "The web client did not start."
        )
        # A view may have no word on it at all, but something stands below the menus.
        self._shown(
            self.page.locator(".o_action_manager > *, .o_error_dialog"),
            f"{path} is empty.",
        )
        return self.settled()

    def settled(self) -> Self:
        """Wait until the web client has come to rest, and see whether it objects."""
        try:
            self.page.wait_for_function(
                "() => window.qgateQuiet && window.qgateQuiet()",
                timeout=WAIT_SECONDS * 1000,
            )
        except PlaywrightTimeout as error:
            message = f"The web client is still busy after {WAIT_SECONDS:.0f} s."
            raise ScreenError(message) from error
        self._object()
        return self

    def _object(self) -> None:
        dialog = self.page.locator(_REFUSAL)
        if dialog.count():
            title = dialog.first.locator(".modal-title").inner_text()
            said = dialog.first.locator(".modal-body").inner_text()
            message = f"{title}: {' '.join(said.split())}"
            raise Refused(message, self._marked())
        warnings = self.page.locator(_WARNING)
        if warnings.count():
            said = " ".join(" ".join(warnings.all_inner_texts()).split())
            raise Refused(said, self._marked())

    def _marked(self) -> tuple[str, ...]:
        found = self._scope().locator(".o_field_widget.o_field_invalid")
        return tuple(item.get_attribute("name") or "" for item in found.all())

    def _scope(self) -> Locator:
        """Return what the user can work in: the dialog on top, or else the action."""
        dialog = self.page.locator(_DIALOG).filter(
            has_not=self.page.locator(".o_error_dialog")
        )
        return dialog.last if dialog.count() else self.page.locator(".o_action_manager")

    def _button(self, name: str) -> Locator:
        scope = self._scope()
        technical = scope.locator(f'button[name="{name}"]') if _is_name(name) else None
        labelled = scope.get_by_role("button", name=name, exact=True)
        return labelled if technical is None else technical.or_(labelled)

    def _shown(self, found: Locator, otherwise: str) -> Locator:
        """Return the first visible one of *found*."""
        if not self._appears(found):
            raise ScreenError(otherwise)
        return _visible(found)

    def _appears(self, found: Locator) -> bool:
        try:
            _visible(found).wait_for(timeout=WAIT_SECONDS * 1000)
        except PlaywrightTimeout:
            return False
        return True

    def _wait(self, reached: Callable[[], bool], otherwise: Callable[[], str]) -> None:
        for _ in _until(WAIT_SECONDS):
            try:
                if reached():
                    return
            except Error:  # it was drawn anew meanwhile
                continue
            self.page.wait_for_timeout(_POLL_SECONDS * 1000)
        raise ScreenError(otherwise())


def _visible(found: Locator) -> Locator:
    return found.filter(visible=True).first


def _is_name(text: str) -> bool:
    return re.fullmatch(r"\w+", text) is not None


def _until(seconds: float) -> Iterator[None]:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        yield
