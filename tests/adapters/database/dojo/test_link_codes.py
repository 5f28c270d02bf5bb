"""One-time codes, on both databases."""

from dataclasses import replace
from datetime import timedelta

from bot.domain.pull_requests.link_codes import CodeState
from tests.adapters.database.dojo.cohort_run import (  # noqa: F401 - fixtures
    NOW,
    Run,
    a_database,
    a_run,
    account,
)


def test_a_code_goes_from_hand_to_hand_and_the_newest_counts(it: Run) -> None:
    ada, bo = it.chat("U1"), it.chat("U2")
    hour = timedelta(hours=1)
    it.tx.link_codes.issue(ada, "a" * 64, NOW + hour)
    it.tx.link_codes.issue(ada, "b" * 64, NOW + hour)
    it.tx.link_codes.issue(bo, "c" * 64, NOW + hour)
    assert it.tx.link_codes.by_digest("a" * 64) is None
    code = it.tx.link_codes.by_digest("b" * 64)
    assert code
    assert (code.person, code.state, code.login, code.account) == (ada, CodeState.GIVEN, None, None)
    assert code == it.tx.link_codes.get(code.id) == it.tx.link_codes.by_person(ada)
    assert [code.is_open(NOW), code.is_open(NOW + hour)] == [True, False]
    it.tx.link_codes.mark_posted(code.id, account(7), 4711, False, NOW + 2 * hour)
    posted = it.tx.link_codes.by_comment(4711, inline=False)
    assert posted
    assert (posted.state, posted.account, posted.expires) == (CodeState.POSTED, account(7), NOW + 2 * hour)
    assert [posted.waits(NOW + hour), posted.waits(NOW + 2 * hour)] == [True, False]
    assert it.tx.link_codes.by_comment(4711, inline=True) is None
    it.tx.link_codes.close(code.id, CodeState.VOID)
    assert it.tx.link_codes.by_comment(4711, inline=False) == replace(posted, state=CodeState.VOID)
    it.tx.link_codes.issue(ada, "d" * 64, NOW + hour, "octocat")
    newer = it.tx.link_codes.by_person(ada)
    assert newer
    assert (newer.state, newer.login, newer.account) == (CodeState.GIVEN, "octocat", None)
    assert newer.id != code.id
    assert it.tx.link_codes.get(code.id) is None
    assert it.tx.link_codes.forget_expired(NOW + hour) == 0
    assert it.tx.link_codes.forget_expired(NOW + 2 * hour) == 2
    assert it.tx.link_codes.by_person(bo) is it.tx.link_codes.by_person(ada) is None
