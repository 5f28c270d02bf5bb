"""Ruling in Slack: once, by whoever is on duty, and told where the question was talked about."""

from typing import Any

import pytest

from bot.domain.dojo.people import EnrolmentState
from bot.domain.pull_requests.records import QuestionState, Ruling
from tests.fakes.slack import Person
from tests.workflows.articulation.talking import SEN, SOL, SOME_DAYS, Talking
from tests.workflows.articulation.test_disputes import disputes_in_public

STANDS, WITHDRAW = "articulation.stands", "articulation.withdraw_question"


def card(it: Talking, reader: Person) -> dict[str, Any]:
    it.settle(SOME_DAYS)
    return reader.messages[-1]


@pytest.mark.contract
@pytest.mark.parametrize(
    ("button", "ruling", "state", "said"),
    [
        (STANDS, Ruling.STANDS, QuestionState.ASKED, "This question stands, so please answer it"),
        (WITHDRAW, Ruling.WITHDRAWN, QuestionState.WITHDRAWN, "and withdrawn this question."),
    ],
)
def test_a_private_ruling_is_told_in_private_alone(
    it: Talking, button: str, ruling: Ruling, state: QuestionState, said: str
) -> None:
    number = it.asks_in_private()
    it.disputes("Moot.")
    it.sen.click(card(it, it.sen), button)
    it.settle()
    assert (it.question(number).ruling, it.question(number).state) == (ruling, state)
    assert it.waiting("ruling") == []
    told = it.heard(it.ada)[-1]
    assert f"Your sensei has read both sides{'' if ruling is Ruling.WITHDRAWN else '.'}" in told
    assert said in told
    assert it.audited("questions.settle") == [(it.member(SEN).person, f"question:{number}", "sensei")]
    if ruling is Ruling.STANDS:
        it.answers(number, "Well then.")
        assert it.words_of(number) == ["Well then."]
        it.ada.says("And more.", thread=it.ada.messages[-1]["ts"])
        it.settle()
        assert it.words_of(number) == ["Well then.", "And more."]


@pytest.mark.parametrize(("away", "about"), [(False, {}), (True, {"deputy": True})])
def test_a_public_ruling_is_posted_with_the_role_of_who_ruled(
    it: Talking, away: bool, about: dict[str, bool]
) -> None:
    if away:
        it.goes_away(SEN, SOL)
    reader = it.sol if away else it.sen
    number = disputes_in_public(it, "Moot.")
    reader.click(card(it, reader), STANDS)
    it.here.handled()
    assert [argument for kind, argument in it.here.engine.jobs if kind == "ruling"] == [
        {"question": number, **about}
    ]
    [(who, _, role)] = it.audited("questions.settle")
    assert who == it.member(SOL if away else SEN).person
    assert role == ("deputy" if away else "sensei")
    assert it.ada.messages == []


def test_of_two_clicks_one_counts_and_the_other_gets_one_sentence(it: Talking) -> None:
    number = disputes_in_public(it, "Moot.")
    shown = card(it, it.sen)
    it.sen.click(shown, STANDS)
    it.sen.click(shown, WITHDRAW)
    it.settle()
    assert it.question(number).ruling is Ruling.STANDS
    assert len(it.audited("questions.settle")) == 1
    [refused] = it.heard(it.sen)[1:]
    assert refused == (
        "I couldn't save your decision. Someone has already ruled on this question, or the "
        "dispute has ended, so I haven't changed anything. You don't need to do anything."
    )


def test_after_the_last_day_a_deputy_can_no_longer_rule_and_the_sensei_can(it: Talking) -> None:
    it.goes_away(SEN, SOL)
    number = disputes_in_public(it, "Moot.")
    shown = card(it, it.sol)
    it.comes_back(SEN)
    it.sol.click(shown, STANDS)
    it.settle()
    assert it.question(number).state is QuestionState.DISPUTED
    assert "You're not currently this participant's sensei" in it.heard(it.sol)[-1]
    it.sen.click(shown, STANDS)
    it.settle()
    assert it.question(number).ruling is Ruling.STANDS


def test_a_sensei_whose_role_was_revoked_cannot_rule(it: Talking) -> None:
    number = disputes_in_public(it, "Moot.")
    shown = card(it, it.sen)
    it.sets(SEN, EnrolmentState.LEFT)
    it.sen.click(shown, STANDS)
    it.settle()
    assert it.question(number).state is QuestionState.DISPUTED
    assert it.audited("questions.settle") == []


def test_nobody_else_can_rule(it: Talking) -> None:
    number = disputes_in_public(it, "Moot.")
    shown = card(it, it.sen)
    for other in (it.ada, it.sol, it.people["Lea"]):
        other.click(shown, WITHDRAW)
    it.settle()
    assert it.question(number).state is QuestionState.DISPUTED


def test_each_button_asks_before_it_rules(it: Talking) -> None:
    disputes_in_public(it, "Moot.")
    shown = card(it, it.sen)
    [row] = [block for block in shown["blocks"] if block["type"] == "actions"]
    assert [bool(element.get("confirm")) for element in row["elements"]] == [True, True]


def test_what_was_said_while_a_question_was_disputed_is_heard_once_it_stands(it: Talking) -> None:
    number = it.asks_in_private()
    it.disputes("Moot.")
    it.ada.says("It is moot, really.", thread=it.ada.messages[0]["ts"])
    it.here.handled()
    assert it.words_of(number) == ["It is moot, really."]
    assert it.question(number).state is QuestionState.DISPUTED
    assert it.waiting("hear") == []
    it.sen.click(card(it, it.sen), STANDS)
    it.here.handled()
    assert it.question(number).state is QuestionState.ANSWERED
    assert [job.argument for job in it.waiting("hear")] == [{"question": number}]
