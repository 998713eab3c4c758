"""Arguments that qgate adds to Locust's own; a master passes them on to its workers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from locust import events

from qgate.performance.plan import PASSWORD

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from locust.argument_parser import LocustArgumentParser


@events.init_command_line_parser.add_listener
def add(parser: LocustArgumentParser) -> None:
    """Add the arguments; the defaults suit a locustfile that somebody tries by hand."""
    parser.add_argument(
        "--qgate-database", default="", help="database that the users log in to"
    )
    parser.add_argument(
        "--qgate-logins",
        default="{}",
        help="logins of each module's users, as JSON; admin when there are none",
    )
    parser.add_argument(
        "--qgate-password",
        env_var=PASSWORD,
        default="admin",
        help="password of the users; better given by the variable",
        include_in_web_ui=False,
    )
    parser.add_argument(
        "--qgate-wait-min", type=float, default=1, help="shortest pause, seconds"
    )
    parser.add_argument(
        "--qgate-wait-max", type=float, default=3, help="longest pause, seconds"
    )


def packed(logins: Mapping[str, Sequence[str]]) -> str:
    """Return the value of `--qgate-logins`."""
    return json.dumps({module: list(names) for module, names in logins.items()})
