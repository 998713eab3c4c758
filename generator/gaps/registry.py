"""What a package index knows of OCA's add-ons, asked for politely.

The index has to speak the JSON form of the simple repository API (PEP 691, 700 and 714; see
packaging.python.org/en/latest/specifications/simple-repository-api). Add-ons are published
as `odoo-addon-MODULE`, and before Odoo 15 as `odoo14-addon-MODULE`.
"""

from __future__ import annotations

import email.parser
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urljoin, urlsplit, urlunsplit

import requests
from packaging.utils import InvalidSdistFilename, InvalidWheelFilename
from packaging.utils import parse_sdist_filename as parsed_sdist
from packaging.utils import parse_wheel_filename as parsed_wheel
from packaging.version import InvalidVersion, Version
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from qgate.errors import EnvironmentProblem

if TYPE_CHECKING:
    from collections.abc import Mapping

_JSON: Final = "application/vnd.pypi.simple.v1+json"
_ADDON: Final = re.compile(r"odoo(?:\d{1,2})?-addon-([a-z0-9]+(?:[-_.][a-z0-9]+)*)")
_SERIES: Final = re.compile(r"(\d{1,2})\.0\.\d+\.\d+")
_TRIES: Final = 4
_WAIT: Final = 0.5  # seconds before the second try, doubled before each one after it
_LONGEST: Final = 60.0  # seconds for one answer
_BUSY: Final = (429, 500, 502, 503, 504)
_UNCHANGED: Final = 304
_GONE: Final = 404


@dataclass(frozen=True)
class Package:
    """A published package, as far as the catalogue needs it.

    Attributes:
        name: Its name in the index.
        module: The add-on in it.
        series: Every series it has a version for.
        version: Its newest version.
        released: Month of that version; empty when the index does not say.
        metadata: Where the newest version's metadata are; empty when nowhere.
        tag: What the index calls this state of it, to be asked whether it changed.
        serial: Number of its last change; 0 when the index counts none.
        summary: One line; None until it was asked for.
    """

    name: str
    module: str
    series: tuple[str, ...] = ()
    version: str = ""
    released: str = ""
    metadata: str = ""
    tag: str = ""
    serial: int = 0
    summary: str | None = None


class Registry:
    """A package index.

    Args:
        url: Address of its simple API.
        jobs: Requests at once, at most.
        agent: How the requests name who asks.
    """

    def __init__(self, url: str, *, jobs: int, agent: str) -> None:
        self.url = url.rstrip("/") + "/"
        self._session = requests.Session()
        self._session.headers.update({"Accept": _JSON, "User-Agent": agent})
        tries = Retry(
            total=_TRIES,
            backoff_factor=_WAIT,
            status_forcelist=_BUSY,
            raise_on_status=False,
        )
        adapter = HTTPAdapter(max_retries=tries, pool_maxsize=jobs, pool_block=True)
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, adapter)

    @property
    def shown(self) -> str:
        """The address without the name and password that may be in it."""
        parts = urlsplit(self.url)
        host = parts.netloc.rpartition("@")[2]
        return urlunsplit(parts._replace(netloc=host))

    def addons(self) -> dict[str, int]:
        """Return the packages of add-ons, and the number of the last change of each.

        Raises:
            EnvironmentProblem: The index cannot be reached, or does not speak JSON.
        """
        listed = self._json(self._get(self.url)).get("projects", [])
        found = {}
        for one in listed:
            name = str(one.get("name", ""))
            if module_of(name):
                found[name] = int(one.get("_last-serial") or 0)
        return found

    def package(self, name: str, known: Package | None = None) -> Package | None:
        """Return what the index says of a package now, None when it is gone.

        Args:
            name: Its name.
            known: What it said before; returned when that still holds.

        Raises:
            EnvironmentProblem: The index cannot be reached.
        """
        tag = {"If-None-Match": known.tag} if known and known.tag else {}
        place = urljoin(self.url, f"{name}/")
        answer = self._get(place, **tag)
        if answer.status_code == _UNCHANGED and known:
            return known
        if answer.status_code == _GONE:
            return None
        found = described(name, self._json(answer), place)
        return replace(found, tag=answer.headers.get("ETag", ""))

    def summary(self, package: Package) -> str:
        """Return the line that a package describes itself by, empty when there is none.

        Raises:
            EnvironmentProblem: The index cannot be reached.
        """
        if not package.metadata:
            return ""
        answer = self._get(package.metadata)
        if answer.status_code == _GONE:
            return ""
        headers = email.parser.HeaderParser().parsestr(
            answer.content.decode("utf-8", "replace")
        )
        return " ".join(str(headers.get("Summary") or "").split())

    def _get(self, url: str, **headers: str) -> requests.Response:
        try:
            answer = self._session.get(url, headers=headers, timeout=_LONGEST)
        except requests.RequestException as error:
            why = type(error).__name__
            message = f"The package index {self.shown} cannot be reached ({why})."
            hint = "Try again: what was read already is kept."
            raise EnvironmentProblem(message, hint=hint) from error
        if not answer.ok and answer.status_code not in (_GONE, _UNCHANGED):
            message = f"The package index {self.shown} answers {answer.status_code}."
            hint = "Try again later: what was read already is kept."
            raise EnvironmentProblem(message, hint=hint)
        return answer

    def _json(self, answer: requests.Response) -> dict[str, Any]:
        try:
            found = answer.json() if answer.ok else None
        except ValueError:
            found = None
        if not isinstance(found, dict):
            message = f"{self.shown} does not speak the JSON form of the simple API."
            hint = "Name an index that does (PEP 691) with --index-url."
            raise EnvironmentProblem(message, hint=hint)
        return found


def module_of(name: str) -> str:
    """Return the add-on that a package of that name holds, empty when it holds none."""
    match = _ADDON.fullmatch(name.lower())
    return re.sub(r"[-.]", "_", match[1]) if match else ""


def described(name: str, page: Mapping[str, Any], place: str) -> Package:
    """Return what the page of a package says, yanked files left out.

    Args:
        name: Name of the package.
        page: What the index answered.
        place: Address of the page, which files may be relative to.
    """
    found = Package(name=name, module=module_of(name))
    best: Version | None = None
    series: set[str] = set()
    for file in page.get("files", ()):
        version = None if file.get("yanked") else _version(str(file.get("filename")))
        match = _SERIES.match(str(version)) if version else None
        if version is None or match is None:
            continue
        series.add(f"{match[1]}.0")
        described_by = file.get("core-metadata") or file.get("dist-info-metadata")
        if best is None or version > best or (version == best and described_by):
            best = version
            found = replace(
                found,
                version=str(version),
                released=str(file.get("upload-time") or "")[:7],
                metadata=f"{urljoin(place, file['url'])}.metadata"
                if described_by
                else "",
            )
    return replace(found, series=tuple(sorted(series, key=float)))


def _version(filename: str) -> Version | None:
    try:
        if filename.endswith(".whl"):
            return parsed_wheel(filename)[1]
        return parsed_sdist(filename)[1]
    except (InvalidWheelFilename, InvalidSdistFilename, InvalidVersion):
        return None


__all__ = ["Package", "Registry", "described", "module_of"]
