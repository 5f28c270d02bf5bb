"""What becomes of pairs: every act in every state, and whole courses of events, on both databases."""

import contextlib
import itertools
import json
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.domain.dojo.people import CohortRole, EnrolmentState, WorkingHours
from bot.domain.pairing.records import OPERATOR, Pair
from bot.domain.pairing.states import PairAction, PairState
from bot.errors import UserError
from bot.ports.engine import DeadLetter, GiveUpCause
from bot.ports.store import Tx
from bot.workflows.pairing import endings, lifecycle
from bot.workflows.pairing.proposals import MOST_TRIES
from bot.workflows.pairing.unfinished_proposals import MOST_RETRIES, bury
from tests import databases
from tests.fakes.steps import Recorded
from tests.workflows.circle import Circle

pytestmark = pytest.mark.usefixtures("_tidy")


@pytest.fixture
def _tidy(engine: sa.Engine) -> Iterator[None]:
    yield
    Circle(engine).close()


P, A, ACTIVE = PairState.PROPOSED, PairState.APPROVED, PairState.ACTIVE
DECLINED, VETOED, REPLACED, ENDED = (
    PairState.DECLINED,
    PairState.VETOED,
    PairState.REPLACED,
    PairState.ENDED,
)
STEPS = ("solve", "write")
Do = Callable[[Circle, Tx, Pair], object]

ACTS: Mapping[PairAction, Do] = {
    PairAction.APPROVE: lambda it, tx, pair: _all(
        lifecycle.approve(tx, it.cohort, [pair.id], it.people["Lea"], it.now())
    ),
    PairAction.DECLINE: lambda it, tx, pair: lifecycle.decline(tx, pair.id, "no", it.people["Lea"], it.now()),
    PairAction.SWAP: lambda it, tx, pair: lifecycle.swap_sensei(
        tx, pair.id, it.people["Sol"], it.people["Lea"], it.now()
    ),
    PairAction.LOCK: lambda it, tx, pair: lifecycle.lock(
        tx, pair.id, it.people["Lea"], it.now(), locked=True
    ),
    PairAction.UNLOCK: lambda it, tx, pair: lifecycle.lock(
        tx, pair.id, it.people["Lea"], it.now(), locked=False
    ),
    PairAction.ACCEPT: lambda it, tx, pair: lifecycle.accept(tx, pair.id, it.people["Sen"], it.now()),
    PairAction.VETO: lambda it, tx, pair: lifecycle.veto(tx, pair.id, "no", it.people["Sen"], it.now()),
    PairAction.END: lambda it, tx, pair: endings.end(tx, pair.id, "no", it.people["Lea"], it.now()),
}
"""What people do; the clock, a change of heart and a pause have tests of their own."""

# By act: the state that follows, by the state that is. Where there is none it is refused.
FOLLOWS: Mapping[PairAction, Mapping[PairState, PairState]] = {
    PairAction.APPROVE: {P: A},
    PairAction.DECLINE: {P: DECLINED, A: DECLINED},
    PairAction.SWAP: {P: REPLACED, A: REPLACED},
    PairAction.LOCK: {P: P},
    PairAction.UNLOCK: {P: P},
    PairAction.ACCEPT: {A: ACTIVE},
    PairAction.VETO: {A: VETOED},
    PairAction.END: {ACTIVE: ENDED},
}


def _all(decided: lifecycle.ActionResult) -> None:
    if decided.refused:
        raise UserError(decided.refused[0])


def dojo(engine: sa.Engine) -> Circle:
    """Ada with a sensei whom she fits and one whom she does not."""
    it = Circle(engine)
    it.sensei("Sen", 1, skills={"security": 3})
    it.sensei("Sol", 1)
    it.participant("Ada", skills={"security": 3})
    return it


def act(it: Circle, what: PairAction, pair: Pair) -> None:
    with it.store.begin() as tx:
        ACTS[what](it, tx, pair)


