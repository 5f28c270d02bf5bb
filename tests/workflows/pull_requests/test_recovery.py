"""A round that gave up is buried, so that later ones go on; let go on itself, it says nothing twice."""

from pathlib import Path

import pytest

from bot.workflows.jobs import retry
from tests import inside
from tests.fakes.github import Fails
from tests.serving import AFTER, CALL, serving

REVIEWS = "/repos/{owner}/{repo}/pulls/{pull_number}/reviews"
COMMENTS = f"{REVIEWS}/{{review_id}}/comments"
# PyGithub's, in whose own process the bot takes no warning for an error.
pytestmark = pytest.mark.filterwarnings("ignore:Argument lazy is deprecated")


@pytest.mark.contract
@pytest.mark.parametrize(("method", "route", "reviews"), [("POST", REVIEWS, 1), ("GET", COMMENTS, 2)])
def test_a_round_that_gave_up_and_goes_on_after_a_later_one_makes_no_second_summary(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, method: str, route: str, reviews: int
) -> None:
    monkeypatch.setattr(retry, "MOST_TRIES", 2)
    with serving(tmp_path) as it:
        it.enrol()
        with inside.running(it) as run:
            it.github.push(it.repository, "work", AFTER)
            it.github.fault(Fails(500), method, route, times=4)
            pull = it.github.open_pull(it.repository, "work", it.ada)
            run.deliver()
            run.wait(run.letters.all)
            [first] = run.letters.all()
            assert run.letters.retry(first.id)
            run.wait(run.letters.all)
            [second] = run.letters.all()
            assert second.id.startswith(f"{first.id}~")
            with run.store.begin() as tx:
                run.upkeep.bury(tx, [second])
            # Where all was shown before it gave up, that is found.
            before = "failed" if reviews == 1 else "published"
            run.wait(lambda: it.rounds(pull) == [before])

            more = CALL.replace("max_tokens=500", "max_tokens=900").encode()
            it.github.push(it.repository, "work", {"more.py": more})
            run.deliver()
            run.wait(lambda: it.rounds(pull) == [before, "published"])
            assert run.letters.retry(second.id)
            run.wait(lambda: all(check.conclusion for check in it.repository.checks))
            run.wait(lambda: "failed" not in it.rounds(pull))
            assert run.letters.all() == []
    shown = it.submitted(pull)
    assert sum("What I read" in review.body for review in shown) == 1
    assert len(shown) <= reviews
    assert len(it.repository.checks) == 2
