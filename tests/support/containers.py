"""A real engine, a real registry and a real Odoo base image, on machines that have none.

Podman's API socket answers as Docker's does. The base image is made once, from Debian's own
packages and the Odoo that qgate is provisioned with, and kept below QGATE_HOME under a name
made of all that goes into it.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import random
import resource
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from qgate import settings
from qgate.environment import debian
from qgate.environment.component import marker
from qgate.environment.python import odoo_venv, venv_key
from qgate.progress import Silence

if TYPE_CHECKING:
    from collections.abc import Iterator

CONFIGURATION = """\
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
[containers]
default_ulimits = ["nofile=16384:16384", "nproc=32768:32768"]
log_driver = "k8s-file"
"""
PACKAGES = "ca-certificates,python3,libpq5,libmagic1,fonts-dejavu-core"
LEFT_OUT = ("*.po", "*.pot", "__pycache__", "l10n_*", "theme_*")
"""What no test of a container uses; without it the image is half as large."""

BASE = "localhost/qgate-tests/odoo"
_ODOO_CONF = """\
[options]
addons_path = /mnt/extra-addons
data_dir = /var/lib/odoo
"""
_FORMAT = 2
_BLOCK = 256


@dataclass(frozen=True)
class Engine:
    """A running engine.

    Attributes:
        url: What DOCKER_HOST is to be.
        root: Folder of its state.
        environ: Environment of its command line.
    """

    url: str
    root: Path
    environ: dict[str, str]

    def podman(self, *words: str, stdin: object = None) -> str:
        """Run podman on the same storage."""
        done = subprocess.run(
            [*_podman(self.root), *words],
            env=self.environ,
            stdin=stdin,  # type: ignore[call-overload]
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return str(done.stdout)


def _podman(root: Path) -> list[str]:
    return [
        "podman",
        *("--root", str(root / "storage"), "--runroot", str(root / "run")),
    ]


def home() -> Path:
    """Return the folder in which images are kept between runs of the tests."""
    return settings.load().home / "containers"


@contextlib.contextmanager
def engine() -> Iterator[Engine]:
    """Run Podman's API service on a socket of its own; it is gone afterwards."""
    root = home()
    root.mkdir(parents=True, exist_ok=True)
    configuration = root / "containers.conf"
    configuration.write_text(CONFIGURATION)
    with tempfile.TemporaryDirectory(prefix="qgate-engine-") as folder:
        sock = Path(folder) / "podman.sock"
        (Path(folder) / "auth.json").write_text("{}")
        environ = {
            **os.environ,
            "CONTAINERS_CONF": str(configuration),
            "REGISTRY_AUTH_FILE": str(Path(folder) / "auth.json"),
            "CONTAINERS_REGISTRIES_CONF": str(_registries(Path(folder))),
        }
        with (Path(folder) / "log").open("wb") as log:
            server = subprocess.Popen(
                [*_podman(root), "system", "service", "--time=0", f"unix://{sock}"],
                env=environ,
                stdout=log,
                stderr=log,
            )
        try:
            wait_for(sock.exists)
            yield Engine(f"unix://{sock}", root, environ)
        finally:
            server.terminate()
            server.wait()


def _registries(folder: Path) -> Path:
    """Let the engine speak plain HTTP with registries on loopback, as Docker does."""
    path = folder / "registries.conf"
    path.write_text('[[registry]]\nlocation = "127.0.0.1"\ninsecure = true\n')
    return path


def base_image(running: Engine) -> str:
    """Return the name of a base image with Odoo 19 as the official one has it, made once."""
    config = settings.load()
    odoo = config.home / "odoo" / "debian-19.0"
    known = marker(odoo)
    assert known, "run `make setup` first: the base image is made from that Odoo"
    parts = [_FORMAT, known["version"], venv_key(), PACKAGES, LEFT_OUT, _ODOO_CONF]
    key = hashlib.sha256(repr(parts).encode()).hexdigest()[:12]
    name = f"{BASE}:{key}"
    if name in running.podman("images", "--format", "{{.Repository}}:{{.Tag}}").split():
        return name
    venv, _ = odoo_venv(config, Silence())
    with tempfile.TemporaryDirectory(prefix="base-", dir=running.root) as folder:
        tree = Path(folder) / "tree"
        _debootstrap(tree)
        _add_odoo(tree, odoo, venv)
        _compile(tree)
        archive = Path(folder) / "base.tar"
        subprocess.run(["tar", "-C", tree, "-cf", archive, "."], check=True)
        shutil.rmtree(tree)
        running.podman(
            "import", "--change", "ENV ODOO_RC=/etc/odoo/odoo.conf", str(archive), name
        )
    return name


