from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from qgate import process
from qgate.environment import component, debian, nightly, odoo
from qgate.environment.component import MARKER, HomeProblem
from qgate.environment.postgres import PostgresServer
from qgate.errors import EnvironmentProblem, Interrupted
from tests.support.homes import Notes, home_settings, program, write_odoo, write_venv
from tests.support.workspaces import git

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qgate.environment.odoo import OdooInstallation
    from qgate.settings import Settings


@pytest.fixture(autouse=True)
def _allowed_again() -> Iterator[None]:
    yield
    process.resume()


def find(
    root: Path, *overrides: str, provision: bool = False, **environ: str
) -> OdooInstallation:
    settings = home_settings(root, *overrides, **environ)
    return odoo.find(settings, Notes(), provision=provision)


def provisioned(root: Path, source: str) -> Path:
    """Write what provisioning from *source* leaves."""
    folder = root / "home" / "odoo" / f"{source}-19.0"
    inner = "odoo" if source == "nightly" else "usr/lib/python3/dist-packages"
    write_odoo(folder / inner)
    (folder / MARKER).write_text(f'{{"version": "19.0-{source}"}}')
    return folder


def test_a_named_source_folder(tmp_path: Path) -> None:
    python = write_venv(tmp_path / "home")
    folder = write_odoo(tmp_path / "src")
    found = find(tmp_path, "environment.odoo_path=src")
    assert found.source == "path"
    assert found.version == "19.0"
    assert found.python == python
    assert found.pythonpath == (folder,)
    assert found.addons == (folder / "odoo" / "addons", folder / "addons")
    assert found.core_modules() == {"base", "hr"}
    assert found.command("--version") == [str(python), "-m", "odoo", "--version"]
    by_program = find(tmp_path, f"environment.odoo_path={folder / 'odoo-bin'}")
    assert by_program == found


def test_a_named_folder_without_odoo_is_not_passed_over(tmp_path: Path) -> None:
    write_venv(tmp_path / "home")
    provisioned(tmp_path, "debian")
    with pytest.raises(EnvironmentProblem, match="odoo_path names .*holds no Odoo"):
        find(tmp_path, "environment.odoo_path=nowhere")


@pytest.mark.parametrize("series", ["18, 0", "19, 1", "'saas~18', 4"])
def test_another_series_is_refused(tmp_path: Path, series: str) -> None:
    write_odoo(tmp_path / "src", series)
    with pytest.raises(EnvironmentProblem, match=r"src is Odoo .*, not 19\.0"):
        find(tmp_path, "environment.odoo_path=src")


@pytest.mark.parametrize(
    ("text", "why"), [("version_info = (", "cannot be read"), ("x = 1\n", "no version")]
)
def test_a_broken_release_is_refused(tmp_path: Path, text: str, why: str) -> None:
    (write_odoo(tmp_path / "src") / "odoo" / "release.py").write_text(text)
    with pytest.raises(EnvironmentProblem, match=why):
        find(tmp_path, "environment.odoo_path=src")


def test_a_named_interpreter_runs_the_named_folder(tmp_path: Path) -> None:
    write_odoo(tmp_path / "src")
    python = f"environment.odoo_python={sys.executable}"
    found = find(tmp_path, "environment.odoo_path=src", python)
    assert found.python == Path(sys.executable)
    assert found.pythonpath == (tmp_path / "src",)
    with pytest.raises(EnvironmentProblem, match="cannot import odoo"):
        find(tmp_path, python)


def test_an_interpreter_without_coverage_says_how_to_get_it(tmp_path: Path) -> None:
    write_odoo(tmp_path / "src")
    bare = tmp_path / "bare"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", bare], check=True)
    with pytest.raises(EnvironmentProblem, match="-m pip install coverage"):
        find(
            tmp_path,
            "environment.odoo_path=src",
            f"environment.odoo_python={bare}/bin/python",
        )


@pytest.mark.parametrize(
    "first",
    [
        "#!{python}",
        "#! {python} -s",
        "#!/bin/sh\n'''exec' '{python}' \"$0\" \"$@\"",
    ],
)
def test_an_installed_odoo(tmp_path: Path, first: str) -> None:
    folder = write_odoo(tmp_path / "site")
    # An interpreter that finds Odoo by itself, as one it is installed in does.
    python = program(
        tmp_path / "venv",
        "python3",
        f'#!/bin/sh\nPYTHONPATH={folder} exec {sys.executable} "$@"\n',
    )
    program(tmp_path / "bin", "odoo", first.format(python=python) + "\nimport odoo\n")
    found = find(tmp_path, PATH=f"{tmp_path}/bin:/usr/bin:/bin")
    assert found.source == "installed"
    assert found.python == python
    assert found.pythonpath == ()
    assert found.addons == (folder / "odoo" / "addons", folder / "addons")


@pytest.mark.parametrize("text", ["", "#!\n", "#!/bin/sh\necho\n", "\x7fELF\n"])
def test_a_program_odoo_of_another_kind_is_passed_over(
    tmp_path: Path, text: str
) -> None:
    write_venv(tmp_path / "home")
    provisioned(tmp_path, "debian")
    program(tmp_path / "bin", "odoo", text)
    assert find(tmp_path, PATH=f"{tmp_path}/bin").source == "debian"


def test_a_checkout_beside_or_in_the_workspace(tmp_path: Path) -> None:
    write_venv(tmp_path / "home")
    root = tmp_path / "workspace"
    root.mkdir()
    settings = home_settings(root, QGATE_HOME=str(tmp_path / "home"))
    write_odoo(tmp_path / "odoo")
    beside = odoo.find(settings, Notes(), provision=False)
    assert beside.source == "checkout"
    assert beside.pythonpath == (tmp_path / "odoo",)
    write_odoo(root / "odoo")
    inside = odoo.find(settings, Notes(), provision=False)
    assert inside.pythonpath == (root / "odoo",)


