from collections.abc import Callable
from typing import Any

import pytest

from bot.domain.ledger.baseline import FilledLedger, cited_quotes, fill_ledger
from bot.domain.ledger.evidence import CheckState
from bot.domain.review.report import Citation, Report
from bot.domain.rubrics.rubric import Library, Pack
from tests.domain import rubric_builders as rubrics
from tests.domain.ledgers import CHECKS, RUBRIC, movement, nothing_but
from tests.rendering import reports

PACK = Pack.model_validate(
    {
        "schema": "dojo.stack/v1",
        "id": "shop",
        "version": "1.0.0",
        "title": "Shop",
        "languages": ["python"],
        "detect": {"imports": {"python": ["shop"]}},
        "criteria": {"speed": {"checks": [rubrics.check("shop.1")]}},
    }
)
LIBRARY = Library(RUBRIC, (PACK,))
NOW = "c" * 40
GONE = nothing_but()


def baseline(*moved: Any, silent: tuple[str, ...] = CHECKS, **changes: Any) -> Report:
    """A reading of the whole tree at ``NOW`` that leaves some checks unassessed."""
    coverage = reports.report().coverage.model_copy(update={"not_assessed": silent})
    data = {"kind": "baseline", "base": None, "head": NOW, "stacks": (), "coverage": coverage}
    return reports.report(movements=moved, **(data | changes))


def change(*moved: Any, **changes: Any) -> Report:
    """A saved report of an earlier change."""
    return reports.report(movements=moved, **({"stacks": ()} | changes))


def filled(whole: Report, *saved: Report, stands: Callable[[Citation], bool] = GONE) -> FilledLedger:
    return fill_ledger(whole, saved, LIBRARY, stands)


def state(result: FilledLedger, check: str = "speed.1") -> CheckState:
    return result.ledger.states()[check]


def test_a_baseline_stands_at_its_own_head_and_covers_what_it_does_not_leave_out() -> None:
    result = filled(baseline(movement(commit=NOW), silent=CHECKS[2:]))
    assert [state(result, check) for check in CHECKS[:3]] == [
        CheckState.MET,
        CheckState.OPEN,
        CheckState.NOT_ASSESSED,
    ]
    assert result.ledger.drift == ()


def test_a_saved_report_counts_while_it_still_stands_and_its_silence_covers_nothing() -> None:
    saved = change(movement(quotes=("alpha()", "beta()")))
    kept = filled(baseline(), saved, stands=nothing_but("beta()"))
    assert (state(kept), kept.reports) == (CheckState.MET, 1)
    assert set(kept.ledger.states().values()) == {CheckState.MET, CheckState.NOT_ASSESSED}
    gone = filled(baseline(), saved)
    assert state(gone) is CheckState.OPEN
    assert gone.ledger.drifted()["speed.1"].at == NOW


def test_what_the_baseline_finds_elsewhere_is_no_drift() -> None:
    found = movement(quotes=("delta()",), commit=NOW)
    result = filled(baseline(found), change(movement()))
    assert (state(result), result.ledger.drift) == (CheckState.MET, ())


@pytest.mark.parametrize("evidence", ["movements", "concerns", "strengths"])
def test_words_count_only_where_something_shows_that_their_change_has_arrived(evidence: str) -> None:
    words = movement("speed.2", quotes=("Cheaper",), source="text", path="body")
    one = reports.citation("alpha()")
    others: dict[str, Any] = {
        "movements": (words, movement()),
        "concerns": (reports.concern(quote="alpha()"),),
        "strengths": ({"text": "Argued.", "citation": one},),
    }
    saved = reports.report(**{"movements": (words,), "stacks": (), evidence: others[evidence]})
    assert state(filled(baseline(), saved, stands=nothing_but("alpha()")), "speed.2") is CheckState.MET
    assert state(filled(baseline(), saved), "speed.2") is CheckState.NOT_ASSESSED


def test_a_pack_of_the_baseline_or_of_a_report_brings_its_checks() -> None:
    assert "shop.1" not in filled(baseline()).ledger.checks
    assert "shop.1" in filled(baseline(stacks=("shop",))).ledger.checks
    result = filled(baseline(), change(movement("shop.1"), stacks=("shop", "cobol")), stands=lambda _: True)
    assert state(result, "shop.1") is CheckState.MET


def test_movements_of_checks_that_are_not_in_the_rubric_are_counted_and_left_out() -> None:
    result = filled(baseline(), change(movement("nope.1"), movement()), stands=lambda _: True)
    assert (result.unmatched, state(result)) == (1, CheckState.MET)


def test_where_not_every_file_was_read_nothing_is_said_to_be_gone() -> None:
    whole = baseline(complete=False, incomplete_because=("too slow",))
    result = filled(whole, change(movement(quotes=("alpha()", "beta()"))), stands=nothing_but())
    assert (result.unchecked, state(result), result.ledger.drift) == (2, CheckState.NOT_ASSESSED, ())
    result = filled(whole, change(movement(quotes=("alpha()", "beta()"))), stands=nothing_but("beta()"))
    assert (result.unchecked, state(result), result.ledger.drift) == (1, CheckState.MET, ())


def test_only_quotes_of_a_head_commit_are_looked_for() -> None:
    saved = change(movement(), movement(side="base"), movement(source="text"))
    assert list(cited_quotes([saved])) == [reports.citation("alpha()")]
