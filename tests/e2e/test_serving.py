"""Pull requests before a running bot, over real HTTP: what is said there, and where it stays silent."""

import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import databases
from tests.fakes.github import missing
from tests.fakes.github.model import Pull
from tests.repositories import Files
from tests.serving import AFTER, CALL, Serving, serving

QUESTIONS = [
    (11, "More thinking means a longer wait. Did the answers get any better, or is that still to be tried?"),
    (14, "What does the caller get when this answer was cut off or refused?"),
]
ANOTHER_PLACE = CALL.replace("def answer", "LATER = 1\n\n\ndef answer")


@pytest.fixture(name="it", scope="module")
def a_dojo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    with serving(tmp_path_factory.mktemp("dojo")) as it:
        it.enrol()
        it.start()
        yield it
        assert it.errors() == []
        assert it.end(signal.SIGTERM) == 0


@pytest.fixture(autouse=True)
def _closes(request: pytest.FixtureRequest) -> Iterator[None]:
    """Close what a test has opened: a person has only so many questions open."""
    yield
    if "it" in request.fixturenames:
        it: Serving = request.getfixturevalue("it")
        for pull in it.repository.pulls.values():
            if pull.closed is None:
                it.github.close_pull(pull)
        it.settle()


def opened(it: Serving, branch: str, files: Files = AFTER, **more: object) -> Pull:
    # Of one tree at one second two commits would be one.
    it.github.push(it.repository, branch, {**files, f"{branch}.md": b"A note.\n"})
    by = more.pop("by", it.ada)
    return it.github.open_pull(it.repository, branch, by, **more)  # type: ignore[arg-type]


def asked(pull: Pull) -> list[tuple[int | None, str]]:
    return [
        (thread.place.line if thread.place else None, thread.comments[0].body.split("\n")[0])
        for thread in pull.threads
    ]


def test_questions_stand_on_their_lines_and_the_summary_is_one(it: Serving) -> None:
    pull = opened(it, "first")
    it.wait(lambda: it.concluded(pull))
    assert [(line and line + 1, text) for line, text in asked(pull)] == QUESTIONS
    [review] = it.submitted(pull)
    assert "Neither this client nor a call in this file sets a timeout" in review.body
    [check] = it.concluded(pull)
    assert check.conclusion == "neutral"
    assert check.output["title"] == "1 fact, 2 open questions"


def test_a_push_is_read_silently_and_answers_and_threads_are_kept(it: Serving) -> None:
    pull = opened(it, "push")
    it.wait(lambda: it.concluded(pull))
    it.github.reply(pull.threads[0], "It halved the wrong answers.", it.ada)
    it.github.resolve_thread(pull.threads[1], it.sen)
    it.github.push(it.repository, "push", {"desk.py": ANOTHER_PLACE.encode()})
    it.wait(lambda: it.concluded(pull))
    assert len(it.submitted(pull)) == 2  # the first pass, and the participant's reply
    assert len(pull.threads) == 2
    states = _states(it, pull)
    assert states == ["answered", "resolved"]
    it.github.close_pull(pull)
    it.settle()
    it.github.reopen_pull(pull)
    it.settle()
    assert len(pull.threads) == 2


def test_a_force_push_that_keeps_the_code_asks_nothing_again(it: Serving) -> None:
    pull = opened(it, "rebased")
    it.wait(lambda: it.concluded(pull))
    again: Files = {**AFTER, "notes.md": b"Rebased.\n", "more.md": b"More.\n"}
    it.github.push(it.repository, "rebased", again, start="main")
    it.wait(lambda: it.concluded(pull))
    assert len(pull.threads) == 2
    [review] = it.submitted(pull)
    assert "I read 3 files" in review.body  # edited in place


def test_review_on_request_reads_again_and_only_for_those_who_answer_for_it(it: Serving) -> None:
    pull = opened(it, "asked", draft=True)
    it.settle()
    assert it.rounds(pull) == []
    it.github.comment(pull, "/sensei review", it.github.user("mallory"))
    it.settle()
    assert it.rounds(pull) == []
    it.github.comment(pull, "/sensei review", it.sen)
    it.wait(lambda: it.concluded(pull))
    assert len(pull.threads) == 2
    it.github.rerequest(it.concluded(pull)[0])
    it.wait(lambda: it.rounds(pull) == ["published", "published"])
    assert len(it.submitted(pull)) == 1


def test_a_draft_is_read_once_it_is_ready_and_a_bot_never_is(it: Serving) -> None:
    draft = opened(it, "draft", draft=True)
    bots = opened(it, "bots", by=it.github.user("renovate[bot]", "Bot"))
    it.settle()
    assert it.rounds(draft) == it.rounds(bots) == []
    it.github.mark_ready(draft)
    it.wait(lambda: it.concluded(draft))
    assert len(draft.threads) == 2
    assert bots.reviews == []


def test_a_strangers_fork_is_read_like_any_other_once_the_sensei_asks(it: Serving) -> None:
    fork = it.github.fork(it.repository, it.github.user("bo"))
    it.github.push(fork, "theirs", AFTER)
    pull = it.github.open_pull(it.repository, "theirs", it.github.user("bo"), fork=fork)
    it.settle()
    assert it.rounds(pull) == []
    it.github.comment(pull, "/sensei review", it.sen)
    it.wait(lambda: it.concluded(pull))
    assert len(pull.threads) == 2


