"""A target to deploy to: PostgreSQL, HAProxy, images of a small module, load."""

from tests.support.delivery.light import light_base
from tests.support.delivery.load import Load
from tests.support.delivery.postgres import DATABASE_PASSWORD
from tests.support.delivery.shelf import (
    MANIFEST,
    MODEL,
    MODULE,
    manifest,
    upgraded_files,
)
from tests.support.delivery.target import Site, site
from tests.support.delivery.template import PASSWORD
from tests.support.delivery.workbench import Bench, bench

__all__ = [
    "DATABASE_PASSWORD",
    "MANIFEST",
    "MODEL",
    "MODULE",
    "PASSWORD",
    "Bench",
    "Load",
    "Site",
    "bench",
    "light_base",
    "manifest",
    "site",
    "upgraded_files",
]
