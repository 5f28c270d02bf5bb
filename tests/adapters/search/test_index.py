"""The index finds what was put into a scope, only there, and only as long as it is there."""

import os
import sqlite3
import stat
import threading
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from bot.adapters.search import SqliteSearchIndex, index_file
from bot.domain.sources.documents import Document, FoundPassage, Passage
from bot.errors import TransientError, UserError
from bot.ports.sources import IndexChanges, SearchIndex


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "search.db"


@pytest.fixture
def index(file: Path) -> SqliteSearchIndex:
    return SqliteSearchIndex(file)


def document(key: str, *texts: str, title: str = "") -> Document:
    return Document(key, title or key, tuple(Passage((), text) for text in texts))


def keys(found: Sequence[FoundPassage]) -> list[str]:
    return [passage.document for passage in found]


def test_a_passage_is_found_as_it_was_given(index: SqliteSearchIndex) -> None:
    passage = Passage(("Guide", 'The "budget"'), "Set `max_tokens`:\n\n```\n  x\n```", "https://x.test/a#b")
    index.replace("cohort:1", [Document("a.md", "A page", (passage,))])
    [found] = index.search("which budget?", ["cohort:1"])
    assert (found.scope, found.document, found.title, found.passage) == (
        "cohort:1",
        "a.md",
        "A page",
        passage,
    )
    assert found.score > 0


def test_an_index_is_the_ports(index: SqliteSearchIndex) -> None:
    port: SearchIndex = index
    for question in ("anything", "", "what is it"):
        assert not port.search(question, ["cohort:1"])
    assert port.list_scopes() == []


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("max_tokens", "the limit max_tokens is"),
        ("max_tokens", "the limit maxTokens is"),
        ("maxTokens", "the limit max_tokens is"),
        ("maxTokens", "the limit maxTokens is"),
        ("what are max tokens", "the limit maxTokens is"),
        ("claude-3.5", "with Claude 3.5 it"),
        ("C++", "written in C++."),
        ("c#", "written in C#, too"),
        (".NET", "on .NET"),
        ("caching", "it caches"),
        ("Grosse Ubung", "Größe der Übung"),
        ("What about asyncio.gather()?", "call asyncio.gather(*tasks)"),
        ("ThrottlingException", "raise ThrottlingException: slow down"),
        ("SENSEI_DAY_BUDGET_USD", "set SENSEI_DAY_BUDGET_USD=5"),
    ],
)
def test_words_and_identifiers_are_found(index: SqliteSearchIndex, question: str, text: str) -> None:
    index.replace(
        "s", [document("it", f"Here {text} somewhere."), document("other", "Something else, in C.")]
    )
    assert keys(index.search(question, ["s"]))[:1] == ["it"]


def test_a_name_with_a_sign_is_not_the_letter_before_it(index: SqliteSearchIndex) -> None:
    index.replace("s", [document("c", "It is written in C."), document("cpp", "It is written in C++.")])
    assert keys(index.search("C++", ["s"])) == ["cpp"]


def test_titles_and_headings_count_more(index: SqliteSearchIndex) -> None:
    filling = " and other words" * 5
    index.replace(
        "s",
        [
            document("text", f"retries{filling}"),
            Document("heading", "x", (Passage(("Retries",), f"this{filling}"),)),
            document("title", f"this{filling}", title="Retries"),
            *(document(f"other {number}", filling) for number in range(10)),
        ],
    )
    assert keys(index.search("retry", ["s"])) == ["title", "heading", "text"]


def test_of_one_document_there_are_two_passages_unless_others_have_too_few(index: SqliteSearchIndex) -> None:
    index.replace("s", [document("long", *["budget"] * 9), document("other", "a budget among other words")])
    assert sorted(keys(index.search("budget", ["s"], most=3))) == ["long", "long", "other"]
    assert sorted(keys(index.search("budget", ["s"], most=5))) == [*["long"] * 4, "other"]
    assert keys(index.search("budget", ["s"], most=5))[-1] == "other"  # the best are first nevertheless
    assert index.search("budget", ["s"], most=0) == ()


def test_found_passages_are_ordered_by_score_over_all_scopes(index: SqliteSearchIndex) -> None:
    for number in range(5):
        index.replace(f"s{number}", [document("it", "budget " * (number + 1) + "words " * 20)])
    found = index.search("budget", [f"s{number}" for number in range(5)])
    assert [passage.scope for passage in found] == ["s4", "s3", "s2", "s1", "s0"]
    assert [passage.score for passage in found] == sorted((p.score for p in found), reverse=True)


