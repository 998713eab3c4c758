"""The people of a business process, as users of Odoo."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Role:
    """Somebody who takes part in the process.

    Attributes:
        name: Name of the user, as others see it.
        groups: XML ids of the groups; `base.group_user` has to be among them, or be implied.
        lang: Language of the web client; it has to be installed.
        tz: Time zone.
    """

    name: str
    groups: tuple[str, ...] = ()
    lang: str = "en_US"
    tz: str = "UTC"


@dataclass(frozen=True)
class User:
    """A user that was made for a role.

    Attributes:
        id: Database id in `res.users`.
        role: Name of the role, as specs use it.
        name: Name of the user, as others see it.
        login: What he logs in with.
    """

    id: int
    role: str
    name: str
    login: str
