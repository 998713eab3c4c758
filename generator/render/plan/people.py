"""Whose record it is: the employee, the owner, and the owner's manager."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.spec.fields import Dynamic, FieldType
from generator.spec.model import Scope

if TYPE_CHECKING:
    from generator.render.plan.entity import EntityPlan


def employee(entity: EntityPlan) -> str | None:
    """Return the field with the employee whose record it is.

    Of whom there is one record and no more, such as the newcomer of a checklist, is written
    down by others: a record each is not something that people file again and again.
    """
    if not entity.personal:
        return None
    single = {rule.fields[0] for rule in entity.uniques() if len(rule.fields) == 1}
    staff = [
        f
        for f in entity.fields.values()
        if f.type is FieldType.MANY2ONE
        and f.relation == "hr.employee"
        and not f.computed
        and f.name not in single
    ]
    for f in staff:
        if f.default and f.default.dynamic is Dynamic.EMPLOYEE:
            return f.name
    for f in staff:
        if f.name in {"employee_id", "requester_id"}:
            return f.name
    return None


def owner(entity: EntityPlan) -> str:
    """Return the field with the user whose record it is, empty where there is none."""
    if not entity.personal:
        return ""
    if entity.employee is None:
        for f in entity.fields.values():
            if (
                f.type is FieldType.MANY2ONE
                and f.relation == "res.users"
                and f.default
                and f.default.dynamic is Dynamic.USER
                and not f.computed
            ):
                return f.name
    return "user_id" if "user_id" not in entity.fields else "owner_user_id"


def managed(entity: EntityPlan) -> bool:
    """Tell whether the owner's manager counts."""
    return entity.personal and (
        entity.employee is not None
        or any(role.scope is Scope.TEAM for role in entity.module.roles)
        or any(n.manager for n in entity.notifications)
    )
