"""Deploys and rollbacks killed with SIGKILL at every line of their journal; users work meanwhile.

Which lines there are is learnt from one run of each kind that nobody kills, so that a step that
is added is killed at, too. Containers, proxy, engine, database, copies of it and SIGKILL are
real. The image's server is not Odoo but one that starts in a moment (tests/data/light): what is
tested here is what a deploy leaves behind, and Odoo itself is killed at in test_delivery.py.
Each run brings the one killed before it to its end, so that a recovery is seen for each place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from qgate.delivery.journal import BEGIN, END, Journal
from tests.integration.test_delivery import deploy, names, roll_back, run_stage
from tests.support import delivery, dying
from tests.support.delivery import MANIFEST, Load

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from qgate.api import Run
    from qgate.delivery.journal import Release, State
    from tests.support.delivery import Bench, Site
    from tests.support.dying import Point

pytestmark = [pytest.mark.containers, pytest.mark.odoo]

OLD = ("qgate-shelf:light-one", "qgate-shelf:light-two")
NEW = "qgate-shelf:light-new"
DOOMED = "qgate-shelf:light-doomed"


@pytest.fixture(scope="module")
def light(bench: Bench, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Give a target that serves the light server's first version."""
    base = delivery.light_base(bench)
    doomed = repr(delivery.manifest("19.0.1.1.0") | {"doomed": True})
    for kind, files in {
        "light-one": {},
        "light-two": {},
        "light-new": {MANIFEST: repr(delivery.manifest("19.0.1.1.0"))},
        "light-doomed": {MANIFEST: doomed},
    }.items():
        bench.image(kind, base=base, **files)
    folder = tmp_path_factory.mktemp("light")
    with delivery.site(bench, folder, "light", watch=0, light=True) as made:
        first = deploy(made, OLD[0])
        assert first.verdict == "passed", first.reasons
        yield made


def state(site: Site) -> State:
    return Journal(site.folder / "state").state()


def lines(site: Site) -> list[dict[str, Any]]:
    """Return the journal's lines of the newest deploy that began."""
    every = site.journal()
    begun = [number for number, line in enumerate(every) if line["event"] == BEGIN]
    return every[begun[-1] :]


def passed(run: Run) -> Run:
    assert run.verdict == "passed", run.reasons
    return run


def serving(site: Site) -> tuple[Release, Release | None]:
    """Return what serves, and what was before, as it is once a killed run is at its end."""
    found = state(site)
    left = found.unfinished
    forwards = left and site.proxy().state()["live"] == left.new.colour
    if left and forwards and not left.notes.get("back"):
        return left.new, left.old if left.kind == "deploy" else None
    assert found.live
    return found.live, found.previous


def killed(site: Site, load: Load, point: Point, *overrides: str) -> None:
    """Kill a run at *point*: it has ended the one before it, and reads go on."""
    before = state(site).unfinished
    dying.die(site, point, f"deployment.to={site.name}", *overrides)
    ended = {line["deploy"] for line in site.journal() if line["event"] == END}
    assert before is None or before.deploy in ended, point
    load.wait_for(load.answered + 4)
    assert load.failures == [], point


def walk(site: Site, load: Load, images: Sequence[str], *, both: bool) -> None:
    """Kill deploys of *images* and rollbacks at all their places, each when it is possible.

    Args:
        site: The target.
        load: Its users.
        images: Deployed in turn, what serves already left out.
        both: Whether an image can be deployed though one of them serves.
    """
    passed(deploy(site, next(x for x in images if x != serving(site)[0].name)))
    assert load.failures == []
    there = dying.points(lines(site))
    passed(roll_back(site))
    back = dying.points(lines(site))
    assert len(there) >= 8 <= len(back)
    while there or back:
        live, previous = serving(site)
        deployable = both or live.name not in images
        if previous and (back or not deployable):
            points, overrides = back, ["deployment.rollback=true"]
        else:
            image = next(name for name in images if name != live.name)
            points, overrides = there, [f"deployment.image={image}"]
        if points:
            killed(site, load, points.pop(0), *overrides)
        else:
            passed(run_stage(site, *overrides))
    passed(deploy(site, next(x for x in OLD if x != serving(site)[0].name)))
    assert state(site).unfinished is None
    load.wait_for(load.answered + 20)
    assert load.failures == []


def test_deploys_and_rollbacks_of_an_image(light: Site) -> None:
    with Load(light.url, light.database) as load:
        walk(light, load, OLD, both=True)
    assert set(load.written) <= names(light, light.database)


def test_upgrades_and_the_way_back(light: Site) -> None:
    with Load(light.url, light.database) as load:
        walk(light, load, [NEW], both=False)
    assert set(load.written) <= names(light, light.database)


def test_the_way_back_of_an_upgrade_that_failed(light: Site) -> None:
    doomed = (f"deployment.image={DOOMED}", "targets.light.health.watch_seconds=60")
    before = serving(light)
    with Load(light.url, light.database) as load:
        run = run_stage(light, *doomed)
        assert "Step watch failed: " in run.reasons[0]
        there = dying.points(lines(light), "roll back")
        assert len(there) >= 4
        for point in there:
            killed(light, load, point, *doomed)
        passed(deploy(light, next(name for name in OLD if name != before[0].name)))
        load.wait_for(load.answered + 20)
    assert load.failures == []
    assert set(load.written) <= names(light, light.database)