def test_the_commit_and_its_changes_make_the_build(tmp_path: Path) -> None:
    write_venv(tmp_path / "home")
    folder = write_odoo(tmp_path / "odoo")
    setting, path = "environment.odoo_path=odoo", "/usr/bin:/bin"
    plain = find(tmp_path, setting)
    git(folder, "init", "--quiet")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "--message", "first")
    clean = find(tmp_path, setting, PATH=path)
    commit = git(folder, "rev-parse", "HEAD").strip()[:12]
    assert clean.version == f"19.0 ({commit})"
    builds = {plain.build, clean.build}
    for text in ("{'a': 1}", "{'a': 2}"):
        (folder / "odoo/addons/base/__manifest__.py").write_text(text)
        changed = find(tmp_path, setting, PATH=path)
        assert changed.version.startswith(f"19.0 ({commit}-dirty-")
        builds.add(changed.build)
    assert len(builds) == 4
    without_git = find(tmp_path, setting)
    assert without_git.version == "19.0"


@pytest.mark.parametrize("source", ["nightly", "debian"])
def test_a_provisioned_one_is_found_again(tmp_path: Path, source: str) -> None:
    write_venv(tmp_path / "home")
    provisioned(tmp_path, source)
    found = find(tmp_path)
    assert found.source == source
    assert found.version == f"19.0-{source}"


def test_what_is_there_goes_before_a_download(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def download(*_: object) -> None:
        pytest.fail("an Odoo was there already")

    monkeypatch.setattr(nightly, "provision", download)
    write_venv(tmp_path / "home")
    provisioned(tmp_path, "debian")
    assert find(tmp_path, provision=True).source == "debian"


def test_the_order_is_the_users(tmp_path: Path) -> None:
    write_venv(tmp_path / "home")
    provisioned(tmp_path, "nightly")
    provisioned(tmp_path, "debian")
    assert find(tmp_path).source == "nightly"
    order = 'environment.odoo_sources=["debian", "nightly"]'
    assert find(tmp_path, order).source == "debian"


def test_each_source_says_why_it_has_none(tmp_path: Path) -> None:
    write_odoo(tmp_path / "odoo", "18, 0")
    with pytest.raises(EnvironmentProblem) as caught:
        find(tmp_path)
    said = caught.value.message
    assert "installed: not there; checkout: " in said
    assert "is Odoo 18.0, not 19.0; nightly: not there; debian: not there" in said
    assert "qgate env --provision" in (caught.value.hint or "")


def test_without_its_packages_it_is_not_ready(tmp_path: Path) -> None:
    provisioned(tmp_path, "debian")
    with pytest.raises(EnvironmentProblem, match="Python packages are not installed"):
        find(tmp_path)


def provisioning(
    monkeypatch: pytest.MonkeyPatch, *, errors: dict[str, Exception]
) -> None:
    """Let provisioning end as *errors* say, or else succeed."""
    for module in (nightly, debian):
        name = module.__name__.rpartition(".")[2]

        def provision(settings: Settings, *_: object, name: str = name) -> None:
            if name in errors:
                raise errors[name]
            provisioned(settings.root, name)

        monkeypatch.setattr(module, "provision", provision)


def test_a_source_out_of_reach_gives_way_to_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_venv(tmp_path / "home")
    provisioning(monkeypatch, errors={"nightly": EnvironmentProblem("no network.")})
    assert find(tmp_path, provision=True).source == "debian"


def test_all_out_of_reach_says_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    errors: dict[str, Exception] = {
        "nightly": EnvironmentProblem("no network."),
        "debian": EnvironmentProblem("this machine has no apt-get"),
    }
    provisioning(monkeypatch, errors=errors)
    with pytest.raises(EnvironmentProblem) as caught:
        find(tmp_path, provision=True)
    said = caught.value.message
    assert said.endswith("nightly: no network; debian: this machine has no apt-get).")
    assert "environment.odoo_path" in (caught.value.hint or "")


def test_no_space_is_what_is_said_in_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = OSError(28, "No space left on device")
    problem = component.unwritable(tmp_path / "home", full)
    errors: dict[str, Exception] = {
        "nightly": problem,
        "debian": EnvironmentProblem("this machine has no apt-get"),
    }
    provisioning(monkeypatch, errors=errors)
    with pytest.raises(HomeProblem, match="No space left.*QGATE_HOME"):
        find(tmp_path, provision=True)


def test_an_interruption_is_not_a_missing_source(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    provisioning(monkeypatch, errors={"nightly": Interrupted("The run was ended.")})
    with pytest.raises(Interrupted):
        find(tmp_path, provision=True)


def test_no_secret_but_the_databases_reaches_it(tmp_path: Path) -> None:
    write_venv(tmp_path / "home")
    folder = write_odoo(tmp_path / "src")
    found = find(tmp_path, "environment.odoo_path=src")
    settings = home_settings(tmp_path, GITHUB_TOKEN="hush-hush", PGHOST="other")
    server = PostgresServer("db", 5432, "odoo", "pass-word", "16.4", "server")
    environ = found.environ(settings, server)
    assert environ["PYTHONPATH"] == str(folder)
    assert environ["PGHOST"] == "db"
    assert environ["PGPASSWORD"] == "pass-word"
    assert "hush-hush" not in environ.values()
