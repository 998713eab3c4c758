from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from qgate.security.system import expected, left_out

if TYPE_CHECKING:
    from pathlib import Path


def write(root: Path, **files: str) -> None:
    for name, text in files.items():
        path = root / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def test_only_where_packages_are_is_looked(tmp_path: Path) -> None:
    for name in (
        "etc/apk/keys",
        "etc/ssl/private",
        "home/[me]/x",
        "odd[1]*",
        "usr/lib/python3",
        "usr/share/doc",
        "var/lib/dpkg/info",
        "var/lib/mysql",
    ):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "bin").symlink_to("usr/bin")
    (tmp_path / "vmlinuz").write_text("")
    assert list(left_out(tmp_path)) == [
        "etc/ssl",
        "home",
        r"odd\[1\]\*",
        "usr/lib/python3",
        "usr/share",
        "var/lib/mysql",
    ]


def test_what_cannot_be_listed_is_left_alone(tmp_path: Path) -> None:
    assert list(left_out(tmp_path / "nowhere")) == []


@pytest.mark.parametrize(
    ("files", "count"),
    [
        (
            {
                "var__lib__dpkg__status": "Package: a\nStatus: install ok installed\n\n"
                "Package: b\nStatus: deinstall ok config-files\n\n"
                "Package: c\nStatus: install ok installed\n"
            },
            2,
        ),
        ({"lib__apk__db__installed": "P:musl\nV:1\n\nP:busybox\nV:1\n"}, 2),
        ({"etc__os-release": "ID=arch\n"}, None),
        ({}, 0),
    ],
)
def test_a_system_says_how_many_it_has(
    tmp_path: Path, files: dict[str, str], count: int | None
) -> None:
    write(tmp_path, **files)
    assert expected(tmp_path) == count
