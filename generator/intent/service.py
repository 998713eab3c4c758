"""The seam to a language model: one call with tools, answered by the service or a record.

What understands tickets, ranks candidates again and tries prompts out all ask through
``Service.complete``, so that each of them runs on recorded answers too.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Protocol

from generator.intent.base import Usage, silent
from qgate.errors import EnvironmentProblem, UsageError
from qgate.process import mask

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import anthropic
    from anthropic.types import ParsedMessage

    from generator.intent.base import Say
    from qgate.settings import Settings

Message = dict[str, Any]

KEY: Final = "ANTHROPIC_API_KEY"
_MILLION: Final = 1e6
_TRIES: Final = 3  # of a stream that broke off after it had begun
# US dollars for a million tokens: read, written, put into the cache for five minutes,
# read from the cache (platform.claude.com/docs/en/about-claude/pricing, November 2026).
PRICES: Final[dict[str, tuple[float, float, float, float]]] = {
    "claude-fable-5-1": (10, 50, 12.5, 0.25),
    "claude-opus-5-5": (4, 20, 5, 0.2),
    "claude-opus-5": (5, 25, 6.25, 0.5),
    "claude-sonnet-5-5": (2, 10, 2.5, 0.1),
    "claude-sonnet-5": (2, 10, 2.5, 0.2),
    "claude-sonnet-4-6": (3, 15, 3.75, 0.3),
    "claude-haiku-4-5": (1, 5, 1.25, 0.1),
}


@dataclass(frozen=True)
class Tool:
    """A way in which the model may answer.

    Attributes:
        name: How it is called.
        description: When to use it.
        schema: JSON schema of its input.
    """

    name: str
    description: str
    schema: Mapping[str, Any]


@dataclass
class Answer:
    """What the model answered.

    Attributes:
        tool: Name of the tool it used; empty when it used none.
        input: What it gave the tool.
        text: What it said besides.
        stop: Why it stopped: `tool_use`, `end_turn`, `max_tokens`, `refusal`...
        content: Its whole turn, to go on from.
        call: Id of the use of the tool.
        usage: What it took.
    """

    tool: str = ""
    input: Any = None
    text: str = ""
    stop: str = ""
    content: list[dict[str, Any]] = field(default_factory=list)
    call: str = ""
    usage: Usage = field(default_factory=Usage)


class Service(Protocol):
    """Something that answers."""

    model: str

    def complete(
        self,
        system: str,
        messages: Sequence[Message],
        tools: Sequence[Tool],
        *,
        max_tokens: int | None = None,
        say: Say = silent,
    ) -> Answer:
        """Return the answer to *messages*.

        Args:
            system: The prompt; it is cached by the service.
            messages: The conversation so far.
            tools: Ways to answer.
            max_tokens: Most tokens to write; by default as configured.
            say: Hears what is written meanwhile.

        Raises:
            UsageError: The key or the model is wrong.
            EnvironmentProblem: The service cannot be reached, or is overloaded.
        """


class Anthropic:
    """The Messages API of Anthropic, through its own client.

    Args:
        settings: The configuration; its environment has the key.
        model: Name of the model; by default as configured.

    Raises:
        UsageError: There is no key.
    """

    def __init__(self, settings: Settings, model: str | None = None) -> None:
        import anthropic  # noqa: PLC0415 - a second that only this needs

        key = settings.secret(KEY)
        if not key:
            message = f"There is no {KEY} in the environment to ask a model with."
            raise UsageError(message, hint="Set it, or use --provider rules.")
        self.settings = settings
        self.model = model or settings.generator.model
        self.client = anthropic.Anthropic(
            api_key=key,
            base_url=settings.secret("ANTHROPIC_BASE_URL") or None,
            timeout=float(settings.generator.timeout_seconds),
            max_retries=settings.generator.retries,
        )

    def complete(
        self,
        system: str,
        messages: Sequence[Message],
        tools: Sequence[Tool],
        *,
        max_tokens: int | None = None,
        say: Say = silent,
    ) -> Answer:
        """Ask the service; see ``Service.complete``."""
        import anthropic  # noqa: PLC0415 - imported by now

        for left in range(_TRIES - 1, -1, -1):
            try:
                return self._ask(system, messages, tools, max_tokens, say)
            except anthropic.APIStatusError as error:
                # The client repeats what fails at once; a stream that ends in an error
                # has status 200, and is asked for again here.
                if left == 0 or error.status_code >= 400:  # noqa: PLR2004 - an HTTP error
                    raise self._told(error) from error
                say("the answer broke off, asking again")
            except anthropic.APITimeoutError as error:
                message = (
                    f"{self.model} did not answer within"
                    f" {self.settings.generator.timeout_seconds} s."
                )
                raise EnvironmentProblem(
                    message, hint="Try again, or raise generator.timeout_seconds."
                ) from error
            except anthropic.APIError as error:
                message = (
                    f"The model's service cannot be reached: {self._masked(error)}."
                )
                raise EnvironmentProblem(
                    message, hint="Try again later, or use --provider rules."
                ) from error
        raise AssertionError  # the last round returns or raises

    def _ask(
        self,
        system: str,
        messages: Sequence[Message],
        tools: Sequence[Tool],
        max_tokens: int | None,
        say: Say,
    ) -> Answer:
        cached = {"type": "ephemeral"}
        request: dict[str, Any] = {
            "model": self.model,
            "max_tokens": max_tokens or self.settings.generator.max_tokens,
            "system": [{"type": "text", "text": system, "cache_control": cached}],
            "messages": list(messages),
            "tools": [
                {
                    "name": tool.name,
                    "description": tool.description,
                    "input_schema": dict(tool.schema),
                }
                for tool in tools
            ],
            # Models that think before they answer refuse a forced tool.
            "tool_choice": {"type": "auto", "disable_parallel_tool_use": True},
        }
        request["tools"][-1]["cache_control"] = cached
        written = 0
        with self.client.messages.stream(**request) as stream:
            for event in stream:
                if event.type == "content_block_delta":
                    piece = getattr(event.delta, "partial_json", "") or getattr(
                        event.delta, "text", ""
                    )
                    before, written = written, written + len(piece)
                    if written // 500 != before // 500:
                        say(f"{self.model} has written {written} characters")
            final = stream.get_final_message()
        return _answer(final, self.model)

    def _masked(self, error: Exception) -> str:
        return mask(str(error), self.settings.secrets).rstrip(".")

    def _told(self, error: anthropic.APIStatusError) -> UsageError | EnvironmentProblem:
        import anthropic  # noqa: PLC0415 - imported by now

        match error:
            case anthropic.AuthenticationError() | anthropic.PermissionDeniedError():
                message = f"The model's service refuses the key in {KEY}."
                return UsageError(message, hint="Set one that is valid for this model.")
            case anthropic.NotFoundError():
                message = f"The model's service has no model {self.model}."
                return UsageError(message, hint="Set generator.model to one it has.")
            case anthropic.RateLimitError():
                message = f"{self.model} takes no more requests for now (rate limit)."
                return EnvironmentProblem(message, hint="Try again in some minutes.")
            case _ if error.status_code >= 500 or error.status_code < 400:  # noqa: PLR2004 - overloaded, or broken off
                message = (
                    f"{self.model} is overloaded or broken ({self._masked(error)})."
                )
                return EnvironmentProblem(message, hint="Try again in some minutes.")
            case _:
                message = (
                    f"The model's service refuses the request: {self._masked(error)}."
                )
                return EnvironmentProblem(message, hint="Look at generator.model.")


def _answer(message: ParsedMessage[Any], model: str) -> Answer:
    content = [block.to_dict() for block in message.content]
    used = next((block for block in content if block["type"] == "tool_use"), None)
    usage = Usage(
        model=model,
        requests=1,
        input_tokens=message.usage.input_tokens,
        output_tokens=message.usage.output_tokens,
        cache_write_tokens=message.usage.cache_creation_input_tokens or 0,
        cache_read_tokens=message.usage.cache_read_input_tokens or 0,
    )
    return Answer(
        tool=str(used["name"]) if used else "",
        input=used["input"] if used else None,
        text="".join(
            str(block["text"]) for block in content if block["type"] == "text"
        ),
        stop=str(message.stop_reason or ""),
        content=content,
        call=str(used["id"]) if used else "",
        usage=priced(usage),
    )


def priced(usage: Usage) -> Usage:
    """Return *usage* with its cost, None where the price of the model is not known."""
    price = next(
        (
            PRICES[name]
            for name in sorted(PRICES, key=len, reverse=True)
            if usage.model == name or usage.model.startswith(f"{name}-20")
        ),
        None,
    )
    if price is None:
        return usage.model_copy(update={"cost": None})
    amounts = (
        usage.input_tokens,
        usage.output_tokens,
        usage.cache_write_tokens,
        usage.cache_read_tokens,
    )
    cost = sum(a * p for a, p in zip(amounts, price, strict=True)) / _MILLION
    return usage.model_copy(update={"cost": cost})


def added(one: Usage, other: Usage) -> Usage:
    """Return the sum of what two calls took."""
    counts = (
        "requests", "input_tokens", "output_tokens", "cache_write_tokens",
        "cache_read_tokens",
    )  # fmt: skip
    update: dict[str, Any] = {
        name: getattr(one, name) + getattr(other, name) for name in counts
    }
    known = one.cost is not None and other.cost is not None
    update["cost"] = (one.cost or 0) + (other.cost or 0) if known else None
    update["model"] = other.model or one.model
    return one.model_copy(update=update)
