"""What a locustfile imports: users who speak Odoo's JSON-RPC, and named operations.

Locust replaces parts of Python's standard library when it is imported, so it is imported only
in processes that are Locust; qgate itself reads what they leave.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from qgate.performance.operations import operation
    from qgate.performance.user import OdooError, OdooUser

__all__ = ["OdooError", "OdooUser", "operation"]

_HOMES = {
    "OdooError": "qgate.performance.user",
    "OdooUser": "qgate.performance.user",
    "operation": "qgate.performance.operations",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - a module's attribute may be anything
    if name not in _HOMES:
        message = f"module 'qgate.performance' has no attribute {name!r}"
        raise AttributeError(message)
    from importlib import import_module  # noqa: PLC0415 - see above

    return getattr(import_module(_HOMES[name]), name)
