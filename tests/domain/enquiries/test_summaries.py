"""The summary with which a question goes to a person says what was asked, and what Sensei answered."""

from datetime import UTC, datetime

from bot.domain.enquiries.records import Answer, AnswerSource, AnswerState, Kind
from bot.domain.enquiries.summaries import MOST_OF_A_SUMMARY, write_summary

AT = datetime(2026, 11, 30, 10, tzinfo=UTC)


def answer(text: str, source: AnswerSource = AnswerSource.MODEL, kind: Kind = Kind.FACT) -> Answer:
    return Answer(1, 1, 1, 0, kind, None, source, text, (), AnswerState.SHOWN, "1.1", AT)


def test_it_leaves_out_the_numbers_of_sources() -> None:
    written = write_summary(" Who decides? ", answer("The lead decides [1], says [12] the page."))
    assert written == "My question: Who decides?\n\nSensei answered: The lead decides, says the page."


def test_fixed_words_and_sensitive_matters_add_nothing() -> None:
    for said in (
        answer("Please talk to somebody.", AnswerSource.FIXED),
        answer("My sources don't cover this.", AnswerSource.NOTHING),
        answer("Something.", kind=Kind.SENSITIVE),
        answer("  "),
        None,
    ):
        assert write_summary("Help", said) == "My question: Help"


def test_it_always_fits_into_its_field() -> None:
    written = write_summary("q" * 9000, answer("a" * 9000))
    assert len(written) <= MOST_OF_A_SUMMARY
    assert written.count("…") == 2
