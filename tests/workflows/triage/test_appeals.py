"""Second opinions: who names whom, whose ruling counts, and what ends an appeal. Each ends in one way."""

import pytest

from bot.domain.dojo.people import EnrolmentState
from bot.domain.triage.records import AppealState, RulerRole
from bot.errors import UserError
from bot.workflows.privacy.export import find_person
from tests.workflows.triage.appealing import ADA, DEE, LEA, SEN, SOL, SOME_DAYS, Appealing, appealing
from tests.workflows.whole_dojo import LEAD, SENSEI

WORLD = appealing

REASON = "See the <trace> & my notes"


def test_a_second_sensei_whom_a_lead_names_rules_and_everyone_hears_their_part(it: Appealing) -> None:
    first = it.rules(SEN, level=1, sentence="A number", reason="No numbers & why")
    appeal = it.appeals(first, REASON)
    assert "A lead will name a second sensei" in it.heard(it.ada)[-1]
    it.settle(SOME_DAYS)
    [asked] = it.heard(it.lea)
    assert "asks for a second opinion on the ruling about The quality speed by Sen & ˋSonsˋ" in asked
    assert "needs a second sensei" in it.home(it.lea)
    it.names(appeal, SOL)
    [card] = it.heard(it.sol)
    assert f"The participant's reason {REASON}" in card
    assert "Sen & ˋSonsˋ gave 1 · level 1" in card
    assert "To the participant: “A number” For other senseis: “No numbers & why”" in card
    assert f"{it.capstone}:speed" in str(it.sol.messages)
    assert "Sol will read the evidence and make a ruling." in it.heard(it.ada)[-1]
    assert "Sol has been asked to rule" in it.home(it.lea)
    second = it.rules(SOL, level=3)
    assert (second.role, second.appeal) == (RulerRole.SECOND, appeal.id)
    it.settle(SOME_DAYS)
    told = it.heard(it.ada)[-1]
    assert "Sol, as the second sensei, has looked at 1 criterion" in told
    assert "3 · level 3" in told
    assert "Before, it was 1 · level 1." in told
    assert "This is the second opinion that you asked for." in told
    assert "Sol has ruled on The quality speed for" in it.heard(it.sen)[-1]
    assert "3 · level 3" in it.heard(it.sen)[-1]
    assert it.heard(it.sol)[0].endswith("You've ruled, so this is settled.")
    assert "Sol has ruled." in it.heard(it.lea)[0]
    assert "[" not in it.heard(it.lea)[0]
    assert "given by a second sensei" in it.home(it.ada)


@pytest.mark.contract
def test_leads_and_the_first_sensei_read_no_words_and_nothing_is_kept_but_ids(it: Appealing) -> None:
    first = it.rules(SEN, sentence="SENTENCE", reason="PRIVATE")
    appeal = it.appeals(first, "WORDS")
    it.names(appeal, SOL)
    it.rules(SOL, level=2, sentence="SENTENCE too", reason="PRIVATE too")
    it.settle(SOME_DAYS)
    it.home(it.lea)
    it.home(it.sen)
    shown = [str(person.messages) + str(person.home) for person in (it.lea, it.sen)]
    for words in ("WORDS", "SENTENCE", "PRIVATE"):
        assert words not in "".join(shown)
        assert words not in it.stored_words()
    assert "PRIVATE" not in str(it.ada.messages) + it.home(it.ada)
    for words in ("WORDS", "SENTENCE", "PRIVATE"):
        assert words not in str(it.sol.messages), "after the ruling, nothing of it is repeated"


@pytest.mark.contract
def test_while_a_second_sensei_is_named_only_they_can_rule_and_it_is_final(it: Appealing) -> None:
    it.names(it.appeals(it.rules(SEN)), SOL)
    with pytest.raises(UserError, match="under appeal, so I haven't saved anything"):
        it.rules(SEN, level=2)
    with pytest.raises(UserError, match="not currently this participant's sensei"):
        it.rules(SOL, "safety")
    second = it.rules(SOL, level=2)
    it.settle(SOME_DAYS)
    with pytest.raises(UserError, match="that ruling is final"):
        it.rules(SEN, level=1)
    with pytest.raises(UserError, match="not currently this participant's sensei"):
        it.rules(SOL, level=1)
    assert "given a newer ruling on this" in it.refused(
        it.ada, it.shows(it.ada, '"triage.appeal"'), "triage.appeal"
    )
    it.evidence_moves("speed.2")
    again = it.rules(SEN, level=1)
    assert (again.role, again.appeal) == (RulerRole.SENSEI, None)
    it.settle(SOME_DAYS)
    it.appeals(again)
    assert it.appeal(second) is None


