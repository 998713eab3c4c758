"""A request with lines and two levels of approval by amount."""

from __future__ import annotations

from generator.spec import Spec
from tests.support.module_specs.parts import (
    cover,
    criterion,
    field,
    role,
    rule,
    state,
    step,
    told,
)


def purchase_need() -> Spec:
    """Return a request with lines and two levels of approval by amount."""
    return Spec.model_validate(
        {
            "module": "purchase_need",
            "title": "Purchase Needs",
            "summary": "What departments need to buy",
            "roles": [
                role("requester"),
                role("lead", label="Team Lead", scope="team"),
                role("director", scope="all", manages=True),
            ],
            "entities": [
                {
                    "name": "need",
                    "label": "Purchase Need",
                    "model": "purchase.need",
                    "sequence": {"prefix": "PN", "yearly": True, "padding": 4},
                    "fields": [
                        field("reason", "text", required=True),
                        field(
                            "category_id",
                            "many2one",
                            relation="purchase.need.category",
                            required=True,
                        ),
                        field("vendor_id", "many2one", relation="res.partner"),
                        field(
                            "urgency",
                            "selection",
                            default={"value": "normal"},
                            selection=[
                                {"value": "normal", "label": "Normal"},
                                {"value": "urgent", "label": "Urgent"},
                            ],
                        ),
                        field(
                            "line_ids",
                            "one2many",
                            "Items",
                            relation="purchase.need.line",
                            inverse="need_id",
                        ),
                        field(
                            "total",
                            "monetary",
                            computed={
                                "kind": "sum",
                                "lines": "line_ids",
                                "field": "subtotal",
                            },
                        ),
                        field(
                            "items",
                            "integer",
                            "Number of Items",
                            computed={"kind": "count", "lines": "line_ids"},
                        ),
                        field(
                            "category_code",
                            "char",
                            computed={
                                "kind": "related",
                                "path": ["category_id", "code"],
                            },
                        ),
                    ],
                    "states": [
                        state("draft"),
                        state("asked", label="To Approve", frozen=True),
                        state("second", label="Director", frozen=True),
                        state("approved", frozen=True, final=True),
                        state("refused", frozen=True, refused=True),
                    ],
                    "transitions": [
                        step("ask", ["draft"], "asked", own_only=True, attachment=True),
                        step(
                            "approve",
                            ["asked"],
                            "approved",
                            roles=["lead"],
                            not_own=True,
                            conditions=[
                                {"field": "total", "operator": "<=", "value": 1000}
                            ],
                        ),
                        step(
                            "pass_on",
                            ["asked"],
                            "second",
                            label="Pass on",
                            roles=["lead"],
                            not_own=True,
                            conditions=[
                                {"field": "total", "operator": ">", "value": 1000}
                            ],
                        ),
                        step(
                            "approve_large",
                            ["second"],
                            "approved",
                            label="Approve",
                            roles=["director"],
                            not_own=True,
                        ),
                        step(
                            "refuse",
                            ["asked", "second"],
                            "refused",
                            roles=["lead", "director"],
                            reason=True,
                        ),
                    ],
                    "constraints": [
                        rule(
                            "needs_lines",
                            "has_items",
                            "Say what is needed.",
                            lines="line_ids",
                        ),
                        rule(
                            "required_when",
                            "vendor_when_urgent",
                            "What is urgent needs a vendor.",
                            field="vendor_id",
                            when={
                                "field": "urgency",
                                "operator": "=",
                                "value": "urgent",
                            },
                        ),
                    ],
                    "notifications": [
                        told(
                            "waits",
                            on="ask",
                            manager=True,
                            channels=["activity", "email"],
                            subject="A need waits for you",
                        ),
                        told(
                            "director_waits",
                            on="pass_on",
                            roles=["director"],
                            channels=["activity"],
                            subject="A large need waits for you",
                        ),
                        told(
                            "told",
                            on="approve_large",
                            requester=True,
                            channels=["email"],
                            subject="Your need is approved",
                        ),
                    ],
                    "views": ["list", "form", "search", "pivot"],
                },
                {
                    "name": "need_line",
                    "label": "Item",
                    "model": "purchase.need.line",
                    "lines_of": "need",
                    "fields": [
                        field("name", "char", "Description", required=True),
                        field("quantity", "float", required=True, default={"value": 1}),
                        field("price", "monetary", required=True),
                        field(
                            "subtotal",
                            "monetary",
                            computed={
                                "kind": "product",
                                "factors": ["quantity", "price"],
                            },
                        ),
                    ],
                    "constraints": [
                        rule(
                            "compare",
                            "quantity_positive",
                            "The quantity must be positive.",
                            field="quantity",
                            operator=">",
                            value=0,
                        )
                    ],
                },
                {
                    "name": "category",
                    "label": "Need Category",
                    "model": "purchase.need.category",
                    "configuration": True,
                    "fields": [
                        field("name", "char", required=True),
                        field("code", "char"),
                    ],
                },
            ],
            "criteria": [
                criterion(
                    "ac_1",
                    "Needs above 1000 go to the director",
                    cover("condition", "need", "pass_on"),
                    cover("transition", "need", "approve_large"),
                ),
                criterion(
                    "ac_2",
                    "The total is computed from the items",
                    cover("computed", "need", "total"),
                ),
            ],
        }
    )
