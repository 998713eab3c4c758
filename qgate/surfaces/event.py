"""What GitHub Actions says of the workflow that qgate runs in; empty elsewhere."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qgate.settings import Settings

API: Final = "https://api.github.com"


@dataclass(frozen=True)
class Event:
    """What qgate needs to know of the workflow it runs in.

    Attributes:
        active: Whether this is GitHub Actions at all.
        name: Name of the event, as pull_request.
        repository: Owner and name of the repository.
        api: Address of its API.
        server: Address for people.
        run_id: Identifier of the workflow run; 0 when there is none.
        payload: What GitHub sent.
    """

    active: bool
    name: str
    repository: str
    api: str
    server: str
    run_id: int
    payload: Mapping[str, Any]

    @classmethod
    def of(cls, settings: Settings) -> Event:
        """Return the event that *settings* were loaded in."""
        environ = settings.environ
        run_id = environ.get("GITHUB_RUN_ID", "")
        return cls(
            active=environ.get("GITHUB_ACTIONS") == "true",
            name=environ.get("GITHUB_EVENT_NAME", ""),
            repository=environ.get("GITHUB_REPOSITORY", ""),
            api=environ.get("GITHUB_API_URL") or API,
            server=environ.get("GITHUB_SERVER_URL") or "https://github.com",
            run_id=int(run_id) if run_id.isdigit() else 0,
            payload=_payload(environ.get("GITHUB_EVENT_PATH", "")),
        )

    @property
    def pull(self) -> int | None:
        """Number of the pull request that the event is about, if it names one."""
        number = _at(self.payload, "pull_request", "number")
        return number if isinstance(number, int) else None

    @property
    def head(self) -> tuple[str, str] | None:
        """Owner:branch and commit of the run that a `workflow_run` event follows.

        GitHub says them; the artifacts of that run, which a fork has made, are not asked.
        """
        run = self.payload.get("workflow_run")
        owner = _at(run, "head_repository", "owner", "login")
        branch, sha = _at(run, "head_branch"), _at(run, "head_sha")
        if not (owner and branch and sha):
            return None
        return f"{owner}:{branch}", str(sha)

    @property
    def base(self) -> str:
        """Git ref that the pull request is to be merged into; empty without one."""
        branch = _at(self.payload, "pull_request", "base", "ref")
        return f"origin/{branch}" if isinstance(branch, str) else ""

    @property
    def page(self) -> str:
        """Address of the workflow run, with its artifacts; empty without one."""
        if not (self.repository and self.run_id):
            return ""
        run_id = _at(self.payload, "workflow_run", "id") or self.run_id
        return f"{self.server}/{self.repository}/actions/runs/{run_id}"


def _payload(path: str) -> Mapping[str, Any]:
    try:
        data = json.loads(Path(path).read_text(encoding="utf-8")) if path else {}
    except (OSError, ValueError):
        return {}
    return data if isinstance(data, dict) else {}


def _at(data: object, *keys: str) -> Any:  # noqa: ANN401 - whatever GitHub sent
    for key in keys:
        data = data.get(key) if isinstance(data, dict) else None
    return data
