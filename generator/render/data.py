"""Data files of a module: numbers, activity types, mails, jobs, menus and reports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from generator.render import models, naming
from generator.spec.fields import FieldType
from generator.spec.model import ViewKind
from generator.spec.workflow import Channel

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.render.plan import EntityPlan, ModulePlan


@dataclass(frozen=True)
class Category:
    """Where Odoo's list of applications shows the module."""

    name: str
    xmlid: str


_CATEGORIES: Final = (
    ({"hr", "hr_skills", "hr_holidays"}, "Human Resources", "human_resources"),
    ({"account", "analytic"}, "Accounting", "accounting"),
    ({"sale", "crm", "sales_team"}, "Sales", "sales"),
    ({"stock", "purchase", "maintenance", "fleet"}, "Supply Chain", "supply_chain"),
    ({"project"}, "Services", "services"),
)


def category(plan: ModulePlan) -> Category:
    """Return the category that the module's dependencies speak for."""
    for modules, name, xmlid in _CATEGORIES:
        if modules & set(plan.depends):
            return Category(name, f"module_category_{xmlid}")
    return Category("Productivity", "module_category_productivity")


@dataclass(frozen=True)
class Numbered:
    """A sequence."""

    entity: EntityPlan
    prefix: str

    def __getattr__(self, name: str) -> object:
        return getattr(self.entity, name)


def numbered(plan: ModulePlan) -> list[Numbered]:
    """Return the sequences."""
    found = []
    for entity in plan.entities:
        if entity.spec.sequence:
            prefix = entity.spec.sequence.prefix
            year = "%(year)s/" if entity.spec.sequence.yearly else ""
            found.append(Numbered(entity, f"{prefix}/{year}"))
    return found


@dataclass(frozen=True)
class Message:
    """An activity type, a mail template or a job."""

    name: str
    entity: str
    model: str
    xmlid: str
    title: str
    doc: str = ""
    activity: str = ""
    template: str = ""
    method: str = ""
    lines: tuple[str, ...] = ()


def activities(plan: ModulePlan) -> list[Message]:
    """Return the activity types."""
    return [m for m in _messages(plan) if m.activity]


def mails(plan: ModulePlan) -> list[Message]:
    """Return the mail templates."""
    return [m for m in _messages(plan) if m.template]


def crons(plan: ModulePlan) -> list[Message]:
    """Return the jobs that remind."""
    return [
        Message(
            r.name,
            e.name,
            e.model,
            e.xmlid,
            f"{e.label}: {r.subject}",
            method=models.cron_method(r),
        )
        for e in plan.entities
        for r in e.reminders
    ]


def _messages(plan: ModulePlan) -> Iterator[Message]:
    for e in plan.entities:
        for n in e.notifications:
            yield Message(
                n.name, e.name, e.model, e.xmlid, n.subject,
                doc=f"Sent by {e.label}: {n.name}",
                activity=models.activity_type(e, n) if Channel.ACTIVITY in n.channels else "",
                template=models.mail_template(e, n) if Channel.EMAIL in n.channels else "",
                lines=tuple(filter(None, n.body.split("\n"))),
            )  # fmt: skip
        for r in e.reminders:
            yield Message(
                r.name, e.name, e.model, e.xmlid, r.subject,
                doc=f"Sent by {e.label}: {r.name}",
                activity=models.activity_type(e, r) if r.channel is Channel.ACTIVITY else "",
                template=models.mail_template(e, r) if r.channel is Channel.EMAIL else "",
            )  # fmt: skip


@dataclass(frozen=True)
class Menu:
    """A menu."""

    xmlid: str
    attributes: tuple[tuple[str, str], ...]


def menus(plan: ModulePlan) -> list[Menu]:
    """Return the menus; those of lists that managers keep stand below one of their own."""
    module = plan.module
    everybody = ",".join(f"{module}.group_{role.name}" for role in plan.roles)
    keepers = ",".join(f"{module}.group_{r.name}" for r in plan.managers) or everybody
    found = [
        Menu(
            "menu_root",
            (
                ("name", plan.spec.title),
                ("web_icon", f"{module},static/description/icon.png"),
                ("groups", everybody),
                ("sequence", "100"),
            ),
        )
    ]
    shown = [e for e in plan.entities if not e.is_line]
    lists = [e for e in shown if e.spec.configuration]
    for number, entity in enumerate([e for e in shown if not e.spec.configuration], 1):
        found.append(_menu(entity, "menu_root", number))
    if lists:
        found.append(
            Menu(
                "menu_configuration",
                (
                    ("name", "Configuration"),
                    ("parent", "menu_root"),
                    ("groups", keepers),
                    ("sequence", "90"),
                ),
            )
        )
        found += [_menu(e, "menu_configuration", n) for n, e in enumerate(lists, 1)]
    return found


def _menu(entity: EntityPlan, parent: str, number: int) -> Menu:
    return Menu(
        f"menu_{entity.xmlid}",
        (
            ("parent", parent),
            ("action", f"{entity.xmlid}_action"),
            ("sequence", str(number * 10)),
        ),
    )


@dataclass(frozen=True)
class Row:
    """A field of a document."""

    name: str
    label: str


@dataclass(frozen=True)
class Table:
    """Lines of a document."""

    name: str
    label: str
    columns: tuple[Row, ...]


@dataclass(frozen=True)
class Document:
    """A printed document."""

    name: str
    title: str
    entity: EntityPlan
    rows: tuple[Row, ...]
    tables: tuple[Table, ...]


_UNPRINTED: Final = {
    FieldType.ONE2MANY,
    FieldType.BINARY,
    FieldType.IMAGE,
}


def documents(plan: ModulePlan) -> list[Document]:
    """Return the printed documents."""
    found = []
    for entity in plan.entities:
        for report in entity.reports:
            tables = tuple(
                Table(
                    name,
                    entity.fields[name].label
                    if name in entity.fields
                    else lines.plural,
                    tuple(
                        row for row in _rows(lines) if row.name != lines.parent_field
                    ),
                )
                for name, lines in entity.children.items()
            )
            rows = [*_rows(entity)]
            if entity.states:
                rows.append(Row("state", "Status"))
            found.append(
                Document(report.name, report.title, entity, tuple(rows), tables)
            )
    return found


def _rows(entity: EntityPlan) -> Iterator[Row]:
    for f in entity.fields.values():
        if f.type not in _UNPRINTED and not f.roles:
            yield Row(f.name, f.label)


__all__ = ["ViewKind", "naming"]
