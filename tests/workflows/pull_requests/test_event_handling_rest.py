"""What deliveries change besides rounds: threads, ledgers, installations, names, the default branch."""

from collections.abc import Sequence
from datetime import datetime

import pytest
import sqlalchemy as sa

from bot.domain.pull_requests.records import Account, QuestionState, RoundState
from bot.ports.engine import Json, Workflow
from bot.workflows.jobs.dispatch import JobDispatcher
from tests.rendering.reports import movement
from tests.workflows.running_dojo import ADA, BO, RENOVATE, SEN, Dojo, sha, user
from tests.workflows.steps import (
    Step,
    closed,
    opened,
)

B = sha("b")


@pytest.fixture(name="it")
def a_dojo(engine: sa.Engine) -> Dojo:
    return Dojo(engine)


def replied(
    author: Account, action: str = "created", thread: int = 71, comment: int | None = None, body: str = "So."
) -> Step:
    return lambda it: it.deliver(
        *it.comment(body, author, action, comment or 90 + it.number * 100, thread + it.number * 100)
    )


def thread(action: str, by: Account = ADA) -> Step:
    return lambda it: it.deliver(
        "pull_request_review_thread",
        {
            "action": action,
            "repository": it.repository(),
            "pull_request": {"number": 1},
            "sender": user(by),
            "thread": {"comments": [{"id": 71 + it.number * 100}, {"id": 72 + it.number * 100}]},
        },
    )


QUESTIONS: dict[str, tuple[list[Step], str]] = {
    "the participant answers": ([replied(ADA)], "answered"),
    "the sensei writes": ([replied(SEN)], "asked"),
    "somebody else writes": ([replied(BO)], "asked"),
    "a bot writes": ([replied(RENOVATE)], "asked"),
    "an answer in another thread": ([replied(ADA, thread=81)], "asked"),
    "a thread is resolved": ([thread("resolved")], "resolved"),
    "the sensei resolves a thread": ([thread("resolved", SEN)], "resolved"),
    "somebody else resolves a thread": ([thread("resolved", BO)], "asked"),
    "somebody else opens a thread again": ([thread("resolved"), thread("unresolved", BO)], "resolved"),
    "an answered one is resolved": ([replied(ADA), thread("resolved")], "resolved"),
    "a resolved one is opened again": ([thread("resolved"), thread("unresolved")], "asked"),
    "one that was never resolved is opened again": ([replied(ADA), thread("unresolved")], "answered"),
    "a word after it was resolved": ([thread("resolved"), replied(ADA)], "resolved"),
    "all of it told twice": (
        [replied(ADA), replied(ADA), thread("resolved"), thread("resolved")],
        "resolved",
    ),
}


@pytest.mark.parametrize("name", list(QUESTIONS))
def test_a_question_is_where_its_thread_says(it: Dojo, name: str) -> None:
    steps, state = QUESTIONS[name]
    it.ask(71 + it.number * 100)
    for step in steps:
        step(it)
    assert it.questions() == [state]


def asking(it: Dojo) -> int:
    """Begin to post a question: everybody sees it, and its comment is not known yet."""
    made = it.ask(None, QuestionState.PROPOSED)
    it.state(RoundState.READING)
    return made


def placed(it: Dojo, question: int) -> None:
    with it.store.begin() as tx:
        tx.questions.mark_asked(question, it.now(), inline=True)
        tx.questions.set_comment(question, 71 + it.number * 100)
        tx.rounds.set_state(it.rounds_in(tx)[-1].id, RoundState.PUBLISHED, it.now())


def pumped(it: Dojo) -> None:
    class Nothing:
        def workflow(self, name: str, do: Workflow) -> None: ...

        def run(self, name: str, id_: str, argument: Json) -> None: ...

        def going_on(self, names: Sequence[str] | None = None) -> Sequence[str]:
            return []

        def forget(self, names: Sequence[str], before: datetime) -> int:
            return 0

    JobDispatcher(it.store, Nothing(), it.inbox, it.now).pump()


def says(it: Dojo, body: str, action: str = "created") -> None:
    """Let the participant write one comment in the question's thread, change it or delete it."""
    it.deliver(*it.comment(body, ADA, action, 90 + it.number * 100, 71 + it.number * 100))


def stored(it: Dojo) -> int:
    with it.engine.connect() as connection:
        query = "SELECT count(*) FROM delivery WHERE state = 'stored'"
        return int(connection.execute(sa.text(query)).scalar_one())


