"""Questions about earlier decisions: on both databases, before a GitHub on loopback."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bot.bootstrap.wiring import load_articulation
from bot.domain.articulation.slots import Slot
from bot.domain.decisions.records import (
    CodeAnchor,
    Decision,
    DecisionOrigin,
    DecisionState,
    RevisedBy,
)
from bot.domain.pull_requests.records import AskedQuestion, PublishPolicy, QuestionState, RoundState
from bot.ports.model import CallOutcome
from bot.workflows.decisions.publishing import publish_decision
from bot.workflows.decisions.records import confirm_decision, draft_decision
from bot.workflows.pull_requests import review_posting
from bot.workflows.pull_requests.decision_announcements import DecisionAnnouncements
from bot.workflows.pull_requests.drift_questions import list_compared
from bot.workflows.pull_requests.lost_code import list_watched
from bot.workflows.pull_requests.visible_questions import list_visible, number_decisions
from tests.fakes.github import GitHub
from tests.fakes.github.model import Pull
from tests.fakes.model import Scripted
from tests.fakes.steps import Straight
from tests.workflows.dojo.test_few_statements import counted
from tests.workflows.hosted import Hosted, with_model
from tests.workflows.running_dojo import ADA
from tests.workflows.shop import LIBRARY

DESK = b"import shop\n\nretries = 3\n\nshop.ask(retries)\n"
LATER = DESK.replace(b"retries = 3", b"retries = 5")
LATEST = DESK.replace(b"retries = 3", b"retries = 8")
TITLE = "Three retries, with a backoff"
TEXTS = {Slot.DECIDED: "We try three times.", Slot.AGAINST: "A queue: too much to run."}
HOLDS = "Does it still hold, or has something changed?"
PROBE = f"This changes the lines that decision 1 (“{TITLE}”) is about. {HOLDS}"
WORDED = "Decision 1 stops after three tries, and this makes five. Is the queue back, or is it a trial?"


@pytest.fixture(name="it")
def a_dojo(engine: sa.Engine, tmp_path: Path) -> Iterator[Hosted]:
    with GitHub() as github:
        it = Hosted(engine, github, tmp_path)
        it.push({"desk.py": DESK})
        yield it
        for question in questions(it):  # a person has only so many questions open
            settle(it, question, QuestionState.RESOLVED)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(review_posting, "LIST_LAG", 0.01)


def decide(
    it: Hosted,
    *,
    private: bool = False,
    title: str = TITLE,
    texts: Mapping[Slot, str] = TEXTS,
    quote: str = "retries = 3",
    state: DecisionState = DecisionState.CONFIRMED,
    question: int | None = None,
    path: str = "desk.py",
) -> Decision:
    """Record a decision about the retries."""
    with it.store.begin() as tx:
        made = tx.decisions.add(
            it.capstone.id,
            person=None,
            origin=DecisionOrigin.CHAT if private else DecisionOrigin.THREAD,
            question=question,
            check="speed.1",
            private=private,
            title=title,
            texts=texts,
            anchors=[CodeAnchor(path, "a" * 40, "head", 3, 3, quote)],
            supersedes=None,
            by=RevisedBy.SENSEI,
            at=it.now(),
        )
        tx.decisions.set_state(made.id, state, it.now())
        return tx.decisions.get(made.id)


def opened(it: Hosted, files: bytes = LATER, **more: bytes) -> Pull:
    it.push({"desk.py": files, **{f"{name}.py": text for name, text in more.items()}}, "work")
    pull = it.github.open_pull(it.repository_there, "work", it.ada)
    it.run("reconcile")
    return pull


def pushed(it: Hosted, files: bytes) -> None:
    it.push({"desk.py": files}, "work")
    it.run("reconcile")
    it.review()


def questions(it: Hosted) -> list[AskedQuestion]:
    with it.store.begin() as tx:
        rounds = it.rounds_in(tx)
        return list(tx.questions.of(rounds[0].pull_request)) if rounds else []


def settle(it: Hosted, question: AskedQuestion, state: QuestionState) -> None:
    with it.store.begin() as tx:
        tx.questions.set_state(question.id, state, it.now())


def said(pull: Pull) -> str:
    comments = [comment.body for thread in pull.threads for comment in thread.comments]
    return "\n".join([*(review.body for review in pull.reviews), *comments])


def link(it: Hosted) -> str:
    """Let Ada have an account in the chat and at the host."""
    with it.store.begin() as tx:
        cohort = tx.cohorts.add("dojo", it.now())
        tx.cohorts.set_workspace(cohort.id, "TDRIFT")
        person = tx.members.find_or_add_by_chat("TDRIFT", "UADA", "Ada", it.now())
        known = tx.members.by_host_account(ADA.id)
        return person if known == person else tx.members.prove(person, ADA, it.now())


def read_by(it: Hosted, model: Scripted) -> Scripted:
    """Let a model read from now on."""
    it.reviews = replace(it.reviews, reader=with_model(it.reviews.reader, model))
    return model


def asks(**changes: Any) -> dict[str, Any]:
    """The model's answer that decision 1 is contradicted."""
    plain = {
        "source": "commit",
        "path": "desk.py",
        "side": "head",
        "quote": "retries = 5",
        "check": "1",
        "why": "The number of tries.",
        "question": WORDED,
    }
    return {"questions": [{**plain, **changes}], "verdicts": []}


