"""Images on a real engine, pushed to and pulled from a real registry."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tarfile
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from qgate.cli import app
from qgate.delivery import image, registry
from qgate.environment import Environment, containers
from qgate.errors import EnvironmentProblem, QgateError, UsageError
from qgate.frames import rows
from qgate.progress import Silence
from tests.support.containers import registry as serve

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from qgate.environment.containers import Engine
    from tests.support.delivery import Bench

pytestmark = pytest.mark.containers

SECRET = "canary-registry-5d20"
SMALL = "localhost/qgate-tests/small:1"
_HASH = "import crypt; print(crypt.crypt(input(), crypt.mksalt(crypt.METHOD_BLOWFISH)))"


@pytest.fixture(scope="module")
def engine(bench: Bench) -> Iterator[Engine]:
    with containers.connected(bench.settings()) as connected:
        yield connected


@pytest.fixture(scope="module")
def small(bench: Bench, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return an image of 3 MB that cannot be compressed."""
    path = tmp_path_factory.mktemp("small") / "small.tar"
    with tarfile.open(path, mode="w") as tar:
        entry = tarfile.TarInfo("data")
        data = os.urandom(3_000_000)
        entry.size = len(data)
        tar.addfile(entry, io.BytesIO(data))
    bench.engine.podman("import", str(path), SMALL)
    return SMALL


def test_the_engine_is_shown_with_its_version(bench: Bench) -> None:
    with Environment(bench.settings()) as environment:
        found = {row["component"]: row for row in rows(environment.components())}
    row = found["Container engine"]
    assert row["status"] == "ready"
    assert row["version"].startswith("Podman Engine ")
    assert row["path"] == bench.engine.url


def test_an_engine_that_is_down_is_told(bench: Bench) -> None:
    for address in ("unix:///nowhere.sock", "tcp://127.0.0.1:1"):
        with pytest.raises(EnvironmentProblem, match=r"does not answer \([A-Z]"):
            containers.connect(bench.settings(DOCKER_HOST=address))
    with pytest.raises(UsageError, match="is no address of a container engine"):
        containers.connect(bench.settings(DOCKER_HOST="nonsense"))


def test_an_image_has_what_production_needs(bench: Bench, engine: Engine) -> None:
    name = bench.image(
        "requirements",
        **{
            "requirements.txt": "humanize>=4  # with a remark\n",
            "e2e/test_not_in_it.py": "",
            "__pycache__/x.pyc": "",
            ".env": f"PASSWORD={SECRET}\n",
        },
    )
    found = image.inspect(engine, name)
    assert found
    [row] = rows(found.frame())
    assert row["size"] < 2e9
    assert row["user"] == "odoo"
    assert row["healthcheck"] is True
    assert len(row["layers"]) == len(row["layer_sizes"]) >= 4
    assert found.modules == {"qgate_shelf": "19.0.1.0.0"}
    head = subprocess.run(
        ["git", "-C", bench.folder, "rev-parse", "HEAD"],
        check=True,
        capture_output=True,
        text=True,
    )
    assert found.revision == head.stdout.strip()
    assert found.labels[image.CREATED].endswith("+00:00")
    source = (
        "import humanize, os, pathlib; print(os.getuid(), humanize.__file__,"
        " *sorted(p.name for p in pathlib.Path('/mnt/extra-addons').rglob('*')))"
    )
    said = engine.client.containers.run(
        name, ["-c", source], entrypoint=["python3"], remove=True, network_mode="none"
    ).decode()
    health = engine.client.containers.run(
        name,
        ["-c", "sh -c 'python3 /opt/qgate/healthcheck.py $HTTP_PORT' || echo sick"],
        entrypoint=["sh"],
        remove=True,
        network_mode="none",
    ).decode()
    assert "sick" in health  # nobody answers in there
    assert said.startswith("101 /opt/qgate/site/humanize/")
    assert "shelf.py" in said
    for left_out in ("test_not_in_it.py", ".env", "x.pyc"):
        assert left_out not in said


