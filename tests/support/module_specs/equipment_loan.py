"""Loans of equipment: by days, told to a manager whom no role names."""

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


def equipment_loan() -> Spec:
    """Return loans of equipment: by days, told to a manager whom no role names."""
    return Spec.model_validate(
        {
            "module": "equipment_loan",
            "title": "Equipment Loans",
            "summary": "Who has borrowed what, and until when",
            "roles": [role("borrower"), role("keeper", scope="company", manages=True)],
            "entities": [
                {
                    "name": "item",
                    "label": "Item",
                    "model": "equipment.loan.item",
                    "configuration": True,
                    "company": False,
                    "fields": [
                        field("name", "char", required=True),
                        field("active", "boolean", default={"value": True}),
                    ],
                },
                {
                    "name": "loan",
                    "label": "Loan",
                    "model": "equipment.loan",
                    "sequence": {"prefix": "LOAN"},
                    "fields": [
                        field("name", "char", "Purpose", required=True),
                        field(
                            "borrower_id",
                            "many2one",
                            relation="hr.employee",
                            required=True,
                            default={"dynamic": "current_employee"},
                        ),
                        field(
                            "item_id",
                            "many2one",
                            relation="equipment.loan.item",
                            required=True,
                        ),
                        field("date_from", "date", "From", required=True),
                        field("date_to", "date", "Until", required=True),
                        field("insured", "boolean", tracked=True),
                        field(
                            "place",
                            "selection",
                            selection=[
                                {"value": "office", "label": "Office"},
                                {"value": "away", "label": "Away"},
                            ],
                            default={"value": "office"},
                        ),
                        field("deposit", "float"),
                        field("worth", "float"),
                        field(
                            "department_id",
                            "many2one",
                            relation="hr.department",
                            computed={
                                "kind": "related",
                                "path": ["borrower_id", "department_id"],
                            },
                        ),
                    ],
                    "states": [
                        state("new"),
                        state("lent", frozen=True),
                        state("back", final=True),
                        state("denied", refused=True, final=True),
                    ],
                    "transitions": [
                        step(
                            "lend",
                            ["new"],
                            "lent",
                            roles=["keeper"],
                            conditions=[
                                {"field": "insured", "operator": "=", "value": True},
                                {"field": "place", "operator": "!=", "value": "away"},
                                {
                                    "field": "deposit",
                                    "operator": ">=",
                                    "other": "worth",
                                },
                            ],
                        ),
                        step(
                            "deny",
                            ["new"],
                            "denied",
                            roles=["keeper"],
                            reason=True,
                            attachment=True,
                        ),
                        step("give_back", ["lent"], "back"),
                    ],
                    "constraints": [
                        rule(
                            "no_overlap",
                            "item_is_free",
                            "Somebody else has it then.",
                            start="date_from",
                            end="date_to",
                            per=["item_id"],
                        )
                    ],
                    "notifications": [
                        told(
                            "asked",
                            manager=True,
                            roles=["keeper"],
                            channels=["activity", "email", "chatter"],
                            subject="Somebody wants to borrow something",
                        )
                    ],
                    "reminders": [
                        told(
                            "due_back",
                            date="date_to",
                            days=0,
                            states=["lent"],
                            requester=True,
                            channel="chatter",
                            subject="Bring it back today",
                        )
                    ],
                    "views": ["list", "form", "calendar", "kanban", "search"],
                },
            ],
            "criteria": [
                criterion(
                    "ac_1",
                    "Only insured loans are lent",
                    cover("condition", "loan", "lend"),
                ),
                criterion(
                    "ac_2",
                    "Borrowers see their own loans",
                    cover("access", "loan", "borrower"),
                ),
                criterion(
                    "ac_3",
                    "What is lent is not changed",
                    cover("frozen", "loan", "lent"),
                ),
            ],
        }
    )
