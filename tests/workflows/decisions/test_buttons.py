"""A participant confirms, withdraws and publishes their own decisions; what comes late changes nothing."""

from collections.abc import Callable

import pytest

from bot.domain.decisions.records import DecisionState
from tests.entrypoints.webhooks import now
from tests.workflows.decisions.recorded import ADA, BO, SEN, Recorded

DRAFT, CONFIRMED = DecisionState.DRAFT, DecisionState.CONFIRMED
SUPERSEDED, WITHDRAWN = DecisionState.SUPERSEDED, DecisionState.WITHDRAWN


def opened(it: Recorded, number: int = 1) -> None:
    it.sees(it.people[ADA], str(number))


def test_confirming_records_a_decision_that_counts_from_then_on(it: Recorded) -> None:
    made = it.decides(ADA, DRAFT, check="speed.2", private=True)
    opened(it)
    it.clicks(it.people[ADA], "decisions.confirm", made)
    assert "confirmed" in it.form(it.people[ADA]), "the modal shows it at once"
    it.here.handled()
    assert ("decided", {"decision": made.id}) in it.here.engine.jobs
    it.settle()
    assert it.stored(made).state is CONFIRMED
    [said] = it.heard(it.people[ADA])
    assert said.startswith("Decision 1 is recorded. Answers are in Postgres (ada/desk)")
    counts = "This decision counts as evidence for part of the check speed.2."
    assert f"{counts} Still missing: against, accepting." in said
    assert "This decision is private: only you and your sensei can see it." in said
    assert "[ Publish ]" in said


def test_confirming_twice_records_once_and_says_so(it: Recorded) -> None:
    made = it.decides(ADA, DRAFT)
    ada = it.people[ADA]
    for _ in range(2):
        it.forges(ada, "decisions.confirm", str(made.id))
    it.settle()
    said = it.heard(ada)
    assert sum("is recorded" in text for text in said) == 1
    assert (
        "I couldn't confirm the decision. Decision 1 is already confirmed. You don't need to do anything."
        in said
    )
    it.forges(ada, "decisions.confirm", str(made.id))
    assert it.whispered(ada) == "Decision 1 is already confirmed. You don't need to do anything."


def test_confirming_replaces_the_earlier_decision(it: Recorded) -> None:
    first = it.decides(ADA, CONFIRMED)
    later = it.decides(ADA, DRAFT, supersedes=first.id)
    opened(it, 2)
    assert "This decision will replace decision 1." in it.form(it.people[ADA])
    it.clicks(it.people[ADA], "decisions.confirm", later)
    it.settle()
    assert it.stored(first).state is SUPERSEDED
    opened(it, 1)
    assert "Decision 2 replaced this one." in it.form(it.people[ADA])


def test_withdrawing_asks_first_and_keeps_the_history(it: Recorded) -> None:
    made = it.decides(ADA, CONFIRMED)
    opened(it)
    ada = it.people[ADA]
    assert ada.modal
    assert "This decision will no longer count as evidence." in str(ada.modal.document)
    it.clicks(ada, "decisions.withdraw", made)
    it.settle()
    assert it.stored(made).state is WITHDRAWN
    assert it.heard(ada)[-1].startswith("Decision 1 is withdrawn. It no longer counts, but you can still")
    assert "by Sensei, from your words" in it.sees(ada, "1")


def test_publishing_says_who_will_be_able_to_read_it_and_makes_it_public(it: Recorded) -> None:
    made = it.decides(ADA, CONFIRMED, private=True)
    opened(it)
    ada = it.people[ADA]
    assert ada.modal
    assert (
        "Everyone who can read ada/desk on GitHub will be able to read this decision, and I may mention it "
        "there." in str(ada.modal.document)
    )
    it.clicks(ada, "decisions.publish", made)
    assert "private" not in it.form(ada)
    it.here.handled()
    assert ("decided", {"decision": made.id}) in it.here.engine.jobs, "it is announced where people talk"
    it.settle()
    assert not it.stored(made).private
    assert it.heard(ada)[-1].startswith("Decision 1 is public now.")
    it.forges(ada, "decisions.publish", str(made.id))
    assert it.whispered(ada) == "Decision 1 is already public. You don't need to do anything."


