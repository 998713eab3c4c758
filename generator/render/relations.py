"""What is known of models of Odoo that a specification leads to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from generator import existing

if TYPE_CHECKING:
    from collections.abc import Mapping

MODULES: Final = {
    "hr.employee": "hr",
    "hr.department": "hr",
    "hr.job": "hr",
    "product.product": "product",
    "product.template": "product",
    "product.category": "product",
    "uom.uom": "uom",
    "project.project": "project",
    "project.task": "project",
    "fleet.vehicle": "fleet",
    "maintenance.equipment": "maintenance",
    "account.account": "account",
    "account.move": "account",
    "account.journal": "account",
    "account.analytic.account": "analytic",
    "sale.order": "sale",
    "purchase.order": "purchase",
    "stock.location": "stock",
    "stock.picking": "stock",
    "stock.warehouse": "stock",
    "crm.lead": "crm",
    "crm.team": "sales_team",
    "calendar.event": "calendar",
    "resource.resource": "resource",
    "resource.calendar": "resource",
    "event.event": "event",
    "survey.survey": "survey",
    "hr.skill": "hr_skills",
    "hr.work.location": "hr",
    "helpdesk.ticket": "",
}
"""Module that brings a model along."""

_OF_COMPANY: Final = {
    "hr.employee", "hr.department", "hr.job", "product.product", "product.template",
    "project.project", "project.task", "fleet.vehicle", "maintenance.equipment",
    "account.move", "account.journal", "sale.order", "purchase.order",
    "stock.location", "stock.picking", "stock.warehouse", "res.partner",
}  # fmt: skip


NUMBER: Final = "{number}"
"""In a text of a sample: another one for each record."""


@dataclass(frozen=True)
class Needed:
    """A value that is a record of another model, made before.

    Attributes:
        model: The model.
        values: What it is made of.
    """

    model: str
    values: Mapping[str, object]


UNREAD: Final = {
    "fleet.vehicle": "fleet",
    "account.analytic.account": "analytic",
}
"""Models that people fill in although an internal user may not read them, and their
module: who may see a record that leads there has to see its name."""

KEEPERS: Final = {
    "account.analytic.account": ("analytic", "group_analytic_accounting"),
}
"""Groups that even an administrator needs to make a record: module and name."""

_SAMPLES: Final[dict[str, dict[str, object]]] = {
    "account.analytic.account": {
        "name": "Sample account",
        "plan_id": {"model": "account.analytic.plan"},
    },
    "fleet.vehicle.model": {
        "name": "Sample model",
        "brand_id": {"model": "fleet.vehicle.model.brand"},
    },
    "hr.skill": {"name": "Sample skill", "skill_type_id": {"model": "hr.skill.type"}},
    "hr.work.location": {
        "name": "Sample location",
        "location_type": "office",
        "address_id": {"model": "res.partner"},
    },
    "res.currency": {"name": "XTS", "symbol": "X"},
    "account.account": {
        "name": "Sample account",
        "code": "GEN100",
        "account_type": "expense",
    },
    "account.journal": {"name": "Sample journal", "code": "GENJ", "type": "general"},
    "res.country": {"name": "Sample country", "code": "XZ"},
}
"""Samples of models that nothing is added to, written as in `existing/models.toml`."""


def module_of(model: str) -> str | None:
    """Return the module that *model* comes with, None of what `base` brings or nobody knows."""
    if model in MODULES:
        return MODULES[model] or None
    found = existing.known(model)
    return found.module if found else None


def of_company(model: str) -> bool:
    """Tell whether records of *model* belong to a company, as ``check_company`` needs."""
    return model in _OF_COMPANY


def sample(model: str) -> dict[str, object]:
    """Return values that make a record of *model*, records of others as `Needed`.

    A text with `NUMBER` in it has to differ from record to record.
    """
    found = existing.known(model)
    usual = {"name": f"Sample {model.rsplit('.', maxsplit=1)[-1]}"}
    given = _SAMPLES.get(model) or (found.sample if found else usual)
    return {name: _value(value) for name, value in given.items()}


def _value(value: object) -> object:
    """Return a value as it is written in a sample; a table is a record of its `model`."""
    if not isinstance(value, dict):
        return value
    rest = {name: _value(part) for name, part in value.items() if name != "model"}
    return Needed(value["model"], rest or sample(value["model"]))


def first(value: object) -> object:
    """Return a value as it is in the first record of a sample."""
    return value.replace(NUMBER, "0") if isinstance(value, str) else value


def title(model: str) -> str:
    """Return words that find the sample of *model*, empty where it has a number only."""
    given = sample(model)
    words = given.get("name") or given.get("title") or given.get("license_plate") or ""
    return str(first(words))