def test_until_an_appeal_is_decided_or_taken_back_the_own_sensei_cant_rule_on_it_again(it: Appealing) -> None:
    ruling = it.rules(SEN)
    appeal = it.appeals(ruling)
    with pytest.raises(UserError, match="under appeal, so I haven't saved anything"):
        it.rules(SEN, level=3)
    assert it.appeal_now(appeal).state is AppealState.ASKED
    it.settle(SOME_DAYS)
    it.ada.click(it.shows(it.ada, "triage.take_back"), f"triage.take_back:{ruling.id}")
    it.settle(SOME_DAYS)
    assert it.rules(SEN, level=3).role is RulerRole.SENSEI


@pytest.mark.contract
@pytest.mark.parametrize("named", [False, True])
def test_a_participant_can_take_it_back_until_it_is_ruled_and_not_ask_again(
    it: Appealing, named: bool
) -> None:
    first = it.rules(SEN)
    appeal = it.appeals(first)
    it.settle(SOME_DAYS)
    if named:
        it.names(appeal, SOL)
    card = it.shows(it.ada, "triage.take_back")
    it.ada.click(card, f"triage.take_back:{first.id}")
    it.ada.click(card, f"triage.take_back:{first.id}")
    it.settle(SOME_DAYS)
    assert it.appeal_now(appeal).state is AppealState.WITHDRAWN
    assert "You took your request back, so the ruling stays as it is." in " ".join(it.heard(it.ada))
    assert "nothing to take back" in it.whispered(it.ada) + " ".join(it.heard(it.ada))
    assert "The request was taken back" in it.heard(it.lea)[0]
    assert "Second opinions" not in it.home(it.lea)
    if named:
        [card_of_sol] = it.heard(it.sol)
        assert card_of_sol.endswith("The request was taken back, so you don't need to do anything.")
        with pytest.raises(UserError, match="not currently this participant's sensei"):
            it.rules(SOL)
    assert "so you can't ask again" in it.refused(
        it.ada, it.shows(it.ada, '"triage.appeal"'), "triage.appeal"
    )
    assert it.rules(SEN, level=2).role is RulerRole.SENSEI


@pytest.mark.contract
def test_a_lead_can_name_someone_else_and_the_one_before_reads_so(it: Appealing) -> None:
    appeal = it.appeals(it.rules(SEN))
    it.names(appeal, SOL)
    it.names(appeal, DEE)
    assert "A lead will ask someone else, so you don't need to do anything." in it.heard(it.sol)[0]
    assert REASON not in it.heard(it.sol)[0]
    with pytest.raises(UserError, match="under appeal"):
        it.rules(SOL)
    it.names(appeal, SOL)
    assert REASON in it.heard(it.sol)[-1]
    assert it.rules(SOL, level=2).role is RulerRole.SECOND


def test_the_form_offers_only_senseis_who_can_rule_and_refuses_all_others(it: Appealing) -> None:
    it.joins("Paused", SENSEI)
    it.joins("Barred", SENSEI)
    it.sets("Paused", EnrolmentState.PAUSED)
    it.never_again("Barred")
    it.appeals(it.rules(SEN))
    it.settle(SOME_DAYS)
    it.lea.click(it.shows(it.lea, "triage.assign"), "triage.assign")
    assert it.lea.modal
    document = str(it.lea.modal.document)
    assert [name in document for name in ("Sol", "Dee", "Paused", "Barred")] == [True, True, False, False]
    assert it.member(SEN).person not in document
    it.lea.submit({"join.second": it.member(SOL).person})
    it.never_again(SOL)
    it.settle(SOME_DAYS)
    assert "That sensei can no longer be asked" in it.heard(it.lea)[-1]
    assert it.heard(it.sol) == []


def test_without_a_lead_on_slack_the_participant_reads_whom_to_tell(it: Appealing) -> None:
    first = it.rules(SEN)
    it.sets(LEA, EnrolmentState.LEFT)
    it.appeals(first)
    assert "none of your leads is on Slack. Please tell one of them" in it.heard(it.ada)[-1]
    it.sets(LEA, EnrolmentState.ACTIVE)
    assert "needs a second sensei" in it.home(it.lea)


@pytest.mark.contract
def test_without_another_sensei_the_request_waits(it: Appealing) -> None:
    for name in (SOL, DEE):
        it.sets(name, EnrolmentState.LEFT)
    it.appeals(it.rules(SEN))
    it.settle(SOME_DAYS)
    it.lea.click(it.shows(it.lea, "triage.assign"), "triage.assign")
    assert "There's currently nobody I can ask." in it.form(it.lea)
    assert "The request will wait until there is someone." in it.form(it.lea)
    it.lea.closes()
    it.sets(SOL, EnrolmentState.ACTIVE)
    it.lea.click(it.shows(it.lea, "triage.assign"), "triage.assign")
    assert not it.lea.submit({"join.second": it.member(SOL).person}).errors


