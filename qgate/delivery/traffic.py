"""From one colour to the other at the proxy: wait, switch, watch, drain, retire."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from qgate import process
from qgate.delivery.colour import ColourFailed
from qgate.delivery.proxy import LIVE, OPEN, WRITES

if TYPE_CHECKING:
    from qgate.delivery.colour import Colour
    from qgate.delivery.deploy import Deployment
    from qgate.delivery.journal import Release

_WATCH_EVERY: Final = 0.5
_PROXY_SECONDS: Final = 30.0
_POLL_SECONDS: Final = 0.1


def switch(flow: Deployment, colour: Colour) -> str:
    """Send everybody to *colour* from the next request on, and let them write.

    Raises:
        ColourFailed: The proxy does not find it healthy.
    """
    wait_for_proxy(flow, colour)
    began = time.monotonic()
    flow.proxy.change(**{LIVE: colour.release.colour, WRITES: OPEN})
    took = time.monotonic() - began
    flow.count_pause()
    held = f", writes were held for {flow.pause:.1f} s" if flow.pause else ""
    return f"traffic switched in {1000 * took:.0f} ms{held}"


def wait_for_proxy(
    flow: Deployment, colour: Colour, *, websockets: bool = True
) -> None:
    """Wait until the proxy, too, finds every replica of *colour* healthy.

    Args:
        flow: The deploy or rollback.
        colour: What is to be healthy.
        websockets: Whether what answers websockets has to be, too.

    Raises:
        ColourFailed: It does not in time.
        Interrupted: The deploy was ended.
    """
    deadline = time.monotonic() + _PROXY_SECONDS
    while wrong := flow.proxy.not_up(colour.release.colour, websockets=websockets):
        process.check_interrupted()
        colour.check(websockets=websockets)
        if time.monotonic() > deadline:
            message = f"The proxy does not find {colour.release.colour} healthy: "
            message += f"{wrong}."
            raise ColourFailed(message, hint="Compare its ports with the target's.")
        time.sleep(_POLL_SECONDS)


def watch(flow: Deployment, colour: Colour) -> str:
    """Look at the new colour for a while; it must neither end nor fail too often.

    Raises:
        ColourFailed: It does.
        Interrupted: The deploy was ended.
    """
    health = flow.target.health
    begun = time.monotonic()
    first = colour.started()
    failed = checks = 0
    while True:
        process.check_interrupted()
        if colour.started() != first:
            colour.check()
            message = f"A container of {colour.colour} was started again."
            raise ColourFailed(message)
        try:
            colour.check()
            failed = 0
        except ColourFailed:
            failed += 1
            if failed >= health.max_failures or not colour.running():
                raise
        checks += 1
        if time.monotonic() - begun >= health.watch_seconds:
            return f"{checks} checks in {time.monotonic() - begun:.0f} s"
        time.sleep(_WATCH_EVERY)


def retire(flow: Deployment, old: Release | None) -> str:
    """Stop the colour that served before once it has answered; it is kept."""
    if old is None:
        return "nothing served before"
    drain(flow, old.colour)
    flow.colour(old).stop()
    return f"{old.colour} ({old.name}) stopped, kept for a rollback"


def drain(flow: Deployment, colour: str) -> None:
    """Wait until *colour* has answered what it was asked, `drain_seconds` at most."""
    deadline = time.monotonic() + flow.target.health.drain_seconds
    while flow.proxy.in_flight(colour) and time.monotonic() < deadline:
        time.sleep(_POLL_SECONDS)
