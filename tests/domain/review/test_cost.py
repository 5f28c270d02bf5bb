from bot.domain.review.report import Cost, billed_tokens


def test_a_cached_token_costs_a_tenth_and_a_write_a_quarter_more() -> None:
    assert billed_tokens(1000, 0, 0) == 1000
    assert billed_tokens(1000, 900, 0) == 190
    assert billed_tokens(1000, 0, 800) == 1200
    assert billed_tokens(1000, 500, 400) == 650


def test_a_cost_knows_what_its_input_is_billed_as() -> None:
    cost = Cost(input_tokens=1000, cached_tokens=500, cache_write_tokens=400, seconds=1)
    assert cost.billed_input_tokens == 650
    assert Cost.model_validate_json(cost.model_dump_json()) == cost


def test_a_cost_that_an_earlier_version_stored_can_be_read() -> None:
    stored = '{"calls":2,"input_tokens":1000,"cached_tokens":900,"output_tokens":5,"usd":0.1,"seconds":2.0}'
    assert Cost.model_validate_json(stored).billed_input_tokens == 190
