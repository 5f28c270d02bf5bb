"""The modal of a milestone stays within Slack's limits, however large a cohort is."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from bot.domain.dojo.app_home import ShownPerson
from bot.domain.milestones.growth import CriterionGrowth, Growth
from bot.domain.milestones.readiness import CriterionStanding, Readiness
from bot.domain.milestones.schedule import MilestoneDate, MilestoneStage
from bot.domain.milestones.shown import MilestoneView, OwnMilestone, ParticipantMilestone, SenseiMilestone
from bot.domain.triage.records import Milestone
from bot.rendering.chat.slack_validation import checked_view
from bot.rendering.milestones.slack_milestone import SENT, milestone_view
from bot.rendering.milestones.terminal import format_list
from tests.fakes.slack import look

AT = datetime(2026, 11, 28, 9, tzinfo=UTC)
CURRENT = MilestoneDate(Milestone.DESIGN, date(2026, 12, 1), MilestoneStage.OPEN)
LEVELS = ("absent", "asserted", "reasoned", "evidenced", "contested")
HOSTILE = "<!channel> & *all* `of` _you_ " * 8
LONG = tuple(
    CriterionStanding(f"c{n}", HOSTILE, gate=True, ruled_at=AT if n % 2 else None, level=1 if n % 2 else None)
    for n in range(10)
)
READINESS = Readiness(7, LONG, 2)
GROWTH = Growth(tuple(CriterionGrowth(f"c{n}", HOSTILE, 3, 2, 1) for n in range(10)), 2)
PERSON = ShownPerson(HOSTILE, None)


def view(people: int) -> MilestoneView:
    participants = tuple((PERSON, READINESS) for _ in range(people))
    return MilestoneView(
        HOSTILE,
        date(2026, 11, 28),
        CURRENT,
        LEVELS,
        (OwnMilestone("ada/desk", READINESS, (HOSTILE * 3,) * 6, GROWTH),),
        tuple(ParticipantMilestone(PERSON, READINESS, LONG[::2], GROWTH) for _ in range(people)),
        tuple(SenseiMilestone(PERSON, participants) for _ in range(people)),
    )


@pytest.mark.parametrize("people", [0, 1, 8, 60])
def test_it_fits_and_mentions_nobody_by_accident(people: int) -> None:
    made = checked_view(milestone_view(view(people)))
    assert len(made["blocks"]) <= 100
    assert not look.notified(made)
    said = " ".join(look.text(made).split())
    assert ("There's more than I can show here." in said) == (people == 60)


def test_once_asked_for_the_report_the_button_is_gone() -> None:
    before, after = (milestone_view(view(0), sent=sent) for sent in (None, 7))
    assert "Send me my report" in str(before)
    assert "Send me my report" not in str(after)
    assert SENT in str(after)


def test_a_level_that_nobody_could_judge_is_said_so() -> None:
    unsure = replace(READINESS, criteria=(replace(LONG[1], title="Cost", level=None),))
    own = OwnMilestone("ada/desk", unsure, (), Growth())
    shown = MilestoneView("spring", date(2026, 11, 28), CURRENT, LEVELS, (own,))
    assert "Cost – your sensei couldn't judge this" in " ".join(look.text(milestone_view(shown)).split())


def test_the_terminal_lists_the_same_counts_without_words() -> None:
    cohort = (SenseiMilestone(ShownPerson("Sol"), ((ShownPerson("Ada\x1b[31m"), READINESS),)),)
    lines = list(format_list("spring", CURRENT, (*cohort, SenseiMilestone(None, ()))))
    assert lines[0] == "spring: design milestone on 1 Dec 2026"
    assert lines[1] == "Senseis have until 15 Dec 2026 to rule on every criterion."
    assert "Sol: 5 of 10 rulings made" in lines
    assert any(
        line.startswith("  Ada") and "5 of 10 criteria ruled on; not ready yet:" in line for line in lines
    )
    assert max(len(line) for wrapped in lines for line in wrapped.split("\n")) <= 80
    assert any("\n" in wrapped for wrapped in lines)
    assert "\x1b" not in "".join(lines)
    assert "Without a sensei: 0 of 0 rulings made" in lines
    assert "No milestone has a date yet" in next(iter(format_list("spring", None, ())))
