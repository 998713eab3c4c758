"""Names that a module must not have."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from generator.intent.rules import naming
from generator.spec import Spec
from generator.spec.names import BOOTSTRAP
from qgate.tools import data_files
from tests.support.module_specs import field
from tests.support.trips import spec

SPEC = spec(field("aim", "char"))


@pytest.mark.parametrize("name", sorted(BOOTSTRAP))
def test_a_module_hides_no_folder_of_bootstrap(name: str) -> None:
    given = SPEC.model_dump() | {"module": name}
    with pytest.raises(ValidationError, match="hides from Odoo's styles"):
        Spec.model_validate(given)
    assert naming.module(name) == f"{name}_management"


def test_the_gate_knows_the_same_names() -> None:
    assert BOOTSTRAP == data_files.BOOTSTRAP
