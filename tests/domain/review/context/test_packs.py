"""What is shown of a change, and what is cut when the budget is short."""

import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.review.citations import SourceText
from bot.domain.review.context import (
    ChangeText,
    ContextPack,
    CutPart,
    NearbyKind,
    NearbyText,
    ReadableFile,
    build_packs,
)
from bot.domain.review.context.blocks import estimate_tokens
from bot.domain.review.context.enclosing_scopes import _KINDS, find_scopes
from bot.domain.review.question_selection import QuotedHit, scan_text
from bot.domain.review.signals import SignalScanner, arm_signals
from bot.domain.rubrics.signal_rules import LANGUAGES
from bot.domain.secrets.detection import Redactor
from tests.domain.changes import HEAD, nearby, readable, text
from tests.domain.rubric_builders import check, criterion, rubric, signal

SNAPSHOT = Path(__file__).parent / "shown.txt"


def packed(
    files: Sequence[ReadableFile],
    budget: int = 50_000,
    words: Sequence[ChangeText] = (),
    neighbours: Sequence[NearbyText] = (),
    marks: Sequence[QuotedHit] = (),
    redactor: Redactor | None = None,
) -> tuple[ContextPack, ...]:
    return build_packs(files, words, neighbours, marks, redactor or Redactor(), budget)


def function(name: str, lines: int = 20, middle: str = "    x = 0\n") -> str:
    body = "".join(f"    {name}_{n} = {n}\n" for n in range(lines))
    return f"def {name}(self):\n{body}{middle}{body}\n"


OLD = "class Shop:\n" + "".join(
    f"    {line}\n" if line else "\n" for line in (function("a") + function("b") + function("c")).split("\n")
)
NEW = OLD.replace("    x = 0\n", "    x = 1\n")
MIDDLE = NEW[: NEW.index("def b")].replace("x = 1", "x = 0") + NEW[NEW.index("def b") : NEW.index("def c")]
ONE = MIDDLE + OLD[OLD.index("def c") :]


def test_a_changed_line_is_shown_with_its_function_and_the_header_of_its_class() -> None:
    (pack,) = packed([readable("shop.py", OLD, ONE)])
    assert "1  class Shop:\n" in pack.user
    assert "      def b(self):\n" in pack.user
    assert "-         x = 0\n" in pack.user
    assert re.search(r"\n\d+\+         x = 1\n", pack.user)
    assert "b_0 = 0" in pack.user
    assert "a_10" not in pack.user
    assert "c_10" not in pack.user
    assert pack.manifest.cut == ()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_of_the_rubric_knows_what_surrounds_a_line(language: str) -> None:
    assert language in _KINDS
    samples = {
        "python": "def f():\n    pass\n",
        "javascript": "class A {\n  f() {\n  }\n}\n",
        "typescript": "interface A {\n  a: string\n}\n",
        "tsx": "const A = () => {\n  return <b/>\n}\n",
        "go": "package a\n\nfunc f() {\n}\n",
        "java": "class A {\n  void f() {\n  }\n}\n",
        "hcl": 'resource "a" "b" {\n  c = 1\n}\n',
        "yaml": "a:\n  b: 1\n",
        "json": '{"a": {\n  "b": 1}}\n',
        "bash": "f() {\n  x\n}\n",
    }
    assert find_scopes("file" + LANGUAGES[language][0], samples[language])


def test_files_with_marks_come_first_then_those_that_call_models_then_the_rest() -> None:
    example = {"path": "a.py", "text": "zebra"}
    other = {"path": "a.py", "text": "horse"}
    rule = {"globs": ["*.py"], "line": "zebra", "match": [example] * 2, "no_match": [other] * 2}
    marked = signal(id="speed.value", languages={}, files=rule)
    scanner = SignalScanner(
        arm_signals(
            rubric(criterion("speed", weight=1, checks=[check("speed.1", signals=[marked])])).criteria
        )
    )
    files = [readable(f"src/{name}.py", None, f"value = {name!r}\n") for name in ("one", "agent", "zebra")]
    head = files[2].head
    assert head is not None
    marks = scan_text(scanner, head, lambda _: True).touched
    (pack,) = packed(files, marks=marks)
    assert re.findall('<file path="([^"]*)"', pack.user) == ["src/zebra.py", "src/agent.py", "src/one.py"]
    assert "<marks>\nsrc/zebra.py:1 speed.value\n</marks>" in pack.user


def test_identical_changes_of_several_files_are_shown_once_with_the_list_of_places() -> None:
    files = [readable(f"src/f{n}.py", f"n = {n}\nold_name()\n", f"n = {n}\nnew_name()\n") for n in range(9)]
    (pack,) = packed(files)
    assert pack.user.count("new_name") == 1
    assert pack.user.count("old_name") == 1
    for n in range(1, 9):
        assert f"src/f{n}.py:1" in pack.user
    assert sum(included.tokens == 0 for included in pack.manifest.included) == 8


