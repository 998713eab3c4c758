"""What one person sees of Odoo's web client, and what he does with it."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any, Final, Self

from playwright.sync_api import Error
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from qgate.e2e import fields
from qgate.e2e.errors import Refused, ScreenError

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Locator, Page

    from qgate.e2e.fields import Value
    from qgate.e2e.roles import User
    from qgate.e2e.server import Server

WAIT_SECONDS: Final = 15.0
"""How long the screen may take to show what is asked for."""

_REFUSAL: Final = ".o_dialog:not(.o_inactive_modal) .o_error_dialog"
_DIALOG: Final = ".o_dialog:not(.o_inactive_modal):not(:has(.o_error_dialog))"
_SCOPE: Final = f"{_DIALOG}, body:not(:has({_DIALOG})) .o_action_manager"
"""What the user can work in: the dialog on top, or else the action."""

_STATE: Final = ".o_statusbar_status .o_arrow_button_current"
_ROW: Final = "tr.o_data_row"
_ACTIONS: Final = "ir.actions."
_POLL_MILLISECONDS: Final = 50


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
        return self._click(entry, f"{self.user.name} has no menu {xmlid} here.")

    def new(self) -> Self:
        """Begin a new record.

        Raises:
            ScreenError: The user cannot, here.
        """
        button = ".o_list_button_add, .o_form_button_create, .o-kanban-button-new"
        self._click(
            self.page.locator(button), f"{self.user.name} has no button New here."
        )
        self._await(self.page.locator(".o_form_editable"), "No form opened.")
        return self

    def fill(self, **values: Value) -> Self:
        """Fill fields of the form, or of the dialog above it, one after the other.

        Args:
            **values: Values by name of the field: text, a number, a date (as such or in ISO
                form), true or false, the label of a choice, several labels for tags.

        Raises:
            ScreenError: A field is not there, is read-only, or has no such choice.
            Refused: Odoo objects at once.
        """
        for name, value in values.items():
            fields.fill(self.field(name), name, value)
            self.settled()
        return self

    def field(self, name: str) -> Locator:
        """Return the widget of a field of the form, or of the dialog above it.

        Raises:
            ScreenError: It is not shown.
        """
        found = self._field(name)
        self._await(found, f"Field {name} is not shown to {self.user.name}.")
        return found.first

    def shows(self, name: str) -> bool:
        """Tell whether a field is shown now."""
        return self._field(name).count() > 0

    def value(self, name: str) -> str:
        """Return what a field shows, as text; a check box as yes or no."""
        return str(
            self.field(name).evaluate("widget => window.qgateValue(widget)") or ""
        )

    def save(self) -> Self:
        """Save the form.

        Raises:
            Refused: A required field is empty, or Odoo does not accept the values.
        """
        button = self.page.locator(".o_form_button_save")
        return self._click(button, "There is nothing to save here.")

    def press(self, name: str) -> Self:
        """Press a button of the form, the list's header or the dialog.

        Args:
            name: Its technical name, as `action_submit`, or else what is written on it.

        Raises:
            ScreenError: There is no such button now.
            Refused: Odoo did not do it.
        """
        scope = self.page.locator(_SCOPE)
        wanted = scope.get_by_role("button", name=name, exact=True)
        if re.fullmatch(r"\w+", name):
            wanted = scope.locator(f'button[name="{name}"]').or_(wanted)
        return self._click(
            wanted,
            lambda: (
                f"{self.user.name} has no button {name} here, but "
                f"{', '.join(self.buttons()) or 'none'}."
            ),
        )

    def buttons(self) -> list[str]:
        """Return the technical names of the buttons shown now."""
        found = self.page.locator(_SCOPE).locator("button[name]").filter(visible=True)
        names: list[str] = found.evaluate_all("all => all.map(one => one.name)")
        return names

    def state(self) -> str:
        """Return the technical value of the current state in the status bar."""
        current = self.page.locator(_STATE)
        self._await(current, "There is no status bar here.")
        return current.first.get_attribute("data-value") or ""

    def expect_state(self, state: str) -> Self:
        """Wait until the record is in *state*.

        Raises:
            ScreenError: It is in another one.
        """
        self._until(
            lambda: self.state() == state,
            lambda: f"The record is in state {self.state()}, not in {state}.",
        )
        return self

    def expect_value(self, name: str, text: str) -> Self:
        """Wait until a field shows *text*.

        Raises:
            ScreenError: It shows something else.
        """
        self._until(
            lambda: self.value(name) == text,
            lambda: f"Field {name} shows {self.value(name)!r}, not {text!r}.",
        )
        return self

    def rows(self) -> list[dict[str, str]]:
        """Return the rows of the list, each with what its columns show by name of the field."""
        rows = self.page.locator(_SCOPE).locator(_ROW)
        found: list[dict[str, str]] = rows.evaluate_all("all => window.qgateRows(all)")
        return found

    def row(self, text: str) -> Locator:
        """Return the one row of the list with *text* in it.

        Raises:
            ScreenError: There is none, or more than one.
        """
        found = self.page.locator(_SCOPE).locator(_ROW, has_text=text)
        self._await(found, f"{self.user.name} has no row with {text!r} in the list.")
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
        self._await(self.page.locator(".o_form_view"), "No form opened.")
        return self

    def tab(self, name: str) -> Self:
        """Turn to a page of the form's notebook, by its technical name."""
        tab = self.page.locator(f'.o_notebook a.nav-link[name="{name}"]')
        return self._click(tab, f"The form has no tab {name}.")

    def search(self, text: str) -> Self:
        """Search the list for *text*, beside the filters that are set already."""
        box = self.page.locator(".o_searchview_input")
        self._await(box, "There is no search box here.")
        box.first.fill(text)
        box.first.press("Enter")
        # The client asks the server once the word has become a filter, not at the key.
        facet = self.page.locator(".o_searchview_facet", has_text=text)
        self._await(facet, f"The list was not searched for {text!r}.")
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
        self._click(button, f"There is no view {view} here.")
        shown = self.page.locator(f".o_{view}_view")
        self._await(shown, f"View {view} did not open.")
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
        discard = self.page.locator(".o_form_button_cancel").filter(visible=True)
        if discard.count():
            discard.first.click()
        return self.settled()

    def settled(self) -> Self:
        """Wait until the web client has come to rest.

        Raises:
            ScreenError: It does not.
            Refused: It tells the user that something was not done.
        """
        found = self._ask_until_settled()
        if found["refusal"]:
            raise Refused(found["refusal"], tuple(found["marked"]))
        if found["busy"]:
            message = f"The web client is still busy after {WAIT_SECONDS:.0f} s."
            raise ScreenError(message)
        return self

    def _ask_until_settled(self) -> dict[str, Any]:
        end = time.monotonic() + WAIT_SECONDS
        while True:
            left = max(end - time.monotonic(), 0.1)
            try:
                found: dict[str, Any] = self.page.evaluate(
                    "limit => window.qgateSettled(limit)", left * 1000
                )
            except Error as error:
                # While another page is loaded nobody is there to answer.
                if "context was destroyed" not in str(error) or left <= 0.1:  # noqa: PLR2004
                    raise
            else:
                return found

    def _go(self, path: str) -> Self:
        self.page.goto(f"{self._server.url}{path}", wait_until="domcontentloaded")
        return self.settled()

    def _field(self, name: str) -> Locator:
        found = self.page.locator(_SCOPE).locator(f'.o_field_widget[name="{name}"]')
        return found.filter(visible=True)

    def _click(self, found: Locator, otherwise: str | Callable[[], str]) -> Self:
        """Click the first visible one of *found*, and wait."""
        shown = found.filter(visible=True)
        try:
            shown.first.click(timeout=WAIT_SECONDS * 1000)
        except PlaywrightTimeout as error:
            if shown.count():  # it is there, but something is in its way
                raise
            said = otherwise if isinstance(otherwise, str) else otherwise()
            raise ScreenError(said) from error
        return self.settled()

    def _await(self, found: Locator, otherwise: str) -> None:
        """Wait until one of *found* is visible."""
        try:
            found.filter(visible=True).first.wait_for(timeout=WAIT_SECONDS * 1000)
        except PlaywrightTimeout as error:
            raise ScreenError(otherwise) from error

    def _until(self, reached: Callable[[], bool], otherwise: Callable[[], str]) -> None:
        end = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < end:
            try:
                if reached():
                    return
            except Error as error:  # it was drawn anew meanwhile, unless all is lost
                if self.page.is_closed():
                    raise ScreenError(str(error)) from error
            self.page.wait_for_timeout(_POLL_MILLISECONDS)
        raise ScreenError(otherwise())