LEAVES = {"questions": [], "verdicts": [{"n": 1, "because": "The same number.", "verdict": "drop"}]}


def test_a_change_of_a_decision_s_line_draws_one_question_on_that_line(it: Hosted) -> None:
    decided = decide(it)
    pull = opened(it)
    it.review()
    [thread] = pull.threads
    assert PROBE in thread.comments[0].body
    assert (thread.original.path, thread.original.line) == ("desk.py", 3)
    assert "1 question about decision 1" in pull.reviews[0].body
    [asked] = questions(it)
    assert (asked.check, asked.state, asked.quote) == ("speed.1", QuestionState.ASKED, "retries = 5")
    with it.store.begin() as tx:
        assert tx.decisions.drifted(asked.id) == decided


@pytest.mark.parametrize(
    ("state", "is_asked"),
    [
        (QuestionState.ASKED, False),
        (QuestionState.DISPUTED, False),
        (QuestionState.ANSWERED, True),
        (QuestionState.DEFERRED, True),
    ],
)
def test_what_a_check_in_asks_now_is_not_asked_in_a_thread_as_well(
    it: Hosted, state: QuestionState, is_asked: bool
) -> None:
    """One that was answered or skipped leaves a later change to ask about."""
    decided, asking = decide(it), it.ask_in_check_in(state)
    with it.store.begin() as tx:
        tx.decisions.add_drift_question(asking, decided.id)
    pull = opened(it)
    it.review()
    assert bool(pull.threads) is is_asked


def test_a_decision_from_a_check_in_is_compared_with_changes(it: Hosted) -> None:
    decide(it, question=it.ask_in_check_in(QuestionState.RESOLVED))
    pull = opened(it)
    it.review()
    assert len(pull.threads) == 1


@pytest.mark.parametrize("state", [state for state in DecisionState if state != DecisionState.CONFIRMED])
def test_only_a_confirmed_decision_is_asked_about(it: Hosted, state: DecisionState) -> None:
    decide(it, state=state)
    pull = opened(it)
    it.review()
    assert pull.threads == []
    assert "decision" not in pull.reviews[0].body


def test_many_decisions_take_no_more_queries_than_one(it: Hosted, engine: sa.Engine) -> None:
    decide(it)
    opened(it)
    it.review()
    taken = []
    for more in (0, 9):
        for _ in range(more):
            decide(it, quote="import shop")
        with counted(engine) as counts, it.store.begin() as tx:
            [pull_request] = tx.pull_requests.list_open(it.capstone.id)
            list_compared(tx, pull_request, it.capstone)
            list_watched(tx, it.capstone.id)
            number_decisions(tx, list_visible(tx, pull_request.id))
        taken.append(counts.statements)
    assert taken[0] == taken[1]


