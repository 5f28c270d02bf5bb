"""What nobody has read is never passed over: files that come out of hiding, and files that cannot be read."""

import shutil
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from bot.adapters.database import open_store
from bot.domain.pull_requests.question_counts import QuestionCounts
from bot.domain.pull_requests.records import RoundState
from bot.domain.review import question_selection
from bot.domain.review.citations import SourceText
from bot.domain.review.report import Report
from bot.domain.review.signals import SignalScanner, arm_signals
from bot.domain.review.unread_files import find_passages
from bot.domain.rubrics.overlays import with_packs
from bot.rendering.pull_requests import check_runs
from bot.rendering.pull_requests.summary import summary
from bot.rendering.review import html, markdown, terminal
from bot.workflows.review.file_findings import FileFindings
from tests import databases, reviewing, sensei
from tests.adapters.git_checkouts import added, change
from tests.fakes.github import GitHub
from tests.keys import KEYS
from tests.repositories import Repository
from tests.workflows.hosted import Hosted
from tests.workflows.shop import LIBRARY

CLIENT = b"import shop\nClient()\n" + b"".join(b"x%d = %d\n" % (n, n) for n in range(20))
KEY = KEYS["aws-access-key-id"][0]
POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"a" * 64 + b"\nsize 12345\n"
BRACKETS = b"x = " + b"(" * 401 + b")" * 401 + b"\n"


def found(report: Report) -> list[tuple[str, str | None]]:
    return [(fact.citation.path, fact.signal) for fact in report.concerns]


def branched(path: Path, before: dict[str, bytes]) -> Repository:
    """Commit on main, and go on on a branch."""
    repository = Repository.make(path)
    repository.commit({"readme.md": b"x\n", **before})
    repository.git("checkout", "--quiet", "-b", "work")
    return repository


def read(path: Path) -> Report:
    return reviewing.review(path, "main", "work", library=LIBRARY)


def read_little(path: Path) -> Report:
    """Read with low limits on the size of a file."""
    return reviewing.review(path, "main", "work", library=LIBRARY, max_file_bytes=1000, max_scan_bytes=10_000)


# -- files that come out of hiding


HIDDEN = ("vendor/x.py", "node_modules/a/x.py", "x_pb2.py", "app.min.js", "data.csv")


@pytest.mark.parametrize("change", [b"", b"y = 1\n"], ids=["as it was", "with a line more"])
def test_a_file_that_is_moved_out_of_hiding_is_read_whole(tmp_path: Path, change: bytes) -> None:
    # Each with a line of its own, so that git knows which was moved where.
    texts = {name: CLIENT + f"NAME = {name!r}\n".encode() for name in HIDDEN}
    repository = branched(tmp_path, texts)
    (tmp_path / "app").mkdir()
    moved = {name: f"app/x{n}.py" for n, name in enumerate(HIDDEN)}
    for name, to in moved.items():
        repository.git("mv", name, to)
    repository.commit({to: texts[name] + change for name, to in moved.items()})
    report = read(tmp_path)
    assert found(report) == [(to, "shop.client") for to in moved.values()]
    assert report.coverage.files_read == len(HIDDEN)
    assert report.complete


def test_a_file_that_is_copied_out_of_hiding_is_read_whole(tmp_path: Path) -> None:
    repository = branched(tmp_path, {"vendor/x.py": CLIENT})
    repository.commit({"app/x.py": CLIENT})
    assert found(read(tmp_path)) == [("app/x.py", "shop.client")]


def test_a_file_that_is_moved_without_having_been_hidden_counts_by_its_changed_lines(tmp_path: Path) -> None:
    repository = branched(tmp_path, {"lib/x.py": CLIENT})
    (tmp_path / "app").mkdir()
    repository.git("mv", "lib/x.py", "app/x.py")
    repository.commit({"app/x.py": CLIENT + b"y = 1\n"})
    assert found(read(tmp_path)) == []


def test_a_file_that_may_be_executed_now_is_no_new_one_and_stays_hidden_where_it_was(tmp_path: Path) -> None:
    repository = branched(tmp_path, {"vendor/x.py": CLIENT, "app.py": CLIENT})
    for name in ("vendor/x.py", "app.py"):
        (tmp_path / name).chmod(0o755)
    repository.commit()
    report = read(tmp_path)
    assert found(report) == []
    assert [(each.path, each.reason) for each in report.coverage.skipped] == [("vendor/x.py", "vendored")]
    assert report.complete


