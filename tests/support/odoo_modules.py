"""A small good Odoo module, and copies of it with one defect each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.support.workspaces import write_module

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MODEL: Final = """from odoo import api, fields, models


class Thing(models.Model):
    _name = "{name}.thing"
    _description = "Thing"

    name = fields.Char(required=True)
    size = fields.Integer()
    double = fields.Integer(compute="_compute_double")

    @api.depends("size")
    def _compute_double(self):
        for thing in self:
            thing.double = thing.size * 2

    def action_grow(self):
        for thing in self:
            thing.size += 1
"""

VIEW: Final = """<?xml version="1.0" encoding="UTF-8" ?>
<odoo>
    <record id="thing_view_form" model="ir.ui.view">
        <field name="name">thing.form</field>
        <field name="model">{name}.thing</field>
        <field name="arch" type="xml">
            <form>
                <field name="name" />
                <field name="size" />
            </form>
        </field>
    </record>
</odoo>
"""

ACCESS: Final = """id,name,model_id:id,group_id:id,perm_read,perm_write,perm_create,perm_unlink
thing,thing,model_{name}_thing,base.group_user,1,1,1,1
"""

TESTS: Final = """from odoo.tests import TransactionCase


class TestThing(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.thing = cls.env["{name}.thing"].create({{"name": "a", "size": 3}})

    def test_double(self):
        self.assertEqual(self.thing.double, 6)

    def test_grow(self):
        self.thing.action_grow()
        self.assertEqual(self.thing.size, 4)
"""


def good(
    addons: Path, name: str = "thing_a", depends: tuple[str, ...] = ("base",)
) -> Path:
    """Write the module and return its folder."""
    return write_module(
        addons,
        name,
        depends=depends,
        license="LGPL-3",
        author="T",
        data=["security/ir.model.access.csv", "views/thing.xml"],
        files={
            "__init__.py": "from . import models\n",
            "models/__init__.py": "from . import thing\n",
            "models/thing.py": MODEL.format(name=name),
            "views/thing.xml": VIEW.format(name=name),
            "security/ir.model.access.csv": ACCESS.format(name=name),
            "tests/__init__.py": "from . import test_thing\n",
            "tests/test_thing.py": TESTS.format(name=name),
        },
    )


def change(folder: Path, file: str, old: str, new: str) -> None:
    """Replace *old*, which has to be there, in a file."""
    path = folder / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def in_test(body: str) -> Callable[[Path], None]:
    """Return a defect: *body* runs inside a test."""
    return lambda folder: change(
        folder, "tests/test_thing.py", "        self.thing.action_grow()\n", f"{body}\n"
    )


def failing_test(folder: Path) -> None:
    """Expect what is not so."""
    change(folder, "tests/test_thing.py", "double, 6)", "double, 7)")


def broken_set_up(folder: Path) -> None:
    """Raise in setUpClass."""
    change(
        folder,
        "tests/test_thing.py",
        "        cls.thing =",
        '        raise ValueError("no fixture")\n        cls.thing =',
    )


def low_coverage(folder: Path) -> None:
    """Add much code that nothing runs."""
    lines = "".join(f"        x = self.size + {number}\n" for number in range(60))
    path = folder / "models" / "thing.py"
    path.write_text(
        f"{path.read_text()}\n    def never(self):\n{lines}        return x\n"
    )


def low_body_coverage(folder: Path) -> None:
    """Hide functions that nothing runs behind many lines that run at import."""
    fields = "".join(f"    f{number} = fields.Char()\n" for number in range(120))
    lines = "".join(f"        x = self.size + {number}\n" for number in range(20))
    path = folder / "models" / "thing.py"
    path.write_text(
        f"{path.read_text()}\n{fields}\n    def never(self):\n{lines}        return x\n"
    )


def no_tests(folder: Path) -> None:
    """Leave the tests out."""
    (folder / "tests/test_thing.py").unlink()
    (folder / "tests/__init__.py").unlink()


def not_imported(folder: Path) -> None:
    """Forget to import a second test file."""
    text = (folder / "tests/test_thing.py").read_text()
    (folder / "tests/test_other.py").write_text(text.replace("TestThing", "TestOther"))


def missing_field(folder: Path) -> None:
    """Show a field that does not exist."""
    change(folder, "views/thing.xml", 'name="size"', 'name="colour"')


def missing_dependency(folder: Path) -> None:
    """Depend on a module that nobody has."""
    change(folder, "__manifest__.py", '"base"', '"base", "nonesuch_module"')


def syntax_error(folder: Path) -> None:
    """Break the model's file."""
    change(folder, "models/thing.py", "class Thing(", "class Thing((")


def wrong_series(folder: Path) -> None:
    """Claim another Odoo."""
    change(folder, "__manifest__.py", "19.0.1.0.0", "18.0.1.0.0")


def skipped_tests(folder: Path) -> None:
    """Skip the only class."""
    change(
        folder,
        "tests/test_thing.py",
        "class TestThing",
        'import unittest\n\n\n@unittest.skip("later")\nclass TestThing',
    )


def hidden_tests(folder: Path) -> None:
    """Tag the tests so that Odoo does not choose them."""
    change(
        folder,
        "tests/test_thing.py",
        "import TransactionCase\n\n\n",
        'import TransactionCase, tagged\n\n\n@tagged("-standard", "slow")\n',
    )


def bad_access_file(folder: Path) -> None:
    """Grant access to a model that is not there."""
    change(folder, "security/ir.model.access.csv", "model_thing_a", "model_thing_z")


def unbalanced_xml(folder: Path) -> None:
    """Leave an element open."""
    change(folder, "views/thing.xml", "</form>", "")


SUBTESTS: Final = (
    "        for number in (1, 2):\n"
    "            with self.subTest(number=number):\n"
    "                self.assertEqual(number, 3)\n"
    "        self.thing.action_grow()"
)

DEFECTS: Final[dict[str, tuple[Callable[[Path], None], str]]] = {
    "failing test": (
        failing_test,
        r"TestThing\.test_double failed: AssertionError: 6 != 7",
    ),
    "failing subtests": (
        in_test(SUBTESTS),
        r"TestThing\.test_grow failed: AssertionError",
    ),
    "error in setUpClass": (
        broken_set_up,
        r"TestThing\.setUpClass ended in an error: ValueError: no fixture",
    ),
    "low coverage": (low_coverage, r"thing_a: coverage \d\d\.\d % < 70 %"),
    "low body coverage": (
        low_body_coverage,
        r"thing_a: body coverage \d\d?\.\d % < 50 %",
    ),
    "no test": (no_tests, r"thing_a: no test was executed \(0 found in its source\)"),
    "test not imported": (
        not_imported,
        r"tests/test_other\.py is not imported by tests/__init__\.py",
    ),
    "view on a missing field": (
        missing_field,
        r"Installing thing_a failed: .*colour.*thing\.xml",
    ),
    "missing dependency": (missing_dependency, r"nonesuch_module"),
    "syntax error": (
        syntax_error,
        r"Installing thing_a failed: SyntaxError.*thing\.py",
    ),
    "access to a missing model": (
        bad_access_file,
        r"Installing thing_a failed: .*model_thing_z",
    ),
    "XML that is not well-formed": (
        unbalanced_xml,
        r"Installing thing_a failed: XMLSyntaxError",
    ),
    "another series": (
        wrong_series,
        r"thing_a was not installed, its state is uninstall",
    ),
    "os._exit(0) in a test": (
        in_test("        import os\n\n        os._exit(0)"),
        r"ended early with exit code 0, last test TestThing\.test_grow",
    ),
    "sys.exit(0) in a test": (
        in_test("        import sys\n\n        sys.exit(0)"),
        r"TestThing\.test_grow ended in an error: SystemExit: 0",
    ),
    "killed by itself": (
        in_test("        import os\n\n        os.kill(os.getpid(), 9)"),
        r"was killed by signal 9, last test TestThing\.test_grow",
    ),
    "hanging test": (
        in_test("        import time\n\n        time.sleep(600)"),
        r"did not end within 20 s, last test TestThing\.test_grow",
    ),
    "skipped tests": (skipped_tests, r"thing_a: no test was executed \(2 found"),
    "hidden tests": (
        hidden_tests,
        r"TestThing\.test_double \(tagged -standard, slow\)",
    ),
}
"""Name of a defect, the function that seeds it, and the reason that has to name it."""
