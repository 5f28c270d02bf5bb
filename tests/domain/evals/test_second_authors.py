import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.evals.cases import Case, SecondFile
from bot.domain.evals.intervals import Tally
from bot.domain.evals.kappa import Labels, cohens_kappa, measure_agreement
from bot.domain.evals.second_authors import compare_authors
from tests.evaluating import case

CHECKS = [f"risk.{number}" for number in range(1, 6)]
CLEAN = {"no_questions": True, "no_facts": True}


def fact(line: str, what: str = "a fact", *, required: bool = True) -> dict[str, object]:
    return {
        "what": what,
        "checks": ["risk.2"],
        "required": required,
        "places": [{"path": "a.py", "line": line}],
    }


def question(line: str, decision: str = "a decision") -> dict[str, object]:
    return {"decision": decision, "checks": ["risk.2"], "places": [{"path": "a.py", "line": line}]}


def movement(check: str, direction: str = "supports", line: str = "one") -> dict[str, object]:
    return {"check": check, "direction": direction, "places": [{"path": "a.py", "line": line}]}


def written_twice(name: str, first: object, second: object) -> Case:
    single = case(first, name=name)
    both = SecondFile.model_validate({"author": "a second reader", "expected": second})
    return Case(single.name, single.definition, single.base, single.head, both)


def test_kappa_is_as_computed_by_hand() -> None:
    counts = {
        ("A", "A"): 44,
        ("B", "A"): 5,
        ("C", "A"): 1,
        ("A", "B"): 7,
        ("B", "B"): 20,
        ("C", "B"): 3,
        ("A", "C"): 9,
        ("B", "C"): 5,
        ("C", "C"): 6,
    }
    # By hand: 70 of 100 agree; by chance (60*50 + 30*30 + 10*20) / 100**2 = 0.41; (0.70 - 0.41) / 0.59.
    assert cohens_kappa(Labels(counts)) == pytest.approx(0.29 / 0.59)


def test_kappa_is_undefined_where_both_always_say_the_same_and_0_where_one_does() -> None:
    assert cohens_kappa(Labels()) is None
    assert cohens_kappa(Labels({("yes", "yes"): 9})) is None
    assert cohens_kappa(Labels({("yes", "yes"): 4, ("no", "yes"): 4})) == 0
    assert cohens_kappa(Labels({("yes", "no"): 4, ("no", "yes"): 4})) == -1


def test_one_case_has_no_interval_and_equal_cases_have_one_without_width() -> None:
    mixed = Labels({("yes", "yes"): 3, ("no", "no"): 2, ("no", "yes"): 1})
    assert measure_agreement([mixed]).interval is None
    once = measure_agreement([mixed, mixed, mixed])
    assert once.kappa is not None
    assert once.interval == (once.kappa, once.kappa)
    assert once.agreed == Tally(15, 18)


labels = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), min_size=1, max_size=20)


@given(labels)
def test_kappa_is_at_most_1_and_does_not_depend_on_who_is_first(pairs: list[tuple[str, str]]) -> None:
    kappa = cohens_kappa(Labels(pairs))
    assert kappa is None or -1 <= kappa <= 1
    assert cohens_kappa(Labels((second, first) for first, second in pairs)) == kappa


def test_agreement_is_counted_as_by_hand() -> None:
    cases = [
        written_twice(
            "a",
            {"facts": [fact("two"), fact("three")], "movements": [movement("risk.1"), movement("risk.2")]},
            {"facts": [fact("two|one")], "movements": [movement("risk.1"), movement("risk.2", "weakens")]},
        ),
        written_twice("b", {"questions": [question("one")]}, {"questions": [question("three")]}),
        written_twice("c", CLEAN, CLEAN),
        written_twice("d", {"no_facts": True}, {"questions": [question("two")]}),
        case({"facts": [fact("one")]}, name="e"),
    ]
    agreement = compare_authors(cases, CHECKS)
    assert (agreement.cases, agreement.without_second) == (4, 1)
    # Clean: no, no, yes, no from both: all agree; by chance (3*3 + 1*1) / 16 = 0.625; kappa 1.
    assert (agreement.clean.agreed, agreement.clean.kappa) == (Tally(4, 4), 1)
    # Facts: one of two is shared. A case with a fact: only the first, for both.
    assert agreement.facts.shared == Tally(1, 2)
    assert (agreement.facts.labelled.agreed, agreement.facts.labelled.kappa) == (Tally(4, 4), 1)
    # Questions: at different places in b; only the second's in d. With one: b for the first, b and d for the
    # second: 3 of 4 agree; by chance (1*2 + 3*2) / 16 = 0.5; kappa 0.5.
    assert agreement.questions.shared == Tally(0, 3)
    assert (agreement.questions.labelled.agreed, agreement.questions.labelled.kappa) == (Tally(3, 4), 0.5)
    # Movements: risk.1 is shared; risk.2 in two directions. Of 20 labels, 19 agree. The first's labels
    # are 2 supports and 18 none, the second's 1 supports, 1 weakens and 18 none: (2*1 + 18*18) / 400 = 0.815.
    assert agreement.movements.shared == Tally(1, 3)
    assert agreement.movements.labelled.agreed == Tally(19, 20)
    assert agreement.movements.labelled.kappa == pytest.approx((0.95 - 0.815) / (1 - 0.815))


def test_what_only_one_author_requires_is_listed() -> None:
    first = {
        "facts": [fact("two", "two is wrong"), fact("three", "three is wrong")],
        "movements": [movement("risk.1", line="one"), movement("risk.3")],
    }
    second = {
        "facts": [fact("two", "two is wrong", required=False)],
        "movements": [movement("risk.1", line="three")],
        "questions": [question("one", "why one")],
    }
    agreement = compare_authors([written_twice("a", first, second), written_twice("b", CLEAN, {})], CHECKS)
    assert agreement.remarks == (
        (
            "a",
            (
                "only the first author requires the fact: two is wrong; the other accepts it",
                "only the first author requires the fact: three is wrong",
                "only the second author requires the question: why one",
                "only the first author requires the movement: risk.3 supports",
                "both authors require the movement: risk.1 supports, but in different places",
            ),
        ),
        ("b", ("clean only for the first author",)),
    )


def test_an_item_matches_one_of_the_others_at_most_and_as_many_as_possible_match() -> None:
    wide = written_twice("a", {"facts": [fact("one|two")]}, {"facts": [fact("one"), fact("two")]})
    assert compare_authors([wide], CHECKS).facts.shared == Tally(1, 2)
    # The first's first fact could take either place; its second only "one".
    crossed = written_twice(
        "a", {"facts": [fact("one|two"), fact("^one$")]}, {"facts": [fact("one"), fact("two")]}
    )
    assert compare_authors([crossed], CHECKS).facts.shared == Tally(2, 2)


def test_two_equal_authors_agree_on_everything() -> None:
    expected = {"facts": [fact("two")], "questions": [question("one")], "movements": [movement("risk.1")]}
    agreement = compare_authors([written_twice("a", expected, expected)], CHECKS)
    for items in (agreement.facts, agreement.questions, agreement.movements):
        assert items.shared == Tally(1, 1)
    assert agreement.movements.labelled.kappa == 1
    assert agreement.facts.labelled.kappa is None
    assert agreement.remarks == ()
