"""How commands are answered: on both databases, before a GitHub on loopback."""

import itertools
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.domain.pull_requests.records import Account, QuestionState, Ruling
from bot.domain.pull_requests.rulings import OPERATOR_RULES, DeciderRole, Ruler
from bot.errors import UserError
from bot.ports.jobs import Job
from bot.rendering.pull_requests import github_posts as rendered
from bot.workflows.jobs import retry
from bot.workflows.pull_requests import comment_posting
from bot.workflows.pull_requests.dispute_rulings import rule, settle_question
from bot.workflows.pull_requests.question_decisions import keep_questions
from tests.comments import TRICKS
from tests.fakes.github import Cuts, Fails, GitHub, Loses, missing
from tests.fakes.github.faults import Fault
from tests.fakes.github.model import Comment, IssueComment, ReviewComment, Thread, User
from tests.fakes.steps import Died, Recorded, Straight
from tests.workflows.hosted import Hosted

UNDER = "/repos/{owner}/{repo}/issues/{issue_number}/comments"
REPLIES = "/repos/{owner}/{repo}/pulls/{pull_number}/comments/{comment_id}/replies"
NODS = "/repos/{owner}/{repo}/issues/comments/{comment_id}/reactions"
ASKED = b"import shop\ncache(1)\n"
LAG = 0.3  # seconds until lists of the fake show what is new, where a test wants that


class Talk(Hosted):
    """A dojo with pull request 1, one question about it, and people who write there."""

    def __init__(self, engine: sa.Engine, github: GitHub, folder: Path) -> None:
        super().__init__(engine, github, folder)
        self.sen, self.bo = github.user("sen"), github.user("bo")
        with self.store.begin() as tx:
            tx.capstones.add(
                cohort="dojo",
                repository=self.number,
                owner="ada",
                name="desk",
                default_branch="main",
                installation=self.installation.id,
                participant=Account(self.ada.id, "ada"),
                sensei=Account(self.sen.id, "sen"),
                publish=None,
                at=self.now(),
            )
        self.push({"desk.py": ASKED}, "work")
        self.pull_there = github.open_pull(self.repository_there, "work", self.ada)
        self.run("reconcile")
        self.review()
        [self.thread] = self.pull_there.threads

    @property
    def question(self) -> int:
        with self.store.begin() as tx:
            [one] = tx.questions.of(self.rounds_in(tx)[0].pull_request)
        return one.id

    def says(self, body: str, by: User | None = None, thread: Thread | None = None) -> Comment:
        """Let somebody write a comment, and the bot hear of it."""
        by = by or self.ada
        comment: Comment = (
            self.github.reply(thread, body, by) if thread else self.github.comment(self.pull_there, body, by)
        )
        self.tell("created", comment)
        return comment

    def tell(self, action: str, comment: Comment) -> None:
        """Bring the event of a comment."""
        user = {"id": comment.user.id, "login": comment.user.login, "type": comment.user.kind}
        about = {"id": comment.id, "user": user, "body": comment.body, "updated_at": self.now().isoformat()}
        payload = {"action": action, "repository": self.repository(name="desk"), "comment": about}
        payload["sender"] = user
        if isinstance(comment, ReviewComment):
            about["in_reply_to_id"] = comment.thread.comments[0].id
            self.deliver("pull_request_review_comment", {**payload, "pull_request": {"number": 1}})
        else:
            self.deliver("issue_comment", {**payload, "issue": {"number": 1, "pull_request": {}}})

    def answer(self, steps: Straight | None = None) -> None:
        """Run what answers the last command."""
        job = max(self.jobs("answer"), key=lambda job: int(job.id.rpartition(":")[2]))
        self.answering.answer(steps or Straight(self.store), job.argument)

    def answers(self) -> None:
        """Run all that answers and has not begun."""
        for job in self.jobs("answer"):
            with self.store.begin() as tx:
                tx.jobs.mark_begun(job.id, self.now())
            self.answering.answer(Straight(self.store), job.argument)

    @property
    def ours(self) -> list[Comment]:
        """All that the bot has said since the question, oldest first."""
        pull = self.pull_there
        inline = [one for thread in pull.threads for one in thread.comments[1:]]
        found: list[Comment] = [*inline, *pull.comments]
        return sorted((one for one in found if one.user is self.app.bot), key=lambda one: one.id)


