"""`python -m qgate.tools.isort_driver CONFIG FILES...`: what isort says of each file, as JSON.

Its own program stops at the first file that it cannot decode, and names no file that is sorted.
"""

from __future__ import annotations

import contextlib
import io
import json
import sys
import warnings

from isort import api
from isort.exceptions import FileSkipped, ISortError
from isort.settings import Config


def _state(path: str, config: Config) -> str:
    try:
        return "sorted" if api.check_file(path, config=config) else "unsorted"
    except FileSkipped:
        return "skipped"
    except (ISortError, OSError, ValueError) as error:
        return f"error: {error}"


def main(config_file: str, *paths: str) -> None:
    """Write an object with, for each path, `sorted`, `unsorted`, `skipped` or `error: why`."""
    with warnings.catch_warnings():
        # A configuration that isort would ignore with a warning must not be ignored here.
        warnings.simplefilter("error")
        config = Config(settings_file=config_file)
    with contextlib.redirect_stdout(io.StringIO()):
        states = {path: _state(path, config) for path in paths}
    json.dump(states, sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
