"""What is shown of a model's answer, and what is shown instead."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.enquiries.answering import (
    MOST_OF_AN_EXCERPT,
    NoModelReason,
    find_sensitive,
    write_passages,
    write_sensitive,
)
from bot.domain.enquiries.records import AnswerSource, Kind, Rung
from bot.domain.sources.documents import FoundPassage, Passage
from tests.domain.enquiries.drafts import STORES, claim, draft, hint, passage, write

HONEST = yaml.safe_load((Path(__file__).parent / "honest_answers.yaml").read_text("utf-8"))
DEFAULT = claim("Requests time out after 10 minutes by default.", "time out after 10 minutes by default")
OPTION = claim("The `timeout` option accepts seconds.", "configure this with the `timeout` option")
RETRY = claim("Requests that time out are retried twice.", "Requests that time out are retried twice.")
EXTENSION = claim(
    "An extension keeps vectors and rows in one transaction.", "keeps vectors and rows in one transaction"
)
SERVICE = claim("A service scales by itself and has its own backups.", "A service scales by itself and has")
ASKED = "Where should I keep the vectors of my capstone?"
TRY = "I keep them in a file now, and loading it takes a minute after each restart"
PLACES = ("memory", "file", "table", "archive", "bucket", "cluster")
QUESTION = "What do your users notice after a restart?"


def found(case: dict[str, Any]) -> list[FoundPassage]:
    return [
        FoundPassage(
            "s", "d", one["title"], Passage(tuple(one.get("headings", ())), one["text"], one["link"]), 1.0
        )
        for one in case["passages"]
    ]


@pytest.mark.parametrize("case", HONEST, ids=lambda case: case["asked"])
def test_honest_answers_pass_in_full(case: dict[str, Any]) -> None:
    written = write(draft(case["kind"], *case["claims"]), case["asked"], passages=found(case))
    assert (written.kind, written.source, written.refused) == (case["kind"], AnswerSource.MODEL, "")
    assert written.covered
    for number, one in enumerate(case["claims"], start=1):
        assert f"{one['text']} [{number}]" in written.text
        assert written.citations[number - 1].quote == one["quote"]


def test_there_are_thirty_honest_answers() -> None:
    assert len(HONEST) >= 30


def test_sentences_come_with_the_numbers_of_their_sources_and_then_the_question() -> None:
    other = passage(STORES, "Stores", "")
    service = {**SERVICE, "passage": 2}
    written = write(
        draft("fact", DEFAULT, service, OPTION), "What's the timeout?", passages=[passage(), other]
    )
    assert written.text == (
        "Requests time out after 10 minutes by default. [1] A service scales by itself and has its own "
        "backups. [2] The `timeout` option accepts seconds. [3]"
    )
    assert [(one.title, one.link) for one in written.citations] == [
        ("Timeouts", "https://docs.example.org/t"),
        ("Stores", ""),
        ("Timeouts", "https://docs.example.org/t"),
    ]
    question = "What do your users notice when it's slow?"
    written = write(draft("design", question=question), ASKED)
    assert (written.text, written.rung, written.citations) == (question, Rung.REFRAME, ())


def test_two_sentences_of_one_quote_share_its_number() -> None:
    again = claim("After 10 minutes, requests time out by default.", "time out after 10 minutes by default")
    assert write(draft("fact", DEFAULT, again), "And the timeout?").text.count("[1]") == 2


def test_a_refused_sentence_is_left_out_and_the_rest_is_shown() -> None:
    bad = claim("Set the timeout to 30 seconds in your capstone.", "accepts seconds")
    written = write(draft("fact", bad, DEFAULT), "What's the timeout?")
    assert written.text == "Requests time out after 10 minutes by default. [1]"
    assert written.refused


def test_if_nothing_passes_the_passages_are_shown_and_sensei_says_so() -> None:
    bad = claim("Set the timeout to 30 seconds in your capstone.", "accepts seconds")
    written = write(draft("fact", bad), "What's the timeout?")
    assert (written.source, written.rung, written.covered) == (AnswerSource.PASSAGES, None, True)
    assert written.text == "I couldn't put this into my own words, so here's what my sources say: [1]"
    assert "30" not in str(written.citations)
    assert written.refused == "says more than its source"


def test_a_quote_that_is_in_no_passage_shows_nothing_of_its_sentence() -> None:
    written = write(draft("fact", claim("Requests never time out.", "never time out at all")), "Timeout?")
    assert (written.source, written.refused) == (AnswerSource.PASSAGES, "quote not found")


@pytest.mark.parametrize("passages", [[], [passage()]])
def test_what_no_source_covers_is_said(passages: list[FoundPassage]) -> None:
    written = write(draft("fact", DEFAULT, covered=False), "Who won the cup?", passages=passages)
    assert (written.source, written.text, written.covered) == (
        AnswerSource.NOTHING,
        "My sources don't cover this.",
        False,
    )
    assert written.citations == ()


def test_a_sensitive_message_gets_fixed_words_and_no_advice() -> None:
    assert find_sensitive("I can't cope any more")
    written = write(draft("fact", DEFAULT, question="What would help you?"), "I can't cope any more")
    assert written == write_sensitive()
    assert write(draft("sensitive", DEFAULT), "What's the timeout?") == write_sensitive()
    assert (written.kind, written.source, written.covered) == (Kind.SENSITIVE, AnswerSource.FIXED, False)


def test_at_most_five_sentences_are_shown() -> None:
    text = " ".join(f"Option number {n} sets the limit {n} of the client." for n in range(11, 18))
    claims = [
        claim(f"Option number {n} sets the limit {n}.", f"Option number {n} sets the limit {n}")
        for n in range(11, 18)
    ]
    written = write(draft("fact", *claims), "Which options are there?", passages=[passage(text, "Options")])
    assert len(written.citations) == 5


def test_hints_go_one_step_further_after_a_try() -> None:
    stores = [passage(STORES, "Stores")]
    answers = [hint(Rung.POINT)]
    document = draft("design", EXTENSION, SERVICE, question=QUESTION, tried=TRY)
    written = write(document, ASKED, f"{TRY}.", passages=stores, answers=answers)
    assert (written.rung, len(written.citations)) == (Rung.OPTIONS, 2)
    assert written.text.endswith(f"\n\n{QUESTION}")


def test_without_a_try_the_same_hint_is_given_again() -> None:
    stores = [passage(STORES, "Stores")]
    document = draft(
        "design", EXTENSION, SERVICE, EXTENSION, question=QUESTION, tried="just tell me which of the two"
    )
    answers = [hint(Rung.REFRAME)]
    written = write(document, ASKED, "just tell me which of the two", passages=stores, answers=answers)
    assert written.rung is Rung.REFRAME
    assert len(written.citations) <= 1


def test_a_first_hint_names_nothing_new_that_could_solve_it() -> None:
    source = passage(
        "A rate limiter with Redis refuses calls above 60 a minute. A call that waits holds its worker."
    )
    limiter = claim(
        "A rate limiter with Redis refuses calls above 60 a minute.",
        "A rate limiter with Redis refuses calls",
    )
    waits = claim("A call that waits holds its worker.", "A call that waits holds its worker.")
    written = write(
        draft("design", limiter, waits, question=QUESTION), "How should I build this?", passages=[source]
    )
    assert "Redis" not in written.text
    assert written.text.startswith("A call that waits holds its worker. [1]")
    assert written.refused == "names a solution"


def test_options_need_two_and_are_otherwise_a_pointer() -> None:
    stores = [passage(STORES, "Stores")]
    document = draft("design", EXTENSION, question=QUESTION, tried=TRY)
    written = write(document, ASKED, TRY, passages=stores, answers=[hint(Rung.POINT)])
    assert written.rung is Rung.POINT
    written = write(
        draft("design", question=QUESTION, tried=TRY), ASKED, TRY, passages=stores, answers=[hint(Rung.POINT)]
    )
    assert written.rung is Rung.REFRAME


def test_one_of_two_that_they_hesitate_between_is_not_named_alone() -> None:
    stores = [passage(STORES, "Stores")]
    asked, answers = "Should I take an extension or a service?", [hint(Rung.REFRAME)]
    both = draft("design", EXTENSION, SERVICE, question=QUESTION, tried=TRY)
    one = draft("design", EXTENSION, question=QUESTION, tried=TRY)
    assert len(write(both, asked, TRY, passages=stores, answers=answers).citations) == 2
    written = write(one, asked, TRY, passages=stores, answers=answers)
    assert (written.text, written.refused) == (QUESTION, "names one option of several")


def test_at_most_four_options_are_shown() -> None:
    sentences = [f"The {place} store keeps vectors and rows together." for place in PLACES]
    text, claims = " ".join(sentences), [claim(one, one) for one in sentences]
    document = draft("design", *claims, question=QUESTION, tried=TRY)
    written = write(document, ASKED, TRY, passages=[passage(text, "Stores")], answers=[hint(Rung.POINT)])
    assert (written.rung, len(written.citations)) == (Rung.OPTIONS, 4)


@pytest.mark.parametrize("kind", [Kind.DESIGN, Kind.DEBUGGING])
@pytest.mark.parametrize("rung", list(Rung))
def test_a_refused_question_is_replaced_by_sensei_s_own(kind: Kind, rung: Rung) -> None:
    stores = [passage(STORES, "Stores")]
    given = [hint(one, kind=kind) for one in list(Rung)[: list(Rung).index(rung)]]
    tried = TRY if given else ""
    document = draft(kind, EXTENSION, SERVICE, question="Have you thought about an extension?", tried=tried)
    written = write(document, "Where do the vectors go?", TRY, passages=stores, answers=given)
    assert written.rung is rung
    assert "thought about" not in written.text
    assert written.text.endswith("?")
    assert written.refused


def test_a_first_hint_of_which_nothing_passes_is_sensei_s_own_question() -> None:
    document = draft("design", claim("Use Qdrant.", "keeps vectors and rows"), question="Would Qdrant do?")
    written = write(document, ASKED, passages=[passage(STORES, "Stores")])
    assert (written.rung, written.citations) == (Rung.REFRAME, ())
    assert written.text == "Which part of this would be hard to change later?"


def test_a_plainer_question_takes_the_place_of_one_that_may_not_be_asked() -> None:
    document = draft("design", question="Would Qdrant do?") | {"plainer": "What do your users see?"}
    written = write(document, ASKED, passages=[])
    assert (written.text, bool(written.refused)) == ("What do your users see?", True)
    document |= {"plainer": "Would Milvus do?"}
    assert "Milvus" not in write(document, ASKED, passages=[]).text


def test_what_may_not_be_said_in_a_models_words_is_quoted_if_it_is_a_fact() -> None:
    wrong = claim("Vectors are always best kept in rows of gold.", "keeps vectors and rows")
    written = write(draft("fact", wrong), "What does it keep?", passages=[passage(STORES, "Stores")])
    assert written.source is AnswerSource.PASSAGES
    assert [one.quote for one in written.citations] == ["keeps vectors and rows"]


def test_sensei_does_not_repeat_its_own_question() -> None:
    document = draft("design", question="Would Qdrant do?", tried=TRY)
    said: list[str] = []
    for _ in range(3):
        answers = [hint(Rung.REFRAME, text) for text in said]
        said.append(write(document, ASKED, TRY, passages=[], answers=answers).text)
    assert len(set(said)) == len(said)


def test_a_later_hint_of_which_nothing_passes_is_passages_with_sensei_s_own_question() -> None:
    document = draft(
        "design", claim("Use Qdrant.", "keeps vectors and rows"), question="Would Qdrant do?", tried=TRY
    )
    stores = [passage(STORES, "Stores")]
    written = write(document, ASKED, TRY, passages=stores, answers=[hint(Rung.REFRAME)])
    assert (written.source, written.rung) == (AnswerSource.PASSAGES, None)
    assert [(one.title, one.quote) for one in written.citations] == [("Stores", "")]
    assert "Qdrant" not in written.text
    assert written.text.endswith("?")


def test_a_fact_that_is_really_a_choice_gets_a_hint() -> None:
    use = claim("Use a service for large collections.", "Use a service for large collections.")
    written = write(draft("fact", use), "Which store should I use?", passages=[passage(STORES, "Stores")])
    assert written.kind is Kind.DESIGN
    assert "Use a service" not in written.text


def test_names_of_others_are_not_said() -> None:
    source = passage("Grace Hopper runs the demo on Thursday in the large room.")
    demo = claim("Grace Hopper runs the demo on Thursday.", "Grace Hopper runs the demo on Thursday")
    written = write(
        draft("logistics", demo), "Who runs the demo?", passages=[source], others=["Grace Hopper"]
    )
    assert (written.source, written.refused) == (AnswerSource.PASSAGES, "names a person")


def test_an_earlier_answer_is_not_continued() -> None:
    answers = [hint(None, "The page names the store that", Kind.FACT)]
    assert write(draft("fact", DEFAULT), "And the timeout?", answers=answers).refused == "split over turns"


@pytest.mark.parametrize("why", list(NoModelReason))
def test_passages_alone_say_why(why: NoModelReason) -> None:
    written = write_passages([passage(), passage("word " * 200, "Long", "")], why, Kind.HOW_TO)
    assert (written.kind, written.source, written.covered) == (Kind.HOW_TO, AnswerSource.PASSAGES, True)
    assert written.text.endswith("my sources say: [1] [2]")
    assert written.citations[1].quote.endswith("…")
    assert len(written.citations[1].quote) <= MOST_OF_AN_EXCERPT + 2
    assert len({write_passages([passage()], one).text for one in NoModelReason}) == len(NoModelReason)


def test_without_passages_nothing_is_covered() -> None:
    written = write_passages([], NoModelReason.NO_MODEL)
    assert (written.source, written.text, written.covered) == (
        AnswerSource.NOTHING,
        "My sources don't cover this.",
        False,
    )


@given(
    st.dictionaries(
        st.sampled_from(["kind", "tried", "covered", "claims", "question"]), st.text() | st.none()
    )
)
def test_any_answer_of_a_model_gives_one_that_may_be_shown(document: dict[str, Any]) -> None:
    written = write(document, "What's the timeout?")
    assert written.text
    assert written.source in {
        AnswerSource.MODEL,
        AnswerSource.PASSAGES,
        AnswerSource.NOTHING,
        AnswerSource.FIXED,
    }
