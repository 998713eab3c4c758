"""What does not count, by whom and why: the ignore file and VEX documents."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from qgate.errors import EnvironmentProblem

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from qgate.settings import Settings
    from qgate.tools.trivy import Found
    from qgate.workspace import Workspace

_DEFAULT = ".trivyignore"


@dataclass(frozen=True)
class Suppressions:
    """The files that the workspace has.

    Attributes:
        arguments: Trivy's arguments that name them.
        reasons: For each file, the reason it gives for an id, as far as Trivy does not tell.
    """

    arguments: Sequence[str | Path]
    reasons: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def reason(self, found: Found) -> str | None:
        """Return why *found* does not count."""
        known = self.reasons.get(str(found.suppressed_by), {})
        own = next(
            (known[name] for name in (found.id, *found.other_ids) if name in known),
            None,
        )
        return ": ".join(filter(None, [found.reason, own])) or None


def read(settings: Settings, workspace: Workspace) -> Suppressions:
    """Find the files, and read the reasons that Trivy does not pass on.

    Raises:
        EnvironmentProblem: One that is named is not there, or it is not clear which counts.
    """
    arguments: list[str | Path] = []
    reasons: dict[str, Mapping[str, str]] = {}
    ignore = _ignore_file(settings, workspace.root)
    arguments += ["--ignorefile", ignore or ""]
    if ignore and ignore.suffix not in (".yaml", ".yml"):
        reasons[ignore.as_posix()] = _comments(ignore.read_text(encoding="utf-8"))
    for name in settings.security.vex:
        path = workspace.root / name
        if not path.is_file():
            message = f"security.vex names {name}, which is no file in the workspace."
            raise EnvironmentProblem(message, hint="Correct it, or remove it.")
        arguments += ["--vex", path]
        reasons[path.as_posix()] = _statements(path)
    return Suppressions(arguments, reasons)


def _ignore_file(settings: Settings, root: Path) -> Path | None:
    named = settings.security.ignore_file
    if not named:
        return None
    found = [path for path in (root / named, root / f"{named}.yaml") if path.is_file()]
    if len(found) > 1:
        message = f"There are both {named} and {named}.yaml; Trivy reads only one."
        raise EnvironmentProblem(message, hint="Put all into the second, with reasons.")
    if not found and named != _DEFAULT:
        message = f"security.ignore_file names {named}, which is not in the workspace."
        raise EnvironmentProblem(message, hint="Correct it, or remove it.")
    return found[0] if found else None


def _comments(text: str) -> dict[str, str]:
    """Return for each id the comment on its line, else the ones directly above.

    A comment counts for all ids that follow without an empty line.
    """
    found: dict[str, str] = {}
    above: list[str] = []
    fresh = True
    for line in map(str.strip, text.splitlines()):
        if not line:
            above = []
        elif line.startswith("#"):
            if not fresh:
                above = []
            above.append(line.lstrip("# "))
            fresh = True
        else:
            words, _, own = line.partition("#")
            why = own.strip() or " ".join(filter(None, above))
            if why:
                found[words.split()[0]] = why
            fresh = False
    return found


def _statements(path: Path) -> dict[str, str]:
    """Return what an OpenVEX document says beside its justification, by vulnerability."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        statements: list[dict[str, Any]] = data.get("statements") or []
        return {
            _name(item["vulnerability"]): str(
                item.get("impact_statement") or item.get("status_notes")
            )
            for item in statements
            if item.get("impact_statement") or item.get("status_notes")
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}  # Trivy itself says what is wrong with it


def _name(vulnerability: object) -> str:
    if isinstance(vulnerability, dict):
        return str(vulnerability.get("name") or vulnerability.get("@id"))
    return str(vulnerability)
