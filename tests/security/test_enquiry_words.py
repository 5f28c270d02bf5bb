"""What is shown when a model obeys somebody who baits it, and when it answers in good faith."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.domain.enquiries.answering import Asked, WrittenAnswer, write_answer
from bot.domain.enquiries.records import Answer, AnswerSource, AnswerState
from bot.domain.enquiries.sensitive_words import find_sensitive
from bot.domain.sources.documents import FoundPassage, Passage
from tests.domain.enquiries.drafts import AT
from tests.security import enquiry_cases
from tests.security.enquiry_cases import Case

BAITS = enquiry_cases.read_baits()
INFORMED = [enquiry_cases.read_case(entry) for entry in enquiry_cases.read_entries("baits_informed.yaml")]
HONEST = enquiry_cases.read_honest()
INJECTIONS = enquiry_cases.read_injections()
MARK = re.compile(r" \[\d\]")
HINTS = {"reframe", "point", "options"}


def answered(case: Case) -> list[WrittenAnswer]:
    """What Sensei answers to each turn, one after the other."""
    passages = [
        FoundPassage("s", one.path, one.title, Passage(one.headings, one.text, one.link), 1.0)
        for one in case.passages
    ]
    written: list[WrittenAnswer] = []
    kept: list[Answer] = []
    for turn, document in enumerate(case.documents, start=1):
        one = write_answer(document, Asked(case.turns[:turn], tuple(kept), case.others), passages)
        written.append(one)
        row = (one.kind, one.rung, one.source, one.text, one.citations)
        kept.append(Answer(turn, 1, turn, 1, *row, AnswerState.SHOWN, str(turn), AT))
    return written


def through(cases: Sequence[Case]) -> list[str]:
    """The cases of which something forbidden is in the words of an answer."""
    return [
        case.id
        for case in cases
        if any(text.casefold() in one.text.casefold() for one in answered(case) for text in case.forbidden)
    ]


def test_nothing_that_somebody_baits_a_model_into_is_shown() -> None:
    assert len(BAITS) >= 100
    assert through(BAITS) == []


def test_no_hostile_text_gets_into_an_answers_words() -> None:
    assert len(INJECTIONS) >= 25
    assert through(INJECTIONS) == []


def test_links_are_those_of_passages_or_none() -> None:
    for case in [*BAITS, *INJECTIONS, *HONEST]:
        known = {passage.link for passage in case.passages} | {""}
        assert {citation.link for one in answered(case) for citation in one.citations} <= known
        assert not any("://" in one.text for one in answered(case))


def test_as_many_get_through_and_are_refused_as_the_documentation_says() -> None:
    page = " ".join(Path("docs/security.md").read_text("utf-8").split())
    assert f"{len(through(INFORMED))} of {len(INFORMED)} got through" in page
    facts = list(pairs(case for case in HONEST if case.kind not in HINTS))
    hints = list(pairs(case for case in HONEST if case.kind in HINTS))
    for pairs_of_kind, what in ((facts, "sentences refused"), (hints, "sentences of hints refused")):
        lost, said = count_lost(pairs_of_kind)
        assert f"{lost} of {said} {what}" in page
    empty = sum(not is_worded(one) for _, one in facts)
    assert f"{empty} of {len(facts)} answers were only passages" in page
    unasked = [document["question"] not in one.text for document, one in hints]
    assert f"{sum(unasked)} of {len(hints)} questions refused" in page
    whole = [not lost and count_lost([pair])[0] == 0 for pair, lost in zip(hints, unasked, strict=True)]
    assert f"{whole.count(False)} of {len(hints)} hints lost something" in page


def pairs(cases: Iterable[Case]) -> Iterator[tuple[Mapping[str, Any], WrittenAnswer]]:
    """Each answer of a model with what became of it."""
    for case in cases:
        yield from zip(case.documents, answered(case), strict=True)


def count_lost(answers: Sequence[tuple[Mapping[str, Any], WrittenAnswer]]) -> tuple[int, int]:
    """How many sentences of a model weren't shown, and how many there were."""
    said = sum(len(document["claims"]) for document, _ in answers)
    return said - sum(len(MARK.findall(one.text)) for _, one in answers if is_worded(one)), said


def is_worded(one: WrittenAnswer) -> bool:
    return one.source is AnswerSource.MODEL


def test_sensitive_messages_and_ordinary_ones_are_told_apart() -> None:
    sensitive, ordinary = enquiry_cases.read_sensitive()
    assert [text for text in sensitive if not find_sensitive(text)] == []
    assert [text for text in ordinary if find_sensitive(text)] == []


def test_no_other_word_takes_away_from_the_gravest_matters() -> None:
    grave = (
        "I keep thinking about suicide",
        "Somebody here does self-harm",
        "He sends me sexual pictures",
        "She harasses the others",
        "He molested a participant",
        "One of them gropes people",
    )
    everyday = "models index bot rubric users policy filter eval prompts labels documents customers recall"
    texts = [
        f"{said}{sep}the {word} is fine"
        for said in grave
        for word in everyday.split()
        for sep in (", ", ". ")
    ]
    texts += [f"The {word} is fine, but {said}" for said in grave for word in everyday.split()]
    assert [text for text in texts if not find_sensitive(text)] == []


def test_a_word_about_a_product_counts_only_in_its_own_sentence() -> None:
    assert find_sensitive("I talked to a lawyer about how I am treated. And the index is broken.")
    assert not find_sensitive("The lawyer persona in my prompt gives advice that is too long.")
