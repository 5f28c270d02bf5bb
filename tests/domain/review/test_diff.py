"""The parser against git itself: what it reads of a patch rebuilds the new file from the old one."""

import itertools
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.review import diff
from bot.domain.review.diff import FileDiff, FileSide, FileStatus, Hunk, LineKind
from tests.repositories import Repository

Pieces = list[tuple[bytes, bool]]


def pieces(content: bytes) -> Pieces:
    r"""Split at ``\n`` only, each piece with whether it ends so."""
    *whole, rest = content.split(b"\n")
    return [(line, True) for line in whole] + ([(rest, False)] if rest else [])


def apply(hunks: tuple[Hunk, ...], old: bytes) -> bytes:
    """Rebuild the new content from the old one, and check every number on the way."""
    source, result, at = pieces(old), Pieces(), 0
    for hunk in hunks:
        start = hunk.old_start - 1 if hunk.old_count else hunk.old_start
        result += source[at:start]
        at = start
        assert len(result) == (hunk.new_start - 1 if hunk.new_count else hunk.new_start)
        for line in hunk.lines:
            if line.kind is not LineKind.ADDED:
                assert line.old == at + 1
                assert source[at] == (line.text, line.ends)
                at += 1
            else:
                assert line.old is None
            if line.kind is not LineKind.REMOVED:
                result.append((line.text, line.ends))
                assert line.new == len(result)
            else:
                assert line.new is None
        assert hunk.old_count == sum(line.old is not None for line in hunk.lines)
        assert hunk.new_count == sum(line.new is not None for line in hunk.lines)
    result += source[at:]
    assert all(ends for _, ends in result[:-1])
    return b"".join(line + b"\n" * ends for line, ends in result)


phrases = st.sampled_from(
    [
        *(bytes([byte]) for byte in b"\n\n\n\r\f\x0b-+@\\ a"),
        "\u2028".encode(),
        b"\\ No newline at end of file",
        b"\n\\ No newline at end of file\n",
        b"\n@@ -1 +1 @@\n",
        b"\n--- a/x\n+++ b/x\n",
        b"\ndiff --git a/x b/x\n",
        b"\nBinary files a/x and b/x differ\n",
        b"\xff",
    ]
)
contents = st.lists(phrases, max_size=14).map(b"".join)


@st.composite
def edits(draw: st.DrawFn) -> tuple[bytes, bytes]:
    """Give two contents that share some lines, as the two sides of a change do."""
    start, end = draw(contents), draw(contents)
    shared = draw(contents) * draw(st.integers(0, 3))
    return start + shared + draw(contents), draw(contents) + shared + end


def changed(repository: Repository, context: int = 3) -> Iterator[FileDiff]:
    command = ("diff-tree", "-r", "-M", "HEAD^", "HEAD")
    raw = repository.git(*command, "--raw", "-z", "--no-abbrev")
    patch = repository.git(*command, "-p", "--full-index", f"-U{context}")
    return diff.add_hunks(diff.parse_patch(raw), (line + b"\n" for line in patch.split(b"\n")[:-1]))


@pytest.mark.contract
@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(edits(), min_size=20, max_size=20), st.sampled_from([0, 1, 3, 10]))
def test_hunks_rebuild_the_new_file_from_the_old_one(pairs: list[tuple[bytes, bytes]], context: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        repository = Repository.make(Path(folder))
        repository.commit({f"{number:02}": old for number, (old, _) in enumerate(pairs)})
        repository.commit({f"{number:02}": new for number, (_, new) in enumerate(pairs)})
        found = {file.path: file for file in changed(repository, context)}
    for number, (old, new) in enumerate(pairs):
        if old != new:
            assert apply(found.pop(f"{number:02}").hunks, old) == new
    assert not found


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param(b"a\nb\n", "a\u2028b\nb\n".encode(), id="U+2028 does not end a line"),
        pytest.param(b"a\fb\n", b"a\fc\n", id="a form feed does not end a line"),
        pytest.param(b"a\rb\rc\n", b"a\rB\rc\n", id="a lone carriage return does not end a line"),
        pytest.param(b"a\r\nb\r\n", b"a\r\nB\r\n", id="carriage returns stay"),
        pytest.param(b"1\n2\n3\n4\nx\n", b"1\n2\n3\n4\n@@ -5 +5 @@\n", id="a hunk's header as code"),
        pytest.param(b"-- a/x\n", b"++ b/x\n", id="lines that look like a file's header"),
        pytest.param(b"a", b"\\ No newline at end of file", id="the marker as code, and the marker"),
        pytest.param(
            b"a\n\\ No newline at end of file\n", b"b\n\\ No newline at end of file\n", id="as context"
        ),
        pytest.param(b"a\nb", b"a\nb\n", id="a newline at the end added"),
        pytest.param(b"a\nb\n", b"a\nb", id="a newline at the end removed"),
        pytest.param(b"a\n\nb\n", b"a\n\nc\n", id="an empty line as context"),
    ],
)
def test_code_is_never_taken_for_the_patch_around_it(old: bytes, new: bytes, tmp_path: Path) -> None:
    repository = Repository.make(tmp_path)
    repository.commit({"file": old, "next": old})
    repository.commit({"file": new, "next": new})

    for file in changed(repository):
        assert apply(file.hunks, old) == new


