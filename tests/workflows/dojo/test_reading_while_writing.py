"""While a transaction writes, people still see what they ask for: by the real listeners."""

from bot.adapters import slack as adapter
from bot.domain.dojo.people import CohortRole
from bot.workflows.dojo.app_home import HomePublisher
from tests.entrypoints.webhooks import now
from tests.fakes.steps import Straight
from tests.workflows.peopled import Peopled


def test_who_only_looks_does_not_wait_for_a_transaction_that_writes(it: Peopled) -> None:
    ada, member, store = it.here.ada, it.member(it.here.ada), it.here.store
    chat = adapter.connect(it.slack.bot_token, it.slack.api_url)
    homes = HomePublisher(chat, store, "https://github.com", now)
    with store.begin() as tx:
        tx.members.join(member.cohort, member.person, CohortRole.SENSEI, now())
        assert ada.command("/dojo status").text == "Your status in dojo"
        ada.command("/dojo leave")
        assert ada.modal
        homes.home(Straight(store), {"person": member.person})
        assert ada.home
        assert it.here.pump.pump() == 0
