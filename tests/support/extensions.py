"""Specifications that add to models of Odoo's own, and what a gap analysis says of them."""

from __future__ import annotations

from generator.gaps import Gap
from generator.spec import Spec
from tests.support.module_specs import field


def customer_credit(**more: object) -> Spec:
    """Return what is added to customers, and nothing else."""
    ratings = [{"value": "a", "label": "A"}, {"value": "b", "label": "B"}]
    entity = {
        "name": "customer",
        "label": "Customer",
        "model": "res.partner",
        "extends": True,
        "views": ["form", "list", "search"],
        "fields": [
            field(
                "credit_rating",
                "selection",
                required=True,
                tracked=True,
                selection=ratings,
            ),
            field("review_date", "date"),
            field("insured_amount", "monetary"),
            field("risk_note", "text"),
            field("watched", "boolean", default={"value": True}),
            field("reviewer_id", "many2one", relation="hr.employee"),
        ],
        "constraints": [
            {
                "kind": "compare",
                "name": "insured_positive",
                "field": "insured_amount",
                "operator": ">=",
                "value": 0,
                "message": "The insured amount cannot be negative.",
            }
        ],
        **more,
    }
    return Spec.model_validate(
        {
            "module": "customer_credit",
            "title": "Customer Credit",
            "summary": "How good customers are for their money",
            "entities": [entity],
            "criteria": [
                {
                    "id": "ac_1",
                    "text": "The list of customers shows the rating",
                    "covers": [{"kind": "view", "entity": "customer", "name": "list"}],
                },
                {
                    "id": "ac_2",
                    "text": "The credit rating is required",
                    "covers": [
                        {
                            "kind": "required",
                            "entity": "customer",
                            "name": "credit_rating",
                        }
                    ],
                },
            ],
        }
    )


def gap(module: str, advice: str = "extend", model: str = "", **more: object) -> Gap:
    """Return a row of the gap analysis."""
    given = {
        "module": module,
        "source": "core",
        "series": "19.0",
        "score": 0.5,
        "summary": "",
        "why": "",
        "recommendation": advice,
        "requirements": (),
        "model": model,
        **more,
    }
    return Gap(**given)  # type: ignore[arg-type]
