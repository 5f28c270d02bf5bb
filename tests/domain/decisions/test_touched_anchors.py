"""Which decisions a change touches: by the content of their lines, wherever these are."""

import re
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.decisions.drift import ComparedDecision, DriftFinding
from bot.domain.decisions.records import CodeAnchor
from bot.domain.decisions.touched_anchors import ChangedCode, ChangeSides
from bot.domain.review.diff import FileDiff, FileSide, FileStatus
from tests.domain import changes

BEFORE = """\
import shop

retries = 3
def ask(client, prompt):
    answer = client.send(prompt, timeout=30, model='small')
    if answer.cut_off:
        return None
    return answer.text


def close(client):
    client.close()
"""
QUOTE = "    answer = client.send(prompt, timeout=30, model='small')\n    if answer.cut_off:"


def decision(
    quote: str = QUOTE, path: str = "ask.py", side: str = "head", *, here: bool = False
) -> ComparedDecision:
    anchor = CodeAnchor(path, changes.HEAD, side, 5, 6, quote)
    return ComparedDecision(1, 7, (anchor,), here)


def compare(
    files: Sequence[FileDiff], compared: ComparedDecision | None = None, paths: Sequence[str] = ("ask.py",)
) -> list[DriftFinding]:
    sides = ChangeSides(changes.BASE, changes.HEAD, paths)
    return ChangedCode(files, sides).find_touched([compared or decision()])


def diff(old: str | None, new: str | None, path: str = "ask.py", old_path: str | None = None) -> FileDiff:
    return changes.readable(path, old, new, old_path=old_path).file


def test_a_changed_line_is_touched_and_cited_as_it_is_now() -> None:
    [found] = compare([diff(BEFORE, BEFORE.replace("timeout=30", "timeout=300"))])
    assert (found.decision, found.text, found.touched) == (1, "", True)
    assert found.citation.quote == "answer = client.send(prompt, timeout=300, model='small')"
    assert (found.citation.side, found.citation.line_start, found.citation.line_end) == ("head", 5, 5)


def test_a_removed_line_is_touched_and_cited_as_it_was() -> None:
    [found] = compare([diff(BEFORE, BEFORE.replace("    if answer.cut_off:\n        return None\n", ""))])
    assert (found.citation.side, found.citation.line_start) == ("base", 6)
    assert found.citation.quote == "if answer.cut_off:"


@pytest.mark.parametrize(
    "after",
    [
        BEFORE.replace("    return answer.text", "    return answer.words"),
        BEFORE.replace("import shop\n", "import shop\nimport time\n"),
        BEFORE.replace("retries = 3", "retries = 4"),
        BEFORE.replace("timeout=30", "timeout = 30").replace("    if", "\tif"),
        BEFORE.replace(
            "client.send(prompt, timeout=30, model='small')",
            'client.send(\n        prompt,\n        timeout=30,\n        model="small",\n    )',
        ),
    ],
    ids=["a line beside it", "an import", "another setting", "white space", "a formatter"],
)
def test_what_leaves_its_text_alone_touches_nothing(after: str) -> None:
    assert compare([diff(BEFORE, after)]) == []


def test_code_that_moves_to_another_file_is_not_touched() -> None:
    body = BEFORE.partition("retries = 3\n")[2]
    moved = [diff(BEFORE, "import shop\n\nretries = 3\n"), diff(None, f"import shop\n\n\n{body}", "talk.py")]
    assert compare(moved) == []


def test_a_renamed_file_is_not_touched_unless_the_lines_change() -> None:
    later = BEFORE.replace("answer.cut_off", "answer.cut")
    assert compare([diff(BEFORE, BEFORE, "talk.py", "ask.py")], paths=["talk.py"]) == []
    assert len(compare([diff(BEFORE, later, "talk.py", "ask.py")], paths=["talk.py"])) == 1


def test_lines_in_a_file_that_was_renamed_long_ago_are_still_found() -> None:
    later = BEFORE.replace("answer.cut_off", "answer.cut")
    assert len(compare([diff(BEFORE, later, "talk.py")], paths=["talk.py"])) == 1


def test_the_same_line_in_a_file_that_the_decision_is_not_about_is_not_its_line() -> None:
    other = diff("retries = 3\n", "retries = 4\n", "other.py")
    assert compare([other], decision("retries = 3")) == []


def test_a_longer_number_or_name_is_not_the_same_text() -> None:
    assert compare([diff("timeout=300\n", "timeout=200\n")], decision("timeout=30")) == []
    assert len(compare([diff("timeout=30\n", "timeout=300\n")], decision("timeout=30"))) == 1


def test_a_deleted_file_is_touched() -> None:
    [found] = compare([diff(BEFORE, None)], paths=[])
    assert found.citation.side == "base"


