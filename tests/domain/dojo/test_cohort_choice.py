"""Which cohort a command acts on: never a guess, and what to type next is always said."""

import pytest

from bot.domain.dojo.cohort_choice import CohortChoice, choose_cohort, cohort_flag
from bot.domain.dojo.people import Cohort
from bot.errors import UserError

SPRING, AUTUMN = Cohort(1, "spring", None, {}), Cohort(2, "autumn 2027", None, {})


def refusal(cohorts: list[Cohort], choice: CohortChoice) -> str:
    with pytest.raises(UserError) as refused:
        choose_cohort(cohorts, choice)
    return str(refused.value)


@pytest.mark.parametrize(
    ("cohorts", "choice", "expected"),
    [
        ([SPRING], CohortChoice(), SPRING),
        ([SPRING, AUTUMN], CohortChoice("autumn 2027"), AUTUMN),
        ([SPRING, AUTUMN], CohortChoice(" autumn  2027 ", "spring"), AUTUMN),
        ([SPRING, AUTUMN], CohortChoice(None, "spring"), SPRING),
    ],
)
def test_the_option_comes_before_the_setting_and_the_setting_before_the_only_cohort(
    cohorts: list[Cohort], choice: CohortChoice, expected: Cohort
) -> None:
    assert choose_cohort(cohorts, choice) == expected


@pytest.mark.parametrize(
    ("cohorts", "choice", "said"),
    [
        ([], CohortChoice(), "There is no cohort yet. Create one with `sensei cohort add NAME`"),
        ([], CohortChoice(None, "spring"), "Create one with `sensei cohort add spring`"),
        ([], CohortChoice("two words"), "Create one with `sensei cohort add 'two words'`"),
        ([SPRING, AUTUMN], CohortChoice(), "There are 2 cohorts"),
        ([SPRING, AUTUMN], CohortChoice(), "spring, autumn 2027. Add --cohort NAME, or set SENSEI_COHORT."),
        ([SPRING], CohortChoice("sprng"), "There is no cohort called sprng. Did you mean spring?"),
        ([SPRING, AUTUMN], CohortChoice("dojo"), "The cohorts are: spring, autumn 2027."),
        (
            [SPRING],
            CohortChoice(None, "dojo"),
            "SENSEI_COHORT is dojo, but there is no cohort with this name",
        ),
        ([SPRING], CohortChoice(None, "dojo"), "Change SENSEI_COHORT, or add --cohort NAME."),
    ],
)
def test_an_error_lists_the_cohorts_and_says_what_to_do(
    cohorts: list[Cohort], choice: CohortChoice, said: str
) -> None:
    assert said in refusal(cohorts, choice)


def test_a_long_list_of_cohorts_is_shortened() -> None:
    cohorts = [Cohort(number, f"c{number}", None, {}) for number in range(15)]
    assert "c11, and 3 more (`sensei cohort list`)" in refusal(cohorts, CohortChoice())


@pytest.mark.parametrize(
    ("cohorts", "setting", "flag"),
    [
        ([AUTUMN], None, ""),
        ([SPRING, AUTUMN], "autumn 2027", ""),
        ([SPRING, AUTUMN], None, " --cohort 'autumn 2027'"),
        ([AUTUMN], "spring", " --cohort 'autumn 2027'"),
    ],
)
def test_a_suggested_command_names_the_cohort_where_it_would_not_choose_it_by_itself(
    cohorts: list[Cohort], setting: str | None, flag: str
) -> None:
    assert cohort_flag(cohorts, setting, AUTUMN) == flag
