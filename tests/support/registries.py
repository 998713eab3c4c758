"""A registry on loopback that gives out one artifact, as OCI's distribution asks for it."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_MANIFEST: Final = "application/vnd.oci.image.manifest.v1+json"
_LAYER: Final = "application/vnd.aquasec.trivy.db.layer.v1.tar+gzip"
_CONFIG: Final = "application/vnd.aquasec.trivy.config.v1+json"


@contextmanager
def trivy_registry(folder: Path) -> Iterator[str]:
    """Serve the database in *folder* as Trivy's makers do; give the repository's name."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        for name in ("trivy.db", "metadata.json"):
            tar.add(folder / "db" / name, name)
    blobs = {_digest(blob): blob for blob in (buffer.getvalue(), b"{}")}
    layer, config = blobs
    manifest = {
        "schemaVersion": 2,
        "mediaType": _MANIFEST,
        "config": {"mediaType": _CONFIG, "digest": config, "size": len(blobs[config])},
        "layers": [
            {
                "mediaType": _LAYER,
                "digest": layer,
                "size": len(blobs[layer]),
                "annotations": {"org.opencontainers.image.title": "db.tar.gz"},
            }
        ],
    }
    text = json.dumps(manifest).encode()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            last = self.path.rpartition("/")[2]
            if last in blobs:
                self._answer(blobs[last], "application/octet-stream")
            elif "/manifests/" in self.path:
                self._answer(text, _MANIFEST)
            else:
                self._answer(b"{}", "application/json")

        do_HEAD = do_GET  # noqa: N815 - the name that http.server asks for

        def _answer(self, body: bytes, kind: str) -> None:
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Docker-Content-Digest", _digest(body))
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_address[1]}/trivy-db:2"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _digest(blob: bytes) -> str:
    return f"sha256:{hashlib.sha256(blob).hexdigest()}"
