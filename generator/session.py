"""One ticket on its way to a module, step by step, as commands and notebooks take it.

```
read -> intent -> gap -> models -> views -> tests -> write -> gate -> pull request
```

Every step keeps what it made, so that a person can look at it, change it (`spec` most of
all) and go on from there.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, Literal

from generator.spec import check
from qgate.errors import UsageError
from qgate.progress import Silence

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from generator.extending import Extension
    from generator.gaps import Gap
    from generator.intent import Intent
    from generator.intent.service import Service
    from generator.pull_request import PullRequest
    from generator.render import Rendered
    from generator.spec import Spec
    from generator.ticket import Ticket
    from generator.write import Written
    from qgate.api import Run
    from qgate.plan import Plan
    from qgate.progress import Progress
    from qgate.settings import Settings

Stage = Literal["models", "views", "tests"]
Step = Literal["intent", "gap", "models", "views", "tests"]

STEPS: Final[tuple[Step, ...]] = ("intent", "gap", "models", "views", "tests")
"""The five stages, in order."""

WRITTEN: Final[tuple[Stage, ...]] = ("models", "views", "tests")
"""Those that make files."""


class Session:
    """A ticket, and what was made of it so far.

    Rooms are imported when their step is taken: `--help` needs none of them.

    Attributes:
        ticket: What was read.
        intent: What was understood, with assumptions, questions and usage.
        service: The model's service that understood it, if one did.
        spec: The specification that later steps work on; a person may replace it.
        gaps: What core and OCA have already.
        extending: Modules of Odoo's own to build on, as somebody chose them; None: those
            that the gap analysis recommends.
        built: The specification that they were made of.
        unseen: What was not looked at, one sentence; empty when all was.
        unranked: Why a model did not judge the gaps though it was asked.
        rendered: The files of the module.
        written: What is on disk.
        run: The gate's run on it.
        proposal: The draft pull request.
        seconds: Wall time by step.

    Args:
        settings: The configuration of the workspace.
        output: Folder of modules that the result is written to.
        progress: Where to say what goes on.
    """

    def __init__(
        self, settings: Settings, output: Path, progress: Progress | None = None
    ) -> None:
        self.settings = settings
        self.output = output
        self.progress = progress or Silence()
        self.ticket: Ticket | None = None
        self.intent: Intent | None = None
        self.service: Service | None = None
        self.spec: Spec | None = None
        self.gaps: Sequence[Gap] = ()
        self.extending: Sequence[str] | None = None
        self.unseen = ""
        self.built: Spec | None = None
        self.unranked: tuple[str, ...] = ()
        self.rendered: Rendered | None = None
        self.written: Written | None = None
        self.run: Run | None = None
        self.proposal: PullRequest | None = None
        self.seconds: dict[str, float] = {}

    def read(
        self,
        *,
        ticket_json: Path | None = None,
        ticket_text: Path | None = None,
        ticket_id: str | None = None,
    ) -> Ticket:
        """Read the ticket from a file or from Notion.

        Raises:
            UsageError: It is not there, or cannot be read.
            EnvironmentProblem: Notion cannot be reached.
        """
        from generator import sources  # noqa: PLC0415 - see the class

        with self._timed("read", "reading the ticket"):
            self.ticket = sources.read(
                self.settings,
                ticket_json=ticket_json,
                ticket_text=ticket_text,
                ticket_id=ticket_id,
            )
        return self.ticket

    def take(self, text: str) -> Ticket:
        """Read the ticket from what somebody typed: its first line is the title.

        Raises:
            UsageError: It has no title, or nothing else.
        """
        from generator import sources  # noqa: PLC0415 - see the class

        with self._timed("read", "reading the ticket"):
            ticket = sources.files.from_text(text)
            sources.demand_readable(ticket)
            self.ticket = ticket
        return ticket

    def extract(self, provider: str = "rules", **options: object) -> Spec:
        """Understand the ticket: the first stage.

        Args:
            provider: `rules`, `anthropic` or `replay`.
            **options: What that provider takes besides.

        Raises:
            UsageError: The ticket is too vague, contradicts itself, or was not read yet.
            EnvironmentProblem: The model's service cannot be reached.
        """
        from generator.intent import provider as made  # noqa: PLC0415 - see the class

        if self.ticket is None:
            message = "There is no ticket yet."
            raise UsageError(message, hint="Read one first.")
        with self._timed("intent", f"understanding it ({provider})"):
            reader = made(provider, self.settings, **options)
            self.service = getattr(reader, "service", None)
            self.intent = reader.extract(self.ticket, self._say)
            self.spec = self.intent.spec
        return self._demand_spec()

    def analyse(self) -> Sequence[Gap]:
        """Look for what core and OCA do already: the second stage."""
        from generator.gaps import about, analyse, index, unseen  # noqa: PLC0415 - see the class

        spec = self._demand_spec()
        with self._timed("gap", "looking at what exists"):
            found = index(self.settings, self.progress)
            self.unseen = unseen(found)
            self.gaps = analyse(spec.requirements, found, about(spec))
            if self.service is not None:
                self._rerank(self.service, spec)
        return self.gaps

    @property
    def extensions(self) -> tuple[Extension, ...]:
        """What of Odoo's own the module builds on: as chosen, or as recommended.

        Raises:
            UsageError: Nothing is won by building on what somebody chose.
        """
        from generator import extending  # noqa: PLC0415 - see the class

        spec = self._demand_spec()
        if self.extending is None:
            return extending.recommended(spec, self.gaps)
        return extending.chosen(spec, self.gaps, self.extending)

    @property
    def extensible(self) -> tuple[Extension, ...]:
        """What the gap analysis has found of Odoo's own that could be built on."""
        from generator import extending  # noqa: PLC0415 - see the class

        return extending.offered(self._demand_spec(), self.gaps)

    @property
    def building(self) -> Spec:
        """The specification of what is built, with what it builds on.

        Raises:
            UsageError: As `extensions`, or there is no specification yet.
        """
        from generator import extending  # noqa: PLC0415 - see the class

        return extending.applied(self._demand_spec(), self.extensions)

    def _rerank(self, service: Service, spec: Spec) -> None:
        """Have the model that understood the ticket judge what the search found."""
        from generator.gaps.reranking import rerank  # noqa: PLC0415 - see the class
        from generator.intent.service import added  # noqa: PLC0415

        done = rerank(spec.requirements, self.gaps, service, self._say)
        self.gaps, self.unranked = done.gaps, done.problems
        if self.intent is not None and done.usage.requests:
            usage = added(self.intent.usage, done.usage)
            prompts = f"{self.intent.usage.prompt} {done.usage.prompt}".strip()
            usage = usage.model_copy(update={"prompt": prompts})
            self.intent = self.intent.model_copy(update={"usage": usage})

    def render(self, until: Stage = "tests") -> Rendered:
        """Make the files of the module as far as a stage: the third to the fifth.

        Raises:
            UsageError: The specification does not fit together, or there is none.
        """
        from generator.render import render  # noqa: PLC0415 - see the class

        spec = self.building
        problems = check(spec)
        if problems:
            message = f"The specification does not fit together: {problems[0]}."
            more = f" ({len(problems) - 1} more)" if len(problems) > 1 else ""
            raise UsageError(
                message, hint=f"Change it in the ticket or the form{more}."
            )
        self.built = spec
        self.rendered = render(
            spec, until, during=lambda stage: self._timed(stage, f"writing {stage}")
        )
        return self.rendered

    def preview(self) -> str:
        """Return what writing would change on disk, as a unified diff."""
        from generator.write import preview  # noqa: PLC0415 - see the class

        rendered, spec = self.rendered or self.render(), self._demand_spec()
        return preview(spec.module, rendered.files, self.output)

    def write(self, *, force: bool = False) -> Written:
        """Put the module on disk.

        Raises:
            WouldOverwrite: A person's changes stand against it.
            UsageError: The folder cannot be written.
        """
        from generator.write import write  # noqa: PLC0415 - see the class

        rendered, spec = self.rendered or self.render(), self._demand_spec()
        with self._timed("write", f"writing {self.output / spec.module}"):
            self.written = write(spec.module, rendered.files, self.output, force=force)
        return self.written

    def plan_gate(
        self, profile: str = "local", stages: Sequence[str] | None = None
    ) -> Plan:
        """Return how the gate would judge the module that is on disk.

        Raises:
            UsageError: The module or the configuration does not allow it.
        """
        from qgate import pipeline  # noqa: PLC0415 - see the class

        spec = self._demand_spec()
        if self.written is None:
            self.write()
        workspace = self.settings.workspace.model_copy(
            update={
                "addons": (str(self.output.absolute()),),
                "modules": (spec.module,),
            }
        )
        settings = self.settings.model_copy(update={"workspace": workspace})
        return pipeline.make_plan(settings, stages=stages, profile=profile)

    def gate(self, plan: Plan | None = None) -> Run:
        """Pass the module through the gate.

        Raises:
            QgateError: The gate cannot begin; a stage that cannot is in the verdict.
        """
        from qgate import pipeline  # noqa: PLC0415 - see the class
        from qgate.api import Run  # noqa: PLC0415

        plan = plan or self.plan_gate()
        began = time.perf_counter()
        self.run = Run(pipeline.execute(plan, progress=self.progress).record)
        self.seconds["gate"] = time.perf_counter() - began
        return self.run

    def propose(self, *, base: str = "main", remote: str = "origin") -> PullRequest:
        """Open a draft pull request, and write its address back to the Notion page.

        Raises:
            UsageError: No ticket, no token, no right, no checkout.
            EnvironmentProblem: A service cannot be reached.
        """
        from generator import pull_request  # noqa: PLC0415 - see the class

        spec, ticket = self._demand_spec(), self.ticket
        written = self.written or self.write()
        if ticket is None:
            message = "There is no ticket to open a pull request for."
            raise UsageError(message, hint="Read one first.")
        with self._timed("pull request", "opening a draft pull request"):
            self.proposal = pull_request.open_draft(
                self.settings,
                written,
                pull_request.Proposal(
                    title=ticket.title,
                    body=ticket.text,
                    url=ticket.url or None,
                    spec=self.built or spec,
                    gaps=[(g.module, g.source, g.series, g.why) for g in self.gaps],
                    left=self.rendered.left_to_you if self.rendered else (),
                    run=self.run,
                ),
                base=base,
                remote=remote,
            )
            if ticket.source == "notion":
                from generator.sources import notion  # noqa: PLC0415 - see the class

                notion.Notion(self.settings).link_back(ticket.id, self.proposal.url)
        return self.proposal

    def as_json(self) -> dict[str, Any]:
        """Return what `--json` writes."""
        found, spec = self.intent, self.spec
        return {
            "ticket": self.ticket.model_dump(mode="json") if self.ticket else None,
            "spec": spec.model_dump(mode="json") if spec else None,
            "gaps": [gap.as_json() for gap in self.gaps],
            "extending": [e.as_json() for e in self.extensions] if spec else [],
            "problems": [
                *(found.problems if found else ()),
                *([self.unseen] if self.unseen else ()),
                *self.unranked,
            ],
            "assumptions": list(self.assumptions),
            "questions": list(spec.questions) if spec else [],
            "files": [str(path) for path in self.rendered.files]
            if self.rendered
            else [],
            "left_to_you": list(self.rendered.left_to_you) if self.rendered else [],
            "folder": str(self.written.folder) if self.written else None,
            "run": self.run.as_json() if self.run else None,
            "pull_request": self.proposal.url if self.proposal else None,
            "seconds": {step: round(spent, 3) for step, spent in self.seconds.items()},
            "usage": found.usage.as_json() if found else {},
        }

    @property
    def assumptions(self) -> tuple[str, ...]:
        """What was assumed of the ticket, and what its module builds on."""
        spec = self.built if self.rendered else self.spec
        return spec.assumptions if spec else ()

    def _demand_spec(self) -> Spec:
        if self.spec is None:
            message = "There is no specification yet."
            raise UsageError(
                message, hint="Read a ticket and extract its intent first."
            )
        return self.spec

    def _say(self, text: str) -> None:
        self.progress.step("intent", text)

    @contextmanager
    def _timed(self, step: str, text: str) -> Iterator[None]:
        self.progress.step(step, text)
        began = time.perf_counter()
        try:
            yield
        except BaseException:
            self.progress.ended(step, "error")
            raise
        self.seconds[step] = time.perf_counter() - began
        self.progress.ended(step, "ready")
