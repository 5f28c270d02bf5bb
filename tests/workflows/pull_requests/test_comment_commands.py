"""What commands in comments change, by whom, where and when they are given: on both databases."""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
import structlog

from bot.domain.pull_requests.comment_command_rules import (
    MOST_OF_A_NAME,
    CommandOutcome,
    CommentCommand,
    CommentPlace,
    Verb,
)
from bot.domain.pull_requests.permissions import CapstoneRole
from bot.domain.pull_requests.records import Account, PullRequest, QuestionState, RoundState, Ruling
from bot.errors import UserError
from bot.workflows.pull_requests.dispute_rulings import settle_question
from tests.comments import TRICKS
from tests.workflows.running_dojo import ADA, BO, RENOVATE, SEN, Dojo, sha

PEOPLE = {CapstoneRole.PARTICIPANT: ADA, CapstoneRole.SENSEI: SEN, CapstoneRole.OTHER: BO}
ASKED, ANSWERED, RESOLVED, DEFERRED, DISPUTED, WITHDRAWN = (
    QuestionState(word) for word in ("asked", "answered", "resolved", "deferred", "disputed", "withdrawn")
)
SHOWN = (ASKED, ANSWERED, RESOLVED, DEFERRED, DISPUTED, WITHDRAWN)
_numbers = itertools.count(5_000_000)


@pytest.fixture(name="it")
def a_dojo(engine: sa.Engine) -> Iterator[Dojo]:
    it = Dojo(engine)
    yield it
    with it.store.begin() as tx:
        tx.capstones.end(it.capstone.id)
    with engine.begin() as connection:  # they count over all pull requests, and all tests begin at one time
        connection.execute(sa.text("DELETE FROM command WHERE verb = 'link'"))


class Desk:
    """Pull request 1, which has been read, and one question about it."""

    def __init__(self, it: Dojo, author: Account = ADA, asked: QuestionState = ASKED, **more: Any) -> None:
        self.it = it
        self.root = next(_numbers)
        it.deliver("pull_request", it.pull_request("opened", "a", author=author, **more))
        self.question = it.ask(self.root, asked)
        if it.rounds():
            it.state(RoundState.PUBLISHED)

    def say(
        self,
        body: str,
        author: Account = ADA,
        place: CommentPlace = CommentPlace.CONVERSATION,
        action: str = "created",
        comment: int | None = None,
        by: Account | None = None,
        at: float | None = None,
    ) -> int:
        """Let somebody write a comment, change it or delete it; return its number.

        ``at`` are the seconds at which the host has it written, by default this moment.
        """
        comment = comment or next(_numbers)
        thread = {
            CommentPlace.CONVERSATION: None,
            CommentPlace.QUESTION: self.root,
            CommentPlace.THREAD: self.root + 10**6,
        }[place]
        self.it.deliver(*self.it.comment(body, author, action, comment, thread, by, at))
        return comment

    def command(self, comment: int, place: CommentPlace = CommentPlace.CONVERSATION) -> CommentCommand | None:
        with self.it.store.begin() as tx:
            return tx.commands.by_comment(comment, inline=place is not CommentPlace.CONVERSATION)

    @property
    def pull_request(self) -> PullRequest:
        with self.it.store.begin() as tx:
            found = tx.pull_requests.find(self.it.capstone.id, 1)
        assert found
        return found

    def commands(self) -> list[CommentCommand]:
        """All that was commanded on this pull request."""
        query = sa.text("SELECT id FROM command WHERE pull_request_id = :mine ORDER BY id")
        with self.it.engine.connect() as connection:
            ids = [row[0] for row in connection.execute(query, {"mine": self.pull_request.id})]
        with self.it.store.begin() as tx:
            return [tx.commands.get(each) for each in ids]

    @property
    def answers(self) -> list[str]:
        """The jobs that answer on this pull request."""
        query = sa.text("SELECT id FROM job WHERE id LIKE :mine ORDER BY id")
        with self.it.engine.connect() as connection:
            return [row[0] for row in connection.execute(query, {"mine": f"answer:{self.it.number}#1:%"})]

    def state(self) -> tuple[object, ...]:
        """All that a command could change."""
        pull_request = self.pull_request
        with self.it.store.begin() as tx:
            question = tx.questions.get(self.question)
        assert question
        rounds = [(one.state, one.trigger, one.superseded) for one in self.it.rounds()]
        return question.state, pull_request.quiet, pull_request.private, rounds, self.messages()

    def messages(self) -> list[str]:
        query = (
            "SELECT body FROM thread_message WHERE question_id = :question AND deleted_at IS NULL"
            " ORDER BY comment_id"
        )
        with self.it.engine.connect() as connection:
            return [row[0] for row in connection.execute(sa.text(query), {"question": self.question})]


