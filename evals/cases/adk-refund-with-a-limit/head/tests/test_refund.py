from types import SimpleNamespace

from shop import payments
from shop.refunds import refund

ADA = SimpleNamespace(state={"customer": "ada"})


def test_a_small_sum_is_paid_back():
    assert refund("A1", 20, ADA) == {"status": "sent", "euros": 20}


def test_nothing_above_the_limit_is_paid():
    before = list(payments.SENT)
    assert "error" in refund("A2", 201, ADA)
    assert payments.SENT == before


def test_nobody_gets_back_more_than_they_paid():
    assert "error" in refund("A1", 181, ADA)
