"""The kernel of a report: the interpreter that runs qgate, whatever kernels are installed."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from traitlets import Dict, Unicode


class OwnKernelManager(AsyncKernelManager):
    """Starts ipykernel of this interpreter, with all of its files below one folder.

    It looks at no kernel specification and at no profile of the person, writes nothing to
    the home folder, and speaks through sockets of the file system instead of ports.

    Configured by traits: `folder`, which must be short as the names of sockets are, and
    `environ`, the whole environment of the kernel.
    """

    folder = Unicode(config=True)
    environ = Dict(config=True)

    def __init__(self, **kwargs: Any) -> None:  # noqa: ANN401 - of the base class
        super().__init__(**kwargs)
        self.transport = "ipc"
        self.connection_file = str(Path(self.folder) / "kernel.json")

    @property
    def kernel_spec(self) -> KernelSpec:
        """What is started."""
        argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        return KernelSpec(argv=argv, display_name="Python 3", language="python")

    @property
    def log_file(self) -> Path:
        """What the kernel itself says."""
        return Path(self.folder) / "kernel.log"

    async def start_kernel(  # type: ignore[override]
        self,
        **kwargs: Any,  # noqa: ANN401 - of the base class
    ) -> None:
        """Start it, its own talk going to a file."""
        own = {"IPYTHONDIR": str(Path(self.folder) / "ipython")}
        with self.log_file.open("wb") as log:
            await super().start_kernel(
                **kwargs,
                cwd=self.folder,
                env={**self.environ, **own},
                stdout=log,
                stderr=log,
            )
