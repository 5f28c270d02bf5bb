"""The shipped cases are in order: what they expect stands in their change, and nothing in them is a key."""

import functools
import json
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from ast_grep_py import SgRoot
from git import Repo

from bot.adapters.files import eval_cases
from bot.adapters.files.sample_repositories import Sample
from bot.adapters.git import open_checkout
from bot.domain.evals.cases import Case, Kind, expected_places
from bot.errors import UserError
from tests import reviewing
from tests.evaluating import CRITERIA, SHIPPED
from tests.sensei import ROOT

FOLDER = ROOT / "evals" / "cases"
# Pieces, so that this file holds nothing that a secret scanner would take for a key.
LANGUAGES = {".ts": "typescript", ".tsx": "tsx", ".java": "java", ".go": "go"}
KEY_LIKE = re.compile("|".join(["A" + "KIA[A-Z2-7]{16}", "sk-" + r"(?:ant|proj)-\w{8}", "gh" + r"p_\w{20}"]))

Build = Callable[[Case], Sample]
each_case = pytest.mark.parametrize("case", SHIPPED, ids=lambda case: case.name)


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory) -> Build:
    """Makes a case's repository, once for all who read it."""
    made: dict[str, Sample] = {}

    def find(case: Case) -> Sample:
        if case.name not in made:
            made[case.name] = eval_cases.build(case, tmp_path_factory.mktemp("case") / "repository")
        return made[case.name]

    return find


@functools.cache
def changed_lines(path: Path, base: str, head: str) -> dict[tuple[str, str], set[int]]:
    """The line numbers that git says were added and removed, by side and path."""
    with open_checkout(str(path), timeout=60, max_scan_bytes=2**20) as checkout:
        files = checkout.change(base, head).files
    touched = {("head", file.path): {line.new or 0 for line in file.added_lines()} for file in files}
    return touched | {
        ("base", file.old_path): {line.old or 0 for line in file.removed_lines()} for file in files
    }


def test_the_set_is_spread_as_documented() -> None:
    assert len(SHIPPED) >= 20
    languages = {Kind.TYPESCRIPT, Kind.JAVA, Kind.GO}
    kinds = set(Counter(case.definition.kind for case in SHIPPED))
    assert kinds >= set(Kind) - languages - {Kind.OPEN_MODELS, Kind.CODING_ASSISTANTS}
    expected = [case.definition.expected for case in SHIPPED]
    assert sum(each.no_questions and each.no_facts for each in expected) >= 7
    assert sum(any(question.required for question in each.questions) for each in expected) >= 8
    assert sum(any(fact.required for fact in each.facts) for each in expected) >= 4
    assert sum(bool(each.injection) for each in expected) >= 2
    assert sum(len(each.movements) > 0 for each in expected) >= 12
    assert all(each.forbidden for each in expected)


def test_a_third_of_the_cases_is_clean_and_each_language_has_several() -> None:
    expected = [case.definition.expected for case in SHIPPED]
    assert sum(each.no_questions and each.no_facts for each in expected) >= len(SHIPPED) * 0.3
    endings = {".py": 20, ".ts": 10, ".java": 9, ".go": 5}
    for ending, fewest in endings.items():
        assert sum(any(path.endswith(ending) for path in case.head) for case in SHIPPED) >= fewest, ending


def test_the_list_of_cases_names_each_with_its_kind_and_title() -> None:
    listed = [
        line for line in (FOLDER / "README.md").read_text("utf-8").split("\n") if line.startswith("| [`")
    ]
    assert [row.rsplit(" | ", 1)[0] for row in listed] == [
        f"| [`{case.name}`]({case.name}/case.yaml) | {case.definition.kind} | {case.definition.title}"
        for case in SHIPPED
    ]


