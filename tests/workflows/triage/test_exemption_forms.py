"""Saying in Slack that a check or a criterion doesn't apply, and taking it back."""

import copy
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from bot.domain.triage.records import GrantedExemption
from tests.workflows.triage.triaging import Triaging, triaging


@pytest.fixture
def it(own_engine: sa.Engine) -> Iterator[Triaging]:
    with triaging(own_engine) as made:
        made.finds("speed.1")
        made.reads()
        made.opens(made.sen)
        yield made
        assert made.slack.problems == []


def exemptions(it: Triaging) -> list[GrantedExemption]:
    with it.here.store.read() as tx:
        return list(tx.exemptions.of([it.capstone.id]))


def exempts(it: Triaging, subject: str, reason: str) -> dict[str, str]:
    it.presses(it.sen, "triage.exempt")
    return it.sen.submit({"join.subject": subject, "join.reason": reason}).errors


def test_an_exempted_check_no_longer_counts_and_its_reason_is_shown(it: Triaging) -> None:
    assert not exempts(it, "speed.2", "There is <no> cache & no one asks.")
    form = it.form(it.sen)
    assert "Saved. The item that you chose no longer counts towards the level." in form
    assert "Doesn't apply · level 2 Is speed.2 argued? Reason: There is <no> cache & no one asks." in form
    [granted] = exemptions(it)
    assert (granted.kind, granted.subject) == ("check", "speed.2")
    assert not it.sen.submit().errors, "the evidence after the exemption is what they rule on"
    assert len(it.rulings()) == 1


def test_a_whole_criterion_can_be_exempted_and_restored(it: Triaging) -> None:
    assert not exempts(it, "whole:criterion", "It has no users.")
    form = it.form(it.sen)
    assert "This criterion doesn't apply to this capstone. It has no users. [ It does apply ]" in form
    assert "No draft level: none of the checks apply." in form
    it.presses(it.sen, "triage.restore")
    form = it.form(it.sen)
    assert "The item that you restored applies again, so its evidence counts towards the level." in form
    assert "Draft level: 1 · level 1" in form
    assert exemptions(it) == []


def test_a_second_click_on_restore_changes_nothing_and_says_so(it: Triaging) -> None:
    exempts(it, "speed.2", "It has no users.")
    [granted] = exemptions(it)
    shown = copy.deepcopy(it.sen.modal)
    assert shown
    it.sen.click(shown, f"triage.restore:{granted.id}")
    it.sen.click(shown, f"triage.restore:{granted.id}")
    assert "This exemption has already ended, so I haven't changed anything." in it.form(it.sen)
    assert len(it.audited("exemption.end")) == 1


@pytest.mark.parametrize(
    ("reason", "error"),
    [
        ("…", "Say why. The participant will read your reason."),
        ("x" * 1001, "This has 1001 characters; the maximum is 1000."),
    ],
)
def test_an_exemption_needs_a_reason(it: Triaging, reason: str, error: str) -> None:
    assert exempts(it, "speed.2", reason) == {"reason": error}
    assert exemptions(it) == []


def test_the_way_back_shows_the_evidence_again(it: Triaging) -> None:
    it.presses(it.sen, "triage.exempt")
    it.presses(it.sen, "triage.rule")
    assert "Draft level: 1 · level 1" in it.form(it.sen)
    it.presses(it.sen, "triage.list")
    assert "The quality speed" in it.form(it.sen)
