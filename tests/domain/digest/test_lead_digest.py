"""What a lead's digest mentions, and how ruled levels are spread."""

from datetime import date, timedelta

from bot.domain.digest.lead_digest import needs_deputy, pick_dates
from bot.domain.digest.ruled_levels import has_levels, spread_levels
from bot.domain.dojo.people import Absence, CohortDate, DateKind
from bot.domain.triage.records import Verdict
from tests.domain.digest.weekly import CRITERIA, SECURITY
from tests.domain.triage.ruled import ruling

TODAY = date(2026, 11, 30)


def on(days: int, kind: DateKind = DateKind.MIDWAY) -> CohortDate:
    return CohortDate(days, kind, "Midway", TODAY + timedelta(days))


def test_dates_of_the_next_four_weeks_are_mentioned() -> None:
    picked = pick_dates([on(-1), on(0), on(28), on(29)], TODAY, {})
    assert [ahead.id for ahead in picked] == [0, 28]


def test_an_open_milestone_is_mentioned_until_all_are_ruled_on() -> None:
    [late] = pick_dates([on(-3), on(-40, DateKind.DESIGN)], TODAY, {DateKind.MIDWAY: [("Grace", 3)]})
    assert (late.day, late.unruled) == (TODAY - timedelta(3), (("Grace", 3),))
    assert pick_dates([on(-3)], TODAY, {DateKind.MIDWAY: []}) == ()


def test_an_absence_needs_a_deputy_two_weeks_before() -> None:
    def away(days: int, deputy: str | None = None) -> Absence:
        return Absence(1, "s", TODAY + timedelta(days), TODAY + timedelta(days + 5), deputy)

    assert needs_deputy(away(-2), TODAY)
    assert needs_deputy(away(14), TODAY)
    assert not needs_deputy(away(15), TODAY)
    assert not needs_deputy(away(1, "d"), TODAY)


def test_levels_are_counted_by_criterion_and_never_drafts() -> None:
    rulings = {
        1: {SECURITY.id: ruling(SECURITY.id, "", level=2, draft=4)},
        2: {SECURITY.id: ruling(SECURITY.id, "", level=2, draft=None)},
        3: {SECURITY.id: ruling(SECURITY.id, "", level=None, draft=3, verdict=Verdict.CANNOT_JUDGE)},
        4: {},
    }
    spreads = spread_levels(CRITERIA, rulings)
    assert (spreads[8].counts, spreads[8].unruled) == ((0, 0, 2, 0, 0), 2)
    assert (spreads[0].counts, spreads[0].unruled) == ((0,) * 5, 4)
    assert has_levels(spreads)
    assert not has_levels(spread_levels(CRITERIA, {3: rulings[3], 4: {}}))
