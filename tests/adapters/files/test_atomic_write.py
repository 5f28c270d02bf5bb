import os
import stat
from pathlib import Path

import pytest

from bot.adapters.files.atomic_write import check_writable, write_whole
from bot.errors import UserError


def test_a_file_is_written_as_utf_8_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    write_whole(tmp_path / "r.md", "é\u2028\n")
    assert (tmp_path / "r.md").read_bytes() == "é\u2028\n".encode()
    assert [path.name for path in tmp_path.iterdir()] == ["r.md"]


def test_an_existing_file_keeps_its_mode_and_a_link_its_target(tmp_path: Path) -> None:
    target, link = tmp_path / "r.md", tmp_path / "link.md"
    target.write_text("old")
    target.chmod(0o640)
    link.symlink_to(target)
    write_whole(link, "new")
    assert link.is_symlink()
    assert target.read_text() == "new"
    assert stat.S_IMODE(target.stat().st_mode) == 0o640


def test_a_refused_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "r.md"
    target.write_text("old")

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(UserError, match="No space left on device"):
        write_whole(target, "new")
    assert [path.name for path in tmp_path.iterdir()] == ["r.md"]
    assert target.read_text() == "old"


def test_an_interruption_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "r.md"
    target.write_text("old")

    def interrupt(_descriptor: int) -> None:
        raise SystemExit(130)

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(SystemExit):
        write_whole(target, "new")
    assert [path.name for path in tmp_path.iterdir()] == ["r.md"]
    assert target.read_text() == "old"


def test_places_that_cannot_be_written_to_are_refused_before_any_work(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="is a folder"):
        check_writable(tmp_path)
    with pytest.raises(UserError, match="There is no folder"):
        check_writable(tmp_path / "none" / "r.md")
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="There is no folder"):
        check_writable(tmp_path / "file" / "r.md")


def test_a_pipe_is_written_to_and_stays_a_pipe(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reading = os.open(pipe, os.O_RDWR | os.O_NONBLOCK)
    try:
        check_writable(pipe)
        write_whole(pipe, "x")
        assert os.read(reading, 9) == b"x"
    finally:
        os.close(reading)
    assert pipe.is_fifo()


@pytest.mark.parametrize("there", [False, True])
def test_a_private_file_is_for_its_owner_only(tmp_path: Path, there: bool) -> None:
    target = tmp_path / "export.json"
    if there:
        target.write_text("old")
        target.chmod(0o644)
    write_whole(target, "new", private=True)
    assert target.read_text() == "new"
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
