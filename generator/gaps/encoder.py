"""The meaning of a sentence as a vector: a small transformer, in NumPy alone.

The model is `all-MiniLM-L6-v2` (6 layers of 384 numbers, Apache-2.0), which was trained on a
thousand million pairs of sentences that mean the same. Its weights are shipped with four bits a
number (`scripts/build_gap_data.py`), so that neither PyTorch nor a download is needed. A
sentence of twenty words takes about ten milliseconds.
"""

from __future__ import annotations

import functools
import importlib.resources
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from generator.gaps.quantised import unpack
from generator.gaps.wordpiece import WordPieces

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

LAYERS: Final = 6
HEADS: Final = 12
WIDTH: Final = 384
LONGEST: Final = 128  # pieces of a text that are read
MATRICES: Final = ("query", "key", "value", "out", "up", "down")
_BATCH: Final = 32  # texts at once
_TINY: Final = 1e-12


class Encoder:
    """Turns texts into vectors of length 1; close meanings have a large dot product.

    Args:
        weights: The arrays that `scripts/build_gap_data.py` writes.
    """

    def __init__(self, weights: Mapping[str, NDArray[Any]]) -> None:
        vocabulary = bytes(weights["vocabulary"]).decode().split("\n")
        self._pieces = WordPieces(vocabulary)
        rotated = unpack(weights["words"], weights["words.scales"])
        self._words: Floats = rotated @ _wide(weights["words.basis"])
        self._places = _wide(weights["places"])
        self._norms = _wide(
            weights["norms"]
        )  # (2 per layer + 1, gain and shift, width)
        self._layers = [_layer(weights, number) for number in range(LAYERS)]

    def encode(self, texts: Sequence[str]) -> Floats:
        """Return one row per text."""
        cut = [self._pieces.numbers(text, most=LONGEST) for text in texts]
        vectors = np.zeros((len(texts), WIDTH), dtype=np.float32)
        order = sorted(range(len(cut)), key=lambda number: len(cut[number]))
        for begin in range(0, len(order), _BATCH):
            chosen = order[begin : begin + _BATCH]
            vectors[chosen] = self._forward([cut[number] for number in chosen])
        return vectors

    def _forward(self, rows: Sequence[Sequence[int]]) -> Floats:
        longest = max(map(len, rows))
        numbers = np.zeros((len(rows), longest), dtype=np.intp)
        there = np.zeros((len(rows), longest), dtype=np.float32)
        for number, row in enumerate(rows):
            numbers[number, : len(row)] = row
            there[number, : len(row)] = 1
        state = self._norm(self._words[numbers] + self._places[:longest], 0)
        hidden = (1 - there)[:, None, None, :] * np.float32(-1e9)
        for number, layer in enumerate(self._layers):
            mixed = _attend(state, layer, hidden)
            state = self._norm(state + mixed, 2 * number + 1)
            inner = _gelu(state @ layer["up"] + layer["up.bias"])
            state = self._norm(
                state + inner @ layer["down"] + layer["down.bias"], 2 * number + 2
            )
        mean = (state * there[:, :, None]).sum(axis=1) / there.sum(axis=1)[:, None]
        length = np.linalg.norm(mean, axis=1, keepdims=True)
        result: Floats = mean / np.maximum(length, _TINY)
        return result

    def _norm(self, state: Floats, number: int) -> Floats:
        gain, shift = self._norms[number]
        centred = state - state.mean(axis=-1, keepdims=True)
        spread = np.sqrt((centred * centred).mean(axis=-1, keepdims=True) + _TINY)
        result: Floats = centred / spread * gain + shift
        return result


def _wide(values: NDArray[Any]) -> Floats:
    return values.astype(np.float32)


def _layer(weights: Mapping[str, NDArray[Any]], number: int) -> dict[str, Floats]:
    layer: dict[str, Floats] = {}
    for name in MATRICES:
        key = f"{number}.{name}"
        matrix = unpack(weights[key], weights[f"{key}.scales"])
        layer[name] = np.ascontiguousarray(matrix.T)
        layer[f"{name}.bias"] = _wide(weights[f"{key}.bias"])
    return layer


def _attend(state: Floats, layer: Mapping[str, Floats], hidden: Floats) -> Floats:
    """Return what each piece takes over from the others."""
    rows, pieces, _ = state.shape

    def heads(name: str) -> Floats:
        flat = state @ layer[name] + layer[f"{name}.bias"]
        return flat.reshape(rows, pieces, HEADS, -1).transpose(0, 2, 1, 3)

    query, key, value = heads("query"), heads("key"), heads("value")
    scores = query @ key.transpose(0, 1, 3, 2) / np.float32(np.sqrt(WIDTH / HEADS))
    scores = scores + hidden
    scores = np.exp(scores - scores.max(axis=-1, keepdims=True))
    scores /= scores.sum(axis=-1, keepdims=True)
    mixed = (scores @ value).transpose(0, 2, 1, 3).reshape(rows, pieces, WIDTH)
    result: Floats = mixed @ layer["out"] + layer["out.bias"]
    return result


def _gelu(values: Floats) -> Floats:
    """Gaussian error linear unit, by its usual approximation (Hendrycks and Gimpel, 2016)."""
    inner = np.float32(0.7978846) * (values + np.float32(0.044715) * values**3)
    result: Floats = np.float32(0.5) * values * (1 + np.tanh(inner))
    return result


@functools.cache
def shipped() -> Encoder:
    """Return the encoder with the weights of the package, read once."""
    file = importlib.resources.files("generator.gaps") / "data" / "sentences.npz"
    with importlib.resources.as_file(file) as path, np.load(path) as weights:
        return Encoder({name: weights[name] for name in weights.files})
