"""Prompts as versioned files; what was asked is known by a digest."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING, Final

from qgate.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

INTENT: Final = "intent"
"""The prompt that has a ticket understood."""

GAPS: Final = "gaps"
"""The prompt that has existing modules judged."""


@dataclass(frozen=True)
class Prompt:
    """One prompt.

    Attributes:
        name: Name of its file, without ending.
        text: Its words.
    """

    name: str
    text: str

    @property
    def digest(self) -> str:
        """First twelve digits of the SHA-256 of its words: the version of results."""
        return hashlib.sha256(self.text.encode()).hexdigest()[:12]


def load(name: str = INTENT, folder: Path | None = None) -> Prompt:
    """Return the prompt *name*, from *folder* or from those that come with the package.

    Raises:
        UsageError: There is none of that name.
    """
    place = folder if folder is not None else resources.files(__name__)
    try:
        text = place.joinpath(f"{name}.md").read_text(encoding="utf-8")
    except OSError as error:
        message = f"There is no prompt {name}: {error.strerror or error}."
        raise UsageError(message, hint=f"Name one of {', '.join(names())}.") from error
    return Prompt(name, text)


def names() -> list[str]:
    """Return the names of the prompts that come with the package."""
    found = (entry.name for entry in resources.files(__name__).iterdir())
    return sorted(name.removesuffix(".md") for name in found if name.endswith(".md"))
