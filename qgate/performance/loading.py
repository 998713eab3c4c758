"""Loads the locustfiles of several modules into one process."""

from __future__ import annotations

import importlib.util
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Final

from locust import LoadTestShape
from locust.util.load_locustfile import is_user_class

from qgate.performance.operations import declared

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import ModuleType

    from locust import User

LOADED: Final[dict[str, type[User]]] = {}
"""The user classes, by name, once they are loaded."""


class LocustfileError(Exception):
    """A locustfile is of no use; the text says why, in one sentence."""


def load(files: Mapping[str, str]) -> tuple[dict[str, list[str]], list[str]]:
    """Load *files* into `LOADED`; return the names of user classes, and the operations.

    Args:
        files: Path of the locustfile, by module.

    Raises:
        LocustfileError: One cannot be imported, declares no user, or two declare the same.
    """
    users: dict[str, list[str]] = {}
    operations: list[str] = []
    for number, (module, path) in enumerate(files.items()):
        found = _users(_imported(f"locustfile_{number}", Path(path)), path)
        users[module] = sorted(found)
        for name, user in found.items():
            if name in LOADED:
                message = f"Two locustfiles declare a user {name}; one is {path}"
                raise LocustfileError(message)
            if hasattr(user, "module"):
                user.module = user.module or module
            LOADED[name] = user
            operations += declared(user)
    return users, list(dict.fromkeys(operations))


def _imported(name: str, path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        message = f"{path} is no Python file"
        raise LocustfileError(message)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    sys.path.insert(0, str(path.parent))  # for what lies beside it
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        place = _line(error, path)
        said = str(error).splitlines()[0] if str(error) else "no message"
        message = f"{path}{place} cannot be imported ({type(error).__name__}: {said})"
        raise LocustfileError(message) from error
    finally:
        sys.path.remove(str(path.parent))
    return module


def _line(error: BaseException, path: Path) -> str:
    if isinstance(error, SyntaxError):
        return f", line {error.lineno}," if error.lineno else ""
    lines = [
        frame.lineno
        for frame in traceback.extract_tb(error.__traceback__)
        if Path(frame.filename) == path
    ]
    return f", line {lines[-1]}," if lines else ""


def _users(module: ModuleType, path: str) -> dict[str, type[User]]:
    own = {
        name: value
        for name, value in vars(module).items()
        if getattr(value, "__module__", None) == module.__name__
    }
    if any(
        isinstance(value, type) and issubclass(value, LoadTestShape)
        for value in own.values()
    ):
        message = f"{path} declares a load shape, but users and times are configured"
        raise LocustfileError(message)
    found = {name: value for name, value in own.items() if is_user_class(value)}
    if not found:
        message = f"{path} declares no user"
        raise LocustfileError(message)
    idle = [name for name, value in found.items() if not value.tasks]
    if idle:
        message = f"User {idle[0]} of {path} has no task"
        raise LocustfileError(message)
    return found
