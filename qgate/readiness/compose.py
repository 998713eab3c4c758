"""Finds the environment variables that a compose file reads or hands to its containers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import yaml

from qgate.errors import EnvironmentProblem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_REFERENCE: Final = re.compile(
    r"\$(?:\$|(?P<plain>[A-Za-z_][A-Za-z0-9_]*)|\{(?P<braced>[A-Za-z_][A-Za-z0-9_]*))"
)
"""`$X`, `${X}`, and the beginning of `${X:-default}`, whose default is looked at too."""


def read(path: Path) -> dict[str, int]:
    """Return the variables of the compose file *path*, each with the line it stands in first.

    These are the ones it interpolates, and the keys below `environment:`.

    Raises:
        EnvironmentProblem: It cannot be read, or is no YAML.
    """
    try:
        root = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        why = " ".join(str(error).split())
        message = f"The compose file {path.name} cannot be read ({why})."
        raise EnvironmentProblem(message, hint="Correct it.") from error
    found: dict[str, int] = {}
    for name, line in _variables(root, set()) if root else ():
        found.setdefault(name, line)
    return found


def _variables(node: yaml.Node, seen: set[int]) -> Iterator[tuple[str, int]]:
    if id(node) in seen:  # an alias: the anchor has been looked at
        return
    seen.add(id(node))
    if isinstance(node, yaml.ScalarNode):
        yield from _interpolated(node)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _variables(item, seen)
    elif isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == "environment":
                yield from _handed(value)
            yield from _variables(value, seen)


def _interpolated(node: yaml.ScalarNode) -> Iterator[tuple[str, int]]:
    for match in _REFERENCE.finditer(node.value):
        if name := match["plain"] or match["braced"]:
            yield name, node.start_mark.line + 1


def _handed(node: yaml.Node) -> Iterator[tuple[str, int]]:
    """Yield the keys of `environment:`, a mapping or a list of `NAME=value`."""
    if isinstance(node, yaml.MappingNode):
        for key, _ in node.value:
            if key.value != "<<":
                yield key.value, key.start_mark.line + 1
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            if isinstance(item, yaml.ScalarNode):
                name = item.value.partition("=")[0].strip()
                if "$" not in name:
                    yield name, item.start_mark.line + 1
