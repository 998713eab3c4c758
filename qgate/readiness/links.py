"""Follows links of the web: there, not there, or nobody can tell from here."""

from __future__ import annotations

import ipaddress
import socket
from http import HTTPStatus
from typing import TYPE_CHECKING, Final
from urllib.parse import urljoin, urlsplit

import requests

from qgate import process
from qgate.readiness.base import ERROR, FAILED, PASSED

if TYPE_CHECKING:
    from collections.abc import Callable

_SECONDS: Final = 10.0
"""Time for a server to connect, and again to answer."""

_REDIRECTS: Final = 5
_TRY_GET: Final = frozenset({403, 404, 405, 501})
"""Answers to HEAD of servers that only know GET."""

_UNTOLD: Final = frozenset({401, 403, 407, 408, 425, 429})
"""Answers that say nothing of whether the page is there."""


def follow(url: str) -> tuple[str, str]:
    """Return the outcome for the link *url*, and what was seen, without a full stop.

    A link to the machine it is read on leads nowhere for everybody else, so it has failed,
    whatever answers here. A server that does not answer, or wants to know who asks, leaves
    open whether the page is there: that is `error`, as no check may pass unseen.
    """
    for _ in range(_REDIRECTS + 1):
        process.check_interrupted()
        if why := own_machine(url):
            return FAILED, why
        outcome, said, further = answer(url)
        if further is None:
            return outcome, said
        url = further
    return FAILED, f"more than {_REDIRECTS} redirections"


def own_machine(url: str) -> str | None:
    """Say so when *url* names the machine or the cable it is read at."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        host = ""
    if not host:
        return "it names no host"
    if host == "localhost" or host.endswith(".localhost"):
        return "it leads to the reader's own machine"
    try:
        found = {str(entry[4][0]) for entry in socket.getaddrinfo(host, None)}
    except (OSError, UnicodeError):
        return None  # a proxy may know it; asking tells
    for text in found:
        address = ipaddress.ip_address(text.partition("%")[0])
        if address.is_loopback or address.is_unspecified:
            return "it leads to the reader's own machine"
        if address.is_link_local:
            return "it leads to a link-local address"
    return None


def answer(url: str) -> tuple[str, str, str | None]:
    """Return outcome, what was seen, and where the server sends on to, if it does."""
    try:
        status, further = _ask(requests.head, url)
        if status in _TRY_GET:
            status, further = _ask(requests.get, url)
    except (requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema):
        return FAILED, "it is no URL", None
    except requests.RequestException as error:
        return ERROR, f"the server cannot be reached ({type(error).__name__})", None
    if further:
        return ERROR, f"answer {status}", urljoin(url, further)
    if status < HTTPStatus.BAD_REQUEST:
        return PASSED, f"answer {status}", None
    if status in _UNTOLD or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return ERROR, f"answer {status} does not say whether the page is there", None
    return FAILED, f"answer {status}", None


def _ask(method: Callable[..., requests.Response], url: str) -> tuple[int, str | None]:
    with method(
        url,
        timeout=_SECONDS,
        allow_redirects=False,  # each place is looked at before it is asked
        stream=True,
        headers={"User-Agent": "qgate"},
    ) as response:
        further = response.headers.get("location") if response.is_redirect else None
        return response.status_code, further