def written(verb: Verb) -> str:
    because = dict.fromkeys((Verb.DEFER, Verb.DISPUTE, Verb.ANSWER), " Because.")
    behind = {**because, Verb.LINK: " 7F3K-0Q9M-X2ZB"}
    return f"/sensei {verb}{behind.get(verb, '')}"


# What each command changes where it is done: the question's state, quiet, private, and rounds that are begun.
CHANGES: dict[Verb, dict[str, object]] = {
    Verb.HELP: {},
    Verb.EXPLAIN: {},
    Verb.REVIEW: {"asked": 1},
    Verb.DEFER: {"state": DEFERRED},
    Verb.DISPUTE: {"state": DISPUTED},
    Verb.PRIVATE: {"private": True},
    Verb.QUIET: {"quiet": True},
    Verb.SPEAK: {"private": False, "quiet": False},
    Verb.RECORD: {},
    Verb.ANSWER: {"state": ANSWERED},
    Verb.KEEP: {},
    Verb.WITHDRAW: {"state": WITHDRAWN},
    Verb.STANDS: {"state": ASKED},
    Verb.LINK: {},
}
DEFERS = {ASKED, ANSWERED}
DISPUTES = {ASKED, ANSWERED, DEFERRED}
_BOTH = {CapstoneRole.PARTICIPANT, CapstoneRole.SENSEI}
# Who may give it, and where the question has to stand.
IN_ITS_THREAD = {
    Verb.ANSWER: ({CapstoneRole.PARTICIPANT}, DISPUTES),
    Verb.DEFER: (_BOTH, DEFERS),
    Verb.DISPUTE: ({CapstoneRole.PARTICIPANT}, DISPUTES),
    Verb.WITHDRAW: ({CapstoneRole.SENSEI}, {DISPUTED}),
    Verb.STANDS: ({CapstoneRole.SENSEI}, {DISPUTED}),
}
AUTHORS = {"own": ADA, "another's": BO}
# Where it stands matters to what is about a question, and to nothing else.
CASES = [
    (verb, place, state)
    for verb, place, state in itertools.product(Verb, CommentPlace, SHOWN)
    if state is ASKED or (verb in IN_ITS_THREAD and place is CommentPlace.QUESTION)
]


def may(verb: Verb, role: CapstoneRole, place: CommentPlace, state: QuestionState) -> bool:
    """Whether a command is done: said once more, in other words than the code's."""
    # Nobody was given a code, there is nothing to record, and nobody is linked to the chat.
    if role is CapstoneRole.OTHER or verb in {Verb.RECORD, Verb.LINK}:
        return False
    if verb is Verb.KEEP:  # a question that waits is in no thread
        return False
    if verb is Verb.PRIVATE:
        return place is not CommentPlace.QUESTION
    if verb in IN_ITS_THREAD:
        roles, states = IN_ITS_THREAD[verb]
        return place is CommentPlace.QUESTION and state in states and role in roles
    return True


@pytest.mark.contract
@pytest.mark.parametrize("whose", AUTHORS)
@pytest.mark.parametrize("role", CapstoneRole)
def test_a_command_changes_what_it_says_for_whoever_may_and_nothing_for_others(
    it: Dojo, role: CapstoneRole, whose: str
) -> None:
    """Every command, in every place, wherever the question of its thread stands."""
    desk = Desk(it, author=AUTHORS[whose])
    for verb, place, state in CASES:
        it.wait(240)  # more at once would be too many
        hushed, pull_request = verb is Verb.SPEAK, desk.pull_request.id
        with it.store.begin() as tx:
            tx.questions.set_state(desk.question, state, it.now())
            tx.pull_requests.set_quiet(pull_request, hushed)
            tx.pull_requests.set_private(pull_request, hushed)
            for one in it.rounds_in(tx):
                tx.rounds.set_state(one.id, RoundState.PUBLISHED, it.now())
        before, jobs, rounds = desk.state(), len(desk.answers), len(it.rounds())
        comment = desk.say(written(verb), PEOPLE[role], place)
        case = f"{role} {verb} {place} {state} on {whose}"
        command = desk.command(comment, place)
        assert command, case
        assert (command.answer is CommandOutcome.DONE) == may(verb, role, place, state), case
        changes = CHANGES[verb] if command.answer is CommandOutcome.DONE else {}
        now = desk.pull_request
        with it.store.begin() as tx:
            asked = tx.questions.get(desk.question)
        assert asked
        assert asked.state is changes.get("state", state), case
        assert now.private == changes.get("private", hushed), case
        assert now.quiet == changes.get("quiet", hushed), case
        assert len(it.rounds()) - rounds == changes.get("asked", 0), case
        if not changes:
            assert desk.state() == before, case
        # Somebody who may nothing is told once; everybody else is answered each time, as are all who link.
        told = (
            role is not CapstoneRole.OTHER or verb is Verb.LINK or command.answer is CommandOutcome.NOT_YOURS
        )
        assert len(desk.answers) == jobs + told, case
    told_off = [one.answer for one in desk.commands() if one.answer is CommandOutcome.NOT_YOURS]
    assert len(told_off) == (role is CapstoneRole.OTHER)


