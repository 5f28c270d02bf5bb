"""What a model may not say to anybody: levels, verdicts, approval, praise, blame, fixes, standing, orders.

Each rule is a pattern over folded text (``letters.fold``): lower case, backticks taken away. The field's own
use of the same words ("the request fails", "log level", "who approves the refund") is what they leave alone,
so most ask for the word beside what it would judge. No pattern repeats a repetition: time grows with length.
"""

import re
from collections.abc import Mapping

from bot.domain import judgements, remarks

REFUSED: Mapping[str, re.Pattern[str]] = {
    reason: re.compile("|".join(rules))
    for reason, rules in {
        "names a level": judgements.LEVELS,
        "approves or rejects": judgements.APPROVAL,
        "gives a verdict": judgements.VERDICTS,
        "praises or blames": remarks.PRAISE,
        "judges a person": remarks.STANDING,
        "speaks of its instructions": remarks.ORDERS,
    }.items()
}
