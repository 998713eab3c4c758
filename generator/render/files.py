"""Which files a module has, and what each is filled with."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final

from generator.escaping import docstring, python
from generator.render import (
    data,
    demo,
    hooks,
    icon,
    models,
    naming,
    security,
    testing,
)
from generator.render.models import ModelView
from generator.render.outside import Browser, Load, Surroundings
from generator.render.readme import Readme
from generator.render.templating import fill
from generator.render.views import EntityView, ExtensionView

if TYPE_CHECKING:
    from generator.escaping import Escaped
    from generator.render.plan import EntityPlan, ModulePlan
    from generator.render.scenarios import Cast

AUTHOR: Final = "qgate contributors"
LICENSE: Final = "LGPL-3"


@dataclass(frozen=True)
class Wizard:
    """What asks for a reason."""

    model: str
    class_name: str
    xmlid: str
    doc: Escaped
    title: Escaped
    label: str
    relation: str
    step: str


class Files:
    """The files of a module as text, before they are laid out.

    Args:
        plan: The module.
    """

    def __init__(self, plan: ModulePlan) -> None:
        self.plan = plan
        self.texts: dict[PurePosixPath, str] = {}
        self.binaries: dict[PurePosixPath, bytes] = {}
        self.covered: dict[str, str] = {}
        self.left_to_you: list[str] = [*_left(plan)]
        self._data: list[str] = []
        self._demo: list[str] = []

    def views(self) -> None:
        """Add access, data, views and menus."""
        self._access()
        self._records()
        self._views()
        place = PurePosixPath("static/description/icon.png")
        self.binaries[place] = icon.icon(self.plan.module)

    def _add(self, path: str, template: str, **values: object) -> None:
        self.texts[PurePosixPath(path)] = fill(
            template,
            plan=self.plan,
            module=self.plan.module,
            spec=self.plan.spec,
            **values,
        )

    def _add_data(self, path: str, template: str, **values: object) -> None:
        self._add(path, template, **values)
        self._data.append(path)

    def models(self) -> None:
        """Add the models."""
        names = []
        for entity in self.plan.entities:
            names.append(entity.xmlid)
            self._add(
                f"models/{entity.xmlid}.py",
                "models/model.py.jinja",
                entity=entity,
                model=ModelView(entity),
                order=_order(entity),
                hooks=hooks.hooks(self.plan, entity),
            )
        for entity in self.plan.extensions:
            names.append(entity.xmlid)
            self._add(
                f"models/{entity.xmlid}.py",
                "models/extension.py.jinja",
                entity=entity,
                model=ModelView(entity),
                hooks=hooks.hooks(self.plan, entity),
            )
        self._add(
            "models/__init__.py", "models/__init__.py.jinja", modules=sorted(names)
        )
        for entity, wizard in self._wizards():
            self._add(
                f"wizards/{wizard.xmlid}.py",
                "wizards/wizard.py.jinja",
                entity=entity,
                wizard=wizard,
            )
        if self._wizards():
            names = sorted(wizard.xmlid for _, wizard in self._wizards())
            self._add("wizards/__init__.py", "models/__init__.py.jinja", modules=names)

    def _wizards(self) -> list[tuple[EntityPlan, Wizard]]:
        return [
            (entity, _wizard(entity, transition.name))
            for entity in self.plan.entities
            for transition in entity.transitions
            if transition.reason
        ]

    def _access(self) -> None:
        if self.plan.roles:
            self._add_data(
                f"security/{self.plan.module}_groups.xml",
                "security/groups.xml.jinja",
                privileges=security.privileges(self.plan),
                category=data.category(self.plan),
            )
        # Who may do what with an existing model is said where it comes from.
        if self.plan.entities:
            path = "security/ir.model.access.csv"
            self.texts[PurePosixPath(path)] = security.access(self.plan)
            self._data.append(path)
        rules = security.rules(self.plan)
        if rules:
            self._add_data(
                f"security/{self.plan.module}_rules.xml",
                "security/rules.xml.jinja",
                rules=rules,
            )

    def _records(self) -> None:
        plan = self.plan
        for name, key, found in (
            ("ir_sequence", "numbered", data.numbered(plan)),
            ("mail_activity_type", "activities", data.activities(plan)),
            ("mail_template", "mails", data.mails(plan)),
            ("ir_cron", "crons", data.crons(plan)),
        ):
            if found:
                path = f"data/{name}_data.xml"
                self._add_data(path, f"{path}.jinja", **{key: found})

    def _views(self) -> None:
        for entity, wizard in self._wizards():
            self._add_data(
                f"wizards/{wizard.xmlid}_views.xml",
                "wizards/wizard_views.xml.jinja",
                entity=entity,
                wizard=wizard,
            )
        for entity in self.plan.entities:
            if not entity.is_line:
                self._add_data(
                    f"views/{entity.xmlid}_views.xml",
                    "views/entity_views.xml.jinja",
                    entity=entity,
                    view=EntityView(entity),
                )
        for entity in self.plan.extensions:
            if entity.existing is not None:
                self._add_data(
                    f"views/{entity.xmlid}_views.xml",
                    "views/extension_views.xml.jinja",
                    entity=entity,
                    view=ExtensionView(entity, entity.existing),
                )
        if self.plan.entities:
            self._add_data(
                f"views/{self.plan.module}_menus.xml",
                "views/menus.xml.jinja",
                menus=data.menus(self.plan),
            )
        documents = data.documents(self.plan)
        if documents:
            self._add_data(
                f"report/{self.plan.module}_reports.xml",
                "report/report.xml.jinja",
                reports=documents,
            )

    def tests(self) -> None:
        """Add tests, specs, a load and demo data."""
        suite = testing.Suite(self.plan)
        self._add("tests/common.py", "tests/common.py.jinja", common=suite.common)
        for test in suite.classes:
            self._add(
                f"tests/{test.file}.py",
                "tests/test_entity.py.jinja",
                common=suite.common,
                test=test,
            )
        names = sorted(test.file for test in suite.classes)
        self._add("tests/__init__.py", "models/__init__.py.jinja", modules=names)
        self.covered = dict(suite.covered)
        self.left_to_you += suite.missed
        self._later_stages(suite.cast)

    def _later_stages(self, cast: Cast) -> None:
        """Add what the stages e2e and performance run, and demo data."""
        around = Surroundings(cast)
        browser = Browser(around)
        if browser.processes or around.forms:
            for name in ("conftest", "test_process"):
                template = f"e2e/{name}.py.jinja"
                self._add(f"e2e/{name}.py", template, around=around, browser=browser)
        main = next((e for e in self.plan.entities if e.personal), None)
        load = Load(around, main) if main is not None else None
        if load is not None and not load.is_possible:
            self.left_to_you.append(
                f"A locustfile in perf/: each {load.main.noun} needs a record of its own of"
                f" {', '.join(model for model, _ in load.spare)}, and none has a name."
            )
        elif load is not None:
            for name in ("locustfile", "seed"):
                template = f"perf/{name}.py.jinja"
                self._add(f"perf/{name}.py", template, around=around, load=load)
        records = demo.records(cast)
        if records:
            path = f"demo/{self.plan.module}_demo.xml"
            self._add(path, "demo/demo.xml.jinja", demo=records)
            self._demo.append(path)

    def root(self) -> None:
        """Add what speaks of all the others: the manifest and the README."""
        self._add("__init__.py", "__init__.py.jinja", wizards=self._wizards())
        self._add(
            "__manifest__.py",
            "__manifest__.py.jinja",
            author=AUTHOR,
            license=LICENSE,
            category=data.category(self.plan),
            data=self._data,
            demo=self._demo,
        )
        self._add(
            "README.rst",
            "README.rst.jinja",
            view=Readme(self.plan, AUTHOR, self.left_to_you),
        )


def _order(entity: EntityPlan) -> str:
    if entity.spec.order:
        parts = [f"{name} desc" for name in entity.spec.order]
    elif entity.spec.configuration:
        parts = ["sequence"]
    elif entity.is_line:
        parts = []
    else:
        parts = []
    last = "id" if entity.spec.configuration or entity.is_line else "id desc"
    return ", ".join([*parts, last])


def _wizard(entity: EntityPlan, name: str) -> Wizard:
    transition = next(t for t in entity.transitions if t.name == name)
    model = models.wizard_model(entity, transition)
    label = f"{transition.label}: {entity.label}"
    return Wizard(
        model=model,
        class_name=naming.class_name(model),
        xmlid=naming.xmlid(model),
        doc=docstring(f"Ask for a reason. {label}."),
        title=python(label),
        label=transition.label,
        relation=naming.short(f"{naming.xmlid(model)}_rel"),
        step=name,
    )


def _left(plan: ModulePlan) -> list[str]:
    found = [hook.told for entity in plan.every for hook in hooks.hooks(plan, entity)]
    found += [
        f"{criterion.id}: no part of the module is known to meet it: {criterion.text}"
        for criterion in plan.spec.criteria
        if not criterion.covers
    ]
    return found
