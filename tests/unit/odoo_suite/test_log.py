from __future__ import annotations

import pytest

from qgate.odoo_suite import log

HEAD = "2026-11-24 13:51:22,716 13342"

VIEW_ERROR = f"""{HEAD} INFO db odoo.modules.loading: loading thing/views/thing.xml
{HEAD} CRITICAL db odoo.service.server: Failed to initialize database `db`.
Traceback (most recent call last):
  File "/odoo/addons/base/models/ir_ui_view.py", line 500, in _check_xml
    view._validate_view(combined_arch, view.model)
ValueError: something inner

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "/odoo/tools/convert.py", line 602, in _tag_root
    f(rec)
odoo.tools.convert.ParseError: while parsing /ws/addons/thing/views/thing.xml:3
Error while validating view near:

<form __validate__="1">
    <field name="colour"/>
</form>
Field "colour" does not exist in model "thing.thing"

View error context:
{{'file': '/ws/addons/thing/views/thing.xml'}}
{HEAD} INFO db odoo.service.server: Initiating shutdown
"""


def test_the_result_line_is_read_whatever_its_level() -> None:
    for level, counts in (
        ("INFO", (0, 0, 3)),
        ("ERROR", (2, 1, 9)),
        ("WARNING", (0, 0, 0)),
    ):
        failures, errors, tests = counts
        line = (
            f"{HEAD} {level} db odoo.tests.result: {failures} failed, {errors} error(s) "
            f"of {tests} tests when loading database 'db'"
        )
        found = log.result(log.entries(line))
        assert found == log.Result(failures, errors, tests)


@pytest.mark.parametrize(
    "line",
    [
        "",
        f"{HEAD} INFO db odoo.addons.x: 0 failed, 0 error(s) of 3 tests when loading database",
        "0 failed, 0 error(s) of 3 tests when loading database 'db'",
        f"{HEAD} INFO db odoo.tests.result: many failed",
    ],
)
def test_what_only_looks_like_a_result_is_none(line: str) -> None:
    assert log.result(log.entries(line)) is None


def test_entries_keep_their_lines_together() -> None:
    found = log.entries(VIEW_ERROR)
    assert [entry.level for entry in found] == ["INFO", "CRITICAL", "INFO"]
    assert found[1].text.startswith("Failed to initialize database")
    assert "View error context" in found[1].text


def test_the_cause_of_a_view_error_names_field_and_file() -> None:
    assert log.cause(VIEW_ERROR) == (
        'Field "colour" does not exist in model "thing.thing" '
        "(/ws/addons/thing/views/thing.xml:3)"
    )


def test_the_cause_of_a_syntax_error_names_the_line() -> None:
    text = """Traceback (most recent call last):
  File "/odoo/modules/module.py", line 5, in load
    __import__(name)
  File "/ws/addons/thing/models/thing.py", line 4
    class Thing((models.Model):
               ^
SyntaxError: '(' was never closed
"""
    assert log.cause(text) == (
        "SyntaxError: '(' was never closed (/ws/addons/thing/models/thing.py:4)"
    )


def test_a_cause_that_ends_in_a_colon_takes_the_next_line() -> None:
    text = """Traceback (most recent call last):
  File "/odoo/tools/convert.py", line 754, in convert_csv_import
    raise Exception(...)
Exception: Module loading thing failed: file x.csv could not be processed:
No matching record found for external id 'model_z' in field 'Model'
"""
    assert "could not be processed: No matching record found" in str(log.cause(text))


def test_without_a_traceback_there_is_no_cause() -> None:
    assert log.cause(f"{HEAD} INFO db odoo: all is well") is None


def test_errors_leave_out_what_tests_account_for() -> None:
    text = "\n".join(
        [
            f"{HEAD} ERROR db odoo.addons.thing.tests.test_a: FAIL: TestA.test_one",
            "Traceback",
            f"{HEAD} ERROR db odoo.tests.result: 1 failed, 0 error(s) of 3 tests when",
            f"{HEAD} ERROR db odoo.modules.loading: Module thing: 1 failures, 0 errors of 3",
            f"{HEAD} ERROR db odoo.modules.loading: At least one test failed when loading",
            f"{HEAD} ERROR db odoo.addons.thing.models.thing: it broke",
        ]
    )
    assert log.errors(log.entries(text)) == ["odoo.addons.thing.models.thing: it broke"]


def test_warnings_are_those_of_definitions() -> None:
    text = "\n".join(
        [
            f"{HEAD} WARNING db odoo.fields: Field thing.x: unknown parameter 'states'",
            f"{HEAD} WARNING db odoo.addons.mail.models.mail: no server",
        ]
    )
    assert log.warnings(log.entries(text)) == [
        "odoo.fields: Field thing.x: unknown parameter 'states'"
    ]


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("psycopg2.OperationalError: server closed the connection unexpectedly", True),
        ("FATAL:  terminating connection due to administrator command", True),
        ("AssertionError: 1 != 2", False),
    ],
)
def test_a_lost_database_is_known(text: str, *, gone: bool) -> None:
    assert log.database_gone(text) is gone
