"""Whose pull request it is decides what is read; what strangers do costs nothing and changes nothing."""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bot.adapters.database import open_store
from bot.domain.dojo.people import CohortRole, EnrolmentState
from bot.domain.pull_requests.comment_command_rules import CommandOutcome
from bot.domain.pull_requests.permissions import TABLE, CapstoneRole, HostAction, is_allowed, role_of
from bot.domain.pull_requests.records import ERASED, GHOST, Account, QuestionState, Round, RoundState, Trigger
from bot.workflows.pull_requests.account_roles import role_on
from bot.workflows.pull_requests.code_host_reading import HostReader
from tests import databases
from tests.fakes.github import GitHub
from tests.fakes.github.model import Pull, User
from tests.fakes.steps import Straight
from tests.workflows.hosted import Hosted
from tests.workflows.running_dojo import ADA, BO, RENOVATE, SEN, START, Dojo, Payload, sha, user

LEA, DEP, COL = Account(5, "lea"), Account(6, "dep"), Account(7, "col")
ROOT = Path(__file__).parents[2]
ASKED = b"import shop\ncache(1)\ntrust(2)\n"
_comments = itertools.count(50_000_000)


@pytest.fixture(scope="module", name="engine")
def a_database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sa.Engine]:
    """A cohort in which Dep stands in for Sen today, and which Lea leads."""
    file: Path = tmp_path_factory.mktemp("database") / "sensei.db"
    with open_store(databases.migrated_file(file)) as made:
        it = Dojo(made)
        join(it, LEA, CohortRole.LEAD)
        sensei, deputy = (join(it, account, CohortRole.SENSEI) for account in (SEN, DEP))
        with it.store.begin() as tx:
            tx.absences.add(it.capstone.cohort, sensei, START.date(), START.date(), deputy)
        yield made


def join(it: Dojo, account: Account, role: CohortRole) -> str:
    """Let somebody be in the capstone's cohort; return our own id of them."""
    with it.store.begin() as tx:
        person = tx.members.find_or_add_by_host_account(account, it.now())
        tx.members.join(it.capstone.cohort, person, role, it.now())
    return person


class Desk(Dojo):
    """A capstone of Ada's, its pull request 1, and what people do there. Sen is its sensei."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.root = next(_comments)

    def told(self, action: str, who: Payload | None, head: str = "a", **more: Any) -> None:
        """Tell of a pull request that somebody has opened, who does this to it too."""
        self.done(action, who, who, head, **more)

    def done(
        self, action: str, author: Payload | None, sender: Payload | None, head: str = "a", **more: Any
    ) -> None:
        payload = self.pull_request(action, head, user=author, **more)
        association = "COLLABORATOR" if author == user(COL) else "OWNER"  # which says nothing here
        payload["pull_request"]["author_association"] = association
        self.deliver("pull_request", {**payload, "sender": sender})

    def says(self, body: str, who: Payload | None, *, thread: bool = False, **more: Any) -> int:
        """Let somebody comment on the pull request, or in the question's thread; return the number."""
        number: int = more.pop("comment", None) or next(_comments)
        root = self.root if thread else None
        event, payload = self.comment(body, BO, comment=number, thread=root, **more)
        payload["comment"] |= {"user": who, "author_association": "OWNER"}
        self.deliver(event, {**payload, "sender": who})
        return number

    def tells(self, event: str, action: str, who: Any, **more: Any) -> None:
        self.deliver(event, {"action": action, "repository": self.repository(), "sender": who, **more})

    def resolves(self, action: str, who: Any) -> None:
        thread = {"comments": [{"id": self.root}]}
        self.tells("pull_request_review_thread", action, who, pull_request={"number": 1}, thread=thread)

    def reruns(self, event: str, who: Any, action: str = "rerequested") -> None:
        self.tells(event, action, who, **{event: {"head_sha": sha("a")}})

    def was_read(self) -> None:
        """Let Ada's pull request have been read."""
        self.told("opened", user(ADA))
        self.state(RoundState.PUBLISHED)

    def draft(self) -> None:
        """Let Ada have a draft, which nobody has read."""
        self.told("opened", user(ADA), draft=True)

    def was_asked(self, state: QuestionState = QuestionState.ASKED) -> None:
        self.ask(self.root, state)

    def resolved(self) -> None:
        self.was_asked(QuestionState.RESOLVED)

    @property
    def read(self) -> int:
        return len(self.rounds())

    @property
    def question(self) -> str:
        return self.questions()[0]

    def spoken_in(self) -> bool:
        with self.store.begin() as tx:
            found = tx.questions.by_comment(self.root)
        assert found
        return found.sensei_spoke

    def quiet(self) -> bool:
        with self.store.begin() as tx:
            found = tx.pull_requests.find(self.capstone.id, 1)
        assert found
        return found.quiet

    def tried(self) -> bool:
        """Whether a code was looked at; it is a wrong one."""
        query = (
            "SELECT answer FROM command JOIN pull_request ON pull_request.id = command.pull_request_id"
            " WHERE capstone_id = :mine AND verb = 'link'"
        )
        with self.engine.connect() as connection:
            found = connection.execute(sa.text(query), {"mine": self.capstone.id})
            return found.scalar_one_or_none() == CommandOutcome.NO_CODE