@pytest.fixture(name="it")
def a_talk(engine: sa.Engine, tmp_path: Path) -> Iterator[Talk]:
    with GitHub() as github:
        it = Talk(engine, github, tmp_path)
        yield it
        ended(it)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comment_posting, "LIST_LAG", LAG * 1.5)


def ended(it: Talk) -> None:
    with it.store.begin() as tx:
        tx.capstones.end(it.capstone.id)


def held(it: Talk) -> None:
    with it.store.begin() as tx:
        tx.capstones.set_publishing(it.capstone.id, held=True)


def test_a_command_gets_eyes_and_one_answer_where_it_stands(it: Talk) -> None:
    under = it.says("/sensei help")
    it.answers()
    within = it.says("/sensei explain", thread=it.thread)
    it.answers()
    assert [one.content for comment in (under, within) for one in comment.reactions] == ["eyes", "eyes"]
    first, second = it.ours
    assert isinstance(first, IssueComment)
    assert "| `/sensei review` |" in first.body
    assert isinstance(second, ReviewComment)
    assert second.thread is it.thread
    assert "`speed.1`" in second.body
    for comment, answer in ((under, first), (within, second)):
        assert answer.body.splitlines()[-1] == rendered.reply_marker(comment.id)


def test_an_answer_in_a_thread_that_somebody_else_began_stands_there(it: Talk) -> None:
    begun = it.github.comment_inline(it.pull_there, "desk.py", 1, "/sensei help", it.sen)
    thread = begun.thread
    user = {"id": it.sen.id, "login": "sen", "type": "User"}
    payload = {
        "action": "created",
        "repository": it.repository(name="desk"),
        "comment": {"id": begun.id, "user": user, "body": begun.body, "updated_at": it.now().isoformat()},
        "sender": user,
        "pull_request": {"number": 1},
    }
    it.deliver("pull_request_review_comment", payload)
    it.answers()
    assert [one.user for one in thread.comments] == [it.sen, it.app.bot]


LOST: list[Fault] = [Loses(), Cuts(worked=True), Cuts(), Fails(502)]


@pytest.mark.contract
@pytest.mark.parametrize("within", [False, True], ids=["conversation", "thread"])
def test_an_answer_whose_fate_is_unknown_is_found_or_written_once(
    it: Talk, within: bool, subtests: pytest.Subtests
) -> None:
    it.github.list_lag = LAG
    for fault in LOST:
        before = len(it.ours)
        with subtests.test(fault=fault):
            it.github.fault(fault, "POST", REPLIES if within else UNDER)
            it.says("/sensei help", thread=it.thread if within else None)
            it.answer()
            assert len(it.ours) == before + 1
            assert it.github.unmet() == []


def test_a_kill_before_a_step_leaves_one_answer(it: Talk, subtests: pytest.Subtests) -> None:
    def die() -> None:
        raise Died

    for within, step in itertools.product([None, it.thread], ["heard", "nod", "reply"]):
        before = len(it.ours)
        with subtests.test(step=step, in_a_thread=within is not None):
            it.says("/sensei help", thread=within)
            steps = Recorded(it.store, before={step: die})
            with pytest.raises(Died):
                it.answer(steps)
            assert len(it.ours) == before
            steps.again()
            it.answer(steps)
            assert len(it.ours) == before + 1