def test_what_is_said_before_a_questions_comment_is_known_waits_for_it(it: Dojo) -> None:
    one = asking(it)
    says(it, "First.")
    thread("resolved")(it)
    pumped(it)
    assert (stored(it), it.questions()) == (2, ["proposed"])
    placed(it, one)
    # Nothing that comes now overtakes what waits.
    says(it, "Better.", "edited")
    assert stored(it) == 3
    pumped(it)
    assert (stored(it), it.questions(), messages(it)) == (0, ["resolved"], ["Better."])


@pytest.mark.parametrize(
    ("body", "waits"),
    [
        ("/sensei private", False),
        ("/sensei quiet", False),
        ("/sensei speak", False),
        ("/sensei review", False),
        ("/sensei help", False),
        ("/sensei explain speed.1", False),
        ("/sensei prviate", False),
        ("/sensei record", True),
        ("/sensei explain", True),
        ("/sensei explain `?`", True),
        ("/sensei defer In May.", True),
        ("/sensei dispute It is moot.", True),
        ("It halved the errors.", True),
    ],
)
def test_a_command_that_is_about_no_question_waits_for_none(it: Dojo, body: str, waits: bool) -> None:
    one = asking(it)
    says(it, body)
    assert (stored(it), len(it.jobs("answer"))) == ((1, 0) if waits else (0, 1))
    placed(it, one)
    pumped(it)
    assert stored(it) == 0


def test_it_overtakes_what_waits_and_neither_is_done_twice(it: Dojo) -> None:
    one = asking(it)
    says(it, "So.")
    says(it, "/sensei private", "edited")
    assert (stored(it), private(it)) == (1, True)
    says(it, "/sensei private", "deleted")
    says(it, "So.", "edited")
    assert stored(it) == 2
    placed(it, one)
    pumped(it)
    assert (stored(it), messages(it), private(it)) == (0, [], True)
    assert it.questions() == ["asked"]


def private(it: Dojo) -> bool:
    with it.store.begin() as tx:
        found = tx.pull_requests.find(it.capstone.id, 1)
    assert found
    return found.private


def test_what_was_said_and_deleted_before_a_questions_comment_is_known_is_not_kept(it: Dojo) -> None:
    one = asking(it)
    says(it, "First.")
    placed(it, one)
    says(it, "First.", "deleted")
    pumped(it)
    assert (stored(it), messages(it)) == (0, [])


def test_answers_to_what_a_sensei_has_just_kept_wait_as_well_but_not_for_ever(it: Dojo) -> None:
    it.ask(None, QuestionState.KEPT)
    it.state(RoundState.PUBLISHED)
    replied(ADA)(it)
    pumped(it)
    assert stored(it) == 1
    it.wait(4 * 3600 + 1)
    pumped(it)
    assert stored(it) == 0


def test_threads_of_others_are_not_waited_for_once_a_round_has_ended(it: Dojo) -> None:
    asking(it)
    replied(ADA, thread=81)(it)
    assert stored(it) == 1
    it.state(RoundState.FAILED)
    pumped(it)
    assert (stored(it), messages(it)) == (0, [])


def test_an_answer_to_an_older_question_does_not_wait_for_a_round(it: Dojo) -> None:
    it.ask(71 + it.number * 100)
    it.state(RoundState.READING)
    replied(ADA)(it)
    assert (stored(it), it.questions()) == (0, ["answered"])


def messages(it: Dojo) -> list[str]:
    query = (
        "SELECT body FROM thread_message m JOIN question q ON q.id = m.question_id"
        " JOIN round r ON r.id = q.round_id WHERE r.id LIKE :mine AND m.deleted_at IS NULL"
        " ORDER BY m.comment_id"
    )
    with it.engine.connect() as connection:
        return [row[0] for row in connection.execute(sa.text(query), {"mine": f"review:{it.number}#%"})]


def test_what_is_said_in_a_thread_is_kept_as_it_now_stands(it: Dojo) -> None:
    it.ask(71 + it.number * 100)
    first, second = it.number * 100 + 90, it.number * 100 + 91
    replied(ADA, comment=first, body="It halved the errors.")(it)
    replied(SEN, comment=second, body="How do you know?")(it)
    replied(ADA, "edited", comment=first, body="It halved them.")(it)
    assert messages(it) == ["It halved them.", "How do you know?"]
    replied(ADA, "deleted", comment=first)(it)
    assert messages(it) == ["How do you know?"]


