"""A folder with a handbook, and what hostile things it can hold."""

import os
from pathlib import Path

import pytest

from bot.adapters.files.handbook_folders import LocalHandbooks
from bot.errors import UserError

MOST = 1000


@pytest.fixture(name="folder")
def a_handbook(tmp_path: Path) -> Path:
    folder = tmp_path / "handbook"
    (folder / "teams").mkdir(parents=True)
    (folder / "README.md").write_bytes(b"# Welcome\n")
    (folder / "teams" / "on call.md").write_bytes(b"Ask Bo.\n")
    (tmp_path / "secret.md").write_bytes(b"Nobody's business.\n")
    return folder


def read(folder: Path, most: int = MOST) -> dict[str, bytes]:
    """All that can be read of a folder."""
    _, contents = LocalHandbooks().read_files(str(folder), lambda paths: paths, most)
    return dict(contents)


def test_files_have_paths_within_the_folder_and_only_the_chosen_ones_are_read(folder: Path) -> None:
    paths, contents = LocalHandbooks().read_files(
        str(folder),
        lambda _: ["README.md", "../secret.md", "gone.md", str(folder.parent / "secret.md")],
        MOST,
    )
    assert paths == ["README.md", "teams/on call.md"]
    assert contents == {"README.md": b"# Welcome\n"}


def test_no_link_leads_out_of_the_folder_or_round_in_a_circle(folder: Path) -> None:
    before = read(folder)
    (folder / "out.md").symlink_to("../secret.md")
    (folder / "absolute.md").symlink_to(folder.parent / "secret.md")
    (folder / "broken.md").symlink_to("nowhere.md")
    (folder / "self.md").symlink_to("self.md")
    (folder / "above").symlink_to("..")
    (folder / "teams" / "again").symlink_to(folder)
    assert read(folder) == before
    (folder / "inside.md").symlink_to("README.md")
    assert read(folder) == {**before, "inside.md": b"# Welcome\n"}


def test_the_folder_itself_may_be_a_link(folder: Path) -> None:
    link = folder.parent / "current"
    link.symlink_to("handbook")
    assert read(link) == read(folder)


def test_what_is_no_file_or_too_large_is_not_read(folder: Path) -> None:
    before = read(folder)
    os.mkfifo(folder / "pipe.md")
    (folder / "large.md").write_bytes(b"x" * (MOST + 1))
    (folder / "folder.md").mkdir()
    paths, contents = LocalHandbooks().read_files(str(folder), lambda paths: paths, MOST)
    assert contents == before
    assert set(paths) == {*before, "large.md"}


def test_names_that_are_not_utf_8_stay_as_they_are(folder: Path) -> None:
    (folder / os.fsdecode(b"caf\xe9.md")).write_bytes(b"Coffee.\n")
    (folder / "two\nlines.md").write_bytes(b"Lines.\n")
    found = read(folder)
    assert (found["caf\udce9.md"], found["two\nlines.md"]) == (b"Coffee.\n", b"Lines.\n")


def test_a_folder_that_is_gone_or_no_folder_or_too_large_is_refused(folder: Path) -> None:
    with pytest.raises(UserError, match=r"can't open .*/gone \(No such file or directory\)"):
        read(folder.parent / "gone")
    with pytest.raises(UserError, match="Not a directory"):
        read(folder / "README.md")
    with pytest.raises(UserError, match="more than 1 files"):
        LocalHandbooks(most_files=1).read_files(str(folder), lambda paths: paths, MOST)
