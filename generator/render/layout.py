"""The last step: Python as ruff formats it, XML one attribute a line where it is long."""

from __future__ import annotations

import re
import sys
import tempfile
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

from lxml import etree

from generator.escaping import xml
from qgate import process

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_WIDTH: Final = 88
_INDENT: Final = "    "
_RUFF: Final = Path(sys.executable).with_name("ruff")
_CONFIG: Final = """
line-length = 88
target-version = "py310"
src = []
[lint]
select = ["I", "F401"]
[lint.per-file-ignores]
"__init__.py" = ["F401", "I"]
"__manifest__.py" = ["I"]
[lint.isort]
section-order = [
  "future", "standard-library", "third-party", "odoo", "odoo-addons", "first-party",
  "local-folder",
]
[lint.isort.sections]
odoo = ["odoo"]
odoo-addons = ["odoo.addons"]
"""
"""As the gate's own configuration of ruff says."""


class UnformattableError(ValueError):
    """What a template made is no Python: a defect of the generator."""


def python(files: Mapping[PurePosixPath, str]) -> dict[PurePosixPath, str]:
    """Return Python files with sorted imports and formatted.

    Raises:
        UnformattableError: One of them cannot be parsed.
    """
    with tempfile.TemporaryDirectory(prefix="generator-") as scratch:
        root = Path(scratch)
        config = root / "ruff.toml"
        config.write_text(_CONFIG, encoding="utf-8")
        tree = root / "tree"
        for path, text in files.items():
            place = tree / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, encoding="utf-8")
        for words in (("check", "--fix", "--quiet"), ("format", "--quiet")):
            done = process.run(
                "ruff",
                [_RUFF, *words, "--no-cache", "--config", config, tree],
                env={},
                cwd=root,
            )
            if done.returncode != 0:
                said = process.tail(done.output + done.errors, 20)
                message = f"A template made what is no Python:\n{said}"
                raise UnformattableError(message)
        return {path: (tree / path).read_text(encoding="utf-8") for path in files}


def markup(text: str) -> str:
    """Return an XML file, laid out; text with elements in it stays on its lines.

    Raises:
        UnformattableError: It cannot be parsed.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
    try:
        root = etree.fromstring(text.encode(), parser)
    except etree.XMLSyntaxError as error:
        message = f"A template made what is no XML: {error}"
        raise UnformattableError(message) from error
    lines = ['<?xml version="1.0" encoding="UTF-8" ?>', *_element(root, 0)]
    return "\n".join(lines) + "\n"


def _element(node: etree._Element, depth: int) -> Iterator[str]:
    pad = _INDENT * depth
    if isinstance(node, etree._Comment):  # noqa: SLF001 - lxml has no other name for it
        yield f"{pad}<!--{node.text}-->"
        return
    attributes = [f'{name}="{_attribute(value)}"' for name, value in node.items()]
    start = " ".join([str(node.tag), *attributes])
    children, words = [*node], (node.text or "").strip()
    if _mixed(node):
        yield f"{pad}{_inline(node)}"
        return
    end = ">" if children or words else " />"
    if len(f"{pad}<{start}{end}") <= _WIDTH or not attributes:
        opening = [f"{pad}<{start}{end}"]
    else:
        inner = [f"{pad}{_INDENT}{attribute}" for attribute in attributes]
        opening = [f"{pad}<{node.tag}", *inner, f"{pad}{end.strip()}"]
    if not children and words:
        content = _words(node.text or "")
        yield from opening[:-1]
        yield f"{opening[-1]}{content}</{node.tag}>"
        return
    yield from opening
    if children:
        for child in children:
            yield from _element(child, depth + 1)
        yield f"{pad}</{node.tag}>"


def _mixed(node: etree._Element) -> bool:
    """Tell whether words and elements stand side by side, where blanks have a meaning."""
    if not len(node):
        return False
    return bool((node.text or "").strip()) or any(
        (child.tail or "").strip() for child in node
    )


def _inline(node: etree._Element) -> str:
    attributes = "".join(
        f' {name}="{_attribute(value)}"' for name, value in node.items()
    )
    inner = _words(node.text or "", strip=False)
    for child in node:
        inner += _inline(child) + _words(child.tail or "", strip=False)
    if not inner:
        return f"<{node.tag}{attributes} />"
    return f"<{node.tag}{attributes}>{inner}</{node.tag}>"


def _attribute(value: str) -> str:
    return str(xml(value)).replace("&#39;", "'")


def _words(text: str, *, strip: bool = True) -> str:
    kept = text.strip() if strip else re.sub(r"[ \n\t]+", " ", text)
    for char, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        kept = kept.replace(char, entity)
    return kept


@lru_cache(maxsize=1)
def ruff_version() -> str:
    """Return the version of the ruff that formats."""
    done = process.run("ruff", [_RUFF, "--version"], env={})
    return done.output.strip()
