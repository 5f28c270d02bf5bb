"""A profile is shown to its sensei and to leads, to read; others do not learn whether somebody is there."""

import pytest

from bot.domain.dojo.people import CohortRole
from bot.domain.pairing.states import PairState
from bot.rendering.dojo import slack_sensei_requests
from bot.rendering.dojo.slack_profile_view import SHOW
from tests.entrypoints.webhooks import now
from tests.fakes.slack import Person, look
from tests.workflows.peopled import Peopled

PARTICIPANT, SENSEI, LEAD = CohortRole.PARTICIPANT, CohortRole.SENSEI, CohortRole.LEAD


def joined(it: Peopled, name: str, role: CohortRole = PARTICIPANT, **answers: object) -> Person:
    """Let somebody join by the form, and be confirmed where that is needed."""
    person = it.slack.person(name)
    person.command(f"/dojo join {role}")
    later = {field: answers.pop(field) for field in ("some", "goals", "prefers") if field in answers}
    person.submit({f"join.{field}": value for field, value in answers.items()})
    it.settle()
    if later:
        person.command("/dojo profile")
        person.submit({f"join.{field}": value for field, value in later.items()})
        it.settle()
    return person


def paired(it: Peopled, participant: Person, sensei: Person) -> None:
    one, other = it.member(participant), it.member(sensei, SENSEI)
    with it.here.store.begin() as tx:
        made = tx.pairings.propose(one.cohort, "operator", now(), ())
        pair = tx.pairings.add(made.id, one.person, other.person, fit=1, reasons=(), at=now())
        tx.pairings.set_state(pair.id, PairState.ACTIVE, now())


def seen(person: Person) -> str:
    """What the view before somebody says; empty if there is none."""
    return " ".join(look.text(person.modal.document).split()) if person.modal else ""


@pytest.fixture
def lead(on_sqlite: Peopled) -> Person:
    return on_sqlite.here.enrolled("Lea", LEAD)


def test_a_lead_reads_the_profile_of_a_sensei_before_they_confirm_them(
    on_sqlite: Peopled, lead: Person
) -> None:
    it = on_sqlite
    answers = {
        "a_lot": ["security"],
        "some": ["risk"],
        "stacks": ["anthropic"],
        "goals": "To <!channel> help",
    }
    joined(it, "Sen", SENSEI, capacity="3", **answers)
    [asked] = lead.messages
    lead.click(asked, f"{SHOW}:{it.members(SENSEI)[0].enrolment}")
    shown = seen(lead)
    for part in ("Sen", "sensei in dojo", "Security and data protection", "Risk", "Anthropic", "help"):
        assert part in shown
    for part in ("Monday", "09:00 to 17:00 (Europe/London)", "Up to 3 participants"):
        assert part in shown
    assert "<!channel>" not in str(lead.modal and lead.modal.document)
    assert lead.modal
    assert lead.modal.document.get("submit") is None
    lead.click(asked, slack_sensei_requests.CONFIRM)
    it.settle()
    assert "Confirmed by Lea." in lead.messages[0]["text"]


def test_a_sensei_reads_their_participants_profile_and_brief_and_nobody_elses(on_sqlite: Peopled) -> None:
    it = on_sqlite
    sen = it.here.enrolled("Sen", SENSEI)
    ada = joined(it, "Ada Byron", brief="An agent that answers letters", goals="To learn")
    bo = joined(it, "Bo")
    paired(it, ada, sen)
    for name in (f"<@{ada.id}|ada>", "Ada Byron", "ada b"):
        sen.command(f"/dojo profile {name}")
        assert "An agent that answers letters" in seen(sen), name
        sen.closes()
    enrolment = it.member(bo).enrolment
    refused = {
        name: sen.command(f"/dojo profile {name}").text
        for name in (f"<@{bo.id}>", "Bo", "Nobody", "<@U0NOBODY>", f"{enrolment}", "lea")
    }
    assert len(set(refused.values())) == 1
    assert refused["Bo"].startswith(
        "I can't show you that profile. You can see your own with `/dojo profile`."
    )
    assert sen.modal is None


def test_a_button_of_somebody_elses_opens_nothing(on_sqlite: Peopled, lead: Person) -> None:
    it = on_sqlite
    sen = joined(it, "Sen", SENSEI)
    [asked] = lead.messages
    action = f"{SHOW}:{it.member(sen, SENSEI).enrolment}"
    for person in (it.here.ada, it.slack.person("Guest")):
        person.click(asked, action)
        assert person.modal is None
        assert person.told
    asked["blocks"][1]["elements"][2]["value"] = "no number"
    lead.click(asked, action)
    assert lead.modal is None


def test_leads_read_everyones_and_nobody_reads_what_was_said_in_confidence(
    on_sqlite: Peopled, lead: Person
) -> None:
    it = on_sqlite
    bo = joined(it, "Bo")
    ada = joined(it, "Ada Byron", brief="Letters", prefers=[bo.id])
    one, other = it.member(ada), it.member(bo)
    with it.here.store.begin() as tx:
        tx.never_pairs.add(one.cohort, one.person, other.person, "We were married", now())
    lead.command("/dojo profile Ada Byron")
    assert "Letters" in seen(lead)
    assert not any(word in seen(lead) for word in ("Bo", bo.id, "married"))
    lead.closes()
    assert "Nobody with a profile in this dojo is called" in lead.command("/dojo profile Zoe").text
    lead.command(f"/dojo profile <@{it.here.ada.id}>")
    assert "They haven't filled in their profile yet." in seen(lead)


def test_ones_own_profile_is_the_form_as_before(on_sqlite: Peopled) -> None:
    ada = joined(on_sqlite, "Ada Byron")
    for name in ("", "participant", f"<@{ada.id}|ada>", "@Ada Byron"):
        assert not ada.command(f"/dojo profile {name}").text
        assert ada.modal
        assert ada.modal.document["submit"], name
        ada.closes()
    assert "You don't have the role" in ada.command("/dojo profile sensei").text
