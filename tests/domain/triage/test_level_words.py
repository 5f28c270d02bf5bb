"""The words for levels and criteria, also for those that a rubric no longer has."""

from datetime import UTC, date, datetime

from bot.domain.triage.level_words import NO_WORDS, LevelWords, show_level
from bot.domain.triage.records import AppealState, CriterionRuling, RulerRole, Verdict
from tests.domain.rubric_builders import criterion, rubric

WORDS = LevelWords.of_rubric(rubric(criterion("speed"), criterion("safety")))
DAY = date(2026, 11, 28)


def ruling(level: int | None, role: RulerRole = RulerRole.SENSEI) -> CriterionRuling:
    verdict = Verdict.OTHER if level is not None else Verdict.CANNOT_JUDGE
    at = datetime(2026, 11, 28, tzinfo=UTC)
    return CriterionRuling(
        7, 1, "speed", verdict, level, 4, "SECRET", "Said", "b", None, "s", role, None, False, at
    )


def test_a_ruling_is_shown_with_its_words_and_nothing_that_is_for_senseis() -> None:
    shown = show_level(ruling(2), WORDS, DAY, AppealState.ASKED)
    assert (shown.title, shown.level, shown.name) == ("The quality speed", 2, "level 2")
    assert (shown.sentence, shown.day, shown.appeal) == ("Said", DAY, AppealState.ASKED)
    assert "SECRET" not in str(shown)
    assert "4" not in str(shown), "the draft"


def test_without_a_level_there_is_no_name_and_a_second_senseis_ruling_is_final() -> None:
    shown = show_level(ruling(None, RulerRole.SECOND), WORDS, DAY)
    assert (shown.level, shown.name, shown.is_final) == (None, "", True)
    assert WORDS.meaning_of(None) == ""


def test_a_criterion_that_the_rubric_no_longer_has_is_shown_by_its_id_and_comes_last() -> None:
    assert [WORDS.position_of(name) for name in ("speed", "safety", "gone")] == [0, 1, 2]
    assert WORDS.title_of("gone") == NO_WORDS.title_of("gone") == "gone"
