"""Every command, wherever its pull request stands: before the fake GitHub, with the engine in this process.

After a deliberate change of what is answered: ``UPDATE=1 pytest`` on this file.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from bot.bootstrap import wiring
from bot.domain.pull_requests.comment_command_rules import DECISIONS, Verb
from bot.domain.pull_requests.records import Account, QuestionState, RoundState, Trigger
from bot.ports.code_host import HostRepository
from bot.workflows.pull_requests.enrolment import Enrolment, enrol_repository
from tests import inside
from tests.fakes.github.model import Comment, Pull, Repository, Thread, User
from tests.inside import Inside
from tests.repositories import Files
from tests.serving import serving
from tests.workflows.running_dojo import question

SNAPSHOT = Path(__file__).parent / "snapshots" / "commands_anywhere.md"
DESK: Files = {"desk.py": b"x = 1\n"}
STATES = {
    "before": "before `opened`",
    "unknown": "closed before the enrolment",
    "closed": "closed",
    "reopened": "reopened",
    "renamed": "after a rename",
    "transferred": "after a transfer",
}
WITH_QUESTION = ("closed", "reopened", "renamed", "transferred")
PLACES = ("conversation", "line")
COMMANDS = {
    Verb.HELP: "/sensei help",
    Verb.EXPLAIN: "/sensei explain outcome.1",
    Verb.DEFER: "/sensei defer After the demo.",
    Verb.DISPUTE: "/sensei dispute It is a fixture.",
    Verb.PRIVATE: "/sensei private",
    Verb.QUIET: "/sensei quiet",
    Verb.SPEAK: "/sensei speak",
    Verb.REVIEW: "/sensei review",
    Verb.RECORD: "/sensei record",
    Verb.LINK: "/sensei link 7F3K-0Q9M-X2ZB",
    Verb.KEEP: "/sensei keep Q12",
    Verb.WITHDRAW: "/sensei withdraw Q12",
    Verb.STANDS: "/sensei stands",
}
QUICK = (Verb.DISPUTE, Verb.PRIVATE)
"""Commands that begin no reading, so that this is quick; `make contract` gives all of them."""
_MARKER = re.compile(r"\n*<!-- sensei:reply=(\d+) -->\s*$")


@dataclass
class Corner:
    """A repository whose pull request is in one state, and what was commanded there."""

    run: Inside
    state: str
    owner: User
    repository: Repository
    pull: Pull
    thread: Thread
    said: dict[tuple[Verb, str], Comment] = field(default_factory=dict)

    def command(self, verbs: tuple[Verb, ...]) -> None:
        github = self.run.dojo.github
        # In one second, so that none is later than another, in whatever order they arrive.
        with mock.patch.object(github, "now", return_value=github.now()):
            for place in PLACES:
                for verb in verbs:
                    body = COMMANDS[verb]
                    if place == "line":
                        self.said[verb, place] = github.reply(self.thread, body, self.owner)
                    else:
                        self.said[verb, place] = github.comment(self.pull, body, self.owner)

    def replies(self, comment: Comment) -> list[str]:
        return [body for to, body in self.answers() if to == comment.id]

    def answers(self) -> Iterator[tuple[int, str]]:
        bot = self.run.dojo.app.bot
        comments = [*self.pull.comments, *(said for thread in self.pull.threads for said in thread.comments)]
        for comment in comments:
            if comment.user is bot and (marker := _MARKER.search(comment.body)):
                yield int(marker[1]), _MARKER.sub("", comment.body)


def enrol(run: Inside, repository: Repository, participant: User) -> int:
    """Enrol a repository as ``sensei capstone add`` does."""
    installation = run.dojo.github.installation_of(run.dojo.app, repository)
    assert installation
    found = HostRepository(
        repository.id, repository.owner.login, repository.name, "main", "", installation.id, 1
    )
    who = Account(participant.id, participant.login)
    with run.store.begin() as tx:
        return enrol_repository(
            tx, Enrolment(tx.cohorts.add("dojo", wiring.now()), found, who, None, None), wiring.now()
        ).id


def corner(run: Inside, state: str, verbs: tuple[Verb, ...]) -> Corner:
    """Bring a repository and its pull request into a state, and give every command there."""
    github = run.dojo.github
    owner = github.user(f"ada-{state}")
    repository = github.repository(f"ada-{state}/desk", DESK)
    github.install(run.dojo.app, repository)
    github.push(repository, "work", {"desk.py": b"x = 1\ny = 2\n"})
    if state != "unknown":
        enrol(run, repository, owner)
    if state != "before":
        run.deliver()  # of what went before
    pull = github.open_pull(repository, "work", owner)
    thread = github.comment_inline(pull, "desk.py", 2, "Why?", run.dojo.app.bot).thread
    it = Corner(run, state, owner, repository, pull, thread)
    if state == "before":
        late = take(run, "pull_request")
        it.command(verbs)
        run.deliver()
        github.hooks.held += late
    elif state == "unknown":
        github.close_pull(pull)
        run.deliver()
        enrol(run, repository, owner)
        it.command(verbs)
    else:
        run.deliver()
        ask(it)
        if state in {"closed", "reopened"}:
            github.close_pull(pull)
        if state == "reopened":
            github.reopen_pull(pull)
        if state == "renamed":
            github.rename(repository, "workshop")
        if state == "transferred":
            academy = github.user("academy", "Organization")
            github.install(run.dojo.app, github.repository("academy/other", DESK))
            github.transfer(repository, academy)
        run.deliver()
        it.command(verbs)
    run.deliver()
    return it


def take(run: Inside, event: str) -> list[Any]:
    """Keep back the deliveries of an event."""
    hooks = run.dojo.github.hooks
    kept = [held for held in hooks.held if held.event == event]
    hooks.held = [held for held in hooks.held if held.event != event]
    return kept


def ask(it: Corner) -> None:
    """Let the thread be that of a question which a round has asked."""
    with it.run.store.begin() as tx:
        capstone = tx.capstones.by_repository(it.repository.id)
        assert capstone
        pull_request = tx.pull_requests.find(capstone.id, it.pull.number)
        assert pull_request
        [*rounds] = tx.rounds.of(pull_request.id)
        round_ = (
            rounds[-1] if rounds else tx.rounds.begin(pull_request.id, Trigger.OPENED, "a" * 40, wiring.now())
        )
        tx.rounds.set_state(round_.id, RoundState.READING, wiring.now())  # so that no other begins
        tx.questions.add(round_.id, [question(round_.id)], wiring.now())
        [asked] = tx.questions.of(pull_request.id)
        tx.questions.set_state(asked.id, QuestionState.ASKED, wiring.now(), it.thread.comments[0].id)


# An author may give 20 commands an hour on a pull request, so those of participants and senseis come apart.
PARTICIPANTS = tuple(verb for verb in COMMANDS if verb not in DECISIONS)
SENSEIS = tuple(verb for verb in COMMANDS if verb in DECISIONS)


@pytest.fixture(
    scope="module",
    params=[QUICK, *(pytest.param(verbs, marks=pytest.mark.contract) for verbs in (PARTICIPANTS, SENSEIS))],
    ids=["some", "all", "senseis"],
)
def corners(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Corner]]:
    """A corner for each state, when everything in it has been answered. No round begins on its own."""
    verbs: tuple[Verb, ...] = request.param
    with serving(tmp_path_factory.mktemp("dojo"), quiet_seconds="3600") as dojo, inside.running(dojo) as run:
        made = {state: corner(run, state, verbs) for state in STATES}
        wanted = len(verbs) * len(PLACES)
        run.wait(lambda: all(len(list(it.answers())) >= wanted for it in made.values()))
        yield made


def refused(it: Corner, verb: Verb, place: str) -> bool:
    """Whether a command must be refused here."""
    if verb in {Verb.DEFER, Verb.DISPUTE}:
        return place == "conversation" or it.state not in WITH_QUESTION
    if verb is Verb.PRIVATE:  # nobody is linked to Slack
        return place == "line" and it.state in WITH_QUESTION
    # Nobody was given a code, there is nothing to record, and a participant decides about no question.
    return verb in {Verb.RECORD, Verb.LINK, *DECISIONS} or (verb is Verb.REVIEW and it.pull.state == "closed")


@pytest.mark.contract
@pytest.mark.parametrize("state", STATES)
def test_every_command_is_answered_once_wherever_its_pull_request_stands(
    corners: dict[str, Corner], state: str, subtests: pytest.Subtests
) -> None:
    it = corners[state]
    for (verb, place), comment in it.said.items():
        with subtests.test(command=verb, place=place):
            [answer] = it.replies(comment)
            says_so = re.search(r"I haven't|I can't|so I won't|nothing to record", answer) is not None
            assert says_so == refused(it, verb, place), answer


@pytest.mark.contract
def test_the_answers_are_those_that_were_read_through(corners: dict[str, Corner]) -> None:
    """Below each command every answer to it, and after it where a person reads it."""
    known = SNAPSHOT.read_text("utf-8") if SNAPSHOT.exists() else ""
    commands = corners["closed"].said
    written = {verb: section(corners, verb) for verb, _ in commands}
    if os.environ.get("UPDATE"):
        starts = re.split(r"^(?=## )", known, flags=re.MULTILINE)
        earlier = {
            verb: text
            for verb, line in COMMANDS.items()
            for text in starts
            if text.startswith(f"## {line}\n")
        }
        sections = {**earlier, **written}
        SNAPSHOT.write_text("".join(sections[verb] for verb in COMMANDS if verb in sections), "utf-8")
        known = SNAPSHOT.read_text("utf-8")
    for text in written.values():
        assert text in known


def section(corners: dict[str, Corner], verb: Verb) -> str:
    where: dict[str, list[str]] = {}
    for state, words in STATES.items():
        for place in PLACES:
            [answer] = corners[state].replies(corners[state].said[verb, place])
            named = "question's thread" if place == "line" and state in WITH_QUESTION else place
            where.setdefault(answer, []).append(f"{words} ({named})")
    answers = "".join(
        f"{answer}\n\n" + "".join(f"- {at}\n" for at in places) + "\n" for answer, places in where.items()
    )
    return f"## {COMMANDS[verb]}\n\n{answers}"
