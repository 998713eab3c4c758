"""What a field has before somebody fills it in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from generator.escaping import Escaped, code, python
from generator.spec.fields import NUMBERS, Dynamic, FieldType

if TYPE_CHECKING:
    from generator.render.plan import EntityPlan
    from generator.spec.fields import EntityField

DYNAMIC: Final = {
    Dynamic.TODAY: "fields.Date.context_today",
    Dynamic.NOW: "fields.Datetime.now",
    Dynamic.USER: "lambda self: self.env.user",
    Dynamic.EMPLOYEE: "lambda self: self.env.user.employee_id",
    Dynamic.COMPANY: "lambda self: self.env.company",
}
"""Code of the defaults that are known when a record is made."""

CURRENCY: Final = code("lambda self: self.env.company.currency_id")
"""Default of a currency."""


def default_code(entity: EntityPlan, given: EntityField) -> Escaped | None:
    """Return the default of a field, None where it has none."""
    if given.default is None:
        if given.name == entity.money.own:
            return CURRENCY
        return None
    dynamic = given.default.dynamic
    if dynamic is not None:
        if dynamic is Dynamic.TODAY and given.type is FieldType.DATETIME:
            dynamic = Dynamic.NOW
        if dynamic is Dynamic.NOW and given.type is FieldType.DATE:
            dynamic = Dynamic.TODAY
        return code(DYNAMIC[dynamic])
    return _plain(given)


def _plain(given: EntityField) -> Escaped | None:  # noqa: PLR0911 - one for each kind
    value = given.default.value if given.default else None
    if value is None:
        return None
    if given.type is FieldType.BOOLEAN:
        return python(value=bool(value))
    if given.type in NUMBERS:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            return None
        return python(int(value) if given.type is FieldType.INTEGER else value)
    if given.type is FieldType.SELECTION:
        known = {o.value for o in given.selection}
        return python(value) if value in known else None
    if given.type in {FieldType.CHAR, FieldType.TEXT, FieldType.HTML}:
        return python(str(value))
    return None