Does = Callable[[Desk, Any], object]


@dataclass(frozen=True)
class Happening:
    """What somebody does, what was there before, and whether it has changed anything."""

    does: Does
    counts: Callable[[Desk], bool]
    before: Callable[[Desk], object] = lambda _: None


def said(body: str, *, thread: bool = False) -> Does:
    return lambda it, who: it.says(body, who, thread=thread)


def is_read(times: int) -> Callable[[Desk], bool]:
    return lambda it: it.read == times


def stands(state: QuestionState) -> Callable[[Desk], bool]:
    return lambda it: it.question == state


# Each line of the table in docs/security.md.
HAPPENINGS: dict[str, Happening] = {
    "`pull_request`, opened": Happening(lambda it, who: it.told("opened", who), is_read(1)),
    "`pull_request`, reopened": Happening(lambda it, who: it.told("reopened", who), is_read(1)),
    "`pull_request`, ready for review": Happening(
        lambda it, who: it.told("ready_for_review", who), is_read(1)
    ),
    "`pull_request`, pushed to by its author": Happening(
        lambda it, who: it.told("synchronize", who, "b"), is_read(1)
    ),
    "`pull_request`, its base changed": Happening(
        lambda it, who: it.told("edited", who, changes={"base": {"ref": {"from": "old"}}}), is_read(1)
    ),
    "the participant's `pull_request`, its base changed": Happening(
        lambda it, who: it.done("edited", user(ADA), who, changes={"base": {"ref": {"from": "old"}}}),
        is_read(2),
        Desk.was_read,
    ),
    "the participant's `pull_request`, pushed to": Happening(
        lambda it, who: it.done("synchronize", user(ADA), who, "b"), is_read(2), Desk.was_read
    ),
    "`issue_comment`, `/sensei review`": Happening(said("/sensei review"), is_read(1), Desk.draft),
    "`issue_comment`, `/sensei quiet`": Happening(said("/sensei quiet"), Desk.quiet, Desk.draft),
    "`issue_comment`, `/sensei link`": Happening(said("/sensei link 7F3K-0Q9M-X2ZB"), Desk.tried, Desk.draft),
    "`pull_request_review_comment`, `/sensei defer`": Happening(
        said("/sensei defer Later.", thread=True), stands(QuestionState.DEFERRED), Desk.was_asked
    ),
    "`pull_request_review_comment`, `/sensei dispute`": Happening(
        said("/sensei dispute No.", thread=True), stands(QuestionState.DISPUTED), Desk.was_asked
    ),
    "`pull_request_review_comment`, a reply to a question: it is answered": Happening(
        said("It halved them.", thread=True), stands(QuestionState.ANSWERED), Desk.was_asked
    ),
    "`pull_request_review_comment`, a reply to a question: Sensei leaves the thread": Happening(
        said("Look at it again.", thread=True), Desk.spoken_in, Desk.was_asked
    ),
    "`pull_request_review_thread`, resolved": Happening(
        lambda it, who: it.resolves("resolved", who), stands(QuestionState.RESOLVED), Desk.was_asked
    ),
    "`pull_request_review_thread`, reopened": Happening(
        lambda it, who: it.resolves("unresolved", who), stands(QuestionState.ASKED), Desk.resolved
    ),
    "`check_run`, *Re-run*": Happening(
        lambda it, who: it.reruns("check_run", who), is_read(2), Desk.was_read
    ),
    "`check_suite`, *Re-run all checks*": Happening(
        lambda it, who: it.reruns("check_suite", who), is_read(2), Desk.was_read
    ),
    "`check_run`, another button (`requested_action`)": Happening(
        lambda it, who: it.reruns("check_run", who, "requested_action"), is_read(2), Desk.was_read
    ),
    "`push` to the default branch": Happening(
        lambda it, who: it.tells("push", "", who, ref="refs/heads/main", after=sha("b")),
        lambda it: bool(it.jobs("baseline")),
    ),
}
PEOPLE: dict[str, list[Payload | None]] = {
    "participant": [user(ADA)],
    "sensei": [user(SEN), user(DEP), user(LEA)],
    "collaborator": [user(COL)],
    "stranger": [user(BO)],
    # Somebody whose account is gone is shown as one user, or as none at all.
    "nobody": [user(RENOVATE), user(replace(SEN, is_bot=True)), user(GHOST), None],
}


