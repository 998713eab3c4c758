"""Where tickets come from: JSON files, text files, Notion."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.sources import files
from qgate.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from generator.ticket import Ticket
    from qgate.settings import Settings

__all__ = ["demand_readable", "read"]


def read(
    settings: Settings,
    *,
    ticket_json: Path | None = None,
    ticket_text: Path | None = None,
    ticket_id: str | None = None,
) -> Ticket:
    """Return a ticket that can be worked on.

    Args:
        settings: The configuration; its environment has Notion's token.
        ticket_json: A JSON file; *ticket_id* chooses among several tickets in it.
        ticket_text: A text file.
        ticket_id: Id or address of a Notion page, when no file is named.

    Raises:
        UsageError: It is not there, cannot be read, or has no title or no criteria.
        EnvironmentProblem: Notion cannot be reached.
    """
    if ticket_json is not None and ticket_text is not None:
        message = "Two tickets are named, with --ticket-json and --ticket-text."
        raise UsageError(message, hint="Name one.")
    if ticket_json is not None:
        ticket = files.read_json(ticket_json, ticket_id)
    elif ticket_text is not None:
        ticket = files.read_text(ticket_text)
    elif ticket_id:
        from generator.sources import notion  # noqa: PLC0415 - half a second

        ticket = notion.Notion(settings).page(ticket_id)
    else:
        message = "No ticket is named."
        raise UsageError(
            message, hint="Use --ticket-json, --ticket-text or --ticket-id."
        )
    demand_readable(ticket)
    return ticket


def demand_readable(ticket: Ticket) -> None:
    """Raise a UsageError when a ticket has no title, or no text at all."""
    if not ticket.title.strip():
        message = "The ticket has no title."
        raise UsageError(message, hint="Say in one line what is wanted.")
    if not ticket.body.strip() and not ticket.criteria:
        message = (
            "The ticket has a title only: no description and no acceptance criteria."
        )
        raise UsageError(
            message, hint="Say who does what with it, and when it is accepted."
        )
