"""Requests that wait for an answer: what each role reads, and that Slack takes any number of them."""

from datetime import UTC, date, datetime, timedelta

import pytest

from bot.domain.dojo.app_home import Home, LeadHome, ParticipantHome, SenseiHome
from bot.domain.dojo.headcount import Headcount
from bot.domain.dojo.pending_requests import (
    AskedPair,
    AwaitedAnswer,
    PendingRequests,
    SenseiRequest,
    SenseiSearch,
    WaitingProposal,
)
from bot.domain.dojo.people import EnrolmentState
from bot.rendering.chat.slack_validation import checked_message, checked_view
from bot.rendering.dojo import slack_home
from bot.rendering.dojo.slack_pending_requests import describe_search

TODAY = date(2026, 11, 26)
UNTIL = datetime(2026, 12, 1, 9, tzinfo=UTC)
INTRODUCED = "Once you're matched, I'll introduce you and your sensei to each other in a group message."


@pytest.mark.parametrize(
    ("search", "words"),
    [
        (None, "You don't have one yet."),
        (SenseiSearch(), "You don't have one yet."),
        (SenseiSearch(proposed=True), "You don't have one yet. I've suggested one, and a lead is deciding."),
        (
            SenseiSearch(answer_on=date(2026, 12, 1)),
            "You don't have one yet. I've asked a sensei, and expect an answer by Tue 1 Dec (in 5 days).",
        ),
        (
            SenseiSearch(another=True),
            (
                "You asked for another sensei. I'm looking for one. A lead has to approve my choice before I "
                "ask that sensei."
            ),
        ),
        (
            SenseiSearch(another=True, answer_on=TODAY),
            "You asked for another sensei. I've asked a sensei, and expect an answer by Thu 26 Nov (today).",
        ),
    ],
)
def test_a_participant_reads_how_far_the_search_is(search: SenseiSearch | None, words: str) -> None:
    assert describe_search(search, TODAY) == f"{words} {INTRODUCED}"


def crowd(number: int, name: str) -> Home:
    """A Home of a person with all roles, in which a number of each kind of request waits."""
    return Home(
        name,
        name,
        TODAY,
        ParticipantHome(EnrolmentState.ACTIVE, None, None, (), None, "", None),
        SenseiHome(EnrolmentState.ACTIVE, 3, (), (), None),
        LeadHome(Headcount(1, 1), (), (), (), (), (), ()),
        (),
        PendingRequests(
            SenseiSearch(),
            tuple(AskedPair(n, name, UNTIL + timedelta(hours=n)) for n in range(number)),
            tuple(WaitingProposal(n, TODAY, (name,) * number) for n in range(number)),
            tuple(AwaitedAnswer(name, name, UNTIL, n % 2 == 0) for n in range(number)),
            tuple(SenseiRequest(name, "U0123", n, f"{n}:17", TODAY) for n in range(number)),
        ),
    )


@pytest.mark.parametrize("name", ["A", "@channel *_~`<!here>" * 20, "\u202e👩‍👩‍👧" * 50])
@pytest.mark.parametrize("number", [0, 1, 11, 300])
def test_slack_takes_any_number_of_requests_from_people_of_any_name(number: int, name: str) -> None:
    home = crowd(number, name)
    view, message = checked_view(slack_home.home_view(home)), checked_message(slack_home.status_message(home))
    shown = str(view)
    assert shown.count("'pairing.accept'") == min(number, 10)
    assert shown.count("'pairing.show:") == min(number, 5)
    assert shown.count("'people.confirm'") == min(number, 5)
    for rest in ("The other 290 appear", "I don't show 295 older proposals here", "295 more people"):
        assert (rest in shown) is (number == 300)
    # What Sensei can't update has no buttons.
    assert "action_id" not in str(message.blocks)
