"""Checks of who sees and deletes what, and that views and documents open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.escaping import python
from generator.spec.fields import FieldType
from generator.spec.model import CoverKind, ViewKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.render.checks.base import Check, Desk
    from generator.render.scenarios import Person


def access(desk: Desk) -> Iterator[Check]:
    """Yield who sees, keeps and deletes what."""
    entity = desk.entity
    if entity.spec.configuration:
        yield from _listed(desk)
    if entity.personal:
        yield from _visible(desk)
    if entity.company:
        who = desk.cast.requester.name
        yield desk.check(
            CoverKind.ACCESS,
            "company",
            "other_companies_are_hidden",
            "company",
            begin=desk.begin(),
            user=who,
            children=[(name, lines.model) for name, lines in entity.children.items()],
        )
    for f in entity.fields.values():
        if f.roles:
            people = [
                p for p in desk.cast.people if desk.cast.sees(p, desk.cast.requester)
            ]
            seeing = [p.name for p in people if set(f.roles) & p.rights]
            blind = [p.name for p in people if not set(f.roles) & p.rights]
            yield desk.check(
                CoverKind.ACCESS,
                f.name,
                f"{f.name}_is_shown_to_its_roles",
                "restricted",
                begin=desk.begin(),
                name=f.name,
                seeing=seeing,
                blind=blind,
            )


def _listed(desk: Desk) -> Iterator[Check]:
    entity = desk.entity
    managers = {r.name for r in entity.module.managers}
    keepers = [p.name for p in desk.cast.people if not managers or managers & p.rights]
    readers = [p.name for p in desk.cast.people if p.name not in keepers]
    field = next(
        (f for f in entity.inputs() if f.type is FieldType.CHAR),
        next(iter(entity.inputs()), None),
    )
    if field is None:
        return
    value = (
        python("Something else")
        if field.type is FieldType.CHAR
        else desk.kit.literal(field, desk.cast.samples(entity).base.get(field.name))
    )
    yield desk.check(
        CoverKind.ACCESS,
        "roles",
        "managers_keep_the_list",
        "listed",
        begin=desk.begin(),
        keepers=keepers,
        readers=readers,
        name=field.name,
        value=value,
    )


def _visible(desk: Desk) -> Iterator[Check]:
    entity, who = desk.entity, desk.cast.requester
    people = [*desk.cast.people, *desk.cast.extras]
    blind = [p.name for p in people if not desk.cast.sees(p, who)]
    name = next(
        (f.name for f in entity.inputs() if f.name != entity.employee), "company_id"
    )
    yield desk.check(
        CoverKind.ACCESS,
        "roles",
        "who_sees_what",
        "visible",
        begin=desk.begin(),
        seeing=[p.name for p in people if desk.cast.sees(p, who)],
        blind=blind,
        name=name,
        employee=who.name.replace("user_", "employee_"),
        boss=_boss_of_team(desk, who),
        children=[(name, lines.model) for name, lines in entity.children.items()],
    )
    yield desk.check(
        CoverKind.FIELD,
        entity.owner,
        "records_have_an_owner",
        "owner",
        begin=desk.begin(),
        creator=who.name,
        boss=desk.cast.boss.name if entity.managed else "",
    )
    if entity.employee and desk.cast.colleague.name in blind:
        yield desk.check(
            CoverKind.ACCESS,
            "others",
            "nobody_asks_in_anothers_name",
            "create_for_others",
            begin=desk.begin(),
            wrong=desk.cast.colleague.name,
            creator=who.name,
        )
    yield from _deleting(desk)


def _boss_of_team(desk: Desk, who: Person) -> str:
    """Return the manager who sees his team and nobody else, or empty."""
    boss = desk.cast.boss
    if not desk.entity.managed or not desk.cast.sees(boss, who):
        return ""
    return "" if desk.cast.sees_all(boss) else boss.name


def _deleting(desk: Desk) -> Iterator[Check]:
    plan, who = desk.entity.module, desk.cast.requester
    managers = {r.name for r in plan.managers}
    may = [p for p in desk.cast.people if not managers or managers & p.rights]
    may_not = [p for p in desk.cast.people if p not in may]
    begins = {}
    for person in may:
        # The rule for teams lets nobody delete, so who sees no more has only his own.
        wide = {n for n in managers & person.rights if desk.cast.wide(n)}
        anybodys = bool(wide) and desk.cast.sees(person, who)
        begins[person.name] = desk.begin(desk.plain(who if anybodys else person))
    for person in may_not:
        begins[person.name] = desk.begin(desk.plain(person))
    yield desk.check(
        CoverKind.ACCESS,
        "deleting",
        "who_deletes",
        "deleting",
        may=[p.name for p in may],
        may_not=[p.name for p in may_not],
        begins=begins,
    )


def surface(desk: Desk) -> Iterator[Check]:
    """Yield views, documents and attachments."""
    entity = desk.entity
    yield desk.check(
        CoverKind.VIEW,
        "views",
        "views_open",
        "views",
        user=desk.cast.requester.name,
        kinds=[str(k) for k in entity.views],
        modes=python(",".join(k for k in entity.views if k is not ViewKind.SEARCH)),
    )
    for report in entity.reports:
        yield desk.check(
            CoverKind.REPORT,
            report.name,
            f"{report.name}_is_printed",
            "report",
            begin=desk.begin(),
            name=report.name,
        )
    if entity.spec.attachments and entity.personal:
        yield desk.check(
            CoverKind.ATTACHMENT,
            "attachments",
            "documents_are_attached",
            "attached",
            begin=desk.begin(),
            creator=desk.cast.requester.name,
        )
