"""What somebody says to Sensei in a direct message reaches nobody who may not read it, by any way out."""

import json
from collections.abc import Iterator

import pytest

from bot.workflows.privacy.export import find_person
from tests.security.confiding import (
    ADA,
    ANSWER,
    ASIDE,
    ASKED,
    BEFORE_IT,
    EDITED,
    LOU,
    MAY_READ,
    PASSED_ON,
    PUBLISHED,
    RECORDED,
    SEN,
    TAKEN_BACK,
    Scene,
    confided,
)
from tests.security.outgoing import EVERYBODY, MODEL, Sent, as_text, leaks

pytestmark = pytest.mark.contract


@pytest.fixture(name="it", scope="module")
def a_dojo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with confided(tmp_path_factory.mktemp("dojo")) as it:
        yield it


@pytest.mark.parametrize("canary", MAY_READ)
def test_what_was_confided_is_read_by_nobody_else(it: Scene, canary: str) -> None:
    assert leaks(it.sent(), canary, MAY_READ[canary]) == []


@pytest.mark.parametrize("canary", MAY_READ)
def test_what_was_confided_is_in_no_request_about_a_change(it: Scene, canary: str) -> None:
    about_changes = it.requests_about_a_change()
    assert len(about_changes) >= 5, "else this shows nothing"
    assert leaks(about_changes, canary, frozenset()) == []


def test_everybody_was_shown_something_and_the_search_sees_it(it: Scene) -> None:
    sent = it.sent()
    seen = frozenset[str]().union(*(one.to for one in sent))
    assert seen >= {EVERYBODY, MODEL, ADA, SEN, LOU}
    assert leaks(sent, "the first answer of clerk number 1", frozenset({MODEL})), "what is public is found"
    assert {one.where for one in it.read} >= {"metrics", "the log", "what was pushed", f"the export of {SEN}"}
    assert len(next(one.text for one in it.read if one.where == "metrics")) > 1000


def test_it_was_stored_and_is_shown_to_its_author(it: Scene) -> None:
    """A canary that nobody has stored is in no request either."""
    with it.tx() as tx:
        document = json.dumps(tx.people.document(find_person(tx, it.ids[ADA])))
    kept = set(MAY_READ) - {ASIDE, ANSWER, TAKEN_BACK}
    assert [canary for canary in kept if canary not in document] == []
    assert ASIDE not in document


def test_its_author_is_answered_and_the_model_hears_it(it: Scene) -> None:
    sent = it.sent()
    where = {place for canary in MAY_READ for place in leaks(sent, canary, frozenset())}
    assert where >= {f"Slack: chat.postMessage, read by {ADA}", f"the model, read by {MODEL}"}


@pytest.mark.parametrize("canary", RECORDED, ids=RECORDED.get)
def test_her_sensei_reads_it(it: Scene, canary: str) -> None:
    """Else it would show nothing that nobody else does."""
    read = {place for place in leaks(it.sent(), canary, frozenset()) if place.endswith(f"read by {SEN}")}
    assert read


def test_a_private_decision_is_shown_to_the_model_with_its_authors_question(it: Scene) -> None:
    asked = [one for one in it.sent() if one.to == {MODEL} and ASKED in one.text]
    assert [one for one in asked if EDITED in one.text]


def test_what_was_asked_is_not_what_was_passed_on(it: Scene) -> None:
    assert leaks([one for one in it.sent() if one.to == {MODEL}], PASSED_ON, frozenset()) == []
    assert leaks([one for one in it.sent() if SEN in one.to], ASKED, frozenset({ADA})) == []


def test_what_was_published_is_public_and_nothing_else_of_its_conversation(it: Scene) -> None:
    where = leaks(it.sent(), PUBLISHED, frozenset({ADA, SEN, MODEL}))
    assert [place for place in where if place.startswith("GitHub: POST")]
    assert leaks(it.sent(), BEFORE_IT, MAY_READ[BEFORE_IT]) == []


def test_a_change_to_what_was_decided_was_asked_about_in_private(it: Scene) -> None:
    assert len(it.drift_questions()) == 1, "else this shows nothing about drift"


@pytest.mark.parametrize(
    ("text", "to"),
    [
        ("He said canaryleft3k7q.", SEN),
        ('{"blocks": "[{\\"text\\": \\"CanaryLeft3k7q\\"}]"}', SEN),
        ("canary\u200bleft\u20603k7q", SEN),
        ("canaryleft3k7q"[::-1], EVERYBODY),
    ],
)
def test_a_leak_would_be_seen(text: str, to: str) -> None:
    sent = [Sent("Slack: chat.postMessage", frozenset({ADA, to}), as_text(text))]
    assert leaks(sent, "canaryleft3k7q", frozenset({ADA})) == [
        f"Slack: chat.postMessage, read by {', '.join(sorted({ADA, to}))}"
    ]
    assert leaks(sent, "canaryleft3k7q", frozenset({ADA, to})) == []