@pytest.mark.contract
@pytest.mark.parametrize("author", [ADA, BO], ids=["participant", "other"])
def test_what_is_misspelt_or_hostile_changes_nothing(it: Dojo, author: Account) -> None:
    desk, answered = Desk(it), False
    before = desk.state()
    for body, then in TRICKS.items():
        answers = len(desk.answers)
        it.wait(240)
        comment = desk.say(body, author)
        command = desk.command(comment)
        assert (command is None) == (then == "silent"), body
        state = desk.state()
        assert state == before, body
        anybodys = then in {"code", "guess"}
        told = then != "silent" and (author is ADA or anybodys or not answered)
        answered |= told and not anybodys
        assert len(desk.answers) == answers + told, body
        if command:
            assert "@" not in command.about or command.verb is Verb.EXPLAIN


def test_a_bots_command_is_not_heard(it: Dojo) -> None:
    desk = Desk(it)
    before = desk.state()
    for verb, place in itertools.product(Verb, CommentPlace):
        desk.say(written(verb), RENOVATE, place)
        # Nor ours: the App's own account is one.
        desk.say(written(verb), replace(SEN, is_bot=True), place)
    assert (desk.state(), desk.answers) == (before, [])


def test_whoever_may_nothing_is_told_once_on_each_pull_request(it: Dojo) -> None:
    desk = Desk(it)
    cy = Account(7, "cy")
    for _ in range(3):
        desk.say("/sensei review", BO)
        desk.say("/sensei nonsense", cy, CommentPlace.QUESTION)
    assert len(desk.answers) == 2


def test_a_command_alone_in_a_new_thread_is_answered_there(it: Dojo) -> None:
    desk = Desk(it)
    event, payload = it.comment("/sensei help", ADA, comment=77_000_000 + it.number, thread=1)
    del payload["comment"]["in_reply_to_id"]
    it.deliver(event, payload)
    command = desk.command(77_000_000 + it.number, CommentPlace.THREAD)
    assert command
    assert command.thread == command.comment


def test_comments_of_a_number_in_the_conversation_and_on_the_diff_are_two(it: Dojo) -> None:
    desk = Desk(it)
    comment = desk.say("/sensei help")
    desk.say("/sensei help", place=CommentPlace.THREAD, comment=comment)
    assert len(desk.answers) == 2


def edited(desk: Desk, comment: int, body: str, **more: object) -> None:
    desk.say(body, action="edited", comment=comment, **more)  # type: ignore[arg-type]


def test_a_comment_that_becomes_a_command_counts_once(it: Dojo) -> None:
    desk = Desk(it)
    comment = desk.say("Thank you.")
    edited(desk, comment, "/sensei private")
    assert desk.pull_request.private
    desk.say("/sensei speak")
    for action in ("edited", "edited", "created"):
        desk.say("/sensei private", action=action, comment=comment)
    edited(desk, comment, "/sensei quiet")
    now = desk.pull_request
    assert (now.private, now.quiet) == (False, False)
    assert len(desk.answers) == 2


def test_a_command_that_was_misspelt_is_taken_once_too(it: Dojo) -> None:
    desk = Desk(it)
    comment = desk.say("/sensei privat")
    edited(desk, comment, "/sensei private")
    assert not desk.pull_request.private
    assert len(desk.answers) == 1