def test_documents_that_have_not_changed_are_left_alone(index: SqliteSearchIndex, file: Path) -> None:
    documents = [document("a", "one"), document("b", "two"), document("c", "three")]
    assert index.replace("s", iter(documents)) == IndexChanges(3, 0, 0)
    before = file.read_bytes()
    assert index.replace("s", documents) == IndexChanges(0, 3, 0)
    assert file.read_bytes() == before
    changed = [document("a", "one"), document("b", "two", "more"), document("d", "four")]
    assert index.replace("s", changed) == IndexChanges(2, 1, 1)
    assert {word: keys(index.search(word, ["s"])) for word in ("one", "two", "three", "four", "more")} == {
        "one": [],  # says nothing in a question
        "two": ["b"],
        "three": [],
        "four": ["d"],
        "more": [],
    }


@pytest.mark.parametrize(
    "changed",
    [
        Document("k", "t", (Passage(("a", "b"), "x", "l"),)),
        Document("k", "u", (Passage(("a",), "x", "l"),)),
        Document("k", "t", (Passage(("a",), "y", "l"),)),
        Document("k", "t", (Passage(("a",), "x", "m"),)),
        Document("k", "t", (Passage(("a",), "x", "l"), Passage((), "x"))),
        Document("k", "t", ()),
    ],
)
def test_every_part_of_a_document_counts_as_a_change(index: SqliteSearchIndex, changed: Document) -> None:
    index.replace("s", [Document("k", "t", (Passage(("a",), "x", "l"),))])
    assert index.replace("s", [changed]) == IndexChanges(1, 0, 0)
    assert index.replace("s", [changed]) == IndexChanges(0, 1, 0)


def test_an_unreadable_list_of_documents_changes_nothing(index: SqliteSearchIndex) -> None:
    index.replace("s", [document("a", "budget")])

    def documents() -> object:
        yield document("b", "budget")
        raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        index.replace("s", documents())  # type: ignore[arg-type]
    assert keys(index.search("budget", ["s"])) == ["a"]


def test_a_removed_scope_is_forgotten_also_in_the_files_bytes(index: SqliteSearchIndex, file: Path) -> None:
    secret = "zanzibar"
    index.replace("person:1:ada", [document(f"{secret}.md", f"{secret} {secret}s", title=secret)])
    index.replace("cohort:1", [document("a", "words")])
    assert index.list_scopes() == ["cohort:1", "person:1:ada"]
    with closing(sqlite3.connect(file)) as another:  # which keeps the file's log
        another.execute("SELECT * FROM document").fetchall()
        index.remove("person:1:ada")
        index.remove("person:2:nobody")
        assert index.list_scopes() == ["cohort:1"]
        assert index.search(secret, ["person:1:ada", "cohort:1"]) == []
        left = b"".join(path.read_bytes() for path in file.parent.iterdir())
    assert b"words" in left
    assert not any(trace in left for trace in (b"zanzib", b"ada"))


def test_a_scope_without_documents_leaves_no_trace_of_its_name(index: SqliteSearchIndex) -> None:
    index.replace("person:1:ada", [document("a", "budget")])
    assert index.replace("person:1:ada", []) == IndexChanges(0, 0, 1)
    assert index.list_scopes() == []
    # Nor does a new one get what was another's.
    index.replace("person:1:eve", [document("b", "words")])
    assert index.search("budget", ["person:1:eve", "person:1:ada"]) == []


@pytest.mark.parametrize(
    "question",
    [
        '"',
        '" OR scope:*',
        "NEAR(budget words, 5)",
        "budget* OR title:budget",
        "budget AND NOT words",
        "^budget {title}:words",
        "budget\0words",
        "budget \ud800",
        "'; DROP TABLE passage; --",
        "budget " + "x" * 100_000,
        " ".join(f"word{number}" for number in range(15_000)),
        '"' * 100_000,
        "cohort:2 person:1:eve",
    ],
    ids=lambda question: repr(question[:20]),
)
def test_hostile_questions_find_only_what_may_be_read(index: SqliteSearchIndex, question: str) -> None:
    index.replace("cohort:1", [document("own", "the budget in words")])
    index.replace("cohort:2", [document("others", "the budget in words, title scope cohort person eve")])
    assert set(keys(index.search(question, ["cohort:1"]))) <= {"own"}
    assert keys(index.search("budget", ["cohort:1"])) == ["own"]


