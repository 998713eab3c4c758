"""Answers that were recorded before: everything around a model works without one.

An exchange is one file, called by a digest of what was asked. So whatever is asked
differently (another prompt, another ticket) has no record, and is refused.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pydantic import ValidationError

from generator.intent.base import Usage, silent
from generator.intent.model import Model
from generator.intent.service import Answer
from qgate.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from generator.intent.base import Say
    from generator.intent.service import Message, Service, Tool
    from generator.prompts import Prompt
    from qgate.settings import Settings

_DIGITS: Final = 24


def key(system: str, messages: Sequence[Message], tools: Sequence[Tool]) -> str:
    """Return the digest of what is asked."""
    asked = [
        system,
        list(messages),
        [[tool.name, tool.description, dict(tool.schema)] for tool in tools],
    ]
    text = json.dumps(asked, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:_DIGITS]


class Recorder:
    """Keeps what another service answers.

    Args:
        service: The one that is asked.
        folder: Where the exchanges go, a file each.
    """

    def __init__(self, service: Service, folder: Path) -> None:
        self.service = service
        self.folder = folder
        self.model = service.model

    def complete(
        self,
        system: str,
        messages: Sequence[Message],
        tools: Sequence[Tool],
        *,
        max_tokens: int | None = None,
        say: Say = silent,
    ) -> Answer:
        """Ask the other service and keep its answer; see ``Service.complete``."""
        answer = self.service.complete(
            system, messages, tools, max_tokens=max_tokens, say=say
        )
        write(self.folder, key(system, messages, tools), self.model, messages, answer)
        return answer


def write(
    folder: Path,
    name: str,
    model: str,
    messages: Sequence[Message],
    answer: Answer,
) -> Path:
    """Write one exchange and return its file; the messages are there for people.

    Raises:
        UsageError: The folder cannot be written.
    """
    data = asdict(answer) | {"usage": answer.usage.as_json()}
    exchange = {"model": model, "messages": list(messages), "answer": data}
    path = folder / f"{name}.json"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps(exchange, indent=1, ensure_ascii=False)
        path.write_text(f"{text}\n", encoding="utf-8")
    except OSError as error:
        message = f"The folder {folder} cannot be written: {error.strerror or error}."
        raise UsageError(message, hint="Name another for the records.") from error
    return path


class Recorded:
    """The service that answers from a folder.

    Args:
        folder: Where the exchanges are.

    Raises:
        UsageError: There is no such folder.
    """

    def __init__(self, folder: Path) -> None:
        if not folder.is_dir():
            message = f"There is no folder {folder} with recorded exchanges."
            raise UsageError(message, hint="Name one with --replay.")
        self.folder = folder
        self.model = "recorded"

    def complete(
        self,
        system: str,
        messages: Sequence[Message],
        tools: Sequence[Tool],
        *,
        max_tokens: int | None = None,  # noqa: ARG002 - the answer is there already
        say: Say = silent,
    ) -> Answer:
        """Return the answer that was recorded; see ``Service.complete``.

        Raises:
            UsageError: There is none to what is asked, or it cannot be read.
        """
        name = key(system, messages, tools)
        path = self.folder / f"{name}.json"
        say(f"reading {path.name}")
        try:
            data = json.loads(path.read_text(encoding="utf-8"))
            answer: dict[str, Any] = data["answer"]
            return Answer(
                **{k: v for k, v in answer.items() if k != "usage"},
                usage=Usage.model_validate(answer["usage"]),
            )
        except FileNotFoundError as error:
            message = (
                f"{self.folder} has no answer to this ticket with this prompt ({name})."
            )
            raise UsageError(
                message, hint="Record one with --provider anthropic and --record."
            ) from error
        except (OSError, ValueError, KeyError, TypeError, ValidationError) as error:
            message = f"The recorded exchange {path} cannot be read: {error}."
            raise UsageError(message, hint="Record it again.") from error


class Replay(Model):
    """The reader that takes recorded answers for a model's.

    Args:
        settings: The configuration.
        folder: Where the exchanges are.
        prompt: The prompt they were recorded with.

    Raises:
        UsageError: There is no such folder.
    """

    name = "replay"

    def __init__(
        self,
        settings: Settings,
        *,
        folder: Path | None = None,
        prompt: Prompt | None = None,
    ) -> None:
        if folder is None:
            message = "Provider replay needs a folder with recorded exchanges."
            raise UsageError(message, hint="Name it with --replay.")
        super().__init__(settings, service=Recorded(Path(folder)), prompt=prompt)