def test_what_somebody_else_makes_of_a_comment_is_nobodys_command(it: Dojo) -> None:
    """Whoever may write to a repository may edit what a sensei has written there."""
    desk = Desk(it)
    before = desk.state()
    comment = desk.say("Well.", SEN)
    edited(desk, comment, "/sensei quiet", author=SEN, by=BO)
    event, payload = it.comment("/sensei quiet", SEN, "edited", comment)
    del payload["sender"]
    it.deliver(event, payload)
    assert (desk.state(), desk.answers) == (before, [])
    edited(desk, comment, "/sensei quiet", author=SEN)
    assert desk.pull_request.quiet


@pytest.mark.parametrize(
    ("body", "kept", "state"),
    [
        ("/sensei defer After the demo.", "After the demo.", DEFERRED),
        ("/sensei dispute It is a fixture.", "It is a fixture.", DISPUTED),
        ("It halved the errors.", "It halved the errors.", ANSWERED),
    ],
)
def test_what_somebody_else_makes_of_a_comment_is_nobodys_answer(
    it: Dojo, body: str, kept: str, state: QuestionState
) -> None:
    desk = Desk(it)
    comment = desk.say(body, place=CommentPlace.QUESTION)
    for forged in ("I was wrong.", "/sensei defer For ever.", "/sensei dispute No.", "/sensei quiet"):
        edited(desk, comment, forged, place=CommentPlace.QUESTION, by=BO)
    assert (it.questions(), desk.messages()) == ([state], [kept])
    edited(desk, comment, "I was wrong.", place=CommentPlace.QUESTION)
    assert desk.messages() == ["I was wrong."]


@pytest.mark.parametrize("author", [ADA, SEN])
def test_words_that_only_somebody_else_is_known_to_have_written_are_not_kept(
    it: Dojo, author: Account
) -> None:
    """News of the comment itself was lost."""
    desk = Desk(it)
    before = desk.state()
    comment = desk.say("I was wrong.", author, CommentPlace.QUESTION, "edited", by=BO)
    event, payload = it.comment("I was wrong.", author, "edited", comment, desk.root)
    del payload["sender"]
    it.deliver(event, payload)
    assert desk.state() == before
    assert not spoke(it, desk.question)


def test_a_deleted_commands_answer_has_nothing_to_say(it: Dojo) -> None:
    desk = Desk(it)
    comment = desk.say("/sensei help")
    desk.say("/sensei help", action="deleted", comment=comment)
    command = desk.command(comment)
    assert command
    assert command.deleted


def test_a_command_that_is_told_of_after_its_deletion_is_never_done(it: Dojo) -> None:
    """GitHub could not bring the first of the two, and is asked to bring it again."""
    desk = Desk(it)
    comment = desk.say("/sensei quiet", action="deleted")
    desk.say("/sensei quiet", comment=comment)
    assert not desk.pull_request.quiet
    assert desk.answers == []


def test_reasons_are_kept_as_they_now_stand_and_forgotten_with_their_comment(it: Dojo) -> None:
    desk = Desk(it)
    comment = desk.say("/sensei dispute It is a fixture.", place=CommentPlace.QUESTION)
    assert desk.messages() == ["It is a fixture."]
    edited(desk, comment, "/sensei dispute It is\na fixture of ours.", place=CommentPlace.QUESTION)
    assert desk.messages() == ["It is\na fixture of ours."]
    edited(desk, comment, "/sensei dispute Forged.", place=CommentPlace.QUESTION, by=BO)
    assert desk.messages() == ["It is\na fixture of ours."]
    assert disputed(it) == [(desk.question, "It is\na fixture of ours.")]
    desk.say("/sensei dispute", place=CommentPlace.QUESTION, action="deleted", comment=comment)
    assert desk.messages() == []
    assert disputed(it) == [(desk.question, "")]


# What happens to one comment in a question's thread, in the order in which it does: action, words, second.
HISTORIES: dict[str, list[tuple[str, str, float]]] = {
    "an answer": [("created", "Old.", 1), ("edited", "New.", 2)],
    "within one second": [("created", "Old.", 1), ("edited", "New.", 1)],
    "twice edited": [("created", "Old.", 1), ("edited", "Newer.", 2), ("edited", "New.", 3)],
    "deleted": [("created", "Old.", 1), ("deleted", "Old.", 1)],
    "edited and deleted": [("created", "Old.", 1), ("edited", "New.", 2), ("deleted", "New.", 2)],
    "a reason": [
        ("created", "/sensei dispute Old.", 1),
        ("edited", "/sensei dispute Newer.", 2),
        ("edited", "/sensei dispute New.", 3),
    ],
    "a reason that is deleted": [
        ("created", "/sensei defer Old.", 1),
        ("edited", "/sensei defer New.", 2),
        ("deleted", "/sensei defer New.", 2),
    ],
    "a command that becomes an answer": [("created", "/sensei explain", 1), ("edited", "New.", 2)],
}


