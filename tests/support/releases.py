"""A workspace with two versions: one in production, and the one to be released."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.support.odoo_modules import change, good
from tests.support.workspaces import git, write_module

if TYPE_CHECKING:
    from pathlib import Path

TAG: Final = "production-2026-01-31-0000000"

DECLARED: Final = """<?xml version="1.0" encoding="UTF-8" ?>
<odoo>
    <record id="thing_first" model="{name}.thing">
        <field name="name">First</field>
    </record>
</odoo>
"""

DEMO: Final = """<?xml version="1.0" encoding="UTF-8" ?>
<odoo>
    <record id="thing_demo" model="{name}.thing">
        <field name="name">Demo</field>
        <field name="size" eval="7" />
    </record>
</odoo>
"""

SEED: Final = """def seed(env, count):
    return env["{name}.thing"].create(
        [{{"name": f"Seed {{n}}", "size": n}} for n in range(count)]
    )
"""


DROPS: Final = """def migrate(cr, version):
    cr.execute("ALTER TABLE {name}_thing DROP COLUMN size")
    cr.execute("DELETE FROM {name}_pairs")
"""


def commit(root: Path, message: str) -> None:
    """Commit everything below *root*."""
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", message)


def start(root: Path) -> Path:
    """Make an empty checkout with branch main and return its addons folder."""
    (root / "addons").mkdir(parents=True)
    git(root, "init", "--quiet", "--initial-branch", "main")
    (root / ".gitignore").write_text("reports/\n__pycache__/\n")
    return root / "addons"


def in_production(addons: Path, name: str, **files: str) -> Path:
    """Write the module *name* as it is in production; *files* are added by path."""
    folder = good(addons, name)
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text.format(name=name))
    return folder


def with_data(folder: Path, key: str, path: str, text: str) -> None:
    """Give the module data (or demo data, by *key*) that its manifest names."""
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    (folder / path).write_text(text.format(name=folder.name))
    if key == "data":
        change(
            folder,
            "__manifest__.py",
            '"views/thing.xml"]',
            f'"views/thing.xml", "{path}"]',
        )
    else:
        change(folder, "__manifest__.py", "\n}", f'\n    "{key}": ["{path}"],\n}}')


def with_relation(folder: Path) -> None:
    """Give the model a relation to partners."""
    change(
        folder,
        "models/thing.py",
        "    size = fields.Integer()\n",
        "    size = fields.Integer()\n"
        f'    partner_ids = fields.Many2many("res.partner", "{folder.name}_pairs")\n',
    )


def extend(addons: Path, name: str) -> Path:
    """Write a module that adds a field to partners, and nothing else."""
    model = (
        "from odoo import fields, models\n\n\n"
        "class Partner(models.Model):\n"
        '    _inherit = "res.partner"\n\n'
        "    lot = fields.Char()\n"
    )
    files = {"__init__.py": "from . import models\n", "models.py": model}
    return write_module(addons, name, license="LGPL-3", author="T", files=files)


def release(folder: Path, script: str | None = None, phase: str = "pre") -> None:
    """Raise the version of the module, with a migration script if one is given."""
    change(folder, "__manifest__.py", "19.0.1.0.0", "19.0.1.1.0")
    if script is not None:
        path = folder / "migrations" / "19.0.1.1.0" / f"{phase}-migrate.py"
        path.parent.mkdir(parents=True)
        path.write_text(script)


def rename_field(folder: Path) -> None:
    """Call field `size` `extent`, as one should."""
    name = folder.name
    for file in ("models/thing.py", "views/thing.xml"):
        path = folder / file
        path.write_text(path.read_text().replace("size", "extent"))
    release(
        folder,
        "from odoo.tools.sql import rename_column\n\n\n"
        "def migrate(cr, version):\n"
        f'    rename_column(cr, "{name}_thing", "size", "extent")\n',
    )


def rename_model(folder: Path) -> None:
    """Call model `thing` `item`, as one should."""
    name = folder.name
    for path in folder.rglob("*.*"):
        if path.suffix in (".py", ".xml", ".csv") and path.name != "__manifest__.py":
            text = path.read_text()
            text = text.replace(f"{name}.thing", f"{name}.item")
            path.write_text(text.replace(f"model_{name}_thing", f"model_{name}_item"))
    release(
        folder,
        "def migrate(cr, version):\n"  # noqa: S608 - text of a module
        f'    cr.execute("ALTER TABLE {name}_thing RENAME TO {name}_item")\n'
        "    cr.execute(\n"
        f"        \"UPDATE ir_model SET model = '{name}.item' WHERE model = '{name}.thing'\"\n"
        "    )\n"
        "    cr.execute(\n"
        '        "UPDATE ir_model_data SET name = %s WHERE name = %s",\n'
        f'        ["model_{name}_item", "model_{name}_thing"],\n'
        "    )\n",
    )


def remove_field(folder: Path, script: str | None = None) -> None:
    """Drop field `size`, in the source alone or with a script."""
    path = folder / "models/thing.py"
    kept = [
        line
        for line in path.read_text().splitlines(keepends=True)
        if "size = fields" not in line
    ]
    path.write_text("".join(kept))
    change(folder, "models/thing.py", '@api.depends("size")', '@api.depends("name")')
    change(folder, "models/thing.py", "thing.size * 2", "2")
    change(
        folder,
        "models/thing.py",
        "            thing.size += 1\n",
        "            thing.name = thing.name\n",
    )
    change(folder, "views/thing.xml", '                <field name="size" />\n', "")
    release(folder, script)


def drop_table(folder: Path) -> None:
    """Drop the table in a script; Odoo makes it anew, empty."""
    release(
        folder,
        "def migrate(cr, version):\n"
        f'    cr.execute("DROP TABLE {folder.name}_thing CASCADE")\n',
    )


def lose_rows(folder: Path) -> None:
    """Delete two records of people in a script, and no longer bring one of its own."""
    table = f"{folder.name}_thing"
    change(folder, "__manifest__.py", ', "data/first.xml"', "")
    (folder / "data/first.xml").unlink()
    release(
        folder,
        "def migrate(cr, version):\n"  # noqa: S608 - text of a module
        "    cr.execute(\n"
        f"        \"DELETE FROM {table} WHERE name IN ('Seed 3', 'Demo')\"\n"
        "    )\n",
        phase="post",
    )


def plain(addons: Path, name: str, **files: str) -> Path:
    """Write a module without any model."""
    return write_module(addons, name, license="LGPL-3", author="T", files=files)
