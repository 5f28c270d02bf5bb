from bot.domain.rubrics import rubric_outline
from tests.reviewing import SHIPPED


def test_the_outline_explains_its_marks_and_names_every_check_and_anti_pattern() -> None:
    legend, *criteria = rubric_outline.criteria(SHIPPED.rubric).split("\n\n")
    assert (
        legend == "A line that starts with ! is an anti-pattern. It speaks against the check that it names."
    )
    for criterion, text in zip(SHIPPED.rubric.criteria, criteria, strict=True):
        lines = text.split("\n")
        assert lines[0] == f"## {criterion.id}: {criterion.title}"
        for check in criterion.checks:
            assert f"{check.id}: {' '.join(check.ask.split())}" in lines
        for anti in criterion.anti_patterns:
            assert f"! {anti.check}: {' '.join(anti.text.split())}" in lines


def test_the_outline_of_packs_has_the_same_marks() -> None:
    lines = rubric_outline.packs(SHIPPED.rubric, SHIPPED.packs).split("\n")
    for pack in SHIPPED.packs:
        for added in pack.criteria.values():
            assert all(f"{check.id}: {' '.join(check.ask.split())}" in lines for check in added.checks)
            assert all(
                f"! {anti.check}: {' '.join(anti.text.split())}" in lines for anti in added.anti_patterns
            )
