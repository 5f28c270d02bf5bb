"""A capstone gets another participant: what the former one was asked in private ends, shown to nobody."""

import pytest

from bot.domain.articulation.conversations import ConversationState
from bot.domain.pull_requests.records import Account, QuestionState
from bot.ports.code_host import HostRepository
from bot.workflows.articulation.private_talks import go_private
from bot.workflows.pull_requests.enrolment import Enrolment, enrol_repository
from tests.entrypoints.webhooks import now
from tests.fakes.slack import look
from tests.workflows.articulation.talking import ADA, SEN, SOME_DAYS, WORDS, Talking
from tests.workflows.articulation.test_handovers import left_in_private
from tests.workflows.articulation.test_talked_over import TALKED, digest, waiting
from tests.workflows.whole_dojo import COHORT, PARTICIPANT

BOB = "Bob"
ACCOUNT = Account(4711, "bob")


def goes_to_bob(it: Talking) -> None:
    """Let Ada's capstone be given to Bob, who is a participant too."""
    it.joins(BOB, PARTICIPANT)
    gives_to_bob(it)


def gives_to_bob(it: Talking) -> None:
    repository = HostRepository(77, "ada", "desk", "main", "https://example.org/ada/desk.git", 9, 1)
    with it.here.store.begin() as tx:
        tx.members.prove(it.member(BOB).person, ACCOUNT, now())
        cohort = tx.cohorts.add(COHORT, now())
        enrol_repository(tx, Enrolment(cohort, repository, ACCOUNT, None, None), now())
    it.settle()


def home(it: Talking, name: str) -> str:
    person = it.people[name]
    it.shows_home(person)
    assert person.home
    return " ".join(look.text(person.home).split())


def was_told(it: Talking, name: str) -> bool:
    """Whether somebody has got a message with the question, as they read it."""
    return any(WORDS in text for text in it.heard(it.people[name]))


def test_what_waited_for_the_former_participant_does_not_wait_for_the_new_one(it: Talking) -> None:
    number = it.asks_in_private()
    assert "1 private question" in home(it, ADA)
    assert was_told(it, ADA)
    goes_to_bob(it)
    assert "private question" not in home(it, BOB)
    assert "private question" not in home(it, ADA)
    assert it.talk(number).state is ConversationState.CLOSED
    assert it.question(number).state is QuestionState.ASKED, "it is on the pull request, as before"
    assert not was_told(it, BOB)


@pytest.mark.parametrize("ended", [False, True])
def test_a_capstone_that_had_ended_is_given_on_in_the_same_way(it: Talking, ended: bool) -> None:
    number = it.asks_in_private()
    if ended:
        with it.here.store.begin() as tx:
            tx.capstones.end(it.capstone.id)
    goes_to_bob(it)
    assert "private question" not in home(it, BOB)
    assert it.talk(number).state is ConversationState.CLOSED


def test_a_question_that_was_not_sent_yet_is_sent_to_nobody(it: Talking) -> None:
    it.joins(BOB, PARTICIPANT)
    number = it.asks()
    with it.here.store.begin() as tx:
        assert go_private(tx, number, now())
    gives_to_bob(it)
    assert not was_told(it, BOB)
    assert not was_told(it, ADA)


def test_what_was_left_to_the_sensei_is_neither_told_to_the_new_participant_nor_shown_as_theirs(
    it: Talking,
) -> None:
    number = left_in_private(it)
    shown = digest(it)
    it.joins(BOB, PARTICIPANT)
    it.pairs(BOB, SEN)
    gives_to_bob(it)
    assert it.talk(number).state is ConversationState.CLOSED
    it.sen.click(shown, TALKED)
    it.settle(SOME_DAYS)
    assert waiting(it) == []
    assert it.talk(number).talked_with is None
    assert not was_told(it, BOB)
    assert not any("1 question needs you." in text for text in it.heard(it.sen))


def test_what_belongs_to_another_capstone_goes_on(it: Talking) -> None:
    """Bob has been asked about a capstone of his own."""
    number = it.asks_in_private()
    with it.here.store.begin() as tx:
        tx.capstones.add(
            cohort=COHORT,
            repository=78,
            owner="bob",
            name="shop",
            default_branch="main",
            installation=9,
            participant=Account(2, "sen"),
            sensei=None,
            publish=None,
            at=now(),
        )
    repository = HostRepository(78, "bob", "shop", "main", "https://example.org/bob/shop.git", 9, 1)
    with it.here.store.begin() as tx:
        cohort = tx.cohorts.add(COHORT, now())
        enrol_repository(tx, Enrolment(cohort, repository, Account(1, "ada"), None, None), now())
    assert it.talk(number).state is ConversationState.WAITING
