"""What may be spent."""

import re
import sys

import pytest
from pydantic import SecretStr

from bot.adapters.model import BudgetLimits, BudgetTracker, RecordedModel, connect, load_prices
from bot.adapters.model.prices import Price
from bot.errors import UserError
from bot.ports.model import CallOutcome, Usage
from tests.adapters.model.asking import Time, asking, request
from tests.fakes.messages import KEY, Fails, Messages, Says

# 2,000 tokens of answer at 20 USD a million, and a prompt of about 1,600 tokens, taken for more.
MOST = 0.05


def test_a_review_stops_before_the_call_that_may_cost_too_much(
    server: Messages, database: str, time: Time
) -> None:
    with asking(server.url, database, time, review=MOST + 0.002) as model:
        assert model.ask(request("one")).outcome is CallOutcome.ANSWERED
        refused = model.ask(request("two"))
        assert (refused.outcome, refused.usd, refused.attempts) == (CallOutcome.OVER_BUDGET, 0.0, 0)
        assert re.fullmatch(
            r"Another call to the model may cost up to \$0\.0\d+ \(estimated\), "
            r"but only \$0\.0\d+ of this review's budget of \$0\.05 is left\.",
            refused.reason,
        )
        assert model.ask(request("one")).reused, "what is recorded costs nothing"
    assert len(server.requests) == 1
    with asking(server.url, database, time, review=MOST + 0.002) as another_review:
        assert another_review.ask(request("two")).outcome is CallOutcome.ANSWERED


def test_being_turned_away_uses_up_no_budget(server: Messages, database: str, time: Time) -> None:
    server.script(*[Fails(529, "overloaded_error")] * 3)
    with asking(server.url, database, time, review=MOST, day=MOST) as model:
        assert model.ask(request()).outcome is CallOutcome.ANSWERED


def test_a_day_is_shared_by_all_reviews_and_ends_at_midnight_utc(
    server: Messages, database: str, time: Time
) -> None:
    def ask(user: str) -> CallOutcome:
        with asking(server.url, database, time, day=MOST + 0.002) as model:
            return model.ask(request(user)).outcome

    assert [ask("one"), ask("two")] == [CallOutcome.ANSWERED, CallOutcome.OVER_BUDGET]
    time.seconds += 12 * 3600 - 1
    assert ask("two") is CallOutcome.OVER_BUDGET
    time.seconds += 1
    assert ask("two") is CallOutcome.ANSWERED
    assert len(server.requests) == 2


def test_a_budget_without_a_price_is_refused() -> None:
    for budgets in (BudgetLimits(review=1.0), BudgetLimits(day=1.0)):
        with pytest.raises(UserError, match="price of this model is unknown"):
            BudgetTracker(None, budgets)
    assert BudgetTracker(None, BudgetLimits()).estimate_highest_cost({"max_tokens": 5}) is None


def test_without_a_price_a_call_has_none(server: Messages, database: str, time: Time) -> None:
    with asking(server.url, database, time) as priced:
        model = RecordedModel(
            priced.client,
            "anthropic",
            "llama",
            priced.calls,
            BudgetTracker(None, BudgetLimits()),
            timing=time.pace,
        )
        assert model.ask(request()).usd is None
        assert model.ask(request()).usd == 0.0


def test_prices_are_dated_and_name_their_source() -> None:
    prices = load_prices()
    assert prices.date.year >= 2026
    assert "platform.claude.com" in prices.source
    for name, price in prices.models.items():
        assert 0 < price.cache_read < price.input < price.cache_write < price.output, name


@pytest.mark.parametrize(
    ("provider", "model", "usd"),
    [
        ("anthropic", "claude-opus-5-5", 4.0),
        ("anthropic", "claude-haiku-4-5-20251001", 1.0),
        ("bedrock", "anthropic.claude-opus-5-5", 4.4),
        ("bedrock", "eu.anthropic.claude-opus-4-6-v1", 5.5),
        ("bedrock", "global.anthropic.claude-haiku-4-5-20251001-v1:0", 1.0),
        ("anthropic", "claude-opus-9-9", None),
        ("anthropic", "llama3", None),
        ("anthropic", "not-claude-opus-5-5", None),
        ("anthropic", "claude-opus-5-5-turbo", None),
    ],
)
def test_a_model_has_its_own_price_or_none(provider: str, model: str, usd: float | None) -> None:
    price = load_prices().find_price(provider, model)  # type: ignore[arg-type]
    assert (price and round(price.input, 6)) == usd


def test_a_price_is_the_sum_over_its_kinds_of_tokens() -> None:
    price = Price(input=1, output=10, cache_write=2, cache_read=0.5)
    assert price.usd(Usage(1_000_000, 100_000, 2_000_000, 500_000)) == 1 + 1 + 1 + 1


def test_a_long_prompt_costs_the_second_set_of_rates() -> None:
    price = load_prices().find_price("anthropic", "claude-haiku-5-5")
    assert price is not None
    assert price.usd(Usage(input=100_000)) == pytest.approx(0.01)
    assert price.usd(Usage(input=50_000, cache_read=50_001)) == pytest.approx(0.025 + 0.0025, rel=1e-3)


@pytest.mark.parametrize("empty", [None, SecretStr("")])
def test_a_provider_without_a_key_is_told_which_variable(empty: SecretStr | None) -> None:
    with pytest.raises(UserError, match="no API key is set") as told:
        connect("anthropic", empty, None, None, 10)
    assert "SENSEI_ANTHROPIC_API_KEY" in told.value.remedy


def test_bedrock_without_its_extra_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "boto3", None)  # what an import finds where it is not installed
    with pytest.raises(UserError, match="boto3 is not installed") as told:
        connect("bedrock", None, None, "eu-central-1", 10)
    assert told.value.remedy == "Run `pip install sensei-bot[bedrock]`."


def test_bedrock_speaks_the_same_api_and_needs_a_region(
    server: Messages, database: str, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(UserError, match="no region"):
        connect("bedrock", None, None, None, 10)
    monkeypatch.setenv("AWS_BEARER_TOKEN_BEDROCK", KEY)
    with (
        asking(server.url, database, time) as other,
        connect("bedrock", None, server.url, "eu-west-1", 10) as client,
    ):
        model = RecordedModel(
            client, "bedrock", "anthropic.claude-opus-5-5", other.calls, other.budget, timing=time.pace
        )
        assert model.ask(request()).outcome is CallOutcome.ANSWERED
    assert server.requests[0].body["model"] == "anthropic.claude-opus-5-5"


def test_what_answers_say_they_cost_is_what_the_day_cost(server: Messages, database: str, time: Time) -> None:
    server.script(Says(text="no"))
    with asking(server.url, database, time, review=10.0) as model:
        first, second, third = (model.ask(request()) for _ in range(3))
        total = model.calls.spent_today()
    assert [one.outcome for one in (first, second)] == [CallOutcome.MALFORMED, CallOutcome.ANSWERED]
    assert (first.usd or 0) + (second.usd or 0) + (third.usd or 0) == pytest.approx(total)