def test_a_second_build_takes_its_layers_from_the_cache(
    bench: Bench, engine: Engine
) -> None:
    config = bench.settings()
    tags = ("localhost/qgate-shelf:a", "localhost/qgate-shelf:b")
    layers = [
        image.build(config, engine, Silence(), base=bench.base, tag=tag).attributes[
            "RootFS"
        ]["Layers"]
        for tag in tags
    ]
    assert layers[0] == layers[1]


def test_a_wrong_base_or_package_or_size_is_told(bench: Bench, engine: Engine) -> None:
    config = bench.settings()
    with pytest.raises(UsageError, match="Pulling the base image 127.0.0.1:1/nope"):
        image.build(config, engine, Silence(), base="127.0.0.1:1/nope:1")
    with pytest.raises(UsageError, match="is no name of an image"):
        image.build(config, engine, Silence(), base="No Name")
    found = image.inspect(engine, bench.image("one"))
    assert found
    tight = config.model_copy(
        update={
            "readiness": config.readiness.model_copy(update={"max_image_size": 0.1})
        }
    )
    with pytest.raises(EnvironmentProblem, match=r"GB, above 0.1 GB"):
        image.check_size(tight, found)


def test_a_pushed_image_comes_back_with_the_same_digest(
    bench: Bench, engine: Engine, small: str, tmp_path: Path
) -> None:
    with serve(tmp_path) as where:
        pushed = registry.push(
            bench.settings(), engine, Silence(), small, registry=f"{where}/team"
        )
        assert pushed.startswith(f"{where}/team/small@sha256:")
        back = registry.pull(bench.settings(), engine, f"{where}/team/small:1")
        assert back.id == engine.client.images.get(small).id
        with pytest.raises(UsageError, match="The registry has no image .*:nope"):
            registry.pull(bench.settings(), engine, f"{where}/team/small:nope")
        with pytest.raises(UsageError, match="has no image localhost/none:1"):
            registry.push(
                bench.settings(), engine, Silence(), "localhost/none:1", registry=where
            )
    with pytest.raises(EnvironmentProblem, match="connection refused"):
        registry.pull(bench.settings(), engine, f"{where}/team/small:2")


def test_the_command_pushes_and_prints_the_digest(
    bench: Bench, small: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(bench.folder)
    monkeypatch.setenv("DOCKER_HOST", bench.engine.url)
    with serve(tmp_path) as where:
        done = CliRunner().invoke(app, ["image", "push", small, "--registry", where])
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith(f"{where}/small@sha256:")
    done = CliRunner().invoke(
        app, ["image", "push", "localhost/no:1", "--registry", "x"]
    )
    assert done.exit_code == 2
    assert "has no image localhost/no:1" in done.stderr


def test_credentials_come_from_the_environment_and_go_nowhere(
    bench: Bench, engine: Engine, small: str, tmp_path: Path
) -> None:
    hashed = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", _HASH],
        input=SECRET,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    (tmp_path / "htpasswd").write_text(f"robot:{hashed}")
    locked = f"auth: {{htpasswd: {{realm: test, path: {tmp_path}/htpasswd}}}}\n"
    with serve(tmp_path, locked) as where:
        for password, refused in (("canary-wrong-77", True), (SECRET, False)):
            config = bench.settings(
                **{registry.USER: "robot", registry.PASSWORD: password}
            )
            if not refused:
                assert "@sha256:" in registry.push(
                    config, engine, Silence(), small, registry=where
                )
                continue
            with pytest.raises(EnvironmentProblem, match="refuses the login") as told:
                registry.push(config, engine, Silence(), small, registry=where)
            assert password not in str(told.value)
            assert told.value.__cause__ is None
        half = bench.settings(**{registry.USER: "robot"})
        with pytest.raises(UsageError, match="Only one of QGATE_REGISTRY_USER"):
            registry.push(half, engine, Silence(), small, registry=where)
    assert SECRET.encode() not in (tmp_path / "registry.log").read_bytes()


def test_a_full_registry_is_told(
    bench: Bench, engine: Engine, small: str, tmp_path: Path
) -> None:
    with (
        serve(tmp_path, largest_file=1_000_000) as where,
        pytest.raises(QgateError, match="is full or cannot store it"),
    ):
        registry.push(bench.settings(), engine, Silence(), small, registry=where)