@pytest.mark.parametrize(
    "hiding",
    [
        (".senseiignore", b"gen/\n", b""),
        (".senseiignore", b"gen/\n", None),
        (".gitattributes", b"gen/*.py linguist-generated\n", b""),
        (".gitattributes", b"gen/*.py linguist-vendored\n", b"gen/*.py -linguist-vendored\n"),
    ],
)
def test_a_file_that_a_pattern_names_no_longer_is_read_whole_when_it_changes(
    tmp_path: Path, hiding: tuple[str, bytes, bytes | None]
) -> None:
    name, before, after = hiding
    repository = branched(tmp_path, {name: before, "gen/x.py": CLIENT})
    repository.write({name: after})
    repository.commit({"gen/x.py": CLIENT + b"y = 1\n"})
    assert ("gen/x.py", "shop.client") in found(read(tmp_path))


@pytest.mark.parametrize(
    ("name", "pattern"), [(".senseiignore", b"app.py\n"), (".gitattributes", b"*.py linguist-generated\n")]
)
def test_a_change_hides_nothing_of_itself(tmp_path: Path, name: str, pattern: bytes) -> None:
    repository = branched(tmp_path, {name: b"# nothing\n"})
    repository.commit({name: pattern, "app.py": CLIENT})
    assert found(read(tmp_path)) == [("app.py", "shop.client")]


def test_a_file_that_can_be_read_from_now_on_is_read_whole(tmp_path: Path) -> None:
    before = {
        "deep.py": BRACKETS + CLIENT,
        "large.py": b"# " + b"x" * 600_000 + b"\n" + CLIENT,
        "latin.py": b"# caf\xe9\n" + CLIENT,
        "made.py": b"# Code generated by shopgen. DO NOT EDIT.\n" + CLIENT,
    }
    branched(tmp_path, before).commit(dict.fromkeys(before, CLIENT))
    assert found(read(tmp_path)) == [(name, "shop.client") for name in before]


def test_a_key_in_a_file_that_was_ignored_under_another_name_is_found(tmp_path: Path) -> None:
    before = {".senseiignore": b"old/\n", "old/x.py": f"key = '{KEY}'\n".encode() + CLIENT}
    repository = branched(tmp_path, before)
    (tmp_path / "vendor").mkdir()
    repository.git("mv", "old/x.py", "vendor/x.py")
    repository.commit()
    assert found(read(tmp_path)) == [("vendor/x.py", "secret.aws-access-key-id")]


# -- files that cannot be read


def contents(data: bytes) -> Callable[[Repository, str], None]:
    def write(repository: Repository, path: str) -> None:
        repository.write({path: data})

    return write


def link(repository: Repository, path: str) -> None:
    (repository.path / path).unlink(missing_ok=True)
    (repository.path / path).symlink_to("readme.md")


def submodule(repository: Repository, path: str) -> None:
    (repository.path / path).unlink(missing_ok=True)
    inner = Repository.make(repository.path / path)
    inner.commit({"inner.py": b"x = 1\n"})


UNREADABLE = {
    "a NUL": (contents(b"import shop\0\n"), "binary"),
    "not UTF-8": (contents(b"# caf\xe9\n"), "not UTF-8"),
    "UTF-16": (contents("x = 1\n".encode("utf-16")), "not UTF-8"),
    "too large": (contents(b"x = 1\n" * 200), "larger than 1000 bytes"),
    "far too large": (
        contents(b"x = 1\n" * 2000),
        "larger than 9.77 kB, so not even searched for secrets",
    ),
    "too deep": (contents(BRACKETS), "nested too deeply to be parsed"),
    "a link": (link, "symbolic link"),
    "a submodule": (submodule, "submodule"),
    "a pointer": (contents(POINTER), "a Git LFS pointer without its content"),
}


@pytest.mark.parametrize("before", [b"", b"x = 1\n"], ids=["new", "in place of a file"])
def test_a_file_of_ours_that_cannot_be_read_makes_the_reading_incomplete(
    tmp_path: Path, before: bytes
) -> None:
    names = {what: f"app{n}.py" for n, what in enumerate(UNREADABLE)}
    repository = branched(tmp_path, dict.fromkeys(names.values(), before) if before else {})
    for what, (make, _) in UNREADABLE.items():
        make(repository, names[what])
    repository.commit({"other.py": b"import shop\nClient()\n"})
    report = read_little(tmp_path)
    assert not report.complete
    assert report.incomplete_because == tuple(
        f"{names[what]}: not read ({reason})" for what, (_, reason) in UNREADABLE.items()
    )
    assert {each.path for each in report.coverage.skipped if each.unread} == set(names.values())
    assert report.final, "to read them again would change nothing"
    assert found(report) == [("other.py", "shop.client")], "what could be read was read"


