"""Which currency the amounts of an entity are in."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from generator.spec.fields import Converted, FieldType

if TYPE_CHECKING:
    from generator.render.plan.entity import EntityPlan
    from generator.spec.fields import EntityField


class Money:
    """The currencies of an entity.

    Args:
        entity: The entity.
    """

    def __init__(self, entity: EntityPlan) -> None:
        self._entity = entity

    @cached_property
    def own(self) -> str | None:
        """The field with the record's own currency, of the specification."""
        for f in self._entity.fields.values():
            if f.relation == "res.currency" and f.type is FieldType.MANY2ONE:
                return f.name
        return None

    @property
    def usual(self) -> str:
        """The currency field of amounts that name none."""
        existing = self._entity.existing
        if existing is None:
            return "currency_id"
        # Another module may give the existing model a currency that means something else.
        return existing.currency or f"{self._entity.module.module[:48]}_currency_id"

    @cached_property
    def missing(self) -> bool:
        """Whether amounts need the usual currency, and nothing brings it."""
        entity = self._entity
        if entity.existing is not None and self.usual == entity.existing.currency:
            return False
        return self.usual not in entity.fields and any(
            f.type is FieldType.MONETARY and self.of(f) == self.usual
            for f in entity.fields.values()
        )

    @cached_property
    def converted(self) -> bool:
        """Whether an amount is in the company's currency beside one that is not."""
        return any(
            isinstance(f.computed, Converted) for f in self._entity.fields.values()
        )

    def of(self, given: EntityField) -> str:
        """Return the currency field of a monetary field."""
        if isinstance(given.computed, Converted):
            return "company_currency_id"
        entity = self._entity
        known = entity.existing.fields if entity.existing is not None else ()
        if given.currency and (
            given.currency in entity.fields or given.currency in known
        ):
            return given.currency
        return self.own or self.usual