@pytest.mark.parametrize("state", PairState)
@pytest.mark.parametrize("what", ACTS)
def test_an_act_is_done_where_it_may_be_and_else_changes_nothing(
    engine: sa.Engine, what: PairAction, state: PairState
) -> None:
    it = dojo(engine)
    pair = it.put("Ada", "Sen", state)
    wanted = FOLLOWS[what].get(state)
    if wanted is not None:
        act(it, what, pair)
        assert it.get(pair.id).state is wanted
        if what is not PairAction.UNLOCK:  # it was not locked
            assert [done for _, done in it.audited()] == [f"pairing.{what}"]
        return
    jobs = it.jobs()
    with pytest.raises(UserError, match="Nothing was changed") as refused:
        act(it, what, pair)
    assert it.get(pair.id) == pair
    assert it.jobs() == jobs
    assert it.audited() == []
    assert "The pair of Ada and Sen" in refused.value.what
    assert refused.value.remedy or what is PairAction.APPROVE


@pytest.mark.parametrize("what", [one for one in ACTS if one not in {PairAction.LOCK, PairAction.UNLOCK}])
def test_an_act_that_is_done_twice_is_done_once(engine: sa.Engine, what: PairAction) -> None:
    it = dojo(engine)
    [state] = list(FOLLOWS[what])[-1:]
    pair = it.put("Ada", "Sen", state)
    act(it, what, pair)
    jobs, audited = it.jobs(), it.audited()
    with pytest.raises(UserError, match="Nothing was changed"):
        act(it, what, pair)
    assert (it.jobs(), it.audited()) == (jobs, audited)


@pytest.mark.parametrize("state", PairState)
def test_silence_is_agreement_only_of_who_was_asked_and_only_after_a_day(
    engine: sa.Engine, state: PairState
) -> None:
    it = dojo(engine)
    pair = it.put("Ada", "Sen", state)
    it.wait(hours=23, minutes=59)
    with it.store.begin() as tx:
        assert not lifecycle.settle(tx, pair.id, it.now())
    it.wait(minutes=1)
    with it.store.begin() as tx:
        assert lifecycle.settle(tx, pair.id, it.now()) is (state is A)
        assert not lifecycle.settle(tx, pair.id, it.now())
    assert it.get(pair.id).state is (ACTIVE if state is A else state)


@pytest.mark.contract
@pytest.mark.parametrize("state", PairState)
@pytest.mark.parametrize("who", ["Ada", "Sen"])
def test_who_pauses_has_no_pair_whichever_side_they_are(
    engine: sa.Engine, who: str, state: PairState
) -> None:
    it = dojo(engine)
    pair = it.put("Ada", "Sen", state)
    it.state(who, EnrolmentState.PAUSED)
    wanted = {P: REPLACED, A: REPLACED, ACTIVE: ENDED}.get(state, state)
    assert it.get(pair.id).state is wanted
    sent = it.run()
    told = {P, A, ACTIVE}
    assert it.readers(sent, "pairing.left") == ([("Lea",)] if state in told else [])
    other = "Sen" if who == "Ada" else "Ada"
    assert it.readers(sent, "pairing.ended") == ([(other,)] if state is ACTIVE else [])
    # Whose sensei went gets another one proposed, and who went themselves does not.
    assert it.who() == ({"Ada": ("Sol", "proposed")} if who == "Sen" and state in told else {})


def test_a_proposal_becomes_introductions(engine: sa.Engine) -> None:
    it = Circle(engine)
    for name, skill in (("Sen", "security"), ("Sol", "risk")):
        it.sensei(name, 1, skills={skill: 3})
    for name, skill in (("Ada", "security"), ("Bo", "risk")):
        it.participant(name, skills={skill: 3})
    assert it.propose()["outcome"] == "proposed"
    assert it.who() == {"Ada": ("Sen", "proposed"), "Bo": ("Sol", "proposed")}
    assert it.readers(it.run(), "pairing.board") == [("Lea",)]
    proposal = it.pairs()[0].proposal
    with it.store.begin() as tx:
        done = lifecycle.approve_all(tx, proposal, it.people["Lea"], it.now())
    assert (len(done.done), done.refused) == (2, ())
    assert sorted(it.readers(it.run(), "pairing.ask")) == [("Sen",), ("Sol",)]
    act(it, PairAction.ACCEPT, it.pair("Ada"))
    assert it.readers(it.run(), "pairing.introduction") == [("Ada", "Sen")]
    assert it.who() == {"Ada": ("Sen", "active"), "Bo": ("Sol", "approved")}
    it.wait(days=5)  # 24 working hours
    assert it.readers(it.run(), "pairing.introduction") == [("Bo", "Sol")]
    assert it.who()["Bo"] == ("Sol", "active")


