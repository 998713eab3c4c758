"""OCA's own checks of modules (oca-odoo-pre-commit-hooks), those that tell of mistakes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from qgate.tools.base import (
    Finding,
    ModuleReport,
    ToolReport,
    installed_version,
    run_module,
    unreadable,
)

if TYPE_CHECKING:
    from qgate.tools.base import Target

CHECKS: Final = {
    # What breaks or silently does nothing in Odoo 19.
    "manifest-syntax-error": "error",
    "csv-duplicate-record-id": "error",
    "xml-duplicate-record-id": "error",
    "xml-duplicate-template-id": "error",
    "xml-duplicate-fields": "error",
    "xml-deprecated-openerp-node": "error",
    "xml-deprecated-oe-chatter": "error",
    "xml-deprecated-res-groups-category-id": "error",
    "po-syntax-error": "error",
    "po-python-parse-printf": "error",
    "po-python-parse-format": "error",
    # What is risky or outdated.
    "po-duplicate-message-definition": "warning",
    "xml-view-dangerous-replace-low-priority": "warning",
    "xml-dangerous-qweb-replace-low-priority": "warning",
    "xml-create-user-wo-reset-password": "warning",
    "xml-deprecated-qweb-directive": "warning",
    "xml-deprecated-qweb-directive-15": "warning",
    "xml-deprecated-tree-attribute": "warning",
    "xml-record-missing-id": "warning",
    "xml-not-valid-char-link": "warning",
    "xml-oe-structure-missing-id": "warning",
    "file-not-used": "warning",
    # What is a matter of house style.
    "xml-deprecated-data-node": "info",
    "xml-redundant-module-name": "info",
}
"""The checks that run, with the severity of their findings.

Left out because data-files tells it already: csv-syntax-error, xml-syntax-error. Left out as
matters of OCA's own taste: the XML header's exact spelling, the order of attributes, `eval`
around numbers and booleans, README.rst over README.md, Weblate's names, how a PO file is wrapped
and which comments it carries.
"""


class OcaHooks:
    """Runs the package's checks in a process; exit code 0 is its only good end."""

    name = "oca-hooks"

    def version(self) -> str:
        """Return the package's version."""
        return installed_version(self.name, "oca-odoo-pre-commit-hooks")

    def run(self, target: Target) -> ToolReport:
        """Check every module."""
        done = run_module(
            self.name,
            target,
            "qgate.tools.oca_driver",
            ",".join(CHECKS),
            *(module.path for module in target.modules),
            found=(0,),
        )
        try:
            data = json.loads(done.output)
            findings = [
                Finding(
                    rule=item["code"],
                    severity=CHECKS[item["code"]],
                    path=target.relative(item["path"]),
                    line=item["line"] or None,
                    column=item["column"] or None,
                    message=item["message"],
                    module=target.module_of(item["path"]),
                )
                for item in data["findings"]
            ]
            reports = [
                ModuleReport(target.module_of(path), count)
                for path, count in data["files"].items()
            ]
        except (ValueError, KeyError, TypeError, LookupError) as error:
            raise unreadable(self.name, done, error) from error
        return ToolReport(findings, reports, done.seconds)