@pytest.mark.parametrize("within", [False, True], ids=["conversation", "thread"])
def test_a_kill_after_an_answer_and_before_its_record_does_not_write_it_twice(it: Talk, within: bool) -> None:
    comment = it.says("/sensei help", thread=it.thread if within else None)
    steps = Recorded(it.store)
    it.answer(steps)
    for lost in (1, 2, 3):
        del steps.record[-lost:]
        steps.again()
        it.answer(steps)
    # Not even the row of it was written.
    with it.engine.begin() as connection:
        connection.execute(sa.text("UPDATE effect SET external_id = NULL WHERE key LIKE 'reply:%'"))
    steps.record.pop()
    steps.again()
    it.answer(steps)
    [answer] = it.ours
    assert answer.body.endswith(rendered.reply_marker(comment.id))
    assert [one.content for one in comment.reactions] == ["eyes"]


def test_a_workflow_that_is_replayed_takes_the_same_way(it: Talk) -> None:
    it.says("/sensei private")
    steps = Recorded(it.store)
    it.answer(steps)
    whole = [name for name, _ in steps.record]
    requests = len(it.github.requests)
    steps.again()
    it.answer(steps)
    assert [name for name, _ in steps.record] == whole == ["heard", "nod", "reply"]
    assert len(it.github.requests) == requests


def test_somebody_elses_comment_with_our_marker_is_not_taken_for_the_answer(it: Talk) -> None:
    it.github.fault(Cuts(), "POST", UNDER)
    comment = it.says("/sensei help")
    it.github.comment(it.pull_there, f"Ha.\n{rendered.reply_marker(comment.id)}", it.bo)
    it.answer()
    assert len(it.ours) == 1


def test_an_answer_comes_though_no_eyes_can_be_shown(it: Talk, subtests: pytest.Subtests) -> None:
    for refused in (missing(), Fails(403, "Resource not accessible by integration"), Fails(500)):
        before = len(it.ours)
        with subtests.test(refused=refused):
            it.github.fault(refused, "POST", NODS)
            comment = it.says("/sensei help")
            it.answer()
            assert comment.reactions == []
            assert len(it.ours) == before + 1


def test_an_answer_that_github_refuses_ends_without_a_word(it: Talk) -> None:
    it.github.fault(Fails(403, "Unable to create comment because issue is locked."), "POST", UNDER)
    it.says("/sensei help")
    steps = Straight(it.store)
    job = it.jobs("answer")[-1]
    assert it.answering.answer(steps, job.argument) == {"outcome": "stop"}
    assert it.ours == []


def deleted(it: Talk) -> None:
    comment = next(one for one in it.pull_there.comments if one.user is not it.app.bot)
    it.github.delete_comment(comment)
    it.tell("deleted", comment)


@pytest.mark.contract
@pytest.mark.parametrize("step", ["heard", "reply"])
@pytest.mark.parametrize("stop", [deleted, held, ended])
def test_a_command_that_was_taken_back_or_is_stopped_is_not_answered(
    it: Talk, step: str, stop: Callable[[Talk], None]
) -> None:
    it.says("/sensei help")
    it.answer(Straight(it.store, before={step: lambda: stop(it)}))
    assert it.ours == []


def test_the_answer_to_a_command_that_is_deleted_later_stays(it: Talk) -> None:
    it.says("/sensei help")
    it.answers()
    deleted(it)
    it.answers()
    assert len(it.ours) == 1


def test_a_redelivered_or_edited_command_is_not_answered_again(it: Talk) -> None:
    comment = it.says("/sensei help")
    for action in ("created", "edited", "edited"):
        it.tell(action, comment)
    it.answers()
    assert len(it.ours) == 1


def said(it: Talk) -> str:
    """The last thing that the bot said, without its marker."""
    return it.ours[-1].body.rpartition("\n")[0].strip()


