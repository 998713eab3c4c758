"""Ends the specs when the run that started them is gone, however it ended."""

from __future__ import annotations

import os
import signal
import stat
import threading


def watch_lifeline() -> None:
    """End the whole process group when stdin, a pipe that the run keeps open, closes.

    Playwright's driver ends the browsers when the process that started it is gone. Nothing
    happens where stdin is no pipe, as when a person runs pytest.
    """
    if not stat.S_ISFIFO(os.fstat(0).st_mode):
        return
    pipe = os.dup(0)  # pytest puts something else in its place while it captures

    def wait() -> None:
        while os.read(pipe, 1024):
            pass
        os.killpg(os.getpgrp(), signal.SIGKILL)

    threading.Thread(target=wait, name="qgate-lifeline", daemon=True).start()
