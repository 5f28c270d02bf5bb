"""What a rubric's signals state about a quote that one of them has found.

The ledger keeps neither the signal nor its words with a quote, but the rubric has examples for each signal.
"""

from dataclasses import dataclass

from bot.domain.rubrics.flow_wording import PLACEHOLDER
from bot.domain.rubrics.rubric import AntiPattern, Check, Rubric, signal_owners

_LEAST_CHARACTERS = 8


@dataclass(frozen=True)
class SignalFacts:
    """The facts of a rubric's signals: by check, each text with the examples of its signal."""

    by_check: dict[str, list[tuple[str, str]]]

    @classmethod
    def of(cls, rubric: Rubric) -> "SignalFacts":
        """Return the facts of all signals that state one in fixed words."""
        found: dict[str, list[tuple[str, str]]] = {}
        for _, owner in signal_owners(rubric.criteria):
            for signal in owner.signals:
                text = signal.text or ""
                if signal.yields == "concern" and PLACEHOLDER not in text:
                    examples = "\n".join(_squash(one) for _, rule in signal.rules() for one in rule.match)
                    found.setdefault(_find_check(owner), []).append((text, examples))
        return cls(found)

    def find(self, check: str, quote: str) -> str:
        """Return the fact of the only signal with this quote in an example, or an empty string."""
        wanted = _squash(quote)
        if len(wanted) < _LEAST_CHARACTERS:
            return ""
        texts = {text for text, examples in self.by_check.get(check, ()) if wanted in examples}
        return texts.pop() if len(texts) == 1 else ""


def _find_check(owner: Check | AntiPattern) -> str:
    return owner.id if isinstance(owner, Check) else owner.check


def _squash(text: str) -> str:
    return "".join(text.split())
