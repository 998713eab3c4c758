"""Specifications written by hand, for what no ticket of the tests asks for."""

from __future__ import annotations

from generator.spec import Spec


def field(name: str, kind: str, label: str = "", **more: object) -> dict[str, object]:
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


def machine_log() -> Spec:
    """Return a log without a workflow: figures, a count and a difference."""
    return Spec.model_validate(
        {
            "module": "machine_log",
            "title": "Machine Log",
            "summary": "What was done to which machine",
            "roles": [
                {"name": "technician", "label": "Technician", "scope": "company"},
                {
                    "name": "head",
                    "label": "Head of Maintenance",
                    "scope": "all",
                    "manages": True,
                    "implies": ["technician"],
                },
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
                            "date",
                            "date",
                            required=True,
                            default={"dynamic": "today"},
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
                        {
                            "kind": "compare",
                            "name": "not_beyond_plan",
                            "field": "left",
                            "operator": ">=",
                            "value": 0,
                            "message": "More hours were spent than planned.",
                        },
                    ],
                    "notifications": [
                        {
                            "name": "new_entry",
                            "roles": ["head"],
                            "channels": ["activity"],
                            "subject": "There is a new entry",
                        }
                    ],
                    "views": ["list", "form", "search", "kanban", "pivot", "graph"],
                    "attachments": True,
                }
            ],
            "integrations": [
                {"name": "SAP PM", "purpose": "Machines come from there."}
            ],
            "criteria": [
                {"id": "ac_1", "text": "It is easy to use"},
                {
                    "id": "ac_2",
                    "text": "Head of maintenance hears of new entries",
                    "covers": [
                        {"kind": "notification", "entity": "log", "name": "new_entry"}
                    ],
                },
            ],
        }
    )


def purchase_need() -> Spec:
    """Return a request with lines and two levels of approval by amount."""
    return Spec.model_validate(
        {
            "module": "purchase_need",
            "title": "Purchase Needs",
            "summary": "What departments need to buy",
            "roles": [
                {"name": "requester", "label": "Requester"},
                {"name": "lead", "label": "Team Lead", "scope": "team"},
                {
                    "name": "director",
                    "label": "Director",
                    "scope": "all",
                    "manages": True,
                },
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
                        {"name": "draft", "label": "Draft"},
                        {"name": "asked", "label": "To Approve", "frozen": True},
                        {"name": "second", "label": "Director", "frozen": True},
                        {
                            "name": "approved",
                            "label": "Approved",
                            "frozen": True,
                            "final": True,
                        },
                        {
                            "name": "refused",
                            "label": "Refused",
                            "frozen": True,
                            "refused": True,
                        },
                    ],
                    "transitions": [
                        {
                            "name": "ask",
                            "label": "Ask",
                            "sources": ["draft"],
                            "target": "asked",
                            "own_only": True,
                            "attachment": True,
                        },
                        {
                            "name": "approve",
                            "label": "Approve",
                            "sources": ["asked"],
                            "target": "approved",
                            "roles": ["lead"],
                            "not_own": True,
                            "conditions": [
                                {"field": "total", "operator": "<=", "value": 1000}
                            ],
                        },
                        {
                            "name": "pass_on",
                            "label": "Pass on",
                            "sources": ["asked"],
                            "target": "second",
                            "roles": ["lead"],
                            "not_own": True,
                            "conditions": [
                                {"field": "total", "operator": ">", "value": 1000}
                            ],
                        },
                        {
                            "name": "approve_large",
                            "label": "Approve",
                            "sources": ["second"],
                            "target": "approved",
                            "roles": ["director"],
                            "not_own": True,
                        },
                        {
                            "name": "refuse",
                            "label": "Refuse",
                            "sources": ["asked", "second"],
                            "target": "refused",
                            "roles": ["lead", "director"],
                            "reason": True,
                        },
                    ],
                    "constraints": [
                        {
                            "kind": "needs_lines",
                            "name": "has_items",
                            "lines": "line_ids",
                            "message": "Say what is needed.",
                        },
                        {
                            "kind": "required_when",
                            "name": "vendor_when_urgent",
                            "field": "vendor_id",
                            "when": {
                                "field": "urgency",
                                "operator": "=",
                                "value": "urgent",
                            },
                            "message": "What is urgent needs a vendor.",
                        },
                    ],
                    "notifications": [
                        {
                            "name": "waits",
                            "on": "ask",
                            "manager": True,
                            "channels": ["activity", "email"],
                            "subject": "A need waits for you",
                        },
                        {
                            "name": "director_waits",
                            "on": "pass_on",
                            "roles": ["director"],
                            "channels": ["activity"],
                            "subject": "A large need waits for you",
                        },
                        {
                            "name": "told",
                            "on": "approve_large",
                            "requester": True,
                            "channels": ["email"],
                            "subject": "Your need is approved",
                        },
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
                        field(
                            "quantity",
                            "float",
                            required=True,
                            default={"value": 1},
                        ),
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
                        {
                            "kind": "compare",
                            "name": "quantity_positive",
                            "field": "quantity",
                            "operator": ">",
                            "value": 0,
                            "message": "The quantity must be positive.",
                        }
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
                {
                    "id": "ac_1",
                    "text": "Needs above 1000 go to the director",
                    "covers": [
                        {"kind": "condition", "entity": "need", "name": "pass_on"},
                        {
                            "kind": "transition",
                            "entity": "need",
                            "name": "approve_large",
                        },
                    ],
                },
                {
                    "id": "ac_2",
                    "text": "The total is computed from the items",
                    "covers": [{"kind": "computed", "entity": "need", "name": "total"}],
                },
            ],
        }
    )


