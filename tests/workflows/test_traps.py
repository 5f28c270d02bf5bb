"""What git, file systems and files can do to a reading: the facts are found, and every quote is true.

``reviewing.review`` judges each quote against the bytes that git has.
"""

from pathlib import Path

import pytest

from bot.domain.review.report import Report
from tests import reviewing
from tests.repositories import Files, Repository
from tests.workflows.shop import LIBRARY

CLIENT = b"import shop\nClient()\n"


def review(path: Path, base: str | None, head: str = "HEAD") -> Report:
    return reviewing.review(path, base, head, library=LIBRARY)


def facts(report: Report) -> list[tuple[str, int]]:
    return [(fact.citation.path, fact.citation.line_start) for fact in report.concerns]


@pytest.mark.parametrize(
    ("before", "line"),
    [
        ("x = '\u2028'\n", 3),
        ("x = 1\f\n\f\n", 4),
        ("x = '\r'\n# a\rb\n", 4),
        ("\x0b\x1c\x85\n", 3),
        ("# \\ No newline at end of file\n", 3),
        ("'''\n--- a/x\n+++ b/x\n@@ -1 +1 @@\ndiff --git a/x b/x\n'''\n", 8),
        ("x = 1\r\n", 3),
        ("é = '😀'\n", 3),
    ],
    ids=[
        "U+2028",
        "form feed",
        "lone CR",
        "other separators",
        "no-newline words",
        "diff words",
        "CRLF",
        "wide",
    ],
)
def test_line_numbers_are_gits_whatever_stands_in_a_line(tmp_path: Path, before: str, line: int) -> None:
    text = f"import shop\n{before}"
    report = reviewing.change(
        tmp_path, {"a.py": text.encode()}, {"a.py": f"{text}Client()\n".encode()}, LIBRARY
    )
    assert facts(report) == [("a.py", line)]


@pytest.mark.parametrize("newline", [b"", b"\n", b"\r\n"])
def test_the_last_line_is_found_however_it_ends(tmp_path: Path, newline: bytes) -> None:
    report = reviewing.change(
        tmp_path, {"a.py": b"import shop\nx = 1"}, {"a.py": b"import shop\nClient()" + newline}, LIBRARY
    )
    assert facts(report) == [("a.py", 2)]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("a b.py", "a b.py"),
        ("q\"u'o\\te.py", "q\"u'o\\te.py"),
        ("tab\there.py", "tab\there.py"),
        ("new\nline.py", "new\nline.py"),
        ("x b/x b/y.py", "x b/x b/y.py"),
        ("café.py", "café.py"),
        ("caf\udce9.py", '"caf\\351.py"'),
        ("-option.py", "-option.py"),
        (":(glob)*.py", ":(glob)*.py"),
        ("#!@`<b>.py", "#!@`<b>.py"),
    ],
)
def test_a_file_is_read_whatever_its_name(tmp_path: Path, name: str, shown: str) -> None:
    report = reviewing.change(tmp_path, {name: b"import shop\n"}, {name: CLIENT}, LIBRARY)
    assert facts(report) == [(shown, 2)]


def test_everything_that_is_no_plain_change_of_lines_is_counted(tmp_path: Path) -> None:
    repository = Repository.make(tmp_path)
    long = CLIENT + b"".join(b"line %d\n" % n for n in range(40))
    repository.commit(
        {
            "mode.sh": b"x\n",
            "old.py": long,
            "gone.py": CLIENT,
            "bin": b"\0\1",
            "empty": b"",
            "to_link": b"x\n",
        }
    )
    repository.git("checkout", "--quiet", "-b", "work")
    (tmp_path / "mode.sh").chmod(0o755)
    repository.git("mv", "old.py", "new.py")
    repository.write({"gone.py": None, "bin": b"\0\2", "empty2": b"", "empty": None, "to_link": None})
    (tmp_path / "to_link").symlink_to("/etc/passwd")
    repository.write({"new.py": long.replace(b"Client()", b"Client(1)")})
    sub = Repository.make(tmp_path / "sub")
    commit = sub.commit({"x": b"x\n"})
    repository.commit()
    report = review(tmp_path, "main", "work")
    assert commit
    assert facts(report) == [("new.py", 2)]
    reasons = {skipped.path: skipped.reason for skipped in report.coverage.skipped}
    assert reasons == {"bin": "binary", "sub": "submodule", "to_link": "symbolic link"}
    assert report.coverage.files_total == report.coverage.files_read + len(reasons)


@pytest.mark.contract
def test_one_line_of_five_megabytes_is_passed_over_and_searched_for_keys(tmp_path: Path) -> None:
    key = "AK" + "IAQ7T2W5X4Z6N3M2K4"
    line = b"x" * 2_500_000 + b" " + key.encode() + b" " + b"y" * 2_500_000
    report = reviewing.change(tmp_path, {"a": b""}, {"big.py": line, "a.py": CLIENT}, LIBRARY)
    assert facts(report) == [("big.py", 1), ("a.py", 2)]
    assert report.concerns[0].citation.redacted
    assert len(report.concerns[0].citation.quote) < 300
    assert [skipped.path for skipped in report.coverage.skipped] == ["big.py"]


@pytest.mark.contract
def test_three_thousand_files_are_all_read(tmp_path: Path) -> None:
    files: Files = {f"p{n % 30}/m{n}.py": CLIENT if n % 100 == 0 else b"x = 1\n" for n in range(3000)}
    report = reviewing.change(tmp_path, {"a": b""}, files, LIBRARY)
    assert report.coverage.files_read == 3000
    assert len(report.concerns) == 30
    assert report.complete


def test_a_head_without_common_history_counts_as_new(tmp_path: Path) -> None:
    repository = Repository.make(tmp_path)
    repository.commit({"README": b"x\n"})
    repository.git("checkout", "--quiet", "--orphan", "lone")
    repository.commit({"a.py": CLIENT})
    report = review(tmp_path, "main", "lone")
    assert report.base is None
    assert facts(report) == [("a.py", 2)]


def test_a_merge_commit_as_head_brings_what_both_sides_changed(tmp_path: Path) -> None:
    repository = Repository.make(tmp_path)
    repository.commit({"x": b"x\n"})
    for branch in ("one", "two"):
        repository.git("checkout", "--quiet", "-b", branch, "main")
        repository.commit({f"{branch}.py": CLIENT})
    repository.git("merge", "--quiet", "--no-edit", "one")
    assert facts(review(tmp_path, "main", "two")) == [("one.py", 2), ("two.py", 2)]


def test_shallow_clones_bare_ones_and_worktrees_are_read_alike(tmp_path: Path) -> None:
    origin = Repository.make(tmp_path / "origin")
    origin.commit({"x": b"x\n"})
    origin.commit({"a.py": CLIENT})
    url = f"file://{origin.path}"
    origin.git("clone", "--quiet", "--depth=2", url, str(tmp_path / "shallow"))
    origin.git("clone", "--quiet", "--bare", url, str(tmp_path / "bare"))
    origin.git("worktree", "add", "--quiet", str(tmp_path / "tree"))
    for name in ("origin", "shallow", "bare", "tree"):
        assert facts(review(tmp_path / name, "HEAD~1")) == [("a.py", 2)], name
