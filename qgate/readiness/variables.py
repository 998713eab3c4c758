"""Check variables: those that are read are documented, those documented are read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from qgate.policy.wording import number, some
from qgate.readiness import compose, page, source
from qgate.readiness.base import ERROR, FAILED, PASSED, Found

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from qgate.workspace import Workspace

READ: Final = "variables that are read"
DOCUMENTED: Final = "variables that are documented"

_SHOWN: Final = 10
_NOT_DEPLOYED: Final = frozenset({"tests", "e2e", "perf"})
"""Folders of a module whose code runs in no production."""


def check(
    workspace: Workspace, compose_files: Sequence[str], documentation: str
) -> list[Found]:
    """Return whether what is read is documented, and whether what is documented is read.

    A variable is documented when it stands in code, as `NAME`, below a heading that has the
    word "variables". All modules of the workspace count, whichever are gated, as the page
    is about all of them; their tests do not.

    Args:
        workspace: The modules.
        compose_files: Compose files that may be there, relative to the workspace.
        documentation: The page, relative to the workspace.

    Raises:
        EnvironmentProblem: The page or a compose file cannot be read.
    """
    files = [
        path
        for module in workspace.modules.values()
        for path in sorted(module.path.rglob("*.py"))
        if path.relative_to(module.path).parts[0] not in _NOT_DEPLOYED
    ]
    read, unclear = _in_modules(workspace, files)
    there = [name for name in compose_files if (workspace.root / name).is_file()]
    for name in there:
        for variable, line in compose.read(workspace.root / name).items():
            read.setdefault(variable, f"{name}:{line}")
    looked = f"{_counted(files, 'Python')} and {_counted(there, 'compose')}"
    path = workspace.root / documentation
    if not path.is_file():
        why = f"{documentation} does not exist, so nothing can be documented in it."
        return [Found(READ, ERROR, why), Found(DOCUMENTED, ERROR, why)]
    documented = page.read(path).variables
    return [
        _all_documented(read, documented, unclear, looked, documentation),
        _all_read(read, documented, looked, documentation),
    ]


def _counted(files: Sequence[object], kind: str) -> str:
    return f"{len(files)} {kind} file{'' if len(files) == 1 else 's'}"


def _in_modules(
    workspace: Workspace, files: Iterable[Path]
) -> tuple[dict[str, str], list[str]]:
    """Return where each variable is read first, and places that cannot be understood."""
    read: dict[str, str] = {}
    unclear: list[str] = []
    for path in files:
        name = workspace.relative(path)
        try:
            found = source.read(path)
        except (SyntaxError, ValueError, OSError) as error:
            unclear.append(f"{name} cannot be read ({error})")
            continue
        for variable, line in found.names.items():
            read.setdefault(variable, f"{name}:{line}")
        unclear += [
            f"{name}:{line} computes the name of a variable" for line in found.computed
        ]
    return read, unclear


def _all_documented(
    read: Mapping[str, str],
    documented: Mapping[str, int],
    unclear: Sequence[str],
    looked: str,
    documentation: str,
) -> Found:
    missing = [
        f"{name} ({place})"
        for name, place in sorted(read.items())
        if name not in documented
    ]
    if missing:
        verb = "is" if len(missing) == 1 else "are"
        return Found(
            READ,
            FAILED,
            f"{number(len(missing), 'variable')} {verb} read but not documented: "
            f"{some(missing, _SHOWN)}. Document them in {documentation}, below a heading "
            'with the word "variables".',
        )
    if unclear:
        return Found(
            READ,
            ERROR,
            f"Which variables are read cannot be told: {some(unclear, _SHOWN)}. "
            "Read them by a name that stands in the code.",
        )
    names = some(sorted(read), _SHOWN)
    told = (
        f"{looked} read {number(len(read), 'variable')}, all documented: {names}."
        if read
        else f"{looked} read no environment variable."
    )
    return Found(READ, PASSED, told)


def _all_read(
    read: Mapping[str, str],
    documented: Mapping[str, int],
    looked: str,
    documentation: str,
) -> Found:
    # A word in lower case may be anything; a variable so named counts only where it is read.
    named = {name: line for name, line in documented.items() if name.isupper()}
    stale = [
        f"{name} (line {line})"
        for name, line in sorted(named.items())
        if name not in read
    ]
    if stale:
        verb = "is" if len(stale) == 1 else "are"
        return Found(
            DOCUMENTED,
            FAILED,
            f"{number(len(stale), 'variable')} {verb} documented in {documentation} but "
            f"not read by {looked}: {some(stale, _SHOWN)}.",
        )
    if not named:
        return Found(DOCUMENTED, PASSED, f"{documentation} documents no variable.")
    return Found(
        DOCUMENTED,
        PASSED,
        f"{number(len(named), 'variable')} documented in {documentation}, all read: "
        f"{some(sorted(named), _SHOWN)}.",
    )
