"""A sensei exempts checks and criteria with a reason, and takes it back."""

import pytest
import sqlalchemy as sa

from bot.domain.ledger.evidence import CheckState
from bot.domain.triage.records import ExemptSubject, GrantedExemption
from bot.errors import UserError
from bot.workflows.triage.capstone_ledgers import NO_REASON, CapstoneLedger
from bot.workflows.triage.exemptions import end_exemption, exempt
from bot.workflows.triage.rulings import LOCK
from tests.workflows.triage.judging import LOADER, SPEED, Judging

CHECK, CRITERION = ExemptSubject.CHECK, ExemptSubject.CRITERION


@pytest.fixture
def it(engine: sa.Engine) -> Judging:
    return Judging(engine)


def exempts(
    it: Judging,
    subject: str = "speed.1",
    kind: ExemptSubject = CHECK,
    reason: str = "It has no cache.",
    person: str = "",
) -> GrantedExemption:
    with it.store.begin() as tx:
        return exempt(tx, LOADER, person or it.sen, it.capstone.id, kind, subject, reason, it.now())


def restores(it: Judging, exemption: int, person: str = "") -> GrantedExemption:
    with it.store.begin() as tx:
        return end_exemption(tx, LOADER, person or it.sen, exemption, it.now())


def loaded(it: Judging) -> CapstoneLedger:
    with it.store.read() as tx:
        return LOADER.load(tx, [it.capstone.id])[it.capstone.id]


def states(it: Judging) -> dict[str, CheckState]:
    return loaded(it).ledger.states()


def test_an_exempt_check_does_not_apply_for_the_senseis_reason_until_it_is_restored(it: Judging) -> None:
    granted = exempts(it, reason=" It has no cache. ")
    assert states(it)["speed.1"] is CheckState.NOT_APPLICABLE
    [exemption] = loaded(it).ledger.exemptions
    assert (exemption.by, exemption.reason) == ("sensei", "It has no cache.")
    restores(it, granted.id)
    assert states(it)["speed.1"] is CheckState.MET
    [(actor, detail)] = it.audited("exemption.grant")
    assert actor == it.sen
    assert "cache." not in detail
    assert it.audited("exemption.end")[0][0] == it.sen


def test_an_exempt_criterion_has_no_check_that_applies(it: Judging) -> None:
    exempts(it, SPEED, CRITERION)
    assert not loaded(it).evidence[SPEED].applies
    assert states(it)["safety.1"] is not CheckState.NOT_APPLICABLE


def test_a_new_reason_replaces_the_earlier_one(it: Judging) -> None:
    first, second = exempts(it), exempts(it, reason="It has no users.")
    assert [one.reason for one in loaded(it).ledger.exemptions] == ["It has no users."]
    assert "exemption has already ended" in it.refusal(lambda: restores(it, first.id))
    restores(it, second.id)
    assert "exemption has already ended" in it.refusal(lambda: restores(it, second.id))


@pytest.mark.parametrize(
    ("subject", "kind", "reason", "told"),
    [
        ("speed.1", CHECK, " . ", "An exemption needs a reason"),
        ("speed.1", CHECK, "x" * 1001, "at most 1,000 characters"),
        ("speed.9", CHECK, "No.", "The rubric no longer has this check"),
        ("speed.1", CRITERION, "No.", "The rubric no longer has this criterion"),
        ("shop.batch", CHECK, "No.", "The rubric no longer has this check"),
    ],
)
def test_an_exemption_needs_a_reason_and_something_that_the_rubric_has(
    it: Judging, subject: str, kind: ExemptSubject, reason: str, told: str
) -> None:
    assert told in it.refusal(lambda: exempts(it, subject, kind, reason))
    assert loaded(it).ledger.exemptions == ()


def test_only_the_responsible_sensei_or_todays_deputy_exempts_and_restores(it: Judging) -> None:
    other = it.comes()
    granted = exempts(it)
    for person in (other, it.ada):
        assert "not currently this participant's sensei" in it.refusal(
            lambda person=person: exempts(it, person=person)
        )
        with pytest.raises(UserError, match="not currently this participant's sensei"):
            restores(it, granted.id, person)
    with it.away(it.sen, other):
        restores(it, granted.id, other)
    with it.store.begin() as tx:
        tx.capstones.end(it.capstone.id)
    assert "has ended" in it.refusal(lambda: exempts(it))


def test_the_same_reason_twice_is_one_exemption(it: Judging) -> None:
    granted = exempts(it)
    assert exempts(it, reason=" It has no cache. ") == granted
    assert len(it.audited("exemption.grant")) == 1


def test_while_an_appeal_waits_nothing_is_exempted_or_restored_that_it_is_about(it: Judging) -> None:
    granted = exempts(it, "speed.2")
    it.opens()
    it.rules()
    it.wait(LOCK.total_seconds())
    it.appeals()
    assert "under appeal" in it.refusal(lambda: exempts(it))
    assert "under appeal" in it.refusal(lambda: exempts(it, SPEED, CRITERION))
    assert "under appeal" in it.refusal(lambda: restores(it, granted.id))
    assert states(it)["speed.2"] is CheckState.NOT_APPLICABLE
    exempts(it, "safety.1")


def test_an_exemption_whose_words_were_erased_or_that_the_rubric_has_dropped_harms_no_ledger(
    it: Judging,
) -> None:
    with it.store.begin() as tx:
        tx.exemptions.grant(it.capstone.id, CHECK, "speed.1", "", it.sen, it.now())
        tx.exemptions.grant(it.capstone.id, CRITERION, "gone", "No.", it.sen, it.now())
    assert [one.reason for one in loaded(it).ledger.exemptions] == [NO_REASON]