def contract_watch() -> Spec:
    """Return contracts with reminders, an overdue flag, a report, and a foreign currency."""
    return Spec.model_validate(
        {
            "module": "contract_watch",
            "title": "Contract Watch",
            "summary": "Contracts that end are seen in time",
            "roles": [
                {"name": "legal", "label": "Legal", "scope": "company", "manages": True}
            ],
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
                    "states": [
                        {"name": "running", "label": "Running"},
                        {"name": "ended", "label": "Ended", "final": True},
                    ],
                    "transitions": [
                        {
                            "name": "end",
                            "label": "End",
                            "sources": ["running"],
                            "target": "ended",
                            "roles": ["legal"],
                        }
                    ],
                    "reminders": [
                        {
                            "name": "ends_soon",
                            "date": "date_end",
                            "days": -30,
                            "requester": True,
                            "subject": "A contract ends soon",
                        },
                        {
                            "name": "has_ended",
                            "date": "date_end",
                            "days": 2,
                            "roles": ["legal"],
                            "channel": "email",
                            "subject": "A contract has ended",
                        },
                    ],
                }
            ],
            "reports": [
                {"name": "sheet", "title": "Contract Sheet", "entity": "contract"}
            ],
            "criteria": [
                {
                    "id": "ac_1",
                    "text": "30 days before the end the responsible is reminded",
                    "covers": [
                        {"kind": "reminder", "entity": "contract", "name": "ends_soon"}
                    ],
                },
                {
                    "id": "ac_2",
                    "text": "A contract is printed",
                    "covers": [
                        {"kind": "report", "entity": "contract", "name": "sheet"}
                    ],
                },
            ],
        }
    )