def test_a_text_is_known_by_its_bytes_where_its_name_does_not_tell(tmp_path: Path) -> None:
    texts = {"run": b"#!/bin/sh\n\0", "notes.orig": "a\n".encode("utf-16"), "menu": b"caf\xe9 au lait\n"}
    branched(tmp_path, {}).commit({**texts, "LICENCE": b"\0"})
    assert {each.path for each in read(tmp_path).coverage.skipped if each.unread} == {*texts, "LICENCE"}


PASSED_OVER = {
    "logo.png": b"\x89PNG\r\n\x1a\n\0\0",
    "paper.pdf": b"%PDF-1.7\n\xe2\xe3\xcf\xd3",
    "weights.blob": b"\0\1\2\3" * 100,
    "signature": b"\x88\x02\xff\xfe\x01\xe9" * 20,
    "big.png": b"\x89PNG\0" * 1000,
    "huge.mp4": b"\0\1" * 10_000,
    "drawing.svg": b"<svg>" + b"<g/>" * 500 + b"</svg>",
    "rows.csv": b"a,b\n" * 5000,
    "uv.lock": b"x = 1\n" * 5000,
    "vendor/big.py": b"x = 1\n" * 5000,
    "vendor/nul.py": b"\0",
    "node_modules/a/index.js": BRACKETS,
    "model.onnx": POINTER,
    "clip.blob": POINTER,
    "made.py": b"# Code generated by shopgen. DO NOT EDIT.\n" + CLIENT,
    "thick.js": b"var " + b"a=1;" * 2000,
    "ignored/nul.py": b"\0",
    "generated/nul.py": b"\0",
}


def test_what_nobody_wrote_or_is_hidden_leaves_the_reading_complete(tmp_path: Path) -> None:
    hiding = {".senseiignore": b"ignored/\n", ".gitattributes": b"generated/* linguist-generated\n"}
    branched(tmp_path, hiding).commit(PASSED_OVER)
    report = read_little(tmp_path)
    assert report.complete
    assert {each.path for each in report.coverage.skipped} == PASSED_OVER.keys()


def test_an_ordinary_link_or_submodule_and_what_is_deleted_leave_the_reading_complete(tmp_path: Path) -> None:
    repository = branched(tmp_path, {"gone.py": b"\0", "huge.py": b"x = 1\n" * 2000, "link.py": b"x"})
    shutil.copy(tmp_path / "readme.md", tmp_path / "kept.md")
    repository.write({"gone.py": None, "huge.py": None, "link.py": None})
    link(repository, "current")
    submodule(repository, "library")
    repository.commit()
    report = read_little(tmp_path)
    assert report.complete
    assert {each.path: each.reason for each in report.coverage.skipped}.keys() >= {"current", "library"}


def test_evidence_that_may_stand_in_a_file_that_was_not_opened_is_not_called_lost(tmp_path: Path) -> None:
    repository = branched(tmp_path, {"a.py": b"import shop\nbounded(3)\n"})
    repository.commit({"a.py": b"import shop\n", "b.py": b"# bounded(3)\n" * 2000})
    report = read_little(tmp_path)
    assert report.movements == ()


@pytest.fixture
def incomplete(tmp_path: Path) -> Report:
    """A report whose only gap is a file that cannot be read."""
    branched(tmp_path / "repository", {}).commit({"app.py": b"\0", "b.py": b"import shop\nClient()\n"})
    return read(tmp_path / "repository")


def _terminal(report: Report) -> str:
    console = Console(file=StringIO(), width=100)
    console.print(terminal.render(report, {}))
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


@pytest.mark.parametrize(
    "rendered",
    [
        _terminal,
        lambda report: markdown.render(report, {}),
        lambda report: html.render(report, {}),
        lambda report: summary(report, {}, [], "<!-- m -->"),
        lambda report: "\n".join(check_runs.check_result(report, QuestionCounts(1, 1), None)),
        lambda report: "\n".join(check_runs.check_result(report, QuestionCounts(sensei_first=True), None)),
    ],
    ids=["terminal", "markdown", "html", "summary", "check", "check before a sensei"],
)
def test_every_format_says_so_and_names_the_file(
    incomplete: Report, rendered: Callable[[Report], str]
) -> None:
    text = rendered(incomplete)
    assert "Incomplete" in text
    assert "app.py: not read (binary)" in text.replace("`", "")
    assert "Some files could not be read." in text
    assert "asks no questions" not in text, "what was read is asked about as ever"


