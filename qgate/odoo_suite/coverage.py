"""Coverage of a module: statements, branches, and the share of function bodies tests ran."""

from __future__ import annotations

import ast
import contextlib
import io
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import coverage

IDLE: Final = ""
"""Coverage context of the launcher while no test runs."""

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from qgate.workspace import Module, Workspace

OMIT: Final = (
    "*/__manifest__.py",  # read, never run
    "*/tests/*",
    # Judged by other stages: nothing of them can run when a module is installed afresh.
    "*/e2e/*",
    "*/perf/*",
    "*/migrations/*",
    "*/upgrades/*",
)
"""Files that are not measured."""


class Measured:
    """Coverage data of one run.

    Args:
        data: The data file.
        evidence: Folder that receives `coverage.json`, and `htmlcov/` on demand.
    """

    def __init__(self, data: Path, evidence: Path) -> None:
        self._coverage = coverage.Coverage(
            data_file=data, config_file=False, branch=True, messages=False
        )
        # A file that cannot be parsed fails the install, which tells it better.
        self._coverage.set_option("run:disable_warnings", ["couldnt-parse"])
        self._coverage.load()
        self._evidence = evidence

    def rows(
        self, workspace: Workspace, modules: Iterable[Module]
    ) -> list[dict[str, Any]]:
        """Return a row of the frame `coverage` for each measured file of *modules*."""
        if not self._coverage.get_data().measured_files():
            return []
        report = self._evidence / "coverage.json"
        with contextlib.redirect_stdout(io.StringIO()):
            self._coverage.json_report(outfile=str(report), ignore_errors=True)
        files = {
            str(Path(name).absolute()): found
            for name, found in json.loads(report.read_text())["files"].items()
        }
        rows = []
        for module in modules:
            folder = module.path.resolve()
            for name in sorted(files):
                if name.startswith(f"{folder}/"):
                    relative = name.removeprefix(f"{folder}/")
                    names = {
                        "module": module.name,
                        "file": workspace.relative(module.path / relative),
                    }
                    rows.append(names | self._row(name, files[name]))
        return rows

    def write_html(self, title: str) -> None:
        """Write `htmlcov/`, a page per file with its lines coloured."""
        with contextlib.redirect_stdout(io.StringIO()):
            self._coverage.html_report(
                directory=str(self._evidence / "htmlcov"),
                title=title,
                ignore_errors=True,
            )

    def _row(self, name: str, found: Mapping[str, Any]) -> dict[str, Any]:
        summary = found["summary"]
        statements = {*found["executed_lines"], *found["missing_lines"]}
        source = Source(Path(name).read_bytes())
        body = source.body & statements
        contexts = self._coverage.get_data().contexts_by_lineno(name)
        tested = {
            source.first.get(line, line)
            for line, names in contexts.items()
            if set(names) - {IDLE}
        }
        return {
            "statements": summary["num_statements"],
            "covered": summary["covered_lines"],
            "missing": found["missing_lines"],
            "branches": summary["num_branches"],
            "branches_covered": summary["covered_branches"],
            "body_statements": len(body),
            "body_covered": len(body & tested),
            "body_missing": sorted(body - tested),
        }


class Source:
    """Lines of a Python file, by what they belong to.

    Attributes:
        body: Lines inside functions, docstrings left out. The `def` line, its decorators and
            defaults run at import and do not belong to a body.
        first: For each line of a statement over several lines its first one, by which
            coverage knows the statement.
    """

    def __init__(self, text: bytes) -> None:
        self.body: set[int] = set()
        self.first: dict[int, int] = {}
        try:
            tree = ast.parse(text)
        except (SyntaxError, ValueError):
            return
        # ast.walk goes from the outside in, so that inner statements have the last word.
        for node in ast.walk(tree):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                for statement in _without_docstring(node.body):
                    self.body.update(_lines(statement))
            if isinstance(node, ast.stmt):
                for line in _lines(node):
                    self.first[line] = node.lineno


def _lines(node: ast.stmt) -> range:
    return range(node.lineno, (node.end_lineno or node.lineno) + 1)


def _without_docstring(body: Sequence[ast.stmt]) -> Sequence[ast.stmt]:
    first = body[0]
    if (
        isinstance(first, ast.Expr)
        and isinstance(first.value, ast.Constant)
        and isinstance(first.value.value, str)
    ):
        return body[1:]
    return body