def test_a_change_that_leaves_the_lines_alone_draws_no_question(it: Hosted) -> None:
    decide(it)
    pull = opened(it, DESK.replace(b"retries = 3", b"retries  =  3") + b"\n\nx = 1\n")
    it.review()
    assert pull.threads == []


def test_a_later_push_may_ask_about_a_decision_when_it_would_ask_nothing_else(it: Hosted) -> None:
    decide(it)
    pull = opened(it, DESK + b"x = 1\n")
    it.review()
    assert pull.threads == []
    pushed(it, LATER + b"cache(1)\n")
    assert [thread.comments[0].body.count("decision 1") for thread in pull.threads] == [1]


def test_a_decision_is_not_asked_about_again_while_its_question_is_open(it: Hosted) -> None:
    decide(it)
    pull = opened(it)
    it.review()
    pushed(it, LATER.replace(b"shop.ask", b"shop.tell"))
    pushed(it, LATEST)
    assert len(pull.threads) == 1


@pytest.mark.contract
@pytest.mark.parametrize("state", [QuestionState.ANSWERED, QuestionState.DEFERRED])
def test_nobody_is_asked_about_a_decision_that_they_are_talking_about(
    it: Hosted, state: QuestionState
) -> None:
    decided = decide(it)
    pull = opened(it)
    it.review()
    settle(it, questions(it)[0], state)
    with it.store.begin() as tx:  # the change touches other lines of it now
        anchor = CodeAnchor("desk.py", "b" * 40, "head", 5, 5, "shop.ask(retries)")
        tx.decisions.set_anchors(decided.id, [anchor], it.now())
    pushed(it, LATER.replace(b"shop.ask", b"shop.tell"))
    assert len(pull.threads) == 1


def test_the_same_changed_lines_are_never_asked_about_twice(it: Hosted) -> None:
    decide(it)
    pull = opened(it)
    it.review()
    settle(it, questions(it)[0], QuestionState.RESOLVED)
    pushed(it, LATER + b"x = 1\n")
    pushed(it, LATEST)  # still the one line of the decision
    assert len(pull.threads) == 1


@pytest.mark.contract
def test_a_decision_that_still_holds_is_asked_about_again_only_when_other_lines_change(it: Hosted) -> None:
    decided = decide(it)
    pull = opened(it)
    it.review()
    [asked] = questions(it)
    settle(it, asked, QuestionState.RESOLVED)
    with it.store.begin() as tx:  # as an answer that it still holds does
        tx.decisions.set_anchors(
            decided.id, [CodeAnchor("desk.py", "b" * 40, "head", 3, 3, asked.quote)], it.now()
        )
    pushed(it, LATER + b"x = 1\n")
    assert len(pull.threads) == 1
    pushed(it, LATEST)
    assert len(pull.threads) == 2


def test_a_decision_of_this_pull_request_is_asked_about_when_its_lines_go_in_a_later_push(it: Hosted) -> None:
    pull = opened(it, DESK + b"cache(1)\n")
    it.review()
    [first] = questions(it)
    decide(it, quote="cache(1)", question=first.id)
    settle(it, first, QuestionState.RESOLVED)
    pushed(it, DESK + b"cache(1)\nx = 1\n")
    assert len(pull.threads) == 1
    pushed(it, DESK + b"cache(900)\nx = 1\n")
    assert "decision 1" in pull.threads[-1].comments[0].body
    assert len(pull.threads) == 2


