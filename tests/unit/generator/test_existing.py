"""What is known of models of Odoo's own."""

from __future__ import annotations

import pytest

from generator import existing


def test_a_model_is_known_by_what_tickets_call_it() -> None:
    for noun, model in (
        ("customer", "res.partner"),
        ("supplier", "res.partner"),
        ("vehicle", "fleet.vehicle"),
        ("sales order", "sale.order"),
        ("opportunity", "crm.lead"),
    ):
        found = existing.called(noun)
        assert found is not None
        assert found.model == model
    assert existing.called("travel advance") is None
    assert existing.known("travel.advance") is None


def test_no_noun_means_two_models() -> None:
    nouns = [n for one in existing.models().values() for n in one.nouns]
    assert len(nouns) == len(set(nouns))


@pytest.mark.parametrize("one", existing.models().values(), ids=lambda one: one.model)
def test_each_has_a_form_and_a_place_in_it(one: existing.Existing) -> None:
    assert one.form.split(".")[0] == one.module
    assert one.anchor[1] in {"before", "inside"}
    assert "company_id" in one.fields or "name" in one.fields or "title" in one.fields
    assert one.group.count(".") == 1


def test_names_that_a_model_has_with_another_module_are_known() -> None:
    assert existing.has("res.partner", "credit_limit")  # of account
    assert not existing.has("res.partner", "tyre_change_interval")
    assert not existing.has("no.model", "name")