def _debootstrap(tree: Path) -> None:
    mirror = debian.find_mirror(debian._source_texts(debian._SOURCES))
    line = (
        f"deb [signed-by={debian.KEYRING} check-valid-until=no] {mirror} bookworm main"
    )
    subprocess.run(
        [
            *("mmdebstrap", "--quiet", "--variant=minbase", f"--include={PACKAGES}"),
            *('--aptopt=Acquire::Check-Valid-Until "false"', "bookworm", str(tree)),
            line,
        ],
        check=True,
    )


def _add_odoo(tree: Path, odoo: Path, python: Path) -> None:
    ignore = shutil.ignore_patterns(*LEFT_OUT)
    for part in ("usr/lib/python3/dist-packages", "usr/share"):
        shutil.copytree(
            odoo / part, tree / part, symlinks=True, ignore=ignore, dirs_exist_ok=True
        )
    site = next(python.parent.parent.glob("lib/python3*/site-packages"))
    shutil.copytree(
        site,
        tree / "usr/local/lib/python3.11/dist-packages",
        symlinks=True,
        ignore=shutil.ignore_patterns("__pycache__"),
        dirs_exist_ok=True,
    )
    shutil.copy2(odoo / "usr/bin/odoo", tree / "usr/bin/odoo")
    (tree / "etc/odoo").mkdir()
    (tree / "etc/odoo/odoo.conf").write_text(_ODOO_CONF)
    (tree / "mnt/extra-addons").mkdir()
    (tree / "var/lib/odoo").mkdir(parents=True)
    for name in ("passwd", "group"):
        with (tree / "etc" / name).open("a") as file:
            file.write(
                "odoo:x:101:101::/var/lib/odoo:/bin/sh\n"
                if name == "passwd"
                else "odoo:x:101:\n"
            )
    os.chown(tree / "var/lib/odoo", 101, 101)


def _compile(tree: Path) -> None:
    """Compile all modules, as Debian's packages do when they are installed.

    The user that Odoo runs as cannot keep what it compiles, so that each process would do it.
    """
    folders = ("usr/lib/python3", "usr/local/lib/python3.11")
    subprocess.run(
        [
            *("chroot", tree, "python3", "-m", "compileall", "-q"),
            *("--invalidation-mode", "unchecked-hash", "-x", "/cli/templates/"),
            *(f"/{folder}/dist-packages" for folder in folders),
        ],
        check=True,
    )


@contextlib.contextmanager
def registry(
    folder: Path, configuration: str = "", *, largest_file: int | None = None
) -> Iterator[str]:
    """Run the real registry server on loopback; yield its host:port.

    Args:
        folder: Where it keeps images and its log.
        configuration: More of its configuration.
        largest_file: Bytes beyond which it cannot write, as on a full disk.
    """
    port = free_port()
    path = folder / "registry.yml"
    path.write_text(
        "version: 0.1\n"
        "log: {level: error}\n"
        f"storage: {{filesystem: {{rootdirectory: {folder}/registry}}}}\n"
        f"http: {{addr: '127.0.0.1:{port}'}}\n" + configuration
    )
    with (folder / "registry.log").open("wb") as log:
        server = subprocess.Popen(
            ["docker-registry", "serve", str(path)], stdout=log, stderr=log
        )
        if largest_file is not None:
            limits = (largest_file, largest_file)
            resource.prlimit(server.pid, resource.RLIMIT_FSIZE, limits)
    try:
        wait_for(lambda: _answers(f"http://127.0.0.1:{port}/v2/"))
        yield f"127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()


def _answers(url: str) -> bool:
    try:
        urllib.request.urlopen(url, timeout=5).close()  # noqa: S310 - loopback
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


def free_port() -> int:
    """Return a port of the loopback interface that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def claimed_ports() -> Iterator[int]:
    """Claim ports for servers that start later; yield the first of 255.

    No connection that somebody opens takes one of them meanwhile, as they lie below the ports
    that the kernel gives to connections, and no other test does, as the one after them is held.
    """
    words = Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()
    blocks = list(range(_BLOCK * 60, int(words[0]) - _BLOCK, _BLOCK))
    random.shuffle(blocks)
    for first in blocks:
        with contextlib.ExitStack() as held:
            try:
                _hold(held, first + _BLOCK - 1)
                for port in range(first, first + _BLOCK - 1):
                    with contextlib.ExitStack() as briefly:
                        _hold(briefly, port)
            except OSError:
                continue
            yield first
            return
    message = f"No {_BLOCK} ports in a row are free."
    raise AssertionError(message)


def _hold(held: contextlib.ExitStack, port: int) -> None:
    probe = held.enter_context(socket.socket())
    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    probe.bind(("127.0.0.1", port))
    probe.listen()


def wait_for(true: object, seconds: float = 60) -> None:
    """Wait until *true* answers so."""
    deadline = time.monotonic() + seconds
    while not true():  # type: ignore[operator]
        assert time.monotonic() < deadline, f"still not after {seconds} s"
        time.sleep(0.05)