def test_hostile_documents_are_stored_as_text(index: SqliteSearchIndex) -> None:
    index.replace("s", [document("\0\ud800", "budget \0 \ud800", title="\0"), document("b", "budget")])
    found = index.search("budget", ["s"])
    assert {passage.document: passage.passage.text for passage in found} == {
        "\ufffd\ufffd": "budget \ufffd \ufffd",
        "b": "budget",
    }


# Few words and scopes, so that they meet.
words = st.sampled_from(["budget", "retries", "max_tokens", "maxTokens", "C++", "the", '"', "NEAR("])
texts = st.lists(words, max_size=6).map(" ".join)
scopes = st.sampled_from(["rubric:a", "cohort:1", "cohort:11", "person:1:a", "person:1:aa", "person:1:%"])
documents = st.lists(
    st.builds(
        lambda key, title, parts: document(key, *parts, title=title),
        st.sampled_from(["a", "b", "c"]),
        texts,
        st.lists(texts, max_size=3),
    ),
    max_size=4,
)


class Replacing(RuleBasedStateMachine):
    """The index beside a dictionary of what each scope holds."""

    folder: Path
    number = 0

    def __init__(self) -> None:
        super().__init__()
        type(self).number += 1
        self.index = SqliteSearchIndex(self.folder / f"{self.number}.db")
        self.held: dict[str, dict[str, Document]] = {}

    @rule(scope=scopes, documents=documents)
    def replace(self, scope: str, documents: list[Document]) -> None:
        self.index.replace(scope, documents)
        self.held[scope] = {document.key: document for document in documents}
        assert self.index.replace(scope, documents) == IndexChanges(0, len(self.held[scope]), 0)

    @rule(scope=scopes)
    def remove(self, scope: str) -> None:
        self.index.remove(scope)
        self.held.pop(scope, None)

    @rule(question=st.one_of(texts, st.text()), asked=st.sets(scopes, max_size=3))
    def search(self, question: str, asked: set[str]) -> None:
        for found in self.index.search(question, asked, most=50):
            assert found.scope in asked
            document = self.held[found.scope][found.document]
            assert found.title == document.title
            assert found.passage in document.passages

    @rule(asked=scopes)
    def find_everything_with_a_word(self, asked: str) -> None:
        found = {
            (passage.document, passage.passage.text)
            for passage in self.index.search("retry budget", [asked], most=50)
        }
        assert found == {
            (document.key, passage.text)
            for document in self.held.get(asked, {}).values()
            for passage in document.passages
            if any(word in f"{document.title} {passage.text}" for word in ("budget", "retries"))
        }

    @invariant()
    def lists_the_scopes_that_hold_a_document(self) -> None:
        assert self.index.list_scopes() == sorted(scope for scope, held in self.held.items() if held)


@pytest.mark.contract
def test_a_search_never_leaves_its_scopes_and_finds_what_they_hold(tmp_path: Path) -> None:
    Replacing.folder = tmp_path
    few = settings(max_examples=40, stateful_step_count=20)  # each writes many transactions to a file
    run_state_machine_as_test(Replacing, settings=few)


@given(st.dictionaries(scopes, documents), st.one_of(texts, st.text()), st.sets(scopes, max_size=3))
@settings(max_examples=15)
def test_a_search_never_leaves_its_scopes(
    tmp_path_factory: pytest.TempPathFactory,
    held: dict[str, list[Document]],
    question: str,
    asked: set[str],
) -> None:
    index = SqliteSearchIndex(tmp_path_factory.mktemp("index") / "search.db")
    for scope, documents in held.items():
        index.replace(scope, documents)
    for words in (question, "budget retries max_tokens C++"):
        assert {found.scope for found in index.search(words, asked, most=50)} <= asked


