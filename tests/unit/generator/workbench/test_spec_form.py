"""A person changes a specification in the form, and only what fits together is taken."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from generator.spec import Spec
from generator.spec.fields import FieldType
from generator.workbench.diagram import state_diagram
from generator.workbench.spec_form import SpecForm

if TYPE_CHECKING:
    from collections.abc import Callable

HOSTILE = "</svg><script>alert('x')</script>"


def spec(**changes: object) -> Spec:
    entity = {
        "name": "advance",
        "label": "Advance",
        "model": "travel.advance",
        "fields": [
            {"name": "amount", "label": "Amount", "type": "float", "required": True},
            {
                "name": "urgency",
                "label": "Urgency",
                "type": "selection",
                "selection": [{"value": "low", "label": "Low"}],
            },
        ],
        "states": [
            {"name": "draft", "label": "Draft"},
            {"name": "done", "label": "Done", "final": True},
            {"name": "refused", "label": "Refused", "refused": True},
        ],
        "transitions": [
            {
                "name": "finish",
                "label": "Finish",
                "sources": ["draft"],
                "target": "done",
            },
            {
                "name": "refuse",
                "label": "Refuse",
                "sources": ["draft"],
                "target": "refused",
            },
            {
                "name": "reopen",
                "label": "Reopen",
                "sources": ["done"],
                "target": "draft",
            },
        ],
    }
    data = {
        "module": "travel_advance",
        "title": "Advance",
        "summary": "Advances",
        "entities": [entity | changes],
        "roles": [{"name": "manager", "label": "Manager"}],
    }
    return Spec.model_validate(data)


def test_a_form_that_nobody_touches_holds_the_same_specification() -> None:
    form = SpecForm(spec())
    form.changed()
    assert form.spec == spec()
    assert form.problems.value == ""


def test_what_is_typed_is_taken_and_told() -> None:
    told: list[Spec] = []
    form = SpecForm(spec(), told.append)
    entity = form.entities[0]
    row = entity.fields.children[0]
    row.label.value = "Money"
    row.required.value = False
    new = entity.add_field("Purpose of journey")
    new.tracked.value = True
    entity.fields.children[1].detail.value = "Low, Very high"
    fields = {field.name: field for field in form.spec.entities[0].fields}
    assert (fields["amount"].label, fields["amount"].required) == ("Money", False)
    assert fields["purpose_of_journey"].type is FieldType.CHAR
    assert [o.value for o in fields["urgency"].selection] == ["low", "very_high"]
    assert told[-1] == form.spec


def test_states_and_transitions_change_and_are_drawn() -> None:
    form = SpecForm(spec())
    entity = form.entities[0]
    entity.states.value = "Draft, Checked, Done, Refused"
    assert "no transition leads to the state checked" in form.problems.value
    assert len(form.spec.entities[0].states) == 3
    row = entity.add_transition("Check")
    row.target.value = "checked"
    row.roles.value = "manager"
    assert form.problems.value == ""
    assert [s.name for s in form.spec.entities[0].states][1] == "checked"
    assert "Checked" in entity.picture.value
    assert "Check by manager" in entity.picture.value


def test_rows_are_removed() -> None:
    form = SpecForm(spec())
    entity = form.entities[0]
    entity.fields.children[0].children[-1].click()
    assert [field.name for field in form.spec.entities[0].fields] == ["urgency"]
    entity.transitions.children[2].children[-1].click()
    assert len(form.spec.entities[0].transitions) == 2


@pytest.mark.parametrize(
    ("act", "words"),
    [
        (lambda form: setattr(form.module, "value", "../etc"), "module"),
        (lambda form: setattr(form.title, "value", ""), "title"),
        (
            lambda form: setattr(
                form.entities[0].fields.children[0].name, "value", "id"
            ),
            "a name of Odoo",
        ),
        (
            lambda form: setattr(
                form.entities[0].transitions.children[0].target, "value", "x"
            ),
            "not there",
        ),
    ],
)
def test_what_does_not_fit_is_said_and_not_taken(
    act: Callable[[SpecForm], None], words: str
) -> None:
    form = SpecForm(spec())
    act(form)
    assert words in form.problems.value
    assert form.spec == spec()


def test_words_of_the_ticket_are_no_markup() -> None:
    hostile = spec(label=HOSTILE)
    form = SpecForm(hostile)
    assert "<script>" not in state_diagram(hostile.entities[0])
    assert "<script>" not in form.entities[0].picture.value


def test_an_entity_without_states_says_so() -> None:
    assert "no workflow" in state_diagram(spec(states=[], transitions=[]).entities[0])


def test_values_are_asked_for_only_where_a_type_has_them() -> None:
    row = SpecForm(spec()).entities[0].fields.children[0]
    assert row.detail.disabled
    assert row.detail.placeholder == ""
    row.type.value = "many2one"
    assert not row.detail.disabled
    assert row.detail.placeholder == "res.partner"
    row.type.value = "selection"
    assert row.detail.placeholder == "Low, High"
