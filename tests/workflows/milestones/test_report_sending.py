"""A participant who asks for their report gets it once, whatever Slack or the process does meanwhile."""

from datetime import timedelta
from typing import Any

import pytest

from bot.adapters import slack as adapter
from bot.domain.dojo.people import EnrolmentState
from bot.workflows.milestones.report_sending import ReportSending
from tests.entrypoints.webhooks import now
from tests.fakes.slack import Fails, Loses
from tests.fakes.steps import Recorded as RecordedSteps
from tests.fakes.steps import Straight
from tests.workflows.milestones.ruled import ADA, BO, CANARY, LEA, SEN, SPEED, Ruled
from tests.workflows.whole_dojo import LEDGERS


@pytest.fixture(name="asked")
def ada_asked(it: Ruled) -> dict[str, Any]:
    """Ada has been ruled on and clicks the button."""
    it.reads("speed.1")
    it.rules(SPEED, 2, sentence="Well argued.")
    ada = it.people[ADA]
    ada.command("/dojo milestone")
    assert ada.modal
    assert not ada.click(ada.modal, f"milestone.report:{it.desk.id}").failed
    return {"person": it.member(ADA).person, "capstone": it.desk.id, "milestone": "design"}


def sending(it: Ruled) -> ReportSending:
    chat = adapter.connect(it.slack.bot_token, it.slack.api_url)
    return ReportSending(chat, it.here.store, lambda: LEDGERS, now)


def test_the_report_arrives_as_a_file_and_the_modal_says_so(it: Ruled, asked: dict[str, Any]) -> None:
    assert "Your report is on its way" in it.form(it.people[ADA])
    it.settle()
    [page] = it.files(it.people[ADA])
    assert "Well argued." in page
    assert CANARY not in page
    assert "I've sent it to nobody else" in it.heard(it.people[ADA])[-1]
    assert not any(it.files(it.people[name]) for name in (BO, SEN, LEA))


def test_a_second_click_within_ten_minutes_sends_no_second_report(it: Ruled, asked: dict[str, Any]) -> None:
    it.forges(it.people[ADA], "milestone.report", f"{it.desk.id}:design")
    it.settle()
    it.forges(it.people[ADA], "milestone.report", f"{it.desk.id}:design")
    it.settle()
    assert len(it.files(it.people[ADA])) == 1
    assert "You've just asked for this report." in it.whispered(it.people[ADA])


@pytest.mark.contract
@pytest.mark.parametrize("value", ["{desk}:final", "{desk}:<b>", "{desk}", "999:design", ""])
def test_a_button_about_anything_else_sends_nothing(it: Ruled, value: str) -> None:
    it.rules(SPEED, 2)
    for name in (ADA, BO, SEN, LEA):
        given = value.format(desk=it.desk.id)
        it.forges(it.people[name], "milestone.report", given)
    it.forges(it.people[BO], "milestone.report", f"{it.desk.id}:design")
    it.forges(it.people[SEN], "milestone.report", f"{it.desk.id}:design")
    it.settle()
    assert not it.slack.files
    assert it.waiting("report") == []


@pytest.mark.contract
@pytest.mark.parametrize("method", ["files.getUploadURLExternal", "upload", "files.completeUploadExternal"])
def test_a_lost_answer_leads_to_one_report(it: Ruled, asked: dict[str, Any], method: str) -> None:
    it.slack.fault(Loses(), method, times=1)
    steps = Straight(it.here.store)
    assert sending(it).run(steps, asked) == {"outcome": "done"}
    assert len(it.files(it.people[ADA])) == 1


@pytest.mark.contract
@pytest.mark.parametrize("lost", ["began", "bring", "share"])
def test_a_death_before_a_steps_result_is_stored_leads_to_one_report(
    it: Ruled, asked: dict[str, Any], lost: str
) -> None:
    steps = RecordedSteps(it.here.store)
    assert sending(it).run(steps, asked)["outcome"] == "done"
    name, _ = steps.record[-1]
    assert name == "share"
    if lost == "share":
        steps.record.pop()  # shared, and the process died before it could note that
    else:
        # The process died while it did this, before anything was shared.
        it.slack.channels[it.people[ADA].dm].messages.clear()
        with it.here.store.begin() as tx:
            tx.effects.session.connection().exec_driver_sql("DELETE FROM effect WHERE key LIKE 'report:%%'")
        del steps.record[[one for one, _ in steps.record].index(lost) :]
    steps.again()
    assert sending(it).run(steps, asked)["outcome"] == "done"
    assert len(it.files(it.people[ADA])) == 1


def test_an_app_without_the_scope_says_who_can_make_the_report(it: Ruled, asked: dict[str, Any]) -> None:
    it.slack.scopes -= {"files:write"}
    it.settle()
    assert "sensei milestone report" in it.heard(it.people[ADA])[-1]
    assert "Nothing was lost" in it.heard(it.people[ADA])[-1]


def test_while_slack_rejects_the_token_the_report_waits(it: Ruled, asked: dict[str, Any]) -> None:
    it.slack.fault(Fails("token_revoked"), "files.getUploadURLExternal")
    before = len(it.waiting("report"))
    assert sending(it).run(Straight(it.here.store), asked) == {"outcome": "paused"}
    assert len(it.waiting("report")) == before + 1
    it.slack.pardon()
    it.settle(timedelta(minutes=1))
    assert it.files(it.people[ADA])


def test_a_participant_who_has_gone_gets_none(it: Ruled, asked: dict[str, Any]) -> None:
    it.sets(ADA, EnrolmentState.LEFT)
    assert sending(it).run(Straight(it.here.store), asked) == {"outcome": "gone"}
    assert not it.slack.files