@pytest.mark.contract
@each_case
def test_every_expectation_has_a_place_in_the_change(case: Case, build: Build) -> None:
    made = build(case)
    touched = changed_lines(made.path, made.base, made.head)
    expected = case.definition.expected
    places_of_items = [
        *(movement.places for movement in expected.movements),
        *(fact.places for fact in expected.facts),
        *(question.places for question in expected.questions),
    ]
    for places in places_of_items:
        changed = [case.lines(place) & touched.get((place.side, place.path), set()) for place in places]
        assert any(changed), f"none of {places} is in the change"
    for place in expected_places(expected):
        assert len(case.lines(place)) <= 12, f"{place} is no place but half a file"


@each_case
def test_a_case_is_small_and_its_change_is_too(case: Case, build: Build) -> None:
    made = build(case)
    touched = changed_lines(made.path, made.base, made.head)
    assert 3 <= len(case.head) <= 10
    assert 3 <= sum(map(len, touched.values())) <= 120


def faults_of(text: str, language: str) -> list[str]:
    """What the parser of the signals could not make sense of."""
    return [node.text() for node in SgRoot(text, language).root().find_all(kind="ERROR")]


@pytest.mark.parametrize(
    ("language", "good", "bad"),
    [
        ("typescript", "const a: number = 1;\n", "function f( {\n"),
        ("tsx", "const a = <p>one</p>;\n", "const a = <p>one;\n"),
        ("java", "class A { int x = 1; }\n", "class A { int x = ; }\n"),
        ("go", "package a\n\nfunc f() {}\n", "package a\n\nfunc f() { x := = 1 }\n"),
    ],
)
def test_a_file_of_another_language_that_cannot_be_parsed_is_noticed(
    language: str, good: str, bad: str
) -> None:
    assert faults_of(good, language) == []
    assert faults_of(bad, language)


@each_case
def test_what_can_be_parsed_parses(case: Case) -> None:
    for tree in (case.base, case.head):
        for path, text in tree.items():
            if path.endswith(".py"):
                compile(text, path, "exec", dont_inherit=True)
            elif path.endswith(".jsonl"):
                assert [json.loads(line) for line in text.splitlines()]
            elif language := LANGUAGES.get(Path(path).suffix):
                assert faults_of(text, language) == [], path


@each_case
def test_a_case_says_that_it_is_a_sample(case: Case) -> None:
    for tree in (case.base, case.head):
        assert "This is a sample" in tree["README.md"]


def test_no_file_of_a_case_holds_anything_like_a_key() -> None:
    files = [file for file in FOLDER.rglob("*") if file.is_file() and "__pycache__" not in file.parts]
    assert len(files) > 150
    assert [file for file in files if KEY_LIKE.search(file.read_text("utf-8"))] == []


def test_a_planted_key_stands_in_the_repository(build: Build) -> None:
    (case,) = (case for case in SHIPPED if case.definition.planted)
    made = build(case)
    assert KEY_LIKE.search((made.path / "scripts" / "after-release.sh").read_text())


@each_case
def test_a_repository_has_the_texts_and_messages_of_its_case(case: Case, build: Build) -> None:
    made = build(case)
    with Repo(made.path) as repository:
        names = repository.git.ls_tree("-r", "--name-only", made.head).splitlines()
        assert {name: (made.path / name).read_text("utf-8") for name in names} == case.head
        assert repository.head.commit.message.strip() == case.definition.commits.head.strip()
        assert repository.commit(made.base).message.strip() == case.definition.commits.base.strip()


def test_the_same_case_gives_the_same_commits(tmp_path: Path) -> None:
    first, second = (eval_cases.build(SHIPPED[0], tmp_path / name) for name in "ab")
    assert (first.base, first.head) == (second.base, second.head)


@pytest.mark.contract
@pytest.mark.parametrize(
    "case",
    [case for case in SHIPPED if case.definition.expected.no_questions and case.definition.expected.no_facts],
)
def test_signals_are_silent_about_a_clean_case(case: Case, build: Build) -> None:
    made = build(case)
    report = reviewing.review(made.path, made.base, made.head)
    assert report.concerns == ()
    assert report.questions == ()


