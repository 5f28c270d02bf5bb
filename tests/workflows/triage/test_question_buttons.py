"""Deciding about a waiting question in Slack: once, by whoever may, and for good."""

import json

import pytest
import sqlalchemy as sa

from bot.domain.dojo.people import EnrolmentState
from bot.domain.pull_requests.records import QuestionState
from tests.entrypoints.webhooks import now
from tests.workflows.articulation.talking import SEN, SOL
from tests.workflows.triage.holding_back import HoldingBack, holding_back

WORLD = holding_back

KEEP, REWORD, WITHDRAW = "triage.keep", "triage.reword", "triage.withdraw"
WORDS = "Who <pays> & *why*, @channel?"
TOO_LATE = "This question has already been withdrawn, so I haven't changed anything."


def posting(it: HoldingBack) -> list[dict[str, object]]:
    """What is to be posted on the pull request, begun or not."""
    with it.engine.connect() as connection:
        rows = (
            connection.execute(sa.text("SELECT argument FROM job WHERE kind = 'questions'")).scalars().all()
        )
    arguments = [json.loads(row) if isinstance(row, str) else row for row in rows]
    return [{**argument, "key": ""} for argument in arguments]


@pytest.mark.parametrize(("away", "role"), [(False, "sensei"), (True, "deputy")])
def test_keep_posts_the_question_in_the_name_of_the_role(it: HoldingBack, away: bool, role: str) -> None:
    if away:
        it.goes_away(SEN, SOL)
    reader = it.sol if away else it.sen
    [number] = it.proposes("Why?")
    reader.click(it.card(reader), KEEP)
    it.settle()
    assert it.question(number).state is QuestionState.KEPT
    named = {"deputy": True} if away else {}
    assert posting(it) == [{"questions": [number], "key": "", **named}]
    person = it.member(SOL if away else SEN).person
    assert it.audited("questions.keep") == [(person, f"questions:[{number}]", role)]
    assert it.ada.messages == []


def test_of_two_clicks_one_counts_and_the_other_gets_one_sentence(it: HoldingBack) -> None:
    [number] = it.proposes("Why?")
    card = it.card(it.sen)
    it.sen.click(card, WITHDRAW)
    it.sen.click(card, KEEP)
    it.settle()
    assert it.question(number).state is QuestionState.WITHDRAWN
    assert posting(it) == []
    assert it.heard(it.sen)[1:] == [f"I couldn't save your decision. {TOO_LATE}"]


def test_a_reworded_question_is_kept_in_the_senseis_words_beside_the_original(it: HoldingBack) -> None:
    [number] = it.proposes("Why?")
    card = it.card(it.sen)
    assert not it.sen.click(card, REWORD).failed
    assert not it.sen.submit({"triage.text": f"  {WORDS}  "}).errors
    it.settle()
    asked = it.question(number)
    assert (asked.text, asked.original_text, asked.state) == (WORDS, "Why?", QuestionState.KEPT)
    assert len(posting(it)) == 1
    assert [role for *_, role in it.audited("questions.reword")] == ["sensei"]
    [said] = it.heard(it.sen)
    assert f"Q{number} was reworded and kept: Who <pays> & ∗why∗" in said
    assert "<!channel>" not in json.dumps(it.sen.messages)
    with it.here.store.read() as tx:
        assert WORDS not in str([(job.id, job.argument) for job in tx.jobs.due(now(), 1000)])


def test_wording_without_a_word_or_too_late_is_refused_in_the_form(it: HoldingBack) -> None:
    [number] = it.proposes("Why?")
    it.sen.click(it.card(it.sen), REWORD)
    assert it.sen.submit({"triage.text": " … "}).errors == {
        "text": "Please write a question. To drop this one, cancel and choose Withdraw."
    }
    it.sets_question(number, QuestionState.WITHDRAWN)
    assert it.sen.submit({"triage.text": WORDS}).errors == {"text": TOO_LATE}
    assert it.question(number).text == "Why?"


def test_nobody_else_can_decide_and_neither_can_a_sensei_whose_role_was_revoked(it: HoldingBack) -> None:
    [number] = it.proposes("Why?")
    card = it.card(it.sen)
    for other in (it.ada, it.sol, it.people["Lea"]):
        for button in (KEEP, REWORD, WITHDRAW):
            other.click(card, button)
    it.sets(SEN, EnrolmentState.LEFT)
    it.sen.click(card, KEEP)
    it.settle()
    assert it.question(number).state is QuestionState.PROPOSED
    assert it.audited("questions.keep") == it.audited("questions.withdraw") == []


def test_withdraw_asks_before_it_is_saved(it: HoldingBack) -> None:
    it.proposes("Why?")
    [row] = [block for block in it.card(it.sen)["blocks"] if block["type"] == "actions"]
    assert [bool(element.get("confirm")) for element in row["elements"]] == [False, False, True]


def test_what_is_kept_about_a_private_pull_request_is_asked_in_a_direct_message(it: HoldingBack) -> None:
    with it.here.store.begin() as tx:
        tx.pull_requests.set_private(it.pull_request, True)
    [number] = it.proposes("Why?")
    it.sen.click(it.card(it.sen), KEEP)
    it.settle()
    assert it.question(number).state is QuestionState.ASKED
    assert posting(it) == []
    assert "just for you" in it.heard(it.ada)[0]