def test_three_hundred_files_and_a_very_long_text(it: Serving) -> None:
    files: Files = {f"part{n // 50}/module{n}.py": CALL.encode() for n in range(300)}
    pull = opened(it, "large", files, body="@everyone " + "long " * 40_000)
    it.wait(lambda: it.concluded(pull))
    [review] = it.submitted(pull)
    assert "I read 301 files" in review.body
    assert len(review.body) < 65_000
    assert "@everyone" not in review.body
    assert len(pull.threads) <= 3


def test_a_file_that_was_renamed_is_asked_about_under_its_new_name(it: Serving) -> None:
    it.github.push(it.repository, "kept", AFTER)
    pull = opened(it, "renamed-file", {"desk.py": None, "help.py": CALL.encode()})
    it.wait(lambda: it.concluded(pull))
    assert {thread.original.path for thread in pull.threads} == {"help.py"}


def test_a_repository_that_is_not_enrolled_is_left_alone(it: Serving) -> None:
    other = it.github.repository("ada/elsewhere", {"a.py": b"A = 1\n"})
    it.github.select(it.installation, it.repository, other)
    it.github.push(other, "feature", AFTER)
    pull = it.github.open_pull(other, "feature", it.ada)
    it.settle()
    assert pull.reviews == []
    assert other.checks == []


def test_a_renamed_repository_goes_on_under_its_new_name(it: Serving) -> None:
    it.github.rename(it.repository, "counter")
    try:
        pull = opened(it, "after-renaming")
        it.wait(lambda: it.concluded(pull))
        assert len(pull.threads) == 2
        assert "ada/counter" in it.run("capstone", "list").stdout
    finally:
        it.github.rename(it.repository, "desk")


def test_what_was_held_is_read_and_released_from_the_next_round_on(it: Serving) -> None:
    assert it.run("hold", "ada/desk").returncode == 0
    try:
        pull = opened(it, "held")
        it.wait(lambda: it.rounds(pull) == ["published"])
        assert pull.reviews == []
        assert pull.head_sha not in {check.head_sha for check in it.repository.checks}
        waiting = it.run("questions", "list").stdout
        assert QUESTIONS[0][1] in waiting
    finally:
        it.run("release", "ada/desk")
    numbers = [line.split()[0] for line in waiting.splitlines() if not line.startswith(" ")]
    assert it.run("questions", "withdraw", *numbers).returncode == 0
    it.github.push(it.repository, "held", {"notes.md": b"More.\n"})
    it.wait(lambda: it.concluded(pull))
    assert pull.threads == []  # withdrawn questions are not asked again
    assert len(it.submitted(pull)) == 1


def test_a_sensei_keeps_one_question_and_withdraws_the_other(it: Serving) -> None:
    it.enrol("--publish", "sensei_first")
    try:
        pull = opened(it, "sensei-first")
        it.wait(lambda: it.concluded(pull))
        assert pull.threads == []
        assert len(it.submitted(pull)) == 1
        lines = it.run("questions", "list").stdout.splitlines()
        keep, withdraw = (line.split()[0] for line in lines if not line.startswith(" "))
        assert it.run("questions", "keep", keep).returncode == 0
        assert it.run("questions", "withdraw", withdraw).returncode == 0
        it.wait(lambda: pull.threads)
        assert len(pull.threads) == 1
        it.wait(lambda: _states(it, pull) == ["asked", "withdrawn"])
    finally:
        it.enrol("--publish", "automatic")


def test_a_second_bot_is_refused_and_says_who_serves(it: Serving) -> None:
    done = it.run("serve")
    assert done.returncode == 2
    assert "already being served by process" in done.stderr


def test_an_uninstalled_app_stops_and_goes_on_when_it_is_back(tmp_path: Path) -> None:
    with serving(tmp_path) as it:
        it.enrol()
        it.start()
        # What looks round at the start has ended: once for the start, instead of that for the enrolment, and
        # once for the installation, which was told before anybody listened, and is told again.
        it.wait(lambda: len(it.github.asked("GET", "/repos/{owner}/{repo}/pulls")) == 2)
        it.settle()
        it.github.fault(missing(), "POST", "/repos/{owner}/{repo}/check-runs")
        pull = opened(it, "first")
        it.wait(lambda: it.rounds(pull) == ["stopped"])
        it.github.uninstall(it.installation)
        it.settle()
        assert "the App is not installed" in it.run("capstone", "list").stdout
        it.github.install(it.app, it.repository)
        it.wait(lambda: it.concluded(pull))
        assert len(pull.threads) == 2
        assert len(it.submitted(pull)) == 1


@pytest.mark.contract
def test_on_postgresql_as_well(tmp_path: Path) -> None:
    with databases.fresh() as url, serving(tmp_path, url) as it:
        assert it.run("db", "upgrade").returncode == 0
        it.enrol()
        it.start()
        pull = opened(it, "first")
        it.wait(lambda: it.concluded(pull))
        it.github.reply(pull.threads[0], "It halved the wrong answers.", it.ada)
        it.wait(lambda: _states(it, pull) == ["answered", "asked"])
        assert it.run("serve").returncode == 2
        assert it.run("dead", "list").stdout == "There is no failed work.\n"
        assert it.errors() == []
        assert it.end(signal.SIGTERM) == 0


def _states(it: Serving, pull: Pull) -> list[str]:
    it.settle()
    return it.questions(pull)


def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    with serving(tmp_path) as it:
        it.end(signal.SIGTERM)
        with socket.create_server(("127.0.0.1", it.port)):
            done = it.run("serve")
    assert done.returncode == 2
    assert f"Sensei cannot listen on 127.0.0.1:{it.port}: Address already in use." in done.stderr
