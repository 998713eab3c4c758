from __future__ import annotations

import json
from pathlib import Path

import playwright
import pytest

from qgate.environment import Environment, browser
from qgate.errors import EnvironmentProblem
from tests.support.homes import home_settings, program

SAID = "Chromium 142.0.7444.134 built on Debian GNU/Linux 12 (bookworm)"
REGISTRY = json.loads(
    (Path(playwright.__file__).parent / "driver/package/browsers.json").read_text()
)
REVISIONS = {entry["name"]: entry["revision"] for entry in REGISTRY["browsers"]}


def chromium(tmp_path: Path, name: str = "chromium") -> Path:
    return program(tmp_path / "bin", name, f"#!/bin/sh\necho '{SAID}'\n")


def build(tmp_path: Path, name: str) -> Path:
    """Make what counts as a build that Playwright has installed."""
    folder = tmp_path / "builds" / f"{name.replace('-', '_')}-{REVISIONS[name]}"
    folder.mkdir(parents=True)
    (folder / "INSTALLATION_COMPLETE").touch()
    return folder


@pytest.mark.parametrize("name", browser.NAMES)
def test_the_first_chromium_on_the_path_is_found(tmp_path: Path, name: str) -> None:
    made = chromium(tmp_path, name)
    found = browser.find(home_settings(tmp_path, PATH=str(tmp_path / "bin")))
    assert found == (str(made), "Chromium 142.0.7444.134")


def test_one_that_does_not_start_is_named(tmp_path: Path) -> None:
    text = "#!/bin/sh\necho 'libnss3.so: cannot open' >&2\nexit 127\n"
    program(tmp_path / "bin", "chromium", text)
    with pytest.raises(EnvironmentProblem, match=r"does not start \(libnss3.so"):
        browser.find(home_settings(tmp_path, PATH=str(tmp_path / "bin")))


def test_a_missing_one_says_how_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentProblem, match="apt-get install chromium"):
        browser.find(home_settings(tmp_path))


def test_playwright_takes_its_own_build_or_the_chromium_here(tmp_path: Path) -> None:
    config = home_settings(
        tmp_path,
        PATH=str(tmp_path / "bin"),
        PLAYWRIGHT_BROWSERS_PATH=f"{tmp_path}/builds",
    )
    made = chromium(tmp_path)
    found = browser.for_playwright(config, "chromium")
    assert (found.program, found.source) == (str(made), "installed")
    better = chromium(tmp_path, browser.SHELL)
    assert browser.for_playwright(config, "chromium").program == str(better)
    folder = build(tmp_path, "chromium-headless-shell")
    found = browser.for_playwright(config, "chromium")
    assert (found.program, found.source) == (None, "Playwright")
    assert found.path == str(folder)
    build(tmp_path, "firefox")
    assert browser.for_playwright(config, "firefox").program is None


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (
            "firefox",
            r"Playwright's Firefox is not installed\. .*playwright install fire",
        ),
        ("webkit", r"Playwright's WebKit is not installed\. .*leave webkit out"),
        ("chromium", r"no Chromium on the PATH.*apt-get.*playwright install chromium"),
    ],
)
def test_what_is_asked_for_and_missing_says_how_to_get_it(
    tmp_path: Path, name: str, message: str
) -> None:
    with (
        Environment(home_settings(tmp_path, HOME=str(tmp_path))) as environment,
        pytest.raises(EnvironmentProblem, match=message),
    ):
        environment.browsers((name,))


@pytest.mark.parametrize(
    ("variables", "place"),
    [
        ({"PLAYWRIGHT_BROWSERS_PATH": "/builds"}, "/builds"),
        ({"PLAYWRIGHT_BROWSERS_PATH": "0"}, "driver/package/.local-browsers"),
        ({"XDG_CACHE_HOME": "/cache"}, "/cache/ms-playwright"),
        ({"HOME": "/home/a"}, "/home/a/.cache/ms-playwright"),
    ],
)
def test_builds_are_looked_for_where_playwright_puts_them(
    tmp_path: Path,
    variables: dict[str, str],
    place: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    found = browser._location(home_settings(tmp_path, **variables))
    assert str(found).endswith(place)
    monkeypatch.setattr("sys.platform", "darwin")
    assert str(browser._location(home_settings(tmp_path, HOME="/Users/a"))) == (
        "/Users/a/Library/Caches/ms-playwright"
    )


def test_the_machines_ffmpeg_is_linked_below_home(tmp_path: Path) -> None:
    text = "#!/bin/sh\necho 'ffmpeg version 7.1-3 Copyright (c) the developers'\n"
    ffmpeg = program(tmp_path / "bin", "ffmpeg", text)
    chromium(tmp_path)
    config = home_settings(
        tmp_path,
        PATH=str(tmp_path / "bin"),
        PLAYWRIGHT_BROWSERS_PATH=f"{tmp_path}/builds",
    )
    firefox = build(tmp_path, "firefox")
    with Environment(config) as environment:
        found = environment.browsers(("chromium", "firefox"))
        for _ in range(2):  # the second time the links are there
            video = environment.video(found)
        rows = environment.used().set_index("component")
    assert (video.path, video.version) == (str(ffmpeg), "7.1-3")
    assert video.location == config.home / "playwright"
    link = video.location / f"ffmpeg-{REVISIONS['ffmpeg']}" / "ffmpeg-linux"
    assert link.resolve() == ffmpeg
    assert (video.location / firefox.name).resolve() == firefox
    assert rows.loc["ffmpeg", "status"] == "ready"
    assert rows.loc["Firefox", "source"] == "Playwright"


def test_playwrights_own_ffmpeg_needs_no_link(tmp_path: Path) -> None:
    build(tmp_path, "ffmpeg")
    config = home_settings(tmp_path, PLAYWRIGHT_BROWSERS_PATH=f"{tmp_path}/builds")
    video = browser.video(config, ())
    assert video.location is None
    assert video.path


def test_without_ffmpeg_it_is_said_that_there_are_no_videos(tmp_path: Path) -> None:
    with Environment(home_settings(tmp_path, HOME=str(tmp_path))) as environment:
        assert environment.video(()).path is None
        (row,) = environment.used().to_dict("records")
    assert row["status"] == "missing"
    assert "No videos are recorded" in row["detail"]


def test_a_home_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    program(tmp_path / "bin", "ffmpeg", "#!/bin/sh\n")
    config = home_settings(tmp_path, PATH=str(tmp_path / "bin"), HOME=str(tmp_path))
    config.home.mkdir(parents=True, exist_ok=True)
    (config.home / "playwright").write_text("a file")
    with pytest.raises(EnvironmentProblem, match="cannot be written"):
        browser.video(config, ())
