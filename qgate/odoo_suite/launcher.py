"""Runs in Odoo's interpreter: starts coverage, keeps a journal of the tests, starts Odoo.

`python launcher.py PLAN [ODOO ARGUMENTS...]`, where PLAN is a JSON file with `journal`,
`coverage` (data file), `source` (folders to measure) and `omit` (patterns). It imports nothing
of qgate, as Odoo's interpreter does not have it.

The journal has one JSON object a line, written at once, so that nothing is lost when the
process ends early: `start`, `stop`, `skip`, `error`, `failure`, `success`, `suite`,
`shutdown`, `coverage`. The last two are only written when Odoo's server has come to its
regular end; a test that calls `sys.exit(0)` or `os._exit(0)` does not get there.
"""

from __future__ import annotations

import sys

del sys.path[0]  # this folder, whose modules must not hide others of the same names

import json
import os
import pathlib
import signal
import threading
import time

import coverage

IDLE = ""
"""Coverage context while no test runs."""

SETUP = "setUpClass"
"""Coverage context before the first test of a suite, when its class is set up."""


class Journal:
    """Appends one line an event, unbuffered."""

    def __init__(self, path):
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)

    def write(self, event, **values):
        """Append one event."""
        line = json.dumps({"event": event, "at": time.time(), **values})
        os.write(self._file, line.encode() + b"\n")


def watch_lifeline():
    """End the whole process group when the process that started us is gone.

    Our stdin is a pipe that it keeps open; reading it returns when it ends, however it does.
    """

    def wait():
        while os.read(0, 1024):
            pass
        os.killpg(os.getpgrp(), signal.SIGKILL)

    threading.Thread(target=wait, name="qgate-lifeline", daemon=True).start()


def identity(test):
    """Return module, class and method of a test, a subtest, or a broken class set-up."""
    while getattr(test, "test_case", None) is not None:
        test = test.test_case
    method = getattr(test, "_testMethodName", None)
    if method is not None:
        kind = type(test)
        return {
            "module": kind.__module__,
            "class": kind.__qualname__,
            "test": method,
        }
    # Odoo calls it `setUpClass (odoo.addons.x.tests.test_y.TestZ)`.
    what, _, where = str(test.id()).partition(" (")
    module, _, kind = where.rstrip(")").rpartition(".")
    return {"module": module, "class": kind, "test": what}


def hook(journal, measured):
    """Make Odoo's test result write the journal and switch coverage contexts."""
    from odoo import sql_db
    from odoo.service import server
    from odoo.tests import loader, result

    kind = result.OdooTestResult
    original = {
        name: getattr(kind, name)
        for name in ("startTest", "stopTest", "addSuccess", "addSkip", "logError")
    }

    def start_test(self, test):
        names = identity(test)
        measured.switch_context("{module}.{class}.{test}".format(**names))
        journal.write("start", **names)
        original["startTest"](self, test)
        self.qgate_begun = time.monotonic(), sql_db.sql_counter

    def stop_test(self, test):
        begun, queries = self.qgate_begun
        journal.write(
            "stop",
            **identity(test),
            seconds=time.monotonic() - begun,
            queries=sql_db.sql_counter - queries,
        )
        original["stopTest"](self, test)

    def add_success(self, test):
        journal.write("success", **identity(test))
        original["addSuccess"](self, test)

    def add_skip(self, test, reason):
        journal.write("skip", **identity(test), message=str(reason))
        original["addSkip"](self, test, reason)

    def log_error(self, flavour, test, error):
        message = self._exc_info_to_string(error, test)
        if getattr(test, "test_case", None) is not None:
            message = f"Subtest {test._subDescription()}\n{message}"
        event = "failure" if flavour == "FAIL" else "error"
        if self._soft_fail:  # a try that Odoo repeats; the last one counts
            event = "retried"
        journal.write(event, **identity(test), message=message)
        original["logError"](self, flavour, test, error)

    kind.startTest = start_test
    kind.stopTest = stop_test
    kind.addSuccess = add_success
    kind.addSkip = add_skip
    kind.logError = log_error

    run_suite = loader.run_suite
    make_suite = loader.make_suite
    phases = {}

    def noted_suite(module_names, position="at_install"):
        suite = make_suite(module_names, position)
        phases[id(suite)] = position
        return suite

    def watched_suite(suite, global_report=None):
        journal.write(
            "suite", phase=phases.get(id(suite)), tests=suite.countTestCases()
        )
        measured.switch_context(SETUP)
        try:
            return run_suite(suite, global_report)
        finally:
            measured.switch_context(IDLE)

    loader.make_suite = noted_suite
    loader.run_suite = watched_suite

    run = server.ThreadedServer.run

    def run_to_the_end(self, *arguments, **options):
        code = run(self, *arguments, **options)
        journal.write("shutdown", code=code)
        return code

    server.ThreadedServer.run = run_to_the_end


def main():
    """Run Odoo's server under coverage, then save what was measured."""
    with pathlib.Path(sys.argv[1]).open(encoding="utf-8") as file:
        plan = json.load(file)
    watch_lifeline()
    journal = Journal(plan["journal"])
    measured = coverage.Coverage(
        data_file=plan["coverage"],
        branch=True,
        source=plan["source"],
        omit=plan["omit"],
        config_file=False,
        messages=False,
    )
    measured.start()
    sys.argv = ["odoo", *sys.argv[2:]]
    code = 0
    try:
        # The command line is loaded first: it prepares what odoo's other modules need.
        from odoo.cli import command

        hook(journal, measured)
        command.main()
    except SystemExit as error:
        code = error.code
    finally:
        measured.stop()
        measured.save()
        journal.write("coverage", files=len(measured.get_data().measured_files()))
    sys.exit(code)


if __name__ == "__main__":
    main()
