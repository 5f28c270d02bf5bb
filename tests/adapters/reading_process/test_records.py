"""Decision records, read in the process that reads for us."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.adapters.reading_process.record_messages import format_records, parse_records
from bot.adapters.reading_process.supervisor import ReadingProcesses
from bot.domain.articulation.slots import Slot
from bot.ports.reading import ReadingRequest
from bot.ports.reading_process import ReadingPart, ReadingTask
from tests.repositories import Repository
from tests.reviewing import Silent
from tests.security.test_parser_bombs import task

RECORD = b"# 1. A queue\n\n## Status\n\nAccepted\n\n## Decision\n\nA queue, see a.py:1.\n"


@pytest.fixture(name="work")
def a_task(tmp_path: Path) -> ReadingTask:
    repository = Repository.make(tmp_path / "desk")
    later = RECORD.replace(b"A queue", b"A log")
    repository.commit({"a.py": b"QUEUE = 1\n", "doc/adr/0001-a.md": RECORD, "doc/adr/0002-b.md": later})
    return replace(task(repository.path), request=ReadingRequest(None, "HEAD", baseline=True))


def test_a_reading_of_a_tree_brings_its_records(work: ReadingTask) -> None:
    found = ReadingProcesses().read(work, None, Silent()).records
    assert found is not None
    assert parse_records(format_records(found)) == found
    first, _ = found.files
    assert (first.path, first.title, first.texts[Slot.DECIDED]) == (
        "doc/adr/0001-a.md",
        "A queue",
        "A queue, see a.py:1.",
    )
    assert [anchor.quote for anchor in first.anchors] == ["QUEUE = 1"]


def test_a_record_that_ended_an_earlier_try_is_left_out_but_exists(work: ReadingTask) -> None:
    left_out = {ReadingPart("record", "doc/adr/0001-a.md"): "it takes longer than 20 s"}
    found = ReadingProcesses().read(replace(work, left_out=left_out), None, Silent()).records
    assert found is not None
    assert [file.path for file in found.files] == ["doc/adr/0002-b.md"]
    assert found.paths == {"doc/adr/0001-a.md", "doc/adr/0002-b.md"}


def test_a_reading_of_a_change_brings_none(work: ReadingTask) -> None:
    change = replace(work, request=ReadingRequest("HEAD", "HEAD"))
    assert ReadingProcesses().read(change, None, Silent()).records is None


@pytest.mark.parametrize("fields", [{"files": 3}, {"files": [{"path": 1}]}, "text"])
def test_what_is_not_a_record_is_refused(fields: object) -> None:
    with pytest.raises(ValueError, match="validation error"):
        parse_records(fields)