def test_a_decision_of_another_pull_request_is_compared_once_that_is_merged(it: Hosted) -> None:
    pull = opened(it, DESK + b"cache(1)\n")
    it.review()
    [first] = questions(it)
    decide(it, quote="cache(1)", question=first.id)
    it.push({"more.py": b"more = 1\n"}, "other")
    it.github.open_pull(it.repository_there, "other", it.ada)
    it.run("reconcile")
    assert [compared(it, number) for number in (1, 2)] == [1, 0]
    it.github.merge_pull(pull)
    it.run("reconcile")
    assert compared(it, 2) == 1


def compared(it: Hosted, number: int) -> int:
    """With how many decisions a pull request's change is compared."""
    with it.store.begin() as tx:
        found = tx.pull_requests.find(it.capstone.id, number)
        assert found
        return len(list_compared(tx, found, it.capstone))


def test_one_round_asks_about_one_decision_however_many_it_touches(it: Hosted) -> None:
    decide(it)
    decide(it, title="Ask with the retries", quote="shop.ask(retries)")
    pull = opened(it, LATER.replace(b"shop.ask", b"shop.tell"))
    it.review()
    assert len(pull.threads) == 1


def leave_one_slot(it: Hosted) -> None:
    """Let five of the six questions that a person may have open be open."""
    for number in range(5):
        it.ask(None, fingerprint=f"{number:064}", path="z.py", text="What now?")


def test_a_question_about_a_decision_goes_before_others(it: Hosted) -> None:
    decide(it)
    leave_one_slot(it)
    pull = opened(it, LATER + b"cache(1)\n")
    it.review()
    [thread] = pull.threads
    assert "decision 1" in thread.comments[0].body


def test_a_gate_s_question_goes_before_one_about_a_decision(it: Hosted) -> None:
    decide(it)
    leave_one_slot(it)
    pull = opened(it, LATER + b"trust(2)\n")
    it.review()
    [thread] = pull.threads
    assert "decision 1" not in thread.comments[0].body


def test_with_six_open_questions_a_decision_has_to_wait(it: Hosted) -> None:
    decide(it)
    leave_one_slot(it)
    it.ask(None, fingerprint="6" * 64, path="z.py", text="What now?")
    pull = opened(it)
    it.review()
    assert pull.threads == []


def test_a_title_that_no_question_may_contain_is_left_out(it: Hosted) -> None:
    decide(it, title="See https://evil.example and @bob")
    pull = opened(it)
    it.review()
    assert f"decision 1 is about. {HOLDS}" in pull.threads[0].comments[0].body
    assert "evil" not in said(pull)


def test_a_decision_that_says_what_would_reopen_it_is_asked_about_that(it: Hosted) -> None:
    decide(it, texts={**TEXTS, Slot.REVISIT: "Ten timeouts in a week."})
    pull = opened(it)
    it.review()
    assert "has that happened, or is this for another reason?" in pull.threads[0].comments[0].body


def test_a_model_s_question_is_asked_with_the_title_added(it: Hosted) -> None:
    decide(it)
    model = read_by(it, Scripted(read={}, drift=asks()))
    pull = opened(it)
    it.review()
    worded = WORDED.replace("Decision 1", f"Decision 1 (“{TITLE}”)")
    assert worded in pull.threads[0].comments[0].body
    read, drift = model.requests
    assert (drift.system, drift.user, drift.schema, drift.effort) == (
        read.system,
        read.user,
        read.schema,
        read.effort,
    )
    assert '"n": 1, "title"' in drift.items
    assert "We try three times." in drift.items
    assert "We try three times." not in read.user


def test_a_decision_that_the_model_says_is_unaffected_draws_no_question(it: Hosted) -> None:
    decide(it)
    read_by(it, Scripted(read={}, drift=LEAVES))
    pull = opened(it)
    it.review()
    assert pull.threads == []


