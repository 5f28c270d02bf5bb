from contracts.prices import dollars


def test_a_million_tokens_cost_the_list_price():
    assert dollars(1_000_000, 0) == 0.25
    assert dollars(0, 1_000_000) == 2.0
