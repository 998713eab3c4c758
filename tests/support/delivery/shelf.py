"""The module that is deployed, committed in a checkout of its own."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

MODULE = "qgate_shelf"
MODEL = "models__slash__shelf.py"
MANIFEST = "__manifest__.py"

_MANIFEST = {
    "name": "Shelf",
    "version": "19.0.1.0.0",
    "depends": ["web"],
    "license": "LGPL-3",
    "author": "qgate contributors",
    "data": ["security/ir.model.access.csv"],
}
_MODEL = """\
from odoo import fields, models


class Shelf(models.Model):
    _name = "qgate.shelf"
    _description = "Shelf"

    name = fields.Char(required=True)
{more}"""
_ACCESS = (
    "id,name,model_id:id,group_id:id,perm_read,perm_write,perm_create,perm_unlink\n"
    "access_shelf,shelf,model_qgate_shelf,base.group_user,1,1,1,1\n"
)


def manifest(version: str) -> dict[str, Any]:
    """Return the module's manifest in *version*."""
    return _MANIFEST | {"version": version}


def upgraded_files() -> dict[str, str]:
    """Return the files of a version with one more field."""
    return {
        MANIFEST: repr(manifest("19.0.1.1.0")),
        MODEL: _MODEL.format(more="    note = fields.Char()\n"),
    }


def key() -> tuple[object, ...]:
    """Return what a database with the module installed depends on."""
    return _MANIFEST, _MODEL, _ACCESS


def commit(folder: Path, kind: str, **files: str) -> None:
    """Write the module below *folder*, with *files* in place of its own, and commit it."""
    module = folder / "addons" / "custom" / MODULE
    shutil.rmtree(module, ignore_errors=True)
    contents = {
        "__init__.py": "from . import models\n",
        "__manifest__.py": repr(_MANIFEST),
        "models/__init__.py": "from . import shelf\n",
        "models/shelf.py": _MODEL.format(more=""),
        "security/ir.model.access.csv": _ACCESS,
        "kind.txt": kind,
    } | {name.replace("__slash__", "/"): text for name, text in files.items()}
    for name, text in contents.items():
        (module / name).parent.mkdir(parents=True, exist_ok=True)
        (module / name).write_text(text)
    _git(folder, "add", "-A")
    _git(folder, "commit", "-qm", kind)


def _git(folder: Path, *words: str) -> None:
    """Run git as somebody."""
    who = ["-c", "user.name=q", "-c", "user.email=q@example.com"]
    subprocess.run(["git", "-C", folder, *who, *words], check=True)