def test_a_veto_is_never_proposed_again_and_leads_alone_read_why(engine: sa.Engine) -> None:
    it = dojo(engine)
    pair = it.put("Ada", "Sen", A)
    with it.store.begin() as tx:
        lifecycle.veto(tx, pair.id, "  we worked together before  ", it.people["Sen"], it.now())
    sent = it.run()
    assert it.who() == {"Ada": ("Sol", "proposed")}
    [(_, letter)] = [one for one in sent if one[0] == "pairing.board"]
    assert "we worked together before" in json.dumps(letter.message.blocks, ensure_ascii=False)
    assert all("worked together" not in str(letter) for kind, letter in sent if kind != "pairing.board")
    number_of_ada = it.pair("Ada").id
    with it.store.begin() as tx:
        lifecycle.decline(tx, number_of_ada, "", it.people["Lea"], it.now())
    assert it.propose()["outcome"] == "proposed"
    assert it.who() == {}  # one was vetoed, the other declined


def test_only_the_sensei_of_a_pair_answers_for_it(engine: sa.Engine) -> None:
    it = dojo(engine)
    pair = it.put("Ada", "Sen", A)
    for name in ("Sol", "Ada", "Lea"):
        with it.store.begin() as tx, pytest.raises(UserError, match="aren't the sensei"):
            lifecycle.accept(tx, pair.id, it.people[name], it.now())
        with it.store.begin() as tx, pytest.raises(UserError, match="aren't the sensei"):
            lifecycle.veto(tx, pair.id, "no", it.people[name], it.now())
    assert it.get(pair.id) == pair


def test_a_veto_and_an_ask_for_another_sensei_need_a_word(engine: sa.Engine) -> None:
    it = dojo(engine)
    pair = it.put("Ada", "Sen", A)
    with it.store.begin() as tx, pytest.raises(UserError, match="isn't a good match"):
        lifecycle.veto(tx, pair.id, " \n ", it.people["Sen"], it.now())
    act(it, PairAction.ACCEPT, pair)
    with it.store.begin() as tx, pytest.raises(UserError, match="help you more"):
        endings.change(tx, it.people["Ada"], it.cohort, "", it.now())
    assert it.get(pair.id).state is ACTIVE


def test_who_asks_for_another_sensei_gets_another_and_only_leads_read_why(engine: sa.Engine) -> None:
    it = dojo(engine)
    pair = it.put("Ada", "Sen", ACTIVE)
    with it.store.begin() as tx:
        endings.change(tx, it.people["Ada"], it.cohort, "we talk past each other", it.now())
    assert it.get(pair.id).state is ENDED
    sent = it.run()
    assert it.readers(sent, "pairing.ended") == [("Ada",), ("Sen",)]
    assert it.who() == {"Ada": ("Sol", "proposed")}
    for kind, letter in sent:
        assert ("talk past" in str(letter)) is (kind == "pairing.board")
    # Declined, and solved again: still not with Sen, for good.
    number_of_ada = it.pair("Ada").id
    with it.store.begin() as tx:
        lifecycle.decline(tx, number_of_ada, "", it.people["Lea"], it.now())
    it.propose()
    assert it.who() == {}
    with it.store.begin() as tx, pytest.raises(UserError, match="a sensei yet"):
        endings.change(tx, it.people["Ada"], it.cohort, "again", it.now())


