"""Vectors of sentences, near each other where sentences mean the same.

A table has a vector for each piece of a word; a sentence is the sum of its pieces, made as
long as one. The table was fitted so that sums come near to what the sentence model
all-MiniLM-L6-v2 (Apache-2.0, sentence-transformers) gives for whole sentences; see
`scripts/distil_meaning.py`. So neither that model nor torch is needed to use it.
"""

from __future__ import annotations

import functools
import importlib.resources
import re
from typing import TYPE_CHECKING, Final

import numpy as np

from generator.gaps.text import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

_WORD: Final = re.compile(r"[a-z0-9]+")
_INSIDE: Final = "##"  # what marks a piece that is not the first of its word
_LONGEST: Final = 40  # characters of a word
TABLE: Final = "meaning.npz"


class Meaning:
    """What turns sentences into vectors.

    Args:
        pieces: Row of each piece of a word in *table*; pieces inside a word begin with
            `##`, as in BERT's WordPiece.
        table: Their vectors.
    """

    def __init__(self, pieces: Mapping[str, int], table: NDArray[np.float32]) -> None:
        self._pieces = pieces
        self._table = table
        self._split = functools.lru_cache(maxsize=100_000)(self._pieces_of)

    @classmethod
    def shipped(cls) -> Meaning:
        """Return the one that comes with the package."""
        place = importlib.resources.files(__package__).joinpath("data", TABLE)
        with place.open("rb") as file, np.load(file) as kept:
            names = bytes(kept["pieces"]).decode("ascii").split("\n")
            table = kept["table"].astype(np.float32) * kept["scale"][:, None]
        return cls({name: row for row, name in enumerate(names)}, table)

    def rows(self, text: str) -> list[int]:
        """Return the rows of the pieces of *text*."""
        return [row for word in _WORD.findall(plain(text)) for row in self._split(word)]

    def vectors(self, texts: Iterable[str]) -> NDArray[np.float32]:
        """Return a vector of length one for each text; of length 0 where no word is known."""
        rows = [self.rows(text) for text in texts]
        made = np.zeros((len(rows), self._table.shape[1]), dtype=np.float32)
        for place, own in enumerate(rows):
            made[place] = self._table[own].sum(axis=0)
        length = np.linalg.norm(made, axis=1, keepdims=True)
        made /= np.maximum(length, np.float32(1e-9))
        return made

    def _pieces_of(self, word: str) -> tuple[int, ...]:
        """Return the longest pieces that a word is made of, none when there are gaps."""
        found: list[int] = []
        word, mark = word[:_LONGEST], ""
        while word:
            for end in range(len(word), 0, -1):
                row = self._pieces.get(mark + word[:end])
                if row is not None:
                    break
            else:
                return ()
            found.append(row)
            word, mark = word[end:], _INSIDE
        return tuple(found)


__all__ = ["TABLE", "Meaning"]
