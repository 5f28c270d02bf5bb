"""How a question names its decision."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.files.articulation import load_guide
from bot.domain.articulation.slots import Slot
from bot.domain.decisions.drift_wording import add_title, ask_untitled, names_decision, remove_title
from bot.domain.decisions.records import Decision, DecisionOrigin, DecisionState
from bot.domain.guardrails.model_wording import refuse_question
from tests.workflows.running_dojo import START

GUIDE = load_guide()
DECISION = Decision(
    id=1,
    capstone=1,
    number=7,
    person=None,
    origin=DecisionOrigin.THREAD,
    question=None,
    check=None,
    private=False,
    state=DecisionState.CONFIRMED,
    revision=1,
    title="Three retries",
    texts={Slot.DECIDED: "We try three times."},
    anchors=(),
    supersedes=None,
    path=None,
    digest="",
    export=None,
    created_at=START,
    confirmed_at=START,
    updated_at=START,
)
REVISITED = replace(DECISION, texts={**DECISION.texts, Slot.REVISIT: "More than ten a day."})


@pytest.mark.parametrize("decision", [DECISION, REVISITED])
def test_the_guide_s_questions_pass_the_guard(decision: Decision) -> None:
    text = ask_untitled(GUIDE, decision)
    assert refuse_question(text) is None
    assert names_decision(text, 7)
    assert len(add_title(text, decision).split()) <= 35


def test_a_title_follows_the_number() -> None:
    assert add_title("What of decision 7 now?", DECISION) == "What of decision 7 (“Three retries”) now?"
    assert add_title("Decision 7 is old. Or not?", DECISION).startswith("Decision 7 (“Three retries”) is")


@pytest.mark.parametrize("text", ["What of decision 71?", "What of it?", "What of decision seven?"])
def test_another_number_is_not_this_decision(text: str) -> None:
    assert not names_decision(text, 7)
    assert add_title(text, DECISION) == text


@pytest.mark.parametrize(
    "title", ["See https://evil.example", "@bob said so", "**bold**", "", "“”", "a\u202eb", "<b>x</b>"]
)
def test_a_title_with_a_link_a_mention_or_markup_is_left_out(title: str) -> None:
    text = "What of decision 7 now?"
    assert add_title(text, replace(DECISION, title=title)) == text


@given(st.text(max_size=150))
def test_the_guard_reads_a_question_as_it_was_before_the_title(title: str) -> None:
    text = "What of decision 7 now?"
    assert remove_title(add_title(text, replace(DECISION, title=title))) == text


def test_words_that_only_look_like_a_title_are_read_too() -> None:
    text = "What of decision 7 (“see https://evil.example”) now?"
    assert remove_title(text) == text
