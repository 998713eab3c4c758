"""What all tests of deploys share: engine, database server, workspace and images."""

from __future__ import annotations

import contextlib
import os
import subprocess
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from qgate import settings
from qgate.delivery import image
from qgate.environment import containers as engines
from qgate.progress import Silence
from tests.support import containers
from tests.support.delivery import shelf, template
from tests.support.delivery.postgres import DATABASE_PASSWORD, postgres
from tests.support.delivery.template import PASSWORD

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from qgate.settings import Settings
    from tests.support.containers import Engine
    from tests.support.delivery.postgres import Postgres


@dataclass
class Bench:
    """All that the tests of deploys share.

    Attributes:
        folder: Workspace with the module, a git checkout.
        engine: The engine.
        postgres: The database server.
        images: Names of the images built so far, by what is special about them.
    """

    folder: Path
    engine: Engine
    postgres: Postgres
    base: str
    images: dict[str, str] = field(default_factory=dict)

    def settings(self, **environ: str) -> Settings:
        """Return the settings of the workspace, with the secrets in the environment."""
        return settings.load(root=self.folder, environ=self.environ() | environ)

    def environ(self) -> dict[str, str]:
        """Return the environment of a deploy."""
        return {
            **os.environ,
            "DOCKER_HOST": self.engine.url,
            "QGATE_SMOKE_LOGIN": "admin",
            "QGATE_SMOKE_PASSWORD": PASSWORD,
            "SHELF_PASSWORD": DATABASE_PASSWORD,
        }

    def image(self, kind: str, base: str = "", **files: str) -> str:
        """Return the name of an image, built when it is first asked for.

        Args:
            kind: What is special about it.
            base: Image it starts from.
            **files: Contents of files of the module that differ, by name with `__slash__` for `/`.
        """
        if kind not in self.images:
            shelf.commit(self.folder, kind, **files)
            config = self.settings()
            client = engines.connect(config)
            try:
                built = image.build(
                    config,
                    client,
                    Silence(),
                    base=base or self.base,
                    tag=f"localhost/qgate-shelf:{kind}",
                )
            finally:
                client.close()
            _pass_gate(self.folder, config)
            self.images[kind] = f"qgate-shelf:{kind}"
            self.engine.podman("tag", built.id, f"docker.io/library/qgate-shelf:{kind}")
        return self.images[kind]


def _pass_gate(folder: Path, config: Settings) -> None:
    """Run the real gate, its cheapest stage, on what is committed."""
    from qgate import pipeline  # noqa: PLC0415 - imports much

    plan = pipeline.make_plan(config, profile="quick")
    assert pipeline.execute(plan).verdict == "passed", folder


@contextlib.contextmanager
def bench(folder: Path) -> Iterator[Bench]:
    """Give engine, database server and a workspace; the template is made when missing."""
    git_folder = folder / "workspace"
    git_folder.mkdir(parents=True)
    (git_folder / "qgate.toml").write_text(
        '[static]\ntools = ["data-files"]\n[profiles.quick]\nstages = ["static"]\n'
    )
    (git_folder / ".gitignore").write_text("reports/\n/qgate-*.toml\n")
    subprocess.run(["git", "init", "-q", git_folder], check=True)
    with containers.engine() as engine, postgres() as server:
        _forget_images(engine)
        made = Bench(git_folder, engine, server, containers.base_image(engine))
        made.image("one")
        template.make(made)
        try:
            yield made
        finally:
            _clear(engine)


def _forget_images(engine: Engine) -> None:
    """Take the names from images of earlier sessions; their layers stay in the cache."""
    found = engine.podman("images", "--format", "{{.Repository}}:{{.Tag}}").split()
    for name in found:
        if "/qgate-shelf:" in name:
            engine.podman("untag", name, name)


def _clear(engine: Engine) -> None:
    left = engine.podman("ps", "-aq", "--filter", "label=org.qgate.target").split()
    if left:
        engine.podman("rm", "-f", "-t", "0", *left)
    engine.podman("image", "prune", "-f")
