"""What a module is about: the model that an extension would inherit, and its form."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from lxml import etree

from generator.gaps.principal import principal
from generator.gaps.source import read

if TYPE_CHECKING:
    from pathlib import Path

    from generator.gaps.search import Index

MODEL = """
from odoo import fields, models

class {kind}(models.Model):
    _name = "{name}"
    _description = "{kind} of ours"
    _inherit = {inherits}

    title = fields.Char()
    owner_id = fields.Many2one("res.users", "In charge")
    line_ids = fields.One2many("x.line", "x_id", string="Positions")
"""
FORM = """
<record id="{id}" model="ir.ui.view">
  <field name="name">{id}</field><field name="model">{name}</field>
  <field name="arch" type="xml"><form string="{kind}">{fields}</form></field>
</record>
"""
OPENS = """
<record id="{id}" model="ir.actions.act_window">
  <field name="name">{id}</field><field name="res_model">{name}</field>
</record>
"""


def module(folder: Path, models: str, data: str) -> Path:
    (folder / "models").mkdir(parents=True)
    (folder / "models" / "all.py").write_text(models, encoding="utf-8")
    (folder / "data.xml").write_text(f"<odoo>{data}</odoo>", encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("name", "model", "form"),
    [
        ("fleet", "fleet.vehicle", "fleet.fleet_vehicle_view_form"),
        ("hr_expense", "hr.expense", "hr_expense.hr_expense_view_form"),
        ("hr_holidays", "hr.leave", "hr_holidays.hr_leave_view_form"),
        ("project", "project.project", "project.edit_project"),
        ("crm", "crm.lead", "crm.crm_lead_view_form"),
        (
            "maintenance",
            "maintenance.request",
            "maintenance.hr_equipment_request_view_form",
        ),
        ("event", "event.event", "event.view_event_form"),
        ("hr", "hr.employee", "hr.view_employee_form"),
        ("hr_recruitment", "hr.applicant", "hr_recruitment.hr_applicant_view_form"),
        ("purchase", "purchase.order", "purchase.purchase_order_form"),
        ("stock", "stock.picking", "stock.view_picking_form"),
        ("account", "account.move", "account.view_move_form"),
        ("survey", "survey.survey", "survey.survey_survey_view_form"),
        ("website_slides", "slide.channel", "website_slides.view_slide_channel_form"),
        ("lunch", "lunch.order", "lunch.lunch_order_view_form"),
        ("contacts", "", ""),  # shows what base defines
        ("website_sale", "", ""),  # sells what sale defines
        ("sale_expense", "", ""),
        ("web", "", ""),
        ("helpdesk_mgmt", "", ""),  # of OCA: its source is not at hand
    ],
)
def test_the_modules_of_odoo_are_about_what_people_work_on(
    found: Index, name: str, model: str, form: str
) -> None:
    one = next(one for one in found.documents if one.module == name)
    assert (one.model, one.form) == (model, form)


def test_every_form_is_in_the_source_it_is_said_to_be_in(
    found: Index, addons: tuple[Path, ...]
) -> None:
    forms = [one for one in found.documents if one.form]
    assert len(forms) > 25
    for one in forms:
        owner, _, name = one.form.partition(".")
        assert owner == one.module
        folder = next(root / owner for root in addons if (root / owner).is_dir())
        wanted = f"//record[@id='{name}' or @id='{one.form}'][@model='ir.ui.view']"
        models = [
            "".join(record.find("field[@name='model']").itertext())
            for path in folder.rglob("*.xml")
            if name in path.read_text(encoding="utf-8")
            for record in etree.parse(path).xpath(wanted)
        ]
        assert models == [one.model]


def test_menus_of_settings_reports_and_dashboards_do_not_count(tmp_path: Path) -> None:
    models = "".join(
        MODEL.format(kind=kind, name=name, inherits=["mail.thread"])
        for kind, name in (("Kind", "x.kind"), ("Thing", "x.thing"))
    )
    data = "".join(
        FORM.format(id=f"form_{kind}", name=f"x.{kind}", kind=kind, fields="")
        + OPENS.format(id=f"open_{kind}", name=f"x.{kind}")
        for kind in ("kind", "thing")
    )
    data += """
      <menuitem id="root" name="Things">
        <menuitem id="board" name="Dashboard" action="open_kind" sequence="1"/>
        <menuitem id="things" name="Things" action="open_thing" sequence="2"/>
        <menuitem id="set" name="Configuration" sequence="3">
          <menuitem id="kinds" name="Kinds" action="open_kind"/>
          <menuitem id="more" name="More kinds" action="open_kind"/>
        </menuitem>
      </menuitem>
    """
    folder = module(tmp_path / "x_things", models, data)
    assert principal(read(folder, ["data.xml"])) == ("x.thing", "x_things.form_thing")


def test_code_behind_a_menu_opens_the_model_it_runs_on(tmp_path: Path) -> None:
    data = """
      <record id="run" model="ir.actions.server">
        <field name="name">Mine</field><field name="model_id" ref="model_x_thing"/>
        <field name="state">code</field><field name="code">action = model.mine()</field>
      </record>
      <menuitem id="root" name="Things" action="run"/>
    """ + FORM.format(id="form", name="x.thing", kind="Thing", fields="<field/>")
    data += FORM.format(id="dialog", name="x.thing", kind="Thing", fields="")
    text = MODEL.format(kind="Thing", name="x.thing", inherits=[])
    folder = module(tmp_path / "x_things", text, data)
    source = read(folder, ["data.xml"])
    assert principal(source) == ("x.thing", "x_things.form")
    assert source.models[0].labels == ("title", "In charge", "Positions")


@pytest.mark.parametrize(
    ("models", "data"),
    [
        ("class Broken(models.Model:\n", "<menuitem"),
        ("", ""),
        ("x = models.nothing\0", "<menuitem id='a' name='b' action='gone'/>"),
        (
            "class Odd(models.Model):\n    _name = some()\n    _inherit = 3 * other\n",
            "<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><menuitem id='&b;'/>",
        ),
        (
            MODEL.format(kind="Thing", name="x.thing", inherits=[]),
            "<menuitem id='a' parent='b' name='x'/><menuitem id='b' parent='a' name='y'/>",
        ),
    ],
)
def test_what_cannot_be_read_is_about_nothing(
    tmp_path: Path, models: str, data: str
) -> None:
    folder = module(tmp_path / "x_things", models, data)
    assert principal(read(folder, ["data.xml", "gone.xml"])) == ("", "")
