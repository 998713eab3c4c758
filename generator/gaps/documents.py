"""What is known of each module, as the documents that the search ranks.

Three sources: the manifests of the Odoo at hand, the catalogue of published OCA add-ons
(module, newest series and version, month, summary; as read from the package index in
November 2026), and a lexicon that says in everyday words what modules are for.
"""

from __future__ import annotations

import ast
import csv
import gzip
import importlib.resources
import io
import re
import tomllib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_MARKS: Final = re.compile(r"[<\[][^>\]]*[>\]]|[*`=#|_]+")
_DESCRIPTION: Final = 4000
_HIDDEN: Final = ("Hidden", "Technical", "Theme", "Localization", "Test")


@dataclass(frozen=True)
class Document:
    """One module.

    Attributes:
        module: Its technical name.
        source: `core` or `oca`.
        series: Newest series it is published for.
        summary: One line.
        title: Its name for people.
        description: More of it.
        everyday: What it is for, in the words of people who do not know it.
        application: Whether it is an application of its own.
        hidden: Whether it is a bridge, a theme, a localisation or a test.
    """

    module: str
    source: str
    series: str
    summary: str
    title: str = ""
    description: str = ""
    everyday: tuple[str, ...] = field(default=())
    application: bool = False
    hidden: bool = False


def documents(addons: Iterable[Path]) -> list[Document]:
    """Return a document for each module: those of Odoo in *addons*, and those of OCA."""
    lexicon = _lexicon()
    core = {one.module: one for one in _core(addons, lexicon)}
    found = list(core.values())
    found += [one for one in _oca(lexicon) if one.module not in core]
    return found


def _core(
    addons: Iterable[Path], lexicon: dict[str, tuple[str, ...]]
) -> Iterator[Document]:
    for folder in addons:
        for path in sorted(folder.glob("*/__manifest__.py")):
            try:
                manifest = ast.literal_eval(path.read_text(encoding="utf-8"))
            except (OSError, ValueError, SyntaxError):
                continue  # a module that Odoo itself could not load either
            if not isinstance(manifest, dict) or not manifest.get("installable", True):
                continue
            name = path.parent.name
            category = str(manifest.get("category", ""))
            yield Document(
                module=name,
                source="core",
                series="19.0",
                summary=_plain(str(manifest.get("summary", "")))[:200],
                title=str(manifest.get("name", "")),
                description=_plain(str(manifest.get("description", "")))[:_DESCRIPTION],
                everyday=lexicon.get(name, ()),
                application=bool(manifest.get("application")),
                hidden=bool(manifest.get("auto_install"))
                or any(word in category for word in _HIDDEN)
                or name.startswith(("l10n_", "theme_", "test_")),
            )


def _oca(lexicon: dict[str, tuple[str, ...]]) -> Iterator[Document]:
    packed = importlib.resources.files(__package__).joinpath(
        "data", "oca_modules.tsv.gz"
    )
    text = gzip.decompress(packed.read_bytes()).decode()
    for row in csv.DictReader(io.StringIO(text), delimiter="\t"):
        name = row["module"]
        yield Document(
            module=name,
            source="oca",
            series=_newest(row["latest_series_seen"]),
            summary=_plain(row["summary"] or "")[:200],
            title=name.replace("_", " "),
            everyday=lexicon.get(name, ()),
            hidden=name.startswith("l10n_"),
        )


def _newest(series: str) -> str:
    """Return the newest of several series, as `14.0 19.0` lists them."""
    return max(series.split() or [""], key=lambda one: float(one) if one else 0.0)


def _lexicon() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for path in importlib.resources.files(__package__).joinpath("lexicon").iterdir():
        if path.name.endswith(".toml"):
            for names, sentences in tomllib.loads(path.read_text("utf-8")).items():
                for name in names.split():
                    found[name] = (*found.get(name, ()), *sentences)
    return found


def _plain(text: str) -> str:
    return " ".join(_MARKS.sub(" ", text).split())


__all__ = ["Document", "documents"]