def documented() -> dict[str, dict[str, bool]]:
    """The table of docs/security.md: what happens, by whom, and whether it counts."""
    text = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    found: dict[str, dict[str, bool]] = {}
    for line in text.partition("## Whose pull request")[2].splitlines():
        cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        if len(cells) == len(PEOPLE) + 1 and {*cells[1:]} <= {"yes", "no"}:
            found[cells[0]] = {who: cell == "yes" for who, cell in zip(PEOPLE, cells[1:], strict=True)}
    return found


def test_the_documented_table_has_every_event_that_is_tried() -> None:
    assert list(documented()) == list(HAPPENINGS)


@pytest.mark.contract
@pytest.mark.parametrize("name", HAPPENINGS)
def test_an_event_counts_for_whom_the_documented_table_says_and_for_nobody_else(
    engine: sa.Engine, name: str
) -> None:
    happening = HAPPENINGS[name]
    for role, people in PEOPLE.items():
        expected = documented()[name][role]
        for who in people:
            it = Desk(engine)
            happening.before(it)
            before = it.read, it.questions(), it.jobs("baseline")
            happening.does(it, who)
            assert happening.counts(it) is expected, f"{role} {who}"
            if not expected and role not in {"participant", "sensei"}:
                assert (it.read, it.questions(), it.jobs("baseline")) == before, f"{role} {who}"


def test_the_table_of_acts_is_complete_and_refuses_what_it_does_not_hold() -> None:
    assert set(TABLE) == set(HostAction)
    assert not any(is_allowed("anything", role) for role in CapstoneRole)  # type: ignore[arg-type]
    assert {act for act in HostAction if is_allowed(act, CapstoneRole.OTHER)} == {HostAction.LINK}


@pytest.mark.parametrize("account", [ERASED, GHOST])
def test_who_is_gone_is_nobody_even_where_the_capstones_people_are_gone_too(
    engine: sa.Engine, account: Account
) -> None:
    """Everybody whose account is gone has the same number."""
    gone = replace(Dojo(engine).capstone, participant=account, sensei=account)
    assert role_of(gone, account) is CapstoneRole.OTHER


def test_a_renamed_account_stays_who_it_was_and_whoever_takes_its_login_is_a_stranger(
    engine: sa.Engine,
) -> None:
    renamed, taken = Desk(engine), Desk(engine)
    renamed.told("opened", user(Account(ADA.id, "countess")))
    taken.told("opened", user(Account(99, ADA.login)))
    assert (renamed.read, taken.read) == (1, 0)


def test_other_peoples_senseis_leads_and_participants_are_strangers(engine: sa.Engine) -> None:
    it = Desk(engine)
    fellow, other, former, elsewhere = (Account(20 + n, f"p{n}") for n in range(4))
    join(it, fellow, CohortRole.PARTICIPANT)
    join(it, other, CohortRole.SENSEI)
    left = join(it, former, CohortRole.LEAD)
    with it.store.begin() as tx:
        [lead] = tx.members.roles(left)
        tx.members.set_state(lead.enrolment, EnrolmentState.LEFT)
        cohort = tx.cohorts.add("another", it.now())
        tx.members.join(
            cohort.id, tx.members.find_or_add_by_host_account(elsewhere, it.now()), CohortRole.LEAD, it.now()
        )
        roles = [role_on(tx, it.capstone, one, START) for one in (fellow, other, former, elsewhere)]
        after = role_on(tx, it.capstone, DEP, START + timedelta(days=1))
    assert roles == [CapstoneRole.OTHER] * 4
    assert after is CapstoneRole.OTHER


