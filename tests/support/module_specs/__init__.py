"""Specifications written by hand, for what no ticket of the tests asks for."""

from __future__ import annotations

from tests.support.module_specs.contract_watch import contract_watch
from tests.support.module_specs.equipment_loan import equipment_loan
from tests.support.module_specs.machine_log import machine_log
from tests.support.module_specs.parts import field
from tests.support.module_specs.purchase_need import purchase_need
from tests.support.module_specs.training_plan import training_plan
from tests.support.module_specs.travel_advance import travel_advance

ALL = (
    travel_advance,
    machine_log,
    purchase_need,
    contract_watch,
    equipment_loan,
    training_plan,
)

__all__ = [
    "ALL",
    "contract_watch",
    "equipment_loan",
    "field",
    "machine_log",
    "purchase_need",
    "training_plan",
    "travel_advance",
]
