"""The templates' environment: strict, and closed to text that nobody has escaped."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from generator.escaping import Escaped, checked, code, python, rst, xml, xml_inline

if TYPE_CHECKING:
    from collections.abc import Iterable

TEMPLATES: Final = Path(__file__).parents[1] / "templates" / "module"


@lru_cache(maxsize=1)
def environment() -> Environment:
    """Return Jinja's environment with the escaping functions as globals."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        autoescape=True,
        finalize=checked,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.globals.update(
        py=python,
        xml=xml,
        inline=xml_inline,
        rst=rst,
        code=code,
        items=_items,
        quoted=_quoted,
        selves=_selves,
    )
    return made


def _items(values: Iterable[str]) -> Escaped:
    """Return quoted names with commas between."""
    return code(", ".join(python(value) for value in values))


def _quoted(values: Iterable[str]) -> Escaped:
    """Return the inside of a tuple of names."""
    return _inside([python(value) for value in values])


def _selves(values: Iterable[str]) -> Escaped:
    """Return the inside of a tuple of the tests' attributes."""
    return _inside([code(f"self.{value}") for value in values])


def _inside(parts: list[Escaped]) -> Escaped:
    return code(", ".join(parts) + ("," if len(parts) == 1 else ""))


def fill(template: str, /, **values: object) -> str:
    """Return a template filled with *values*.

    Args:
        template: Its path below `templates/module`.
        values: What it speaks of.

    Raises:
        jinja2.UndefinedError: It speaks of what is not there.
        NotEscapedError: It writes text that no escaping function has seen.
    """
    return environment().get_template(template).render(**values)
