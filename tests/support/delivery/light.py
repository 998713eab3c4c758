"""A server and a database that stand in for Odoo where only what is around it matters."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.delivery.workbench import Bench

_SERVER = Path(__file__).parents[2] / "data" / "light"

TABLES = """
CREATE TABLE ir_module_module (name varchar, state varchar, latest_version varchar);
INSERT INTO ir_module_module VALUES ('qgate_shelf', 'installed', '19.0.1.0.0');
CREATE TABLE qgate_shelf (id serial PRIMARY KEY, name varchar NOT NULL);
"""


def light_base(bench: Bench) -> str:
    """Return a base image whose `odoo` starts in a moment; built when first asked for."""
    name = "localhost/qgate-tests/light:1"
    arguments = ("--build-arg", f"BASE={bench.base}", "--tag", name, "--network=none")
    bench.engine.podman("build", *arguments, str(_SERVER))
    return name
