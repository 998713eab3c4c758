"""The Odoo server that the specs run against: its users, its data, its XML ids."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from qgate.e2e.roles import User
from qgate.e2e.rpc import MISSING, Rpc, RpcError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qgate.e2e.plan import Plan
    from qgate.e2e.roles import Role

ADMIN: Final = "admin"
"""Login and password of the administrator of a database that was just made."""


class Server:
    """One Odoo server with its administrator logged in.

    Args:
        plan: Says where it is.

    Attributes:
        url: Its address, without a slash at the end.
        admin: Calls of the administrator.
    """

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self.url = plan.url
        self.admin = self._session(ADMIN, ADMIN)
        self._users: dict[tuple[str, Role], User] = {}
        self._sessions: dict[str, Rpc] = {}
        self._ids: dict[str, tuple[str, int]] = {}

    def users(self, roles: Mapping[str, Role]) -> dict[str, User]:
        """Return a user for each of *roles*, made when it is first asked for.

        Raises:
            RpcError: A group does not exist, or Odoo refused a user.
        """
        new = {
            name: role for name, role in roles.items() if not self._known(name, role)
        }
        if new:
            logins = {name: f"{self._plan.module}.{name}" for name in new}
            # Where there is mail, none of it leaves.
            inbox = self.admin.call("res.users", "fields_get", ["notification_type"])
            more = dict.fromkeys(inbox, "inbox")
            made = self.admin.call(
                "res.users",
                "create",
                [self._values(logins[name], role) | more for name, role in new.items()],
                context={"no_reset_password": True},
            )
            for (name, role), record in zip(new.items(), made, strict=True):
                user = User(int(record), name, role.name, logins[name])
                self._users[name, role] = user
        return {name: self._users[name, role] for name, role in roles.items()}

    def rpc(self, user: User) -> Rpc:
        """Return calls of *user*, who is logged in once."""
        if user.login not in self._sessions:
            session = self._session(user.login, self._plan.password)
            self._sessions[user.login] = session
        return self._sessions[user.login]

    def ref(self, xmlid: str) -> int:
        """Return the database id of the record with *xmlid*, as `base.main_company`.

        Raises:
            RpcError: There is none.
        """
        return self.resolve(xmlid)[1]

    def resolve(self, xmlid: str) -> tuple[str, int]:
        """Return model and database id of the record with *xmlid*.

        Raises:
            RpcError: There is none.
        """
        if xmlid not in self._ids:
            module, _, name = xmlid.partition(".")
            found = self.admin.search(
                "ir.model.data",
                [["module", "=", module], ["name", "=", name]],
                *("model", "res_id"),
            )
            if not found:
                message = f"There is no record with the XML id {xmlid}"
                raise RpcError(MISSING, message)
            self._ids[xmlid] = str(found[0]["model"]), int(found[0]["res_id"])
        return self._ids[xmlid]

    def _known(self, name: str, role: Role) -> bool:
        return (name, role) in self._users

    def _session(self, login: str, password: str) -> Rpc:
        return Rpc(self.url, self._plan.database, login, password)

    def _values(self, login: str, role: Role) -> dict[str, object]:
        return {
            "name": role.name,
            "login": login,
            "email": f"{login}@example.com",
            "password": self._plan.password,
            "lang": role.lang,
            "tz": role.tz,
            "group_ids": [[6, 0, [self.ref(group) for group in role.groups]]],
        }
