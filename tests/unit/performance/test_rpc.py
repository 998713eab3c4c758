from __future__ import annotations

import json

import pytest

from qgate.performance.rpc import answer


def error(**data: object) -> str:
    return json.dumps(
        {
            "jsonrpc": "2.0",
            "id": 1,
            "error": {"code": 200, "message": "Odoo Server Error", "data": data},
        }
    )


def test_a_result_is_returned() -> None:
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "result": [1, {"a": None}]})
    assert answer(200, body) == ([1, {"a": None}], None)


def test_odoo_leaves_out_a_result_that_is_none() -> None:
    assert answer(200, '{"jsonrpc": "2.0", "id": 1}') == (None, None)


@pytest.mark.parametrize(
    ("status", "body", "told"),
    [
        (
            200,
            error(name="odoo.exceptions.AccessError", message="You may not.\nAt all."),
            "AccessError: You may not.",
        ),
        (200, error(message="\n  odd  \n"), "odd"),
        (200, error(), "Odoo Server Error"),
        (200, '{"jsonrpc": "2.0", "error": "plain words"}', "plain words"),
        (200, '{"jsonrpc": "2.0", "error": {"data": 3}}', "no message"),
        (200, "<html>Log in</html>", "The answer is not JSON"),
        (200, "", "The answer is not JSON"),
        (200, None, "The answer is not JSON"),
        (200, "[]", "The answer is not one of JSON-RPC"),
        (200, '{"result": 1}', "The answer is not one of JSON-RPC"),
        (500, error(message="x"), "HTTP 500"),
        (303, "", "HTTP 303"),
    ],
)
def test_whatever_is_no_result_is_told(
    status: int, body: str | None, told: str
) -> None:
    assert answer(status, body) == (None, told)


def test_a_long_message_is_cut() -> None:
    _, told = answer(200, error(message="x" * 1000))
    assert told == "x" * 197 + "..."
