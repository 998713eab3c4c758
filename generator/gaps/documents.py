"""What is known of each module, as the documents that the search ranks.

Three sources: the modules of the Odoo at hand (manifests, and what their code and data say
to people), the catalogue of published OCA add-ons, and a lexicon that says in everyday words
what modules are for.
"""

from __future__ import annotations

import ast
import importlib.resources
import re
import tomllib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from generator.gaps import source as reading
from generator.gaps.catalog import entries
from generator.gaps.principal import principal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from generator.gaps.source import Source

_MARKS: Final = re.compile(r"[<\[][^>\]]*[>\]]|[*`=#|_]+")
_STOP: Final = re.compile(r"(?<=[.!?])\s+|\n")
_PASSAGE: Final = 300  # characters of a passage
_TELLING: Final = 25  # characters that a sentence has at least
_DESCRIBED: Final = 12  # sentences of a description that count
_HELPED: Final = 8  # sentences of help texts that count
_LONGEST: Final = 20_000  # characters of a text that are read
_HIDDEN: Final = ("Hidden", "Technical", "Theme", "Localization", "Test")
_PLAIN: Final = ("l10n_", "theme_", "test_")
"""Modules whose manifest says all that is asked for: what is inside is like any other."""


@dataclass(frozen=True)
class Document:
    """One module.

    Attributes:
        module: Its technical name.
        source: `core` or `oca`.
        series: Newest series it is published for.
        summary: One line.
        title: Its name for people.
        application: Whether it is an application of its own.
        hidden: Whether it is a bridge, a theme, a localisation or a test.
        bridge: Whether it installs itself when what it joins is there.
        model: Its main model; empty when there is none, or it is not known.
        form: Whole xml id of that model's form; empty as above.
        described: Whether the lexicon has it, where `texts` are not kept.
        texts: What is searched, by the field that it came from; `everyday` says in plain
            words what the module is for.
    """

    module: str
    source: str
    series: str
    summary: str
    title: str = ""
    application: bool = False
    hidden: bool = False
    bridge: bool = False
    model: str = ""
    form: str = ""
    described: bool = False
    texts: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_described(self) -> bool:
        """Whether the lexicon says in plain words what it is for."""
        return self.described or bool(self.texts.get("everyday"))

    def passages(self) -> list[str]:
        """Return the sentences that say what the module is for, short enough to compare."""
        title = self.title or self.module
        found = [f"{title}: {self.texts.get('summary', '')}"]
        found += self.texts.get("everyday", "").split("\n")
        found += _sentences(self.texts.get("description", ""))[:_DESCRIBED]
        found += _sentences(self.texts.get("help", ""))[:_HELPED]
        models, menus = self.texts.get("models", ""), self.texts.get("menus", "")
        found += [models[:_PASSAGE]] if models else []
        found += [f"{title}: {menus[:_PASSAGE]}"] if menus else []
        return [text for text in found if text]


def _sentences(text: str) -> list[str]:
    """Return the sentences of a text that are long enough to say something."""
    parts = (part.strip() for part in _STOP.split(text))
    return [part[:_PASSAGE] for part in parts if len(part) >= _TELLING]


def documents(addons: Iterable[Path], catalogue: Path | None = None) -> list[Document]:
    """Return a document for each module: those of Odoo in *addons*, and those of OCA.

    Args:
        addons: Folders of modules; of a module in several the first counts, as for Odoo.
        catalogue: The list of OCA's add-ons; by default the one shipped.
    """
    lexicon = _lexicon()
    core: dict[str, Document] = {}
    for one in _core(addons, lexicon):
        core.setdefault(one.module, one)
    found = list(core.values())
    for entry in entries(catalogue):
        if entry.module in core:
            continue
        name = entry.module.replace("_", " ")
        summary = _plain(entry.summary)[:200]
        everyday = "\n".join(lexicon.get(entry.module, ()))
        found.append(
            Document(
                module=entry.module,
                source="oca",
                series=entry.newest,
                summary=summary,
                title=name,
                hidden=entry.module.startswith("l10n_"),
                texts={"module": name, "summary": summary, "everyday": everyday},
            )
        )
    return found


def _core(
    addons: Iterable[Path], lexicon: Mapping[str, tuple[str, ...]]
) -> Iterator[Document]:
    for folder in addons:
        for path in sorted(folder.glob("*/__manifest__.py")):
            try:
                manifest = ast.literal_eval(path.read_text(encoding="utf-8"))
            except (OSError, ValueError, SyntaxError):
                continue  # a module that Odoo itself could not load either
            if not isinstance(manifest, dict) or not manifest.get("installable", True):
                continue
            yield _document(path.parent, manifest, lexicon)


def _document(
    folder: Path, manifest: dict[str, Any], lexicon: Mapping[str, tuple[str, ...]]
) -> Document:
    name = folder.name
    category = str(manifest.get("category", ""))
    summary = _plain(str(manifest.get("summary", "")))
    bridge = bool(manifest.get("auto_install"))
    texts = {
        "module": name.replace("_", " "),
        "title": str(manifest.get("name", "")),
        "summary": summary,
        "description": str(manifest.get("description", "")),
        "everyday": "\n".join(lexicon.get(name, ())),
    }
    model = form = ""
    if not name.startswith(_PLAIN):
        source = reading.read(folder, manifest.get("data") or ())
        texts |= _inside(source) | {"prose": reading.prose(folder)}
        model, form = principal(source)
    return Document(
        module=name,
        source="core",
        series="19.0",
        summary=summary[:200],
        title=texts["title"],
        application=bool(manifest.get("application")),
        hidden=bridge
        or any(word in category for word in _HIDDEN)
        or name.startswith(_PLAIN),
        bridge=bridge,
        model=model,
        form=form,
        texts={
            key: text if key == "everyday" else _plain(text[:_LONGEST])
            for key, text in texts.items()
            if text
        },
    )


def _inside(source: Source) -> dict[str, str]:
    """Return what a module's code and data say to people."""
    own = [one for one in source.models if one.own and not one.transient]
    menus = [one.name for one in source.menus] + [one.name for one in source.actions]
    titles = {title for view in source.views for title in view.titles}
    labels = {label for one in source.models for label in one.labels}
    return {
        "models": "\n".join(
            f"{one.name.replace('.', ' ')} {one.description}" for one in own
        ),
        "menus": "\n".join(dict.fromkeys(menus)),
        "views": "\n".join(sorted(titles)),
        "labels": "\n".join(sorted(labels)),
        "help": "\n".join(dict.fromkeys(one.help for one in source.actions)),
    }


def _lexicon() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    folder = importlib.resources.files(__package__).joinpath("lexicon")
    for path in sorted(folder.iterdir(), key=lambda one: one.name):
        if path.name.endswith(".toml"):
            for names, sentences in tomllib.loads(path.read_text("utf-8")).items():
                for name in names.split():
                    found[name] = (*found.get(name, ()), *sentences)
    return found


def _plain(text: str) -> str:
    return " ".join(_MARKS.sub(" ", text).split())


__all__ = ["Document", "documents"]
