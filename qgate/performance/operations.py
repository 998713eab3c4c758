"""Operations: what a user does, under the name by which it is judged."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

LOGIN: Final = "Login"
"""Every user logs in once in the measured time."""

_NAME: Final = "qgate_operation"


def operation(
    name: str, weight: int = 1
) -> Callable[[Callable[[Any], None]], Callable[[Any], None]]:
    """Make a method of an `OdooUser` one of its tasks.

    Its requests that have no name of their own are recorded under *name*. In a load that never
    does an operation that a locustfile declares, stage performance fails.

    Args:
        name: What it is judged by, as `List Load`; thresholds are set by the same name.
        weight: How often it is chosen, relative to the other tasks of the class.
    """

    def mark(function: Callable[[Any], None]) -> Callable[[Any], None]:
        @functools.wraps(function)
        def run(user: Any) -> None:  # noqa: ANN401 - whatever class the method is of
            before, user.operation = user.operation, name
            try:
                function(user)
            finally:
                user.operation = before

        # What locust's own decorator `task` leaves on a function.
        run.locust_task_weight = weight  # type: ignore[attr-defined]
        setattr(run, _NAME, name)
        return run

    return mark


def declared(user_class: type) -> list[str]:
    """Return the operations that *user_class* declares, each once, in order."""
    tasks = getattr(user_class, "tasks", ())
    names = [getattr(task, _NAME, None) for task in tasks]
    first = [LOGIN] if hasattr(user_class, "log_in") else []
    more = getattr(user_class, "operations", ())
    return list(dict.fromkeys([*first, *filter(None, names), *more]))
