"""The kind that counts: the model's, or a stricter one."""

import pytest

from bot.domain.enquiries.kinds import tighten_kind
from bot.domain.enquiries.records import Kind, Rung
from bot.domain.enquiries.sensitive_words import find_sensitive
from tests.domain.enquiries.drafts import hint


@pytest.mark.parametrize(
    "asked",
    [
        "Which vector store should I use for my capstone?",
        "Is pgvector better than a service?",
        "What would you do here?",
        "Redis vs Postgres for sessions?",
        "Write the retry loop for me.",
        "Give me the full code, please",
        "How many agents do I need?",
        "Is it worth caching the embeddings?",
        "What is the right chunk size?",
        "Should I use LangGraph or Strands?",
        "How should I split my prompt?",
        "Can I let a model judge my answers instead of people?",
    ],
)
def test_a_choice_or_a_solution_called_a_fact_is_design(asked: str) -> None:
    for kind in (Kind.FACT, Kind.HOW_TO, Kind.RUBRIC, Kind.LOGISTICS):
        assert tighten_kind(kind, [asked], []) is Kind.DESIGN


@pytest.mark.parametrize(
    "asked",
    [
        "My agent hangs after the first tool call.",
        "Why does it return None?",
        "I'm getting a 429 error from Bedrock",
        "Traceback (most recent call last): KeyError",
        "The code doesn't work, can you fix it?",
    ],
)
def test_their_own_bug_called_a_fact_is_debugging(asked: str) -> None:
    assert tighten_kind(Kind.FACT, [asked], []) is Kind.DEBUGGING


@pytest.mark.parametrize(
    ("asked", "kind"),
    [
        ("What's the default timeout of the client?", Kind.FACT),
        ("How do I set a timeout?", Kind.HOW_TO),
        ("When should I hand in the design document?", Kind.LOGISTICS),
        ("What does the check on loops ask for?", Kind.RUBRIC),
        ("What does error 429 mean?", Kind.FACT),
        ("Where do we meet?", Kind.LOGISTICS),
    ],
)
def test_a_plain_question_keeps_its_kind(asked: str, kind: Kind) -> None:
    assert tighten_kind(kind, [asked], []) is kind


@pytest.mark.parametrize("kind", [Kind.DESIGN, Kind.DEBUGGING, Kind.SENSITIVE])
def test_no_rule_makes_a_kind_less_strict(kind: Kind) -> None:
    assert tighten_kind(kind, ["What's the default timeout?"], []) is kind


def test_without_a_kind_it_is_design() -> None:
    assert tighten_kind(None, ["What's the default timeout?"], []) is Kind.DESIGN


def test_or_and_where_are_about_a_choice_unless_they_are_about_facts_or_logistics() -> None:
    assert tighten_kind(Kind.FACT, ["Long context or retrieval?"], []) is Kind.DESIGN
    assert tighten_kind(Kind.FACT, ["Is it a string or a number?"], []) is Kind.FACT
    assert tighten_kind(Kind.RUBRIC, ["Where do I put the guardrail?"], []) is Kind.DESIGN
    assert tighten_kind(Kind.LOGISTICS, ["Where do I put my slides?"], []) is Kind.LOGISTICS
    assert tighten_kind(Kind.LOGISTICS, ["Monday or Tuesday?"], []) is Kind.LOGISTICS


def test_a_reply_to_a_hint_stays_on_the_ladder_and_a_new_question_does_not() -> None:
    hints = [hint(Rung.REFRAME, kind=Kind.DEBUGGING)]
    assert tighten_kind(Kind.FACT, ["My loop", "The users wait for an hour."], hints) is Kind.DEBUGGING
    assert tighten_kind(Kind.FACT, ["My loop", "What's the default timeout?"], hints) is Kind.FACT
    assert tighten_kind(None, ["My loop", "hm"], hints) is Kind.DEBUGGING


def test_what_is_sensitive_is_found_without_a_model_whatever_the_model_says() -> None:
    assert tighten_kind(Kind.FACT, ["My sensei shouts at me."], []) is Kind.SENSITIVE


@pytest.mark.parametrize(
    ("asked", "is_sensitive"),
    [
        ("I feel completely overwhelmed", True),
        ("I’m burnt out", True),
        ("My boss threatens to fire me", True),
        ("My worker keeps dying under load", False),
        ("How do I kill a stuck process?", False),
        ("I have a conflict in git", False),
        ("Which filter catches harassment?", False),
        ("How do I report harassment?", True),
    ],
)
def test_people_need_a_person_and_processes_do_not(asked: str, is_sensitive: bool) -> None:
    assert find_sensitive(asked) is is_sensitive
