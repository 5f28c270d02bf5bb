"""What askers say about answers: it shows nothing of them to others, and offers a person when it must."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa

from bot.domain.enquiries.records import (
    Answer,
    AnswerSource,
    Feedback,
    FeedbackReason,
    HandoverReason,
    Kind,
    Place,
)
from bot.domain.enquiries.trends import Trends
from bot.workflows.enquiries.trends import read_trends
from tests.entrypoints.webhooks import now
from tests.workflows.articulation.talking import ADA, SOME_DAYS
from tests.workflows.enquiries.asking_people import LEA, AskingPeople, asking_people
from tests.workflows.whole_dojo import PARTICIPANT

GAP, REASON, WORDS = "join.gap", "join.reason", "join.gap_text"


@pytest.fixture(name="asking")
def people_who_ask(own_engine: sa.Engine) -> Iterator[AskingPeople]:
    with asking_people(own_engine) as made:
        yield made
        assert made.slack.problems == []


def kept(it: AskingPeople, answer: Answer) -> Answer:
    with it.here.store.read() as tx:
        found = tx.enquiries.get_answer(answer.id)
    assert found
    return found


def refreshed(it: AskingPeople, answer: Answer) -> bool:
    """Whether the answer is about to be shown again."""
    begun = [argument for kind, argument in it.here.engine.jobs if kind == "enquiry"]
    waiting = [job.argument for job in it.waiting("enquiry")]
    return any(one.get("again") and one["message"] == answer.message for one in (*begun, *waiting))


def gaps(it: AskingPeople) -> list[str]:
    with it.here.store.read() as tx:
        return [words for _, _, words in tx.handbooks.gaps(it.member(ADA).cohort)]


def says_not_helpful(
    it: AskingPeople, answer: Answer, reason: FeedbackReason, *, settles: bool = True, **values: object
) -> dict[str, str]:
    """Let Ada say that an answer didn't help; return the errors of the form."""
    assert not it.ada.click(it.message_of(answer), "enquiries.not_helpful").failed
    sent = it.ada.submit({REASON: reason.value, **{f"join.{key}": value for key, value in values.items()}})
    it.here.handled()
    if settles:
        it.settle()
    return sent.errors


def test_helpful_is_kept_and_the_answer_is_shown_again(asking: AskingPeople) -> None:
    answer = asking.asks_sensei()
    assert not asking.ada.click(asking.message_of(answer), "enquiries.helpful").failed
    asking.here.handled()
    assert kept(asking, answer).feedback is Feedback.HELPFUL
    assert refreshed(asking, answer)


def test_what_was_wrong_is_kept_with_its_reason_and_no_gap_without_the_tick(asking: AskingPeople) -> None:
    answer = asking.asks_sensei()
    assert says_not_helpful(asking, answer, FeedbackReason.WRONG, settles=False) == {}
    found = kept(asking, answer)
    assert (found.feedback, found.feedback_reason) == (Feedback.NOT_HELPFUL, FeedbackReason.WRONG)
    assert refreshed(asking, answer)
    assert gaps(asking) == []


def test_a_gap_has_the_words_as_the_asker_left_them_and_nobodys_name(asking: AskingPeople) -> None:
    answer = asking.asks_sensei(source=AnswerSource.NOTHING, words="Ada here: who owns staging?")
    errors = says_not_helpful(
        asking, answer, FeedbackReason.KNEW_IT, gap=["show"], gap_text="Who owns staging?"
    )
    assert errors == {}
    assert gaps(asking) == ["Who owns staging?"]
    with asking.engine.connect() as connection:
        [row] = connection.exec_driver_sql("SELECT * FROM handbook_gap").all()
    assert asking.member(ADA).person not in str(row)
    assert len(row) == 4, "its number, the cohort, the words and the day"


def test_a_gap_has_no_secret(asking: AskingPeople) -> None:
    key = "AK" + "IA" + "QW3ERTYUIO5PASDF"
    answer = asking.asks_sensei(source=AnswerSource.NOTHING)
    words = f"Is {key} ours?"
    assert says_not_helpful(asking, answer, FeedbackReason.WRONG, gap=["show"], gap_text=words) == {}
    [gap] = gaps(asking)
    assert key not in gap
    assert gap.startswith("Is ")