def test_what_became_impossible_since_it_was_proposed_is_not_approved(engine: sa.Engine) -> None:
    it = dojo(engine)
    it.propose()
    pair = it.pair("Ada")
    it.never("Ada", "Sen", "a secret of Ada's")
    with it.store.begin() as tx:
        done = lifecycle.approve(tx, it.cohort, [pair.id], it.people["Lea"], it.now())
    assert not done.done
    assert "a confidential constraint" in done.refused[0]
    assert "secret" not in done.refused[0]
    it.says("Sen", hours=WorkingHours("Pacific/Auckland"))
    with it.store.begin() as tx:
        done = lifecycle.approve(tx, it.cohort, [pair.id], it.people["Lea"], it.now())
    assert "don't overlap enough" in done.refused[0]
    assert it.get(pair.id).state is P


@pytest.mark.parametrize("how", ["accept", "settle"])
def test_nobody_is_introduced_against_what_was_asked_meanwhile(engine: sa.Engine, how: str) -> None:
    it = dojo(engine)
    it.propose()
    act(it, PairAction.APPROVE, it.pair("Ada"))
    it.run()
    it.never("Ada", "Sen")
    pair = it.pair("Ada")
    if how == "accept":
        act(it, PairAction.ACCEPT, pair)
    else:
        it.wait(days=5)  # 24 working hours
    sent = it.run()
    assert it.get(pair.id).state is REPLACED
    assert not it.readers(sent, "pairing.introduction")
    assert it.who() == {"Ada": ("Sol", "proposed")}


def test_a_confidential_word_ends_a_pair_that_there_is(engine: sa.Engine) -> None:
    it = dojo(engine)
    pair = it.put("Ada", "Sen", ACTIVE)
    it.never("Sen", "Ada")
    with it.store.begin() as tx:
        assert [one.id for one in endings.end_barred_pairs(tx, it.cohort, it.now())] == [pair.id]
        assert not endings.end_barred_pairs(tx, it.cohort, it.now())
    it.run()
    assert it.who() == {"Ada": ("Sol", "proposed")}


def test_two_leads_who_approve_all_ask_each_sensei_once(engine: sa.Engine) -> None:
    it = dojo(engine)
    it.add("Lou", CohortRole.LEAD)
    it.propose()
    assert sorted(it.readers(it.run(), "pairing.board")) == [("Lea",), ("Lou",)]
    proposal = it.pair("Ada").proposal
    with it.store.begin() as tx:
        lifecycle.approve_all(tx, proposal, it.people["Lea"], it.now())
    with it.store.begin() as tx, pytest.raises(UserError, match="No pair in this proposal is waiting"):
        lifecycle.approve_all(tx, proposal, it.people["Lou"], it.now())
    assert it.readers(it.run(), "pairing.ask") == [("Sen",)]


def test_active_and_approved_pairs_stay_when_a_cohort_is_proposed_anew(engine: sa.Engine) -> None:
    it = Circle(engine)
    it.sensei("Sen", 1, skills={"security": 3})
    it.sensei("Sol", 1)
    it.sensei("Sam", 1)
    for name in ("Ada", "Bo", "Cy"):
        it.participant(name, skills={"security": 3})
    it.put("Ada", "Sol", ACTIVE)
    it.put("Bo", "Sam", A)
    it.propose()
    assert it.who() == {"Ada": ("Sol", "active"), "Bo": ("Sam", "approved"), "Cy": ("Sen", "proposed")}
    assert it.propose()["outcome"] == "same"
    act(it, PairAction.APPROVE, it.pair("Cy"))
    assert it.propose()["outcome"] == "nobody"


