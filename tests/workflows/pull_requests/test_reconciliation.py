"""What keeps a capstone up to date without an event: on both databases, before a GitHub on loopback."""

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.domain.pull_requests.records import QuestionState, RoundState
from bot.domain.pull_requests.rulings import OPERATOR_RULES
from bot.errors import UserError
from bot.ports.deliveries import Delivery
from bot.ports.engine import DeadLetter
from bot.ports.store import Tx
from bot.workflows.pull_requests import reconciliation
from bot.workflows.pull_requests.code_host_reading import HostReader
from bot.workflows.pull_requests.event_handling import STOPPED_FOR
from bot.workflows.pull_requests.question_decisions import keep_questions
from tests.fakes.github import GitHub, missing
from tests.fakes.github.model import Pull
from tests.fakes.steps import Died, Recorded, Straight, T
from tests.workflows.hosted import Hosted as Kept
from tests.workflows.running_dojo import BO, QUIET, START, Dojo

REVIEWS = "/repos/{owner}/{repo}/pulls/{pull_number}/reviews"


@pytest.fixture(name="it")
def a_kept_dojo(engine: sa.Engine, tmp_path: Path) -> Iterator[Kept]:
    with GitHub() as github:
        yield Kept(engine, github, tmp_path)


def test_a_baseline_records_what_the_default_branch_holds_and_nothing_is_asked(it: Kept) -> None:
    assert it.run("baseline") == {"outcome": "done"}
    assert it.ledger() == {"baseline": ["bounded(3)"]}
    assert it.run("baseline") == {"outcome": "done"}  # again replaces itself
    assert it.ledger() == {"baseline": ["bounded(3)"]}
    assert it.github.done() == []


def test_a_reading_waits_for_its_turn(it: Kept) -> None:
    turns, ended = threading.Semaphore(1), threading.Event()
    reader = it.upkeep.reader
    assert isinstance(reader, HostReader)
    it.upkeep = replace(it.upkeep, reader=replace(reader, turns=turns))

    def read() -> None:
        it.run("baseline")
        ended.set()

    thread = threading.Thread(target=read)
    with turns:
        thread.start()
        assert not ended.wait(0.5)
    assert ended.wait(20)
    thread.join()
    assert it.ledger() == {"baseline": ["bounded(3)"]}


def test_what_no_longer_stands_is_dropped_and_what_is_pending_is_left_alone(it: Kept) -> None:
    it.record("review:1#1:1", "bounded(3)", "gone()")
    it.record("review:1#2:1", "gone()")
    it.record("review:1#3:1", "not here yet()", pending=True)
    it.run("baseline")
    kept = {"review:1#1:1": ["bounded(3)"], "review:1#3:1": ["not here yet()"]}
    assert it.ledger() == {"baseline": ["bounded(3)"], **kept}
    it.push({"a.py": b"import shop\n"})
    it.run("baseline")
    assert it.ledger() == {"review:1#3:1": ["not here yet()"]}


def test_what_has_moved_to_another_file_still_stands(it: Kept) -> None:
    it.record("review:1#1:1", "bounded(3)")
    it.push({"a.py": None, "deep/c.py": b"import shop\n\n\nif x:\n    bounded( 3 )\n"})
    it.run("baseline")
    assert it.ledger()["review:1#1:1"] == ["bounded(3)"]


def test_an_incomplete_baseline_drops_nothing(it: Kept) -> None:
    it.run("baseline")
    it.record("review:1#1:1", "gone()")
    it.push({"a.py": b"import shop\n"})
    it.out_of_time()
    it.run("baseline")
    assert it.ledger() == {"baseline": ["bounded(3)"], "review:1#1:1": ["gone()"]}


def test_a_baseline_of_what_the_app_may_not_see_changes_nothing(it: Kept) -> None:
    it.run("baseline")
    it.github.uninstall(it.installation)
    assert it.run("baseline")["outcome"] == "stop"
    assert it.ledger() == {"baseline": ["bounded(3)"]}


