"""Contracts with reminders, an overdue flag, a report, and a foreign currency."""

from __future__ import annotations

from generator.spec import Spec
from tests.support.module_specs.parts import (
    cover,
    criterion,
    field,
    role,
    state,
    step,
    told,
)


def contract_watch() -> Spec:
    """Return contracts with reminders, an overdue flag, a report, and a foreign currency."""
    return Spec.model_validate(
        {
            "module": "contract_watch",
            "title": "Contract Watch",
            "summary": "Contracts that end are seen in time",
            "roles": [role("legal", scope="company", manages=True)],
            "entities": [
                {
                    "name": "contract",
                    "label": "Contract",
                    "model": "contract.watch",
                    "fields": [
                        field("name", "char", required=True),
                        field(
                            "responsible_id",
                            "many2one",
                            relation="res.users",
                            required=True,
                            default={"dynamic": "current_user"},
                        ),
                        field(
                            "partner_id",
                            "many2one",
                            relation="res.partner",
                            required=True,
                        ),
                        field("date_end", "date", "End", required=True),
                        field("currency_id", "many2one", relation="res.currency"),
                        field("value", "monetary", currency="currency_id"),
                        field(
                            "company_value",
                            "monetary",
                            "Value in Company Currency",
                            computed={
                                "kind": "converted",
                                "amount": "value",
                                "date": "date_end",
                            },
                        ),
                        field(
                            "is_overdue",
                            "boolean",
                            "Overdue",
                            computed={"kind": "overdue", "date": "date_end"},
                        ),
                    ],
                    "states": [state("running"), state("ended", final=True)],
                    "transitions": [step("end", ["running"], "ended", roles=["legal"])],
                    "reminders": [
                        told(
                            "ends_soon",
                            date="date_end",
                            days=-30,
                            requester=True,
                            subject="A contract ends soon",
                        ),
                        told(
                            "has_ended",
                            date="date_end",
                            days=2,
                            roles=["legal"],
                            channel="email",
                            subject="A contract has ended",
                        ),
                    ],
                }
            ],
            "reports": [
                {"name": "sheet", "title": "Contract Sheet", "entity": "contract"}
            ],
            "criteria": [
                criterion(
                    "ac_1",
                    "30 days before the end the responsible is reminded",
                    cover("reminder", "contract", "ends_soon"),
                ),
                criterion(
                    "ac_2",
                    "A contract is printed",
                    cover("report", "contract", "sheet"),
                ),
            ],
        }
    )