CONVERSATION = [
    ("/sensei review", "reading this pull request now"),
    ("/sensei private", "post nothing here except replies to commands"),
    ("/sensei quiet", "only when someone asks"),
    ("/sensei speak", "like any other"),
    ("/sensei defer", "it must be a reply"),
    ("/sensei explain", "Which check?"),
    ("/sensei explain sped.1", "Did you mean `/sensei explain speed.1`"),
    (
        "/sensei explain speed",
        "The quality speed has these checks: `speed.1`, `speed.2`, `shop.batch`. To ask about",
    ),
    ("/sensei explain shop.batch", "Shop, shop 1.0.0"),
    ("/sensei explain ../../etc", "no check with that name"),
    ("/sensei explain Safety.1", "It is good at safety"),
    ("/sensei record it", "for example: `/sensei record Q12`"),
    ("/sensei answer Q999999 It halves.", "No question on this pull request has that number"),
    ("/sensei link 12", "This code is wrong, used or expired"),
    ("/sensei link 7F3K-0Q9M-X2ZB\n\nThank you.", "and its code must be the only line of the comment"),
    ("/sensei dispute Ask bo@example.org.", "must not look like the start of a quoted e-mail"),
    ("/sensei quiet\nThank you.", "with an empty line below it"),
    ("/sensei reviw", "Did you mean `/sensei review`?"),
    ("/sensei review now", "`/sensei review` must be on a line of its own"),
]


def test_what_is_answered_in_the_conversation(it: Talk, subtests: pytest.Subtests) -> None:
    for body, words in CONVERSATION:
        it.wait(240)  # more at once would be too many
        with subtests.test(body):
            it.says(body)
            it.answers()
            assert words.lower() in said(it).lower()
            assert "level" not in said(it)


THREAD = [
    ("/sensei defer", "give a reason", "asked"),
    ("/sensei dispute ...", "give a reason", "asked"),
    ("/sensei explain", "Is speed.1 argued?", "asked"),
    ("/sensei explain safety.1", "Is safety.1 argued?", "asked"),
    ("/sensei private", "isn't linked to Slack", "asked"),
    ("/sensei record", "There's nothing to record yet", "asked"),
    ("/sensei record We cache it.", "Begin each part with its name and a colon", "asked"),
    ("/sensei answer", "write your answer after the command", "asked"),
    ("/sensei defer After the demo.", "I've deferred", "deferred"),
    ("/sensei dispute It is a fixture.", "marked this question as disputed", "disputed"),
]


def test_what_is_answered_in_a_questions_thread(it: Talk, subtests: pytest.Subtests) -> None:
    for body, words, state in THREAD:
        with subtests.test(body):
            it.says(body, thread=it.thread)
            it.answers()
            assert words in said(it)
            assert it.questions() == [state]
            assert it.ours[-1] in it.thread.comments


def test_a_closed_pull_request_is_not_reviewed_and_says_so(it: Talk) -> None:
    it.github.close_pull(it.pull_there)
    it.run("reconcile")
    for body, words in [("/sensei review", "is closed"), ("/sensei help", "/sensei explain")]:
        it.says(body)
        it.answers()
        assert words in said(it)


def test_strangers_are_told_once_and_get_no_eyes(it: Talk) -> None:
    for body in ("/sensei review", "/sensei quiet", "/sensei nonsense"):
        comment = it.says(body, it.bo)
        it.answers()
        assert comment.reactions == []
    [answer] = it.ours
    assert "Only this capstone's participant, their sensei and the cohort's leads" in answer.body


MENTION = re.compile(r"@\w")


@pytest.mark.contract
def test_whatever_is_written_no_answer_mentions_links_or_repeats_it(it: Talk) -> None:
    answered = [body for body, then in TRICKS.items() if then != "silent"]
    for body in answered:
        it.wait(240)  # more at once would be too many
        it.says(body)
    it.answers()
    assert len(it.ours) == len(answered)
    for answer in it.ours:
        words, _, marker = answer.body.rpartition("\n")
        assert MENTION.search(words) is None
        assert "<!--" not in words
        assert "://" not in words
        assert re.search(r"\.example|example\.|onerror|DROP|passwd|#1\b|__class__|banana", words) is None
        assert marker.startswith("<!-- sensei:reply=")
    assert it.questions() == ["asked"]


