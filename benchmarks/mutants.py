"""Defects for a generated module: each drops or turns one thing that its tests should miss."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from lxml import etree

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import PurePosixPath

_STATEMENTS: Final = re.compile(
    r"^(self|record|records|super\(\))\.(sudo\(\)\.)?"
    r"(_check_\w+|_notify_\w+|_close_activities|_move_to|activity_schedule|message_post"
    r"|activity_feedback|activity_unlink|check_access)\("
)
_SETS: Final = {"FROZEN_FIELDS", "FROZEN_STATES", "DERIVED_FIELDS", "KEPT_FIELDS"}
_KEYWORDS: Final = {"required", "tracking", "groups", "default"}
_LEAF: Final = 3
"""Parts of a condition of a domain."""

_TURNED: Final = {
    ast.Lt: "<=",
    ast.LtE: "<",
    ast.Gt: ">=",
    ast.GtE: ">",
}


@dataclass(frozen=True)
class Mutant:
    """A module with one defect.

    Attributes:
        what: What was done, with the place.
        kind: Kind of defect.
        path: The file.
        text: Its new content.
    """

    what: str
    kind: str
    path: PurePosixPath
    text: str


def mutants(files: Mapping[PurePosixPath, bytes]) -> list[Mutant]:
    """Return all defects that are known for a module's files."""
    found: list[Mutant] = []
    for path, content in files.items():
        text = content.decode() if path.suffix in {".py", ".xml", ".csv"} else ""
        if path.parts[0] in {"models", "wizards"} and path.suffix == ".py":
            found += _of_code(path, text)
        elif path.parts[0] == "security" and path.name.endswith("_rules.xml"):
            found += _of_rules(path, text)
        elif path.suffix == ".csv":
            found += _of_access(path, text)
    return found


class _Source:
    """A file whose parts can be replaced."""

    def __init__(self, path: PurePosixPath, text: str) -> None:
        self.path = path
        self.text = text
        self.tree = ast.parse(text)
        self._starts = [0]
        for line in text.splitlines(keepends=True):
            self._starts.append(self._starts[-1] + len(line.encode()))

    def replaced(self, node: ast.AST, new: str) -> str:
        """Return the text with *new* in the place of *node*."""
        raw = self.text.encode()
        begin = self._starts[node.lineno - 1] + node.col_offset  # type: ignore[attr-defined]
        end = self._starts[node.end_lineno - 1] + node.end_col_offset  # type: ignore[attr-defined]
        return (raw[:begin] + new.encode() + raw[end:]).decode()

    def mutant(self, node: ast.AST, kind: str, new: str) -> Mutant:
        """Return the mutant with *new* in the place of *node*."""
        old = " ".join((ast.get_source_segment(self.text, node) or "").split())[:70]
        what = f"{self.path}:{node.lineno} {kind}: {old}"  # type: ignore[attr-defined]
        return Mutant(what, kind, self.path, self.replaced(node, new))


def _of_code(path: PurePosixPath, text: str) -> Iterator[Mutant]:  # noqa: C901 - one for each kind
    source = _Source(path, text)
    for node in ast.walk(source.tree):
        match node:
            case ast.Expr(value=ast.Call()):
                words = ast.get_source_segment(text, node) or ""
                if _STATEMENTS.match(words):
                    yield source.mutant(node, "call dropped", "pass")
            case ast.If(body=[ast.Raise()], orelse=[]):
                yield source.mutant(node.test, "guard off", "False")
            case ast.Assign(targets=[ast.Name(id=name)]) if name in _SETS:
                yield from _of_set(source, name, node.value)
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call() as call):
                yield from _of_field(source, node, call)
            case ast.Assign(targets=[ast.Attribute()]):
                yield source.mutant(node.value, "value dropped", "False")
            case ast.List() if node.elts and all(
                isinstance(part, ast.Tuple) and len(part.elts) == _LEAF
                for part in node.elts
            ):
                for part in node.elts:
                    yield source.mutant(part, "filter off", '("id", "!=", 0)')
            case ast.Compare(ops=[operator]) if type(operator) in _TURNED:
                left = ast.get_source_segment(text, node.left)
                right = ast.get_source_segment(text, node.comparators[0])
                new = f"{left} {_TURNED[type(operator)]} {right}"
                yield source.mutant(node, "boundary", new)
            case _:
                pass


def _of_set(source: _Source, name: str, value: ast.expr) -> Iterator[Mutant]:
    if isinstance(value, ast.Set):
        parts: list[ast.expr] = [*value.elts]
        for part in parts:
            yield source.mutant(part, f"{name} short", '"nothing"')
    elif isinstance(value, ast.Dict):
        for key in value.keys:
            if key is not None:
                yield source.mutant(key, f"{name} short", '"nothing"')


def _of_field(source: _Source, node: ast.Assign, call: ast.Call) -> Iterator[Mutant]:
    made = ast.unparse(call.func)
    if made in {"models.Constraint", "models.UniqueIndex"}:
        yield source.mutant(node, "constraint dropped", "pass")
    if made.startswith("fields."):
        for keyword in call.keywords:
            if keyword.arg in _KEYWORDS:
                yield source.mutant(keyword.value, f"{keyword.arg} off", "None")


def _of_rules(path: PurePosixPath, text: str) -> Iterator[Mutant]:
    root = etree.fromstring(text.encode())
    for number, record in enumerate(root.findall("record")):
        xmlid = record.get("id")
        other = etree.fromstring(text.encode())
        other.remove(other.findall("record")[number])
        yield Mutant(f"{path}: {xmlid} dropped", "rule dropped", path, _written(other))
        other = etree.fromstring(text.encode())
        domain = other.findall("record")[number].find("field[@name='domain_force']")
        if domain is not None and domain.text != "[(1, '=', 1)]":
            domain.text = "[(1, '=', 1)]"
            yield Mutant(
                f"{path}: {xmlid} opened", "rule opened", path, _written(other)
            )


def _written(root: etree._Element) -> str:
    return str(etree.tostring(root, encoding="unicode"))


def _of_access(path: PurePosixPath, text: str) -> Iterator[Mutant]:
    lines = text.splitlines()
    for number, line in enumerate(lines[1:], 1):
        name = line.split(",")[0]
        rest = [*lines[:number], *lines[number + 1 :]]
        yield Mutant(f"{path}: {name} dropped", "access dropped", path, _joined(rest))
        cells = line.split(",")
        for place in range(4, 8):
            if cells[place] == "0" and ("wizard" not in name):
                more = [*cells[:place], "1", *cells[place + 1 :]]
                opened = [*lines[:number], ",".join(more), *lines[number + 1 :]]
                what = f"{path}: {name} given right {place - 3}"
                yield Mutant(what, "access given", path, _joined(opened))


def _joined(lines: list[str]) -> str:
    return "\n".join(lines) + "\n"
