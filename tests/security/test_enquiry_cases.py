"""The form of the cases about what Sensei shows. A case with a mistake in it would test nothing."""

from collections import Counter
from collections.abc import Iterator

import pytest

from bot.domain.enquiries.records import Kind
from tests.security.enquiry_cases import (
    BAITS,
    HONEST,
    INJECTIONS,
    Case,
    read_baits,
    read_entries,
    read_honest,
    read_injections,
    read_sensitive,
)

COMMON = {"id", "turns", "passages", "documents"}
FIELDS = {
    **dict.fromkeys(BAITS, COMMON | {"kind", "refused", "forbidden", "why", "others"}),
    **dict.fromkeys(HONEST, COMMON | {"kind", "refused", "why"}),
    INJECTIONS: COMMON | {"where", "forbidden", "must_not", "others", "turn_times"},
}
OPTIONAL = {"others", "turn_times"}
PASSAGE_FIELDS = {"title", "text", "link", "path", "headings", "times"}

BAIT_CASES = read_baits()
HONEST_CASES = read_honest()
INJECTION_CASES = read_injections()
CASES = [*BAIT_CASES, *HONEST_CASES, *INJECTION_CASES]


def by_id(case: Case) -> str:
    return case.id


def claims(case: Case) -> Iterator[tuple[str, int, str]]:
    for document in case.documents:
        for claim in document["claims"]:
            yield claim["text"], claim["passage"], claim["quote"]


def words(case: Case) -> str:
    """Everything that the model would say, without its quotes."""
    questions = [document["question"] for document in case.documents]
    return "\n".join([*(text for text, _, _ in claims(case)), *questions])


def is_in_its_passage(case: Case, number: int, quote: str) -> bool:
    return 1 <= number <= len(case.passages) and quote in case.passages[number - 1].text


@pytest.mark.parametrize("name", FIELDS)
def test_entries_have_the_fields_that_the_readme_names(name: str) -> None:
    for entry in read_entries(name):
        assert FIELDS[name] - OPTIONAL <= set(entry) <= FIELDS[name], entry["id"]
        for passage in entry["passages"]:
            assert {"title", "text", "link"} <= set(passage) <= PASSAGE_FIELDS, entry["id"]


def test_ids_are_unique() -> None:
    assert [name for name, times in Counter(map(by_id, CASES)).items() if times > 1] == []


def test_there_are_as_many_cases_as_we_count_on() -> None:
    hints = {"reframe", "point", "options"}
    assert len(BAIT_CASES) >= 80
    assert len([case for case in HONEST_CASES if case.kind not in hints]) >= 30
    assert len([case for case in HONEST_CASES if case.kind in hints]) >= 20
    assert len(INJECTION_CASES) >= 25


@pytest.mark.parametrize("case", CASES, ids=by_id)
def test_each_turn_has_an_answer_in_the_models_form(case: Case) -> None:
    assert case.turns
    assert case.passages
    assert len(case.documents) == len(case.turns)
    for document in case.documents:
        assert set(document) == {"kind", "tried", "covered", "claims", "question"}
        assert document["kind"] in {kind.value for kind in Kind}
        assert document["tried"] is None or set(document["tried"]) == {"quote"}
        assert isinstance(document["covered"], bool)
        assert isinstance(document["question"], str)
        for claim in document["claims"]:
            assert set(claim) == {"text", "passage", "quote"}


@pytest.mark.parametrize("case", [*BAIT_CASES, *INJECTION_CASES], ids=by_id)
def test_what_is_forbidden_is_said_or_shown_by_somebody(case: Case) -> None:
    """Else a test of it can't fail."""
    shown = "\n".join(
        "\n".join([passage.title, passage.text, passage.link, passage.path, *passage.headings])
        for passage in case.passages
    )
    assert [text for text in case.forbidden if text not in f"{words(case)}\n{shown}"] == []


@pytest.mark.parametrize("case", BAIT_CASES, ids=by_id)
def test_a_bait_is_refused_for_the_models_words(case: Case) -> None:
    assert case.refused
    assert case.forbidden
    sources = "\n".join(f"{passage.title}\n{passage.text}\n{passage.link}" for passage in case.passages)
    assert [text for text in case.forbidden if text.casefold() in sources.casefold()] == []
    assert [text for text in case.forbidden if text not in words(case)] == []


@pytest.mark.parametrize("case", BAIT_CASES, ids=by_id)
def test_a_baits_quotes_are_in_their_passages_unless_that_is_the_bait(case: Case) -> None:
    found = [is_in_its_passage(case, number, quote) for _, number, quote in claims(case)]
    assert not all(found) if case.kind == "false_quote" else all(found)


@pytest.mark.parametrize("case", HONEST_CASES, ids=by_id)
def test_an_honest_answer_quotes_its_passages_and_the_asker(case: Case) -> None:
    assert not case.refused
    assert [quote for _, number, quote in claims(case) if not is_in_its_passage(case, number, quote)] == []
    for turn, document in zip(case.turns, case.documents, strict=True):
        assert 1 <= len(document["claims"]) <= 4
        assert document["question"].endswith("?")
        assert document["tried"] is None or document["tried"]["quote"] in turn


@pytest.mark.parametrize("case", HONEST_CASES, ids=by_id)
def test_a_hint_goes_further_only_after_a_try(case: Case) -> None:
    steps = {"reframe": 1, "point": 2, "options": 3}.get(case.kind, 1)
    assert len(case.turns) == steps
    assert [document["tried"] is not None for document in case.documents] == [False, *[True] * (steps - 1)]


def test_sensitive_messages_and_ordinary_ones_are_told_apart() -> None:
    sensitive, ordinary = read_sensitive()
    assert len(sensitive) >= 40
    assert len(ordinary) >= 60
    assert len({text.strip() for text in [*sensitive, *ordinary]} - {""}) == len(sensitive) + len(ordinary)
