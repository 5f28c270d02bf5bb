"""What readings found out about decisions, as it is stored."""

import sqlalchemy as sa

from bot.domain.articulation.slots import Slot
from bot.domain.decisions.drift import DriftFinding
from bot.domain.decisions.records import Decision, DecisionOrigin, RevisedBy
from bot.domain.pull_requests.records import Trigger
from tests.rendering.reports import citation
from tests.workflows.running_dojo import ADA, Dojo, question, sha


def decide(dojo: Dojo) -> Decision:
    with dojo.store.begin() as tx:
        return tx.decisions.add(
            dojo.capstone.id,
            person=None,
            origin=DecisionOrigin.FILE,
            question=None,
            check=None,
            private=False,
            title="One",
            texts={Slot.DECIDED: "One."},
            anchors=[],
            supersedes=None,
            by=RevisedBy.FILE,
            at=dojo.now(),
        )


def begin_round(dojo: Dojo) -> str:
    with dojo.store.begin() as tx:
        pull_request = tx.pull_requests.save(
            dojo.capstone.id,
            1,
            state="open",
            draft=False,
            author=ADA,
            head=sha("a"),
            base_ref="main",
            at=dojo.now(),
        )
        return tx.rounds.begin(pull_request.id, Trigger.OPENED, sha("a"), dojo.now()).id


def test_findings_come_back_in_order_and_the_last_ones_replace_the_others(engine: sa.Engine) -> None:
    dojo = Dojo(engine)
    round_, decision = begin_round(dojo), decide(dojo)
    place = citation("a\0b").model_copy(update={"redacted": True})
    second = DriftFinding(decision.id, "f" * 64, citation("x = 1"), "What of decision 1?", touched=False)
    with dojo.store.begin() as tx:
        tx.decisions.save_findings(round_, [DriftFinding(decision.id, "e" * 64, place, inline=True)])
        tx.decisions.save_findings(round_, [second, DriftFinding(decision.id, "e" * 64, place, inline=True)])
    with dojo.store.begin() as tx:
        first, other = tx.decisions.findings(round_)
    assert first == second
    assert (other.inline, other.touched, other.citation.quote) == (True, True, "a\N{REPLACEMENT CHARACTER}b")


def test_a_finding_about_no_decision_of_ours_is_not_stored(engine: sa.Engine) -> None:
    dojo = Dojo(engine)
    round_ = begin_round(dojo)
    with dojo.store.begin() as tx:
        tx.decisions.save_findings(round_, [DriftFinding(4711, "f" * 64, citation())])
        assert tx.decisions.findings(round_) == []


def test_a_question_that_is_forgotten_was_never_asked_about_its_decision(engine: sa.Engine) -> None:
    dojo = Dojo(engine)
    round_, decision = begin_round(dojo), decide(dojo)
    with dojo.store.begin() as tx:
        tx.questions.add(round_, [question(round_)], dojo.now())
        [asked] = tx.questions.of(tx.rounds.get(round_).pull_request)
        tx.decisions.add_drift_question(asked.id, decision.id)
        [found] = tx.decisions.questions_of(decision.capstone)
        assert (found.decision, found.asks, found.state) == (decision.id, True, asked.state)
        assert (found.fingerprint, found.pull_request_state) == (asked.fingerprint, "open")
        assert tx.decisions.drifted_of([asked.id, 4711]) == {asked.id: decision}
    with dojo.store.begin() as tx:
        tx.questions.forget(round_)
    with dojo.store.begin() as tx:
        assert tx.decisions.questions_of(decision.capstone) == []
        assert tx.decisions.drifted_of([asked.id]) == {}


def test_code_is_gone_since_it_was_first_missed(engine: sa.Engine) -> None:
    dojo = Dojo(engine)
    decision = decide(dojo)
    since = dojo.now()
    for seconds in (60, 60):
        with dojo.store.begin() as tx:
            tx.decisions.set_code_gone(decision.id, dojo.now())
            assert tx.decisions.get(decision.id).code_gone_at == since
        dojo.wait(seconds)
    with dojo.store.begin() as tx:
        tx.decisions.set_code_gone(decision.id, None)
        assert tx.decisions.get(decision.id).code_gone_at is None
