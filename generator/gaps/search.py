"""Ranks modules by how well they fit a sentence in business words.

BM25F (Robertson and Zaragoza, 2009) over stems: every field of a document has its weight,
of which the lexicon's everyday words have most. Bridges and localisations are what few ask
for, applications what most do; a prior says so.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections import Counter
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy import sparse

from generator.gaps.documents import Document, documents
from generator.gaps.text import stem, words

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_WEIGHTS: Final = {
    "everyday": 3.0,
    "title": 2.5,
    "module": 1.5,
    "summary": 2.0,
    "description": 0.4,
}
_SATURATION: Final = 1.2  # k1 of BM25
_LENGTH: Final = 0.5  # b of BM25: how much a long document is held against it
_PRIOR: Final = {"application": 1.15, "hidden": 0.7, "oca": 0.8}
_SHOWN: Final = 4  # words that explain a hit
_FORMAT: Final = 1


@dataclass(frozen=True)
class Candidate:
    """A module that may do what a sentence asks for.

    Attributes:
        module: Its technical name.
        source: `core` or `oca`.
        series: Newest series it is published for.
        score: How well it fits; comparable within one sentence.
        summary: What it is, in its own words.
        why: Which words of the sentence it was found by.
    """

    module: str
    source: str
    series: str
    score: float
    summary: str
    why: str


class Index:
    """Documents ready to be searched.

    Args:
        found: The documents.
        vocabulary: Column of each stem.
        matrix: Weight of each stem in each document.
    """

    def __init__(
        self,
        found: list[Document],
        vocabulary: dict[str, int],
        matrix: sparse.csc_array,
    ) -> None:
        self.documents = found
        self._vocabulary = vocabulary
        self._matrix = matrix

    def search(self, sentence: str, limit: int = 10) -> list[Candidate]:
        """Return the modules that fit *sentence* best, at most *limit* of them."""
        asked = list(dict.fromkeys(words(sentence)))
        columns = [
            (w, self._vocabulary[stem(w)]) for w in asked if stem(w) in self._vocabulary
        ]
        if not columns:
            return []
        parts = self._matrix[:, [column for _, column in columns]].toarray()
        scores = parts.sum(axis=1)
        order = np.argsort(-scores, kind="stable")[:limit]
        return [
            self._candidate(int(place), float(scores[place]), parts[place], columns)
            for place in order
            if scores[place] > 0
        ]

    def _candidate(
        self, place: int, score: float, part: np.ndarray, columns: list[tuple[str, int]]
    ) -> Candidate:
        one = self.documents[place]
        best = sorted(zip(part, columns, strict=True), key=lambda pair: -pair[0])
        matched = [word for weight, (word, _) in best if weight > 0][:_SHOWN]
        return Candidate(
            module=one.module,
            source=one.source,
            series=one.series,
            score=round(score, 3),
            summary=one.summary or one.title,
            why=f"found by {', '.join(matched)}",
        )

    def save(self, folder: Path) -> None:
        """Keep the index in *folder*, which appears whole."""
        part = folder.with_name(f".{folder.name}.part")
        part.mkdir(parents=True, exist_ok=True)
        sparse.save_npz(part / "matrix.npz", self._matrix)
        kept = {
            "vocabulary": list(self._vocabulary),
            "documents": [
                {**asdict(one), "description": "", "everyday": []}
                for one in self.documents
            ],
        }
        (part / "index.json").write_text(json.dumps(kept), encoding="utf-8")
        if not folder.exists():
            part.rename(folder)

    @classmethod
    def load(cls, folder: Path) -> Index:
        """Return the index kept in *folder*."""
        kept = json.loads((folder / "index.json").read_text(encoding="utf-8"))
        found = [Document(**one) for one in kept["documents"]]
        vocabulary = {term: place for place, term in enumerate(kept["vocabulary"])}
        matrix = sparse.csc_array(sparse.load_npz(folder / "matrix.npz"))
        return cls(found, vocabulary, matrix)


def build(addons: Sequence[Path]) -> Index:
    """Return the index over the Odoo in *addons* and the catalogue of OCA."""
    found = documents(addons)
    counted = [_frequencies(one) for one in found]
    lengths = [sum(counts.values()) for counts in counted]
    typical = sum(lengths) / max(len(lengths), 1)
    spread = Counter(term for counts in counted for term in counts)
    vocabulary = {term: place for place, term in enumerate(sorted(spread))}
    rows: list[int] = []
    columns: list[int] = []
    values: list[float] = []
    for place, (one, counts) in enumerate(zip(found, counted, strict=True)):
        long = _SATURATION * (1 - _LENGTH + _LENGTH * lengths[place] / typical)
        prior = _prior(one)
        for term, count in counts.items():
            rarity = math.log(
                1 + (len(found) - spread[term] + 0.5) / (spread[term] + 0.5)
            )
            rows.append(place)
            columns.append(vocabulary[term])
            values.append(prior * rarity * count * (_SATURATION + 1) / (count + long))
    shape = (len(found), len(vocabulary))
    matrix = sparse.csc_array(
        (np.array(values, dtype=np.float32), (rows, columns)), shape=shape
    )
    return Index(found, vocabulary, matrix)


def digest(addons: Sequence[Path]) -> str:
    """Return what an index over *addons* is known by."""
    parts = [str(_FORMAT), repr(_WEIGHTS), repr(_PRIOR)]
    parts += [f"{path}:{path.stat().st_mtime_ns}" for path in addons]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def _frequencies(one: Document) -> dict[str, float]:
    counts: dict[str, float] = {}
    texts = {
        "everyday": " ".join(one.everyday),
        "title": one.title,
        "module": one.module.replace("_", " "),
        "summary": one.summary,
        "description": one.description,
    }
    for name, text in texts.items():
        for word in words(text):
            term = stem(word)
            counts[term] = counts.get(term, 0.0) + _WEIGHTS[name]
    return counts


def _prior(one: Document) -> float:
    prior = _PRIOR["oca"] if one.source == "oca" and not one.everyday else 1.0
    if one.application:
        prior *= _PRIOR["application"]
    return prior * (_PRIOR["hidden"] if one.hidden and not one.everyday else 1.0)


__all__ = ["Candidate", "Index", "build", "digest"]
