"""Ranks modules by how well they fit a sentence in business words.

Two rankers are joined. BM25F (Robertson and Zaragoza, 2009) over stems: every field of a
document has its weight, of which the lexicon's everyday words have most. And vectors of
meaning (see `meaning`): a document fits as well as the best of its passages. Bridges and
localisations are what few ask for, applications what most do; a prior says so.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections import Counter
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from generator.gaps.documents import Document, documents
from generator.gaps.meaning import Meaning
from generator.gaps.text import GENERIC, MAX_CHARACTERS, stem, stems, words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_FIELDS: Final[dict[str, tuple[float, float]]] = {
    "everyday": (3.0, 0.15),
    "title": (2.5, 0.3),
    "module": (1.5, 0.3),
    "summary": (2.0, 0.3),
    "description": (0.4, 0.7),
    "models": (0.5, 0.7),
    "menus": (0.5, 0.7),
    "views": (0.2, 0.7),
    "labels": (0.2, 0.7),
    "help": (0.3, 0.7),
    "prose": (0.3, 0.7),
}
"""Of each field of a document: its weight, and how much its length is held against it (b)."""

_SATURATION: Final = 1.2  # k1 of BM25
_PRIOR: Final = {"application": 1.15, "hidden": 0.7, "oca": 0.8, "described": 0.9}
"""How welcome a document is, beside an ordinary module of Odoo. An add-on of OCA does one
small thing more and has to be installed first: it steps back, less so when the lexicon says
what it is for, and so it does not push out the module that it adds to."""

_MEANING: Final = 1.0  # how much meaning counts, beside words
_DEPTH: Final = 50  # ranks over which the scores of a ranker are spread
_TELLING: Final = 0.75
"""Share of a word's greatest weight anywhere that it has in a module it really leads to:
a module told of at length mentions many words once, which are not what it is about."""

_QUOTED: Final = 100  # characters of a passage that explains a hit
_SHOWN: Final = 4  # words that explain a hit
_OURS: Final = (".py", ".toml", ".npz", ".gz")


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
        words: Of those words the ones that the module is about, not only mentions; the one
            that weighs most first.
        model: Main model of a module of Odoo; empty when there is none.
        form: Whole xml id of that model's form; empty when there is none.
        bridge: Whether it installs itself when what it joins is there.
    """

    module: str
    source: str
    series: str
    score: float
    summary: str
    why: str
    words: tuple[str, ...] = ()
    model: str = ""
    form: str = ""
    bridge: bool = False


@dataclass(frozen=True)
class Weights:
    """How much each stem weighs in each document, stem by stem.

    Attributes:
        starts: Where the entries of each stem begin, and one more.
        rows: The document of each entry.
        values: Its weight.
    """

    starts: NDArray[np.int64]
    rows: NDArray[np.int32]
    values: NDArray[np.float32]


@dataclass(frozen=True)
class Passages:
    """What documents say, and what that means.

    Attributes:
        texts: The sentences, document by document.
        starts: Where those of each document begin; each has one at least.
        vectors: Their meanings, each of length one.
    """

    texts: list[str]
    starts: NDArray[np.int64]
    vectors: NDArray[np.float32]