def test_a_private_draft_cannot_be_published(it: Recorded) -> None:
    made = it.decides(ADA, DRAFT, private=True)
    ada = it.people[ADA]
    it.forges(ada, "decisions.publish", str(made.id))
    assert it.whispered(ada).startswith("Decision 1 is still a draft. Nothing was changed. First confirm")
    assert it.stored(made).private


@pytest.mark.contract
@pytest.mark.parametrize("name", ["confirm", "withdraw", "publish", "edit"])
@pytest.mark.parametrize(
    ("state", "why"),
    [(SUPERSEDED, "was replaced by a later one"), (WITHDRAWN, "was withdrawn")],
)
def test_what_no_longer_counts_stays_as_it_is(
    it: Recorded, name: str, state: DecisionState, why: str
) -> None:
    made = it.decides(ADA, state, private=True)
    ada = it.people[ADA]
    it.forges(ada, f"decisions.{name}", str(made.id))
    assert it.whispered(ada).startswith(f"Decision 1 {why}. Nothing was changed.")
    it.settle()
    assert it.stored(made) == made


def test_a_decision_replaced_between_the_click_and_its_handling_stays_as_it_is(it: Recorded) -> None:
    made = it.decides(ADA, DRAFT)
    opened(it)
    it.clicks(it.people[ADA], "decisions.confirm", made)
    with it.here.store.begin() as tx:
        tx.decisions.set_state(made.id, SUPERSEDED, now())
    it.settle()
    assert it.stored(made).state is SUPERSEDED
    assert "I couldn't confirm the decision. Decision 1 was replaced" in it.heard(it.people[ADA])[-1]


@pytest.mark.contract
@pytest.mark.parametrize("name", ["confirm", "withdraw", "publish", "edit"])
@pytest.mark.parametrize("value", [str, lambda _: "", lambda _: "x", lambda _: "9" * 40])
def test_nobody_changes_anothers_decision(it: Recorded, name: str, value: Callable[[int], str]) -> None:
    made = it.decides(ADA, DRAFT, private=True)
    for person in (it.people[BO], it.people["Lea"], it.people[SEN]):
        it.forges(person, f"decisions.{name}", value(made.id))
        it.settle()
        assert person.modal is None
        assert not it.heard(person)
    assert it.stored(made) == made
    assert "I can't find this decision among yours." in it.whispered(it.people[BO])


def test_the_message_that_it_is_recorded_follows_what_happens_to_it(it: Recorded) -> None:
    made = it.decides(ADA, DRAFT, private=True)
    ada = it.people[ADA]
    it.forges(ada, "decisions.confirm", str(made.id))
    it.settle()
    ada.click(ada.messages[0], f"decisions.publish:{made.id}")
    it.settle()
    assert "[ Publish ]" not in it.heard(ada)[0]
    assert "everyone who can read ada/desk on GitHub may read it." in it.heard(ada)[0]
    it.forges(ada, "decisions.withdraw", str(made.id))
    it.settle()
    assert it.heard(ada)[0].startswith("Decision 1 is withdrawn.")


def test_a_home_shows_drafts_and_what_was_confirmed_last(it: Recorded) -> None:
    made = it.decides(ADA, DRAFT, title="Two agents")
    ada = it.people[ADA]
    it.shows_home(ada)
    assert ada.home
    ada.click(ada.home, f"decisions.confirm:{made.id}")
    it.settle()
    assert it.stored(made).state is CONFIRMED
    it.shows_home(ada)
    assert "decisions.confirm" not in str(ada.home.document)
    ada.click(ada.home, "decisions.list")
    assert "1. Two agents" in it.form(ada)
    it.shows_home(it.people[SEN])
    theirs = it.people[SEN].home
    assert theirs
    assert "1 decision" in str(theirs.document)
    assert "Two agents" not in str(theirs.document)
