"""What a change between commits contains."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain.review.diff import FileSide, FileStatus
from bot.errors import IncompleteReadingError
from tests.adapters.git_checkouts import added, change, listed, opened
from tests.repositories import Repository

STRANGE = [
    "x b/x",
    'quo"te',
    "tab\tname",
    "new\nline",
    "été",
    "caf\udce9",
    " space ",
    "-n",
    ":(top)x",
    "a\\b",
    "*",
]


def test_files_with_strange_names_are_found_by_their_exact_bytes(repository: Repository) -> None:
    repository.commit(dict.fromkeys(STRANGE, b"one\n"))
    repository.commit(dict.fromkeys(STRANGE, b"one\ntwo\n"))

    with opened(repository.path) as checkout:
        found = checkout.change("HEAD^", "HEAD")
        assert added(found) == {key: [b"two"] for key in STRANGE}
        assert listed(checkout.tree()) == dict.fromkeys(STRANGE, 8)
        assert {checkout.read(file.new) for file in found.files if file.new} == {b"one\ntwo\n"}


def test_every_kind_of_change_is_told_apart(repository: Repository) -> None:
    lines = b"".join(b"line %d\n" % number for number in range(20))
    repository.commit(
        {
            "edited": lines,
            "old name": lines,
            "deleted": b"x\n",
            "empty": b"",
            "tool": b"#!\n",
            "picture": b"\0",
        }
    )
    repository.write({"old name": None, "deleted": None, "empty": None})
    repository.write(
        {"edited": lines + b"end\n", "new name": lines + b"end\n", "new": b"", "picture": b"\0\1"}
    )
    (repository.path / "tool").chmod(0o755)
    (repository.path / "link").symlink_to("edited")
    repository.commit()

    files = {file.path: file for file in change(repository.path).files}

    assert {path: file.status for path, file in files.items()} == {
        "edited": FileStatus.MODIFIED,
        "new name": FileStatus.RENAMED,
        "deleted": FileStatus.DELETED,
        "empty": FileStatus.DELETED,
        "new": FileStatus.ADDED,
        "tool": FileStatus.MODIFIED,
        "picture": FileStatus.MODIFIED,
        "link": FileStatus.ADDED,
    }
    assert files["new name"].old_path == "old name"
    assert [line.text for line in files["new name"].added_lines()] == [b"end"]
    assert [line.text for line in files["deleted"].removed_lines()] == [b"x"]
    assert [line.text for line in files["link"].added_lines()] == [b"edited"]
    assert [path for path, file in files.items() if file.binary] == ["picture"]
    assert [path for path, file in files.items() if not file.hunks] == ["empty", "new", "picture", "tool"]
    tool = files["tool"]
    assert tool.old
    assert tool.new == FileSide("100755", tool.old.oid, 3)
    assert (files["new"].old, files["new"].new and files["new"].new.size) == (None, 0)


def test_a_link_that_becomes_a_file_is_one_change_of_type(repository: Repository) -> None:
    (repository.path / "x").symlink_to("y")
    repository.commit({"z": b"1\n"})
    (repository.path / "x").unlink()
    repository.commit({"x": b"text\n", "z": b"2\n"})

    x, z = change(repository.path).files

    assert x.status is FileStatus.TYPE_CHANGED
    assert [(line.kind.value, line.text, line.ends) for line in x.hunks[0].lines] == [
        ("-", b"y", False),
        ("+", b"text", True),
    ]
    assert len(z.hunks) == 1


def test_a_submodule_has_a_mode_and_no_size(repository: Repository, tmp_path: Path) -> None:
    other = Repository.make(tmp_path / "other")
    repository.commit({"x": b"x\n"})
    first, second = other.commit(message="1"), other.commit(message="2")
    for commit in (first, second):
        repository.git("update-index", "--add", "--cacheinfo", f"160000,{commit},module")
        repository.git("commit", "-m", "submodule")

    with opened(repository.path) as checkout:
        (module,) = checkout.change("HEAD^", "HEAD").files
        assert (module.old, module.new) == (FileSide("160000", first), FileSide("160000", second))
        assert listed(checkout.tree()) == {"module": None, "x": 2}


def test_what_is_larger_than_the_limit_counts_as_binary(repository: Repository) -> None:
    repository.commit()
    repository.commit({"at the limit": b"x" * 1000, "above": b"x" * 1001})

    files = change(repository.path, max_scan_bytes=1000).files

    assert {file.path: file.binary for file in files} == {"above": True, "at the limit": False}


def test_a_line_of_five_megabytes_is_one_line(repository: Repository) -> None:
    repository.commit()
    repository.commit({"x": b"y" * 5_000_000 + b"\nz\n"})

    (file,) = change(repository.path, max_scan_bytes=8_000_000).files

    assert [len(line.text) for line in file.added_lines()] == [5_000_000, 1]


@pytest.mark.contract
def test_three_thousand_files_are_read_at_once(repository: Repository) -> None:
    repository.commit({f"folder {n % 50}/{n}": b"one\n" * n for n in range(3000)})
    repository.commit({f"folder {n % 50}/{n}": b"one\n" * n + b"two\n" for n in range(3000)})

    found = change(repository.path)

    assert set(map(tuple, added(found).values())) == {(b"two",)}
    assert len(found.files) == 3000


def test_of_a_change_with_too_much_text_the_largest_files_are_left_out_and_say_so(
    repository: Repository,
) -> None:
    repository.commit({"old :(glob)* name": b"b\n" * 1000})
    repository.git("mv", "old :(glob)* name", "b *")
    repository.commit({"a": b"a\n", "b *": b"b\n" * 1000 + b"c\n", "z": b"z\n"})

    found = change(repository.path, max_patch_bytes=1000)

    assert {file.path: file.unread for file in found.files} == {
        "a": None,
        "b *": "the change has more than 1000 bytes of text",
        "z": None,
    }
    assert [file.path for file in found.files if file.for_good] == ["b *"]
    assert added(found) == {"a": [b"a"], "b *": [], "z": [b"z"]}


def test_a_file_whose_content_is_missing_is_left_out_and_says_so(repository: Repository) -> None:
    repository.commit({"a": b"a\n", "b": b"b\n"})
    repository.commit({"a": b"a\na\n", "b": b"b\nb\n", "c": b"c\n"})
    missing = repository.id("HEAD:b")
    (repository.path / ".git/objects" / missing[:2] / missing[2:]).unlink()

    with opened(repository.path) as checkout:
        found = checkout.change("HEAD^", "HEAD")
        assert added(found) == {"a": [b"a"], "b": [], "c": [b"c"]}
        (unread,) = [file.unread for file in found.files if file.unread]
        assert "damaged" in unread
        with pytest.raises(IncompleteReadingError, match="damaged"):
            checkout.read(FileSide("100644", missing))


def test_a_repository_that_is_not_called_dot_git_is_read(repository: Repository, tmp_path: Path) -> None:
    repository.commit({"a": b"a\n"})
    repository.commit({"a": b"b\n"})
    elsewhere = tmp_path / "elsewhere" / "store"
    elsewhere.parent.mkdir()
    (repository.path / ".git").rename(elsewhere)
    assert added(change(elsewhere)) == {"a": [b"b"]}


def test_a_baseline_is_the_whole_tree_as_added_files(repository: Repository) -> None:
    head = repository.commit({"x": b"x\n", "y/z": b"\0"})

    with opened(repository.path) as checkout:
        found = checkout.baseline("HEAD")

    assert (found.base, found.head, found.hiding_base) == (None, head, head)
    assert [(file.path, file.status, file.old, file.hunks) for file in found.files] == [
        ("x", FileStatus.ADDED, None, ()),
        ("y/z", FileStatus.ADDED, None, ()),
    ]


def test_attributes_are_those_of_the_commit_that_is_asked_for(repository: Repository) -> None:
    attributes = b"*.min.js linguist-vendored\n*.pb linguist-generated=true\nno linguist-generated=false\n"
    base = repository.commit({".gitattributes": attributes})
    repository.commit({".gitattributes": b"* linguist-generated linguist-vendored\n"})

    with opened(repository.path) as checkout:
        assert checkout.attributes(base, ["a.min.js", "d/new\nline.pb", "no", "other"]) == {
            "a.min.js": {"linguist-vendored"},
            "d/new\nline.pb": {"linguist-generated"},
            "no": set(),
            "other": set(),
        }
        assert checkout.attributes(None, ["a.min.js"]) == {}


def test_configuration_cannot_change_how_a_change_is_read(repository: Repository) -> None:
    body = [b"%d\n" % number for number in range(40)]
    repository.commit({"old": b"".join(body), "e": b"\n\n\n"})
    body[3], body[20], body[29] = b"three\n", b"\n", b"x\n"
    repository.write({"old": None})
    repository.commit({"new": b"".join(body), "e": b"\n\nx\n"})
    plain = change(repository.path)

    repository.write({"order": b"new\n"})
    for setting in (
        "core.quotePath=true",
        "diff.algorithm=patience",
        "diff.colorMoved=zebra",
        "diff.context=7",
        "diff.ignoreSubmodules=all",
        "diff.indentHeuristic=false",
        "diff.interHunkContext=20",
        "diff.mnemonicPrefix=true",
        "diff.noprefix=true",
        "diff.orderFile=order",
        "diff.relative=true",
        "diff.renameLimit=1",
        "diff.renames=false",
        "diff.submodule=log",
        "diff.suppressBlankEmpty=true",
        "diff.wordRegex=.",
        "diff.wsErrorHighlight=all",
        "color.ui=always",
        "color.diff=always",
    ):
        repository.git("config", *setting.split("=", 1))

    assert replace(change(repository.path), notes=()) == plain  # the note counts the file "order"


def test_attributes_of_the_head_do_not_hide_text(repository: Repository) -> None:
    repository.commit({"x": b"1\n", "y": b"1\n"})
    repository.commit({"x": b"2\n", "y": b"2\n", ".gitattributes": b"x binary\ny -diff\n"})

    found = added(change(repository.path))
    uncommitted = added(change(repository.path, head="WORKTREE"))

    assert (found["x"], found["y"]) == ([b"2"], [b"2"])
    assert uncommitted == found


def test_a_partial_clone_says_what_it_lacks(repository: Repository, tmp_path: Path) -> None:
    repository.commit({"x": b"1\n"})
    repository.commit({"x": b"2\n"})
    repository.git("config", "uploadpack.allowFilter", "true")
    repository.git(
        "clone",
        "-q",
        "--no-checkout",
        "--filter=blob:none",
        f"file://{repository.path}",
        str(tmp_path / "part"),
    )

    with opened(tmp_path / "part") as checkout:
        (file,) = checkout.change("HEAD^", "HEAD").files
        assert file.unread
        assert "partial clone" in file.unread
        with pytest.raises(IncompleteReadingError, match="partial clone"):
            checkout.read(FileSide("100644", repository.id("HEAD:x")))
        assert [file.path for file in checkout.baseline("HEAD").files] == ["x"]


def test_messages_are_newest_first_and_those_that_are_too_long_are_named(tmp_path: Path) -> None:
    repository = Repository.make(tmp_path)
    base = repository.commit({"x": b""})
    first = repository.commit({"x": b"1"}, "First\n\nWhy.")
    long = repository.commit({"x": b"2"}, "word " * 20_000)
    last = repository.commit({"x": b"3"}, "Last")
    with opened(tmp_path) as checkout:
        checkout.change(base, "HEAD")
        messages = checkout.messages()
    assert messages.read == (
        (f"commit message {last[:10]}", "Last"),
        (f"commit message {first[:10]}", "First\n\nWhy."),
    )
    assert messages.unread == (f"commit message {long[:10]}: longer than 64 kB",)
