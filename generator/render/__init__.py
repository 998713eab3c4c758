"""A specification as the files of a module; nothing is read or written on the way.

The templates mirror the module's tree; what they say is prepared by the modules beside
this one, from names that the specification's types have sanitised and from text that an
escaping function has seen.
"""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Literal

from generator.render import files, layout, translations
from generator.render.plan import ModulePlan
from generator.render.result import Rendered

if TYPE_CHECKING:
    from collections.abc import Sequence

    from generator.spec.model import Spec

Stage = Literal["models", "views", "tests"]

__all__ = ["Rendered", "Stage", "render"]


def render(spec: Spec, gaps: Sequence[object] = (), stage: Stage = "tests") -> Rendered:
    """Return the module that *spec* describes.

    Args:
        spec: What the ticket asks for; `generator.spec.check` has nothing against it.
        gaps: What the gap analysis found; what is to be extended becomes a dependency.
        stage: How far: `models` alone, `views` with access, data and menus, or `tests`
            too, which is all.

    Raises:
        UnformattableError: A template made a file that cannot be parsed.
    """
    plan = ModulePlan(spec, extra_depends=_extended(gaps))
    made = files.Files(plan, stage)
    python = layout.python(
        {path: text for path, text in made.texts.items() if path.suffix == ".py"}
    )
    texts = {
        path: layout.markup(text) if path.suffix == ".xml" else text
        for path, text in {**made.texts, **python}.items()
    }
    if stage != "models":
        place = PurePosixPath(f"i18n/{spec.module}.pot")
        texts[place] = translations.template(plan, texts)
    done = {path: text.encode() for path, text in texts.items()}
    done.update(made.binaries)
    return Rendered(
        files=dict(sorted(done.items())),
        left_to_you=made.left_to_you,
        covered=made.covered,
    )


def _extended(gaps: Sequence[object]) -> list[str]:
    """Return the modules of Odoo itself that the module builds on."""
    return [
        str(getattr(gap, "module", ""))
        for gap in gaps
        if getattr(gap, "recommendation", "") == "extend"
        and getattr(gap, "source", "") == "core"
    ]
