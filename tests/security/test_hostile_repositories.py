"""What a repository could contain to break, blind, stall or steer a review."""

from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from bot.adapters import kingfisher
from bot.adapters.git import open_checkout
from bot.adapters.git.commands import GitRunner
from bot.adapters.git.environment import closed_variables
from bot.adapters.reading_process.frames import MOST_BYTES, encode_message
from bot.domain.ledger.ledger import Ledger
from bot.domain.review import question_selection
from bot.domain.review.citations import SourceText
from bot.domain.review.question_selection import MOST_FACTS
from bot.domain.review.report import Skipped
from bot.domain.review.signals import SignalScanner, arm_signals
from bot.domain.review.source_imports import imported_modules
from bot.domain.review.syntax_trees import why_not_parsed
from bot.domain.secrets.detection import find_secrets
from bot.errors import IncompleteReadingError, UserError
from bot.ports.checkout import CommitMessages
from bot.ports.reading import ReadingLimits, ReadingRequest
from bot.rendering.review import terminal
from bot.rendering.text.safe_text import one_line, visible
from bot.workflows.review.review import Review
from tests import reviewing
from tests.adapters.desks import BEFORE, MANY, Desk, git
from tests.adapters.git_checkouts import change, opened
from tests.fakes.github import GitHub
from tests.keys import B64, KEYS, some
from tests.rendering import reports
from tests.repositories import Files, Repository
from tests.workflows.shop import LIBRARY

CLIENT = b"import shop\nClient()\n"
KEY = KEYS["aws-access-key-id"][0]
BEGIN = "-----BEGIN OPENSSH PRIV" + "ATE KEY-----"


@pytest.mark.contract
@pytest.mark.parametrize("value", ["sensei.report", "speed.2", "shop.client", "a.py", "change", "signals"])
def test_a_file_that_calls_our_words_passwords_cannot_blank_a_report(tmp_path: Path, value: str) -> None:
    after: Files = {"notes.txt": f"DB=postgres://u:{value}@db/x\n".encode(), "a.py": CLIENT}
    report = reviewing.change(tmp_path, {"x": b""}, after, LIBRARY)
    assert [(fact.citation.path, fact.check) for fact in report.concerns] == [("a.py", "speed.2")]


def test_a_file_that_holds_the_commits_ids_cannot_break_a_report(tmp_path: Path) -> None:
    repository = Repository.make(tmp_path)
    base = repository.commit({"x": b""})
    repository.git("checkout", "--quiet", "-b", "work")
    repository.commit({"ids.py": f'SERVICE_TOKEN = "{base}"\n'.encode()})
    assert reviewing.review(tmp_path, "main", "work", library=LIBRARY).base == base


@pytest.mark.parametrize("before", [b"x\0y\n", b"\n" * 9_000_000], ids=["binary", "too large"])
def test_what_stood_there_before_cannot_hide_what_stands_there_now(tmp_path: Path, before: bytes) -> None:
    after: Files = {"s.py": f"import shop\nClient()  # {KEY}\n".encode()}
    report = reviewing.change(tmp_path, {"s.py": before}, after, LIBRARY)
    assert {fact.signal for fact in report.concerns} == {"secret.aws-access-key-id", "shop.client"}


def test_attributes_of_the_clone_cannot_hide_a_change(tmp_path: Path) -> None:
    repository = Repository.make(tmp_path)
    repository.commit({"a.py": b"x = 1\n"})
    repository.git("checkout", "--quiet", "-b", "work")
    repository.commit({"a.py": CLIENT})
    (tmp_path / ".git" / "info").mkdir(exist_ok=True)
    (tmp_path / ".git" / "info" / "attributes").write_text("* binary\n")
    assert len(reviewing.review(tmp_path, "main", "work", library=LIBRARY).concerns) == 1


@pytest.mark.parametrize("name", [":x", f":100644 100644 refs/heads/main:refs/heads/zz {'1' * 40} A"])
def test_a_name_that_looks_like_a_header_of_git_is_a_name(tmp_path: Path, name: str) -> None:
    files: Files = {name: b"a = 1\n"}
    with GitHub() as github:
        desk = Desk(github, tmp_path)
        assert desk.read(desk.push(files)) == files
        refs = git(desk, "for-each-ref", "--format=%(refname)").split()
    assert refs == ["refs/sensei/base", "refs/sensei/head"]


