"""Finds specs and counts the tests in their source, by syntax trees: nothing of them is run."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FOLDER: Final = "e2e"
"""Folder of a module with its specs."""

PATTERN: Final = "test_*.py"
"""Names of spec files."""

_LEFT_OUT: Final = frozenset({"__pycache__", "node_modules"})


@dataclass(frozen=True)
class Spec:
    """One spec file.

    Attributes:
        path: The file, absolute.
        tests: Test functions in its source; methods with their class, as `TestFlow.test_a`.
    """

    path: Path
    tests: tuple[str, ...]


def specs(place: Path) -> list[Spec]:
    """Return the specs below the folder *place*, or the one that *place* is."""
    paths = [place] if place.is_file() else sorted(place.rglob(PATTERN))
    return [
        Spec(path, tuple(tests(path)))
        for path in paths
        if not _LEFT_OUT & set(path.relative_to(place).parts)
    ]


def tests(path: Path) -> list[str]:
    """Return the test functions in the source of a spec.

    A file that cannot be parsed has none: pytest fails on it, which tells it better.
    """
    try:
        tree = ast.parse(path.read_bytes())
    except (SyntaxError, ValueError, OSError):
        return []
    # A second definition of a name replaces the first.
    return list(dict.fromkeys(_tests(tree.body, "")))


def _tests(body: list[ast.stmt], before: str) -> Iterator[str]:
    for node in body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            if node.name.startswith("test"):
                yield f"{before}{node.name}"
        elif isinstance(node, ast.ClassDef) and _holds_tests(node):
            yield from _tests(node.body, f"{before}{node.name}.")
        elif isinstance(node, (ast.If, ast.Try, ast.With)):
            yield from _tests(node.body, before)


def _holds_tests(node: ast.ClassDef) -> bool:
    """Tell whether pytest looks for tests in a class."""
    return node.name.startswith("Test") or any(
        isinstance(base, (ast.Name, ast.Attribute))
        and (base.id if isinstance(base, ast.Name) else base.attr).endswith("TestCase")
        for base in node.bases
    )
