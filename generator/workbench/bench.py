"""The notebook `ticket_to_module.ipynb` in calls: a panel for each step.

Opened live, a person presses the buttons. Executed by papermill with a ticket among its
parameters, every panel takes its step by itself, and a step that cannot be taken ends
the execution with its reason.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from generator.session import Session
from generator.workbench.panels import (
    CodePanel,
    GapPanel,
    GatePanel,
    IntentPanel,
    Panel,
    ProposalPanel,
    TicketPanel,
)
from qgate import settings as configuration

if TYPE_CHECKING:
    from collections.abc import Sequence

_Panel = TypeVar("_Panel", bound=Panel)


class Workbench:
    """Steps through one ticket.

    Args:
        output: Folder of modules to write to.
        ticket: Where the ticket is (a file or a Notion page), or empty to be asked.
        text: The ticket itself instead.
        provider: Who reads it: `rules`, `anthropic` or `replay`.
        config: Configuration file; by default `qgate.toml` where it is found.
        root: Folder of the workspace, by default the current one.
        **options: What the provider takes besides.

    Raises:
        UsageError: The configuration is wrong.
    """

    def __init__(
        self,
        output: str | Path,
        *,
        ticket: str = "",
        text: str = "",
        provider: str = "rules",
        config: str = "",
        root: str | Path | None = None,
        **options: object,
    ) -> None:
        settings = configuration.load(
            Path(config) if config else None, root=Path(root) if root else None
        )
        self.session = Session(settings, Path(output))
        self._where, self._text = ticket, text
        self._provider, self._options = provider, options
        self.headless = bool(ticket or text)

    def ticket(self) -> TicketPanel:
        """Pick or paste the ticket."""
        return self._shown(
            TicketPanel(self.session, where=self._where, text=self._text)
        )

    def intent(self) -> IntentPanel:
        """See and change what was understood."""
        return self._shown(IntentPanel(self.session, self._provider, **self._options))

    def gaps(self) -> GapPanel:
        """See what exists already."""
        return self._shown(GapPanel(self.session))

    def code(self) -> CodePanel:
        """See the files, and write them."""
        panel = self._shown(CodePanel(self.session))
        if self.headless:
            self.session.write()
        return panel

    def gate(
        self,
        profile: str = "local",
        stages: Sequence[str] | None = None,
        *,
        run: bool = True,
    ) -> GatePanel:
        """Run the gate; headless only when *run* says so."""
        return self._shown(GatePanel(self.session, profile, stages), take=run)

    def pull_request(self, *, run: bool = False) -> ProposalPanel:
        """Open the draft pull request; headless only when *run* says so."""
        return self._shown(ProposalPanel(self.session), take=run)

    def _shown(self, panel: _Panel, *, take: bool = True) -> _Panel:
        if self.headless and take:
            panel.take()
        return panel