def test_json_and_the_exit_status_say_so(tmp_path: Path) -> None:
    branched(tmp_path, {}).commit({"app.py": b"\0"})
    done = sensei.run("review", "--base", "main", "--format", "json", "--no-model", cwd=tmp_path)
    assert done.returncode == 3
    report = Report.model_validate_json(done.stdout)
    assert (report.complete, report.incomplete_because) == (False, ("app.py: not read (binary)",))


@pytest.fixture(name="it")
def a_dojo(tmp_path: Path) -> Iterator[Hosted]:
    with open_store(databases.migrated_file(tmp_path / "sensei.db")) as engine, GitHub() as host:
        yield Hosted(engine, host, tmp_path)


def test_a_round_says_so_asks_about_the_rest_and_is_not_tried_again(it: Hosted) -> None:
    it.push({"app.py": b"\0", "desk.py": b"import shop\ncache(1)\n"}, "work")
    pull = it.github.open_pull(it.repository_there, "work", it.ada)
    it.run("reconcile")
    assert it.review() == {"state": RoundState.PUBLISHED}
    [review] = [each for each in pull.reviews if not each.pending]
    assert "**Incomplete.** Some files could not be read." in review.body
    assert "`app.py`: not read (binary)" in review.body
    [check] = it.repository_there.checks
    assert check.output["title"] == "Incomplete: no facts, 1 open question"
    assert "`app.py`: not read (binary)" in check.output["summary"]
    assert len(pull.threads) == 1
    assert len(it.rounds()) == 1, "it would end the same"


def test_a_ledger_forgets_what_stands_nowhere_though_a_file_cannot_be_read(it: Hosted) -> None:
    it.push({"app.py": b"\0 stands(1)"})
    it.record("review:1", "stands(1)", "is_gone(2)")
    it.run("baseline")
    assert it.ledger()["review:1"] == ["stands(1)"]


def test_many_passages_are_looked_for_in_much_text_once_and_within_a_limit() -> None:
    texts = ["a(1);" * 1000, "b(1);" * 1000, "a(1);" * 1000]
    passages = ["a(1);", "a(1);", "c(1);", "d(1);"]
    assert find_passages(texts, passages) == {"a(1);"}
    assert find_passages(texts, passages, limit=20_000) == {"a(1);", "d(1);"}  # two of three fit
    assert find_passages([], passages, limit=0) == set()


class Counted(str):
    """A text that counts how often something was looked for in it."""

    searches = 0

    def __contains__(self, passage: object) -> bool:
        self.searches += 1
        return super().__contains__(str(passage))


def test_each_different_passage_that_went_is_looked_for_once() -> None:
    content = "import shop\n" + "".join(f"bounded({n % 50})\n" for n in range(500))
    scanner = SignalScanner(arm_signals(with_packs(LIBRARY.rubric, LIBRARY.packs).criteria))
    text = SourceText.of("a.py", "0" * 40, "base", content, [])
    before = question_selection.scan_text(scanner, text, lambda _line: True)
    unread = Counted("bounded(7)bounded(8)")
    gathered = FileFindings(before=[(before, None)], unread=[unread])
    for _ in range(5):
        assert len(gathered.lost_evidence()) == 480
    assert unread.searches == 50


# -- files of a working tree that git cannot convert


ENCODINGS = (
    b"*.a working-tree-encoding=NONSENSE\n*.b working-tree-encoding\n*.py working-tree-encoding=UTF-16LE\n"
)


def test_a_file_that_git_cannot_convert_is_left_out_and_the_rest_is_read(tmp_path: Path) -> None:
    repository = branched(tmp_path, {"old.a": b"x = 1\n"})
    repository.write({".gitattributes": ENCODINGS, "old.a": b"x = 2\n", "new.b": b"x = 1\n"})
    repository.write({"z.txt": b"z\n", "a.py": CLIENT.decode().encode("utf-16-le")})
    found = change(tmp_path, "HEAD", "WORKTREE")
    assert [file.path for file in found.files] == [".gitattributes", "a.py", "z.txt"]
    assert added(found)["a.py"][:2] == [b"import shop", b"Client()"]
    why = "git could not convert them from their working-tree-encoding"
    assert found.notes == (f"not in this reading of the working tree: old.a, new.b ({why}).",)


def test_of_very_many_encodings_the_last_are_not_tried(tmp_path: Path) -> None:
    repository = branched(tmp_path, {})
    lines = b"".join(b"%d.txt working-tree-encoding=X%d\n" % (n, n) for n in range(30))
    repository.write({".gitattributes": lines, **{f"{n}.txt": b"x\n" for n in range(30)}})
    found = change(tmp_path, "HEAD", "WORKTREE")
    assert [file.path for file in found.files] == [".gitattributes"]
    [note] = found.notes
    assert "and 27 more" in note