def test_the_shipped_thresholds_load() -> None:
    shipped = eval_cases.thresholds(None)
    assert shipped.signals
    assert shipped.model


def case_file(folder: Path, text: str) -> Path:
    for side, content in (("base", "x = 1\n"), ("head", "x = 2\n")):
        (folder / "mine" / side).mkdir(parents=True)
        (folder / "mine" / side / "a.py").write_text(content)
    (folder / "mine" / "case.yaml").write_text(text)
    return folder


GOOD = """
title: One becomes two
story: "Sample: a number grows."
kind: python
commits: {base: One, head: Two}
expected:
  questions:
    - {decision: why two, checks: [risk.2], places: [{path: a.py, line: "x = 2"}]}
"""


def test_a_case_of_ones_own_loads_and_has_no_thresholds_but_its_folders(tmp_path: Path) -> None:
    folder = case_file(tmp_path / "cases", GOOD)
    (case,) = eval_cases.load(folder, None, CRITERIA)
    assert (case.name, case.head) == ("mine", {"a.py": "x = 2\n"})
    assert not eval_cases.thresholds(folder).signals
    (tmp_path / "thresholds.yaml").write_text("signals: {noise: {at_most: 0}}\n")
    assert eval_cases.thresholds(folder).signals


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (GOOD.replace("x = 2", "x = 3"), "no line of head/a.py matches"),
        (GOOD.replace("risk.2", "risk.77"), "no check risk.77"),
        (GOOD.replace("kind: python", "kind: cobol"), "kind"),
        (GOOD + "colour: red\n", "colour"),
        ("{", "cannot be read"),
        ("- a list\n", "has errors"),
    ],
)
def test_a_case_that_is_not_in_order_is_told(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(UserError, match=said):
        eval_cases.load(case_file(tmp_path, text), None, CRITERIA)


SECOND = "author: a second reader\nexpected: {no_questions: true, no_facts: true}\n"


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_is_accepted(tmp_path: Path, kind: Kind) -> None:
    folder = case_file(tmp_path / "cases", GOOD.replace("kind: python", f"kind: {kind}"))
    (case,) = eval_cases.load(folder, None, CRITERIA)
    assert case.definition.kind is kind
    assert case.second is None


def test_a_second_author_is_loaded_beside_the_first(tmp_path: Path) -> None:
    folder = case_file(tmp_path / "cases", GOOD)
    (folder / "mine" / "second.yaml").write_text(SECOND)
    (case,) = eval_cases.load(folder, None, CRITERIA)
    assert case.second is not None
    assert (case.second.author, case.second.expected.no_questions) == ("a second reader", True)
    assert len(case.definition.expected.questions) == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (SECOND.replace("author: a second reader\n", ""), r"second.yaml has errors: author: Field required"),
        (SECOND + "title: x\n", "second.yaml has errors: title"),
        ("author: [", "second.yaml cannot be read"),
        (
            SECOND.replace(
                "{no_questions: true, no_facts: true}",
                "{facts: [{what: none, checks: [risk.77], places: [{path: a.py, line: nine}]}]}",
            ),
            "second.yaml: no line of head/a.py matches 'nine'; second.yaml: the rubric has no check risk.77",
        ),
    ],
)
def test_a_second_author_that_is_not_in_order_is_told(tmp_path: Path, text: str, said: str) -> None:
    folder = case_file(tmp_path / "cases", GOOD)
    (folder / "mine" / "second.yaml").write_text(text)
    with pytest.raises(UserError, match=said):
        eval_cases.load(folder, None, CRITERIA)


def test_a_folder_without_cases_and_a_name_that_is_none_are_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no cases in"):
        eval_cases.load(tmp_path, None, CRITERIA)
    with pytest.raises(UserError, match="adk-latest-alias"):
        eval_cases.load(None, "no-such-case", CRITERIA)