def test_solving_again_keeps_what_is_locked_and_changes_as_little_as_can_be(engine: sa.Engine) -> None:
    it = Circle(engine)
    for name in ("Sen", "Sol", "Sam"):
        it.sensei(name, 1)
    for name in ("Ada", "Bo", "Cy"):
        it.participant(name)
    it.propose()
    before = {name: sensei for name, (sensei, _) in it.who().items()}
    number_of_ada = it.pair("Ada").id
    with it.store.begin() as tx:
        lifecycle.lock(tx, number_of_ada, it.people["Lea"], it.now(), locked=True)
    # Ada's sensei is wished for by Bo now: without the lock and the few changes everybody would move.
    it.says("Bo", prefers=(it.people[before["Ada"]],))
    it.says("Cy", prefers=(it.people[before["Bo"]],))
    assert it.propose(again=True)["outcome"] in {"same", "proposed"}
    assert {name: sensei for name, (sensei, _) in it.who().items()} == before
    assert it.pair("Ada").locked
    # Solving from the beginning moves whom nothing holds.
    it.propose()
    assert it.who()["Cy"][0] == before["Bo"]
    assert it.who()["Ada"][0] == before["Ada"]


def test_a_swap_says_what_it_costs_and_stays(engine: sa.Engine) -> None:
    it = dojo(engine)
    it.propose()
    pair = it.pair("Ada")
    with it.store.begin() as tx:
        swapped = lifecycle.swap_sensei(tx, pair.id, it.people["Sol"], it.people["Lea"], it.now())
    assert swapped.change == -40  # all that skills are worth, in per cent of the most
    assert it.who() == {"Ada": ("Sol", "proposed")}
    assert it.get(pair.id).state is REPLACED
    it.propose(again=True)
    it.propose()
    assert it.who() == {"Ada": ("Sol", "proposed")}


def test_two_pairs_swap_and_a_full_or_barred_sensei_is_refused(engine: sa.Engine) -> None:
    it = dojo(engine)
    it.participant("Bo")
    it.propose()
    ada, bo = it.pair("Ada"), it.pair("Bo")
    with it.store.begin() as tx, pytest.raises(UserError, match="has no free place"):
        lifecycle.swap_sensei(tx, ada.id, it.people["Sol"], it.people["Lea"], it.now())
    with it.store.begin() as tx:
        assert lifecycle.swap_pairs(tx, ada.id, bo.id, it.people["Lea"], it.now()).change == -40
    assert it.who() == {"Ada": ("Sol", "proposed"), "Bo": ("Sen", "proposed")}
    it.never("Sen", "Ada", "a secret of Sen's")
    number_of_ada = it.pair("Ada").id
    number_of_bo = it.pair("Bo").id
    with it.store.begin() as tx, pytest.raises(UserError, match="a confidential constraint") as refused:
        lifecycle.swap_pairs(tx, number_of_ada, number_of_bo, it.people["Lea"], it.now())
    assert "secret" not in str(refused.value)
    number_of_ada = it.pair("Ada").id
    with it.store.begin() as tx, pytest.raises(UserError, match="There is no pair"):
        lifecycle.swap_pairs(tx, number_of_ada, 10**6, it.people["Lea"], it.now())


def test_what_changes_while_it_is_solved_is_solved_again(engine: sa.Engine) -> None:
    it = dojo(engine)
    steps = Recorded(it.store)
    steps.before["write"] = lambda: it.never("Sen", "Ada")
    argument = {"cohort": it.cohort, "by": it.people["Lea"]}
    assert it.flows.propose(steps, argument) == {"outcome": "proposed"}
    assert steps.names == ["solve", "write", "solve#1", "write#1"]
    assert it.who() == {"Ada": ("Sol", "proposed")}
    # From its record it comes to the same, and does nothing twice.
    before = it.pairs()
    steps.again()
    assert it.flows.propose(steps, argument) == {"outcome": "proposed"}
    assert it.pairs() == before


