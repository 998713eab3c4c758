"""flake8: pycodestyle and pyflakes, in a format of our own that is safe to split."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from qgate.tools.base import (
    CONFIG,
    Finding,
    ModuleReport,
    ToolReport,
    crashed,
    installed_version,
    own_config,
    run_module,
    unreadable,
)

if TYPE_CHECKING:
    from qgate.tools.base import Target

CONFIGS: Final = {".flake8": "flake8", "setup.cfg": "flake8", "tox.ini": "flake8"}
_SEPARATOR: Final = "\x1f"
_FIELDS: Final = ("%(path)s", "%(row)d", "%(col)d", "%(code)s", "%(text)s")


class Flake8:
    """Exit code 1 means findings; it also ends so after a crash, but then says it on stderr."""

    name = "flake8"

    def version(self) -> str:
        """Return its version."""
        return installed_version(self.name, "flake8")

    def run(self, target: Target) -> ToolReport:
        """Run flake8 on every Python file."""
        files = target.python_files()
        given = [path for paths in files.values() for path in paths]
        own = own_config(target, CONFIGS)
        done = run_module(
            self.name,
            target,
            # The other tools use the other core meanwhile.
            *("flake8", "--jobs", "1", f"--format={_SEPARATOR.join(_FIELDS)}"),
            *(("--config", own or CONFIG / "flake8.cfg")),
            "--",
            *given,
        )
        if done.errors.strip():
            raise crashed(self.name, done)
        findings = []
        for line in done.output.splitlines():
            try:
                path, row, column, code, text = line.split(_SEPARATOR)
                findings.append(
                    Finding(
                        rule=code,
                        severity="error" if code.startswith(("E9", "F")) else "warning",
                        path=target.relative(path),
                        line=int(row),
                        column=int(column),
                        message=text,
                        module=target.module_of(path),
                    )
                )
            except (ValueError, LookupError) as error:
                raise unreadable(self.name, done, error) from error
        reports = [ModuleReport(name, len(paths)) for name, paths in files.items()]
        return ToolReport(findings, reports, done.seconds)
