"""Words cut into the pieces that the sentence model knows (BERT's uncased WordPiece)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from generator.gaps.text import plain

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

UNKNOWN: Final = "[UNK]"
START: Final = "[CLS]"
END: Final = "[SEP]"
LONGEST_WORD: Final = 40  # characters; longer ones are no words

_PARTS: Final = re.compile(r"[^\W_]+|[^\w\s]|_")


class WordPieces:
    """Cuts text into numbers of pieces.

    Args:
        vocabulary: The pieces; their place is their number. Pieces that continue a word begin
            with ``##``.
    """

    def __init__(self, vocabulary: Sequence[str]) -> None:
        self._numbers: Mapping[str, int] = {
            piece: number for number, piece in enumerate(vocabulary)
        }
        self._unknown = self._numbers[UNKNOWN]
        self._ends = self._numbers[START], self._numbers[END]

    def numbers(self, text: str, *, most: int) -> list[int]:
        """Return the numbers of the pieces of *text*, at most *most*, ends included."""
        start, end = self._ends
        found = [start]
        for word in _PARTS.findall(plain(text)):
            found += self._cut(word)
            if len(found) >= most - 1:
                break
        return [*found[: most - 1], end]

    def _cut(self, word: str) -> list[int]:
        """Return the longest known pieces of *word* from its beginning."""
        if len(word) > LONGEST_WORD:
            return [self._unknown]
        pieces: list[int] = []
        begin = 0
        while begin < len(word):
            mark = "##" if begin else ""
            for stop in range(len(word), begin, -1):
                number = self._numbers.get(mark + word[begin:stop])
                if number is not None:
                    pieces.append(number)
                    begin = stop
                    break
            else:
                return [self._unknown]
        return pieces