@pytest.mark.parametrize("sender", ["bo", 1, [], {}, {"id": "1"}, {"id": True}, {"id": -1}, {"id": 2**63}])
def test_a_sender_that_is_no_account_does_nothing(engine: sa.Engine, sender: object) -> None:
    it = Desk(engine)
    it.was_read()
    it.was_asked()
    it.resolves("resolved", sender)
    it.reruns("check_run", sender)
    it.reruns("check_suite", sender)
    assert (it.read, it.questions()) == (1, ["asked"])


def test_words_are_forgotten_though_their_authors_account_is_gone(engine: sa.Engine) -> None:
    it = Desk(engine)
    it.was_asked()
    number = it.says("It halved them.", user(ADA), thread=True)
    it.says("It halved them.", None, thread=True, comment=number, action="deleted")
    with it.store.begin() as tx:
        message = tx.questions.get_message(number)
    assert message
    assert message.deleted


@pytest.mark.parametrize("author", [BO, RENOVATE])
def test_a_strangers_pull_request_stays_unread_after_it_is_told_to_speak(
    engine: sa.Engine, author: Account
) -> None:
    it = Desk(engine)
    it.told("opened", user(author))
    it.says("/sensei quiet", user(SEN))
    it.says("/sensei speak", user(SEN))
    assert it.read == 0


@pytest.mark.parametrize("by", [ADA, SEN, LEA])
def test_a_run_again_reads_no_stranger_who_copied_the_commit(engine: sa.Engine, by: Account) -> None:
    it = Desk(engine)
    it.was_read()
    it.told("opened", user(BO), number=2)
    it.reruns("check_suite", user(by))
    assert (it.read, len(rounds_of(it, 2))) == (2, 0)


@pytest.mark.parametrize("by", [SEN, LEA, ADA])
def test_what_was_read_for_somebody_who_asked_can_be_run_again_and_who_asked_is_noted(
    engine: sa.Engine, by: Account
) -> None:
    it = Desk(engine)
    it.told("opened", user(BO))
    it.says("/sensei review", user(by))
    it.state(RoundState.PUBLISHED)
    it.reruns("check_run", user(by))
    assert [one.trigger for one in it.rounds()] == [Trigger.ASKED] * 2
    with it.store.begin() as tx:
        person = tx.members.by_host_account(by.id)
        found = tx.pull_requests.find(it.capstone.id, 1)
    assert found
    assert audited(it, f"pull_request:{found.id}") == [(person, "review.ask")] * 2
    it.state(RoundState.PUBLISHED)
    it.told("synchronize", user(BO), "b")
    assert it.read == 2


def test_asking_on_the_participants_own_pull_request_is_not_noted(engine: sa.Engine) -> None:
    it = Desk(engine)
    it.was_read()
    it.says("/sensei review", user(SEN))
    with it.store.begin() as tx:
        found = tx.pull_requests.find(it.capstone.id, 1)
    assert found
    assert (it.read, audited(it, f"pull_request:{found.id}")) == (2, [])


def audited(it: Dojo, subject: str) -> list[tuple[str, str]]:
    query = sa.text("SELECT actor, action FROM audit_event WHERE subject = :subject")
    with it.engine.connect() as connection:
        return [(row[0], row[1]) for row in connection.execute(query, {"subject": subject})]


def rounds_of(it: Dojo, number: int) -> list[Round]:
    with it.store.begin() as tx:
        found = tx.pull_requests.find(it.capstone.id, number)
        return list(tx.rounds.of(found.id)) if found else []


