"""Conversations about decisions, from the question to the file, before a running bot on loopback."""

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.conversing import ARGUED, PROBE, VAGUE, Conversing, code, conversing, turn
from tests.fakes.github.model import Pull, Thread

AGAINST = "The whole answer, which nobody reads to its end."
EDITED = "Some questions wait for a minute."
BOTH = [pytest.param("sqlite"), pytest.param("postgresql", marks=pytest.mark.contract)]


@pytest.fixture(name="it", scope="module", params=BOTH)
def a_dojo(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Conversing]:
    with conversing(tmp_path_factory.mktemp("dojo"), request.param) as it:
        yield it


@pytest.fixture(name="plain", scope="module", params=BOTH)
def a_dojo_without_a_model_or_the_right_to_write(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Conversing]:
    folder = tmp_path_factory.mktemp("plain")
    with conversing(folder, request.param, model=False, may_write=False) as it:
        yield it


def asked(it: Conversing, name: str) -> tuple[Pull, Thread]:
    """Open a pull request with a client of that name; return it and the thread of its question."""
    pull = it.opens(code(name), name)
    [thread] = pull.threads
    return pull, thread


def recorded(it: Conversing, name: str) -> tuple[Pull, Thread]:
    """Bring a decision about a client of that name through, and merge it."""
    pull, thread = asked(it, name)
    it.answers(thread, VAGUE)
    it.answers(thread, ARGUED)
    it.answers(thread, "/sensei record")
    it.merges(pull)
    return pull, thread


def test_a_vague_answer_is_followed_up_once_and_becomes_a_record_and_a_file(it: Conversing) -> None:
    pull, thread = asked(it, "desk")
    it.answers(thread, VAGUE)
    assert (turn(thread.comments[-1]), PROBE in thread.comments[-1].body) == ("probe", True)
    assert it.statements(pull) == [("thread", VAGUE[:-1], "against, accepting", True)]
    it.answers(thread, ARGUED)
    assert turn(thread.comments[-1]) == "draft"
    it.answers(thread, f"/sensei record\nAgainst: {AGAINST}")
    assert turn(thread.comments[-1]) == "recorded"
    assert thread.resolved_by is it.app.bot
    [(source, words, missing, pending)] = it.statements(pull)
    assert (source, missing, pending) == ("decision", "", True)
    assert AGAINST in words
    [file] = [one for one in it.repository.pulls.values() if one.user is it.app.bot]
    [added] = it.github.files(file)
    it.merges(pull)
    assert [row[3] for row in it.statements(pull)] == [False]
    it.merges(file)
    assert it.rows("SELECT path FROM decision WHERE digest <> ''") == [(added.path,)]
    assert it.submitted(file) == []


def test_a_question_goes_on_in_private_and_nothing_of_it_is_on_github(it: Conversing) -> None:
    _, thread = asked(it, "hush")
    it.answers(thread, "/sensei private")
    it.clicks(it.ada_there, it.offered(it.ada_there, "articulation.answer"), "articulation.answer")
    it.sends(it.ada_there, {"articulation.text": "We keep a queue now, between us."})
    follow_up = it.offered(it.ada_there, "articulation.answer")
    [(probe,)] = it.rows("SELECT probe FROM conversation WHERE private")
    assert probe in it.read(follow_up)
    it.ada_there.says(ARGUED, thread=follow_up["ts"])
    it.clicks(it.ada_there, it.offered(it.ada_there, "decisions.edit"), "decisions.edit")
    it.sends(it.ada_there, {"join.accepting": EDITED})
    draft = it.heard(it.ada_there, EDITED)
    it.clicks(it.ada_there, draft, "decisions.confirm")
    record = it.offered(it.ada_there, "decisions.publish")
    assert "performance_cost.2" in it.read(record)
    assert [words for words in ("between us", "queue now") if words in it.public()] == []
    assert thread.resolved_by is None
    it.clicks(it.ada_there, record, "decisions.publish")
    it.comes(lambda: EDITED in it.public())
    assert "now, between us" not in it.public(), "what was said in private stays private"


@pytest.mark.parametrize("words", ["I don't know yet.", "I'll ask my sensei."])
def test_whoever_leaves_a_question_open_is_not_asked_on_and_their_sensei_reads_it(
    it: Conversing, words: str
) -> None:
    _, thread = asked(it, f"open{len(words)}")
    it.answers(thread, words)
    assert turn(thread.comments[-1]) == "left"
    assert it.heard(it.sen_there, words)


def test_a_dispute_reaches_the_sensei_who_rules_in_slack(it: Conversing) -> None:
    _, thread = asked(it, "wrong")
    it.answers(thread, VAGUE)
    it.answers(thread, "/sensei dispute That client is a fixture.")
    message = it.offered(it.sen_there, "articulation.stands")
    assert "That client is a fixture." in it.read(message)
    before = len(thread.comments)
    it.clicks(it.sen_there, message, "articulation.stands")
    assert len(thread.comments) == before + 1
    it.answers(thread, ARGUED)
    assert turn(thread.comments[-1]) == "draft"


@pytest.mark.contract
def test_changes_of_a_decisions_lines_are_asked_about_until_one_replaces_it(it: Conversing) -> None:
    recorded(it, "kept")
    [number] = [row[0] for row in it.decisions() if row[1] == "confirmed"][-1:]
    pull = it.opens(code("kept", 900), "kept-2")
    [thread] = pull.threads
    assert f"decision {number} " in thread.comments[0].body
    it.answers(thread, "It still holds.")
    assert turn(thread.comments[-1]) == "holds"
    assert thread.resolved_by is it.app.bot
    it.merges(pull)
    pull = it.opens(code("kept", 200), "kept-3")
    [thread] = pull.threads
    it.answers(thread, "We keep a queue now.")
    draft = thread.comments[-1].body
    assert "We keep a queue now" in draft
    assert "What we accept is that a long answer is cut off" in draft, "what they did not take back stays"
    it.answers(thread, "/sensei record")
    assert (number, "superseded") in it.decisions()
    it.merges(pull)


@pytest.mark.contract
def test_without_a_model_words_are_kept_and_the_question_is_the_rubrics(plain: Conversing) -> None:
    pull, thread = asked(plain, "desk")
    plain.answers(thread, VAGUE)
    assert plain.rows("SELECT probe_slot FROM conversation") == [("against",)]
    plain.answers(thread, ARGUED)
    assert ARGUED in thread.comments[-1].body
    plain.answers(thread, "/sensei record")
    assert "recorded as decision 1." in thread.comments[0].body
    assert thread.resolved_by is None
    assert [row[0] for row in plain.statements(pull)] == ["decision"]
    plain.merges(pull)
    path, text = offered_file(thread.comments[-1].body)
    plain.github.push(plain.repository, "main", {path: text.encode()})
    plain.comes(lambda: plain.rows("SELECT path FROM decision WHERE digest <> ''"))
    assert plain.decisions() == [(1, "confirmed")], "it is the same decision"


def offered_file(comment: str) -> tuple[str, str]:
    """Return the file that a comment's link begins: its path and its text."""
    link = re.search(r"\(<(http[^>]*/new/main\?[^>]*)>\)", comment)
    assert link
    fields = parse_qs(urlsplit(link[1]).query)
    return fields["filename"][0], fields["value"][0]