def test_a_removal_that_is_told_late_leaves_no_pull_request_unread(it: Kept) -> None:
    """The App was taken off and put on again; the events came the other way round, and then a stranger's."""

    def looks() -> None:
        for job in it.jobs("reconcile"):
            with it.store.begin() as tx:
                tx.jobs.mark_begun(job.id, it.now())
            it.run("reconcile", stopped=job.argument["stopped"])

    it.pull()
    it.run("reconcile")
    some, mine = {"id": it.installation.id}, [{"id": it.number}]
    for action, added, removed in [("added", mine, []), ("removed", [], mine)]:
        changed = {"repositories_added": added, "repositories_removed": removed}
        it.deliver("installation_repositories", {"action": action, "installation": some, **changed})
        looks()
    it.wait(QUIET)
    it.review()
    assert [one.state for one in it.rounds()] == [RoundState.STOPPED]
    name, payload = it.comment("Thanks!", BO)
    it.deliver(name, {**payload, "repository": it.repository(name="desk"), "installation": some})
    looks()
    it.wait(600)
    it.run("reconcile")  # as every ten minutes
    assert [one.state for one in it.rounds()] == [RoundState.STOPPED, RoundState.WAITING]


def test_what_no_webhook_told_is_read_from_the_list(it: Kept) -> None:
    ready, draft = it.pull(), it.pull("draft", draft=True)
    assert it.run("reconcile") == {"outcome": "done", "open": 2}
    assert [(one.head, one.state) for one in it.rounds()] == [(ready.head_sha, RoundState.WAITING)]
    assert [job.argument for job in it.jobs("review")] == [{"round": it.rounds()[0].id}]
    it.run("reconcile")
    assert len(it.rounds()) == 1
    with it.store.begin() as tx:
        known = tx.pull_requests.find(it.capstone.id, draft.number)
        assert known is not None
        assert tx.rounds.of(known.id) == []


@pytest.mark.parametrize("dies_after", [None, 2])
def test_very_many_open_pull_requests_are_taken_in_small_parts(
    it: Kept, monkeypatch: pytest.MonkeyPatch, dies_after: int | None
) -> None:
    """Anybody may open them, and while one transaction takes them nobody else writes."""
    monkeypatch.setattr(reconciliation, "MOST_TAKEN_AT_ONCE", 2, raising=False)
    it.pull()
    for _ in range(4):
        it.github.open_pull(it.repository_there, "feature", by=it.github.user("visitor"))
    known: list[int] = []

    class Watched(Recorded):
        def tx(self, name: str, do: Callable[[Tx], T]) -> T:
            if len(known) == dies_after:
                known.append(known[-1])
                raise Died
            done = super().tx(name, do)
            with self.store.begin() as tx:
                known.append(len(tx.pull_requests.list_open(it.capstone.id)))
            return done

    steps, argument = Watched(it.store), {"capstone": it.capstone.id}
    if dies_after:
        with pytest.raises(Died):
            it.upkeep.reconcile(steps, argument)
        steps.again()
    assert it.upkeep.reconcile(steps, argument) == {"outcome": "done", "open": 5}
    assert list(dict.fromkeys(known)) == [2, 4, 5]
    assert len(it.rounds()) == 1


def test_a_push_that_no_webhook_told_is_read(it: Kept) -> None:
    pull = it.pull()
    it.run("reconcile")
    it.state(RoundState.PUBLISHED)
    it.push({"feature.py": b"C = 2\n"}, "feature")
    it.run("reconcile")
    assert [one.head for one in it.rounds()][1:] == [pull.head_sha]


@pytest.mark.parametrize("merged", [True, False])
def test_what_was_closed_meanwhile_is_known(it: Kept, merged: bool) -> None:
    pull = it.pull()
    it.run("reconcile")
    source = it.rounds()[0].id
    it.record(source, "C = 1", pending=True)
    if merged:
        it.github.merge_pull(pull)
    else:
        it.github.close_pull(pull)
    assert it.run("reconcile") == {"outcome": "done", "open": 0}
    assert it.rounds()[0].superseded
    with it.store.begin() as tx:
        known = tx.pull_requests.find(it.capstone.id, 1)
        kept = tx.ledgers.movements(it.capstone.id)
    assert known is not None
    assert known.state == ("merged" if merged else "closed")
    assert [each.pending for each in kept] == ([False] if merged else [])


def test_what_stopped_goes_on_once_the_app_is_installed_again(it: Kept) -> None:
    it.pull()
    it.run("reconcile")
    it.state(RoundState.STOPPED)
    it.run("reconcile")
    assert len(it.rounds()) == 1  # it may still not be let in
    it.wait(STOPPED_FOR.total_seconds() - 1)
    it.run("reconcile")
    assert len(it.rounds()) == 1
    it.wait(1)
    it.run("reconcile")
    assert len(it.rounds()) == 2  # a day later it is tried all the same
    it.state(RoundState.STOPPED)
    it.run("reconcile", stopped=True)
    assert len(it.rounds()) == 3
    it.state(RoundState.STOPPED)
    with it.store.begin() as tx:
        tx.capstones.set_installation(it.number, None)
    it.run("reconcile")
    assert len(it.rounds()) == 4
    with it.store.begin() as tx:
        assert tx.capstones.get(it.capstone.id).installation == it.installation.id


