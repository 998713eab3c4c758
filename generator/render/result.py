"""What rendering gives back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import PurePosixPath


@dataclass(frozen=True)
class Rendered:
    """A module as files.

    Attributes:
        files: Content by path below the module's folder.
        left_to_you: What a person still has to write or decide, a sentence each.
        covered: The test of each acceptance criterion that has one, by its id.
    """

    files: Mapping[PurePosixPath, bytes]
    left_to_you: list[str]
    covered: Mapping[str, str]
