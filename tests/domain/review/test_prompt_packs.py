from collections.abc import Sequence, Set

import pytest

from bot.adapters.files.rubrics import load
from bot.domain.evals.cases import Case
from bot.domain.review.citations import SourceText
from bot.domain.review.context import ReadableFile
from bot.domain.review.prompt_packs import choose_packs
from bot.domain.rubrics.overlays import with_packs
from tests.domain.changes import readable
from tests.evaluating import SHIPPED

LIBRARY = load("capstone")
PACKS = LIBRARY.packs
OWN = {check.id for criterion in LIBRARY.rubric.criteria for check in criterion.checks}


def chosen(*files: ReadableFile, words: Sequence[str] = (), only: Sequence[str] = ()) -> list[str]:
    packs = [pack for pack in PACKS if not only or pack.id in only]
    return [pack.id for pack in choose_packs(packs, files, [], words, set())]


def test_a_change_of_a_page_sees_no_pack() -> None:
    assert chosen(readable("web/page.css", "a {color: red}\n", "a {color: blue}\n")) == []


@pytest.mark.parametrize(
    ("path", "before", "after", "expected"),
    [
        ("a.py", "import anthropic\nx = 1\n", "import anthropic\nx = 2\n", ["anthropic"]),
        ("a.py", "import openai\nx = 1\n", None, ["openai"]),
        ("a.py", "import openai\n", "import ollama\n", ["open-models", "openai"]),
        ("CLAUDE.md", None, "Run the tests.\n", ["coding-assistants"]),
        ("docs/a.md", "We use a model.\n", "We use Bedrock.\n", ["amazon-bedrock"]),
        ("config.yaml", "name: a\n", "name: claude-opus-5-5\n", ["anthropic"]),
        ("requirements.txt", "openai==1.0.0\nhttpx==1.0.0\n", "openai==2.0.0\nhttpx==1.0.0\n", ["openai"]),
        ("requirements.txt", "openai==1.0.0\nhttpx==1.0.0\n", "openai==1.0.0\nhttpx==2.0.0\n", []),
    ],
)
def test_a_pack_is_shown_where_its_technology_is_used_or_named(
    path: str, before: str | None, after: str | None, expected: list[str]
) -> None:
    assert chosen(readable(path, before, after)) == expected


def test_the_words_of_the_author_name_a_technology() -> None:
    page = readable("a.css", "a\n", "b\n")
    assert chosen(page, words=["Prepare for the Claude API"]) == ["anthropic"]


def test_words_about_models_in_general_show_the_packs_in_use_if_they_are_few() -> None:
    limit = readable("settings.py", "MAX_TOKENS = 400\n", "MAX_TOKENS = 800\n")
    assert chosen(limit, only=["openai", "anthropic"]) == ["anthropic", "openai"]
    assert chosen(limit, words=["For Claude alone"]) == ["anthropic"]
    assert chosen(limit) == []


def test_of_many_packs_in_use_those_with_a_check_on_the_topic_are_shown() -> None:
    draft = readable("settings.py", 'GUARDRAIL_VERSION = "3"\n', 'GUARDRAIL_VERSION = "DRAFT"\n')
    assert chosen(draft) == ["amazon-bedrock", "openai"]


def test_a_pack_is_shown_if_the_code_that_calls_what_changed_uses_its_technology() -> None:
    heading = readable("heading.py", "def heading(): return 'Shifts'\n", "def heading(): return now()\n")
    caller = SourceText.of("answer.py", "c", "head", "import anthropic\nfrom heading import heading\n", [])
    assert choose_packs(PACKS, [heading], [], [], set()) == []
    assert [pack.id for pack in choose_packs(PACKS, [heading], [caller], [], set())] == ["anthropic"]


def test_a_pack_whose_signal_matched_is_shown() -> None:
    page = readable("a.css", "a\n", "b\n")
    assert [pack.id for pack in choose_packs(PACKS, [page], [], [], {"openai"})] == ["openai"]


def unreachable(case: Case, shown: Set[str]) -> list[str]:
    """Return what a case requires and what no reader could report who sees only the checks in ``shown``."""
    expected = case.definition.expected
    movements = [movement.check for movement in expected.movements if movement.required]
    facts = [fact.what for fact in expected.facts if fact.required and shown.isdisjoint(fact.checks)]
    questions = [
        question.decision
        for question in expected.questions
        if question.required and shown.isdisjoint(question.checks)
    ]
    return [*(check for check in movements if check not in shown), *facts, *questions]


def changes(case: Case) -> list[ReadableFile]:
    paths = sorted(case.base.keys() | case.head.keys())
    sides = [(path, case.base.get(path), case.head.get(path)) for path in paths]
    return [readable(path, base, head) for path, base, head in sides if base != head]


def unchanged(case: Case) -> list[SourceText]:
    kept = {path: text for path, text in case.head.items() if case.base.get(path) == text}
    return [SourceText.of(path, "c", "head", text, []) for path, text in kept.items()]


@pytest.mark.parametrize("case", SHIPPED, ids=lambda case: case.name)
def test_everything_that_a_case_requires_can_be_reported(case: Case) -> None:
    """Whatever packs are in use: with all of them, the choice is at its strictest.

    All other code of the case is nearby.
    """
    facts = case.definition
    words = [facts.commits.head]
    words += [facts.pull_request.title, facts.pull_request.body] if facts.pull_request else []
    shown = with_packs(LIBRARY.rubric, choose_packs(PACKS, changes(case), unchanged(case), words, set()))
    checks = {check.id for criterion in shown.criteria for check in criterion.checks}
    assert not unreachable(case, checks)
    assert checks >= OWN


def test_a_name_without_latin_letters_is_not_found_in_every_change() -> None:
    own = LIBRARY.packs[0].model_copy(update={"id": "own", "title": "日本語", "criteria": {}})
    own = own.model_copy(update={"detect": own.detect.model_copy(update={"imports": {}, "dependencies": {},
                                 "contains": ["::"], "infrastructure": []})})  # fmt: skip
    changed = readable("web/page.css", "a {color: red}\n", "a {color: blue}\n")
    assert choose_packs([own], [changed], [], ["(Blue.)"], set()) == []
