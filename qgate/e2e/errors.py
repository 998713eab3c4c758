"""How the screen says no."""

from __future__ import annotations


class ScreenError(AssertionError):
    """The screen does not show what a spec counts on, told in one sentence."""


class Refused(ScreenError):
    """Odoo did not do what was asked, and told the user so.

    Attributes:
        message: What the user reads.
        fields: Fields that are marked as wrong, by their names.
    """

    def __init__(self, message: str, fields: tuple[str, ...] = ()) -> None:
        marked = f" (marked: {', '.join(fields)})" if fields else ""
        super().__init__(f"Odoo refused it: {message}{marked}")
        self.message = message
        self.fields = fields
