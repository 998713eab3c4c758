"""Finds the environment variables that Python code reads, by its syntax tree."""

from __future__ import annotations

import ast
import tokenize
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

_MAPPINGS: Final = frozenset({"environ", "environb"})
_FUNCTIONS: Final = frozenset({"getenv", "getenvb"})
_READERS: Final = frozenset({"get", "pop", "setdefault", "__getitem__"})


@dataclass
class Reads:
    """What a file reads from the environment.

    Attributes:
        names: Variables, with the line that reads each first.
        computed: Lines that read a variable whose name does not stand in the code.
    """

    names: dict[str, int] = field(default_factory=dict)
    computed: list[int] = field(default_factory=list)


def read(path: Path) -> Reads:
    """Return what the code in *path* reads.

    Raises:
        SyntaxError: It is no Python.
        OSError: It cannot be read.
        ValueError: Nor decoded.
    """
    with tokenize.open(path) as file:
        return parse(file.read())


def parse(text: str) -> Reads:
    """Return what the code *text* reads.

    Raises:
        SyntaxError: It is no Python.
        ValueError: It has null bytes.
    """
    tree = ast.parse(text)
    finder = _Finder(tree)
    finder.visit(tree)
    return finder.found


class _Finder(ast.NodeVisitor):
    """Follows the names under which `os`, its mapping and its function are known."""

    def __init__(self, tree: ast.Module) -> None:
        self.found = Reads()
        self._modules: set[str] = set()
        self._mappings: set[str] = set()
        self._functions: set[str] = set()
        self._constants: dict[str, str] = {}
        for node in ast.walk(tree):
            self._learn(node)
        for statement in tree.body:
            self._learn_constant(statement)

    def visit_Subscript(self, node: ast.Subscript) -> None:
        """Note `environ["X"]`, where it is not written."""
        if self._is_mapping(node.value) and isinstance(node.ctx, ast.Load):
            self._note(node.slice)
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        """Note `environ.get("X")` and `getenv("X")`."""
        function = node.func
        reads = (isinstance(function, ast.Name) and function.id in self._functions) or (
            isinstance(function, ast.Attribute)
            and (
                (function.attr in _FUNCTIONS and self._is_module(function.value))
                or (function.attr in _READERS and self._is_mapping(function.value))
            )
        )
        if reads:
            named = [word.value for word in node.keywords if word.arg == "key"]
            for argument in (node.args or named)[:1]:
                self._note(argument)
        self.generic_visit(node)

    def visit_Compare(self, node: ast.Compare) -> None:
        """Note `"X" in environ`."""
        for operator, right in zip(node.ops, node.comparators, strict=True):
            if isinstance(operator, (ast.In, ast.NotIn)) and self._is_mapping(right):
                self._note(node.left)
        self.generic_visit(node)

    def _learn(self, node: ast.AST) -> None:
        if isinstance(node, ast.Import):
            self._modules |= {
                name.asname or name.name for name in node.names if name.name == "os"
            }
        elif isinstance(node, ast.ImportFrom) and node.module == "os":
            for name in node.names:
                known = name.asname or name.name
                if name.name in _MAPPINGS:
                    self._mappings.add(known)
                elif name.name in _FUNCTIONS:
                    self._functions.add(known)
        elif isinstance(node, ast.Assign) and self._is_mapping(node.value):
            self._mappings |= {t.id for t in node.targets if isinstance(t, ast.Name)}

    def _learn_constant(self, statement: ast.stmt) -> None:
        if isinstance(statement, ast.Assign) and isinstance(
            statement.value, ast.Constant
        ):
            value = statement.value.value
            for target in statement.targets:
                if isinstance(target, ast.Name) and isinstance(value, str):
                    self._constants[target.id] = value

    def _is_module(self, node: ast.AST) -> bool:
        return isinstance(node, ast.Name) and node.id in self._modules

    def _is_mapping(self, node: ast.AST) -> bool:
        if isinstance(node, ast.Name):
            return node.id in self._mappings
        return (
            isinstance(node, ast.Attribute)
            and node.attr in _MAPPINGS
            and self._is_module(node.value)
        )

    def _note(self, node: ast.expr) -> None:
        value: object = None
        if isinstance(node, ast.Constant):
            value = node.value
        elif isinstance(node, ast.Name):
            value = self._constants.get(node.id)
        if isinstance(value, bytes):
            value = value.decode(errors="replace")
        if isinstance(value, str):
            self.found.names.setdefault(value, node.lineno)
        elif node.lineno not in self.found.computed:
            self.found.computed.append(node.lineno)
