"""Has a language model understand a ticket, and asks again when the answer does not fit."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any, Final

from pydantic import BaseModel, ConfigDict, ValidationError

from generator import prompts
from generator.intent.base import Intent, Unclear, Usage, silent
from generator.intent.service import Anthropic, Tool, added
from generator.spec import Spec, check
from generator.spec.names import Line  # noqa: TC001 - pydantic reads it
from qgate.errors import EnvironmentProblem, UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from generator.intent.base import Say
    from generator.intent.service import Answer, Message, Service
    from generator.prompts import Prompt
    from generator.ticket import Ticket
    from qgate.settings import Settings

_MOST_PROBLEMS: Final = 20
_LONGEST: Final = 100_000  # characters of a ticket that are asked about


class Questions(BaseModel):
    """What to ask instead of a specification."""

    model_config = ConfigDict(extra="forbid")

    problem: Line
    questions: tuple[Line, ...]


SPECIFY: Final = Tool(
    "specify_module",
    "Give the whole specification of the module that the ticket asks for.",
    Spec.model_json_schema(),
)
ASK: Final = Tool(
    "ask_questions",
    "Say why no honest specification can be made of the ticket, and what to ask.",
    Questions.model_json_schema(),
)


class Misfit(EnvironmentProblem):
    """The model's answers do not fit, however often it was asked.

    Args:
        problems: What is wrong with the last one.
        usage: What asking took.
    """

    def __init__(self, problems: list[str], usage: Usage) -> None:
        first = problems[0].rstrip(".") if problems else "there was none"
        more = f" ({len(problems) - 1} more)" if len(problems) > 1 else ""
        super().__init__(
            f"{usage.model} gave no specification that fits, asked {usage.requests}"
            f" times: {first}{more}.",
            hint="Try again, or use --provider rules.",
        )
        self.problems = tuple(problems)
        self.usage = usage


class Model:
    """The reader that asks a language model.

    Args:
        settings: The configuration.
        service: What answers; by default Anthropic's service.
        model: Name of the model; by default as configured.
        prompt: The prompt; by default the one that comes with the package.
        record: Folder to keep the exchanges in, to be replayed.

    Raises:
        UsageError: There is no key.
    """

    name = "anthropic"

    def __init__(
        self,
        settings: Settings,
        *,
        service: Service | None = None,
        model: str | None = None,
        prompt: Prompt | None = None,
        record: Path | None = None,
    ) -> None:
        self.settings = settings
        self.prompt = prompt or prompts.load()
        self.service = service or Anthropic(settings, model)
        if record is not None:
            from generator.intent.replay import Recorder  # noqa: PLC0415 - a circle

            self.service = Recorder(self.service, record)

    def extract(self, ticket: Ticket, say: Say = silent) -> Intent:
        """Return what *ticket* asks for.

        Raises:
            Unclear: The model asks questions instead.
            UsageError: It refuses, or the ticket has no criteria.
            EnvironmentProblem: The service cannot be reached, or nothing it answers fits.
        """
        began = time.perf_counter()
        demand_criteria(ticket)
        messages: list[Message] = [{"role": "user", "content": asked(ticket)}]
        usage = Usage(model=self.service.model, prompt=self.prompt.digest)
        most = self.settings.generator.max_tokens
        repaired: list[str] = []
        for attempt in range(self.settings.generator.attempts):
            say(f"asking {self.service.model}" + (" again" if attempt else ""))
            answer, problems = self._turn(messages, most, say)
            usage = added(usage, answer.usage)
            self._demand_willing(answer)
            if answer.stop == "max_tokens":
                # What was cut off cannot be gone on from; it needs more room.
                most *= 2
                repaired = ["The answer was cut off."]
                continue
            spec = None
            if not problems:
                spec, problems = understood(answer, ticket)
            if spec is not None:
                return Intent(
                    spec=spec,
                    problems=tuple(repaired),
                    questions=spec.questions,
                    assumptions=spec.assumptions,
                    provider=self.name,
                    usage=usage,
                    seconds=time.perf_counter() - began,
                )
            repaired = problems
            messages += _again(answer, problems)
        raise Misfit(repaired, usage)

    def _turn(
        self, messages: list[Message], most: int, say: Say
    ) -> tuple[Answer, list[str]]:
        from generator.intent.service import Answer  # noqa: PLC0415 - typed above only

        try:
            return (
                self.service.complete(
                    self.prompt.text,
                    messages,
                    (SPECIFY, ASK),
                    max_tokens=most,
                    say=say,
                ),
                [],
            )
        except ValueError as error:
            # The client cannot read the JSON that came.
            empty = Answer(usage=Usage(model=self.service.model, requests=1))
            return empty, [f"The answer was not JSON: {error}."]

    @staticmethod
    def _demand_willing(answer: Answer) -> None:
        if answer.stop == "refusal":
            message = "The model refuses to read this ticket."
            raise UsageError(
                message, hint="Look at what it says, or use --provider rules."
            )


def demand_criteria(ticket: Ticket) -> None:
    """Raise a UsageError when a ticket does not say when it is done."""
    if not ticket.criteria:
        message = "The ticket has no acceptance criteria."
        hint = "List under 'Acceptance criteria' what has to be so, one point each."
        raise UsageError(message, hint=hint)


def asked(ticket: Ticket) -> str:
    """Return the question about a ticket, with its text as one JSON string.

    Nothing in it can end the string or the tag around it.
    """
    text = json.dumps(ticket.text[:_LONGEST], ensure_ascii=False)
    safe = text.replace("<", "\\u003c").replace(">", "\\u003e")
    return f"Here is the ticket.\n<ticket>\n{safe}\n</ticket>"


def understood(answer: Answer, ticket: Ticket) -> tuple[Spec | None, list[str]]:
    """Return the specification in an answer, or what is wrong with it.

    Raises:
        Unclear: The model asks questions instead.
    """
    if answer.tool == ASK.name:
        try:
            asking = Questions.model_validate(answer.input)
        except ValidationError as error:
            return None, told(error)
        raise Unclear(asking.problem, asking.questions)
    if answer.tool != SPECIFY.name:
        return None, [f"Answer with the tool {SPECIFY.name} or {ASK.name}."]
    try:
        spec = Spec.model_validate(answer.input)
    except ValidationError as error:
        return None, told(error)
    problems = check(spec)
    if len(spec.criteria) != len(ticket.criteria):
        problems.append(
            f"The ticket has {len(ticket.criteria)} acceptance criteria, and the"
            f" specification {len(spec.criteria)}."
        )
    return (None, problems) if problems else (spec, [])


def told(error: ValidationError) -> list[str]:
    """Return one sentence for each thing that does not fit the schema."""
    found = []
    for problem in error.errors(include_url=False, include_input=True):
        where = ".".join(str(part) for part in problem["loc"]) or "the input"
        given = repr(problem["input"])
        shown = f" (given: {given[:80]})" if len(given) < 200 else ""  # noqa: PLR2004 - a value, no tree
        found.append(f"{where}: {problem['msg']}{shown}")
    return found[:_MOST_PROBLEMS]


def _again(answer: Answer, problems: list[str]) -> list[Message]:
    """Return the turns that say what is wrong with an answer."""
    said = "That does not fit:\n" + "\n".join(f"- {text}" for text in problems)
    said += "\n\nGive the whole specification again, corrected."
    content: list[dict[str, Any]] | str = said
    if not answer.content:
        return [
            {"role": "assistant", "content": "(no answer)"},
            {"role": "user", "content": said},
        ]
    if answer.call:
        content = [
            {
                "type": "tool_result",
                "tool_use_id": answer.call,
                "is_error": True,
                "content": said,
            }
        ]
    return [
        {"role": "assistant", "content": answer.content},
        {"role": "user", "content": content},
    ]
