"""Audits: what goes bad without a change of the code, kept in one issue each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from qgate.audit import dependencies, secrets, security

if TYPE_CHECKING:
    from collections.abc import Callable

    from qgate.audit.base import Audit
    from qgate.settings import Settings

AUDITS: Final[dict[str, Callable[[Settings], Audit]]] = {
    "security": security.audit,
    "dependencies": dependencies.audit,
    "secrets": secrets.audit,
}
"""Every audit there is, by name."""
