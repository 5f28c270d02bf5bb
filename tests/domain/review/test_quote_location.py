"""A quote leads to its place, whatever a model did to its white space; else it leads nowhere."""

import re
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bot.domain.review import diff
from bot.domain.review.citations import SourceText
from bot.domain.review.context import ChangeText, NearbyText, ReadableFile, build_packs
from bot.domain.review.quote_location import Side, locate_quote
from bot.domain.review.report import Citation
from bot.domain.secrets.detection import Redactor
from tests import citations
from tests.domain.changes import HEAD, judge, nearby, readable
from tests.repositories import Repository

KEY = "sk-ant-" + "api03-" + "Zx9Kq2Wm7Lp4Rt8Vb3Nc6Yd1Fg5Hj0Sa" * 3

OLD = """\
import client


def ask(question):
    for attempt in range(3):
        reply = client.send(question)
        if reply.ok:
            return reply
    raise client.Failed
"""
NEW = """\
import client


def ask(question):
    reply = client.send(question, timeout=30)
    if reply.ok:
        return reply
    raise client.Failed
"""


def find(
    quote: str,
    path: str | None = "shop/ask.py",
    side: Side | None = None,
    files: list[ReadableFile] | None = None,
    words: list[ChangeText] | None = None,
    near: list[NearbyText] | None = None,
    redactor: Redactor | None = None,
) -> Citation | None:
    files = files or [readable("shop/ask.py", OLD, NEW)]
    packs = build_packs(files, words or [], near or [], [], redactor or Redactor(), 50_000)
    return locate_quote(quote, path, side, packs, {one.file.path: one for one in files})


@pytest.mark.parametrize(
    ("quote", "lines"),
    [
        pytest.param("client.send(question, timeout=30)", (5, 5), id="a part of a line"),
        pytest.param(
            "    reply = client.send(question, timeout=30)\n    if reply.ok:", (5, 6), id="two lines"
        ),
        pytest.param("reply = client.send(question, timeout=30) if reply.ok:", (5, 6), id="joined"),
        pytest.param("5+     reply = client.send(question, timeout=30)", (5, 5), id="number and sign"),
        pytest.param("5 + reply = client.send(question, timeout=30)\n6+ if reply.ok:", (5, 6), id="spaced"),
        pytest.param("+    reply = client.send(question, timeout=30)", (5, 5), id="sign"),
        pytest.param("4  def ask(question):\n5+     reply = client.send(", (4, 5), id="context and added"),
        pytest.param("\n\nreply = client.send(question, timeout=30)\n\n", (5, 5), id="blank edges"),
    ],
)
def test_a_quote_is_found_however_its_white_space_and_gutter_were_copied(
    quote: str, lines: tuple[int, int]
) -> None:
    found = find(quote)
    assert found is not None
    assert (found.side, found.commit, found.source, found.path) == ("head", HEAD, "commit", "shop/ask.py")
    assert (found.line_start, found.line_end) == lines
    judge(found, NEW)


def test_a_removed_line_is_quoted_from_the_base() -> None:
    for quote in ("for attempt in range(3):", "- for attempt in range(3):\n- reply = client.send(question)"):
        found = find(quote)
        assert found is not None
        assert (found.side, found.line_start) == ("base", 5)
        judge(found, OLD)


@pytest.mark.parametrize(
    "quote",
    [
        "client.sent(question)",
        "reply = client.send(…, timeout=30)",
        "reply = client.send(question, timeout=30)…",
        "reply = client.send(question...",
        "x = 1",
        "",
        "- - -",
        "def ask(question):\n    raise client.Failed",
    ],
)
def test_what_was_not_shown_is_not_found(quote: str) -> None:
    assert find(quote) is None


def test_a_side_that_is_named_is_the_only_one_that_is_searched() -> None:
    assert find("for attempt in range(3):", side="head") is None
    found = find("raise client.Failed", side="base")
    assert found is not None
    assert found.line_start == 9


REPEATED = "call(retries=3)\n"


def test_of_several_places_the_changed_one_is_meant() -> None:
    old = REPEATED + "\n" * 20 + "start()\n"
    new = old + REPEATED
    found = find(REPEATED, "a.py", files=[readable("a.py", old, new)])
    assert found is not None
    assert found.line_start == 23


def test_of_several_places_in_hunks_but_not_changed_none_is_meant() -> None:
    old = REPEATED * 2 + "start()\n"
    assert find(REPEATED, "a.py", files=[readable("a.py", old, old + "stop()\n")]) is None


def test_of_several_changed_places_none_is_meant() -> None:
    assert find(REPEATED, "a.py", files=[readable("a.py", "", REPEATED * 2)]) is None


def test_a_wrong_or_missing_path_is_forgiven_if_only_one_place_fits() -> None:
    one, other = readable("a.py", None, "only_here()\nboth()\n"), readable("b.py", None, "x = 1\nboth()\n")
    for path in (None, "b.py", "no/such.py"):
        found = find("only_here()", path, files=[one, other])
        assert found is not None
        assert found.path == "a.py"
        assert find("both()", "c.py", files=[one, other]) is None
    found = find("both()", "./b.py", files=[one, other])
    assert found is not None
    assert found.path == "b.py"


