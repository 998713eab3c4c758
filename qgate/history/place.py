"""Where a history lies: any fsspec URL, with writes that are whole or not there at all."""

from __future__ import annotations

import re
import secrets as random
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import fsspec

from qgate.errors import QgateError, UsageError
from qgate.process import mask

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

SUFFIX: Final = ".parquet"

_WHOLE_OBJECTS: Final = frozenset(
    ("s3", "s3a", "gs", "gcs", "abfs", "abfss", "az", "oci", "oss", "memory")
)
"""Stores in which an object appears whole, so no second name is needed."""

_DRIVERS: Final = {
    "s3": "s3fs",
    "s3a": "s3fs",
    "gs": "gcsfs",
    "gcs": "gcsfs",
    "abfs": "adlfs",
    "abfss": "adlfs",
    "az": "adlfs",
    "sftp": "paramiko",
    "ssh": "paramiko",
}
_EXTRAS: Final = {"s3fs": "s3", "gcsfs": "gcs", "adlfs": "azure"}
_USER: Final = re.compile(r"(?<=://)[^/@]*@")


class HistoryProblem(QgateError):
    """The history cannot be read or written; that never changes a verdict."""


class Place:
    """A folder at an fsspec URL.

    Args:
        url: A path, or a URL as `s3://bucket/folder`.
        options: What its driver takes, as `endpoint_url`.
        secrets: Words that never get into a message.

    Raises:
        UsageError: No driver for the URL is installed, or it is not a URL.
    """

    def __init__(
        self, url: str, options: Mapping[str, object], secrets: Sequence[str] = ()
    ) -> None:
        self._secrets = tuple(secrets)
        self.url = self.shown(url)
        scheme = url.partition("://")[0] if "://" in url else "file"
        try:
            self.fs, root = fsspec.core.url_to_fs(url, **options)
        except ImportError as error:
            driver = _DRIVERS.get(scheme, "its driver")
            extra = _EXTRAS.get(driver)
            wanted = f"qgate[{extra}]" if extra else driver
            message = f"The history {self.url} needs {driver}, which is not installed."
            raise UsageError(message, hint=f"`pip install '{wanted}'`.") from error
        except Exception as error:
            message = f"{self.url} is not the URL of a history ({self.shown(error)})."
            hint = "Give a folder, or a URL as s3://bucket/folder; see history.url."
            raise UsageError(message, hint=hint) from error
        self.root = root.rstrip("/")
        self.local = scheme in ("file", "local")
        self.scheme = scheme

    def shown(self, text: object) -> str:
        """Return *text* for people: no password of a URL, no secret of the environment."""
        return mask(_USER.sub("", str(text)), self._secrets)

    def path(self, *parts: str) -> str:
        """Return the full path of a file or folder of the place."""
        return "/".join((self.root, *parts))

    def address(self, path: str) -> str:
        """Return the name by which DuckDB reads the file at *path*."""
        return path if self.local else f"{self.scheme}://{path.lstrip('/')}"

    def files(self, *below: str) -> list[str]:
        """Return the full paths of all Parquet files in a folder and below it, sorted.

        Raises:
            HistoryProblem: It cannot be listed.
        """
        folder = self.path(*below)
        with self._told("listed"):
            self.fs.invalidate_cache()
            found = self._walked(folder) if self.local else self._found(folder)
            return sorted(path for path in found if _own(path))

    def folders(self, *below: str) -> list[str]:
        """Return the names of the folders in a folder.

        Raises:
            HistoryProblem: It cannot be listed.
        """
        with self._told("listed"):
            self.fs.invalidate_cache()
            try:
                listed = self.fs.ls(self.path(*below), detail=True)
            except (FileNotFoundError, NotADirectoryError):
                return []
        return sorted(
            entry["name"].rstrip("/").rpartition("/")[2]
            for entry in listed
            if entry["type"] == "directory"
        )

    def write(self, path: str, content: bytes) -> None:
        """Put *content* at *path*, whole or not at all.

        Raises:
            HistoryProblem: It cannot be written.
        """
        with self._told("written"):
            if self.scheme in _WHOLE_OBJECTS:
                self.fs.pipe_file(path, content)
                return
            folder, _, name = path.rpartition("/")
            self.fs.makedirs(folder, exist_ok=True)
            part = f"{folder}/.{name}.{random.token_hex(4)}.part"
            try:
                self.fs.pipe_file(part, content)
                self.fs.mv(part, path)
            finally:
                if self.fs.exists(part):
                    self.fs.rm_file(part)

    def read(self, path: str) -> bytes:
        """Return what the file at *path* holds.

        Raises:
            FileNotFoundError: It is gone.
            HistoryProblem: It cannot be read.
        """
        with self._told("read"):
            return bytes(self.fs.cat_file(path))

    def age(self, path: str, now: float) -> float:
        """Return how many seconds ago the file at *path* was written, 0 when gone.

        Raises:
            HistoryProblem: It cannot be asked.
        """
        with self._told("read"):
            try:
                return now - float(self.fs.modified(path).timestamp())
            except FileNotFoundError:
                return 0.0

    def remove(self, paths: Iterable[str]) -> None:
        """Remove files; one that is gone already does no harm.

        Raises:
            HistoryProblem: One cannot be removed.
        """
        with self._told("written"):
            for path in paths:
                try:
                    self.fs.rm_file(path)
                except FileNotFoundError:
                    continue

    def _walked(self, folder: str) -> Iterator[str]:
        # Of a folder on disk only names are asked for; `find` would look at every file.
        try:
            names = self.fs.ls(folder, detail=False)
        except (FileNotFoundError, NotADirectoryError):
            return
        for name in names:
            if name.endswith(SUFFIX):
                yield name
            elif "." not in name.rpartition("/")[2]:
                yield from self._walked(name)

    def _found(self, folder: str) -> list[str]:
        try:
            return list(self.fs.find(folder))
        except FileNotFoundError:
            return []

    @contextmanager
    def _told(self, done: str) -> Iterator[None]:
        """Turn whatever a driver raises into a sentence."""
        try:
            yield
        except FileNotFoundError:
            raise
        except PermissionError as error:
            message = f"The history {self.url} may not be {done} ({self._why(error)})."
            hint = "Check the rights, or set history.url; the verdict does not need it."
            raise HistoryProblem(message, hint=hint) from error
        except Exception as error:
            message = f"The history {self.url} cannot be {done} ({self._why(error)})."
            hint = "Check history.url, the connection and free space."
            raise HistoryProblem(message, hint=hint) from error

    def _why(self, error: Exception) -> str:
        said = getattr(error, "strerror", None) or str(error) or type(error).__name__
        return self.shown(said)


def _own(path: str) -> bool:
    name = path.rpartition("/")[2]
    return name.endswith(SUFFIX) and not name.startswith(".")


__all__ = ["SUFFIX", "HistoryProblem", "Place"]