class Index:
    """Documents ready to be searched.

    Args:
        found: The documents.
        vocabulary: Column of each stem.
        weights: Of each stem in each document.
        passages: What the documents say.
        meaning: What turns a sentence into a vector.

    Attributes:
        documents: The documents.
        without_odoo: Why Odoo's own modules are not among them, one sentence.
    """

    def __init__(
        self,
        found: list[Document],
        vocabulary: dict[str, int],
        weights: Weights,
        passages: Passages,
        meaning: Meaning,
    ) -> None:
        self.documents = found
        self._vocabulary = vocabulary
        self._weights = weights
        self._passages = passages
        self._meaning = meaning
        self.without_odoo = ""
        self._telling = _TELLING * np.maximum.reduceat(
            weights.values, weights.starts[:-1]
        )
        self._usual = np.array([_prior(one) for one in found], dtype=np.float32)

    def search(
        self, sentence: str, limit: int = 10, *, generic: float = 1.0
    ) -> list[Candidate]:
        """Return the modules that fit *sentence* best, at most *limit* of them.

        Args:
            sentence: A need in business words.
            limit: Candidates to return.
            generic: What a word of any workflow weighs, compared with others: less than 1
                for sentences of tickets, of which most say how work goes on.
        """
        asked = {
            stem(word): word for word in reversed(words(sentence[:MAX_CHARACTERS]))
        }
        columns = [
            (word, self._vocabulary[term])
            for term, word in reversed(asked.items())
            if term in self._vocabulary
        ]
        if not columns:
            return []
        parts = np.zeros((len(self.documents), len(columns)), dtype=np.float32)
        tells = np.zeros(parts.shape, dtype=np.bool_)
        for place, (word, column) in enumerate(columns):
            own = slice(self._weights.starts[column], self._weights.starts[column + 1])
            parts[self._weights.rows[own], place] = self._weights.values[own]
            tells[:, place] = parts[:, place] >= self._telling[column]
            if word in GENERIC:
                parts[:, place] *= generic
        near, said = self._near(sentence, generic)
        scores = _spread(parts.sum(axis=1)) + _MEANING * _spread(near)
        order = np.argsort(-scores, kind="stable")[:limit]
        given = [word for word, _ in columns]
        return [
            self._candidate(
                self.documents[place],
                float(scores[place]),
                [*zip(parts[place], tells[place], given, strict=True)],
                self._passages.texts[said[place]][:_QUOTED],
            )
            for place in order
        ]

    def _near(
        self, sentence: str, generic: float
    ) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """Return how near each document comes in meaning, and by which passage."""
        told = sentence[:MAX_CHARACTERS]
        if generic < 1:
            told = " ".join(word for word in words(told) if word not in GENERIC) or told
        likeness = self._passages.vectors @ self._meaning.vectors([told])[0]
        starts = self._passages.starts
        best = np.maximum.reduceat(likeness, starts)
        sizes = np.diff(np.append(starts, len(likeness)))
        hits = np.flatnonzero(likeness >= np.repeat(best, sizes))
        said = hits[np.searchsorted(hits, starts)]
        return best * np.sqrt(self._usual), said

    def _candidate(
        self,
        one: Document,
        score: float,
        found: list[tuple[float, bool, str]],
        passage: str,
    ) -> Candidate:
        best = sorted((hit for hit in found if hit[0] > 0), key=lambda hit: -hit[0])
        matched = [word for _, _, word in best]
        why = f"found by {', '.join(matched[:_SHOWN])}" if matched else ""
        return Candidate(
            module=one.module,
            source=one.source,
            series=one.series,
            score=round(score, 3),
            summary=one.summary or one.title,
            why=why or f"means about the same as “{passage}”",
            words=tuple(word for _, tells, word in best if tells),
            model=one.model,
            form=one.form,
            bridge=one.bridge,
        )

    def save(self, folder: Path) -> None:
        """Keep the index in *folder*, which appears whole."""
        part = folder.with_name(f".{folder.name}.part")
        part.mkdir(parents=True, exist_ok=True)
        arrays = {
            name: getattr(self._weights, name) for name in Weights.__annotations__
        }
        np.savez(
            part / "weights.npz",
            **arrays,
            passages=self._passages.starts,
            vectors=self._passages.vectors.astype(np.float16),
        )
        kept = {
            "vocabulary": list(self._vocabulary),
            "documents": [
                asdict(replace(one, texts={}, described=one.is_described))
                for one in self.documents
            ],
            "passages": [text[:_QUOTED] for text in self._passages.texts],
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
        with np.load(folder / "weights.npz") as arrays:
            weights = Weights(arrays["starts"], arrays["rows"], arrays["values"])
            vectors = arrays["vectors"].astype(np.float32)
            passages = Passages(kept["passages"], arrays["passages"], vectors)
        return cls(found, vocabulary, weights, passages, Meaning.shipped())


def build(addons: Sequence[Path], catalogue: Path | None = None) -> Index:
    """Return the index over the Odoo in *addons* and the catalogue of OCA.

    Args:
        addons: Folders of modules.
        catalogue: The list of OCA's add-ons; by default the one shipped.
    """
    found = documents(addons, catalogue)
    counted = _frequencies(found)
    spread = Counter(term for counts in counted for term in counts)
    vocabulary = {term: place for place, term in enumerate(sorted(spread))}
    posted: list[list[tuple[int, float]]] = [[] for _ in vocabulary]
    for place, (one, counts) in enumerate(zip(found, counted, strict=True)):
        prior = _prior(one)
        for term, count in counts.items():
            rarity = math.log(
                1 + (len(found) - spread[term] + 0.5) / (spread[term] + 0.5)
            )
            weight = prior * rarity * count * (_SATURATION + 1) / (count + _SATURATION)
            posted[vocabulary[term]].append((place, weight))
    flat = [pair for own in posted for pair in own]
    weights = Weights(
        starts=np.cumsum([0, *map(len, posted)]),
        rows=np.array([place for place, _ in flat], dtype=np.int32),
        values=np.array([weight for _, weight in flat], dtype=np.float32),
    )
    meaning = Meaning.shipped()
    return Index(found, vocabulary, weights, _passages(found, meaning), meaning)


def _passages(found: Sequence[Document], meaning: Meaning) -> Passages:
    own = [one.passages() for one in found]
    texts = [text for passages in own for text in passages]
    starts = np.cumsum([0, *map(len, own)])[:-1]
    # Kept in half precision, so that an index is the same when it comes from disk.
    vectors = meaning.vectors(texts).astype(np.float16).astype(np.float32)
    return Passages(texts, starts, vectors)


def _spread(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return scores so that the best is 1 and the one at rank `_DEPTH` is 0."""
    depth = min(_DEPTH, len(scores))
    best = np.partition(scores, len(scores) - depth)[-depth:]
    low, high = best.min(), best.max()
    spread: NDArray[np.float32] = (scores - low) / max(high - low, np.float32(1e-9))
    return spread


def digest(addons: Sequence[Path], catalogue: Path | None = None) -> str:
    """Return what an index over *addons* and a catalogue is known by.

    This room itself belongs to it: another lexicon, table of meanings or way of reading makes
    another index.
    """
    made = hashlib.sha256()
    for path in (*addons, catalogue):
        if path:
            made.update(f"{path}:{path.stat().st_mtime_ns}\n".encode())
    for path in sorted(Path(__file__).parent.rglob("*")):
        if path.suffix in _OURS:
            made.update(path.read_bytes())
    return made.hexdigest()[:16]


def _frequencies(found: Sequence[Document]) -> list[dict[str, float]]:
    """Return how often each stem is in each document, fields weighed and evened out.

    A field's length is compared with that of the same field elsewhere, of those documents
    that have it: else whoever has field labels at all would be a long document.
    """
    counts = [
        {name: Counter(stems(text)) for name, text in one.texts.items()}
        for one in found
    ]
    typical = {}
    for name in _FIELDS:
        lengths = [own[name].total() for own in counts if own.get(name)]
        typical[name] = sum(lengths) / max(len(lengths), 1)
    summed = []
    for own in counts:
        terms: dict[str, float] = {}
        for name, inside in own.items():
            weight, evened = _FIELDS[name]
            weight /= 1 - evened + evened * inside.total() / (typical[name] or 1)
            for term, count in inside.items():
                terms[term] = terms.get(term, 0.0) + weight * count
        summed.append(terms)
    return summed


def _prior(one: Document) -> float:
    prior = 1.0
    if one.source == "oca":
        prior = _PRIOR["described" if one.is_described else "oca"]
    if one.application:
        prior *= _PRIOR["application"]
    return prior * (_PRIOR["hidden"] if one.hidden and not one.is_described else 1.0)


__all__ = ["Candidate", "Index", "build", "digest"]