def test_a_change_that_is_shown_once_is_found_in_every_file_that_has_it() -> None:
    files = [readable(f"f{n}.py", f"n = {n}\n", f"import new_name\nn = {n}\n") for n in range(3)]
    for n in range(3):
        found = find("import new_name", f"f{n}.py", files=files)
        assert found is not None
        assert found.path == f"f{n}.py"


def test_words_are_quoted_with_their_name_and_their_own_lines() -> None:
    words = [
        ChangeText("body", "Why\r\n\r\nBecause a retry doubled\r\nthe orders.\r\n"),
        ChangeText("title", "Stop retries"),
    ]
    found = find("Because a retry doubled the orders", "body", words=words)
    assert found is not None
    assert (found.source, found.path, found.commit, found.side) == ("text", "body", HEAD, "head")
    assert (found.line_start, found.line_end) == (3, 4)
    judge(found, words[0].text)


def test_a_neighbour_is_quoted_at_the_head() -> None:
    found = find(
        "assert ask('x')", "tests/test_ask.py", near=[nearby("tests/test_ask.py", "\nassert ask('x')\n")]
    )
    assert found is not None
    assert (found.path, found.line_start) == ("tests/test_ask.py", 2)


def test_a_quote_with_a_redaction_or_an_escape_takes_in_all_of_it() -> None:
    redactor = Redactor()
    new = f"key = '{KEY}'\nname = 'a\u202eb'\nhtml = '</file>'\n"
    files = [readable("a.py", None, new, redactor)]
    for quote, line in (
        ("key = '[redacted:anth", 1),
        ("name = 'a\\u{202e}b'", 2),
        ("name = 'a\u202eb'", 2),
        ("html = '\\u{3c}/file>'", 3),
        ("html = '</file>'", 3),
    ):
        found = find(quote, "a.py", files=files, redactor=redactor)
        assert found is not None
        assert found.line_start == line
        assert KEY not in found.quote
        assert found.redacted == (line == 1)
        judge(found, new)


lines = st.text(st.sampled_from("ab (=)\t<é日\u202e\u3000\r+-1"), max_size=14)
contents = st.lists(lines, max_size=8).map("\n".join)
added = st.lists(
    st.tuples(st.just("new"), lines, st.sampled_from(["(x)", "\r"])).map("".join), min_size=1, max_size=8
)


@pytest.mark.contract
@settings(max_examples=300, deadline=None)
@given(contents, contents, added.map("\n".join), st.data())
def test_any_part_of_an_added_line_is_found_with_other_white_space(
    before: str, shared: str, after: str, data: st.DataObject
) -> None:
    one = readable("a.py", f"{before}\n{shared}", f"{shared}\n{after}")
    packs = build_packs([one], [], [], [], Redactor(), 50_000)
    shown = re.findall(r"^\d+\+ (.*)$", packs[0].user, re.MULTILINE)
    assume(shown)
    line = data.draw(st.sampled_from(shown))
    start = data.draw(st.integers(0, max(0, len(line) - 8)))
    end = data.draw(st.integers(min(len(line), start + 6), len(line)))
    quote = line[start:end]
    assume(sum(not character.isspace() for character in quote) >= 6)
    spaces = st.sampled_from([" ", "  ", "\t", "\n", " \n "])
    quote = re.sub(r"\s+", lambda _: data.draw(spaces), quote.strip())
    found = locate_quote(quote, "a.py", "head", packs, {"a.py": one})
    head = one.head
    assert head is not None
    if found is None:  # it stands in several places that were changed, or for nothing but white space
        places = re.findall(r"\s+".join(map(re.escape, quote.split())), packs[0].user)
        assert len(places) > 1 or not quote.strip("\\u{d}(x \t\n")
    else:
        judge(found, head.content)
        assert found.quote.strip() == found.quote


def test_citations_stand_before_the_judge_that_asks_git(tmp_path: Path) -> None:
    repository = Repository.make(tmp_path)
    old, new = OLD.replace("\n", "\r\n"), NEW.replace("\n", "\r\n") + f"key = '{KEY}'\r\n"
    repository.commit({"ask.py": old.encode()})
    base = repository.git("rev-parse", "HEAD").decode().strip()
    repository.commit({"ask.py": new.encode()})
    head = repository.git("rev-parse", "HEAD").decode().strip()
    command = ("diff-tree", "-r", "HEAD^", "HEAD")
    raw = repository.git(*command, "--raw", "-z", "--no-abbrev")
    patch = repository.git(*command, "-p", "--full-index")
    (file,) = diff.add_hunks(diff.parse_patch(raw), (line + b"\n" for line in patch.split(b"\n")[:-1]))
    redactor = Redactor()
    one = ReadableFile(
        file,
        SourceText.of("ask.py", head, "head", new, redactor.learn(new)),
        SourceText.of("ask.py", base, "base", old, redactor.learn(old)),
    )
    packs = build_packs([one], [], [], [], redactor, 50_000)
    for quote in ("timeout=30) if reply.ok:\n return reply", "for attempt in range(3):", "key = '[redacted:"):
        found = locate_quote(quote, "ask.py", None, packs, {"ask.py": one})
        assert found is not None
        citations._check_one(tmp_path, found)
