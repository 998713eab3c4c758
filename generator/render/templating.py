"""The templates' environment: strict, and closed to text that nobody has escaped."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from generator.escaping import checked, code, python, rst, xml, xml_inline

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
        py=python, xml=xml, inline=xml_inline, rst=rst, code=code
    )
    return made


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