@pytest.mark.contract
@pytest.mark.parametrize("state", [EnrolmentState.LEFT, EnrolmentState.PAUSED])
def test_if_the_second_sensei_goes_the_leads_are_asked_again(it: Appealing, state: EnrolmentState) -> None:
    appeal = it.appeals(it.rules(SEN))
    it.names(appeal, SOL)
    it.leaves(SOL, state)
    found = it.appeal_now(appeal)
    assert (found.state, found.second) == (AppealState.ASKED, None)
    assert len([said for said in it.heard(it.lea) if "asks for a second opinion" in said]) == 2
    assert "Please name a second sensei" in it.heard(it.lea)[-1]
    assert REASON not in " ".join(it.heard(it.sol))
    it.names(appeal, DEE)
    assert it.rules(DEE, level=2).role is RulerRole.SECOND


def test_a_second_sensei_whose_role_ends_without_a_word_has_to_be_replaced(it: Appealing) -> None:
    appeal = it.appeals(it.rules(SEN))
    it.names(appeal, SOL)
    it.sets(SOL, EnrolmentState.LEFT)
    for name in (SOL, SEN):
        with pytest.raises(UserError, match="under appeal"):
            it.rules(name)
    assert "needs a second sensei" in it.home(it.lea)


def test_leads_name_nobody_for_themselves_nor_for_their_own_ruling(it: Appealing) -> None:
    it.joins(ADA, LEAD)
    it.joins(SEN, LEAD)
    it.appeals(it.rules(SEN))
    it.settle(SOME_DAYS)
    assert "asks for a second opinion" not in " ".join([*it.heard(it.sen), *it.heard(it.ada)])
    assert "needs a second sensei" not in it.home(it.ada)
    card = it.shows(it.lea, "triage.assign")
    for other in (it.ada, it.sen):
        assert "so another lead must name the second sensei" in it.refused(other, card, "triage.assign")
    it.sets(LEA, EnrolmentState.LEFT)
    assert "needs a second sensei" in it.home(it.sen), "there is no other lead"


@pytest.mark.contract
def test_who_leaves_takes_their_request_back_and_a_former_participants_is_void(it: Appealing) -> None:
    appeal = it.appeals(it.rules(SEN))
    it.names(appeal, SOL)
    it.leaves(ADA)
    assert it.appeal_now(appeal).state is AppealState.WITHDRAWN
    assert "The request was taken back" in it.heard(it.sol)[0]


def test_if_the_capstone_gets_another_participant_nobody_is_asked_to_rule(it: Appealing) -> None:
    appeal = it.appeals(it.rules(SEN))
    it.names(appeal, SOL)
    card = it.shows(it.lea, "triage.assign")
    it.changes_hands("Bo")
    assert "Second opinions" not in it.home(it.lea)
    assert "doesn't allow that" in it.refused(it.lea, card, "triage.assign")
    with pytest.raises(UserError, match="not currently this participant's sensei"):
        it.rules(SOL)


def test_if_the_participant_is_erased_nothing_is_left_of_the_appeal(it: Appealing) -> None:
    appeal = it.appeals(it.rules(SEN), "WORDS of mine")
    ada = it.member(ADA).person
    it.settle()
    with it.here.store.begin() as tx:
        who = find_person(tx, ada)
        tx.erasures.erase_person(who, tx.people.traces(who))
    it.settle(SOME_DAYS)
    with it.here.store.read() as tx:
        assert tx.appeals.find(appeal.id) is None
    assert ada not in it.stored_words("job", "effect")
    assert it.heard(it.lea) == []
    assert "Second opinions" not in it.home(it.lea)


@pytest.mark.contract
@pytest.mark.parametrize("name", [SEN, SOL, LEA])
def test_nobody_else_can_appeal_or_take_back(it: Appealing, name: str) -> None:
    first = it.rules(SEN)
    it.settle(SOME_DAYS)
    other, message = it.people[name], it.ada.messages[-1]
    other.click(message, "triage.appeal")
    assert other.modal is None or "Which ruling?" not in it.form(other)
    appeal = it.appeals(first)
    other.click(it.shows(it.ada, "triage.take_back"), f"triage.take_back:{first.id}")
    it.settle()
    assert it.appeal_now(appeal).state is AppealState.ASKED


def test_a_request_needs_a_reason_and_comes_once(it: Appealing) -> None:
    first = it.rules(SEN)
    it.settle(SOME_DAYS)
    card = it.shows(it.ada, "triage.appeal")
    it.ada.click(card, "triage.appeal")
    assert "One sentence is enough" in str(
        it.ada.submit({"join.ruling": str(first.id), "join.reason": " "}).errors
    )
    assert "Please shorten this" in str(
        it.ada.submit({"join.ruling": str(first.id), "join.reason": "x" * 1001}).errors
    )
    assert not it.ada.submit({"join.ruling": str(first.id), "join.reason": REASON}).errors
    it.settle()
    assert "You've already asked" in it.refused(it.ada, card, "triage.appeal")
    assert len([said for said in it.heard(it.ada) if "You asked for" in said]) == 1