@pytest.mark.contract
@pytest.mark.parametrize(
    "reply",
    [
        CallOutcome.REFUSED,
        {"questions": [], "verdicts": []},
        asks(question="Why not use a queue, as decision 1 says?"),
        asks(question="You broke decision 1. Would you like a 4 for it, or what?"),
        asks(question="Nobody knows this. What now?"),
        asks(check="99"),
        ["nonsense"],
    ],
    ids=["failed", "silent", "leading", "grading", "names no decision", "unknown", "no answer"],
)
def test_without_usable_words_of_the_model_the_guide_asks_about_touched_lines(it: Hosted, reply: Any) -> None:
    decide(it)
    read_by(it, Scripted(read={}, drift=reply))
    pull = opened(it)
    it.review()
    assert PROBE in pull.threads[0].comments[0].body


def test_a_failed_comparison_is_said_and_the_reading_stands(it: Hosted) -> None:
    decide(it)
    read_by(it, Scripted(read={}, drift=CallOutcome.REFUSED))
    pull = opened(it)
    it.review()
    assert "did not compare it with earlier decisions" in pull.reviews[0].body
    assert it.rounds()[-1].state is RoundState.PUBLISHED


def test_a_model_may_see_a_contradiction_where_no_line_of_the_decision_changed(it: Hosted) -> None:
    decide(it, texts={Slot.DECIDED: "`shop.ask` gets three tries."}, quote="somewhere_else()")
    model = read_by(it, Scripted(read={}, drift=asks()))
    pull = opened(it, LATER.replace(b"shop.ask(retries)", b"shop.ask(retries, forever=True)"))
    it.review()
    assert [request.purpose for request in model.requests] == ["read", "drift"]
    assert "Decision 1" in pull.threads[0].comments[0].body


def test_without_a_candidate_the_model_is_not_asked(it: Hosted) -> None:
    decide(it, texts={Slot.DECIDED: "We use one region."}, title="One region", quote="somewhere_else()")
    model = read_by(it, Scripted(read={}, drift=asks()))
    opened(it)
    it.review()
    assert [request.purpose for request in model.requests] == ["read"]


def test_nobody_s_decision_is_in_a_prompt_about_somebody_else_s_change(it: Hosted) -> None:
    decide(it)
    model = read_by(it, Scripted(read={}, drift=asks()))
    it.push({"desk.py": LATER}, "work")
    sen = it.github.user("sen")
    sen.id = it.capstone.sensei.id if it.capstone.sensei else 2
    pull = it.github.open_pull(it.repository_there, "work", sen)
    it.run("reconcile")
    it.review()
    assert all("We try three times." not in f"{sent.user}{sent.items}" for sent in model.requests)
    assert PROBE in pull.threads[0].comments[0].body


def test_where_a_sensei_sees_questions_first_nothing_is_posted_yet(it: Hosted) -> None:
    decide(it)
    with it.store.begin() as tx:
        tx.capstones.set_publishing(it.capstone.id, PublishPolicy.SENSEI_FIRST)
    pull = opened(it)
    it.review()
    assert pull.threads == []
    assert [question.state for question in questions(it)] == [QuestionState.PROPOSED]


def test_a_private_decision_is_asked_about_in_private_alone(it: Hosted) -> None:
    link(it)
    decided = decide(it, private=True)
    model = read_by(it, Scripted(read={}, drift=asks()))
    pull = opened(it)
    it.review()
    assert pull.threads == []
    assert "decision" not in said(pull)
    assert "1 question" not in said(pull)
    assert all("We try three times." not in f"{sent.user}{sent.items}" for sent in model.requests)
    assert all(sent.purpose != "drift" for sent in model.requests)
    [asked] = questions(it)
    assert TITLE not in asked.text
    with it.store.begin() as tx:
        conversation = tx.conversations.by_question(asked.id)
        assert tx.decisions.drifted(asked.id) == decided
        jobs = [job for job in tx.jobs.due(it.now(), 10_000) if job.kind == "message"]
    assert conversation is not None
    assert conversation.private
    assert [job.argument["about"] for job in jobs if job.argument["kind"] == "articulation.question"][
        -1:
    ] == [{"question": asked.id}]


