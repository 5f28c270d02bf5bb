"""Leads confirm or decline senseis who joined on their own: by the real listeners."""

from bot.domain.dojo.people import CohortRole, EnrolmentState
from bot.rendering.dojo import slack_sensei_requests as rendering
from tests.workflows.peopled import Peopled, texts

PARTICIPANT, SENSEI, LEAD = CohortRole.PARTICIPANT, CohortRole.SENSEI, CohortRole.LEAD


def test_a_sensei_waits_for_a_lead(it: Peopled) -> None:
    lead = it.here.enrolled("Lea", LEAD)
    other = it.here.enrolled("Leo", LEAD)
    sen = it.slack.person("Sen")
    sen.command("/dojo join sensei")
    sen.submit({"join.capacity": "3"})
    it.settle()
    assert it.member(sen, SENSEI).state is EnrolmentState.PAUSED
    assert "A lead has to confirm this first" in texts(sen.messages)[-1]
    assert "still has to confirm" in sen.command("/dojo resume").text
    [offer] = lead.messages
    assert f"Sen (<@{sen.id}>) would like to be a sensei" in offer["text"]
    # Nobody else can: not by the button, wherever they have it from.
    it.here.ada.click(offer, rendering.CONFIRM)
    it.settle()
    assert it.member(sen, SENSEI).state is EnrolmentState.PAUSED
    lead.click(offer, rendering.CONFIRM)
    it.settle()
    mine = it.member(sen, SENSEI)
    assert (mine.state, mine.profile.capacity if mine.profile else 0) == (EnrolmentState.ACTIVE, 3)
    assert "has confirmed you as a sensei" in texts(sen.messages)[-1]
    assert "link your GitHub account" in texts(sen.messages)[-1]
    assert "I'll ask you here before I pair you with anyone." in texts(sen.messages)[-1]
    assert [("Confirmed by Lea." in texts(each.messages)[-1]) for each in (lead, other)] == [True, True]
    assert len(it.audited("sensei.confirm")) == 1
    # The other lead's click comes too late, and is told so.
    other.click(offer, rendering.DECLINE)
    it.settle()
    assert it.member(sen, SENSEI).state is EnrolmentState.ACTIVE
    assert "This request no longer needs an answer" in texts(other.messages)[-1]
    # Who leaves and comes back was confirmed already.
    sen.command("/dojo leave")
    sen.submit()
    it.settle()
    sen.command("/dojo join sensei")
    sen.submit()
    it.settle()
    assert it.member(sen, SENSEI).state is EnrolmentState.ACTIVE


def test_who_was_declined_may_ask_again_a_day_later(on_sqlite: Peopled) -> None:
    it, lead, sen = on_sqlite, on_sqlite.here.enrolled("Lea", LEAD), on_sqlite.slack.person("Sen")
    for times in (1, 2):
        sen.command("/dojo join sensei")
        sen.submit()
        it.settle()
        assert it.member(sen, SENSEI).state is EnrolmentState.PAUSED
        assert len(lead.messages) == times
        lead.click(lead.messages[-1], rendering.DECLINE)
        it.settle()
        assert it.member(sen, SENSEI).state is EnrolmentState.LEFT
        assert lead.messages[-1]["text"].endswith(" Lea declined.")
        assert "so you're not a sensei there" in texts(sen.messages)[-1]
        assert "You can ask again in a day with `/dojo join sensei`." in texts(sen.messages)[-1]
        it.a_day_passes()


def test_a_lead_sees_whose_account_it_is_whatever_name_they_typed(on_sqlite: Peopled) -> None:
    it, lead = on_sqlite, on_sqlite.here.enrolled("Lea", LEAD)
    sen, mallory = it.slack.person("Sen"), it.slack.person("Mallory")
    mallory.command("/dojo join sensei")
    mallory.submit({"join.name": f"Sen (<@{sen.id}>)"})
    it.settle()
    [offer] = lead.messages
    for shown in (offer["text"], texts([offer])[0]):
        assert f"<@{mallory.id}>" in shown
        assert f"<@{sen.id}>" not in shown


def test_leads_are_asked_once_and_see_when_nobody_waits_any_more(on_sqlite: Peopled) -> None:
    it, lead, sen = on_sqlite, on_sqlite.here.enrolled("Lea", LEAD), on_sqlite.slack.person("Sen")
    for _ in (1, 2):
        sen.command("/dojo join sensei")
        sen.submit()
        it.settle()
    assert len(lead.messages) == 1
    sen.command("/dojo leave")
    sen.submit()
    it.settle()
    assert "They left before anyone answered." in lead.messages[0]["text"]
    it.a_day_passes()
    sen.command("/dojo join sensei")
    sen.submit()
    it.settle()
    assert len(lead.messages) == 2
    lead.click(lead.messages[-1], rendering.CONFIRM)
    it.settle()
    assert it.member(sen, SENSEI).state is EnrolmentState.ACTIVE
    assert all("elements" not in str(each["blocks"]) for each in lead.messages)
