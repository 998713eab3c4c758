"""What is known of models of Odoo that a specification leads to."""

from __future__ import annotations

from typing import Final

from generator import existing

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
    "helpdesk.ticket": "",
}
"""Module that brings a model along."""

_OF_COMPANY: Final = {
    "hr.employee", "hr.department", "hr.job", "product.product", "product.template",
    "project.project", "project.task", "fleet.vehicle", "maintenance.equipment",
    "account.move", "account.journal", "sale.order", "purchase.order",
    "stock.location", "stock.picking", "stock.warehouse", "res.partner",
}  # fmt: skip

_SAMPLES: Final[dict[str, dict[str, object]]] = {
    "project.task": {"name": "Sample task"},
    "res.currency": {"name": "XTS", "symbol": "X"},
    "account.account": {
        "name": "Sample account",
        "code": "GEN100",
        "account_type": "expense",
    },
    "account.journal": {"name": "Sample journal", "code": "GENJ", "type": "general"},
    "res.company": {"name": "Sample company"},
    "res.country": {"name": "Sample country", "code": "XZ"},
}


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
    """Return values that make a record of *model*; see `Existing.sample`."""
    if model in _SAMPLES:
        return _SAMPLES[model]
    found = existing.known(model)
    if found is not None:
        return found.sample
    return {"name": f"Sample {model.rsplit('.', maxsplit=1)[-1]}"}
