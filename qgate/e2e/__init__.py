"""What authors of end-to-end specs import, and the pytest plugin that runs the specs.

A spec is a pytest file `<module>/e2e/test_*.py`. It asks for the fixture `odoo` and speaks of
people, fields and buttons:

    def test_the_manager_approves(odoo):
        employee = odoo.login("employee")
        employee.open("my_module.my_action").new()
        employee.fill(description="Taxi", amount=120)
        employee.press("action_submit")
        employee.expect_state("submitted")

Who `employee` is stands in the `conftest.py` beside it, in a fixture `roles` that returns a
`Role` by name; the users are made before the first test.
"""

from qgate.e2e.errors import Refused, ScreenError
from qgate.e2e.odoo import Odoo
from qgate.e2e.roles import Role, User
from qgate.e2e.rpc import Rpc, RpcError
from qgate.e2e.screen import Screen
from qgate.e2e.server import Server
from qgate.e2e.stopwatch import Stopwatch, stopwatch

__all__ = [
    "Odoo",
    "Refused",
    "Role",
    "Rpc",
    "RpcError",
    "Screen",
    "ScreenError",
    "Server",
    "Stopwatch",
    "User",
    "stopwatch",
]
