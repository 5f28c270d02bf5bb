"""A round's questions reach their sensei, and what the sensei makes of them reaches the pull request."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bot.domain.dojo.people import CohortRole
from bot.domain.pull_requests.records import PublishPolicy
from bot.domain.pull_requests.rulings import DeciderRole, Ruler
from bot.workflows.pull_requests.question_decisions import keep_questions
from bot.workflows.triage.waiting import WaitingKind, count_waiting, list_waiting
from tests.fakes.github import Fails, GitHub
from tests.workflows.hosted import Hosted
from tests.workflows.pull_requests.test_webhook_intake import REVIEWS, keep, post, proposed
from tests.workflows.running_dojo import SEN


@pytest.fixture(name="it")
def a_dojo(engine: sa.Engine, tmp_path: Path) -> Iterator[Hosted]:
    """A capstone whose sensei is on Slack, and sees each question first."""
    with GitHub() as github:
        it = Hosted(engine, github, tmp_path)
        with it.store.begin() as tx:
            tx.capstones.set_publishing(it.capstone.id, publish=PublishPolicy.SENSEI_FIRST)
            person = tx.members.find_or_add_by_chat("T0APPROVAL", "U0SEN", "Sen", it.now())
            tx.members.join(it.capstone.cohort, person, CohortRole.SENSEI, it.now())
            tx.members.prove(person, SEN, it.now())
            participant = tx.members.by_host_account(it.capstone.participant.id)
            assert participant
            sen = tx.members.by_host_account(SEN.id)
            assert sen
            tx.capstones.set_sensei(it.capstone.cohort, participant, sen)
        yield it
        with it.store.begin() as tx:  # a person has only so many questions open
            tx.capstones.end(it.capstone.id)


def cards(it: Hosted) -> list[dict[str, Any]]:
    """What is to be written for the sensei about this pull request, and what of it again."""
    with it.store.begin() as tx:
        pull_request = tx.pull_requests.find(it.capstone.id, 1)
        assert pull_request
        waiting = [
            job
            for job in tx.jobs.due_of_kind("message", it.now().replace(year=2099), 10_000, first="")
            if job.argument["about"].get("pull_request") == pull_request.id
        ]
    return [job.argument for job in waiting]


def test_the_questions_of_a_round_are_brought_to_its_sensei_and_counted(it: Hosted) -> None:
    _, asked = proposed(it)
    [card] = cards(it)
    assert card["kind"] == "triage.question"
    with it.store.begin() as tx:
        _, questions = tx.effects.find(card["about"]["card"])
        assert questions == " ".join(map(str, asked))
        assert count_waiting(tx, [it.capstone.id]) == (2, 0)
        waiting = list_waiting(tx, [it.capstone.id])
    assert [(one.question, one.kind, one.pull_request) for one in waiting] == [
        (number, WaitingKind.QUESTION, 1) for number in asked
    ]
    keep(it, asked[0])
    with it.store.begin() as tx:
        assert count_waiting(tx, [it.capstone.id]) == (1, 0)


def test_a_senseis_own_words_are_posted_whatever_a_model_may_not_say(it: Hosted) -> None:
    pull, [first, _] = proposed(it)
    with it.store.begin() as tx:
        tx.questions.reword(first, "Great work. Use a pool instead, @ada, or why <b>not</b>?", it.now())
    post(it, *keep(it, first))
    [thread] = pull.threads
    assert "Great work. Use a pool instead," in thread.comments[0].body
    assert "@ada" not in thread.comments[0].body
    assert "<b>" not in thread.comments[0].body


def test_a_review_names_the_role_of_who_approved_its_questions(it: Hosted) -> None:
    pull, [first, second] = proposed(it)
    for question, role in ((first, DeciderRole.DEPUTY), (second, DeciderRole.SENSEI)):
        with it.store.begin() as tx:
            keep_questions(tx, [question], Ruler("p-someone", role), it.now())
            due = [job for job in tx.jobs.due(it.now(), 10_000) if job.kind == "questions"]
            for job in due:
                tx.jobs.mark_begun(job.id, it.now())
        post(it, *(job.argument for job in due))
    bodies = " ".join(review.body for review in pull.reviews)
    assert "approved by your sensei's deputy." in bodies
    assert "approved by your sensei." in bodies
    assert "p-someone" not in bodies


def test_what_could_not_be_posted_waits_again_and_is_noted(it: Hosted) -> None:
    _, [first, _] = proposed(it)
    it.github.fault(Fails(404), "POST", REVIEWS)
    post(it, *keep(it, first))
    assert it.questions() == ["proposed", "proposed"]
    with it.store.begin() as tx:
        assert tx.effects.find(f"unposted:{first}")[0]