def test_an_app_that_goes_while_we_list_is_not_taken_for_one_that_came_back(it: Kept) -> None:
    it.pull()

    class Meanwhile(Straight):
        """Tells of the uninstallation between the listing and what follows from it."""

        def step(self, name: str, do: Callable[[], T]) -> T:
            done = super().step(name, do)
            gone = {"action": "deleted", "installation": {"id": it.installation.id}}
            it.deliver("installation", gone)
            return done

    it.upkeep.reconcile(Meanwhile(it.store), {"capstone": it.capstone.id, "stopped": True})
    with it.store.begin() as tx:
        assert tx.capstones.get(it.capstone.id).installation is None
    assert it.rounds() == []


def test_an_app_that_was_installed_anew_is_found_though_nobody_told(it: Kept) -> None:
    it.pull()
    it.run("reconcile")
    it.state(RoundState.STOPPED)
    it.github.uninstall(it.installation)
    assert it.run("reconcile")["outcome"] == "stop"
    anew = it.github.install(it.app, it.repository_there)
    assert it.run("reconcile")["outcome"] == "done"
    with it.store.begin() as tx:
        assert tx.capstones.get(it.capstone.id).installation == anew.id != it.installation.id
    assert len(it.rounds()) == 2


def test_an_ended_capstone_is_not_read(it: Kept) -> None:
    it.pull()
    with it.store.begin() as tx:
        tx.capstones.end(it.capstone.id)
    it.run("reconcile")
    assert it.rounds() == []


def test_a_sweep_asks_again_for_what_never_came_and_for_nothing_else(it: Kept) -> None:
    it.clock = it.github.now()
    it.pull()
    missed = {delivery.guid for delivery in it.github.deliveries}
    assert len(missed) > 2
    known = min(missed)
    with it.store.begin() as tx:
        tx.deliveries.receive(Delivery(known, "push", b"{}"), it.now())
    assert it.run("sweep") == {"outcome": "done", "again": len(missed) - 1}
    again = [delivery.guid for delivery in it.github.deliveries if delivery.redelivery]
    assert sorted(again) == sorted(missed - {known})


def test_a_sweep_looks_back_for_as_long_as_github_keeps_deliveries(it: Kept) -> None:
    it.pull()
    moment = it.now()
    missed = len(it.github.deliveries)
    for days, again in ((2.9, missed), (3.1, 0)):
        it.github.hooks.settle()  # whoever sends notes the time of the fake's clock
        for delivery in it.github.deliveries:
            delivery.at = moment
        it.clock = moment
        it.wait(days * 24 * 3600)
        assert it.run("sweep")["again"] == again


def test_a_sweep_asks_less_and_less_often_where_nothing_arrives(it: Kept) -> None:
    it.clock = it.github.now()
    it.pull()
    missed = len({delivery.guid for delivery in it.github.deliveries})

    def again() -> int:
        asked: int = it.run("sweep")["again"]
        for delivery in it.github.deliveries[len(it.github.deliveries) - asked :]:
            delivery.at = it.clock
        return asked

    assert again() == missed
    for minutes in (10, 20, 40, 80, 160, 320, 640):
        it.wait(minutes * 60 - 1)
        assert again() == 0
        it.wait(1)
        assert again() == missed
    it.wait(24 * 3600)
    assert again() == 0
    # Who has just started can be reached again, and wants everything.
    assert it.run("sweep", all=True)["again"] == missed


def test_a_sweep_asks_for_so_many_at_once_and_for_the_rest_at_the_next(
    it: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reconciliation, "MOST_ASKS_AT_ONCE", 2)
    it.clock = it.github.now()
    it.pull()
    missed = {delivery.guid for delivery in it.github.deliveries}
    while it.run("sweep")["again"] == 2:
        it.github.hooks.settle()  # what a host lists late is asked for once more
    again = [delivery.guid for delivery in it.github.deliveries if delivery.redelivery]
    assert sorted(again) == sorted(missed)


