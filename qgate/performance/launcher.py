"""Runs Locust for stage performance: `python -m qgate.performance.launcher PLAN`.

With `--describe` it only loads the locustfiles and writes down what they declare.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import gevent
from gevent.os import tp_read
from locust.main import main as locust

from qgate.performance import loading, locustfile, options, recorder
from qgate.performance.journal import DECLARED, PROBLEM
from qgate.performance.plan import STOP_SECONDS, Plan
from qgate.performance.timeline import Timeline

_WORKER_WAIT_SECONDS = 60


def main() -> None:
    """Load the locustfiles, and run Locust unless only what they declare is asked for."""
    *words, path = sys.argv[1:]
    plan = Plan.load(Path(path))
    recorder.RECORDER.open(Path(plan.journal))
    try:
        users, operations = loading.load(plan.locustfiles)
    except loading.LocustfileError as error:
        recorder.RECORDER.write(PROBLEM, message=str(error))
        sys.exit(f"{error}.")
    recorder.RECORDER.write(DECLARED, users=users, operations=operations)
    if "--describe" in words:
        return
    gevent.spawn(_watch_lifeline)
    Timeline(plan).attach()
    sys.argv = ["locust", *arguments(plan)]
    locust()


def arguments(plan: Plan) -> list[str]:
    """Return Locust's own arguments; the password comes by the environment."""
    words = [
        *("-f", str(Path(locustfile.__file__)), "--headless", "--host", plan.host),
        *("--users", str(plan.users), "--spawn-rate", str(plan.spawn_rate)),
        *("--stop-timeout", f"{STOP_SECONDS:.0f}", "--exit-code-on-error", "0"),
        *("--html", f"{plan.evidence}/locust.html"),
        *("--csv", f"{plan.evidence}/locust", "--csv-full-history", "--only-summary"),
        *("--qgate-database", plan.database),
        *("--qgate-logins", options.packed(plan.logins)),
        *("--qgate-wait-min", str(plan.wait_min)),
        *("--qgate-wait-max", str(plan.wait_max)),
        *("--expect-workers-max-wait", str(_WORKER_WAIT_SECONDS)),
    ]
    if plan.workers:
        host, port = "127.0.0.1", str(plan.port)
        if plan.master:
            host, _, port = plan.master.rpartition(":")
        words += ["--master-bind-host", host, "--master-bind-port", port]
        if plan.processes > 1:
            # The workers here; those on other machines are waited for as well.
            words += ["--processes", str(plan.processes)]
            words += ["--master-host", "127.0.0.1", "--master-port", port]
        else:
            words += ["--master", "--expect-workers", str(plan.workers)]
    return words


def _watch_lifeline() -> None:
    """End the whole process group when the process that started us is gone.

    Our stdin is a pipe that it keeps open; reading it returns when it ends, however it does.
    """
    while tp_read(0, 1024):
        pass
    os.killpg(os.getpgrp(), signal.SIGKILL)


if __name__ == "__main__":
    main()
