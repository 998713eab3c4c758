"""A local server that speaks the JSON form of the simple repository API.

As packaging.python.org/en/latest/specifications/simple-repository-api says: a page that
lists the projects, one for each project, and the metadata of a wheel beside it.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Response

if TYPE_CHECKING:
    from pytest_httpserver import HTTPServer
    from werkzeug.wrappers import Request

_KIND = "application/vnd.pypi.simple.v1+json"


@dataclass
class PackageIndex:
    """The server; what it was asked is in `asked`, in order."""

    server: HTTPServer
    serials: bool = True
    projects: dict[str, dict[str, Any]] = field(default_factory=dict)
    summaries: dict[str, str] = field(default_factory=dict)
    listed: dict[str, int] = field(default_factory=dict)
    failing: dict[str, list[int]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    agents: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        for path in (r"/simple/", r"/files/"):
            self.server.expect_request(re.compile(f"{path}.*")).respond_with_handler(
                self._handle
            )

    @property
    def url(self) -> str:
        return self.server.url_for("/simple/")

    def publish(
        self, name: str, *versions: str, summary: str = "", month: str = "2026-10"
    ) -> None:
        """Add versions of a project, or change it."""
        page = self.projects.setdefault(name, {"name": name, "files": []})
        self.listed[name] = self.listed.get(name, 0) + 1
        stem = name.replace("-", "_")
        for version in versions:
            wheel = f"{stem}-{version}-py3-none-any.whl"
            page["files"].append(
                {
                    "filename": wheel,
                    "url": f"../../files/{wheel}",
                    "upload-time": f"{month}-01T10:00:00.000Z",
                    "core-metadata": True,
                    "yanked": False,
                }
            )
            self.summaries[f"/files/{wheel}.metadata"] = summary

    def _handle(self, request: Request) -> Response:
        self.asked.append(request.path)
        self.agents.add(str(request.user_agent))
        failing = self.failing.get(request.path)
        if failing:
            return Response("", failing.pop(0), {"Retry-After": "0"})
        if request.path in self.summaries:
            text = f"Metadata-Version: 2.1\nSummary: {self.summaries[request.path]}\n\n"
            return Response(text)
        name = request.path.removeprefix("/simple/").strip("/")
        if not name:
            return self._list()
        if name not in self.projects:
            return Response("", 404)
        tag = f'"{self.listed[name]}"'
        if request.headers.get("If-None-Match") == tag:
            return Response("", 304)
        body = json.dumps(self.projects[name])
        return Response(body, headers={"ETag": tag}, content_type=_KIND)

    def _list(self) -> Response:
        rows = [
            {"name": name, **({"_last-serial": number} if self.serials else {})}
            for name, number in self.listed.items()
        ]
        return Response(json.dumps({"projects": rows}), content_type=_KIND)
