"""Whom somebody must not be paired with stays theirs alone: by the real listeners, on both databases."""

from bot.domain.dojo.people import CohortRole
from tests.workflows.peopled import Peopled, texts

PARTICIPANT, SENSEI, LEAD = CohortRole.PARTICIPANT, CohortRole.SENSEI, CohortRole.LEAD


def test_a_never_pair_is_its_authors_alone(it: Peopled) -> None:
    ada, bo, lead = it.here.ada, it.here.enrolled("Bo", SENSEI), it.here.enrolled("Lea", LEAD)
    secret = "He shouted at me in May"
    ada.command("/dojo never")
    assert ada.submit({}).errors == {"other": "Choose a person to add, or a request to remove."}
    assert ada.submit({"never.other": ada.id}).errors == {"other": "You can't choose yourself."}
    ada.submit({"never.other": bo.id, "join.reason": secret})
    it.settle()
    assert len(it.barred) == 1
    assert "Saved, in confidence. You've named one person" in texts(ada.messages)[-1]
    her, him = it.member(ada).person, it.member(bo, SENSEI)
    with it.here.store.begin() as tx:
        assert (her, him.person) in tx.never_pairs.forbidden(him.cohort)
    # It is in no other row, and in nothing that anybody was shown, but for herself.
    assert secret not in it.everything_kept()
    assert not any(secret in each for each in texts(it.slack.posted()))
    for somebody in (bo, lead):
        somebody.command("/dojo never")
        assert somebody.modal
        assert "Ada" not in str(somebody.modal.document)
        assert secret not in str(somebody.modal.document)
        somebody.closes()
    ada.command("/dojo never")
    assert ada.modal
    assert secret in str(ada.modal.document)
    with it.here.store.begin() as tx:
        [entry] = tx.never_pairs.by_author(her)
    # Nor can somebody else take it back, whatever they send.
    lead.command("/dojo never")
    lead.submit({"never.other": bo.id})
    it.settle()
    lead.command("/dojo never")
    assert lead.modal
    theirs = {"text": {"type": "plain_text", "text": "Bo"}, "value": str(entry.id)}
    chosen = {"type": "multi_static_select", "selected_options": [theirs]}
    lead.modal.values["withdraw", "join.withdraw"] = chosen
    assert "no longer exists" in lead.submit().errors["withdraw"]
    it.settle()
    with it.here.store.begin() as tx:
        assert [each.id for each in tx.never_pairs.by_author(her)] == [entry.id]
    ada.submit({"join.withdraw": [str(entry.id)]})
    it.settle()
    with it.here.store.begin() as tx:
        assert tx.never_pairs.by_author(her) == []
    assert "Removed." in texts(ada.messages)[-1]
