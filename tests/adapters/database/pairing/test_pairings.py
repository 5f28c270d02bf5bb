"""Who is paired with whom, whose capstones those are, and where they stand; on both databases."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.adapters.database.transaction import SqlTx
from bot.domain.pairing.records import UnassignedParticipant
from bot.domain.pairing.states import GOING_ON, PairState
from bot.domain.pull_requests.records import Account, QuestionState, RoundState, Trigger
from bot.domain.review.report import Citation, Movement
from tests.adapters.database.dojo.cohort_run import (  # noqa: F401 - fixtures
    NOW,
    PARTICIPANT,
    SENSEI,
    Run,
    a_database,
    a_run,
    account,
)
from tests.workflows.running_dojo import question, sha

LATER = NOW + timedelta(hours=1)


def test_a_proposal_is_kept_with_whom_it_has_nobody_for(it: Run) -> None:
    ada, bo, lead, sen = it.chat("U1"), it.chat("U2"), it.chat("U3", None), it.chat("U4", SENSEI)
    pairs = it.tx.pairings
    alone = [UnassignedParticipant(bo, "capacity"), UnassignedParticipant(lead, "overlap")]
    made = pairs.propose(it.cohort.id, lead, NOW, alone)
    assert (made.by, set(made.unassigned)) == (lead, set(alone))
    assert pairs.get_proposal(made.id) == made == pairs.latest_proposal(it.cohort.id)
    pair = pairs.add(made.id, ada, sen, fit=812, reasons=[{"kind": "skills", "of": ["risk"]}], at=NOW)
    assert pairs.get(pair.id) == pair
    assert (pair.cohort, pair.state, pair.fit, pair.locked, pair.why) == (
        it.cohort.id,
        PairState.PROPOSED,
        812,
        False,
        "",
    )
    assert pair.reasons == ({"kind": "skills", "of": ["risk"]},)
    newer = pairs.propose(it.cohort.id, "operator", NOW, [])
    assert (newer.by, newer.unassigned, pairs.latest_proposal(it.cohort.id)) == ("operator", (), newer)
    assert list(pairs.by_proposal(made.id)) == [pair]
    assert (pairs.get(10**6), pairs.get_proposal(10**6), pairs.latest_proposal(10**6)) == (None, None, None)


def test_what_becomes_of_a_pair_is_kept_on_both_sides(it: Run) -> None:
    ada, sen, kim = it.chat("U1"), it.chat("U2", SENSEI), it.chat("U3", SENSEI)
    pairs = it.tx.pairings
    first = it.pair(ada, sen)
    pairs.lock(first, locked=True)
    pairs.set_state(first, PairState.VETOED, LATER, "We are neighbours.")
    second = it.pair(ada, kim)
    found = pairs.get(first)
    assert found
    assert (found.locked, found.state, found.why, found.changed_at) == (
        True,
        PairState.VETOED,
        "We are neighbours.",
        LATER,
    )
    assert [pair.id for pair in pairs.by_person(ada)] == [second, first]
    assert [pair.id for pair in pairs.by_person(sen)] == [first]
    assert [pair.id for pair in pairs.ongoing(it.cohort.id)] == [second]
    assert pairs.vetoed_pairs(it.cohort.id) == {(ada, sen)}


def test_a_pair_that_waits_is_replaced_and_an_active_one_has_to_end_first(it: Run) -> None:
    ada, sen, kim = it.chat("U1"), it.chat("U2", SENSEI), it.chat("U3", SENSEI)
    pairs = it.tx.pairings
    first, second = it.pair(ada, sen), it.pair(ada, kim)
    assert [pair.id for pair in pairs.ongoing(it.cohort.id)] == [second]
    assert [pair.state for pair in pairs.by_person(sen)] == [PairState.REPLACED]
    pairs.set_state(second, PairState.ACTIVE, NOW)
    with pytest.raises(ValueError, match="must end first"):
        it.pair(ada, sen)
    session = it.tx.members.session
    with pytest.raises(sa.exc.IntegrityError), session.begin_nested():
        pairs.set_state(first, PairState.APPROVED, NOW)
    session.expire_all()
    pairs.set_state(second, PairState.ENDED, NOW)
    it.pair(ada, sen)


_moves = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 2), st.sampled_from([None, *PairState])), max_size=12
)


@pytest.mark.contract
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(moves=_moves)
def test_whatever_is_done_at_most_one_pair_of_a_participant_goes_on(it: Run, moves: object) -> None:
    session = it.tx.members.session
    undone = session.begin_nested()
    pairs = it.tx.pairings
    participants = [it.chat(f"U{n}") for n in range(3)]
    senseis = [it.chat(f"V{n}", SENSEI) for n in range(3)]
    for participant, sensei, state in moves:  # type: ignore[attr-defined]
        known = pairs.by_person(participants[participant])
        try:
            with session.begin_nested():
                if state is None or not known:
                    it.pair(participants[participant], senseis[sensei])
                else:
                    pairs.set_state(known[sensei % len(known)].id, state, NOW)
        except (ValueError, sa.exc.IntegrityError):
            session.expire_all()
        going_on = [pair.participant for pair in pairs.ongoing(it.cohort.id)]
        assert len(going_on) == len(set(going_on))
        everything = [pair for one in participants for pair in pairs.by_person(one)]
        assert len(going_on) == sum(pair.state in GOING_ON for pair in everything)
    undone.rollback()
    session.expire_all()


def enrolled(it: Run, repository: int, participant: Account, cohort: str = "autumn") -> int:
    return it.tx.capstones.add(
        cohort=cohort,
        repository=repository,
        owner="ada",
        name=f"desk{repository}",
        default_branch="main",
        installation=None,
        participant=participant,
        sensei=None,
        publish=None,
        at=NOW,
    ).id


def test_a_sensei_has_a_participants_capstones_of_one_cohort(it: Run) -> None:
    capstones = it.tx.capstones
    one, other = enrolled(it, 1, account(7)), enrolled(it, 2, account(7))
    winter, theirs = enrolled(it, 3, account(7), "winter"), enrolled(it, 4, account(8))
    ended = enrolled(it, 5, account(7))
    capstones.end(ended)
    ada = it.tx.members.by_host_account(7)
    assert ada
    sen = it.chat("U9", SENSEI)
    assert [each.id for each in capstones.by_participant(ada)] == [one, other, winter]
    capstones.set_sensei(it.cohort.id, ada, sen)
    assert [each.id for each in capstones.by_sensei(sen)] == [one, other]
    assert capstones.get(one).sensei is None, "they have no account at the code host yet"
    it.tx.members.prove(sen, account(9), NOW)
    assert capstones.get(one).sensei == account(9)
    assert capstones.get(theirs).sensei is capstones.get(winter).sensei is capstones.get(ended).sensei is None
    capstones.set_sensei(it.cohort.id, ada, None)
    assert list(capstones.by_sensei(sen)) == []
    assert dict(it.tx.standings.capstones(it.cohort.id)) == {
        ada: [one, other],
        it.tx.members.by_host_account(8): [theirs],
    }


def read(tx: SqlTx, capstone: int, number: int, *, state: str = "open") -> tuple[int, str]:
    """A pull request, and a round of it."""
    pull = tx.pull_requests.save(
        capstone,
        number,
        state=state,
        draft=False,
        author=account(7),
        head=sha("a"),
        base_ref="main",
        at=NOW,
    )
    return pull.id, tx.rounds.begin(pull.id, Trigger.OPENED, sha("a"), NOW).id


def test_where_capstones_stand_is_told_of_each(it: Run) -> None:
    tx, standings = it.tx, it.tx.standings
    one, other, third = (enrolled(it, 10 + n, account(7)) for n in range(3))
    states = [
        QuestionState.ASKED,
        QuestionState.DEFERRED,
        QuestionState.DISPUTED,
        QuestionState.ANSWERED,
        QuestionState.PROPOSED,
    ]
    for capstone, number, state in ((one, 1, "open"), (one, 2, "merged"), (other, 1, "open")):
        pull, round_ = read(tx, capstone, number, state=state)
        tx.questions.add(round_, [question(round_, text=each) for each in states], NOW)
        for minute, asked in enumerate(tx.questions.of(pull)):
            at = NOW + timedelta(minutes=minute)
            tx.questions.set_state(asked.id, QuestionState(asked.text), at, comment=asked.id + 900)
    found = standings.questions([one])
    assert [(each.pull_request, each.state) for each in found] == [
        (1, QuestionState.ASKED),
        (1, QuestionState.DEFERRED),
        (1, QuestionState.DISPUTED),
        (2, QuestionState.DISPUTED),
    ]
    first = found[0]
    assert (first.capstone, first.path, first.line, first.check, first.at) == (
        one,
        "desk.py",
        1,
        "speed.1",
        NOW,
    )
    assert first.comment == first.id + 900
    assert len(standings.questions([one, other])) == 7
    assert list(standings.questions([])) == list(standings.questions([third])) == []


def test_what_moved_and_when_it_was_read_is_told_of_each(it: Run) -> None:
    tx, standings = it.tx, it.tx.standings
    one, other, third = (enrolled(it, 20 + n, account(7)) for n in range(3))
    cited = Citation(
        source="commit",
        path="a.py",
        commit=sha("a"),
        side="head",
        line_start=1,
        line_end=1,
        quote="x = 1",
        redacted=False,
    )
    moved = Movement(
        check="speed.1",
        direction="supports",
        partial=False,
        missing="",
        source="signal",
        citations=(cited,),
    )
    for capstone, number, state, at in (
        (one, 1, RoundState.PUBLISHED, NOW),
        (one, 2, RoundState.INCOMPLETE, LATER),
        (one, 3, RoundState.FAILED, LATER + timedelta(hours=1)),
        (other, 1, RoundState.READING, NOW),
    ):
        _, round_ = read(tx, capstone, number)
        tx.rounds.set_state(round_, state, at)
        tx.ledgers.record(capstone, round_, [moved, moved], pending=number == 2)
    tx.ledgers.record(one, "baseline", [moved], pending=False)
    assert dict(standings.last_read_times([one, other, third])) == {one: LATER, other: None, third: None}
    assert dict(standings.count_movements([one, other], NOW - timedelta(hours=1))) == {one: 6, other: 0}
    assert dict(standings.count_movements([one, third], NOW)) == {one: 4, third: 0}
    assert dict(standings.count_movements([], NOW)) == dict(standings.last_read_times([])) == {}


def test_participants_are_no_senseis(it: Run) -> None:
    ada = it.chat("U1", PARTICIPANT)
    with pytest.raises(sa.exc.IntegrityError), it.tx.members.session.begin_nested():
        it.pair(ada, ada)
