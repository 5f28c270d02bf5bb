"""Which decision a file records."""

from time import monotonic
from typing import Any

from bot.domain.articulation.slots import Slot
from bot.domain.decisions.record_files import RecordFile, RecordStatus
from bot.domain.decisions.record_matching import match_records
from bot.domain.decisions.records import Decision, DecisionState
from tests.domain.decisions.deciding import TEXTS, decision


def file(path: str, **changes: Any) -> RecordFile:
    fields: dict[str, Any] = {
        "digest": "d",
        "marker": None,
        "title": "Something else",
        "status": RecordStatus.ACCEPTED,
        "date": None,
        "texts": {Slot.DECIDED: "Entirely other words about other things."},
        "supersedes": None,
    }
    return RecordFile(path, **{**fields, **changes})


def numbers(files: list[RecordFile], *decisions: Decision) -> dict[str, int]:
    matched = match_records(files, decisions, {one.path for one in files})
    return {path: found.number for path, found in matched.items()}


def test_a_marker_is_recognised_wherever_the_file_is() -> None:
    marked = file("x/adr/9.md", marker=7, title="No queue between the shop and the model any more")
    assert numbers([marked], decision(7), decision(8)) == {"x/adr/9.md": 7}


def test_a_record_of_someone_who_left_is_not_taken_for_the_decision_that_has_its_number_now() -> None:
    assert numbers([file("docs/adr/0007-other.md", marker=7)], decision(7, path="docs/adr/0008-q.md")) == {}


def test_a_copied_marker_belongs_to_the_file_that_had_it_before() -> None:
    both = [file(path, marker=7, texts=TEXTS) for path in ("a.md", "b.md")]
    assert numbers(both, decision(7, path="b.md")) == {"b.md": 7}
    assert numbers(both, decision(7)) == {"a.md": 7}


def test_the_path_counts_even_if_every_word_changed() -> None:
    assert numbers([file("a.md")], decision(7, path="a.md")) == {"a.md": 7}


def test_similar_words_match_and_the_most_similar_wins() -> None:
    same = file("a.md", title="A queue between the shop and the model", texts=TEXTS)
    other = decision(8, texts={Slot.DECIDED: "A queue between the shop and the model.", Slot.AGAINST: "Cost"})
    assert numbers([same], other, decision(7)) == {"a.md": 7}


def test_the_same_title_alone_is_not_enough() -> None:
    assert numbers([file("a.md", title="A queue between the shop and the model")], decision(7)) == {}


def test_neither_a_draft_nor_a_private_decision_is_matched() -> None:
    same = file("a.md", marker=7, title="A queue between the shop and the model", texts=TEXTS)
    assert numbers([same], decision(7, private=True)) == {}
    assert numbers([same], decision(7, state=DecisionState.DRAFT)) == {}


def test_a_decision_whose_file_stands_gets_no_second_one() -> None:
    texts = {"title": "A queue between the shop and the model", "texts": TEXTS}
    files = [file("a.md", **texts), file("b.md", **texts)]
    assert numbers(files, decision(7, path="b.md")) == {"b.md": 7}


def test_as_many_records_as_are_read_are_matched_while_others_wait_for_the_database() -> None:
    words = [" ".join(f"word{number * step}" for step in range(400)) for number in range(200)]
    files = [
        file(f"{n:04}.md", title=f"File {n}", texts={Slot.DECIDED: text}) for n, text in enumerate(words)
    ]
    decisions = [
        decision(n + 1, title="Decision", texts={Slot.DECIDED: text}) for n, text in enumerate(words)
    ]
    began = monotonic()
    assert numbers(files, *decisions) == {}
    assert monotonic() - began < 5
