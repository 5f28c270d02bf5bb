"""Paths of decisions' files and links to new ones: on both databases, before a GitHub on loopback."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import sqlalchemy as sa

from bot.domain.articulation.slots import Slot
from bot.domain.decisions.record_parsing import parse_record
from bot.domain.decisions.records import Decision
from bot.errors import PermanentError
from bot.ports.engine import Json
from tests.fakes.github import GitHub
from tests.fakes.steps import Recorded, Straight
from tests.workflows.decisions.filing import Filing

PATH = "docs/decisions/0001-a-queue-between-the-shop-and-the-model.md"


@pytest.fixture(name="it")
def a_filing_dojo(engine: sa.Engine, tmp_path: Path) -> Iterator[Filing]:
    with GitHub() as github:
        it = Filing(engine, github, tmp_path)
        it.installation.permissions["contents"] = "read"
        yield it


def reserve(it: Filing, decision: Decision) -> Json:
    return it.files.reserve_path(Straight(it.store), decision.id)


def test_without_permission_to_write_there_is_a_link_with_the_path_and_the_text(it: Filing) -> None:
    decision = it.decide()
    assert reserve(it, decision)["go"]
    link, _ = it.files.make_link(decision.id)
    assert link.filled
    assert link.address.startswith(f"{it.github.url}/ada/desk/new/main?")
    query = parse_qs(urlsplit(link.address).query)
    assert query["filename"] == [PATH]
    record = parse_record(PATH, query["value"][0].encode())
    assert record is not None
    assert (record.texts, record.marker) == (decision.texts, decision.number)
    assert it.github.done() == []


def test_two_links_never_have_the_same_number_and_each_keeps_its_own(it: Filing) -> None:
    it.push({"docs/adr/0004-x.md": b"# 4. X\n"})
    first = it.decide()
    second = it.decide("Retries with a limit", {Slot.DECIDED: "Three retries."})
    for decision in (first, second, first):
        reserve(it, decision)
    paths = [it.decided(decision).path or "" for decision in (first, second)]
    assert [path.partition("adr/")[2][:4] for path in paths] == ["0005", "0006"]


def test_the_file_added_by_the_link_is_recognised(it: Filing) -> None:
    decision = it.decide()
    reserve(it, decision)
    [text] = parse_qs(urlsplit(it.files.make_link(decision.id)[0].address).query)["value"]
    it.push({PATH: text.encode()})
    it.read_back()
    [after] = it.decisions()
    assert (after.id, after.revision, bool(after.digest)) == (decision.id, 1, True)


def test_a_private_decision_has_neither_a_path_nor_a_link(it: Filing) -> None:
    decision = it.decide(private=True)
    assert not reserve(it, decision)["go"]
    assert it.decided(decision).path is None
    with pytest.raises(PermanentError):
        it.files.make_link(decision.id)


def test_no_words_are_in_a_workflows_record(it: Filing) -> None:
    decision = it.decide()
    steps = Recorded(it.store)
    it.installation.permissions["contents"] = "write"
    it.export(decision, steps)
    recorded = str(steps.record)
    assert not any(text in recorded for text in (decision.title, *decision.texts.values()))