def test_a_private_question_stays_off_the_pull_request_in_later_rounds_too(it: Hosted) -> None:
    link(it)
    decide(it, private=True)
    pull = opened(it)
    it.review()
    pushed(it, LATER + b"x = 1\n")
    assert len(questions(it)) == 1
    assert pull.threads == []
    assert "decision" not in said(pull)


def test_a_published_answer_to_a_private_question_is_not_announced_where_nobody_saw_that(it: Hosted) -> None:
    link(it)
    decide(it, private=True)
    pull = opened(it)
    it.review()
    [asked] = questions(it)
    with it.store.begin() as tx:
        conversation = tx.conversations.by_question(asked.id)
        assert conversation is not None
        draft = draft_decision(tx, conversation, {Slot.DECIDED: "Five."}, RevisedBy.SENSEI, it.now())
        later = confirm_decision(tx, draft, load_articulation(LIBRARY), it.now())
        publish_decision(tx, later, it.now())
    before = [comment.body for comment in pull.comments]
    announcements = DecisionAnnouncements(it.host, it.store, it.now)
    assert announcements.decided(Straight(it.store), {"decision": later.id}) == {"outcome": "done"}
    assert [comment.body for comment in pull.comments] == before
    assert pull.threads == []


def test_on_somebody_else_s_pull_request_a_private_question_quotes_only_the_decision_s_code(
    it: Hosted,
) -> None:
    link(it)
    decide(it, private=True)
    it.push({"desk.py": LATER}, "work")
    sen = it.github.user("sen")
    sen.id = it.capstone.sensei.id if it.capstone.sensei else 2
    it.github.open_pull(it.repository_there, "work", sen)
    it.run("reconcile")
    it.review()
    assert [question.quote for question in questions(it)] == ["retries = 3"]


def test_without_an_account_in_the_chat_a_private_decision_is_not_asked_about(it: Hosted) -> None:
    decide(it, private=True)
    with it.store.begin() as tx:
        person = tx.members.by_host_account(ADA.id)
        if person is not None and any(member.chat for member in tx.members.roles(person)):
            tx.members.disprove(person, it.now())
    pull = opened(it)
    it.review()
    assert questions(it) == []
    assert pull.threads == []


def test_what_is_found_is_stored_once_however_often_a_round_is_read(it: Hosted) -> None:
    decided = decide(it)
    opened(it)
    round_ = it.rounds()[-1].id
    it.reviews._read_head(round_)
    it.reviews._read_head(round_)
    with it.store.begin() as tx:
        [found] = tx.decisions.findings(round_)
    assert (found.decision, found.inline, found.citation.quote) == (decided.id, True, "retries = 5")


def test_the_comparison_reads_the_change_from_the_cache(it: Hosted) -> None:
    decide(it)
    model = read_by(it, Scripted(read={}, drift=LEAVES))
    opened(it)
    it.review()
    sent = model.requests[-1]
    assert sent.task.startswith("<task>\nYou are the reader of earlier decisions.")
    assert sent.caches_user


def test_the_answer_drafts_a_decision_that_replaces_the_earlier_one_once_confirmed(it: Hosted) -> None:
    earlier = decide(it)
    pull = opened(it)
    it.review()
    [asked] = questions(it)
    rules = load_articulation(LIBRARY)
    with it.store.begin() as tx:
        conversation = tx.conversations.open(asked.id, it.now())
        texts = {Slot.DECIDED: "We try five times."}
        draft = draft_decision(tx, conversation, texts, RevisedBy.SENSEI, it.now())
        later = confirm_decision(tx, draft, rules, it.now())
        assert (later.supersedes, later.check) == (earlier.id, "speed.1")
        assert tx.decisions.get(earlier.id).state is DecisionState.SUPERSEDED
    pushed(it, LATEST)
    assert len(pull.threads) == 2
    assert "decision 2 (“We try five times”)" in pull.threads[1].comments[0].body
