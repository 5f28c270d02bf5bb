"""What a signal has stated about a quote is found again by the examples of the rubric."""

import pytest

from bot.domain.review.signal_facts import find_ask_about, find_fact
from tests.domain import rubric_builders as rubrics

UNSAFE = {
    "rule": {"pattern": "connect($$$, verify=False)"},
    "match": ["connect(1, verify=False)\n", "connect(host, verify=False)\n"],
    "no_match": ["connect(1)\n", "connect(host)\n"],
}
RETIRED = {
    "rule": {"pattern": "ask($$$)"},
    "match": ["ask('shop-model-3-20240101')\n", "ask(model='shop-model-3-20240101')\n"],
    "no_match": ["ask('shop-model-4')\n", "ask()\n"],
}
CRITERION = rubrics.rubric(
    rubrics.criterion(
        "speed",
        checks=[rubrics.check("speed.1", signals=[rubrics.signal()]), rubrics.check("speed.2")],
        anti_patterns=[
            {
                "id": "unchecked",
                "text": "Nobody checks it.",
                "check": "speed.2",
                "signals": [
                    rubrics.signal(id="shop.unsafe", text="It isn't checked.", languages={"python": UNSAFE}),
                    rubrics.signal(text="It is slow.", languages={"python": rubrics.PYTHON_TIMEOUT}),
                    rubrics.signal(id="shop.retired", text="It is gone.", languages={"python": RETIRED}),
                    rubrics.signal(id="shop.again", text="It is old.", languages={"python": {**UNSAFE}}),
                ],
            }
        ],
    )
).criteria[0]


@pytest.mark.parametrize(
    ("check", "path", "quote", "fact"),
    [
        ("speed.1", "a.py", "Client(\n    1\n)", "This client has no timeout."),
        ("speed.1", "a.py", "Client(address=self.address)", "This client has no timeout."),
        ("speed.1", "a.py", "shop.Client(address)", "This client has no timeout."),
        ("speed.1", "a.ts", "Client(1)", ""),
        ("speed.1", "a.py", "Server(1)", ""),
        ("speed.1", "a.py", "c", ""),
        ("speed.2", "a.py", "Client(1)", "It is slow."),
        ("speed.2", "a.py", "verify=False", ""),
        ("speed.2", "a.py", "weak_model = 'shop-model-3-20240101'", "It is gone."),
        ("speed.2", "a.py", "weak_model = 'shop-model-3-20250101'", ""),
        ("speed.3", "a.py", "Client(1)", ""),
    ],
)
def test_a_fact_is_found_by_the_check_the_language_and_the_code(
    check: str, path: str, quote: str, fact: str
) -> None:
    assert find_fact(CRITERION, check, path, quote) == fact


def test_what_the_rubric_asks_belongs_to_the_facts_of_the_checks_own_signals() -> None:
    asks = {check.id: check.ask for check in CRITERION.checks}
    assert find_ask_about(CRITERION, "speed.1", "This client has no timeout.") == asks["speed.1"]
    assert find_ask_about(CRITERION, "speed.2", "It is gone.") == ""
    assert find_ask_about(CRITERION, "speed.2", "This client has no timeout.") == ""
