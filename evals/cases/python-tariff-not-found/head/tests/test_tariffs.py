from adviser.tariffs import find_tariff


def test_a_tariff_is_found_whatever_the_case_of_its_code():
    assert find_tariff(" g1").code == "G1"


def test_an_unknown_tariff_is_none():
    assert find_tariff("X9") is None