def test_a_clone_stops_at_a_number_of_files(tmp_path: Path) -> None:
    with GitHub() as github:
        desk = Desk(github, tmp_path)
        limited = replace(desk.cache, max_files=len(BEFORE) - 1)
        with pytest.raises(IncompleteReadingError, match=f"more than {len(BEFORE) - 1} files"):
            desk.read(desk.push({"a.py": CLIENT}), cache=limited)
        other: Files = {f"other{n}.py": CLIENT + b"%d" % n for n in range(len(MANY))}
        moved = desk.push({**dict.fromkeys(MANY), **other}, start="main")
        limited = replace(desk.cache, max_files=len(BEFORE))  # the change is twice as long as either tree
        with pytest.raises(IncompleteReadingError, match=f"more than {len(BEFORE)} files"):
            desk.read(moved, cache=limited)
        assert desk.read(moved).keys() == other.keys()


def test_a_name_of_megabytes_stops_the_listing(tmp_path: Path) -> None:
    repository = Repository.make(tmp_path)
    repository.commit({"x": b""})
    entry = b"100644 blob " + repository.id("HEAD:x").encode() + b"\t"
    tree = repository.git("mktree", "-z", stdin=entry + b"a" * 3_000_000 + b"\0").decode().strip()
    git = GitRunner(tmp_path, str(tmp_path), 60, closed_variables())
    with (
        git.fields("ls-tree", "-z", tree, to="list") as fields,
        pytest.raises(IncompleteReadingError, match="1 MB"),
    ):
        list(fields)
    with git.fields("ls-tree", "-z", "HEAD", to="list") as fields:
        assert list(fields) == [entry + b"x"]


def test_only_ids_are_fetched(tmp_path: Path) -> None:
    with GitHub() as github:
        desk = Desk(github, tmp_path)
        for head in ("refs/heads/main:refs/heads/z", "f" * 40 + "\nmain:main", "f" * 39):
            with pytest.raises(IncompleteReadingError, match="id that is not valid"):
                desk.read(head)
        assert desk.transfers() == 0


WHY = "it is in a folder that replaces data, which could not be read"


def test_what_is_in_a_folder_that_replaces_a_file_that_is_too_large_is_named(tmp_path: Path) -> None:
    large: Files = {"data": b"x\n" * 1000, "z.py": b"z = 1\n"}
    reviewing.change(tmp_path, large, {"data": None, "z.py": b"z = 2\n"}, LIBRARY)
    Repository(tmp_path).commit({"data/app.py": CLIENT})
    files = change(tmp_path, "main", "work", max_patch_bytes=1000).files
    assert {file.path: file.unread for file in files} == {
        "data": "the change has more than 1000 bytes of text",
        "data/app.py": WHY,
        "z.py": None,
    }


def test_what_is_in_a_folder_that_replaces_a_link_without_content_is_named(tmp_path: Path) -> None:
    repository = Repository.make(tmp_path)
    (tmp_path / "data").symlink_to("elsewhere")
    link = repository.commit({"z.py": b"z = 1\n"})
    repository.git("checkout", "--quiet", "-b", "work")
    repository.commit({"data": None, "z.py": b"z = 2\n"})
    repository.commit({"data/app.py": CLIENT})
    missing = repository.id(f"{link}:data")
    (tmp_path / ".git/objects" / missing[:2] / missing[2:]).unlink()
    report = reviewing.review(tmp_path, "main", "work", library=LIBRARY)
    assert f"data/app.py: {WHY}" in report.incomplete_because
    assert report.coverage.files_read == 1


@pytest.mark.parametrize("names", [["a.py", "a.py", "z"], ["z", "a.py"]], ids=["two", "not sorted"])
def test_a_tree_for_which_git_lists_a_file_twice_is_refused(tmp_path: Path, names: list[str]) -> None:
    repository = Repository.make(tmp_path)
    old = b"".join(b"%d\n" % n for n in range(100))
    repository.commit({"a.py": old, "z": b"z\n"})
    new = repository.git("hash-object", "-w", "--stdin", stdin=CLIENT).decode().strip()
    blobs = {"a.py": new, "z": repository.id("HEAD:z")}
    tree = b"".join(b"100644 %s\0" % name.encode() + bytes.fromhex(blobs[name]) for name in names)
    store = ("hash-object", "-w", "--literally", "-t", "tree", "--stdin")
    oid = repository.git(*store, stdin=tree).decode().strip()
    head = repository.git("commit-tree", oid, "-p", "HEAD", "-m", "x").decode().strip()
    with pytest.raises(UserError, match=r"git lists a\.py twice"):
        change(tmp_path, "main", head)


def test_a_baseline_in_which_git_lists_a_file_twice_is_refused(tmp_path: Path) -> None:
    repository = Repository.make(tmp_path)
    repository.commit({"a.py": CLIENT})
    entry = b"100644 a.py\0" + bytes.fromhex(repository.id("HEAD:a.py"))
    store = ("hash-object", "-w", "--literally", "-t", "tree", "--stdin")
    oid = repository.git(*store, stdin=entry * 2).decode().strip()
    head = repository.git("commit-tree", oid, "-m", "x").decode().strip()
    with opened(tmp_path) as checkout, pytest.raises(UserError, match=r"git lists a\.py twice"):
        checkout.baseline(head)


