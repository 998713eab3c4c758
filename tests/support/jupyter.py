"""A real JupyterLab on loopback, and a notebook in a real Chromium."""

from __future__ import annotations

import json
import os
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import requests

from qgate import process
from qgate.environment.serving import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

TOKEN: Final = "only-for-this-test"
_START_SECONDS: Final = 60


@contextmanager
def jupyterlab(root: Path, log: Path) -> Iterator[str]:
    """Serve *root* with JupyterLab as long as the block lasts; give its address."""
    port = free_port()
    home = log.parent
    _without_news(home / "config")
    env = dict(os.environ) | {
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "JUPYTER_PLATFORM_DIRS": "1",
    }
    argv = [
        *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"),
        *("--ip=127.0.0.1", f"--port={port}", f"--IdentityProvider.token={TOKEN}"),
        *(
            f"--ServerApp.root_dir={root}",
            "--LabApp.news_url=",
            "--ServerApp.port_retries=0",
        ),
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    ]
    with process.background("jupyterlab", argv, env=env, log=log, cwd=root):
        address = f"http://127.0.0.1:{port}"
        _wait(address, log)
        yield address


def _without_news(config: Path) -> None:
    """Keep the question about news from covering what is looked at."""
    folder = config / "lab/user-settings/@jupyterlab/apputils-extension"
    folder.mkdir(parents=True)
    settings = json.dumps({"fetchNews": "false"})
    (folder / "notification.jupyterlab-settings").write_text(settings)


def _wait(address: str, log: Path) -> None:
    limit = time.monotonic() + _START_SECONDS
    while time.monotonic() < limit:
        try:
            if requests.get(f"{address}/api?token={TOKEN}", timeout=5).ok:
                return
        except requests.ConnectionError:
            pass
        time.sleep(0.3)
    raise AssertionError(log.read_text()[-2000:])


@contextmanager
def notebook(browser: Browser, address: str, path: str) -> Iterator[Page]:
    """Open the notebook at *path* and run all its cells."""
    context = browser.new_context(viewport={"width": 1500, "height": 1100})
    page = context.new_page()
    page.set_default_timeout(60_000)
    try:
        page.goto(f"{address}/lab/tree/{path}?token={TOKEN}&reset")
        page.wait_for_selector(".jp-Notebook .jp-Cell")
        page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
        yield page
    finally:
        context.close()
