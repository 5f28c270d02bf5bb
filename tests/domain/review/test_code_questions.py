"""Questions in fixed words name the code, and aren't the same for every place."""

import keyword
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.adapters.files import fast_yaml
from bot.domain.guardrails.model_wording import Grounds, ShownText, refuse_question
from bot.domain.review.code_questions import (
    ABOUT_A_CHOICE,
    AFTER_A_FACT,
    list_about_choice,
    list_after_fact,
    name_thing,
)

RUBRICS = Path(__file__).parents[3] / "rubrics"
SCRIPT = """
break case catch class const continue debugger default delete do else enum export extends false finally for
function if implements import in instanceof interface let new null package private protected public return
static super switch this throw true try typeof var void while with yield
"""
GO = """
break case chan const continue default defer else fallthrough for func go goto if import interface map package
range return select struct switch type var
"""
JAVA = """
abstract assert boolean break byte case catch char class const continue default do double else enum extends
final finally float for goto if implements import instanceof int interface long native new package private
protected public return short static strictfp super switch synchronized this throw throws transient try void
volatile while
"""
KEYWORDS = {word for words in (*keyword.kwlist, SCRIPT, GO, JAVA) for word in words.split()}


def texts(node: object) -> Iterator[str]:
    """All texts in a YAML file."""
    if isinstance(node, dict):
        node = [*node, *node.values()]
    if isinstance(node, list):
        for part in node:
            yield from texts(part)
    elif isinstance(node, str):
        yield node


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
        ("try:\n    answer = ask(1)", "`ask`"),
        ("lambda: refund(1)", "`refund`"),
        ("default:\n  limit: 3", "`limit`"),
        ("https://example.com/models", "this code"),
        ("export default class extends Base {", "this code"),
        ("", "this code"),
    ],
)
def test_code_is_named_by_what_it_defines_calls_or_sets(quote: str, named: str) -> None:
    assert name_thing(quote) == named


@pytest.mark.parametrize("form", ["{}:", "{} = 1", "{}(1)", "class {}", "  - {}: 1", "{}: ask"])
def test_no_keyword_is_a_name(form: str) -> None:
    assert {name_thing(form.format(word)) for word in KEYWORDS} == {"this code"}


def test_the_texts_and_samples_of_the_rubrics_are_named_by_no_keyword() -> None:
    written = [text for path in RUBRICS.rglob("*.yaml") for text in texts(fast_yaml.load(path.read_text()))]
    lines = {line for text in written for line in text.split("\n")}
    named = {name_thing(line).strip("`") for line in lines}
    assert {"this code", "client"} <= named
    assert not named & {*KEYWORDS, "http", "https"}


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