class Guild(Hosted):
    """A capstone at a GitHub on loopback, to which a stranger sends pull requests from a fork."""

    def __init__(self, engine: sa.Engine, github: GitHub, folder: Path) -> None:
        super().__init__(engine, github, folder)
        self.folder = folder
        self.sen, self.bo = github.user("sen"), github.user("bo")
        self.sen.id, self.bo.id = SEN.id, BO.id
        self.fork = github.fork(self.repository_there, self.bo)
        self.clock = github.now()
        self._brought = len(github.deliveries)

    def sends(self, branch: str) -> Pull:
        """Let the stranger open a pull request about which there is something to ask."""
        self.github.push(self.fork, branch, {f"{branch}.py": ASKED})
        return self.github.open_pull(self.repository_there, branch, self.bo, fork=self.fork)

    def opens(self, branch: str) -> Pull:
        """Let the participant open one like it."""
        self.push({f"{branch}.py": ASKED}, branch)
        return self.github.open_pull(self.repository_there, branch, self.ada)

    def bring(self) -> None:
        """Handle what GitHub has to tell since the last time, as it tells it."""
        new = self.github.deliveries[self._brought :]
        self._brought += len(new)
        for delivery in new:
            self.deliver(delivery.event, dict(delivery.payload), delivery.guid)

    def read(self, pull: Pull) -> list[str]:
        """Read what waits of a pull request, and say what became of each of its rounds."""
        for one in rounds_of(self, pull.number):
            if one.state is RoundState.WAITING:
                self.reviews.run(Straight(self.store), {"round": one.id})
        return [str(one.state) for one in rounds_of(self, pull.number)]

    def asks(self, pull: Pull, who: User) -> None:
        self.github.comment(pull, "/sensei review", who)
        self.bring()

    def fetched(self) -> list[str]:
        return [each.template for each in self.github.requests if each.template.startswith("git ")]


@pytest.fixture(name="guild")
def a_guild(engine: sa.Engine, tmp_path: Path) -> Iterator[Guild]:
    before = Dojo(engine)
    with before.store.begin() as tx:
        for capstone in tx.capstones.all():
            tx.capstones.end(capstone.id)  # a person's questions are counted over all of theirs
    with GitHub() as github:
        yield Guild(engine, github, tmp_path)


@pytest.mark.parametrize("told_by", ["webhook", "reconcile", "redelivery"])
def test_a_strangers_pull_request_is_neither_fetched_nor_shown_anything(guild: Guild, told_by: str) -> None:
    pulls = [guild.sends("one"), guild.sends("two")]
    if told_by == "reconcile":
        guild.run("reconcile")
        guild.run("reconcile", stopped=True)
    else:
        guild.bring()
    if told_by == "redelivery":
        for delivery in list(guild.github.deliveries):
            guild.deliver(delivery.event, dict(delivery.payload), f"again-{delivery.guid}")
    assert [guild.read(pull) for pull in pulls] == [[], []]
    assert guild.fetched() == []
    assert not (guild.folder / "checkouts").exists()
    assert guild.github.done() == []
    assert guild.repository_there.checks == []


def test_what_is_asked_on_strangers_pull_requests_leaves_the_participants_questions(guild: Guild) -> None:
    first, hers = guild.sends("one"), guild.opens("hers")
    guild.bring()
    guild.asks(first, guild.sen)
    assert guild.read(first) == ["published"]
    assert len(first.threads) == 2
    for _ in range(4):
        guild.ask(None)
    with guild.store.begin() as tx:
        assert (tx.questions.count_open(ADA.id, ADA.id), tx.questions.count_open(ADA.id, BO.id)) == (0, 6)
    assert guild.read(hers) == ["published"]
    assert len(hers.threads) == 2


def test_a_stranger_is_asked_no_more_than_a_participant(guild: Guild) -> None:
    pull = guild.sends("one")
    guild.bring()
    guild.asks(pull, guild.sen)
    for _ in range(6):
        guild.ask(None)
    assert guild.read(pull) == ["published"]
    assert pull.threads == []


def test_a_push_after_the_reading_that_a_sensei_asked_for_is_not_read(guild: Guild) -> None:
    pull = guild.sends("one")
    guild.bring()
    guild.asks(pull, guild.sen)
    assert guild.read(pull) == ["published"]
    fetched = len(guild.fetched())
    guild.github.push(guild.fork, "one", {"more.py": ASKED}, by=guild.bo)
    guild.bring()
    guild.run("reconcile")
    assert guild.read(pull) == ["published"]
    assert len(guild.fetched()) == fetched
    guild.asks(pull, guild.sen)
    assert [one.state for one in rounds_of(guild, pull.number)] == ["published", "waiting"]