def test_a_push_to_the_default_branch_is_looked_at_and_no_other(it: Dojo) -> None:
    for ref, more in [
        ("refs/heads/feature", {}),
        ("refs/tags/main", {}),
        ("refs/heads/main", {"deleted": True}),
        ("refs/heads/main", {}),
        ("refs/heads/main", {}),
    ]:
        it.deliver("push", {"ref": ref, "after": B, "repository": it.repository(), **more})
    assert len(it.jobs("baseline")) == 1
    for job in it.jobs("baseline"):
        with it.store.begin() as tx:
            tx.jobs.mark_begun(job.id, it.now())
    it.deliver("push", {"ref": "refs/heads/main", "after": B, "repository": it.repository()})
    # Once more: a branch may be pushed back to where it was, and what has begun may have read another head.
    assert len(it.jobs("baseline")) == 1


def test_an_installation_comes_and_goes(it: Dojo) -> None:
    def reached() -> int | None:
        with it.store.begin() as tx:
            return tx.capstones.get(it.capstone.id).installation

    some = {"id": 9000 + it.number}
    mine = [{"id": it.number}, {"id": 1}]
    it.deliver("installation", {"action": "created", "installation": some, "repositories": mine})
    assert reached() == some["id"]
    assert [job.argument["stopped"] for job in it.jobs("reconcile")] == [True]
    changed = {"installation": some, "repositories_added": [], "repositories_removed": mine}
    it.deliver("installation_repositories", {"action": "removed", **changed})
    assert reached() is None
    changed = {"installation": some, "repositories_added": mine, "repositories_removed": []}
    it.deliver("installation_repositories", {"action": "added", **changed})
    assert reached() == some["id"]
    it.deliver("installation", {"action": "suspend", "installation": some})
    assert reached() is None
    it.deliver("installation", {"action": "unsuspend", "installation": some, "repositories": mine})
    it.deliver("installation", {"action": "deleted", "installation": some})
    assert reached() is None


def test_an_installation_that_is_not_the_one_by_now_takes_nothing_away(it: Dojo) -> None:
    mine = [{"id": it.number}]
    new, old = {"id": 9000 + it.number}, {"id": 9}
    added = {"installation": new, "repositories_added": mine, "repositories_removed": []}
    removed = {"installation": old, "repositories_added": [], "repositories_removed": mine}
    it.deliver("installation_repositories", {"action": "added", **added})
    it.deliver("installation_repositories", {"action": "removed", **removed})
    with it.store.begin() as tx:
        assert tx.capstones.get(it.capstone.id).installation == new["id"]


def test_any_event_may_be_the_first_to_say_how_a_repository_is_reached(it: Dojo) -> None:
    """What stopped for want of the App is looked at then, and not at every event that follows."""

    def comes(installation: int) -> list[bool]:
        name, payload = it.comment("Thanks!", BO)
        it.deliver(name, {**payload, "installation": {"id": installation}})
        looks = it.jobs("reconcile")
        for job in looks:
            with it.store.begin() as tx:
                tx.jobs.mark_begun(job.id, it.now())
        return [job.argument["stopped"] for job in looks]

    assert comes(9) == []
    removed = {"repositories_added": [], "repositories_removed": [{"id": it.number}]}
    it.deliver("installation_repositories", {**removed, "action": "removed", "installation": {"id": 9}})
    assert comes(9) == [True]
    assert comes(9) == []
    assert comes(9000 + it.number) == [True]


def test_a_name_and_a_branch_are_known_as_they_now_are(it: Dojo) -> None:
    new = it.repository(name=f"counter{it.number}", default_branch="trunk", owner={"login": "guild"})
    it.deliver("repository", {"action": "transferred", "repository": new})
    with it.store.begin() as tx:
        known = tx.capstones.get(it.capstone.id)
    assert (known.full_name, known.default_branch) == (f"guild/counter{it.number}", "trunk")


@pytest.mark.parametrize("merged", [True, False])
def test_what_a_pull_request_moved_counts_once_it_is_merged_and_is_forgotten_otherwise(
    it: Dojo, merged: bool
) -> None:
    opened()(it)
    with it.store.begin() as tx:
        tx.ledgers.record(it.capstone.id, it.rounds_in(tx)[0].id, [movement()], pending=True)
        tx.ledgers.record(it.capstone.id, f"review:{it.number}#11:1", [movement()], pending=True)
    closed(merged=merged)(it)
    with it.store.begin() as tx:
        kept = [(each.source.split("#")[1], each.pending) for each in tx.ledgers.movements(it.capstone.id)]
    assert kept == ([("1:1", False)] if merged else []) + [("11:1", True)]


def test_questions_of_every_state_stay_as_they_are_when_a_sensei_writes(it: Dojo) -> None:
    for n, state in enumerate(QuestionState):
        it.ask(it.number * 100 + n, state)
        it.deliver(*it.comment("Hm.", SEN, thread=it.number * 100 + n))
    assert it.questions() == list(QuestionState)