def test_a_request_stays_open_while_its_cohort_keeps_changing(engine: sa.Engine) -> None:
    it = dojo(engine)
    argument = {"cohort": it.cohort, "by": it.people["Lea"], "again": False, "click": "c1"}
    wishes = itertools.cycle((1, 2))
    for pause in (2, 4, 8):
        steps = Recorded(it.store)
        for step in ("write", *(f"write#{attempt}" for attempt in range(1, MOST_TRIES))):
            steps.before[step] = lambda: it.says("Ada", skills={"security": next(wishes)})
        assert it.flows.propose(steps, argument) == {"outcome": "postponed"}
        steps.again()
        assert it.flows.propose(steps, argument) == {"outcome": "postponed"}
        [waiting] = it.jobs("pairing.propose")
        assert waiting.due_at == it.now() + timedelta(minutes=pause)
        sent = it.run()
        assert it.readers(sent, "pairing.delayed") == ([("Lea",)] if pause == 2 else [])
        argument = waiting.argument
        if pause < 8:
            with it.store.begin() as tx:
                it.clock = waiting.due_at
                tx.jobs.mark_begun(waiting.id, it.now())
    it.wait(minutes=8)
    assert it.readers(it.run(), "pairing.board") == [("Lea",)]
    assert it.who() == {"Ada": ("Sen", "proposed")}


def test_a_request_that_an_earlier_version_left_sleeping_is_postponed(engine: sa.Engine) -> None:
    it = dojo(engine)
    argument = {"cohort": it.cohort, "by": it.people["Lea"], "click": "c1"}
    names = [name if not attempt else f"{name}#{attempt}" for attempt in range(5) for name in STEPS]
    earlier = {"solve": {"print": "", "pairs": [], "unassigned": []}, "write": {"outcome": "changed"}}
    record = [(name, json.dumps(earlier[name.partition("#")[0]])) for name in names]
    steps = Recorded(it.store, record=record)
    assert it.flows.propose(steps, argument) == {"outcome": "postponed"}
    assert (steps.slept, steps.names) == (60, ["postpone"])


def test_a_request_that_no_attempt_can_meet_stays_open_and_the_leads_hear_why(engine: sa.Engine) -> None:
    it = dojo(engine)
    with it.store.begin() as tx:
        tx.cohorts.set_weights(it.cohort, {"minimum_hours": 99})
    argument = {"cohort": it.cohort, "by": OPERATOR, "only": [it.people["Ada"]]}
    assert it.flows.propose(Recorded(it.store), argument) == {"outcome": "postponed"}
    [(kind, letter)] = it.run()
    assert (kind, letter.to) == ("pairing.delayed", (it.people["Lea"],))
    assert "`sensei cohort weights`" in letter.message.text
    with it.store.begin() as tx:
        tx.cohorts.set_weights(it.cohort, {})
    it.wait(minutes=2)
    it.run()
    assert it.who() == {"Ada": ("Sen", "proposed")}


def test_a_request_waits_while_the_database_does_not_answer(tmp_path: Path) -> None:
    small = sa.create_engine(
        databases.migrated_file(tmp_path / "sensei.db"), pool_size=1, max_overflow=0, pool_timeout=0.01
    )
    it = dojo(small)
    steps = Recorded(it.store)
    argument = {"cohort": it.cohort, "by": it.people["Lea"], "click": "c1"}
    taken = contextlib.ExitStack()
    steps.before["solve"] = lambda: taken.enter_context(small.connect())
    steps.before["postpone"] = taken.close
    assert it.flows.propose(steps, argument) == {"outcome": "postponed"}
    assert it.readers(it.run(), "pairing.delayed") == [("Lea",)]
    it.wait(minutes=2)
    assert it.readers(it.run(), "pairing.board") == [("Lea",)]
    small.dispose()


def test_the_leads_hear_of_a_request_whose_workflow_failed_and_it_is_retried(engine: sa.Engine) -> None:
    it = dojo(engine)
    id_ = f"pairing.propose:{it.cohort}:after.7"
    for retries in range(MOST_RETRIES + 1):
        dead = [
            DeadLetter(id_ + "~3.4" * retries, "pairing.propose", "a bug", it.now()),
            DeadLetter(f"message:{id_}", "message", "refused", it.now()),
        ]
        with it.store.begin() as tx:
            assert bury(tx, dead, it.now()) == ([dead[0].id] if retries < MOST_RETRIES else [])
        sent = it.run()
        assert it.readers(sent, "pairing.delayed") == ([] if retries else [("Lea",)])


