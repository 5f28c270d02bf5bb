"""Requests that two people are never paired, on both databases."""

from tests.adapters.database.dojo.cohort_run import (  # noqa: F401 - fixtures
    NOW,
    SENSEI,
    Run,
    a_database,
    a_run,
)


def test_whom_somebody_avoids_is_known_in_both_orders_and_its_reason_by_them_alone(it: Run) -> None:
    ada, bo, sen = it.chat("U1"), it.chat("U2"), it.chat("U3", SENSEI)
    cohort = it.cohort.id
    entry = it.tx.never_pairs.add(cohort, ada, sen, "An old story.", NOW)
    assert it.tx.never_pairs.add(cohort, ada, sen, "A newer story.", NOW) == entry
    it.tx.never_pairs.add(it.tx.cohorts.add("winter", NOW).id, ada, bo, "Elsewhere", NOW)
    theirs = it.tx.never_pairs.add(cohort, sen, ada, "The same story.", NOW)
    it.tx.never_pairs.add(cohort, bo, ada, "", NOW)
    assert it.tx.never_pairs.forbidden(cohort) == {(ada, sen), (sen, ada), (ada, bo), (bo, ada)}
    assert [(one.other, one.reason) for one in it.tx.never_pairs.by_author(ada)] == [
        (sen, "A newer story."),
        (bo, "Elsewhere"),
    ]
    assert "story" not in str(it.tx.never_pairs.forbidden(cohort))
    assert not it.tx.never_pairs.remove(bo, entry)
    assert it.tx.never_pairs.remove(ada, entry)
    assert not it.tx.never_pairs.remove(ada, entry)
    assert (ada, sen) in it.tx.never_pairs.forbidden(cohort), "the other asked as well"
    assert it.tx.never_pairs.remove(sen, theirs)
    assert it.tx.never_pairs.forbidden(cohort) == {(ada, bo), (bo, ada)}