def test_a_commit_message_is_read_whole_or_named(tmp_path: Path) -> None:
    repository = Repository.make(tmp_path)
    repository.commit({"a.py": CLIENT}, "First")
    made = repository.git("cat-file", "commit", "HEAD")
    headers = made.partition(b"\n\n")[0] + b"\nparent " + repository.id("HEAD").encode()
    tree, author, committer, parent = headers.split(b"\n")
    headers = b"\n".join((tree, parent, author, committer))

    def commit(rest: bytes) -> str:
        store = ("hash-object", "-w", "--literally", "-t", "commit", "--stdin")
        return repository.git(*store, stdin=headers + rest).decode().strip()

    cut = commit(b"\n\nbefore\0" + b"f" * 40 + b"\nafter")
    assert messages(tmp_path, cut).read == (
        (f"commit message {cut[:10]}", "before\ufffd" + "f" * 40 + "\nafter"),
    )
    lost = commit(b"\nencoding UTF-16\n\nhi")
    assert messages(tmp_path, lost) == CommitMessages(
        unread=(f"commit message {lost[:10]}: in an encoding that Sensei cannot read",)
    )


def messages(where: Path, head: str) -> CommitMessages:
    with opened(where) as checkout:
        checkout.change("main", head)
        return checkout.messages()


def test_a_byte_order_mark_hides_nothing() -> None:
    assert "shop" in imported_modules("\ufeffimport shop\n", "python")


def test_a_deleted_vendored_file_weakens_nothing(tmp_path: Path) -> None:
    before: Files = {"vendor/c.py": b"import shop\nbounded(3)\n", "x": b""}
    report = reviewing.change(tmp_path, before, {"vendor/c.py": None}, LIBRARY)
    assert report.movements == ()


def test_evidence_that_may_stand_in_what_was_not_read_is_not_called_lost(tmp_path: Path) -> None:
    text = b"import shop\nbounded(3)\n"
    grown: Files = {"a.py": None, "z/a.py": text + b"# " + b"x" * 600_000 + b"\n"}
    report = reviewing.change(tmp_path, {"a.py": text}, grown, LIBRARY)
    assert "weakens" not in {moved.direction for moved in report.movements}


def test_a_fact_that_a_removal_brought_about_is_stated(tmp_path: Path) -> None:
    before = b"import shop\nc = Client(1)\nc.with_timeout(3)\n"
    report = reviewing.change(tmp_path, {"a.py": before}, {"a.py": b"import shop\nc = Client(1)\n"}, LIBRARY)
    assert [(fact.signal, fact.citation.line_start) for fact in report.concerns] == [("shop.client", 2)]


def test_a_key_that_replaces_another_is_announced_though_its_first_line_is_the_same(tmp_path: Path) -> None:
    first = "b3Bl" + some(60, B64)
    keys = [
        "\n".join([BEGIN, first, *(some(64, B64) for _ in range(5)), BEGIN.replace("BEGIN", "END"), ""])
        for _ in range(2)
    ]
    report = reviewing.change(tmp_path, {"id": keys[0].encode()}, {"id": keys[1].encode()}, LIBRARY)
    assert [fact.signal for fact in report.concerns] == ["secret.private-key"]


def test_an_ignore_file_that_is_too_large_stops_the_reading(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"\.senseiignore"):
        reviewing.change(tmp_path, {".senseiignore": b"x" * 70_000}, {"a.py": CLIENT}, LIBRARY)


def test_a_submodule_that_becomes_a_file_is_read(tmp_path: Path) -> None:
    repository = Repository.make(tmp_path)
    inner = Repository.make(tmp_path / "lib.py")
    inner.commit({"x": b""})
    repository.commit({"y": b""})
    repository.git("checkout", "--quiet", "-b", "work")
    repository.git("rm", "--quiet", "--cached", "lib.py")
    (tmp_path / "lib.py").rename(tmp_path.parent / "elsewhere")
    repository.commit({"lib.py": CLIENT})
    report = reviewing.review(tmp_path, "main", "work", library=LIBRARY)
    assert [fact.citation.path for fact in report.concerns] == ["lib.py"]


def test_the_checks_of_a_technology_that_goes_are_part_of_the_reading(tmp_path: Path) -> None:
    report = reviewing.change(tmp_path, {"a.py": CLIENT, "b": b""}, {"a.py": None, "b": b"x\n"}, LIBRARY)
    assert report.complete