@pytest.mark.contract
@pytest.mark.parametrize("name", HISTORIES)
def test_what_is_kept_of_a_comment_does_not_depend_on_when_its_news_arrive(it: Dojo, name: str) -> None:
    desk, history = Desk(it), HISTORIES[name]
    expected = [] if history[-1][0] == "deleted" else ["New."]
    for order in itertools.permutations(history):
        with it.store.begin() as tx:
            tx.questions.set_state(desk.question, ASKED, it.now())
        comment = next(_numbers)
        deleted = False
        for action, body, at in order:
            before = it.questions()
            desk.say(body, place=CommentPlace.QUESTION, action=action, comment=comment, at=at)
            if deleted:
                assert it.questions() == before, order
            deleted = deleted or action == "deleted"
        assert desk.messages() == expected, order
        desk.say("", place=CommentPlace.QUESTION, action="deleted", comment=comment)
        assert desk.messages() == []


def test_of_a_deleted_comment_no_word_is_kept(it: Dojo) -> None:
    desk = Desk(it)
    for comment, body in enumerate(("Regretted.", "/sensei defer Regretted."), next(_numbers)):
        for action in ("deleted", "edited", "created"):
            desk.say(body, place=CommentPlace.QUESTION, action=action, comment=comment)
    with it.engine.connect() as connection:
        query = sa.text("SELECT body, deleted_at FROM thread_message WHERE question_id = :question")
        kept = list(connection.execute(query, {"question": desk.question}))
    assert [body for body, _ in kept] == ["", ""]
    assert all(deleted for _, deleted in kept)
    assert (it.questions(), desk.answers) == (["asked"], [])


def test_words_of_a_deleted_command_stay_away_when_it_stood_in_no_message(it: Dojo) -> None:
    desk = Desk(it)
    comment = desk.say("/sensei explain", place=CommentPlace.QUESTION)
    desk.say("/sensei explain", place=CommentPlace.QUESTION, action="deleted", comment=comment)
    edited(desk, comment, "Never mind.", place=CommentPlace.QUESTION)
    assert (it.questions(), desk.messages()) == (["asked"], [])


def test_words_that_became_a_command_and_come_late_are_no_answer(it: Dojo) -> None:
    desk = Desk(it)
    comment = desk.say("/sensei explain", place=CommentPlace.QUESTION, action="edited", at=3)
    for action, at in (("edited", 2), ("created", 1)):
        desk.say("So.", place=CommentPlace.QUESTION, action=action, comment=comment, at=at)
    assert (it.questions(), desk.messages(), len(desk.answers)) == (["asked"], [], 1)


LATE = [
    ("private", "speak", (False, False)),
    ("quiet", "speak", (False, False)),
    ("speak", "private", (True, False)),
    ("speak", "quiet", (False, True)),
    # Both stand, whichever was written first.
    ("quiet", "private", (True, True)),
    ("private", "quiet", (True, True)),
]


@pytest.mark.parametrize("place", [CommentPlace.CONVERSATION, CommentPlace.THREAD])
@pytest.mark.parametrize(("earlier", "later", "expected"), LATE)
def test_a_command_that_comes_late_does_not_undo_what_was_written_after_it(
    it: Dojo, earlier: str, later: str, expected: tuple[bool, bool], place: CommentPlace
) -> None:
    desk = Desk(it)
    desk.say(f"/sensei {later}", at=60)
    comment = desk.say(f"/sensei {earlier}", place=place, at=59)
    now, command = desk.pull_request, desk.command(comment, place)
    assert (now.private, now.quiet) == expected
    assert command
    assert command.answer is (CommandOutcome.DONE if all(expected) else CommandOutcome.OVERTAKEN)
    assert len(desk.answers) == 2


def test_in_one_second_the_comment_of_the_higher_number_is_the_later_one(it: Dojo) -> None:
    desk, first, second = Desk(it), next(_numbers), next(_numbers)
    desk.say("/sensei speak", comment=second)
    desk.say("/sensei private", comment=first)
    assert not desk.pull_request.private
    # Numbers of comments on the diff say nothing of those in the conversation: what comes last is later.
    desk.say("/sensei private", place=CommentPlace.THREAD, comment=first)
    assert desk.pull_request.private


