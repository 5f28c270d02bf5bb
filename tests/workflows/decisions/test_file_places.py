"""Where Slack says that a decision's file is: on both databases, before a GitHub on loopback."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import sqlalchemy as sa

from bot.domain.articulation.slots import Slot
from bot.domain.decisions.record_parsing import parse_record
from bot.domain.decisions.records import Decision, DecisionState
from bot.domain.decisions.shown import FilePlace
from bot.workflows.decisions.file_places import find_file_place
from bot.workflows.decisions.publishing import publish_decision
from bot.workflows.pull_requests.decision_announcements import DecisionAnnouncements
from tests.fakes.github import GitHub
from tests.fakes.steps import Straight
from tests.workflows.decisions.filing import Filing

PAGE = "https://github.com/ada/desk"
PATH = "docs/decisions/0001-a-queue-between-the-shop-and-the-model.md"


@pytest.fixture(name="it")
def a_filing_dojo(engine: sa.Engine, tmp_path: Path) -> Iterator[Filing]:
    with GitHub() as github:
        yield Filing(engine, github, tmp_path)


def announce(it: Filing, decision: Decision) -> None:
    """Run the announcement that confirming or publishing a decision leads to."""
    workflow = DecisionAnnouncements(it.host, it.store, it.now, it.files)
    assert workflow.decided(Straight(it.store), {"decision": decision.id}) == {"outcome": "done"}


def place(it: Filing, decision: Decision) -> FilePlace | None:
    with it.store.read() as tx:
        return find_file_place(tx, tx.decisions.get(decision.id), "https://github.com")


def test_a_record_that_no_thread_led_to_has_a_link_to_its_file_once_it_is_published(it: Filing) -> None:
    decision = it.decide(private=True)
    announce(it, decision)
    assert it.decided(decision).path is None
    with it.store.begin() as tx:
        publish_decision(tx, decision, it.now())
    announce(it, decision)
    found = place(it, decision)
    assert found is not None
    assert (found.kind, found.name) == ("new file", PATH)
    query = parse_qs(urlsplit(found.address).query)
    assert (found.address.partition("?")[0], query["filename"]) == (f"{PAGE}/new/main", [PATH])
    record = parse_record(PATH, query["value"][0].encode())
    assert record is not None
    assert (record.texts, record.marker) == (decision.texts, decision.number)


def test_a_text_that_a_message_can_not_hold_is_not_in_its_link(it: Filing) -> None:
    decision = it.decide(texts={Slot.DECIDED: "A queue. " * 300})
    announce(it, decision)
    found = place(it, decision)
    assert found is not None
    assert found.kind == "empty file"
    assert "value=" not in found.address


def test_the_pull_request_comes_before_the_link_and_the_file_before_both(it: Filing) -> None:
    decision = it.decide()
    it.export(decision)
    assert place(it, decision) == FilePlace("pull request", f"{PAGE}/pull/1", "#1")
    it.github.merge_pull(it.pulls[0])
    it.read_back()
    assert place(it, decision) == FilePlace("file", f"{PAGE}/blob/HEAD/{PATH}", PATH)


@pytest.mark.parametrize("state", [DecisionState.DRAFT, DecisionState.SUPERSEDED, DecisionState.WITHDRAWN])
def test_what_does_not_count_is_offered_to_nobody_as_a_file(it: Filing, state: DecisionState) -> None:
    decision = it.decide()
    announce(it, decision)
    with it.store.begin() as tx:
        tx.decisions.set_state(decision.id, state, it.now())
    assert place(it, decision) is None


def test_a_private_record_has_no_place(it: Filing) -> None:
    decision = it.decide(private=True)
    with it.store.begin() as tx:
        tx.decisions.set_file(decision.id, PATH, "", it.now())
    assert place(it, decision) is None
