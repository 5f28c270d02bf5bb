"""The buttons of the App Home: each opens the form that a command opens, for those who may use it."""

from collections.abc import Mapping

import pytest

from bot.domain.dojo.people import CohortRole, EnrolmentState
from tests.fakes.slack import Person, look
from tests.fakes.slack.model import Shown
from tests.workflows.linked import CODE
from tests.workflows.peopled import Peopled, texts

PARTICIPANT, SENSEI, LEAD = CohortRole.PARTICIPANT, CohortRole.SENSEI, CohortRole.LEAD


def home(it: Peopled, person: Person) -> Shown:
    """Let somebody open their App Home."""
    it.shows_homes = True
    person.opens_home()
    it.settle()
    assert person.home
    assert it.slack.problems == []
    return person.home


def offered(shown: Shown) -> list[str]:
    return [
        element["action_id"]
        for block in shown.document["blocks"]
        if block["type"] == "actions"
        for element in block["elements"]
    ]


def opened(it: Peopled, person: Person, action: str) -> str:
    """Click a button in a Home; return the title of the form that it opens."""
    person.click(home(it, person), action)
    assert person.modal
    assert it.slack.problems == []
    return look.text(person.modal).split("\n")[0].strip(" ✕")


FORMS: Mapping[CohortRole, Mapping[str, str]] = {
    PARTICIPANT: {
        "home.away": "Time away",
        "home.link": "Link GitHub",
        "home.profile:participant": "Your profile",
        "home.pause": "Take a break",
    },
    SENSEI: {
        "home.profile:sensei": "Your profile",
        "home.away": "Time away",
        "home.link": "Link GitHub",
        "home.pause": "Take a break",
    },
    LEAD: {"home.people": "People"},
}


@pytest.mark.parametrize("role", FORMS)
def test_every_button_of_a_home_opens_its_form(on_sqlite: Peopled, role: CohortRole) -> None:
    it = on_sqlite
    sam = it.here.enrolled("Sam", role)
    others = {"home.brief", "pairing.propose"}  # the brief needs a profile; proposing needs no form
    assert set(offered(home(it, sam))) - others == set(FORMS[role])
    for action, title in FORMS[role].items():
        assert opened(it, sam, action) == title


def test_a_guest_joins_by_a_button(on_sqlite: Peopled) -> None:
    it = on_sqlite
    bo, tom = it.slack.person("Bo"), it.slack.person("Tom")
    for person, role, submit in ((bo, PARTICIPANT, "Join"), (tom, SENSEI, "Ask")):
        assert opened(it, person, f"home.join:{role}") == "Join the dojo"
        assert person.modal
        assert person.modal.document["submit"]["text"] == submit
        assert person.submit({"join.time_zone": "Europe/London"}).errors == {}
        it.settle()
        assert it.member(person, role).name
    assert opened(it, bo, "home.brief") == "Your capstone"
    # A sensei whom no lead has confirmed has no pause to end, and no time away to enter.
    assert offered(home(it, tom)) == ["home.link", "home.profile:sensei"]


def test_a_pause_begins_and_ends_by_buttons(on_sqlite: Peopled) -> None:
    it = on_sqlite
    ada = it.here.ada
    opened(it, ada, "home.pause")
    assert ada.modal
    assert "won't pair you" in " ".join(look.text(ada.modal).split())
    ada.submit()
    it.settle()
    assert it.member(ada).state is EnrolmentState.PAUSED
    assert "You're paused" in texts(ada.messages)[-1]
    ada.click(home(it, ada), "home.resume")
    it.settle()
    assert it.member(ada).state is EnrolmentState.ACTIVE
    assert "home.pause" in offered(home(it, ada))


def test_a_code_to_link_github_is_shown_once_and_stored_nowhere(on_sqlite: Peopled) -> None:
    it = on_sqlite
    ada = it.here.ada
    opened(it, ada, "home.link")
    assert "isn't a GitHub login" in ada.submit({"join.login": "not a login"}).errors["login"]
    ada.submit({"join.login": "octocat"})
    assert ada.modal
    text = " ".join(look.text(ada.modal).split())
    assert f"/sensei link {CODE}" in text
    assert "From octocat" in text
    assert it.slack.problems == []
    it.settle()
    assert CODE.replace("-", "") not in it.everything_kept().replace("-", "")
    assert ada.messages == []


def test_a_lead_turns_the_pages_of_the_people(on_sqlite: Peopled) -> None:
    it = on_sqlite
    lea = it.here.enrolled("Lea", LEAD)
    for number in range(22):
        it.here.enrolled(f"Person {number:02}", PARTICIPANT)
    opened(it, lea, "home.people")
    assert lea.modal
    assert "1–20 of 24" in look.text(lea.modal)
    lea.click(lea.modal, "people.page:next")
    assert "21–24 of 24" in look.text(lea.modal)
    lea.click(lea.modal, "people.page:back")
    assert "1–20 of 24" in look.text(lea.modal)
    assert it.slack.problems == []
