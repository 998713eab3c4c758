from __future__ import annotations

import ast

from lxml import etree

from benchmarks.mutants import mutants
from generator.render import render
from tests.support import module_specs


def test_each_mutant_is_another_module_that_can_be_read() -> None:
    for make in module_specs.ALL:
        files = render(make()).files
        found = mutants(files)
        assert len(found) > 20
        for mutant in found:
            assert mutant.text.encode() != files[mutant.path], mutant.what
            if mutant.path.suffix == ".py":
                ast.parse(mutant.text)
            elif mutant.path.suffix == ".xml":
                etree.fromstring(mutant.text.encode())


def test_every_kind_of_defect_is_tried() -> None:
    kinds = {
        mutant.kind
        for make in module_specs.ALL
        for mutant in mutants(render(make()).files)
    }
    assert kinds >= {
        "call dropped", "guard off", "constraint dropped", "rule dropped", "rule opened",
        "access dropped", "access given", "filter off", "boundary", "value dropped",
        "FROZEN_FIELDS short", "FROZEN_STATES short", "KEPT_FIELDS short",
        "DERIVED_FIELDS short", "required off", "tracking off", "default off",
        "groups off",
    }  # fmt: skip