def test_a_start_asks_for_everything_in_pages_the_oldest_first(
    it: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reconciliation, "MOST_ASKS_AT_ONCE", 2)
    it.clock = it.github.now()
    it.pull()
    it.pull("second")
    it.github.hooks.settle()
    missed = [delivery.guid for delivery in it.github.deliveries]
    assert len(missed) > 4
    with it.store.begin() as tx:
        tx.deliveries.receive(Delivery(missed[1], "push", b"{}"), it.now())
    arrives = missed[-1]

    def arrive() -> None:
        """Let the last one come in another way, after GitHub has listed it as missed."""
        with it.store.begin() as tx:
            tx.deliveries.receive(Delivery(arrives, "push", b"{}"), it.now())

    steps = Straight(it.store, before={"sweep.1": arrive})
    wanted = [guid for guid in missed if guid not in {missed[1], arrives}]
    assert it.upkeep.sweep(steps, {"all": True}) == {"outcome": "done", "again": len(wanted)}
    again = [delivery.guid for delivery in it.github.deliveries if delivery.redelivery]
    assert again == wanted
    pages = -(-(len(missed) - 1) // 2)
    assert steps.names == ["sweep", *(f"sweep.{number}" for number in range(1, pages))]


def test_a_sweep_begun_by_an_earlier_version_ends_as_it_did_there(it: Kept) -> None:
    steps = Recorded(it.store, record=[("sweep", '{"outcome": "done", "again": 100}')])
    assert it.upkeep.sweep(steps, {"all": True}) == {"outcome": "done", "again": 100}


def test_a_look_that_gives_up_is_no_dead_letter_since_another_follows(it: Kept) -> None:
    class Silent(Straight):
        def step(self, name: str, do: Callable[[], T]) -> T:
            return {"outcome": "later", "why": "GitHub did not answer.", "pause": None}  # type: ignore[return-value]

    argument = {"capstone": it.capstone.id}
    assert it.upkeep.sweep(Silent(it.store), {"all": True}) == {"outcome": "later"}
    assert it.upkeep.reconcile(Silent(it.store), argument) == {"outcome": "later"}
    assert it.jobs("reconcile") == []
    stopped = {**argument, "stopped": True}
    assert it.upkeep.reconcile(Silent(it.store), stopped) == {"outcome": "later"}
    it.wait(600)
    [job] = it.jobs("reconcile")
    assert job.argument == stopped


def waiting(it: Kept, number: int = 2) -> list[int]:
    """Questions that a sensei has not seen yet, about an open pull request."""
    it.push({"desk.py": b"one\ntwo\nthree\n"}, "asked")
    it.github.open_pull(it.repository_there, "asked", it.ada)
    it.run("reconcile")
    made = [
        it.ask(
            None,
            QuestionState.PROPOSED,
            path="desk.py",
            line_start=n,
            line_end=n,
            text=f"Why is the limit on line {n} as high as it is?",
        )
        for n in range(1, number + 1)
    ]
    it.state(RoundState.PUBLISHED)
    return made


def keep(it: Kept, questions: Sequence[int]) -> None:
    """Let a sensei keep questions, and do what becomes due by that."""
    with it.store.begin() as tx:
        keep_questions(tx, questions, OPERATOR_RULES, it.now())
        due = [job for job in tx.jobs.due(it.now(), 10_000) if job.kind == "questions"]
    for job in due:
        it.run("questions", **job.argument)
        with it.store.begin() as tx:
            tx.jobs.mark_begun(job.id, it.now())


def pull_of(it: Kept) -> Pull:
    return it.repository_there.pulls[1]


def test_kept_questions_are_one_review_and_the_rest_waits(it: Kept) -> None:
    first, second, third = waiting(it, 3)
    keep(it, [first, third])
    assert it.questions() == ["asked", "proposed", "asked"]
    said = [thread.comments[0].body.split("\n")[0] for thread in pull_of(it).threads]
    assert said == [f"Why is the limit on line {n} as high as it is?" for n in (1, 3)]
    [review] = pull_of(it).reviews
    assert review.state == "COMMENTED"
    with it.store.begin() as tx:
        asked = tx.questions.get(first)
    assert asked is not None
    assert asked.comment == pull_of(it).threads[0].comments[0].id
    keep(it, [second])
    assert it.questions() == ["asked"] * 3
    assert len(pull_of(it).reviews) == 2


def test_kept_questions_are_posted_once_though_it_is_done_again(it: Kept) -> None:
    kept = waiting(it)
    keep(it, kept)
    it.run("questions", questions=kept, key="again")
    assert len(pull_of(it).reviews) == 1
    with pytest.raises(UserError, match="is not waiting"):
        keep(it, kept)


def test_what_was_withdrawn_meanwhile_is_not_posted(it: Kept) -> None:
    first, second = waiting(it)
    with it.store.begin() as tx:
        tx.questions.set_state(first, QuestionState.KEPT, it.now())
        tx.questions.set_state(second, QuestionState.WITHDRAWN, it.now())
    it.run("questions", questions=[first, second], key="some")
    assert it.questions() == ["asked", "withdrawn"]
    assert len(pull_of(it).threads) == 1


def test_questions_about_a_closed_pull_request_are_not_posted(it: Kept) -> None:
    first, second = waiting(it)
    with it.store.begin() as tx:
        tx.questions.set_state(first, QuestionState.KEPT, it.now())
    it.github.close_pull(pull_of(it))
    it.run("reconcile")
    it.run("questions", questions=[first], key="closed")
    assert pull_of(it).reviews == []
    with pytest.raises(UserError, match="its pull request is closed"):
        keep(it, [second])
    assert it.questions() == ["proposed", "proposed"]


def test_questions_that_could_not_be_posted_can_be_kept_again(it: Kept) -> None:
    kept = waiting(it)
    it.github.fault(missing(), "POST", REVIEWS)
    keep(it, kept)
    assert it.questions() == ["proposed", "proposed"]
    it.wait(60)
    keep(it, kept)
    assert it.questions() == ["asked", "asked"]
    assert len(pull_of(it).reviews) == 1


def test_very_many_questions_are_kept_at_once(it: Kept) -> None:
    """The id of their job has to fit its column."""
    it.ask(None, QuestionState.PROPOSED)
    kept = [it.ask(None, QuestionState.PROPOSED, check=None) for _ in range(60)]
    with it.store.begin() as tx:
        assert keep_questions(tx, kept, OPERATOR_RULES, it.now()) == "60 questions"
        for job in tx.jobs.due(it.now(), 10_000):
            if job.kind == "questions":
                tx.jobs.mark_begun(job.id, it.now())


def letter(identity: str, name: str = "review") -> DeadLetter:
    return DeadLetter(identity, name, "GaveUp: read did not work 40 times", START)


def bury(it: Kept, *letters: DeadLetter) -> None:
    with it.store.begin() as tx:
        it.upkeep.bury(tx, letters)


@pytest.mark.parametrize("suffix", ["", "~5.1760000000", "~5.1760000000~7.1760000009"])
def test_a_round_that_gave_up_is_failed_and_what_it_chose_may_still_be_asked(it: Kept, suffix: str) -> None:
    it.pull()
    it.ask(None, QuestionState.PROPOSED)
    it.ask(it.number * 10 + 1, QuestionState.ASKED)
    it.state(RoundState.READING)
    bury(it, letter(f"{it.rounds()[0].id}{suffix}"))
    # Until it is known what it has shown later ones wait for it.
    assert [one.state for one in it.rounds()] == [RoundState.READING]
    [job] = it.jobs("conclude")
    assert it.run("conclude", **job.argument) == {"outcome": "done"}
    assert [(one.state, one.error) for one in it.rounds()] == [
        (RoundState.FAILED, "GaveUp: read did not work 40 times")
    ]
    assert it.questions() == ["proposed", "asked"]


@pytest.mark.parametrize("suffix", ["", "~5.1760000000"])
@pytest.mark.parametrize("first", ["review", "conclude"])
def test_a_round_whose_traces_cannot_be_found_either_is_failed(it: Kept, first: str, suffix: str) -> None:
    it.ask(None, QuestionState.PROPOSED)
    it.state(RoundState.READING)
    round_ = it.rounds()[0].id
    bury(it, letter(round_))
    letters = [letter(round_), letter(f"conclude:{round_}{suffix}", "conclude")]
    bury(it, *(letters if first == "review" else reversed(letters)))
    assert [(one.state, one.error) for one in it.rounds()] == [
        (RoundState.FAILED, "GaveUp: read did not work 40 times")
    ]


@pytest.mark.parametrize("state", [each for each in RoundState if each is not RoundState.READING])
def test_a_round_that_has_ended_or_not_begun_is_left_as_it_is(it: Kept, state: RoundState) -> None:
    it.ask(None, QuestionState.PROPOSED)
    it.state(state)
    bury(it, letter(it.rounds()[0].id), letter("sweep:1", "sweep"), letter("baseline:1:x", "baseline"))
    assert [one.state for one in it.rounds()] == [state]
    assert it.questions() == ["proposed"]


def test_a_dead_letter_whose_round_is_gone_stops_no_other(it: Kept) -> None:
    it.pull()
    it.ask(None, QuestionState.PROPOSED)
    it.state(RoundState.READING)
    bury(it, letter("review:4711#1:1"), letter(it.rounds()[0].id))
    assert len(it.jobs("conclude")) == 1


def test_a_look_round_is_due_for_every_capstone_and_once_for_the_app(it: Kept) -> None:
    other = Dojo(it.engine)
    ended = Dojo(it.engine)
    with it.store.begin() as tx:
        tx.capstones.end(ended.capstone.id)
        it.upkeep.add_periodic_jobs(tx, it.now())
    for dojo, jobs in ((it, 1), (other, 1), (ended, 0)):
        assert len(dojo.jobs("reconcile")) == jobs
    with it.store.begin() as tx:
        sweeps = [job for job in tx.jobs.due(it.now(), 10_000) if job.kind == "sweep"]
    assert len(sweeps) == 1


def test_who_has_just_started_asks_for_everything_though_an_earlier_look_goes_on(it: Kept) -> None:
    it.wait(30)
    with it.store.begin() as tx:
        it.upkeep.add_periodic_jobs(tx, it.now(), ["sweep:20261126T080000"], starting=True)
        sweeps = [job.argument for job in tx.jobs.due(it.now(), 10_000) if job.kind == "sweep"]
    assert {"all": True} in sweeps


def test_a_start_replaces_what_an_earlier_process_left_unfinished(it: Kept) -> None:
    other = Dojo(it.engine)
    for _ in range(3):  # each process ends before it hands over its jobs
        it.wait(2)
        with it.store.begin() as tx:
            it.upkeep.add_periodic_jobs(tx, it.now(), starting=True)
    for dojo in (it, other):
        assert len(dojo.jobs("reconcile")) == 1
    with it.store.begin() as tx:
        left = [job for job in tx.jobs.due(it.now(), 10_000) if job.kind in {"reconcile", "sweep"}]
        for job in left:
            tx.jobs.mark_begun(job.id, it.now())
    it.wait(2)
    told = f"reconcile:{it.number}:told.72d3162e"
    review = f"review:{it.number}#1:1"
    with it.store.begin() as tx:
        going_on = [*(job.id for job in left), told, review]
        replaced = it.upkeep.add_periodic_jobs(tx, it.now(), going_on, starting=True)
    assert sorted(replaced) == sorted([*(job.id for job in left), told])
    # What an event told is not forgotten, whichever process ends.
    for _ in range(2):
        [mine], [theirs] = it.jobs("reconcile"), other.jobs("reconcile")
        assert mine.argument == {"capstone": it.capstone.id, "stopped": True}
        assert theirs.argument == {"capstone": other.capstone.id}
        it.wait(2)
        with it.store.begin() as tx:
            assert it.upkeep.add_periodic_jobs(tx, it.now(), starting=True) == []


def test_what_waits_to_look_is_not_joined_by_another(it: Kept) -> None:
    with it.store.begin() as tx:
        it.upkeep.add_periodic_jobs(tx, it.now(), starting=True)
    before = it.jobs("reconcile")
    it.wait(60)
    with it.store.begin() as tx:
        it.upkeep.add_periodic_jobs(tx, it.now())
        sweeps = [job.argument for job in tx.jobs.due(it.now(), 10_000) if job.kind == "sweep"]
    assert it.jobs("reconcile") == before
    assert sweeps == [{"all": True}]


def test_what_still_looks_is_not_joined_by_another(it: Kept) -> None:
    other = Dojo(it.engine)
    before = it.now()
    it.wait(60)
    with it.store.begin() as tx:
        sweeps = [job.id for job in tx.jobs.due(it.now(), 10_000) if job.kind == "sweep"]
        going_on = [f"reconcile:{it.number}:{before:%Y%m%dT%H%M%S}", f"sweep:{before:%Y%m%dT%H%M%S}"]
        it.upkeep.add_periodic_jobs(tx, it.now(), going_on)
        assert [job.id for job in tx.jobs.due(it.now(), 10_000) if job.kind == "sweep"] == sweeps
    assert it.jobs("reconcile") == []
    assert len(other.jobs("reconcile")) == 1
