"""What none of the linters sees: a module's name, and whether its XML and CSV are well-formed."""

from __future__ import annotations

import ast
import csv
import time
from typing import TYPE_CHECKING, Any, Final

from lxml import etree

from qgate.tools.base import (
    Finding,
    ModuleReport,
    ToolReport,
    installed_version,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from qgate.tools.base import Target
    from qgate.workspace import Module

_SKIPPED: Final = {"tests", "node_modules", "lib"}
"""Folders whose files are not loaded as data: test material, third-party assets."""

BOOTSTRAP: Final = {"forms", "helpers", "mixins", "utilities", "vendor"}
"""Folders of Bootstrap. What a style imports, Odoo looks for among the modules first
(base/models/assetsbundle.py, scss_importer, 19.0), so a module of such a name is found instead."""

_LONGEST: Final = 500 * 1024 * 1024
"""Characters that a CSV field may have (odoo/_monkeypatches/csv.py sets this limit)."""

_ACCESS: Final = {
    "id",
    "name",
    "model_id:id",
    "group_id:id",
    "perm_read",
    "perm_write",
    "perm_create",
    "perm_unlink",
}


class DataFiles:
    """Reads the files itself; no program is run and nothing in them is resolved."""

    name = "data-files"

    def version(self) -> str:
        """Return the version of the XML parser."""
        return f"lxml {installed_version(self.name, 'lxml')}"

    def run(self, target: Target) -> ToolReport:
        """Parse every XML file, and every CSV file that the manifest loads."""
        begun = time.monotonic()
        findings: list[Finding] = []
        reports = []
        for module in target.modules:
            xml_files = [
                path
                for path in sorted(module.path.rglob("*.xml"))
                if not _SKIPPED & set(path.relative_to(module.path).parts[:-1])
            ]
            csv_files = list(_csv_files(module))
            findings += _check_name(target, module)
            for path in xml_files:
                findings += _check_xml(target, module, path)
            for path in csv_files:
                findings += _check_csv(target, module, path)
            reports.append(ModuleReport(module.name, len(xml_files) + len(csv_files)))
        return ToolReport(findings, reports, time.monotonic() - begun)


def _check_name(target: Target, module: Module) -> Iterator[Finding]:
    if module.name in BOOTSTRAP:
        yield Finding(
            rule="module-name",
            severity="error",
            path=target.relative(module.manifest),
            line=1,
            column=None,
            message=f"a module called {module.name} hides Bootstrap's folder of that name, and no "
            "style of the database compiles; rename the module",
            module=module.name,
        )


def _csv_files(module: Module) -> Iterator[Path]:
    try:
        manifest: Any = ast.literal_eval(module.manifest.read_text(encoding="utf-8"))
        named = [*manifest.get("data", ()), *manifest.get("demo", ())]
    except (OSError, ValueError, SyntaxError, AttributeError, TypeError):
        return  # the manifest has findings of its own
    for name in dict.fromkeys(named):
        path = module.path / str(name)
        if path.suffix == ".csv" and path.is_file():
            yield path


def _check_xml(target: Target, module: Module, path: Path) -> Iterator[Finding]:
    # The file is untrusted: no document type is loaded, no entity resolved, nothing fetched.
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        etree.fromstring(path.read_bytes(), parser)
    except etree.XMLSyntaxError as error:
        line, column = error.position
        yield Finding(
            rule="xml-malformed",
            severity="error",
            path=target.relative(path),
            line=line or None,
            column=column or None,
            message=str(error.msg),
            module=module.name,
        )
    except OSError as error:
        why = f"cannot be read: {error.strerror}"
        yield _csv_finding(target, module, path, None, why)


def _check_csv(target: Target, module: Module, path: Path) -> Iterator[Finding]:
    csv.field_size_limit(_LONGEST)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True)
            header = next(reader, [])
            if not any(name.strip() for name in header):
                yield _csv_finding(target, module, path, 1, "has no header")
                return
            missing = _ACCESS - {name.replace("/", ":") for name in header}
            if path.name == "ir.model.access.csv" and missing:
                names = ", ".join(sorted(missing))
                yield _csv_finding(target, module, path, 1, f"lacks column {names}")
            for row in reader:
                if row and len(row) != len(header):
                    message = (
                        f"has {len(row)} fields in a row, its header {len(header)}"
                    )
                    yield _csv_finding(target, module, path, reader.line_num, message)
    except UnicodeDecodeError as error:
        yield _csv_finding(target, module, path, None, f"is not UTF-8: {error.reason}")
    except csv.Error as error:
        message = f"is not valid CSV: {error}"
        yield _csv_finding(target, module, path, reader.line_num, message)


def _csv_finding(
    target: Target, module: Module, path: Path, line: int | None, message: str
) -> Finding:
    kind = path.suffix.removeprefix(".")
    return Finding(
        rule=f"{kind}-malformed",
        severity="error",
        path=target.relative(path),
        line=line,
        column=None,
        message=f"the file {message}",
        module=module.name,
    )
