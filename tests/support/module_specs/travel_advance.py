"""The travel advance: submitted, decided on by the manager, paid by finance."""

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


def travel_advance() -> Spec:
    """Return the travel advance: submitted, decided on by the manager, paid by finance."""
    return Spec.model_validate(
        {
            "module": "travel_advance",
            "title": "Travel Advances",
            "summary": "Employees ask for money before they travel",
            "description": "An employee asks for an advance. His manager decides, finance pays.",
            "roles": [
                role("employee"),
                role("manager", scope="team", implies=["employee"]),
                role("finance", scope="company", implies=["employee"], manages=True),
            ],
            "entities": [
                {
                    "name": "travel_advance",
                    "label": "Travel Advance",
                    "model": "travel.advance",
                    "sequence": {"prefix": "TA", "yearly": True},
                    "fields": [
                        field("purpose", "char", required=True, tracked=True),
                        field(
                            "employee_id",
                            "many2one",
                            relation="hr.employee",
                            required=True,
                            default={"dynamic": "current_employee"},
                        ),
                        field("date_start", "date", "Departure", required=True),
                        field("date_end", "date", "Return", required=True),
                        field(
                            "days",
                            "integer",
                            computed={
                                "kind": "days_between",
                                "start": "date_start",
                                "end": "date_end",
                            },
                        ),
                        field(
                            "amount",
                            "monetary",
                            required=True,
                            tracked=True,
                            help="What is paid before the journey.",
                        ),
                        field("note", "text"),
                    ],
                    "states": [
                        state("draft"),
                        state("submitted", frozen=True),
                        state("approved", frozen=True),
                        state("paid", frozen=True, final=True),
                        state("rejected", frozen=True, refused=True),
                    ],
                    "transitions": [
                        step("submit", ["draft"], "submitted", own_only=True),
                        step(
                            "approve",
                            ["submitted"],
                            "approved",
                            roles=["manager"],
                            not_own=True,
                        ),
                        step(
                            "reject",
                            ["submitted"],
                            "rejected",
                            roles=["manager"],
                            not_own=True,
                            reason=True,
                        ),
                        step(
                            "pay", ["approved"], "paid", roles=["finance"], not_own=True
                        ),
                        step(
                            "reset",
                            ["rejected"],
                            "draft",
                            label="Reset to Draft",
                            own_only=True,
                        ),
                    ],
                    "constraints": [
                        rule(
                            "compare",
                            "amount_positive",
                            "The amount must be positive.",
                            field="amount",
                            operator=">",
                            value=0,
                        ),
                        rule(
                            "compare",
                            "dates_in_order",
                            "Nobody returns before the departure.",
                            field="date_end",
                            operator=">=",
                            other="date_start",
                        ),
                    ],
                    "notifications": [
                        told(
                            "approval",
                            on="submit",
                            manager=True,
                            channels=["activity"],
                            subject="A travel advance waits for approval",
                            body="Please approve or reject it.",
                        ),
                        told(
                            "approved",
                            on="approve",
                            requester=True,
                            roles=["finance"],
                            channels=["email", "chatter"],
                            subject="A travel advance is approved",
                        ),
                        told(
                            "rejected",
                            on="reject",
                            requester=True,
                            channels=["chatter"],
                            subject="The travel advance is rejected",
                        ),
                    ],
                    "views": ["list", "form", "search", "kanban", "pivot", "graph"],
                }
            ],
            "criteria": [
                criterion(
                    "ac_1",
                    "An employee can submit a travel advance",
                    cover("transition", "travel_advance", "submit"),
                ),
                criterion(
                    "ac_2",
                    "The manager is notified and approves",
                    cover("notification", "travel_advance", "approval"),
                    cover("transition", "travel_advance", "approve"),
                ),
                criterion(
                    "ac_3",
                    "The manager rejects with a reason",
                    cover("transition", "travel_advance", "reject"),
                ),
                criterion(
                    "ac_4",
                    "Finance pays what is approved",
                    cover("transition", "travel_advance", "pay"),
                    cover("role", "travel_advance", "finance"),
                ),
                criterion(
                    "ac_5",
                    "All changes are logged in the chatter",
                    cover("tracking", "travel_advance", "amount"),
                ),
            ],
        }
    )
