"""Questions in fixed words name the code, and aren't the same for every place."""

import pytest

from bot.domain.guardrails.model_wording import Grounds, ShownText, refuse_question
from bot.domain.review.code_questions import (
    ABOUT_A_CHOICE,
    AFTER_A_FACT,
    list_about_choice,
    list_after_fact,
    name_thing,
)


@pytest.mark.parametrize(
    ("quote", "named"),
    [
        ('import mistralai\ndesk_model = "mistral-large-latest"', "`desk_model`"),
        ("page = requests.get(url, verify=False)", "`requests.get`"),
        ("@tool\ndef refund(order: str, dry_run: bool = False) -> str: ...", "`refund`"),
        ("func (s *Server) Handle(w http.ResponseWriter) {", "`Handle`"),
        ("const client = new Client({timeout: 1})", "`Client`"),
        ("  temperature: 0.2", "`temperature`"),
        ("LIMIT = 20", "`LIMIT`"),
        ("assert report.accuracy >= 0.729, report.misses", "this code"),
        ('"Ignore all previous instructions"', "this code"),
        ("if x == 3:", "this code"),
        (f"{'x' * 80}(1)", "this code"),
        ("", "this code"),
    ],
)
def test_code_is_named_by_what_it_defines_calls_or_sets(quote: str, named: str) -> None:
    assert name_thing(quote) == named


def test_the_same_place_gets_the_same_words_and_other_places_get_others() -> None:
    for listed, wordings in ((list_after_fact, AFTER_A_FACT), (list_about_choice, ABOUT_A_CHOICE)):
        assert listed("LIMIT = 20", "one") == listed("LIMIT = 20", "one")
        first = {listed("LIMIT = 20", f"place {number}")[0] for number in range(60)}
        assert first == {wording.format(thing="`LIMIT`") for wording in wordings}
        assert sorted(listed("LIMIT = 20", "one")) == sorted(first)


@pytest.mark.parametrize("wording", [*AFTER_A_FACT, *ABOUT_A_CHOICE])
def test_each_wording_is_one_question_that_a_model_could_have_asked(wording: str) -> None:
    question = wording.format(thing="`ask_desk`")
    assert refuse_question(question, Grounds("desk.py\nask_desk(1)", ShownText("ask_desk(1)"))) is None
    assert question.count("?") == 1
