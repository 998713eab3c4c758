"""What every reader of tickets gives: a specification, and how it was come by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from pydantic import BaseModel, ConfigDict

from generator.spec.model import Spec  # noqa: TC001 - pydantic reads it
from qgate.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from generator.ticket import Ticket

    Say = Callable[[str], None]


def silent(text: str) -> None:
    """Say nothing."""


class Usage(BaseModel):
    """What asking a model took; nothing of it when none was asked.

    Attributes:
        model: Name of the model.
        requests: Calls that were answered.
        input_tokens: Tokens read at the full price.
        output_tokens: Tokens written.
        cache_write_tokens: Tokens put into the prompt cache.
        cache_read_tokens: Tokens read from it.
        cost: US dollars; None when the price of the model is not known.
        prompt: Digest of the prompts that were used.
    """

    model_config = ConfigDict(extra="forbid")

    model: str = ""
    requests: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cache_write_tokens: int = 0
    cache_read_tokens: int = 0
    cost: float | None = 0.0
    prompt: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return what `--json` writes of it."""
        return self.model_dump(mode="json")


class Intent(BaseModel):
    """What was understood of a ticket.

    Attributes:
        spec: The specification; None when there is none that fits together.
        problems: Why not, or what had to be repaired, one sentence each.
        questions: What only a person can answer.
        assumptions: What was taken where the ticket says nothing.
        provider: Who read it.
        usage: What it took.
        seconds: Wall time.
    """

    model_config = ConfigDict(extra="forbid")

    spec: Spec | None = None
    problems: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    assumptions: tuple[str, ...] = ()
    provider: str = "rules"
    usage: Usage = Usage()
    seconds: float = 0.0


class IntentProvider(Protocol):
    """A reader of tickets."""

    name: str

    def extract(self, ticket: Ticket, say: Say = silent) -> Intent:
        """Return what *ticket* asks for; *say* hears what goes on meanwhile.

        Raises:
            Unclear: It is too vague, contradicts itself, or is in another language.
            EnvironmentProblem: A service could not be reached.
        """


class Unclear(UsageError):
    """A ticket that no module can be made of, with what to ask the one who wrote it.

    Args:
        message: What is wrong, one sentence.
        questions: What to ask.
        hint: What to do about it, where questions do not help.
    """

    def __init__(
        self, message: str, questions: Sequence[str] = (), hint: str | None = None
    ) -> None:
        if questions:
            hint = f"Answer in the ticket: {' '.join(questions)}"
        super().__init__(message, hint=hint)
        self.questions = tuple(questions)
