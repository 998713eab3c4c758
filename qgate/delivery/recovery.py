"""The way back from a deploy that failed, and the end of one that was killed.

What the proxy says is what serves. The journal's note `back` says that a deploy has decided to go
back: from then on nothing leads forwards again, however often the way back is killed itself. All
that is done here may be done twice.
"""

from __future__ import annotations

from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING, Final

from qgate.delivery import traffic
from qgate.delivery.changes import Changes
from qgate.delivery.colour import Colour
from qgate.delivery.proxy import LIVE, OPEN, WRITES
from qgate.delivery.upgrade import drop
from qgate.errors import Interrupted, QgateError

if TYPE_CHECKING:
    from qgate.delivery.deploy import Deployment
    from qgate.delivery.journal import Release, Unfinished

DEPLOYED: Final = "deployed"
ROLLED_BACK: Final = "rolled_back"


def recover(flow: Deployment, left: Unfinished) -> str:
    """Bring a deploy that was killed to its end, forwards if it serves already; say how.

    Raises:
        Interrupted: This was ended from outside; the next deploy goes on.
        QgateError: What served before cannot serve again.
    """
    what = f"{left.kind} {left.deploy} was killed in step {left.step or 'begin'}"
    if flow.proxy.state().get(LIVE) == left.new.colour and not left.notes.get("back"):
        try:
            _go_on(flow, left)
        except Interrupted:
            raise
        except QgateError as error:
            what += f", and is unhealthy: {error.message.rstrip('.')}"
        else:
            return f"{what}; continued: {left.new.colour} serves"
    return f"{what}; {bring_back(flow, left)}"


def bring_back(flow: Deployment, left: Unfinished) -> str:
    """Let what served before serve again; leave nothing that a rollback does not need.

    Args:
        flow: Does it.
        left: The deploy to undo; with what it noted so far.

    Raises:
        QgateError: What served before cannot serve again.
    """
    old, new = left.old, left.new
    state = flow.journal.state()
    flow.journal.note(left.deploy, back=True)
    with suppress(QgateError):
        flow.colour(new).save_logs(flow.evidence)
    if old:
        _serve_again(flow, left, old)
    _clear(flow, left, wanted=new == state.previous)
    flow.journal.end(left.deploy, ROLLED_BACK, old, state.previous, **state.kept)
    return f"{old.name} on {old.colour} serves" if old else "nothing serves, as before"


def _go_on(flow: Deployment, left: Unfinished) -> None:
    """Take the steps after the switch that a killed deploy did not come to."""
    colour = flow.colour(left.new)
    colour.check()
    flow.proxy.change(**{LIVE: left.new.colour, WRITES: OPEN})
    colour.start_cron()
    colour.wait_for_cron()
    traffic.watch(flow, colour)
    traffic.retire(flow, left.old)
    kept = {"captured": True} if left.notes.get("captured") else {}
    previous = left.old if left.kind == "deploy" else None
    flow.journal.end(left.deploy, DEPLOYED, left.new, previous, **kept)


def _serve_again(flow: Deployment, left: Unfinished, old: Release) -> None:
    back = flow.colour(old)
    back.start(cron=False)
    # What answers websockets comes up later than the rest, and pages are not kept waiting for it.
    back.wait_until_healthy(websockets=False)
    with ExitStack() as locked:
        if flow.proxy.state().get(LIVE) != old.colour:
            if old.database != left.new.database and left.notes.get("captured"):
                locked.enter_context(_kept_writes(flow, left, old))
            traffic.wait_for_proxy(flow, back, websockets=False)
        flow.proxy.change(**{LIVE: old.colour, WRITES: OPEN})
        flow.count_pause()
    traffic.drain(flow, left.new.colour)
    back.start_cron()


def _kept_writes(flow: Deployment, left: Unfinished, old: Release) -> Changes:
    """Carry over what was written on the new database since the switch.

    Returns:
        What keeps the new database from being written until it serves no more; leaving it ends the
        sessions that wait to write, whose work was never acknowledged.
    """
    new = left.new
    flow.hold()
    flow.colour(new).stop_cron()
    changes = Changes(flow.settings, flow.target, new.database)
    try:
        changes.lock(flow.target.health.drain_seconds)
        lost = changes.replay(old.database, flow.evidence, accept_loss=True)
        flow.lost = list(dict.fromkeys([*flow.lost, *lost]))
        left.notes["keep"] = [new.database] if flow.lost else []
        flow.journal.note(left.deploy, keep=left.notes["keep"])
    except BaseException:
        changes.release()
        raise
    return changes


def _clear(flow: Deployment, left: Unfinished, *, wanted: bool) -> None:
    """Remove what the deploy made; what is *wanted* for another try only stops."""
    old, new, notes = left.old, left.new, left.notes
    colour = flow.colour(new)
    if wanted:
        colour.stop()
    else:
        colour.remove()
    Colour(flow.settings, flow.name, flow.engine, new, rehearsal=True).remove()
    for database in notes.get("databases", ()):
        if database not in (old.database if old else "", *notes.get("keep", ())):
            drop(flow.settings, flow.target, database)