def test_a_gap_needs_a_reason_for_which_a_page_may_be_missing(asking: AskingPeople) -> None:
    answer = asking.asks_sensei()
    errors = says_not_helpful(asking, answer, FeedbackReason.KNEW_IT, gap=["show"])
    assert "doesn't mean a page is missing" in errors["gap"]
    assert gaps(asking) == []
    assert asking.ada.submit({REASON: "too_vague", WORDS: " ! "}).errors == {
        "gap_text": "Please say what the handbook should answer, or untick the box."
    }
    assert asking.ada.submit({REASON: "too_vague", WORDS: "Who decides?"}).errors == {}
    asking.settle()
    assert gaps(asking) == ["Who decides?"]


@pytest.mark.parametrize("kind", [Kind.DESIGN, Kind.DEBUGGING])
def test_what_is_about_their_own_work_is_no_gap(asking: AskingPeople, kind: Kind) -> None:
    answer = asking.asks_sensei(kind=kind)
    assert not asking.ada.click(asking.message_of(answer), "enquiries.not_helpful").failed
    assert "handbook" not in asking.form(asking.ada)


def test_after_the_second_time_a_person_is_offered_once(asking: AskingPeople) -> None:
    first = asking.asks_sensei()
    thread = asking.enquiry(first).thread
    says_not_helpful(asking, first, FeedbackReason.TOO_VAGUE)
    assert "Would you like to ask" not in asking.in_thread(first)[-1]
    second = asking.asks_sensei(thread=thread, words="And now?")
    says_not_helpful(asking, second, FeedbackReason.TOO_VAGUE)
    assert "Would you like to ask Sen" in asking.in_thread(first)[-1]
    third = asking.asks_sensei(thread=thread, words="Still?")
    says_not_helpful(asking, third, FeedbackReason.TOO_VAGUE)
    assert sum("Would you like to ask" in said for said in asking.in_thread(first)) == 1
    offer = next(it for it in asking.ada.messages if "Would you like to ask" in it["text"])
    assert not asking.ada.click(offer, "enquiries.hand_over").failed
    assert not asking.ada.submit({"join.summary": "Who decides?"}).errors
    asking.settle(SOME_DAYS)
    assert "Who decides?" in asking.heard(asking.sen)[-1]
    assert asking.handover(first).reason is HandoverReason.NOT_HELPFUL


def test_who_would_rather_ask_a_person_is_offered_one_at_once(asking: AskingPeople) -> None:
    answer = asking.asks_sensei()
    says_not_helpful(asking, answer, FeedbackReason.WANTED_A_PERSON)
    assert "Would you like to ask Sen" in asking.in_thread(answer)[-1]
    assert asking.heard(asking.sen) == []


def test_nobody_is_offered_where_nobody_is(asking: AskingPeople) -> None:
    answer = asking.asks_sensei(LEA)
    assert not asking.lea.click(asking.message_of(answer), "enquiries.not_helpful").failed
    assert not asking.lea.submit({REASON: "wanted_a_person"}).errors
    asking.settle()
    assert not any("Would you like" in said for said in asking.heard(asking.lea))


def test_somebody_elses_answer_can_be_neither_rated_nor_passed_on(asking: AskingPeople) -> None:
    answer = asking.asks_sensei()
    for action in ("enquiries.helpful", "enquiries.not_helpful", "enquiries.hand_over"):
        asking.forges(LEA, action, answer.id)
        assert asking.lea.modal is None
    assert kept(asking, answer).feedback is None
    with asking.here.store.read() as tx:
        assert tx.handovers.of(answer.enquiry) == []


def test_who_presses_somebody_elses_button_hears_that_it_is_not_for_them(asking: AskingPeople) -> None:
    answer = asking.asks_sensei(place=Place.CHANNEL)
    asking.sol.click(asking.message_of(answer), "enquiries.helpful")
    asking.settle()
    said = asking.heard(asking.sol)[-1]
    assert "This button isn't for you, or the question is gone." in said, said
    assert "Nothing was changed." in said


def test_figures_of_a_cohort_count_what_was_said_within_four_weeks(asking: AskingPeople) -> None:
    cohort = asking.member(ADA).cohort
    names = [ADA, *(f"Participant {number}" for number in range(4))]
    for name in names[1:]:
        asking.joins(name, PARTICIPANT)
    for name in [ADA, ADA, *names]:  # one person's many answers aren't enough
        answer = asking.asks_sensei(name)
        with asking.here.store.begin() as tx:
            assert read_trends(tx, cohort, now()).helpful is None
            tx.enquiries.rate(answer.id, Feedback.HELPFUL)
    with asking.here.store.read() as tx:
        assert read_trends(tx, cohort, now()) == Trends(7, 7, None)
        assert read_trends(tx, cohort, now() + timedelta(weeks=4, minutes=1)) == Trends()
