"""What a person changed in a generated module is never lost."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

import pytest

from generator.write import BASES, WouldOverwrite, preview, write
from qgate.errors import UsageError

MODEL = PurePosixPath("models/thing.py")
README = PurePosixPath("README.rst")
ICON = PurePosixPath("static/description/icon.png")
FIRST = {
    MODEL: b"one\ntwo\nthree\nfour\nfive\nsix\n",
    README: b"Thing\n",
    ICON: b"\x89PNG\x00one",
}


def _tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_a_new_module_is_written_whole(tmp_path: Path) -> None:
    done = write("thing", FIRST, tmp_path / "addons")
    assert _tree(done.folder) == {str(path): data for path, data in FIRST.items()}
    assert done.added == tuple(sorted(FIRST))
    assert done.files == tuple(sorted(FIRST))


def test_writing_the_same_again_changes_nothing(tmp_path: Path) -> None:
    first = write("thing", FIRST, tmp_path)
    before = first.folder.stat().st_ino
    again = write("thing", FIRST, tmp_path)
    assert (again.added, again.changed, again.removed) == ((), (), ())
    assert again.folder.stat().st_ino == before


def test_what_is_generated_anew_replaces_what_nobody_changed(tmp_path: Path) -> None:
    write("thing", FIRST, tmp_path)
    done = write("thing", {MODEL: b"new\n"}, tmp_path)
    assert _tree(done.folder) == {"models/thing.py": b"new\n"}
    assert done.removed == (README, ICON)
    assert not (done.folder / "static").exists()


def test_a_persons_file_and_lines_are_kept(tmp_path: Path) -> None:
    folder = write("thing", FIRST, tmp_path).folder
    (folder / MODEL).write_bytes(b"one\ntwo\nthree\nfour\nfive\nsix and mine\n")
    (folder / "models" / "own.py").write_text("mine\n")
    done = write(
        "thing", FIRST | {MODEL: b"ONE\ntwo\nthree\nfour\nfive\nsix\n"}, tmp_path
    )
    assert (
        folder / MODEL
    ).read_bytes() == b"ONE\ntwo\nthree\nfour\nfive\nsix and mine\n"
    assert (folder / "models" / "own.py").read_text() == "mine\n"
    assert done.kept == (MODEL,)


def test_a_change_of_a_person_stays_when_the_generator_changed_nothing(
    tmp_path: Path,
) -> None:
    folder = write("thing", FIRST, tmp_path).folder
    (folder / README).write_text("Mine\n")
    done = write("thing", FIRST, tmp_path)
    assert (folder / README).read_text() == "Mine\n"
    assert done.kept == (README,)


def test_a_file_that_a_person_removed_stays_away(tmp_path: Path) -> None:
    folder = write("thing", FIRST, tmp_path).folder
    (folder / README).unlink()
    write("thing", FIRST, tmp_path)
    assert not (folder / README).exists()


@pytest.mark.parametrize(
    ("path", "mine", "theirs"),
    [
        (MODEL, b"mine\ntwo\nthree\nfour\nfive\nsix\n", b"theirs\ntwo\n"),
        (ICON, b"\x89PNG\x00mine", b"\x89PNG\x00theirs"),
    ],
)
def test_changes_that_do_not_fit_are_refused_and_shown(
    tmp_path: Path, path: PurePosixPath, mine: bytes, theirs: bytes
) -> None:
    folder = write("thing", FIRST, tmp_path).folder
    (folder / path).write_bytes(mine)
    before = _tree(tmp_path)
    with pytest.raises(WouldOverwrite) as caught:
        write("thing", FIRST | {path: theirs, README: b"New\n"}, tmp_path)
    assert caught.value.exit_code == 2
    assert caught.value.paths == (str(path),)
    assert str(path) in caught.value.diff
    assert _tree(tmp_path) == before


def test_force_gives_a_persons_changes_up_but_keeps_the_rest(tmp_path: Path) -> None:
    folder = write("thing", FIRST, tmp_path).folder
    (folder / MODEL).write_bytes(b"mine\n")
    (folder / "own.py").write_text("mine\n")
    write("thing", FIRST | {MODEL: b"theirs\n"}, tmp_path, force=True)
    assert (folder / MODEL).read_bytes() == b"theirs\n"
    assert (folder / "own.py").read_text() == "mine\n"


def test_a_module_that_was_not_generated_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thing").mkdir()
    (tmp_path / "thing" / "README.rst").write_text("By hand\n")
    with pytest.raises(WouldOverwrite, match=r"README\.rst"):
        write("thing", FIRST, tmp_path)
    assert _tree(tmp_path / "thing") == {"README.rst": b"By hand\n"}


def test_a_module_that_a_person_deleted_is_written_again(tmp_path: Path) -> None:
    folder = write("thing", FIRST, tmp_path).folder
    for path in sorted(folder.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    folder.rmdir()
    write("thing", FIRST, tmp_path)
    assert _tree(folder) == {str(path): data for path, data in FIRST.items()}


def test_a_record_of_what_was_generated_that_is_damaged_counts_as_none(
    tmp_path: Path,
) -> None:
    folder = write("thing", FIRST, tmp_path).folder
    (tmp_path / BASES / "thing.zip").write_bytes(b"PK damaged")
    with pytest.raises(WouldOverwrite):
        write("thing", FIRST | {MODEL: b"new\n"}, tmp_path)
    assert (folder / MODEL).read_bytes() == FIRST[MODEL]


def test_a_call_killed_between_its_renames_is_mended(tmp_path: Path) -> None:
    folder = write("thing", FIRST, tmp_path).folder
    folder.rename(tmp_path / BASES / "thing.old")
    write("thing", FIRST, tmp_path)
    assert _tree(folder) == {str(path): data for path, data in FIRST.items()}
    assert not (tmp_path / BASES / "thing.old").exists()


def test_no_link_is_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    folder = write("thing", FIRST, tmp_path / "addons").folder
    (folder / "views").symlink_to(outside)
    with pytest.raises(UsageError, match="is a link"):
        write(
            "thing",
            FIRST | {PurePosixPath("views/x.xml"): b"<odoo/>"},
            tmp_path / "addons",
        )
    assert list(outside.iterdir()) == []


@pytest.mark.parametrize("path", ["../x.py", "/etc/x", "a/../../x"])
def test_no_path_leads_out_of_the_module(tmp_path: Path, path: str) -> None:
    with pytest.raises(UsageError, match="leads out"):
        write("thing", {PurePosixPath(path): b"x"}, tmp_path / "addons")
    assert not (tmp_path / "addons").exists()


def test_a_folder_that_is_a_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "addons").write_text("a file")
    with pytest.raises(UsageError, match="cannot be written"):
        write("thing", FIRST, tmp_path / "addons")


def test_the_preview_is_the_difference_to_the_disk(tmp_path: Path) -> None:
    assert "+Thing" in preview("thing", FIRST, tmp_path)
    write("thing", FIRST, tmp_path)
    assert preview("thing", FIRST, tmp_path) == ""
    changed = preview("thing", {MODEL: b"one\n"}, tmp_path)
    assert "-two" in changed
    assert "--- README.rst" in changed