def test_only_what_was_done_here_overtakes(it: Dojo) -> None:
    """Not a stranger's command, nor one with words behind it, nor one on another pull request."""
    desk = Desk(it)
    desk.say("/sensei speak", BO, at=60)
    desk.say("/sensei speak up", at=60)
    event, payload = it.comment("/sensei speak", ADA, at=60)
    payload["issue"]["number"] = 2
    it.deliver("pull_request", it.pull_request("opened", "b", number=2))
    it.deliver(event, payload)
    desk.say("/sensei private", at=59)
    assert desk.pull_request.private


def test_a_comment_that_is_edited_into_a_command_gives_it_then(it: Dojo) -> None:
    desk = Desk(it)
    comment = desk.say("Thank you.", at=1)
    desk.say("/sensei speak", at=2)
    edited(desk, comment, "/sensei private", at=3)
    assert desk.pull_request.private


def test_a_command_is_no_answer_and_an_answer_no_command(it: Dojo) -> None:
    desk = Desk(it)
    desk.say("/sensei explain", place=CommentPlace.QUESTION)
    assert (it.questions(), desk.messages()) == (["asked"], [])
    desk.say("Because /sensei is slow.", place=CommentPlace.QUESTION)
    assert (it.questions(), desk.messages()) == (["answered"], ["Because /sensei is slow."])


def test_what_was_deferred_may_be_answered_and_what_is_disputed_stays_so(it: Dojo) -> None:
    desk = Desk(it)
    desk.say("/sensei defer In May.", place=CommentPlace.QUESTION)
    assert it.questions() == ["deferred"]
    desk.say("It halved the errors.", place=CommentPlace.QUESTION)
    assert it.questions() == ["answered"]
    desk.say("/sensei dispute It is moot.", place=CommentPlace.QUESTION)
    desk.say("And more.", place=CommentPlace.QUESTION)
    assert it.questions() == ["disputed"]


@pytest.mark.parametrize("state", [DISPUTED, WITHDRAWN])
def test_what_is_the_senseis_stays_so_whatever_is_done_to_its_thread(it: Dojo, state: QuestionState) -> None:
    desk = Desk(it, asked=state)
    for action in ("resolved", "unresolved"):
        it.deliver(
            "pull_request_review_thread",
            {
                "action": action,
                "repository": it.repository(),
                "pull_request": {"number": 1},
                "thread": {"comments": [{"id": desk.root}]},
            },
        )
        assert it.questions() == [state]


def test_a_name_whose_lower_case_is_longer_fits_its_column(it: Dojo) -> None:
    desk = Desk(it)
    comment = desk.say(f"/sensei explain {'İ' * 80}", BO)
    command = desk.command(comment)
    assert command is not None
    assert len(command.about) == MOST_OF_A_NAME


def test_who_asks_again_while_it_is_read_for_them_begins_nothing_anew(it: Dojo) -> None:
    desk = Desk(it)
    desk.say("/sensei review")
    it.state(RoundState.READING)
    desk.say("/sensei review")
    assert [one.superseded for one in it.rounds()] == [False, False]
    it.deliver("pull_request", it.pull_request("synchronize", "b"))
    desk.say("/sensei review")
    assert [one.superseded for one in it.rounds()] == [False, True, False]


@pytest.mark.parametrize("asked", [True, False])
def test_a_review_that_was_asked_for_is_so_when_it_is_tried_again(it: Dojo, asked: bool) -> None:
    desk = Desk(it)
    if asked:
        desk.say("/sensei review")
    for _ in range(2):
        it.state(RoundState.INCOMPLETE)
        pull_request = desk.pull_request
        with it.store.begin() as tx:
            it.inbox.schedule_retry(tx, pull_request, 600)
    with it.store.begin() as tx:
        assert [tx.rounds.was_asked_for(one.id) for one in it.rounds_in(tx)[-2:]] == [asked, asked]


def open_of(it: Dojo, change: Callable[[], object]) -> tuple[int, int]:
    """How many questions are open for the participant, before and after something."""
    with it.store.begin() as tx:
        before = tx.questions.count_open(ADA.id, ADA.id)
    change()
    with it.store.begin() as tx:
        return before, tx.questions.count_open(ADA.id, ADA.id)


