"""A log without a workflow: figures, a count and a difference."""

from __future__ import annotations

from generator.spec import Spec
from tests.support.module_specs.parts import cover, criterion, field, role, rule, told


def machine_log() -> Spec:
    """Return a log without a workflow: figures, a count and a difference."""
    return Spec.model_validate(
        {
            "module": "machine_log",
            "title": "Machine Log",
            "summary": "What was done to which machine",
            "roles": [
                role("technician", scope="company"),
                role(
                    "head",
                    label="Head of Maintenance",
                    scope="all",
                    manages=True,
                    implies=["technician"],
                ),
            ],
            "entities": [
                {
                    "name": "log",
                    "label": "Machine Log Entry",
                    "model": "machine.log",
                    "sequence": {"prefix": "ML"},
                    "fields": [
                        field("machine", "char", required=True, tracked=True),
                        field(
                            "kind",
                            "selection",
                            required=True,
                            default={"value": "repair"},
                            selection=[
                                {"value": "repair", "label": "Repair"},
                                {"value": "check", "label": "Check"},
                            ],
                        ),
                        field(
                            "date", "date", required=True, default={"dynamic": "today"}
                        ),
                        field("planned", "float", "Planned Hours"),
                        field("spent", "float", "Hours Spent"),
                        field(
                            "left",
                            "float",
                            "Hours Left",
                            computed={
                                "kind": "difference",
                                "minuend": "planned",
                                "subtrahends": ["spent"],
                            },
                        ),
                        field("photo", "image"),
                        field("wages", "float", roles=["head"]),
                        field(
                            "recorded_on",
                            "datetime",
                            readonly=True,
                            default={"dynamic": "now"},
                        ),
                    ],
                    "constraints": [
                        rule(
                            "compare",
                            "not_beyond_plan",
                            "More hours were spent than planned.",
                            field="left",
                            operator=">=",
                            value=0,
                        )
                    ],
                    "notifications": [
                        told(
                            "new_entry",
                            roles=["head"],
                            channels=["activity"],
                            subject="There is a new entry",
                        )
                    ],
                    "views": ["list", "form", "search", "kanban", "pivot", "graph"],
                    "attachments": True,
                }
            ],
            "integrations": [
                {"name": "SAP PM", "purpose": "Machines come from there."}
            ],
            "criteria": [
                criterion("ac_1", "It is easy to use"),
                criterion(
                    "ac_2",
                    "Head of maintenance hears of new entries",
                    cover("notification", "log", "new_entry"),
                ),
            ],
        }
    )
