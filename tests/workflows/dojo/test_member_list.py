"""Members see who leads their cohort; participants and senseis see who is in it, by name and role alone."""

from bot.domain.dojo.people import CohortRole, EnrolmentState
from bot.domain.pull_requests.records import Account
from tests.entrypoints.webhooks import now
from tests.fakes.slack import look
from tests.workflows.peopled import Peopled

PARTICIPANT, SENSEI, LEAD = CohortRole.PARTICIPANT, CohortRole.SENSEI, CohortRole.LEAD


def test_members_see_their_leads_and_each_other_by_name_and_role_alone(on_sqlite: Peopled) -> None:
    it, ada = on_sqlite, on_sqlite.here.ada
    lead, sen = it.here.enrolled("Lea", LEAD), it.here.enrolled("Sen", SENSEI)
    bo, gone = it.here.enrolled("Bo *B*", PARTICIPANT), it.here.enrolled("Gone", PARTICIPANT)
    waiting = it.slack.person("Waiting")
    waiting.command("/dojo join sensei")
    waiting.submit()
    it.settle()
    paused, left, person = it.member(bo), it.member(gone), it.member(ada).person
    with it.here.store.begin() as tx:
        tx.members.set_state(paused.enrolment, EnrolmentState.PAUSED)
        tx.members.set_state(left.enrolment, EnrolmentState.LEFT)
        tx.members.prove(person, Account(501, "ada-codes"), now())
    for reader in (ada, sen):
        said = reader.command("/dojo people")
        shown = look.text(said.answer)
        assert f"Lea (@{lead.id})" in shown
        after = shown[shown.index("Senseis") :].split()
        assert after == ["Senseis", "•", "Sen", "Participants", "•", "Ada", "Lovelace", "•", "Bo", "∗B∗"]
    alone = look.text(waiting.command("/dojo people").answer)
    assert f"Lea (@{lead.id})" in alone
    assert not any(name in alone for name in ("Sen", "Ada", "Bo", "Waiting"))
    led = look.text(lead.command("/dojo people").answer)
    assert "GitHub ada-codes" in " ".join(led.split())
    assert "To join, use" in it.slack.person("Guest").command("/dojo people").text


def test_leads_are_named_in_the_status_of_those_who_are_none(on_sqlite: Peopled) -> None:
    it = on_sqlite
    assert "Your lead" not in look.text(it.here.ada.command("/dojo status").answer)
    assert "Nobody leads this dojo yet." in look.text(it.here.ada.command("/dojo people").answer)
    lead = it.here.enrolled("Lea", LEAD)
    assert f"Lea (@{lead.id})" in look.text(it.here.ada.command("/dojo status").answer)
    assert "Your lead" not in look.text(lead.command("/dojo status").answer)


def test_a_long_list_has_pages(on_sqlite: Peopled) -> None:
    it = on_sqlite
    with it.here.store.begin() as tx:
        cohort = tx.cohorts.by_name("dojo")
        assert cohort
        for number in range(50):
            name = f"Person {number:02} {'&' * 60}"
            person = tx.members.find_or_add_by_chat(it.slack.team, f"U1{number:06}", name, now())
            tx.members.join(cohort.id, person, PARTICIPANT, now())
    first, second = (look.text(it.here.ada.command(f"/dojo people{page}").answer) for page in ("", " 2"))
    assert "1–40 of 51. /dojo people 2 shows the" in first
    assert "Person 49" in second
    assert "Person 49" not in first
    assert "accepts only a page number" in it.here.ada.command("/dojo people all").text
