"""One panel for each step from a ticket to its module; a button takes the step."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Final

import ipywidgets

from generator.intent import PROVIDERS
from generator.session import WRITTEN
from generator.workbench.live import LiveProgress
from generator.workbench.preview import difference, highlighted
from generator.workbench.spec_form import SpecForm
from qgate.errors import QgateError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from generator.gaps import Gap
    from generator.session import Session
    from generator.spec import Spec

_FULL: Final = ipywidgets.Layout(width="98%")
_GAPS_SHOWN: Final = 15
_ADVICE: Final = {"configure": "#1a7f37", "extend": "#0969da", "build": "#9a6700"}


class Panel(ipywidgets.VBox):  # type: ignore[misc] # ipywidgets has no types
    """What is common to the panels: a button, what goes on, and the result.

    Args:
        session: The ticket on its way.
        label: What the button says.
        hint: What it does.
    """

    def __init__(self, session: Session, label: str, hint: str) -> None:
        self.session = session
        self.button = ipywidgets.Button(
            description=label,
            tooltip=hint,
            button_style="primary",
            layout=ipywidgets.Layout(width="auto", align_self="flex-start"),
        )
        self.button.on_click(lambda _: self.press())
        self.live = LiveProgress()
        self.message = ipywidgets.HTML()
        self.body = ipywidgets.VBox(layout=_FULL)
        super().__init__(
            [*self.inputs(), self.button, self.live, self.message, self.body]
        )

    def inputs(self) -> list[ipywidgets.Widget]:
        """Return what stands above the button."""
        return []

    def act(self) -> None:
        """Take the step and show its result; subclasses say how."""
        raise NotImplementedError

    def press(self) -> None:
        """Take the step as the button does: what goes wrong is a sentence."""
        try:
            self.take()
        except QgateError as error:
            hint = f" {escape(error.hint)}" if error.hint else ""
            self.message.value = (
                f'<p style="color:#cf222e"><b>{escape(error.message)}</b>{hint}</p>'
            )

    def take(self) -> None:
        """Take the step.

        Raises:
            QgateError: It cannot be taken.
        """
        self.message.value = ""
        self.body.children = ()
        self.live.clear()
        self.session.progress = self.live
        self.button.disabled = True
        try:
            self.act()
        finally:
            self.button.disabled = False


class TicketPanel(Panel):
    """The ticket: typed, or from a file or a Notion page."""

    def __init__(self, session: Session, *, where: str = "", text: str = "") -> None:
        self.where = ipywidgets.Text(
            value=where,
            placeholder="ticket.json, ticket.txt, or the address of a Notion page",
            description="From",
            layout=_FULL,
        )
        self.text = ipywidgets.Textarea(
            value=text,
            placeholder="Or paste it here: the title in the first line, then the rest.",
            description="Ticket",
            rows=10,
            layout=_FULL,
        )
        super().__init__(session, "Read the ticket", "Reads it and shows what was read")

    def inputs(self) -> list[ipywidgets.Widget]:
        """Return where from, and the text."""
        return [self.where, self.text]

    def act(self) -> None:
        """Read it."""
        where = self.where.value.strip()
        if not where:
            self.session.take(self.text.value)
        elif where.endswith(".json"):
            self.session.read(ticket_json=Path(where))
        elif where.endswith((".txt", ".md")):
            self.session.read(ticket_text=Path(where))
        else:
            self.session.read(ticket_id=where)
        ticket = self.session.ticket
        if ticket is None:
            return
        criteria = "".join(f"<li>{escape(text)}</li>" for text in ticket.criteria)
        shown = f"<h4>{escape(ticket.title)}</h4><pre>{escape(ticket.body)}</pre>"
        listed = f"<b>Acceptance criteria</b><ul>{criteria}</ul>" if criteria else ""
        self.body.children = (ipywidgets.HTML(shown + listed),)


class IntentPanel(Panel):
    """What was understood, in a form that a person changes."""

    def __init__(
        self, session: Session, provider: str = "rules", **options: object
    ) -> None:
        self.provider = ipywidgets.Dropdown(
            options=PROVIDERS, value=provider, description="Reader"
        )
        self.options = options
        self.form: SpecForm | None = None
        super().__init__(
            session, "Understand it", "Makes a specification of the ticket"
        )

    def inputs(self) -> list[ipywidgets.Widget]:
        """Return who reads it."""
        return [self.provider]

    def act(self) -> None:
        """Extract the intent."""
        spec = self.session.extract(self.provider.value, **self.options)
        self.form = SpecForm(spec, self._changed)
        usage = self.session.intent.usage if self.session.intent else None
        told = ""
        if usage is not None and usage.requests:
            cost = f", ${usage.cost:.4f}" if usage.cost is not None else ""
            told = (
                f"{usage.requests} call(s) of {usage.model}: {usage.input_tokens:,} tokens"
                f" read, {usage.output_tokens:,} written{cost}."
            )
        self.body.children = (ipywidgets.HTML(escape(told)), self.form)

    def _changed(self, spec: Spec) -> None:
        self.session.spec = spec
        self.session.rendered = self.session.written = self.session.run = None


class GapPanel(Panel):
    """What core and OCA do already, and which of it the module builds on.

    Attributes:
        choices: A box to tick for each module that can be built on, by its name.
    """

    def __init__(self, session: Session) -> None:
        self.choices: dict[str, ipywidgets.Checkbox] = {}
        super().__init__(
            session, "Look at what exists", "Ranks modules of core and OCA"
        )

    def act(self) -> None:
        """Analyse the gaps."""
        table = gap_table(self.session.analyse())
        problems = (self.session.unseen, *self.session.unranked)
        notes = "".join(f"<p><b>{escape(text)}</b></p>" for text in problems if text)
        self.body.children = (ipywidgets.HTML(notes + table), *self._choose())

    def _choose(self) -> list[ipywidgets.Widget]:
        """Return the boxes to tick; as long as nobody does, the analysis chooses."""
        self.session.extending = None
        ticked = {extension.module for extension in self.session.extensions}
        self.choices = {}
        for extension in self.session.extensible:
            box = ipywidgets.Checkbox(
                value=extension.module in ticked,
                description=extension.told,
                indent=False,
                layout=_FULL,
            )
            box.observe(lambda _: self._chosen(), names="value")
            self.choices[extension.module] = box
        return [*self.choices.values()]

    def _chosen(self) -> None:
        self.session.extending = [
            module for module, box in self.choices.items() if box.value
        ]
        self.session.rendered = self.session.written = self.session.run = None


def gap_table(gaps: Sequence[Gap]) -> str:
    """Return the candidates as an HTML table, best first."""
    if not gaps:
        return "<p>No module of core or OCA was found that does some of it.</p>"
    rows = "".join(
        f'<tr style="vertical-align:top"><td style="text-align:left">'
        f"<code>{escape(gap.module)}</code></td><td>{escape(gap.source)}</td>"
        f"<td>{escape(gap.series)}</td><td>{gap.score:.2f}</td>"
        f'<td style="color:{_ADVICE.get(gap.recommendation, "inherit")}">'
        f"<b>{escape(gap.recommendation)}</b></td>"
        f'<td style="text-align:left">{escape(gap.summary)}</td>'
        f'<td style="text-align:left">{escape(gap.why)}</td></tr>'
        for gap in gaps[:_GAPS_SHOWN]
    )
    heads = ("Module", "Source", "Series", "Score", "Advice", "What it is", "Why")
    head = "".join(f"<th>{name}</th>" for name in heads)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


class CodePanel(Panel):
    """The files of the module, each highlighted, and how they differ from the disk."""

    def __init__(self, session: Session) -> None:
        self.until = ipywidgets.Dropdown(
            options=WRITTEN, value=WRITTEN[-1], description="Until"
        )
        self.file = ipywidgets.Dropdown(description="File", layout=_FULL)
        self.shown = ipywidgets.HTML()
        self.changes = ipywidgets.HTML()
        self.force = ipywidgets.Checkbox(
            value=False,
            description="overwrite changes of people",
            indent=False,
            layout=ipywidgets.Layout(width="auto", margin="0 0 0 1em"),
        )
        self.to_disk = ipywidgets.Button(
            description="Write to disk",
            layout=ipywidgets.Layout(width="auto", align_self="flex-start"),
        )
        self.to_disk.on_click(lambda _: self.write())
        self.outcome = ipywidgets.HTML()
        self.file.observe(lambda _: self._show(), names="value")
        super().__init__(session, "Write the code", "Makes the files and shows them")

    def inputs(self) -> list[ipywidgets.Widget]:
        """Return how far."""
        return [self.until]

    def act(self) -> None:
        """Render the files."""
        rendered = self.session.render(self.until.value)
        self.changes.value = difference(self.session.preview())
        self.file.options = [str(path) for path in rendered.files]
        self._show()
        left = "".join(f"<li>{escape(text)}</li>" for text in rendered.left_to_you)
        tabs = ipywidgets.Tab(
            children=[
                ipywidgets.VBox([self.file, self.shown]),
                self.changes,
                ipywidgets.HTML(f"<ul>{left}</ul>" if left else "<p>Nothing.</p>"),
            ],
            titles=["Files", "Difference", "Left to you"],
        )
        writing = ipywidgets.HBox([self.to_disk, self.force])
        self.body.children = (tabs, writing, self.outcome)

    def write(self) -> None:
        """Put the module on disk; a refusal shows what stands against it."""
        try:
            written = self.session.write(force=self.force.value)
        except QgateError as error:
            diff = getattr(error, "diff", "")
            self.outcome.value = f"<p><b>{escape(str(error))}</b></p>" + (
                difference(diff) if diff else ""
            )
            return
        self.outcome.value = (
            f"<p>{len(written.files)} files are in <code>{escape(str(written.folder))}"
            f"</code>: {len(written.added)} new, {len(written.changed)} changed, "
            f"{len(written.kept)} with changes of people kept.</p>"
        )

    def _show(self) -> None:
        rendered = self.session.rendered
        if rendered is None or not self.file.value:
            return
        for path, data in rendered.files.items():
            if str(path) == self.file.value:
                self.shown.value = highlighted(path, data)


class GatePanel(Panel):
    """The gate on the module: what runs, and the verdict."""

    def __init__(
        self,
        session: Session,
        profile: str = "local",
        stages: Sequence[str] | None = None,
    ) -> None:
        self.profile = ipywidgets.Text(value=profile, description="Profile")
        self.stages = stages
        super().__init__(session, "Run the gate", "Judges the module that is on disk")

    def inputs(self) -> list[ipywidgets.Widget]:
        """Return the profile."""
        return [self.profile]

    def act(self) -> None:
        """Run it."""
        plan = self.session.plan_gate(self.profile.value, self.stages)
        run = self.session.gate(plan)
        self.body.children = (ipywidgets.HTML(run._repr_html_()),)


class ProposalPanel(Panel):
    """The draft pull request."""

    def __init__(self, session: Session) -> None:
        self.base = ipywidgets.Text(value="main", description="Into")
        super().__init__(
            session, "Open a draft pull request", "Pushes a branch; nothing is merged"
        )

    def inputs(self) -> list[ipywidgets.Widget]:
        """Return the branch it is for."""
        return [self.base]

    def act(self) -> None:
        """Open it."""
        made = self.session.propose(base=self.base.value)
        link = escape(made.url, quote=True)
        safe = made.url.startswith(("https://", "http://"))
        shown = f'<a href="{link}">{link}</a>' if safe else link
        self.body.children = (ipywidgets.HTML(f"<p>Draft pull request: {shown}</p>"),)
