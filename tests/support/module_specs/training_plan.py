"""Courses and enrolments in them, both with a workflow."""

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


def training_plan() -> Spec:
    """Return courses and enrolments in them, both with a workflow."""
    return Spec.model_validate(
        {
            "module": "training_plan",
            "title": "Training Plan",
            "summary": "Who takes part in which course",
            "roles": [
                role("trainee", scope="all"),
                role("planner", scope="all", implies=["trainee"]),
            ],
            "entities": [
                {
                    "name": "course",
                    "label": "Course",
                    "model": "training.plan.course",
                    "fields": [
                        field("name", "char", required=True),
                        field("about", "html"),
                        field("seats", "integer", required=True),
                        field("start_date", "date"),
                        field("end_date", "date"),
                        field(
                            "days",
                            "integer",
                            computed={
                                "kind": "days_between",
                                "start": "start_date",
                                "end": "end_date",
                            },
                        ),
                        field("topic_ids", "many2many", relation="training.plan.topic"),
                        field(
                            "trainer_id",
                            "many2one",
                            relation="hr.employee",
                            required=True,
                        ),
                    ],
                    "states": [
                        state("planned"),
                        state("open"),
                        state("closed", final=True),
                    ],
                    "transitions": [
                        step("open", ["planned", "closed"], "open", roles=["planner"]),
                        step("close", ["open"], "closed", roles=["planner"]),
                    ],
                },
                {
                    "name": "enrolment",
                    "label": "Enrolment",
                    "model": "training.plan.enrolment",
                    "fields": [
                        field(
                            "course_id",
                            "many2one",
                            relation="training.plan.course",
                            required=True,
                            tracked=True,
                        ),
                        field(
                            "partner_id",
                            "many2one",
                            relation="res.partner",
                            required=True,
                        ),
                        field("attended_on", "date"),
                        field("grade", "integer"),
                    ],
                    "constraints": [
                        rule(
                            "unique",
                            "once",
                            "Nobody is enrolled twice.",
                            fields=["course_id", "partner_id"],
                        ),
                        rule(
                            "compare",
                            "grade_at_most",
                            "The worst grade is 6.",
                            field="grade",
                            operator="<=",
                            value=6,
                        ),
                    ],
                    "notifications": [
                        told(
                            "enrolled",
                            requester=True,
                            channels=["email"],
                            subject="You are enrolled",
                            body="Welcome.\n\nBring a pen.",
                        )
                    ],
                },
                {
                    "name": "topic",
                    "label": "Topic",
                    "model": "training.plan.topic",
                    "configuration": True,
                    "fields": [field("name", "char", required=True)],
                },
            ],
            "criteria": [
                criterion(
                    "ac_1",
                    "Nobody is enrolled twice in a course",
                    cover("constraint", "enrolment", "once"),
                )
            ],
        }
    )
