"""Counts the tests in a module's source, by its syntax trees: nothing of it is run.

Odoo collects, from each module `tests.test_*` that `tests/__init__.py` imports, the classes
defined there that are test cases, and of those the methods named `test*` that the class itself
defines (`odoo/tests/loader.py`); inherited test methods are not collected.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_NO_CASE: Final = {"object", "ABC", "Protocol", "Generic", "Exception"}


@dataclass(frozen=True)
class FoundTest:
    """One test method in the source.

    Attributes:
        file: Python module below the Odoo module, as `tests.test_flow`.
        path: Its file.
        kind: Test class.
        test: Method.
        line: Line of the method.
        imported: Whether tests/__init__.py imports the file.
        tags: Arguments of the class's and the method's `@tagged`.
    """

    file: str
    path: Path
    kind: str
    test: str
    line: int
    imported: bool
    tags: tuple[str, ...]

    @property
    def name(self) -> str:
        """Class and method."""
        return f"{self.kind}.{self.test}"


def found_tests(module: Path) -> list[FoundTest]:
    """Return the test methods in the source of the Odoo module in folder *module*.

    A file that cannot be parsed has none: Odoo fails on it, which tells it better.
    """
    folder = module / "tests"
    trees = {
        path.stem: tree
        for path in sorted(folder.glob("*.py"))
        if (tree := _parse(path)) is not None
    }
    imported = _imported(trees.get("__init__"), module.name)
    classes = {
        (stem, node.name): node
        for stem, tree in trees.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
    }
    return [
        FoundTest(
            file=f"tests.{stem}",
            path=folder / f"{stem}.py",
            kind=node.name,
            test=method.name,
            line=method.lineno,
            imported=stem in imported,
            tags=(*_tags(node), *_tags(method)),
        )
        for stem, tree in trees.items()
        if stem.startswith("test_")
        for node in tree.body
        if isinstance(node, ast.ClassDef) and _is_case(node, classes, set())
        for method in _methods(node)
    ]


def _parse(path: Path) -> ast.Module | None:
    try:
        return ast.parse(path.read_bytes())
    except (SyntaxError, ValueError, OSError):
        return None


def _methods(node: ast.ClassDef) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    last = {}  # a second definition of a name replaces the first
    for item in node.body:
        if isinstance(
            item, (ast.FunctionDef, ast.AsyncFunctionDef)
        ) and item.name.startswith("test"):
            last[item.name] = item
    yield from last.values()


def _is_case(
    node: ast.ClassDef,
    classes: dict[tuple[str, str], ast.ClassDef],
    seen: set[str],
) -> bool:
    """Tell whether a class is a test case: what is defined elsewhere is taken for one."""
    if node.name in seen:
        return False
    seen.add(node.name)
    for base in node.bases:
        name = _last_name(base)
        if name is None or name in _NO_CASE:
            continue
        own = [found for (_, known), found in classes.items() if known == name]
        if not own or any(_is_case(found, classes, seen) for found in own):
            return True
    return False


def _last_name(node: ast.expr) -> str | None:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.Subscript):
        return _last_name(node.value)
    return None


def _imported(tree: ast.Module | None, module: str) -> set[str]:
    """Return the files of the package `tests` that its __init__ imports."""
    found: set[str] = set()
    if tree is None:
        return found
    package = f"odoo.addons.{module}.tests"
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            source = node.module or ""
            if node.level == 0 and source == package:
                source = ""
            elif node.level == 0 and source.startswith(f"{package}."):
                source = source.removeprefix(f"{package}.")
            elif node.level != 1:
                continue
            found |= {source.split(".")[0]} if source else {a.name for a in node.names}
        elif isinstance(node, ast.Import):
            found |= {
                alias.name.removeprefix(f"{package}.").split(".")[0]
                for alias in node.names
                if alias.name.startswith(f"{package}.")
            }
    return found


def _tags(node: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    return [
        argument.value
        for call in node.decorator_list
        if isinstance(call, ast.Call) and _last_name(call.func) == "tagged"
        for argument in call.args
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    ]
