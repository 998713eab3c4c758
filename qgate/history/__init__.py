"""The history: the frames of all runs, as Parquet files at a folder or URL.

`qgate.history(url)` opens one. The room has the name of that function, so the module itself
can be called.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from qgate.history.store import History


def open_history(
    url: str | Path | None = None,
    *,
    config: str | Path | None = None,
    options: Mapping[str, object] | None = None,
) -> History:
    """Open the history at *url*; what `qgate.history(url)` calls.

    Args:
        url: A folder or any fsspec URL (`s3://bucket/gate`); that of the configuration by
            default.
        config: Configuration file, by default `qgate.toml` in the current folder.
        options: Options of the URL's driver, over those of the configuration.

    Raises:
        UsageError: The configuration is wrong, or no driver for the URL is installed.
    """
    # pandas and DuckDB take a second to import; this room is imported with settings.
    from pathlib import Path as Folder  # noqa: PLC0415

    from qgate import settings  # noqa: PLC0415
    from qgate.history.store import History  # noqa: PLC0415

    found = settings.load(Folder(config) if config else None)
    return History(
        str(url) if url is not None else found.history_url,
        {**found.history.options, **(options or {})},
        secrets=found.secrets,
    )


class _CallableModule(ModuleType):
    """A module that is a function too."""

    __call__ = staticmethod(open_history)


sys.modules[__name__].__class__ = _CallableModule

__all__ = ["open_history"]