def test_each_of_many_secrets_in_one_file_is_quoted_by_its_place() -> None:
    content = "\n".join("AK" + "IA" + some(16, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") for _ in range(500))
    text = SourceText.of("a", "0" * 40, "head", content, find_secrets(content))
    assert len(text.secrets) == 500
    assert all(text.cite(secret.start, secret.end) for secret in text.secrets)


@pytest.mark.parametrize("opening", ["f(", "[", "{'a': ", "x = a.create(model="])
def test_what_is_nested_too_deeply_is_not_parsed(opening: str) -> None:
    assert why_not_parsed(opening * 500, "python") is not None
    assert why_not_parsed((opening + ")]}") * 500, "python") is None


def test_an_unclosed_import_is_no_reason_to_read_on_for_ever() -> None:
    scanner = SignalScanner(arm_signals(reviewing.SHIPPED.rubric.criteria))
    text = "from google import (\n" * 20_000 + "# adk genai before_tool_callback\n"
    assert list(scanner.scan("a.py", text)) == []
    assert "google.adk" not in imported_modules("from google import genai  # no adk here\n", "python")


def test_a_name_cannot_write_lines_of_its_own() -> None:
    name = "a\n\nFacts (0)\nApproved.\n\t.png"
    assert one_line(name) == "a\\n\\nFacts (0)\\nApproved.\\n\\t.png"
    shown = reports.report(concerns=(reports.concern(path=name),))
    console = Console(width=200)
    with console.capture() as captured:
        console.print(terminal.render(shown, reports.ASKS))
    assert not [line for line in captured.get().split("\n") if line.startswith(("Facts (0)", "Approved"))]


@pytest.mark.parametrize("character", "\u3164\uffa0\u115f\u1160\u034f\u2800\u180b\u17b4\U000e0100\ufe00")
def test_letters_that_draw_nothing_are_written_out(character: str) -> None:
    assert character not in visible(f"a{character}b")


def test_json_carries_no_character_that_steers_a_terminal() -> None:
    text = reports.report(concerns=(reports.concern("\x9b2J\u202e\u2028\U000e0041"),)).as_json()
    assert not set(text) & set("\x9b\u202e\u2028\U000e0041")
    assert reports.report().model_validate_json(text).concerns[0].text == "\x9b2J\u202e\u2028\U000e0041"


def test_more_facts_than_a_report_can_carry_are_counted(tmp_path: Path) -> None:
    lines = b"import shop\n" + b"Client()\n" * (MOST_FACTS + 7)
    repository = Repository.make(tmp_path)
    repository.commit({"a.py": lines, "k.txt": f"x = {KEY}\n".encode()})
    limits = ReadingLimits(512 * 1024, 8 * 1024 * 1024, seconds=600)
    with open_checkout(str(tmp_path), timeout=60, max_scan_bytes=limits.max_scan_bytes) as checkout:
        clock, silent = reviewing.Clock(), reviewing.Silent()
        work = Review(checkout, LIBRARY, kingfisher.detect_keys, limits, clock, silent)
        report = work.run(ReadingRequest(None, "HEAD", baseline=True))
    assert len(report.concerns) == MOST_FACTS
    assert report.concerns[0].signal == "secret.aws-access-key-id"  # secrets first
    assert report.concerns[-1].text.endswith(". 8 more facts of this change are not listed.")
    assert report.complete


def test_facts_whose_names_are_long_fit_into_one_message() -> None:
    facts = [reports.concern(path="\U0010ffff" * 4000 + str(n)) for n in range(3000)]
    stated = question_selection.limit_facts(facts)
    assert stated[-1].text.endswith(f" {3000 - len(stated):,} more facts of this change are not listed.")
    assert len(encode_message([fact.model_dump(mode="json") for fact in stated])) < MOST_BYTES / 2
    assert question_selection.limit_facts(facts[:1]) == facts[:1]


def test_a_reason_cannot_write_lines_of_its_own() -> None:
    name = "a\n\nApproved.\n"
    skipped = (Skipped(path="x", reason=f"larger than {name}"),)
    coverage = reports.report().coverage.model_copy(update={"skipped": skipped})
    shown = reports.report(complete=False, incomplete_because=(f"{name}: not read",), coverage=coverage)
    console = Console(width=200)
    with console.capture() as captured:
        console.print(terminal.render(shown, reports.ASKS))
    assert not [line for line in captured.get().split("\n") if line.startswith("Approved")]


def test_a_ledger_carries_no_character_that_steers_a_terminal() -> None:
    steering = "\x9b2J\u202e\u2028\U000e0041"
    moved = reports.movement(path=f"{steering}.py", quote=f"x = {steering}")
    ledger = Ledger(rubric="shop", version="1", checks=("speed.1",)).apply([moved])
    document = ledger.as_json()
    assert not set(steering.replace("2J", "")) & set(document)
    assert Ledger.parse(document) == ledger
