"""The frames of a watch; they belong to no run."""

from __future__ import annotations

from typing import Final

import pyarrow as pa

from qgate.frames.schema import Column, Table

_TEXT: Final = pa.string()
_WHOLE: Final = pa.int64()
_REAL: Final = pa.float64()
_TIME: Final = pa.timestamp("ms", tz="UTC")

SAMPLES: Final = Table(
    "operations",
    1,
    "One look at a running Odoo.",
    (
        Column("at", _TIME, "When it was asked.", key=True),
        Column("url", _TEXT, "Address of the server, without credentials.", key=True),
        Column("healthy", pa.bool_(), "Whether /web/health passed, database included."),
        Column("status", _WHOLE, "HTTP status of the answer.", optional=True),
        Column("response_time", _REAL, "Until the answer.", unit="ms", optional=True),
        Column("problem", _TEXT, "Why it is not healthy.", optional=True),
        Column(
            "requests",
            _WHOLE,
            "Requests in its log since the look before, health checks apart.",
            optional=True,
        ),
        Column(
            "errors",
            _WHOLE,
            "Errors in its log since then: answers 5xx, or entries of level ERROR and "
            "CRITICAL, whichever are more.",
            optional=True,
        ),
        Column(
            "error_rate",
            _REAL,
            "Errors for each request, 100 at most and where there was none.",
            unit="%",
            optional=True,
        ),
        Column("connections", _WHOLE, "To the database watched.", optional=True),
        Column("active", _WHOLE, "Of those, running a query.", optional=True),
        Column(
            "all_connections", _WHOLE, "To all databases of the server.", optional=True
        ),
        Column("max_connections", _WHOLE, "That the server takes.", optional=True),
        Column("blind", _TEXT, "What could not be sampled, and why.", optional=True),
    ),
)

ALERTS: Final = Table(
    "alerts",
    1,
    "One alert that was raised, or that is over.",
    (
        Column("at", _TIME, "When.", key=True),
        Column("url", _TEXT, "Address of the server.", key=True),
        Column(
            "kind",
            _TEXT,
            "health, response_time, error_rate, connections or blind.",
            key=True,
        ),
        Column("state", _TEXT, "raised or over."),
        Column("message", _TEXT, "What is wrong, one sentence."),
    ),
)
