"""Reading a model's answer: anything is read, and only quotes that stand in a passage count."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.enquiries.drafted_answer import mark_code, parse_draft
from bot.domain.enquiries.records import Kind
from bot.domain.enquiries.shown_passages import MOST_OF_A_PASSAGE, MOST_PASSAGES, show_passages
from tests.domain.enquiries.drafts import TIMEOUTS, claim, draft, passage

SHOWN = show_passages([passage()])
GOOD = claim("Requests time out after 10 minutes.", "time out after 10 minutes by default")


def test_a_good_claim_is_located() -> None:
    [found] = parse_draft(draft("fact", GOOD), SHOWN).claims
    assert found.cited.quote == "time out after 10 minutes by default"
    assert found.cited.own.strip() == "Requests time out after 10 minutes by default."
    assert found.cited.around.strip().endswith("which accepts seconds.")
    assert "retried" not in found.cited.around


@pytest.mark.parametrize(
    ("item", "why"),
    [
        (7, "not an object"),
        ({**GOOD, "passage": 2}, "unknown passage"),
        ({**GOOD, "passage": True}, "unknown passage"),
        ({**GOOD, "text": ""}, "no sentence"),
        ({**GOOD, "quote": ""}, "no quote"),
        ({**GOOD, "quote": "time out after 5 minutes by default"}, "quote not found"),
        ({**GOOD, "quote": "me out after 10 minutes"}, "quote not found"),
        ({**GOOD, "quote": "10 minutes"}, "quote too short"),
        ({**GOOD, "quote": "x " * 500}, "quote too long"),
        (GOOD, "said twice"),
    ],
)
def test_one_bad_item_loses_only_itself(item: Any, why: str) -> None:
    found = parse_draft(draft("fact", GOOD, item), SHOWN)
    assert [one.text for one in found.claims] == [GOOD["text"]]
    assert found.dropped == {why: 1}


def test_quotes_may_differ_in_spaces_and_quotation_marks() -> None:
    text = "Don’t share “one”\n  client between processes."
    shown = show_passages([passage(text)])
    found = parse_draft(draft("fact", claim("No sharing.", 'Don\'t share "one" client between')), shown)
    assert [one.cited.quote for one in found.claims] == ["Don’t share “one”\n  client between"]


def test_numbers_that_a_model_adds_are_left_out() -> None:
    found = parse_draft(draft("fact", {**GOOD, "text": "Requests time out [1]."}), SHOWN)
    assert found.claims[0].text == "Requests time out."


def test_names_of_code_get_backticks_only_if_the_source_has_them() -> None:
    source = "Set num_ctx or --api-key on /v1."
    assert mark_code("It sets num_ctx, --api-key and /v1, says OpenAI.", source) == (
        "It sets `num_ctx`, `--api-key` and `/v1`, says OpenAI."
    )
    assert mark_code("It sets num_gpu and `num_ctx`.", source) == "It sets num_gpu and `num_ctx`."


def test_what_is_missing_or_wrong_is_read_as_nothing() -> None:
    found = parse_draft({"kind": "poem", "tried": "yes", "covered": "yes", "question": ["What?"]}, SHOWN)
    assert (found.kind, found.tried, found.covered, found.claims, found.question) == (None, "", False, (), "")
    assert parse_draft(draft("fact", tried="I did"), SHOWN).tried == "I did"
    assert parse_draft(draft("fact"), SHOWN).kind is Kind.FACT


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(sorted(GOOD)), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(["kind", "tried", "covered", "claims", "question"]), JSON))
def test_any_answer_can_be_read(document: dict[str, Any]) -> None:
    found = parse_draft(document, SHOWN)
    assert all(one.cited.quote in TIMEOUTS for one in found.claims)


def test_secrets_and_unseen_characters_are_neither_shown_nor_quoted() -> None:
    key = "sk-ant-api03-" + "Zq7" * 31 + "AA"
    [shown] = show_passages([passage(f"The key is {key} and\u202e it works for all of them.", "T\u200bitle")])
    assert key not in shown.text
    assert "\\u{202e}" in shown.text
    assert shown.title == "T\\u{200b}itle"
    quote = f"The key is {key} and"
    assert parse_draft(draft("fact", claim("The key works.", quote)), [shown]).claims == ()


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "https://a.example/<b>", "ftp://a", "https://a.example/ b"]
)
def test_a_link_that_is_no_plain_address_is_left_out(link: str) -> None:
    assert show_passages([passage(link=link)])[0].link == ""


def test_only_the_first_passages_and_characters_are_shown() -> None:
    shown = show_passages([passage("word " * 2000)] * 20)
    assert (len(shown), len(shown[0].text)) == (MOST_PASSAGES, MOST_OF_A_PASSAGE)
