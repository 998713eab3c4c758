"""The catalogue of OCA's add-ons is read anew, from a real server that speaks the API."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner, Result

from generator.catalog_cli import app
from generator.gaps import catalog, index
from generator.gaps.index_url import chosen
from generator.gaps.registry import module_of
from qgate import settings as configuration
from qgate.errors import UsageError
from qgate.progress import Silence
from tests.support.package_index import PackageIndex

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_httpserver import HTTPServer

    from qgate.settings import Settings


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("QGATE_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def packages(httpserver: HTTPServer) -> PackageIndex:
    made = PackageIndex(httpserver)
    made.publish("requests", "2.0")
    made.publish("odoo-addon-alpha-one", "18.0.1.0.0", "19.0.1.0.0.5", summary="Alpha")
    made.publish("odoo14-addon-alpha-one", "14.0.2.0.0", summary="Old alpha")
    made.publish("odoo12-addon-beta", "12.0.1.0.0", summary="Beta\t1")
    return made


def refresh(packages: PackageIndex, *arguments: str) -> Result:
    options = ["catalog", "refresh", "--index-url", packages.url, *arguments]
    return CliRunner().invoke(app, options)


def settings() -> Settings:
    return configuration.load()


def test_the_catalogue_is_read_anew_and_preferred(
    home: Path, packages: PackageIndex
) -> None:
    done = refresh(packages, "--force", "--json")
    assert done.exit_code == 0, done.stderr
    said = json.loads(done.stdout)
    assert (said["modules"], said["new"]) == (2, 2)
    assert said["path"] == str(home / "gaps" / catalog.NAME)
    alpha, beta = catalog.entries(catalog.current(home))
    assert alpha == catalog.Entry(
        "alpha_one", "14.0 18.0 19.0", "19.0.1.0.0.5", "2026-10", "Alpha"
    )
    assert (beta.newest, beta.summary) == ("12.0", "Beta 1")
    assert not any("requests" in path for path in packages.asked)
    assert all("generator catalog refresh" in agent for agent in packages.agents)


def test_the_search_takes_the_newer_catalogue(
    home: Path, packages: PackageIndex
) -> None:
    packages.publish("odoo-addon-xylophone", "19.0.1.0.0", summary="Play xylophones")
    assert refresh(packages, "--force").exit_code == 0
    nowhere = ['environment.odoo_path="/nowhere"', 'environment.odoo_sources=["path"]']
    found = index(configuration.load(overrides=nowhere), Silence())
    assert [one.module for one in found.search("xylophones")] == ["xylophone"]
    assert home.is_dir()


@pytest.mark.parametrize("kind", ["serials", "tags alone"])
def test_only_what_has_changed_is_asked_for_again(
    home: Path, packages: PackageIndex, kind: str
) -> None:
    packages.serials = serials = kind == "serials"
    assert refresh(packages, "--force").exit_code == 0
    packages.asked.clear()
    packages.publish("odoo12-addon-beta", "12.0.1.0.1", summary="Better beta")
    assert refresh(packages).exit_code == 0
    read = {path for path in packages.asked if "alpha" in path}
    assert (not read) if serials else all(path.endswith("-one/") for path in read)
    beta = catalog.entries(catalog.kept(home))[1]
    assert (beta.version, beta.summary) == ("12.0.1.0.1", "Better beta")


def test_an_index_that_lost_many_add_ons_is_not_believed(
    home: Path, packages: PackageIndex
) -> None:
    refused = refresh(packages)
    assert refused.exit_code == 3
    assert "are not in" in refused.stderr
    assert "--force" in refused.stderr
    assert not catalog.kept(home).exists()


def test_it_goes_on_where_it_was_when_the_index_breaks_off(
    home: Path, packages: PackageIndex
) -> None:
    packages.failing["/simple/odoo12-addon-beta/"] = [503] * 10
    broken = refresh(packages, "--force", "--jobs", "1")
    assert broken.exit_code == 3
    assert "answers 503" in broken.stderr
    assert not catalog.kept(home).exists()
    packages.asked.clear()
    packages.failing["/simple/odoo12-addon-beta/"] = [503, 429]
    with (home / "gaps" / "packages.jsonl").open("a") as file:
        file.write('{"source": "cut off')
    assert refresh(packages, "--force").exit_code == 0
    assert packages.asked.count("/simple/odoo12-addon-beta/") == 3
    assert not any("-one/" in path for path in packages.asked)


def test_packages_that_say_little_or_vanish_are_taken_as_they_are(
    home: Path, packages: PackageIndex
) -> None:
    packages.publish("odoo-addon-gone", "19.0.1.0.0")
    del packages.projects["odoo-addon-gone"]
    packages.publish("odoo-addon-odd", "1.0", "nonsense", "17.0.1.0.0", month="2025-01")
    packages.projects["odoo-addon-odd"]["files"][2].pop("core-metadata")
    packages.publish("odoo-addon-yanked", "19.0.1.0.0")
    packages.projects["odoo-addon-yanked"]["files"][0]["yanked"] = "broken"
    del packages.summaries[
        "/files/odoo12_addon_beta-12.0.1.0.0-py3-none-any.whl.metadata"
    ]
    target = home / "other.tsv.gz"
    assert refresh(packages, "--force", "--output", str(target)).exit_code == 0
    found = {one.module: one for one in catalog.entries(target)}
    assert {*found} == {"alpha_one", "beta", "odd"}
    assert (found["odd"].newest, found["odd"].summary) == ("17.0", "")
    assert found["beta"].summary == ""
    assert catalog.current(home) is None
    assert [path.name for path in home.iterdir()] == ["gaps", "other.tsv.gz"]


@pytest.mark.parametrize(
    ("url", "words", "code"),
    [
        ("ftp://somewhere/simple", "no address", 2),
        ("nonsense", "no address", 2),
        ("http://user:geheim@127.0.0.1:9/simple", "cannot be reached", 3),
    ],
)
def test_an_index_that_is_none_is_said(
    home: Path, url: str, words: str, code: int
) -> None:
    options = ["catalog", "refresh", "--index-url", url]
    done = CliRunner().invoke(app, options)
    assert done.exit_code == code
    assert words in done.stderr
    assert "geheim" not in done.stderr
    assert not catalog.kept(home).exists()


def test_an_index_of_pages_for_people_is_refused(
    home: Path, httpserver: HTTPServer
) -> None:
    httpserver.expect_request("/simple/").respond_with_data("<html></html>")
    options = ["catalog", "refresh", "--index-url", httpserver.url_for("/simple/")]
    done = CliRunner().invoke(app, options)
    assert done.exit_code == 3
    assert "PEP 691" in done.stderr
    assert not home.exists()


def test_pip_says_which_index_it_is(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert chosen(settings(), "https://a.example/simple") == "https://a.example/simple"
    monkeypatch.setenv("PIP_INDEX_URL", "https://b.example/simple")
    assert chosen(settings()) == "https://b.example/simple"
    monkeypatch.delenv("PIP_INDEX_URL")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(home.with_name("pip.conf")))
    home.with_name("pip.conf").write_text("[global]\nindex-url=https://c.example/s\n")
    assert chosen(settings()) == "https://c.example/s"
    home.with_name("pip.conf").write_text("[global]\n")
    assert chosen(settings()).startswith("https://")
    with pytest.raises(UsageError, match="no address"):
        chosen(settings(), "simple")


@pytest.mark.parametrize(
    ("name", "module"),
    [
        ("odoo-addon-base-tier-validation", "base_tier_validation"),
        ("odoo14-addon-x", "x"),
        ("Odoo8-Addon-X_y", "x_y"),
        ("odoo-addons-x", ""),
        ("odoo-addon-", ""),
        ("odoo-addon--x", ""),
        ("odoo-addon-x/../y", ""),
        ("my-odoo-addon-x", ""),
    ],
)
def test_the_names_of_packages_say_which_add_on_they_hold(
    name: str, module: str
) -> None:
    assert module_of(name) == module


def test_a_kept_catalogue_that_is_older_or_broken_does_not_count(home: Path) -> None:
    kept = catalog.kept(home)
    catalog.write(kept, [catalog.Entry("x", "19.0", "19.0.1.0.0", "2020-01", "X")])
    assert catalog.current(home) is None
    catalog.write(kept, [catalog.Entry("x", "19.0", "19.0.1.0.0", "2999-01", "X")])
    assert catalog.current(home) == kept
    kept.write_bytes(gzip.compress(b"nothing\tof it\n1\t2\n"))
    assert catalog.current(home) is None
    kept.write_bytes(b"no gzip")
    assert catalog.current(home) is None


@pytest.mark.parametrize("jobs", ["0", "17"])
def test_an_index_is_not_flooded(packages: PackageIndex, jobs: str) -> None:
    assert refresh(packages, "--jobs", jobs).exit_code == 2
    assert packages.asked == []