def test_a_deleted_file_that_git_shows_no_lines_of_is_touched() -> None:
    gone = FileDiff("ask.py", "ask.py", FileStatus.DELETED, FileSide("100644", "1" * 40), None, binary=True)
    [found] = compare([gone], paths=[])
    assert found.citation.quote == QUOTE


def test_a_decision_about_removed_lines_is_touched_when_they_come_back() -> None:
    removed = decision("    if answer.cut_off:", side="base")
    without = BEFORE.replace("    if answer.cut_off:\n        return None\n", "")
    [found] = compare([diff(without, BEFORE)], removed)
    assert (found.citation.side, found.citation.quote) == ("head", "if answer.cut_off:")
    assert compare([diff(BEFORE, without)], removed) == []


def test_a_secret_that_was_replaced_in_a_quoted_line_changes_nothing() -> None:
    quoted = decision('key = "[redacted:shop-key]"')
    assert compare([diff('key = "abc"\nx = 1\n', 'key = "def"\nx = 1\n')], quoted) == []
    assert len(compare([diff('key = "abc"\nx = 1\n', "key = load_key()\nx = 1\n")], quoted)) == 1


def test_many_secrets_on_one_line_are_compared_in_no_time() -> None:
    """Trying each place for each of them would not end before the reading's own limit."""
    quoted = decision("[redacted:a]x" * 30 + "[redacted:a]y")
    assert compare([diff("x" * 300 + "\nxy\n", "z\n")], quoted) == []


def test_one_of_two_equal_lines_is_touched_when_it_changes() -> None:
    twice = "call(retries=3)\nother()\ncall(retries=3)\n"
    assert len(compare([diff(twice, twice.replace("call", "ask", 1))], decision("call(retries=3)"))) == 1


def test_the_same_changed_lines_have_the_same_fingerprint_wherever_they_are() -> None:
    later = BEFORE.replace("timeout=30", "timeout=60")
    [first] = compare([diff(BEFORE, later)])
    [again] = compare([diff(f"import os\n{BEFORE}", f"import os\n{later}")])
    [other] = compare([diff(BEFORE, BEFORE.replace("answer.cut_off", "answer.cut"))])
    assert first.fingerprint == again.fingerprint != other.fingerprint


def test_lines_that_only_this_pull_request_had_vanish_in_a_later_push() -> None:
    code = ChangedCode(
        [diff("import shop\n", f"import shop\n{BEFORE.replace('timeout=30', 'timeout=60')}")],
        ChangeSides(changes.BASE, changes.HEAD, ["ask.py"]),
    )
    mine, others = decision(here=True), decision()
    [found] = code.find_vanished([mine, others], stood=[], unread=[])
    assert found.citation.quote == "answer = client.send(prompt, timeout=60, model='small')"
    assert code.find_vanished([mine], stood=[QUOTE], unread=[]) == []
    assert code.find_vanished([mine], stood=[], unread=["ask.py"]) == []


_NAMES = st.from_regex(r"[a-z]{4,8}_[a-z]{3,6}", fullmatch=True)
_LINES = st.lists(
    st.builds("{} = {}({}, limit={})".format, _NAMES, _NAMES, _NAMES, st.integers(100, 999)),
    min_size=4,
    max_size=14,
    unique=True,
)


@pytest.mark.contract
@settings(max_examples=150, deadline=None)
@given(_LINES, st.data())
def test_moving_renaming_and_reformatting_never_touch_and_changing_always_does(
    lines: list[str], data: st.DataObject
) -> None:
    first = data.draw(st.integers(0, len(lines) - 1))
    last = data.draw(st.integers(first, min(first + 2, len(lines) - 1)))
    quoted = decision("\n".join(lines[first : last + 1]))
    old = "\n".join(lines) + "\n"
    wrapped = re.sub(r"\((\w+), (.*)\)", r"(\n    \1,\n    \2,\n)", old)
    block = lines[first : last + 1]
    rest = lines[:first] + lines[last + 1 :]
    at = data.draw(st.integers(0, len(rest)))
    moved = "\n".join([*rest[:at], *block, *rest[at:]]) + "\n"
    indented = "".join(f"    {line}\n" for line in lines)
    for new in (wrapped, moved, indented):
        assert compare([diff(old, new)], quoted) == []
        assert compare([diff(old, new, "new.py", "ask.py")], quoted, ["new.py"]) == []
    assert compare([diff(wrapped, old)], quoted) == []
    changed = data.draw(st.integers(first, last))
    other = [*lines[:changed], lines[changed].replace("limit=", "most="), *lines[changed + 1 :]]
    assert len(compare([diff(old, "\n".join(other) + "\n")], quoted)) == 1