def test_the_lines_of_a_hunk_have_the_numbers_that_an_editor_shows(tmp_path: Path) -> None:
    repository = Repository.make(tmp_path)
    repository.commit({"file": b"1\n2\n3\n"})
    repository.commit({"file": b"1\nzwei\n3"})

    (file,) = changed(repository)

    assert [(line.kind, line.text, line.old, line.new, line.ends) for line in file.hunks[0].lines] == [
        (LineKind.CONTEXT, b"1", 1, 1, True),
        (LineKind.REMOVED, b"2", 2, None, True),
        (LineKind.REMOVED, b"3", 3, None, True),
        (LineKind.ADDED, b"zwei", None, 2, True),
        (LineKind.ADDED, b"3", None, 3, False),
    ]
    assert [line.text for line in file.added_lines()] == [b"zwei", b"3"]
    assert [line.text for line in file.removed_lines()] == [b"2", b"3"]


def test_a_file_that_becomes_a_link_is_replaced_in_one_hunk(tmp_path: Path) -> None:
    repository = Repository.make(tmp_path)
    repository.commit({"there": b"1\n2\n", "z": b"a\n"})
    (tmp_path / "there").unlink()
    (tmp_path / "there").symlink_to("z")
    repository.commit({"z": b"b\n"})

    link, after = changed(repository)

    assert (link.status, link.old and link.old.mode, link.new and link.new.mode) == (
        FileStatus.TYPE_CHANGED,
        "100644",
        "120000",
    )
    assert len(link.hunks) == 1
    assert apply(link.hunks, b"1\n2\n") == b"z"
    assert apply(after.hunks, b"a\n") == b"b\n"


ONE, TWO = "1" * 40, "2" * 40
MODIFIED = FileDiff("x", "x", FileStatus.MODIFIED, FileSide("100644", ONE), FileSide("100644", TWO))
HEADER = [
    b"diff --git a/x b/x\n",
    b"index %s..%s 100644\n" % (ONE.encode(), TWO.encode()),
    b"--- a/x\n",
    b"+++ b/x\n",
]
HUNK = [b"@@ -1 +1 @@\n", b"-a\n", b"+b\n"]


@pytest.mark.parametrize(
    ("patch", "line"),
    [
        pytest.param([], 1, id="no section"),
        pytest.param(HEADER[:1] + HEADER[2:] + HUNK, 4, id="no ids"),
        pytest.param([HEADER[0], HEADER[1].replace(b"2", b"3"), *HEADER[2:], *HUNK], 5, id="other ids"),
        pytest.param([*HEADER, b"@@ nonsense @@\n"], 5, id="a header without numbers"),
        pytest.param(HEADER + HUNK[:2], 7, id="cut"),
        pytest.param([*HEADER, HUNK[0], b"-a\n", b"-b\n"], 7, id="one side too long"),
        pytest.param([*HEADER, HUNK[0], b"?a\n"], 6, id="no such kind of line"),
        pytest.param(HEADER + HUNK + [b" c\n"], 8, id="more lines than its header says"),
        pytest.param(HEADER + HUNK + HEADER, 8, id="more sections than files"),
    ],
)
def test_a_malformed_patch_is_refused_with_the_place(patch: list[bytes], line: int) -> None:
    with pytest.raises(ValueError, match=f"^patch, line {line}: "):
        list(diff.add_hunks([MODIFIED], patch))


@pytest.mark.parametrize(
    "raw",
    [
        b"x",
        b":100644 100644 " + ONE.encode() + b" " + TWO.encode() + b" X\0x\0",
        b":100644 100644 " + ONE.encode() + b" " + TWO.encode() + b" M",
    ],
)
def test_malformed_raw_entries_are_refused(raw: bytes) -> None:
    with pytest.raises(ValueError, match=r"^raw diff: cannot read the entry"):
        diff.parse_patch(raw)


def test_a_patch_is_read_only_as_far_as_files_are_asked_for() -> None:
    endless = itertools.chain(HEADER, HUNK, itertools.repeat(b"diff --git a/y b/y\n"))

    assert next(diff.add_hunks([MODIFIED], endless)).hunks[0].new_count == 1