def test_a_private_pull_request_is_read_and_its_questions_wait_for_the_sensei(it: Talk) -> None:
    it.says("/sensei private")
    it.answers()
    reviews, checks = len(it.pull_there.reviews), len(it.repository_there.checks)
    summary = it.pull_there.reviews[0].body
    it.push({"desk.py": b"import shop\ntrust(2)\n"}, "work")
    it.run("reconcile")
    assert it.review() == {"state": "published"}
    it.says("/sensei review")
    it.answers()
    assert "I won't post anything" in said(it)
    assert it.review() == {"state": "published"}
    assert len(it.pull_there.reviews) == reviews
    assert len(it.repository_there.checks) == checks
    assert it.pull_there.reviews[0].body == summary
    assert it.questions() == ["asked", "proposed"]
    with it.store.begin() as tx:
        mine = [
            (one.id, pull.private)
            for capstone, pull, one in tx.questions.list_proposed()
            if capstone.id == it.capstone.id
        ]
    [(waiting, private)] = mine
    assert private
    with it.store.begin() as tx, pytest.raises(UserError, match="private pull request"):
        keep_questions(tx, [waiting], OPERATOR_RULES, it.now())
    it.says("/sensei speak")
    it.answers()
    with it.store.begin() as tx:
        keep_questions(tx, [waiting], OPERATOR_RULES, it.now())
    [job] = [job for job in kept(it) if job.argument["questions"] == [waiting]]
    it.upkeep.questions(Straight(it.store), job.argument)
    assert it.questions() == ["asked", "asked"]
    assert len(it.pull_there.threads) == 2


def kept(it: Talk) -> list[Job]:
    """The jobs that post what a sensei has kept."""
    with it.store.begin() as tx:
        return [job for job in tx.jobs.due(it.now(), 10_000) if job.kind == "questions"]


@pytest.mark.parametrize("step", ["begin", "pending.0"])
def test_what_a_sensei_has_kept_is_not_posted_once_the_pull_request_is_private(it: Talk, step: str) -> None:
    number, reviews = it.question, len(it.pull_there.reviews)
    with it.store.begin() as tx:
        tx.questions.set_state(number, QuestionState.PROPOSED, it.now())
        keep_questions(tx, [number], OPERATOR_RULES, it.now())
    [argument] = [job.argument for job in kept(it) if job.argument["questions"] == [number]]
    it.upkeep.questions(Straight(it.store, before={step: lambda: it.says("/sensei private")}), argument)
    assert it.questions() == ["proposed"]
    assert len(it.pull_there.reviews) == reviews


@pytest.mark.contract
@pytest.mark.parametrize("step", ["check", "pending.0", "submit.0"])
def test_a_round_that_is_told_to_be_private_in_its_midst_says_nothing_more(it: Talk, step: str) -> None:
    it.push({"other.py": b"import shop\n\ntrust(2)\n"}, "work")
    it.run("reconcile")
    with it.store.begin() as tx:
        it.inbox.request_round(tx, tx.pull_requests.get(it.rounds_in(tx)[0].pull_request))
    before = [one.id for one in it.pull_there.reviews]
    steps = Straight(it.store, before={step: lambda: it.says("/sensei private")})
    assert it.review(steps) == {"state": "published"}
    assert [one.id for one in it.pull_there.reviews] == before
    assert it.questions() == ["asked", "proposed"]
    for check in it.repository_there.checks[1:]:
        assert (check.conclusion, check.output["title"]) == ("neutral", "Read")
        assert not any(letter.isdigit() for letter in check.output["summary"])