@pytest.mark.parametrize("command", ["/sensei defer In May.", "/sensei dispute It is moot."])
def test_what_is_deferred_or_disputed_is_not_open_for_the_participant(it: Dojo, command: str) -> None:
    desk = Desk(it)
    before, after = open_of(it, lambda: desk.say(command, place=CommentPlace.QUESTION))
    assert after == before - 1


def disputed(it: Dojo) -> list[tuple[int, str]]:
    with it.store.begin() as tx:
        found = tx.questions.list_disputed()
    return [(one.id, reason) for capstone, _, one, reason in found if capstone.id == it.capstone.id]


def settle(it: Dojo, question: int, *, stands: bool) -> str:
    with it.store.begin() as tx:
        return settle_question(tx, question, stands=stands, withdrawn=not stands, at=it.now())


@pytest.mark.parametrize(("stands", "state"), [(True, "asked"), (False, "withdrawn")])
def test_a_sensei_rules_once_on_what_is_disputed(it: Dojo, stands: bool, state: str) -> None:
    desk = Desk(it)
    with pytest.raises(UserError, match=f"Question {desk.question} is not disputed"):
        settle(it, desk.question, stands=stands)
    desk.say("/sensei dispute It is a fixture.", place=CommentPlace.QUESTION)
    assert disputed(it) == [(desk.question, "It is a fixture.")]
    assert "post this in the question's thread" in settle(it, desk.question, stands=stands)
    assert (it.questions(), disputed(it)) == ([state], [])
    with it.store.begin() as tx:
        asked = tx.questions.get(desk.question)
    assert asked
    assert asked.ruling is (Ruling.STANDS if stands else Ruling.WITHDRAWN)
    with pytest.raises(UserError):
        settle(it, desk.question, stands=stands)
    comment = desk.say("/sensei dispute It is, really.", place=CommentPlace.QUESTION)
    command = desk.command(comment, CommentPlace.QUESTION)
    assert command
    assert command.answer is (CommandOutcome.RULED if stands else CommandOutcome.SETTLED)
    assert it.questions() == [state]


@pytest.mark.parametrize("both", [True, False])
def test_a_ruling_is_one_of_two(it: Dojo, both: bool) -> None:
    desk = Desk(it, asked=DISPUTED)
    with it.store.begin() as tx, pytest.raises(UserError, match="exactly one ruling"):
        settle_question(tx, desk.question, stands=both, withdrawn=both, at=it.now())


def test_a_sensei_who_rules_where_nothing_is_posted_is_told_so(it: Dojo) -> None:
    desk = Desk(it)
    desk.say("/sensei dispute It is a fixture.", place=CommentPlace.QUESTION)
    desk.say("/sensei private")
    assert "tell the participant yourself" in settle(it, desk.question, stands=True)


def spoke(it: Dojo, question: int) -> bool:
    with it.store.begin() as tx:
        found = tx.questions.get(question)
    assert found
    return found.sensei_spoke


@pytest.mark.parametrize(
    ("author", "body", "place", "expected"),
    [
        (SEN, "What did you measure?", CommentPlace.QUESTION, True),
        (SEN, "/sensei defer After the demo.", CommentPlace.QUESTION, False),
        (SEN, "/sensei dsipute No.", CommentPlace.QUESTION, False),
        (SEN, "What did you measure?", CommentPlace.THREAD, False),
        (SEN, "What did you measure?", CommentPlace.CONVERSATION, False),
        (ADA, "I measured nothing.", CommentPlace.QUESTION, False),
        (BO, "I wonder, too.", CommentPlace.QUESTION, False),
    ],
)
def test_where_a_sensei_has_spoken_is_known(
    it: Dojo, author: Account, body: str, place: CommentPlace, expected: bool
) -> None:
    desk = Desk(it)
    desk.say(body, author, place)
    assert spoke(it, desk.question) is expected


def test_a_sensei_who_has_spoken_is_not_forgotten_and_commands_on(it: Dojo) -> None:
    desk = Desk(it)
    comment = desk.say("What did you measure?", SEN, CommentPlace.QUESTION)
    desk.say("What did you measure?", SEN, CommentPlace.QUESTION, "deleted", comment)
    assert spoke(it, desk.question)
    desk.say("/sensei defer After the demo.", SEN, CommentPlace.QUESTION)
    assert (it.questions(), len(desk.answers)) == (["deferred"], 1)


