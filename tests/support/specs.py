"""A small Odoo module with specs, good ones and such with one defect each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.support.workspaces import write_module

if TYPE_CHECKING:
    from pathlib import Path

MODEL: Final = """from odoo import fields, models
from odoo.exceptions import UserError


class Thing(models.Model):
    _name = "{name}.thing"
    _description = "Thing"

    name = fields.Char(required=True)
    state = fields.Selection([("new", "New"), ("done", "Done")], default="new")
    size = fields.Integer()
    made = fields.Date()
    kind = fields.Selection([("a", "Kind A"), ("b", "Kind B")])
    good = fields.Boolean()
    notes = fields.Text()
    page = fields.Html()
    moment = fields.Datetime()
    partner_id = fields.Many2one("res.partner")
    friend_ids = fields.Many2many("res.partner")

    def action_done(self):
        for thing in self:
            if thing.size > 100:
                raise UserError(self.env._("Too big."))
            thing.state = "done"
"""

VIEWS: Final = """<?xml version="1.0" encoding="UTF-8" ?>
<odoo>
    <record id="thing_form" model="ir.ui.view">
        <field name="name">thing.form</field>
        <field name="model">{name}.thing</field>
        <field name="arch" type="xml">
            <form>
                <header>
                    <button name="action_done" type="object" string="Finish"
                        invisible="state == 'done'" />
                    <field name="state" widget="statusbar" />
                </header>
                <sheet>
                    <group>
                        <field name="name" />
                        <field name="size" />
                        <field name="made" />
                        <field name="moment" />
                        <field name="kind" />
                        <field name="good" />
                        <field name="partner_id" />
                        <field name="friend_ids" widget="many2many_tags" />
                        <field name="notes" />
                        <field name="id" readonly="1" />
                    </group>
                    <notebook>
                        <page name="more" string="More">
                            <field name="page" />
                        </page>
                    </notebook>
                </sheet>
            </form>
        </field>
    </record>
    <record id="thing_list" model="ir.ui.view">
        <field name="name">thing.list</field>
        <field name="model">{name}.thing</field>
        <field name="arch" type="xml">
            <list><field name="name" /><field name="size" /><field name="state" /></list>
        </field>
    </record>
    <record id="thing_search" model="ir.ui.view">
        <field name="name">thing.search</field>
        <field name="model">{name}.thing</field>
        <field name="arch" type="xml">
            <search>
                <field name="name" />
                <filter name="new" string="New" domain="[('state', '=', 'new')]" />
            </search>
        </field>
    </record>
    <record id="thing_action" model="ir.actions.act_window">
        <field name="name">Things</field>
        <field name="res_model">{name}.thing</field>
        <field name="view_mode">list,form</field>
        <field name="context">{{'search_default_new': 1}}</field>
    </record>
    <record id="thing_one" model="{name}.thing">
        <field name="name">The first</field>
        <field name="size">7</field>
    </record>
    <menuitem id="menu_root" name="Things" />
    <menuitem id="menu_things" parent="menu_root" action="thing_action" />
</odoo>
"""

ACCESS: Final = """id,name,model_id:id,group_id:id,perm_read,perm_write,perm_create,perm_unlink
thing,thing,model_{name}_thing,base.group_user,1,1,1,0
"""

CONFTEST: Final = """import pytest
from qgate.e2e import Role


@pytest.fixture(scope="session")
def roles():
    return {
        "worker": Role("Wilma Worker", ("base.group_user",)),
        "helper": Role("Henk Helper", ("base.group_user",)),
    }
"""

PASSING: Final = """def test_it_opens(odoo):
    odoo.login("worker").open("{name}.thing_action").row("The first")
"""


UNLUCKY: Final = """<?xml version="1.0" encoding="UTF-8" ?>
<odoo>
    <record id="unlucky_action" model="ir.actions.act_window">
        <field name="name">Unlucky</field>
        <field name="res_model">res.partner</field>
        <field name="view_mode">list</field>
        <field name="domain">[('nonesuch', '=', 1)]</field>
    </record>
    <menuitem id="menu_root" name="Unlucky" />
    <menuitem id="menu_unlucky" parent="menu_root" action="unlucky_action" />
</odoo>
"""
"""An action that installs well and cannot be opened."""


def unlucky(addons: Path, name: str = "thing_u") -> Path:
    """Write a module with a menu that leads to an error, and return its folder."""
    return write_module(
        addons,
        name,
        license="LGPL-3",
        author="T",
        data=["views/unlucky.xml"],
        files={"views/unlucky.xml": UNLUCKY},
    )


def module(addons: Path, name: str = "thing_e", **specs: str) -> Path:
    """Write the module with *specs*, by name of the file, and return its folder."""
    return write_module(
        addons,
        name,
        license="LGPL-3",
        author="T",
        data=["security/ir.model.access.csv", "views/thing.xml"],
        files={
            "__init__.py": "from . import models\n",
            "models/__init__.py": "from . import thing\n",
            "models/thing.py": MODEL.format(name=name),
            "views/thing.xml": VIEWS.format(name=name),
            "security/ir.model.access.csv": ACCESS.format(name=name),
            "e2e/conftest.py": CONFTEST,
            **{f"e2e/{spec}.py": text for spec, text in specs.items()},
        },
    )