def test_a_deleted_file_is_shown_briefly_and_the_manifest_says_so() -> None:
    (pack,) = packed([readable("gone.py", function("gone", 100), None)])
    assert 'status="deleted"' in pack.user
    assert "- def gone(self):" in pack.user
    assert "gone_60" not in pack.user
    assert [cut.reason for cut in pack.manifest.cut] == ["deleted: 30 of 203 lines shown"]


def test_lines_of_a_side_that_nobody_searched_for_secrets_are_not_shown() -> None:
    one = readable("a.py", "before = 1\n", "after = 2\n")
    (pack,) = packed([ReadableFile(one.file, one.head, None)])
    assert "before" not in pack.user
    assert "1+ after = 2" in pack.user
    assert "1 more changed lines not shown" in pack.user


def big_change() -> list[ReadableFile]:
    return [
        readable(f"{folder}/part{n}.py", OLD.replace("x", f"{folder}{n}"), NEW.replace("x", f"{folder}{n}"))
        for folder in ("agents", "shop", "store")
        for n in range(8)
    ]


@pytest.mark.contract
def test_a_short_budget_cuts_surroundings_then_neighbours_then_unchanged_lines_then_makes_packs() -> None:
    files, near = big_change(), [nearby("tests/test_a.py", "assert value\n" * 40)]

    stages = set()
    for budget in range(2_000, 40_000, 500):
        packs = packed(files, budget, neighbours=near)
        cut = {cut.reason.partition(":")[0] for pack in packs for cut in pack.manifest.cut}
        details = {each.detail for pack in packs for each in pack.manifest.included}
        if len(packs) > 1:
            stages.add("several packs")
        elif "only its changed lines" in cut:
            assert "hunks with what is around them" not in details
            assert "not shown" in cut
            stages.add("unchanged lines")
        elif "not shown" in cut:
            assert "hunks with what is around them" not in details
            stages.add("neighbours")
        elif cut:
            assert cut == {"only its hunks"}
            stages.add("surroundings")
        else:
            stages.add("nothing")
    assert stages == {"several packs", "unchanged lines", "neighbours", "surroundings", "nothing"}


@pytest.mark.parametrize("budget", [2_000, 2_500, 4_000, 9_000, 30_000])
def test_no_pack_is_over_the_budget_and_every_file_is_in_one(budget: int) -> None:
    files = big_change()
    words = [ChangeText("title", "Retry"), ChangeText("body", "Why we retry.\n" * 3000)]
    packs = packed(files, budget, words, [nearby("tests/t.py", "assert value\n" * 4000)])
    for pack in packs:
        assert estimate_tokens(pack.user) == pack.manifest.tokens <= budget
        assert '<words name="title">' in pack.user
        assert [cut.name for cut in pack.manifest.cut if cut.name == "body"] == ["body"]
    shown = [each.name for pack in packs for each in pack.manifest.included if each.name.endswith(".py")]
    assert {one.file.path for one in files} <= set(shown)
    assert len([name for name in shown if name != "neighbour tests/t.py"]) == len(files)


def test_a_file_larger_than_a_pack_is_shown_in_part_and_the_manifest_says_so() -> None:
    huge = readable("huge.py", None, "".join(f"value_{n} = {n}\n" for n in range(5_000)))
    packs = packed([huge, readable("small.py", None, "small = 1\n")], 3_000)
    (pack,) = [pack for pack in packs if 'path="huge.py"' in pack.user]
    assert "… the rest of this file is not shown\n</file>" in pack.user
    assert pack.manifest.tokens <= 3_000
    assert any(re.fullmatch(r"only [\d,]+ of 5,000 lines fit", cut.reason) for cut in pack.manifest.cut)
    assert all("value_4999" not in part.text for part in pack.shown)


def test_a_replaced_file_that_does_not_fit_is_shown_with_its_new_lines() -> None:
    old = "".join(f"old_{n} = {n}\n" for n in range(2_000))
    (pack,) = packed([readable("a.py", old, "".join(f"new_{n} = {n}\n" for n in range(200)))], 4_000)
    assert "- old_29 = 29\n" in pack.user
    assert "old_30" not in pack.user
    assert "new_199" in pack.user
    assert "… 1,970 more removed lines not shown\n</file>" in pack.user
    assert pack.manifest.cut[0].reason == "only its first removed lines: 1,970 more not shown"


def test_folders_are_kept_together_when_there_are_several_packs() -> None:
    packs = packed(big_change(), 7_000, [], [])
    for folder in ("agents", "shop", "store"):
        assert sum(f'path="{folder}/' in pack.user for pack in packs) <= 2


def test_a_caller_is_in_the_pack_of_the_file_that_it_is_about_and_history_is_in_each() -> None:
    caller = text("web/far.py", "a = 1\nb = call(a)\nc = 2\n")
    history = SourceText.of("recent history", HEAD, "head", "1 day before: Begin (shop/part1.py)\n", [])
    near = [
        NearbyText(NearbyKind.HISTORY, history, (range(1, 2),)),
        NearbyText(NearbyKind.CALLER, caller, (range(2, 3),), (2,), ("call",), "shop/part1.py"),
    ]
    packs = packed(big_change(), 3_000, [], near)
    assert len(packs) > 1
    gap = "… 1 line not shown\n"
    block = f'<caller path="web/far.py" calls="call">\n{gap}2  b = call(a)\n{gap}</caller>'
    assert [block in pack.user for pack in packs] == ['path="shop/part1.py"' in pack.user for pack in packs]
    assert all("<history>\n1 day before: Begin (shop/part1.py)\n</history>\n" in pack.user for pack in packs)
    labels = [part.name for pack in packs for part in pack.manifest.included]
    assert labels.count("caller web/far.py") == 1