@pytest.mark.parametrize(
    ("more", "done"), [({"draft": True}, True), ({"state": "closed"}, False), ({"merged": True}, False)]
)
def test_drafts_are_reviewed_and_closed_ones_only_helped_with(
    it: Dojo, more: dict[str, Any], done: bool
) -> None:
    desk = Desk(it, **more)
    answers = {}
    for verb in (Verb.REVIEW, Verb.HELP, Verb.EXPLAIN):
        command = desk.command(desk.say(f"/sensei {verb}"))
        assert command
        answers[verb] = command.answer
    assert answers == {
        Verb.REVIEW: CommandOutcome.DONE if done else CommandOutcome.CLOSED,
        Verb.HELP: CommandOutcome.DONE,
        Verb.EXPLAIN: CommandOutcome.DONE,
    }
    asked = [one for one in it.rounds() if one.trigger == "asked"]
    assert len(asked) == done


@pytest.mark.parametrize("author", [ADA, SEN], ids=["participant", "sensei"])
def test_above_twenty_commands_an_hour_nothing_is_run_or_answered(it: Dojo, author: Account) -> None:
    desk = Desk(it)
    with structlog.testing.capture_logs() as logged:
        for second in range(19):
            desk.say("/sensei hlep" if second % 2 else "/sensei help", author, at=second)
        desk.say("/sensei private", author, at=3599)
        assert (desk.pull_request.private, len(desk.answers)) == (True, 20)
        before = desk.state()
        rest = [
            desk.say(body, author, place, at=3599.5)
            for body in ("/sensei speak", "/sensei defer In May.", "/sensei hlep")
            for place in (CommentPlace.CONVERSATION, CommentPlace.QUESTION)
        ]
    assert (desk.state(), len(desk.answers)) == (before, 20)
    [line] = [one for one in logged if one["event"] == "commands.too_many"]
    assert line["pull_request"] == f"{it.number}#1"
    # Others are heard, and elsewhere the same author is.
    desk.say("/sensei quiet", SEN if author is ADA else ADA, at=3599.5)
    assert (desk.pull_request.quiet, len(desk.answers)) == (True, 21)
    it.deliver("pull_request", it.pull_request("opened", "b", number=2))
    event, payload = it.comment("/sensei private", author, at=3599.5)
    payload["issue"]["number"] = 2
    it.deliver(event, payload)
    with it.store.begin() as tx:
        found = tx.pull_requests.find(it.capstone.id, 2)
    assert found
    assert found.private
    # A comment is taken once; a new one is heard when the first ones are an hour old.
    edited(desk, rest[0], "/sensei speak", author=author, at=7300)
    assert desk.pull_request.private
    desk.say("/sensei speak", author, at=7300)
    assert not desk.pull_request.private


@pytest.mark.contract
def test_who_goes_on_giving_commands_is_not_heard_until_a_pause(it: Dojo) -> None:
    desk = Desk(it)
    with structlog.testing.capture_logs() as logged:
        for minute in range(120):
            desk.say("/sensei help", at=60 * minute)
        assert len(desk.answers) == 20
        assert [one["event"] for one in logged].count("commands.too_many") == 1
        desk.say("/sensei help", at=60 * 170)
    assert len(desk.answers) == 21


def test_what_comes_at_once_after_an_outage_counts_for_the_hour_in_which_it_was_written(it: Dojo) -> None:
    desk = Desk(it)
    for quarter in reversed(range(40)):
        desk.say("/sensei help", at=900 * quarter)
    assert len(desk.answers) == 40


def test_a_held_capstone_does_what_it_is_told_without_a_word(it: Dojo) -> None:
    desk = Desk(it)
    with it.store.begin() as tx:
        tx.capstones.set_publishing(it.capstone.id, held=True)
    desk.say("/sensei private")
    assert desk.pull_request.private
    assert desk.answers == []


def test_a_command_on_an_unknown_pull_request_waits_until_it_is_fetched_and_elsewhere_is_left_alone(
    it: Dojo,
) -> None:
    event, payload = it.comment("/sensei help", ADA)
    assert it.deliver(event, payload) == "stored"
    assert len(it.jobs("fetch")) == 1
    assert it.deliver(event, {**payload, "repository": it.repository(id=5)}) == "ignored"
    assert it.jobs("answer") == []


def test_an_answers_job_is_due_at_once_and_names_its_command_alone(it: Dojo) -> None:
    desk = Desk(it)
    comment = desk.say("/sensei explain speed.1 @everyone")
    [job] = it.jobs("answer")
    command = desk.command(comment)
    assert command
    assert job.argument == {"command": command.id}
    assert job.due_at - it.now() < timedelta(seconds=1)
    assert sha("a") not in job.id
