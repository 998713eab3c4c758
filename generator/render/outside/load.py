"""Records of a load: what fills the database, and what simulated users save and ask for."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from generator.escaping import Escaped, code
from generator.render import naming
from generator.render.kit import counts, moment, varied
from generator.render.outside.surroundings import THERE
from generator.spec.fields import DATES, NUMBERS, FieldType

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.render.outside.surroundings import Surroundings
    from generator.render.plan import EntityPlan
    from generator.render.samples import Value
    from generator.spec.fields import EntityField


SPARE: Final = "Spare"
"""What records are called that no other one leads to, where only one may."""


class Load:
    """What people do with the records of one entity all day.

    Args:
        around: What is there before.
        main: The entity.
    """

    def __init__(self, around: Surroundings, main: EntityPlan) -> None:
        self.around = around
        self.main = main
        self._base = around.cast.samples(main).base
        self.single = {
            field.name: field.relation or "res.partner"
            for field in varied(main).values()
            if field.type is FieldType.MANY2ONE
        }
        self._seeds = dict(self._numbered())
        self.typed = self._typed()
        self.seeded = self._seeded()
        self.spare = [(m, around.another(m, word=SPARE)) for m in self._models()]
        made = (self.seeded, *(values for _, values in self.spare))
        self.related_needed = any("related[" in values for values in made)
        self.numbered = any(counts(value) for value in self._seeds.values())
        self.measure = next(
            (
                f.name
                for f in main.fields.values()
                if f.type in NUMBERS and main.stored(f.name) and not f.roles
            ),
            "",
        )
        self.grouped = "state" if main.states else main.owner

    def _numbered(self) -> Iterator[tuple[str, Escaped]]:
        """Yield what differs between the records, by their number."""
        entity = self.main
        for name, field in varied(entity).items():
            if name not in self.single:
                yield name, _by_number(field, self._base.get(name))
        if entity.words and entity.words not in varied(entity):
            yield entity.words, code('f"{WORDS[number % len(WORDS)]} {number}"')

    def _same(self) -> list[str]:
        """Return the values that all records have in common."""
        return [
            f'"{name}": {literal}'
            for name, literal in self.around.pairs(self.main, self._base)
            if name not in self._seeds and name not in self.single
        ]

    def _typed(self) -> Escaped:
        """Return what a simulated user saves: plain values and those picked from lists."""
        entity, parts = self.main, self._same()
        for name, value in self._seeds.items():
            # What is sent as JSON has no dates.
            sent = f"str({value})" if entity.fields[name].type in DATES else value
            parts.append(f'"{name}": {sent}')
        parts += [
            f'"{name}": self.spare("{self.single[name]}")' for name in self.single
        ]
        if entity.employee:
            parts.append(f'"{entity.employee}": values["{entity.employee}"]["id"]')
        return code(f"{{{', '.join(parts)}}}")

    def _seeded(self) -> Escaped:
        """Return the values of a record that is there before the load."""
        entity, parts = self.main, self._same()
        parts += [f'"{name}": {value}' for name, value in self._seeds.items()]
        for name, model in self.single.items():
            made = self.around.another(model)
            parts.append(f'"{name}": env["{model}"].create({made}).id')
        if entity.employee:
            parts.append(f'"{entity.employee}": user.employee_id.id')
        return code(f"{{{', '.join(parts)}}}")

    def _models(self) -> list[str]:
        return sorted(set(self.single.values()))

    @property
    def is_possible(self) -> bool:
        """Whether simulated users can tell what no record leads to yet: by its name."""
        return all(f'"name": f"{SPARE} ' in values for _, values in self.spare)

    @property
    def picked(self) -> list[tuple[str, str]]:
        """Models that a simulated user picks a record of, by their key."""
        models = [*(item.model for item in self.around.related), *THERE]
        keys = {naming.xmlid(model): model for model in models}
        return [(k, m) for k, m in keys.items() if f'related["{k}"]' in self.typed]


def _by_number(field: EntityField, value: Value) -> Escaped:
    if field.type is FieldType.CHAR:
        return code('f"Sample {number}"')
    if isinstance(value, date):
        return moment(value, "3 * number")
    return code("number")