def test_a_request_that_may_have_caused_crashes_waits_for_a_calm_hour_and_the_leads_hear_of_it(
    engine: sa.Engine,
) -> None:
    it = dojo(engine)
    id_ = f"pairing.propose:{it.cohort}:after.7"
    dead = [DeadLetter(id_, "pairing.propose", "the process died each time", it.now(), GiveUpCause.CRASHES)]
    with it.store.begin() as tx:
        assert bury(tx, dead, it.now()) == []
        assert bury(tx, dead, it.now()) == []  # at the next look round
    assert it.readers(it.run(), "pairing.delayed") == [("Lea",)]


def test_a_lead_hears_when_solving_again_changes_nothing(engine: sa.Engine) -> None:
    it = dojo(engine)
    it.propose()
    it.run()
    with it.store.begin() as tx:
        from bot.ports.jobs import Job  # noqa: PLC0415

        argument = {"cohort": it.cohort, "by": it.people["Lea"], "again": True, "click": "c1"}
        tx.jobs.add(Job(f"pairing.propose:{it.cohort}:c1", "pairing.propose", argument, it.now()))
    sent = it.run()
    assert it.readers(sent, "pairing.nothing_new") == [("Lea",)]


def test_who_is_without_a_sensei_is_said_with_the_constraint(engine: sa.Engine) -> None:
    it = Circle(engine)
    it.sensei("Sen", 1)
    it.participant("Ada")
    it.participant("Bo")
    with it.store.begin() as tx:
        tx.members.join(
            it.cohort,
            tx.members.find_or_add_by_chat(it.workspace, "U999", "Cy", it.now()),
            CohortRole.PARTICIPANT,
            it.now(),
        )
    it.propose()
    with it.store.begin() as tx:
        proposal = tx.pairings.latest_proposal(it.cohort)
    assert proposal
    assert sorted(one.blame for one in proposal.unassigned) == ["capacity", "no_profile"]


def test_one_who_is_not_in_the_chat_is_introduced_by_a_lead(engine: sa.Engine) -> None:
    it = Circle(engine)
    it.sensei("Sen", 1)
    it.participant("Ada", chat=False)
    pair = it.put("Ada", "Sen", A)
    act(it, PairAction.ACCEPT, pair)
    sent = it.run()
    assert it.readers(sent, "pairing.unreachable") == [("Lea",)]


def test_nobody_else_moves_when_a_sensei_of_many_leaves(engine: sa.Engine) -> None:
    it = Circle(engine)
    for name in ("Sen", "Sol", "Sam"):
        it.sensei(name, 3)
    for name in ("Ada", "Bo", "Cy", "Di"):
        it.participant(name)
    for name, sensei in (("Ada", "Sen"), ("Bo", "Sen"), ("Cy", "Sol"), ("Di", "Sam")):
        it.put(name, sensei, ACTIVE)
    it.state("Sen", EnrolmentState.LEFT)
    it.run()
    who = it.who()
    assert (who["Cy"], who["Di"]) == (("Sol", "active"), ("Sam", "active"))
    assert {who["Ada"][0], who["Bo"][0]} == {"Sol", "Sam"}  # balance
    assert {who["Ada"][1], who["Bo"][1]} == {"proposed"}


def test_many_changes_at_once_update_the_leads_homes_alone(engine: sa.Engine) -> None:
    """Slack takes about 90 updates a minute; whoever opens their Home sees it as it is anyway."""
    it = Circle(engine)
    it.sensei("Sen", 11)
    for n in range(11):
        it.participant(f"P{n:02}")
    it.propose()
    proposal = it.pair("P00").proposal
    with it.store.begin() as tx:
        assert len(lifecycle.approve_all(tx, proposal, it.people["Lea"], it.now()).done) == 11
    assert homes(it) == {"Lea"}
    act(it, PairAction.ACCEPT, it.pair("P00"))
    assert homes(it) == {"Lea", "Sen", "P00"}


def homes(it: Circle) -> set[str]:
    """Whose App Homes are to be updated, by name."""
    names = {person: name for name, person in it.people.items()}
    return {names[job.argument["person"]] for job in it.jobs("home")}
