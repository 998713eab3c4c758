"""Understands tickets: by rules, by a language model, or from recorded answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from generator.intent.base import Intent, IntentProvider, Unclear, Usage
from qgate.errors import UsageError

if TYPE_CHECKING:
    from qgate.settings import Settings

__all__ = ["PROVIDERS", "Intent", "IntentProvider", "Unclear", "Usage", "provider"]

PROVIDERS = ("rules", "anthropic", "replay")


def provider(name: str, settings: Settings, **options: Any) -> IntentProvider:  # noqa: ANN401 - as each reader has them
    """Return the reader of tickets called *name*.

    Args:
        name: `rules`, `anthropic` or `replay`.
        settings: The configuration; its environment has the key of a service.
        **options: What that reader takes besides: see `Model` and `Replay`.

    Raises:
        UsageError: There is none of that name, or it cannot be used.
    """
    if name == "rules":
        from generator.intent.rules import Rules  # noqa: PLC0415 - only what is used

        return Rules()
    if name == "anthropic":
        from generator.intent.model import Model  # noqa: PLC0415 - a second of imports

        return Model(settings, **options)
    if name == "replay":
        from generator.intent.replay import Replay  # noqa: PLC0415 - as above

        return Replay(settings, **options)
    message = f"There is no provider {name}."
    raise UsageError(message, hint=f"Use one of {', '.join(PROVIDERS)}.")
