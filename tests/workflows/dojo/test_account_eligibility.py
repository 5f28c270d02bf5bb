"""Only full members of the workspace join: guests, bots, strangers and those who are gone do not."""

import threading
from typing import Any

import pytest

from bot.ports.chat import ChatUser, Urgency
from bot.workflows.chat.profile_lookup import ProfileLookup
from tests.fakes.slack import Person, Slack, outage
from tests.waiting import FUSE, wait_for
from tests.workflows.peopled import Peopled

OTHERS = "T0OTHER0001"
REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "guest": ({"is_restricted": True}, "is a guest account"),
    "guest of one channel": ({"is_ultra_restricted": True}, "is a guest account"),
    "of another workspace": ({"team": OTHERS}, "belongs to another Slack workspace"),
    "stranger": ({"is_stranger": True}, "belongs to another Slack workspace"),
    "of other workspaces": ({"team": OTHERS, "teams": (OTHERS,)}, "belongs to another Slack workspace"),
    "bot": ({"is_bot": True}, "belongs to a bot"),
    "gone": ({"deleted": True}, "was deactivated in Slack"),
}
TAKEN: dict[str, dict[str, Any]] = {
    "who has authorised the app": {"is_app_user": True},
    "of an organisation": {"team": "E0ORG00001", "teams": (OTHERS, Slack.team)},
}


def is_joined(it: Peopled, person: Person) -> bool:
    it.settle()
    return any(member.chat == person.id for member in it.members())


def changed(person: Person, facts: dict[str, Any]) -> None:
    for name, value in facts.items():
        setattr(person.account, name, value)


def test_who_is_no_full_member_is_refused_before_the_form_opens(
    on_sqlite: Peopled, subtests: pytest.Subtests
) -> None:
    for name, (facts, said) in REFUSED.items():
        with subtests.test(name):
            person = on_sqlite.slack.person(name)
            changed(person, facts)
            told = person.command("/dojo join").text
            assert told.startswith(f"Your Slack account {said}"), told
            assert "so you can't join the dojo. Nothing was changed." in told
            assert person.modal is None


def test_who_is_a_member_in_whatever_other_way_joins(on_sqlite: Peopled, subtests: pytest.Subtests) -> None:
    for name, facts in TAKEN.items():
        with subtests.test(name):
            person = on_sqlite.slack.person(name)
            changed(person, facts)
            person.command("/dojo join participant")
            person.submit()
            assert is_joined(on_sqlite, person)


def test_where_slack_does_not_answer_the_form_opens_and_nobody_joins_until_it_does(
    on_sqlite: Peopled,
) -> None:
    it, guest, cy = on_sqlite, on_sqlite.slack.person("Guest"), on_sqlite.slack.person("Cy")
    changed(guest, {"is_restricted": True})
    it.slack.fault(outage(), "users.info", times=4)
    for person in (guest, cy):
        person.command("/dojo join participant")
        sent = person.submit({"join.name": "Me", "join.time_zone": "Europe/London"})
        assert "Slack didn't answer when I checked your account" in sent.errors["name"]
        assert not is_joined(it, person)
    refused = guest.submit()
    assert "is a guest account" in str(refused.answer["view"])
    assert not is_joined(it, guest)
    assert cy.submit().errors == {}
    assert is_joined(it, cy)


class Late:
    """A chat that answers once it is let."""

    def __init__(self) -> None:
        self.lets = threading.Event()

    def user(self, user: str, _urgency: Urgency = Urgency.NORMAL) -> ChatUser:
        assert self.lets.wait(FUSE)
        return ChatUser(user, "Ada", "UTC", is_bot=False, gone=False)


def test_an_answer_that_comes_too_late_counts_for_the_next_attempt() -> None:
    chat, lookup = Late(), ProfileLookup(patience=0.0)
    for _ in range(20):
        assert lookup.ask(chat, "U1") is None  # type: ignore[arg-type]
    chat.lets.set()
    wait_for(lambda: lookup.recall(chat, "U1"))  # type: ignore[arg-type]
    forgetful = ProfileLookup()
    assert forgetful.recall(chat, "U1")  # type: ignore[arg-type]


def test_a_look_up_for_which_there_is_no_thread_takes_no_place_for_ever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def start_nothing(_thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    chat, lookup = Late(), ProfileLookup(patience=FUSE)
    chat.lets.set()
    with monkeypatch.context() as scarce:
        scarce.setattr(threading.Thread, "start", start_nothing)
        for _ in range(20):
            assert lookup.ask(chat, "U1") is None  # type: ignore[arg-type]
    assert lookup.ask(chat, "U1")  # type: ignore[arg-type]
