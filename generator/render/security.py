"""Groups, access rights and record rules of a module."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from generator.escaping import csv_row
from generator.render import models, naming, relations
from generator.spec.model import Role, Scope

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from generator.render.plan import EntityPlan, ModulePlan


_HEAD: Final = (
    *("id", "name", "model_id:id", "group_id:id"),
    *("perm_read", "perm_write", "perm_create", "perm_unlink"),
)


@dataclass(frozen=True)
class Group:
    """A role as a group."""

    name: str
    label: str
    comment: str
    implies: tuple[str, ...]
    top: bool


@dataclass
class Privilege:
    """Groups of which each has the rights of the one before."""

    xmlid: str
    name: str
    groups: list[Group] = field(default_factory=list)


@dataclass(frozen=True)
class Rule:
    """A record rule."""

    xmlid: str
    name: str
    model: str
    domain: str
    groups: tuple[str, ...] = ()
    existing_only: bool = False


def privileges(plan: ModulePlan) -> list[Privilege]:
    """Return the groups; those that do not build on one another stand apart."""
    implied = {name for role in plan.roles for name in role.implies}
    found: list[Privilege] = []
    for role in _ordered(plan):
        group = Group(
            role.name,
            role.label,
            role.description,
            tuple(n for n in role.implies if any(r.name == n for r in plan.roles)),
            top=role.name not in implied,
        )
        home = next(
            (p for p in found if p.groups[-1].name in role.implies),
            None,
        )
        if home is None:
            apart = f": {role.label}" if found else ""
            home = Privilege(
                f"privilege_{role.name}" if found else "privilege_main",
                f"{plan.spec.title}{apart}",
            )
            found.append(home)
        home.groups.append(group)
    return found


def _ordered(plan: ModulePlan) -> Iterator[Role]:
    """Yield each role after those that it implies."""
    given: set[str] = set()
    waiting = [*plan.roles]
    while waiting:
        ready = [
            role
            for role in waiting
            if not (plan.covering[role.name] - {role.name} - given)
        ] or waiting[:1]
        for role in ready:
            yield role
            given.add(role.name)
            waiting.remove(role)


def may_delete(plan: ModulePlan, entity: EntityPlan, role: Role) -> bool:
    """Tell whether a role may delete records, as far as the workflow lets it."""
    del entity
    return role.manages or not plan.managers


def access(plan: ModulePlan) -> str:
    """Return the access rights as CSV."""
    rows = [[*_HEAD]]
    for entity in plan.entities:
        rights = {role.name: _rights(plan, entity, role) for role in plan.roles}
        rows += [
            _line(plan, entity.model, name, mine)
            for name, mine in rights.items()
            if not _implied(plan, rights, name)
        ]
    for entity in plan.entities:
        for transition in entity.transitions:
            if not transition.reason:
                continue
            model = models.wizard_model(entity, transition)
            roles = transition.roles or tuple(r.name for r in plan.roles)
            rows += [_line(plan, model, role, "1111") for role in roles]
    rows += _of_others(plan)
    return "".join(csv_row(row) for row in rows)


def _of_others(plan: ModulePlan) -> Iterator[list[str]]:
    """Yield the right to read records of other modules that people have to choose."""
    wanted = {f.relation for e in plan.entities for f in e.inputs()}
    for model, module in relations.UNREAD.items():
        if model in wanted:
            rights = {role.name: "1000" for role in plan.roles}
            for name, mine in rights.items():
                if not _implied(plan, rights, name):
                    yield _line(plan, model, name, mine, f"{module}.")


def _implied(plan: ModulePlan, rights: Mapping[str, str], name: str) -> bool:
    """Tell whether a role has its rights from one that it implies."""
    return any(
        all(
            has >= asked for has, asked in zip(rights[other], rights[name], strict=True)
        )
        for other in plan.covering[name] - {name}
    )


def _rights(plan: ModulePlan, entity: EntityPlan, role: Role) -> str:
    if entity.spec.configuration:
        keeps = role.manages or not plan.managers
        return "1111" if keeps else "1000"
    if entity.is_line:
        return "1111"  # what becomes of lines is up to what they belong to
    return f"111{int(may_delete(plan, entity, role))}"


def _line(
    plan: ModulePlan, model: str, role: str, rights: str, home: str = ""
) -> list[str]:
    table = naming.xmlid(model)
    return [
        f"access_{table}_{role}",
        f"{model} {role}",
        f"{home}model_{table}",
        f"{plan.module}.group_{role}",
        *rights,
    ]


def rules(plan: ModulePlan) -> list[Rule]:
    """Return the record rules of all entities."""
    return [rule for entity in plan.entities for rule in _of(plan, entity)]


def _of(plan: ModulePlan, entity: EntityPlan) -> Iterator[Rule]:
    if entity.company:
        yield Rule(
            f"rule_{entity.name}_company",
            f"{entity.label}: companies",
            entity.xmlid,
            "[('company_id', 'in', company_ids)]",
        )
    if not entity.root.personal:
        return
    path, root = "", entity
    while root.parent is not None:
        path += f"{root.parent_field}."
        root = root.parent
    wide = [r for r in plan.roles if r.scope in {Scope.COMPANY, Scope.ALL}]
    narrow = tuple(role.name for role in plan.roles if role not in wide)
    # Who sees all may still not make or delete what is another one's.
    limited = [] if entity.is_line else [r for r in wide if _limited(plan, entity, r)]
    if not narrow and not limited:
        return
    yield Rule(
        f"rule_{entity.name}_own",
        f"{entity.label}: own",
        entity.xmlid,
        f"[('{path}{root.owner}', '=', user.id)]",
        (*narrow, *(role.name for role in limited)),
    )
    team = tuple(role.name for role in plan.team_roles)
    if team and root.managed:
        yield Rule(
            f"rule_{entity.name}_team",
            f"{entity.label}: team",
            entity.xmlid,
            f"[('{path}manager_user_id', '=', user.id)]",
            team,
            existing_only=True,
        )
    free = [role for role in wide if role not in limited]
    for roles, name in ((limited, "all"), (free, "free")):
        if roles:
            yield Rule(
                f"rule_{entity.name}_{name}",
                f"{entity.label}: all",
                entity.xmlid,
                "[(1, '=', 1)]",
                tuple(role.name for role in roles),
                existing_only=name == "all",
            )


def _limited(plan: ModulePlan, entity: EntityPlan, role: Role) -> bool:
    """Tell whether a role that sees all makes and deletes its own records alone."""
    return not role.manages and (entity.employee is not None or not plan.managers)