def test_lines_that_a_change_shows_anyway_are_not_shown_again() -> None:
    file = readable("shop.py", OLD, ONE)
    assert file.head
    near = NearbyText(NearbyKind.CALLER, file.head, (range(1, 4),), (1,), ("b",), "shop.py")
    (pack,) = packed([file], neighbours=[near])
    assert "<caller" not in pack.user  # the header of the class is shown around the change


def test_each_kind_of_nearby_text_has_its_share_and_the_manifest_says_what_was_cut() -> None:
    near = [
        NearbyText(
            NearbyKind.USED,
            text(f"lib{n}.py", "value = 'a long line of a definition'\n" * 150),
            (range(1, 151),),
        )
        for n in range(3)
    ]
    (pack,) = packed([readable("a.py", "a\n", "b\n")], neighbours=near)
    assert sum(part.tokens for part in pack.manifest.included if part.name.startswith("used ")) <= 1600
    assert [cut.name for cut in pack.manifest.cut] == ["used lib0.py", "used lib1.py", "used lib2.py"]
    assert re.fullmatch(r"only \d+ of 150 lines fit", pack.manifest.cut[0].reason)
    assert pack.manifest.cut[1].reason == "not shown: over the budget"


def test_the_manifest_says_what_could_not_be_read() -> None:
    note = CutPart("issue #12", "not shown: Sensei doesn't read linked issues")
    (pack,) = build_packs([readable("a.py", "a\n", "b\n")], [], [], [], Redactor(), 5_000, [note])
    assert pack.manifest.cut == (note,)


def test_a_file_of_a_baseline_is_shown_whole() -> None:
    (pack,) = packed([readable("a.py", None, "a = 1\nb = 2\n", baseline=True)])
    assert '<file path="a.py" status="whole file">\n1  a = 1\n2  b = 2\n</file>' in pack.user


lines = st.lists(st.sampled_from(["", "def f():", "    return 1", "}", "x = 1", "y"]), max_size=40)


@settings(max_examples=80, deadline=None)
@given(lines, lines, lines)
def test_each_line_is_shown_with_its_own_number_and_every_changed_line_is_shown(
    before: list[str], shared: list[str], after: list[str]
) -> None:
    old, new = "\n".join(before + shared), "\n".join(shared + after)
    one = readable("a.py", old, new)
    (pack,) = packed([one])
    found = re.findall(r"^(?:(\d+)([ +])|(-)) (.*)$", pack.user, re.MULTILINE)
    numbered = new.split("\n")
    assert all(numbered[int(number) - 1] == line for number, _, _, line in found if number)
    assert [int(number) for number, sign, *_ in found if sign == "+"] == [
        line.new for line in one.file.added_lines()
    ]
    assert [line for *_, sign, line in found if sign == "-"] == [
        line.text.decode() for line in one.file.removed_lines()
    ]
    numbers = [int(number) for number, *_ in found if number]
    assert numbers == sorted(set(numbers))


def test_the_same_change_gives_the_same_bytes() -> None:
    assert [pack.user for pack in packed(big_change(), 9_000)] == [
        pack.user for pack in packed(big_change(), 9_000)
    ]


@pytest.mark.contract
def test_what_is_written_grows_with_the_change_and_not_faster() -> None:
    def shown_characters(count: int) -> int:
        files = [readable(f"src/f{n}.py", None, f"name = 'file {n}'\n" * 20) for n in range(count)]
        return sum(len(pack.user) for pack in packed(files, 20_000))

    once, thrice = shown_characters(200), shown_characters(600)
    assert thrice < once * 3.3


def test_a_budget_too_small_for_anything_is_refused() -> None:
    with pytest.raises(ValueError, match="below 2000"):
        packed([], 1_999)


def test_a_fixed_change_is_shown_as_it_was() -> None:
    files = [
        readable("shop/agent.py", OLD, ONE),
        readable("shop/new.py", "import a\n", "import b\n"),
        readable("shop/other.py", "import a\n", "import b\n"),
        readable("gone.py", "gone = 1\n", None),
        readable("docs/new name.md", "a\nb\nc\n", "a\nb\nd\u202e\n", old_path='docs/old "name".md'),
    ]
    words = [ChangeText("title", "Ask <file> again"), ChangeText("body", "Because\r\nof `timeouts`.\n")]
    (pack,) = packed(files, words=words, neighbours=[nearby("tests/test_shop.py", "def test():\n    pass\n")])
    assert pack.user == SNAPSHOT.read_text("utf-8")
