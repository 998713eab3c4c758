"""One field of a model's class, as it is written."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import Final

from generator.escaping import Escaped, code, python
from generator.render import naming

YES: Final = python(value=True)
NO: Final = python(value=False)


@dataclass(frozen=True)
class FieldView:
    """One field of a model's class.

    Attributes:
        name: Its name.
        kind: Its class in `odoo.fields`.
        positional: Arguments without a name.
        arguments: Arguments with their names, in order.
    """

    name: str
    kind: str
    positional: tuple[Escaped, ...] = ()
    arguments: tuple[tuple[str, Escaped], ...] = ()

    @property
    def label(self) -> str:
        """What people read beside it."""
        return self.text("string") or naming.default_label(self.name)

    def text(self, name: str) -> str:
        """Return an argument that is a text, empty where there is none."""
        given = dict(self.arguments).get(name)
        return str(ast.literal_eval(given)) if given else ""

    @property
    def call(self) -> Escaped:
        """The call that makes the field."""
        named = [f"{name}={value}" for name, value in self.arguments]
        return code(f"fields.{self.kind}({', '.join([*self.positional, *named])})")
