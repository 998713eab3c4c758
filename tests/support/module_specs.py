"""Specifications written by hand, of different kinds, for what is rendered of them."""

from __future__ import annotations

from typing import Any

from generator.spec import Spec


def field(name: str, kind: str, label: str = "", **more: Any) -> dict[str, Any]:
    """Return a field; its label is made of its name."""
    plain = name.removesuffix("_ids").removesuffix("_id")
    return {
        "name": name,
        "type": kind,
        "label": label or plain.replace("_", " ").title(),
        **more,
    }


def travel_advance() -> Spec:
    """Return the travel advance: submitted, decided on by the manager, paid by finance."""
    return Spec.model_validate(
        {
            "module": "travel_advance",
            "title": "Travel Advances",
            "summary": "Employees ask for money before they travel",
            "description": "An employee asks for an advance. His manager decides, "
            "finance pays.",
            "roles": [
                {"name": "employee", "label": "Employee"},
                {
                    "name": "manager",
                    "label": "Manager",
                    "scope": "team",
                    "implies": ["employee"],
                },
                {
                    "name": "finance",
                    "label": "Finance",
                    "scope": "company",
                    "implies": ["employee"],
                    "manages": True,
                },
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
                        {"name": "draft", "label": "Draft"},
                        {"name": "submitted", "label": "Submitted", "frozen": True},
                        {"name": "approved", "label": "Approved", "frozen": True},
                        {
                            "name": "paid",
                            "label": "Paid",
                            "frozen": True,
                            "final": True,
                        },
                        {
                            "name": "rejected",
                            "label": "Rejected",
                            "frozen": True,
                            "refused": True,
                        },
                    ],
                    "transitions": [
                        {
                            "name": "submit",
                            "label": "Submit",
                            "sources": ["draft"],
                            "target": "submitted",
                            "own_only": True,
                        },
                        {
                            "name": "approve",
                            "label": "Approve",
                            "sources": ["submitted"],
                            "target": "approved",
                            "roles": ["manager"],
                            "not_own": True,
                        },
                        {
                            "name": "reject",
                            "label": "Reject",
                            "sources": ["submitted"],
                            "target": "rejected",
                            "roles": ["manager"],
                            "not_own": True,
                            "reason": True,
                        },
                        {
                            "name": "pay",
                            "label": "Pay",
                            "sources": ["approved"],
                            "target": "paid",
                            "roles": ["finance"],
                            "not_own": True,
                        },
                        {
                            "name": "reset",
                            "label": "Reset to Draft",
                            "sources": ["rejected"],
                            "target": "draft",
                            "own_only": True,
                        },
                    ],
                    "constraints": [
                        {
                            "kind": "compare",
                            "name": "amount_positive",
                            "field": "amount",
                            "operator": ">",
                            "value": 0,
                            "message": "The amount must be positive.",
                        },
                        {
                            "kind": "compare",
                            "name": "dates_in_order",
                            "field": "date_end",
                            "operator": ">=",
                            "other": "date_start",
                            "message": "Nobody returns before the departure.",
                        },
                    ],
                    "notifications": [
                        {
                            "name": "approval",
                            "on": "submit",
                            "manager": True,
                            "channels": ["activity"],
                            "subject": "A travel advance waits for approval",
                            "body": "Please approve or reject it.",
                        },
                        {
                            "name": "approved",
                            "on": "approve",
                            "requester": True,
                            "roles": ["finance"],
                            "channels": ["email", "chatter"],
                            "subject": "A travel advance is approved",
                        },
                        {
                            "name": "rejected",
                            "on": "reject",
                            "requester": True,
                            "channels": ["chatter"],
                            "subject": "The travel advance is rejected",
                        },
                    ],
                    "views": ["list", "form", "search", "kanban", "pivot", "graph"],
                }
            ],
            "criteria": [
                {
                    "id": "ac_1",
                    "text": "An employee can submit a travel advance",
                    "covers": [
                        {
                            "kind": "transition",
                            "entity": "travel_advance",
                            "name": "submit",
                        }
                    ],
                },
                {
                    "id": "ac_2",
                    "text": "The manager is notified and approves",
                    "covers": [
                        {
                            "kind": "notification",
                            "entity": "travel_advance",
                            "name": "approval",
                        },
                        {
                            "kind": "transition",
                            "entity": "travel_advance",
                            "name": "approve",
                        },
                    ],
                },
                {
                    "id": "ac_3",
                    "text": "The manager rejects with a reason",
                    "covers": [
                        {
                            "kind": "transition",
                            "entity": "travel_advance",
                            "name": "reject",
                        }
                    ],
                },
                {
                    "id": "ac_4",
                    "text": "Finance pays what is approved",
                    "covers": [
                        {
                            "kind": "transition",
                            "entity": "travel_advance",
                            "name": "pay",
                        },
                        {"kind": "role", "entity": "travel_advance", "name": "finance"},
                    ],
                },
                {
                    "id": "ac_5",
                    "text": "All changes are logged in the chatter",
                    "covers": [
                        {
                            "kind": "tracking",
                            "entity": "travel_advance",
                            "name": "amount",
                        }
                    ],
                },
            ],
        }
    )