def test_several_threads_and_another_index_may_use_the_file(index: SqliteSearchIndex, file: Path) -> None:
    failed: list[BaseException] = []
    another = SqliteSearchIndex(file)  # as another process has it
    start = threading.Barrier(6)

    def write(own: SqliteSearchIndex, scope: str) -> None:
        for number in range(15):
            own.replace(scope, [document(f"{scope} {place}", f"budget {number}") for place in range(3)])

    def read(own: SqliteSearchIndex) -> None:
        for _ in range(40):
            assert {found.scope for found in own.search("budget", ["a", "b"])} <= {"a", "b"}

    def run(work: object, *arguments: object) -> None:
        start.wait()
        try:
            work(*arguments)  # type: ignore[operator]
        except BaseException as error:  # noqa: BLE001 - told by the test's own thread
            failed.append(error)

    threads = [
        threading.Thread(target=run, args=arguments)
        for arguments in (
            (write, index, "a"),
            (write, index, "b"),
            (write, another, "c"),
            (write, another, "d"),
            (read, index),
            (read, another),
        )
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert index.list_scopes() == ["a", "b", "c", "d"]
    assert keys(index.search("14", ["a", "b", "c", "d"], most=20)).count("d 2") == 1


def test_a_scope_that_two_threads_replace_holds_what_one_of_them_gave(index: SqliteSearchIndex) -> None:
    given = [[document(f"{thread} {number}", "budget") for number in range(450)] for thread in "ab"]
    start = threading.Barrier(2)

    def replace(documents: list[Document]) -> None:
        start.wait()
        index.replace("s", documents)

    threads = [threading.Thread(target=replace, args=(documents,)) for documents in given]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = set(keys(index.search("budget", ["s"], most=1000)))
    assert found in [{document.key for document in documents} for documents in given]


def test_reading_does_not_wait_for_a_writer(index: SqliteSearchIndex, file: Path) -> None:
    index.replace("s", [document("a", "budget")])
    with closing(sqlite3.connect(file, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("DELETE FROM document")
        assert keys(index.search("budget", ["s"])) == ["a"]
        assert index.replace("s", [document("a", "budget")]) == IndexChanges(0, 1, 0)


def damage_start(file: Path) -> None:
    file.write_bytes(b"\xff" * 200 + file.read_bytes()[200:])


def damage_middle(file: Path) -> None:
    whole = file.read_bytes()
    file.write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))


def cut(file: Path) -> None:
    os.truncate(file, file.stat().st_size // 3)


def empty(file: Path) -> None:
    os.truncate(file, 0)


def write_text(file: Path) -> None:
    file.write_text("not a database " * 1000)


def remove(file: Path) -> None:
    file.unlink()


def remove_but_leave_its_log(file: Path) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as another:
        another.execute("VACUUM")  # writes all of it into the log
        log = Path(f"{file}-wal").read_bytes()
    file.unlink()
    Path(f"{file}-wal").write_bytes(log)


def change_version(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute(f"PRAGMA user_version={index_file.VERSION + 1}")


@pytest.mark.parametrize(
    "spoil",
    [damage_start, damage_middle, cut, empty, write_text, remove, remove_but_leave_its_log, change_version],
    ids=lambda f: f.__name__,
)
@pytest.mark.parametrize("first", ["search", "replace", "remove", "list"])
def test_a_file_that_cannot_be_used_is_made_anew(
    index: SqliteSearchIndex, file: Path, spoil: object, first: str
) -> None:
    documents = [document(f"{number}", f"budget {number} " + "words " * 50) for number in range(40)]
    index.replace("s", documents)
    spoil(file)  # type: ignore[operator]
    match first:
        case "search":
            assert index.search("budget", ["s"]) == []
        case "list":
            index.list_scopes()
        case "remove":
            index.remove("s")
            assert index.list_scopes() == []
        case _:
            pass
    index.replace("s", documents)
    assert len(index.search("budget", ["s"], most=50)) == 40
    assert index.replace("s", documents) == IndexChanges(0, 40, 0)
    assert [path.name for path in file.parent.iterdir()] == ["search.db"]


def test_another_database_is_left_alone(tmp_path: Path) -> None:
    other = tmp_path / "sensei.db"
    with closing(sqlite3.connect(other)) as connection:
        connection.execute("CREATE TABLE person (id TEXT)")
    before = other.read_bytes()
    index = SqliteSearchIndex(other)
    for call in (lambda: index.search("budget", ["s"]), lambda: index.replace("s", []), index.list_scopes):
        with pytest.raises(UserError, match="not a search index"):
            call()
    assert other.read_bytes() == before


def test_a_place_that_cannot_be_written_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UserError, match="can't be made"):
        SqliteSearchIndex(tmp_path / "file" / "search.db").replace("s", [])
    (tmp_path / "folder").mkdir()
    with pytest.raises((UserError, TransientError), match="folder"):
        SqliteSearchIndex(tmp_path / "folder").search("budget", ["s"])


def test_only_its_owner_can_read_the_file(index: SqliteSearchIndex, file: Path) -> None:
    index.replace("s", [document("a", "budget")])
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


@given(st.text(), st.text())
@settings(max_examples=15)
def test_what_a_document_says_is_no_syntax(
    tmp_path_factory: pytest.TempPathFactory, key: str, text: str
) -> None:
    index = SqliteSearchIndex(tmp_path_factory.mktemp("index") / "search.db")
    index.replace("s", [document(key, f"budget {text}", title=text)])
    [found] = index.search("budget", ["s"])
    assert len(found.passage.text) == len(text) + len("budget ")