def test_who_asks_for_a_strangers_is_told_that_it_is_read_once(guild: Guild) -> None:
    hers, theirs = guild.opens("hers"), guild.sends("one")
    guild.bring()
    said = []
    for pull in (hers, theirs):
        guild.asks(pull, guild.sen)
        [job] = [one for one in guild.jobs("answer") if f"#{pull.number}:" in one.id]
        guild.answering.answer(Straight(guild.store), job.argument)
        said.append(pull.comments[-1].body)
    assert ["I'll read later pushes only if you ask again" in body for body in said] == [False, True]


def test_a_push_before_the_reading_that_a_sensei_asked_for_is_not_read_in_its_place(guild: Guild) -> None:
    pull = guild.sends("one")
    guild.bring()
    guild.asks(pull, guild.sen)
    guild.github.push(guild.fork, "one", {"more.py": ASKED}, by=guild.bo)
    assert guild.read(pull) == ["superseded"]  # no webhook has told of it: the host was asked
    guild.bring()
    assert guild.read(pull) == ["superseded"]
    assert guild.fetched() == []


@pytest.mark.parametrize(("pushes", "states"), [(False, ["incomplete", "waiting"]), (True, ["incomplete"])])
def test_an_incomplete_reading_is_tried_again_unless_the_stranger_has_pushed(
    guild: Guild, pushes: bool, states: list[str]
) -> None:
    reader = guild.reviews.reader
    assert isinstance(reader, HostReader)
    limits = replace(reader.rules.limits, seconds=-1)
    guild.reviews = replace(guild.reviews, reader=replace(reader, rules=replace(reader.rules, limits=limits)))
    pull = guild.sends("one")
    guild.bring()
    guild.asks(pull, guild.sen)

    def push() -> None:
        if pushes:
            guild.github.push(guild.fork, "one", {"more.py": ASKED}, by=guild.bo)
            guild.bring()

    [asked] = rounds_of(guild, pull.number)
    guild.reviews.run(Straight(guild.store, before={"end": push}), {"round": asked.id})
    assert [one.state for one in rounds_of(guild, pull.number)] == states


def test_a_stranger_settles_nothing_on_their_own_pull_request_either(guild: Guild) -> None:
    """Its author may resolve its threads on GitHub."""
    pull = guild.sends("one")
    guild.bring()
    guild.asks(pull, guild.sen)
    guild.read(pull)
    first, second = pull.threads
    guild.github.reply(first, "It halved them.", guild.bo)
    guild.github.reply(first, "/sensei defer Never.", guild.bo)
    guild.github.resolve_thread(second, guild.bo)
    guild.asks(pull, guild.bo)
    guild.github.rerequest(guild.repository_there.checks[0], guild.bo)
    guild.bring()
    assert guild.questions() == ["asked", "asked"]
    assert guild.read(pull) == ["published"]
    guild.github.resolve_thread(second, guild.sen)
    guild.github.reply(first, "It halved them.", guild.ada)
    guild.bring()
    assert guild.questions() == ["answered", "resolved"]


@pytest.mark.parametrize("trigger", [Trigger.OPENED, Trigger.PUSH, Trigger.RETRY])
def test_a_round_of_a_strangers_that_waits_unasked_is_not_begun(guild: Guild, trigger: Trigger) -> None:
    """An earlier version may have left one, or the capstone may be another participant's since."""
    pull = guild.sends("one")
    guild.bring()
    with guild.store.begin() as tx:
        found = tx.pull_requests.find(guild.capstone.id, pull.number)
        assert found
        tx.rounds.begin(found.id, trigger, found.head, guild.now())
    before = len(guild.github.requests)
    assert guild.read(pull) == ["superseded"]
    assert len(guild.github.requests) == before


def test_a_pull_request_becomes_the_participants_with_the_capstone(guild: Guild) -> None:
    pull = guild.sends("one")
    guild.bring()
    assert guild.read(pull) == []
    guild.capstone = guild.enrol(BO)
    with guild.store.begin() as tx:
        tx.capstones.set_installation(guild.capstone.repository, guild.installation.id)
        tx.capstones.set_name(guild.capstone.repository, "ada", "desk")
    guild.run("reconcile")
    assert guild.read(pull) == ["published"]
