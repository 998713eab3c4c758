"""A specification as the files of a module; nothing is read or written on the way.

The templates mirror the module's tree; what they say is prepared by the modules beside
this one, from names that the specification's types have sanitised and from text that an
escaping function has seen.
"""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final, Literal

from generator.render import files, layout, translations
from generator.render.plan import ModulePlan
from generator.render.result import Rendered

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from generator.spec.model import Spec

Stage = Literal["models", "views", "tests"]

STAGES: Final[tuple[Stage, ...]] = ("models", "views", "tests")
"""What is made, in order; each stands on those before it."""

__all__ = ["STAGES", "Rendered", "Stage", "render"]


def render(
    spec: Spec,
    stage: Stage = "tests",
    *,
    during: Callable[[Stage], AbstractContextManager[object]] = nullcontext,
) -> Rendered:
    """Return the module that *spec* describes.

    Args:
        spec: What the ticket asks for; `generator.spec.check` has nothing against it.
        stage: How far: `models` alone, `views` with access, data and menus, or `tests`
            too, which is all.
        during: Entered for each stage while its files are made.

    Raises:
        UnformattableError: A template made a file that cannot be parsed.
    """
    plan = ModulePlan(spec)
    made = files.Files(plan)
    texts: dict[PurePosixPath, str] = {}
    for name in STAGES[: STAGES.index(stage) + 1]:
        with during(name):
            getattr(made, name)()
            if name == stage:
                made.root()
            texts |= _laid_out(
                {path: text for path, text in made.texts.items() if path not in texts}
            )
            if name == stage != "models":
                place = PurePosixPath(f"i18n/{spec.module}.pot")
                texts[place] = translations.template(plan, texts)
    done = {path: text.encode() for path, text in texts.items()}
    done.update(made.binaries)
    return Rendered(
        files=dict(sorted(done.items())),
        left_to_you=made.left_to_you,
        covered=made.covered,
    )


def _laid_out(texts: dict[PurePosixPath, str]) -> dict[PurePosixPath, str]:
    code = {path: text for path, text in texts.items() if path.suffix == ".py"}
    formatted = layout.python(code) if code else {}
    return {
        path: layout.markup(text) if path.suffix == ".xml" else text
        for path, text in {**texts, **formatted}.items()
    }
