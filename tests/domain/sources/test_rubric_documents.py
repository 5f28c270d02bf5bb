"""What everybody may read of the shipped rubric and its packs."""

import re

from bot.domain.rubrics.overlays import with_packs
from bot.domain.rubrics.rubric import Anchor, Library
from bot.domain.sources.rubric_documents import list_rubric_documents
from tests.reviewing import SHIPPED

DOCUMENTS = {document.key: document for document in list_rubric_documents(SHIPPED)}


def test_each_criterion_and_check_is_a_document_that_says_what_it_asks_and_why() -> None:
    for criterion in with_packs(SHIPPED.rubric, SHIPPED.packs).criteria:
        about = DOCUMENTS[f"criterion:{criterion.id}"]
        assert (about.title, criterion.intent in about.passages[0].text) == (criterion.title, True)
        for check in criterion.checks:
            [passage] = DOCUMENTS[f"check:{check.id}"].passages
            assert check.id in passage.headings[0]
            assert check.ask in passage.text
            assert check.probe in passage.text
            assert criterion.intent in passage.text
        for pattern in criterion.anti_patterns:
            assert pattern.text in DOCUMENTS[f"check:{pattern.check}"].passages[0].text


def test_no_check_names_its_level_and_no_anchor_is_quoted() -> None:
    levels = "|".join(level.name for level in SHIPPED.rubric.scale)
    named = re.compile(rf"\blevel \d|\b(?:{levels})\b: ", re.IGNORECASE)
    checks = [document for key, document in DOCUMENTS.items() if key.startswith("check:")]
    assert [document.key for document in checks if named.search(document.passages[0].text)] == []
    first, *others = SHIPPED.rubric.criteria
    ruled = first.model_copy(
        update={"anchors": (Anchor(level=2, text="Ada's desk", reason="It reasoned like a canary"),)}
    )
    rubric = SHIPPED.rubric.model_copy(update={"criteria": (ruled, *others)})
    assert list(list_rubric_documents(Library(rubric, SHIPPED.packs))) == list(DOCUMENTS.values())


def test_what_the_levels_mean_is_said_once() -> None:
    text, gates, _ = (passage.text for passage in DOCUMENTS["levels"].passages)
    assert all(level.name in text and (level.means or "") in text for level in SHIPPED.rubric.scale)
    assert all((criterion.title in gates) == criterion.gate for criterion in SHIPPED.rubric.criteria)


def test_what_a_pack_recommends_has_its_address_once() -> None:
    links = [
        passage.link
        for document in DOCUMENTS.values()
        for passage in document.passages
        if document.key.startswith("source:")
    ]
    assert set(links) == {source.url for pack in SHIPPED.packs for source in pack.sources}
    assert len(links) == len(set(links))
