"""Check documentation: the page about deployment is there and its links resolve."""

from __future__ import annotations

import contextvars
import re
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote, urlsplit

from qgate.errors import EnvironmentProblem
from qgate.policy.wording import number, some
from qgate.readiness import page
from qgate.readiness.base import ERROR, FAILED, PASSED, Found
from qgate.readiness.links import follow

if TYPE_CHECKING:
    from pathlib import Path

    from qgate.readiness.page import Link, Page

_SHOWN: Final = 5
_AT_ONCE: Final = 8
_SCHEME: Final = re.compile(r"[a-z][a-z0-9+.-]+:", re.IGNORECASE)
_LINES: Final = re.compile(r"L\d+(-L?\d+)?")


def check(path: Path, name: str, top: Path) -> Found:
    """Return whether the page *path* is there and where its links lead.

    Args:
        path: The page.
        name: How the configuration calls it.
        top: Folder that is published as a whole; a link out of it leads nowhere.

    Raises:
        EnvironmentProblem: The page cannot be read.
    """
    if not path.is_file():
        return Found(
            name,
            FAILED,
            f"{name} does not exist. Write how the modules are deployed, or name the page "
            "with readiness.documentation.",
        )
    if path.suffix.lower() not in page.SUFFIXES:
        message = f"{name} is no Markdown, so its links cannot be read."
        hint = "Write it in Markdown, as a file that ends in .md."
        raise EnvironmentProblem(message, hint=hint)
    text = page.read(path)
    if not text.headings:
        return Found(name, FAILED, f"{name} has no heading: it documents nothing yet.")
    looked = _Links(path, text, top).look()
    wrong = [said for outcome, said in looked if outcome == FAILED]
    open_ = [said for outcome, said in looked if outcome == ERROR]
    total = number(len(looked), "link")
    parts = []
    if wrong:
        leads = "leads" if len(wrong) == 1 else "lead"
        parts.append(f"{len(wrong)} of {total} {leads} nowhere: {some(wrong, _SHOWN)}.")
    if open_:
        parts.append(
            f"{len(open_)} of {total} could not be verified: {some(open_, _SHOWN)}."
        )
    if parts:
        return Found(name, FAILED if wrong else ERROR, " ".join(parts))
    resolve = "resolves" if len(looked) == 1 else "resolve"
    return Found(
        name,
        PASSED,
        f"{number(len(text.headings), 'heading')}; {total} {resolve}."
        if looked
        else f"{number(len(text.headings), 'heading')}, no link.",
    )


class _Links:
    """Looks at the links of a page; pages they lead to are read once."""

    def __init__(self, path: Path, text: Page, top: Path) -> None:
        self._path = path
        self._text = text
        self._top = top.resolve()
        self._pages: dict[Path, Page] = {path.resolve(): text}

    def look(self) -> list[tuple[str, str]]:
        """Return outcome and words for each link."""
        links = self._text.links
        web = sorted({link.target for link in links if _is_web(link.target)})
        with ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:
            # What a thread does belongs to this stage, and ends with it.
            promised = {
                url: pool.submit(contextvars.copy_context().run, follow, url)
                for url in web
            }
            answers = {url: future.result() for url, future in promised.items()}
        return [
            self._worded(link, *(answers.get(link.target) or self._inside(link.target)))
            for link in links
        ]

    def _worded(self, link: Link, outcome: str, why: str) -> tuple[str, str]:
        return outcome, f"{link.target} (line {link.line}: {why})"

    def _inside(self, target: str) -> tuple[str, str]:
        """Look for what a link without a host leads to."""
        if target.startswith("//"):
            return FAILED, "it has a host but no scheme"
        if _SCHEME.match(target):
            return _other_scheme(target)
        parts = urlsplit(target)
        place = unquote(parts.path)
        if not place and not parts.fragment:
            return FAILED, "it is empty"
        base = self._top if place.startswith("/") else self._path.parent
        found = (base / place.lstrip("/")).resolve() if place else self._path.resolve()
        if not found.is_relative_to(self._top):
            return FAILED, "it leads out of the workspace"
        if not found.exists():
            return FAILED, "there is no such file"
        return self._anchor(found, unquote(parts.fragment))

    def _anchor(self, found: Path, name: str) -> tuple[str, str]:
        if not name or _LINES.fullmatch(name):
            return PASSED, "it is there"
        if found.suffix.lower() not in page.SUFFIXES:
            return FAILED, "only in Markdown an anchor can be found"
        if found not in self._pages:
            self._pages[found] = page.read(found)
        if name in self._pages[found].anchors:
            return PASSED, "it is there"
        return FAILED, f"no heading there makes the anchor {name}"


def _is_web(target: str) -> bool:
    return target.lower().startswith(("http://", "https://"))


def _other_scheme(target: str) -> tuple[str, str]:
    scheme, _, rest = target.partition(":")
    if scheme.lower() in ("mailto", "tel") and rest:
        return PASSED, "it leads to a person"
    if scheme.lower() == "data" and rest:
        return PASSED, "it has its content with it"
    if scheme.lower() == "file":
        return FAILED, "it leads to the reader's own machine"
    return ERROR, f"what {scheme}: leads to cannot be looked up"