@pytest.mark.contract
@pytest.mark.parametrize("step", ["check", "pending.0", "submit.0"])
def test_private_in_a_thread_of_peoples_own_stops_a_round_in_its_midst_and_is_answered(
    it: Talk, step: str
) -> None:
    begun = it.github.comment_inline(it.pull_there, "desk.py", 1, "This line is new.", it.bo)
    it.push({"other.py": b"import shop\n\ntrust(2)\n"}, "work")
    it.run("reconcile")
    with it.store.begin() as tx:
        it.inbox.request_round(tx, tx.pull_requests.get(it.rounds_in(tx)[0].pull_request))
    before = [one.id for one in it.pull_there.reviews]

    def privately() -> None:
        it.says("/sensei private", thread=begun.thread)
        before.append(it.pull_there.reviews[-1].id)  # a reply is a review of its own

    assert it.review(Straight(it.store, before={step: privately})) == {"state": "published"}
    assert [one.id for one in it.pull_there.reviews] == before
    assert it.questions() == ["asked", "proposed"]
    it.answers()
    assert it.ours[-1] is begun.thread.comments[-1]
    assert "post nothing here except replies to commands" in said(it)


@pytest.mark.parametrize("stands", [True, False])
def test_a_ruling_is_told_in_the_thread_once(it: Talk, stands: bool) -> None:
    it.github.list_lag = LAG
    it.says("/sensei dispute It is a fixture.", thread=it.thread)
    it.answers()
    number = it.question
    with it.store.begin() as tx:
        settle_question(tx, number, stands=stands, withdrawn=not stands, at=it.now())
        due = tx.jobs.due(it.now(), 10_000)
        [job] = [job for job in due if job.kind == "ruling" and job.argument == {"question": number}]
    it.github.fault(Cuts(worked=True), "POST", REPLIES)
    steps = Recorded(it.store)
    it.answering.ruling(steps, job.argument)
    steps.record.clear()
    steps.again()
    it.answering.ruling(steps, job.argument)
    _, told = it.ours
    assert told in it.thread.comments
    assert ("stands" if stands else "withdrawn") in told.body
    assert told.body.endswith(rendered.ruling_marker(number))


def test_a_deputys_ruling_is_told_as_the_deputys(it: Talk) -> None:
    it.says("/sensei dispute It is a fixture.", thread=it.thread)
    number = it.question
    with it.store.begin() as tx:
        rule(tx, number, Ruling.STANDS, Ruler("p-deputy", DeciderRole.DEPUTY), it.now())
        [job] = [
            job
            for job in tx.jobs.due(it.now(), 10_000)
            if job.kind == "ruling" and job.argument["question"] == number
        ]
    it.answering.ruling(Straight(it.store), job.argument)
    assert "The deputy has read both sides" in it.ours[-1].body
    assert "p-deputy" not in it.ours[-1].body


@pytest.mark.contract
@pytest.mark.parametrize("stop", [held, ended, lambda it: it.says("/sensei private")])
def test_a_ruling_is_not_told_where_nothing_is_posted_any_more(
    it: Talk, stop: Callable[[Talk], object]
) -> None:
    it.says("/sensei dispute It is a fixture.", thread=it.thread)
    number = it.question
    with it.store.begin() as tx:
        settle_question(tx, number, stands=True, withdrawn=False, at=it.now())
    stop(it)
    it.answering.ruling(Straight(it.store), {"question": number})
    assert it.ours == []


def test_an_answer_that_cannot_be_written_for_hours_is_a_dead_letter_and_goes_on(
    it: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    it.says("/sensei help")
    steps = Recorded(it.store)
    with monkeypatch.context() as patched:
        patched.setattr(retry, "MOST_TRIES", 2)
        it.github.fault(Fails(500), "POST", UNDER, times=2)
        with pytest.raises(retry.GaveUpError):
            it.answer(steps)
    del steps.record[-2:]
    steps.again()
    it.answer(steps)
    assert len(it.ours) == 1
