"""Commands in comments before a running bot, over real HTTP."""

import signal
from collections.abc import Iterator

import pytest

from tests.fakes.github.model import Comment, Pull, Thread, User
from tests.serving import AFTER, CALL, Serving, serving


@pytest.fixture(name="it", scope="module")
def a_dojo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    with serving(tmp_path_factory.mktemp("dojo")) as it:
        it.enrol()
        it.start()
        yield it
        assert it.errors() == []
        assert it.run("dead", "list").stdout == "There is no failed work.\n"
        assert it.end(signal.SIGTERM) == 0


@pytest.fixture(name="pull")
def a_pull_request(it: Serving) -> Iterator[Pull]:
    """One that was read, with two questions."""
    branch = f"work-{len(it.repository.pulls) + 1}"
    it.github.push(it.repository, branch, {**AFTER, f"{branch}.md": b"A note.\n"})
    pull = it.github.open_pull(it.repository, branch, it.ada)
    it.wait(lambda: it.concluded(pull) and len(pull.threads) == 2)
    it.settle()
    yield pull
    it.github.close_pull(pull)
    it.settle()


def ours(it: Serving, pull: Pull) -> list[Comment]:
    """All that the bot has said since the first pass."""
    inline = [one for thread in pull.threads for one in thread.comments[1:]]
    return [one for one in (*inline, *pull.comments) if one.user is it.app.bot]


def says(
    it: Serving, pull: Pull, body: str, by: User | None = None, thread: Thread | None = None
) -> tuple[Comment, str]:
    """Let somebody write, wait for what follows, and return both."""
    before = {one.id for one in ours(it, pull)}
    comment: Comment = (
        it.github.reply(thread, body, by or it.ada) if thread else it.github.comment(pull, body, by or it.ada)
    )
    it.wait(lambda: {one.id for one in ours(it, pull)} - before)
    [answer] = [one for one in ours(it, pull) if one.id not in before]
    return comment, answer.body


def test_help_is_given_with_eyes_and_once(it: Serving, pull: Pull) -> None:
    comment, answer = says(it, pull, "/sensei help")
    assert [one.content for one in comment.reactions] == ["eyes"]
    assert "`/sensei dispute <reason>`" in answer
    for delivery in [one for one in it.github.deliveries if one.event == "issue_comment"]:
        it.github.hooks.send(delivery)
    it.github.edit_comment(comment, "/sensei help me")
    it.settle()
    says(it, pull, "/sensei explain reliability.2")
    assert len(ours(it, pull)) == 2


def test_a_check_is_explained_without_a_level_and_a_packs_with_its_sources(it: Serving, pull: Pull) -> None:
    _, answer = says(it, pull, "/sensei explain", thread=pull.threads[0])
    assert "It asks:" in answer
    assert "level" not in answer.lower()
    assert "Further reading:" in answer
    assert "<https://" in answer
    _, of_the_rubric = says(it, pull, "/sensei explain reliability.2")
    assert "capstone 1." in of_the_rubric


def test_a_question_is_deferred_and_another_disputed_and_ruled_on(it: Serving, pull: Pull) -> None:
    first, second = pull.threads
    says(it, pull, "/sensei defer After the demo in May.", thread=first)
    says(it, pull, "/sensei dispute That client is a fixture.\nNobody calls it.", thread=second)
    assert it.questions(pull) == ["deferred", "disputed"]
    listed = it.run("questions", "list").stdout
    [head] = [line for line in listed.splitlines() if line.endswith("disputed")]
    assert "| " in listed
    assert "@ada: That client is a fixture.\n      Nobody calls it." in listed
    number = head.split()[0]
    assert it.run("questions", "settle", number).returncode == 2
    before = len(second.comments)
    done = it.run("questions", "settle", number, "--stands")
    assert (
        done.stdout == f"Question {number} stands. `sensei serve` will post this in the question's thread.\n"
    )
    it.wait(lambda: len(second.comments) > before)
    assert "This question stands" in second.comments[-1].body
    assert it.questions(pull) == ["deferred", "asked"]
    again = it.run("questions", "settle", number, "--withdrawn")
    assert (again.returncode, "is not disputed" in again.stderr) == (2, True)


def test_a_quiet_pull_request_is_not_read_until_it_speaks(it: Serving, pull: Pull) -> None:
    says(it, pull, "/sensei quiet", it.sen)
    it.github.push(it.repository, pull.head, {"desk.py": CALL.replace("500", "900").encode()})
    it.settle()
    assert it.rounds(pull) == ["published"]
    says(it, pull, "/sensei speak")
    it.wait(lambda: it.concluded(pull))
    assert it.rounds(pull) == ["published", "published"]


def test_a_private_pull_request_is_read_and_nothing_is_posted(it: Serving, pull: Pull) -> None:
    says(it, pull, "/sensei private")
    for thread in pull.threads:
        it.github.resolve_thread(thread, it.sen)
    reviews = len(it.submitted(pull))
    it.github.push(it.repository, pull.head, {"desk.py": CALL.replace("8000", "9000").encode()})
    it.wait(lambda: it.rounds(pull) == ["published", "published"])
    assert it.concluded(pull) == []
    says(it, pull, "/sensei review")
    it.wait(lambda: it.rounds(pull) == ["published"] * 3)
    assert len(it.submitted(pull)) == reviews
    waiting = it.run("questions", "list").stdout
    assert "(private: Sensei posts only answers to commands there)" in waiting
    numbers = [line.split()[0] for line in waiting.splitlines() if not line.startswith(" ")]
    kept = it.run("questions", "keep", *numbers)
    assert (kept.returncode, "private" in kept.stderr) == (2, True)
    assert it.run("questions", "withdraw", *numbers).returncode == 0


def test_a_stranger_is_told_once_and_a_typing_error_gets_a_hint(it: Serving, pull: Pull) -> None:
    mallory = it.github.user("mallory")
    _, told = says(it, pull, "/sensei quiet", mallory)
    assert "Only this capstone's participant" in told
    it.github.comment(pull, "/sensei quiet @ada", mallory)
    it.settle()
    _, hint = says(it, pull, "/sensei reviw")
    assert "Did you mean `/sensei review`?" in hint
    assert len(ours(it, pull)) == 2
    assert it.rounds(pull) == ["published"]