def equipment_loan() -> Spec:
    """Return loans of equipment: by days, told to a manager whom no role names."""
    return Spec.model_validate(
        {
            "module": "equipment_loan",
            "title": "Equipment Loans",
            "summary": "Who has borrowed what, and until when",
            "roles": [
                {"name": "borrower", "label": "Borrower"},
                {
                    "name": "keeper",
                    "label": "Keeper",
                    "scope": "company",
                    "manages": True,
                },
            ],
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
                        {"name": "new", "label": "New"},
                        {"name": "lent", "label": "Lent", "frozen": True},
                        {"name": "back", "label": "Back", "final": True},
                        {
                            "name": "denied",
                            "label": "Denied",
                            "refused": True,
                            "final": True,
                        },
                    ],
                    "transitions": [
                        {
                            "name": "lend",
                            "label": "Lend",
                            "sources": ["new"],
                            "target": "lent",
                            "roles": ["keeper"],
                            "conditions": [
                                {"field": "insured", "operator": "=", "value": True},
                                {"field": "place", "operator": "!=", "value": "away"},
                                {
                                    "field": "deposit",
                                    "operator": ">=",
                                    "other": "worth",
                                },
                            ],
                        },
                        {
                            "name": "deny",
                            "label": "Deny",
                            "sources": ["new"],
                            "target": "denied",
                            "roles": ["keeper"],
                            "reason": True,
                            "attachment": True,
                        },
                        {
                            "name": "give_back",
                            "label": "Give Back",
                            "sources": ["lent"],
                            "target": "back",
                        },
                    ],
                    "constraints": [
                        {
                            "kind": "no_overlap",
                            "name": "item_is_free",
                            "start": "date_from",
                            "end": "date_to",
                            "per": ["item_id"],
                            "message": "Somebody else has it then.",
                        }
                    ],
                    "notifications": [
                        {
                            "name": "asked",
                            "manager": True,
                            "roles": ["keeper"],
                            "channels": ["activity", "email", "chatter"],
                            "subject": "Somebody wants to borrow something",
                        }
                    ],
                    "reminders": [
                        {
                            "name": "due_back",
                            "date": "date_to",
                            "days": 0,
                            "states": ["lent"],
                            "requester": True,
                            "channel": "chatter",
                            "subject": "Bring it back today",
                        }
                    ],
                    "views": ["list", "form", "calendar", "kanban", "search"],
                },
            ],
            "criteria": [
                {
                    "id": "ac_1",
                    "text": "Only insured loans are lent",
                    "covers": [{"kind": "condition", "entity": "loan", "name": "lend"}],
                },
                {
                    "id": "ac_2",
                    "text": "Borrowers see their own loans",
                    "covers": [
                        {"kind": "access", "entity": "loan", "name": "borrower"}
                    ],
                },
                {
                    "id": "ac_3",
                    "text": "What is lent is not changed",
                    "covers": [{"kind": "frozen", "entity": "loan", "name": "lent"}],
                },
            ],
        }
    )


def training_plan() -> Spec:
    """Return courses and enrolments in them, both with a workflow."""
    return Spec.model_validate(
        {
            "module": "training_plan",
            "title": "Training Plan",
            "summary": "Who takes part in which course",
            "roles": [
                {"name": "trainee", "label": "Trainee", "scope": "all"},
                {
                    "name": "planner",
                    "label": "Planner",
                    "scope": "all",
                    "implies": ["trainee"],
                },
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
                        {"name": "planned", "label": "Planned"},
                        {"name": "open", "label": "Open"},
                        {"name": "closed", "label": "Closed", "final": True},
                    ],
                    "transitions": [
                        {
                            "name": "open",
                            "label": "Open",
                            "sources": ["planned", "closed"],
                            "target": "open",
                            "roles": ["planner"],
                        },
                        {
                            "name": "close",
                            "label": "Close",
                            "sources": ["open"],
                            "target": "closed",
                            "roles": ["planner"],
                        },
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
                        {
                            "kind": "unique",
                            "name": "once",
                            "fields": ["course_id", "partner_id"],
                            "message": "Nobody is enrolled twice.",
                        },
                        {
                            "kind": "compare",
                            "name": "grade_at_most",
                            "field": "grade",
                            "operator": "<=",
                            "value": 6,
                            "message": "The worst grade is 6.",
                        },
                    ],
                    "notifications": [
                        {
                            "name": "enrolled",
                            "requester": True,
                            "channels": ["email"],
                            "subject": "You are enrolled",
                            "body": "Welcome.\n\nBring a pen.",
                        }
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
                {
                    "id": "ac_1",
                    "text": "Nobody is enrolled twice in a course",
                    "covers": [
                        {"kind": "constraint", "entity": "enrolment", "name": "once"}
                    ],
                }
            ],
        }
    )


ALL = (
    travel_advance,
    machine_log,
    purchase_need,
    contract_watch,
    equipment_loan,
    training_plan,
)
