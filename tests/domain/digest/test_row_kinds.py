"""Each kind of row says who it is about, what to do and why now, and opens what is needed."""

import pytest

from bot.domain.digest.calendar import SenseiCalendar
from bot.domain.digest.matters import AppealToDecide, DriftedDecision, ParticipantMatters, WaitingEnquiry
from bot.domain.digest.rows import DigestRow, RowTarget
from bot.domain.digest.sensei_digest import list_rows
from bot.domain.triage.due_rulings import DueReason, DueRuling
from tests.domain.digest.weeks import CALENDAR, NEAR, PLACE, ago, material, matter, matters, ruling


def only_row(of: ParticipantMatters, calendar: SenseiCalendar = CALENDAR) -> DigestRow:
    """The one row about a participant."""
    [row] = list_rows(material(of, calendar=calendar))
    return row


@pytest.mark.parametrize(
    ("changes", "what", "why"),
    [
        (
            {"disputes": (matter(0),)},
            "1 dispute to decide",
            "Only you can decide. The participant has been waiting since today.",
        ),
        (
            {"disputes": (matter(7, gate=True), matter(0, gate=True))},
            "2 disputes to decide",
            (
                "Only you can decide. The participant has been waiting for 5 working days. "
                "2 of the questions are about gate criteria: Security."
            ),
        ),
        (
            {"handovers": (matter(3),)},
            "1 question passed on to you",
            (
                "I told the participant that you'd read their answer next. "
                "They've been waiting for 1 working day."
            ),
        ),
        (
            {"handovers": (matter(3), matter(0))},
            "2 questions passed on to you",
            (
                "I told the participant that you'd read their answers next. "
                "They've been waiting for 1 working day."
            ),
        ),
        (
            {"enquiries": (WaitingEnquiry(7, ago(3)),)},
            "1 question waiting for your answer",
            "They passed it on to you on Fri 27 Nov, and have been waiting for 1 working day.",
        ),
        (
            {"enquiries": (WaitingEnquiry(8, ago(0)), WaitingEnquiry(7, ago(3)))},
            "2 questions waiting for your answer",
            "They passed the first one on to you on Fri 27 Nov, and have been waiting for 1 working day.",
        ),
        (
            {"questions": (matter(4, gate=True),)},
            "1 question to keep, reword or withdraw",
            (
                "I won't ask the participant until you decide. The question has been waiting for 2 working "
                "days. The question is about a gate criterion: Security."
            ),
        ),
        (
            {"appeals": (AppealToDecide("cost", "Cost", False, ago(7)),)},
            "1 appeal to decide: Cost",
            (
                "A lead has named you as the second sensei. "
                "The participant has been waiting for 5 working days."
            ),
        ),
        (
            {"rulings": (ruling("cost", gate=True),)},
            "1 ruling due, on a gate criterion",
            "Criterion: Cost (gate). There's evidence, but no ruling yet.",
        ),
        (
            {"rulings": (ruling("cost", ruled=7), ruling("speed", ruled=0))},
            "2 rulings due",
            (
                "Criteria: Cost and Speed. The oldest ruling is 5 working days old. "
                "The evidence has changed since then."
            ),
        ),
        (
            {"rulings": tuple(ruling(name, gate=name in "ab", ruled=0) for name in "abcd")},
            "4 rulings due, 2 on gate criteria",
            "Gates: A and B. The oldest ruling is from today. The evidence has changed since then.",
        ),
        (
            {"rulings": (ruling("cost", ruled=7), ruling("speed"))},
            "2 rulings due",
            "Criteria: Cost and Speed. Some of these criteria have no ruling yet.",
        ),
        (
            {"drifted": (DriftedDecision(3, ago(3), True), DriftedDecision(2, ago(0), False))},
            "decisions 2 and 3 may no longer hold",
            (
                "A change contradicts decision 3, and my question about it has no answer yet. "
                "The code that decision 2 is about is no longer on the default branch. "
                "I noticed the first of these 1 working day ago."
            ),
        ),
        (
            {"drifted": (DriftedDecision(3, ago(0), True), DriftedDecision(2, ago(0), True))},
            "decisions 2 and 3 may no longer hold",
            (
                "Changes contradict decisions 2 and 3, and my questions about them have no answers yet. "
                "I noticed the first of these today."
            ),
        ),
        (
            {"drifted": (DriftedDecision(3, ago(0), False),)},
            "decision 3 may no longer hold",
            "The code that decision 3 is about is no longer on the default branch. I noticed this today.",
        ),
        (
            {"growth": ("They answered unaided.", "No question came twice.")},
            "2 things to mention when you meet",
            "They answered unaided. No question came twice.",
        ),
    ],
)
def test_a_row_says_what_to_do_and_why_now(changes: dict[str, object], what: str, why: str) -> None:
    row = only_row(matters(1, "Ada", **changes))
    assert (row.name, row.what, " ".join(row.why)) == ("Ada", what, why)


def test_while_a_milestone_is_near_rulings_say_what_they_are_needed_for() -> None:
    due = DueRuling(1, "cost", "Cost", False, DueReason.MILESTONE, ruling("cost", ruled=3).ruled_at)
    row = only_row(matters(1, "Ada", rulings=(due,)), NEAR)
    assert row.why == (
        "Criterion: Cost.",
        "Needed for the midway milestone.",
        "The last ruling is 1 working day old.",
    )


def test_one_ruling_opens_its_evidence_and_several_open_the_list() -> None:
    one = only_row(matters(4, "Ada", rulings=(ruling("cost"),)))
    two = only_row(matters(4, "Ada", rulings=(ruling("cost"), ruling("speed"))))
    assert one.target == RowTarget(4, "cost")
    assert two.target == RowTarget(4)


def test_a_row_points_to_the_place_that_has_waited_longest() -> None:
    late = matter(5)
    assert only_row(matters(1, "Ada", disputes=(matter(1), late))).place == PLACE
    assert late.place == PLACE


def test_waiting_costs_more_each_day_for_two_weeks() -> None:
    costs = [only_row(matters(1, "Ada", disputes=(matter(days),))).cost for days in (0, 3, 14, 60)]
    assert costs == [100, 102, 120, 120]


def test_two_skipped_check_ins_are_a_row_without_the_reasons() -> None:
    row = only_row(matters(1, "Ada", check_ins_skipped_on=ago(4)))
    assert (row.key, row.what, row.target) == ("check_in:1", "skipped the last two check-ins", None)
    assert row.why == ("You could ask how they are when you meet.",)
    paused = list_rows(material(matters(1, "Ada", check_ins_skipped_on=ago(4), is_paused=True)))
    assert [one.kind for one in paused] == ["risk"]


def test_only_a_row_about_what_was_passed_on_has_the_numbers_of_its_questions() -> None:
    passed_on = (matter(3, question=12), matter(0, question=15))
    assert only_row(matters(1, "Ada", handovers=passed_on)).questions == (12, 15)
    assert only_row(matters(1, "Ada", disputes=passed_on)).questions == ()


def test_an_appeal_says_that_its_criterion_is_a_gate() -> None:
    appeal = AppealToDecide("security", "Security", True, ago(7))
    assert only_row(matters(1, "Ada", appeals=(appeal,))).what == "1 appeal to decide: Security (gate)"
