"""Put the worst findings first, so that a limit on their number never hides them behind lesser ones.

Committed secrets come first, then what the rubric calls critical, then high, then gates, then the rest.
"""

from collections.abc import Iterable

from bot.domain.review.report import Concern
from bot.domain.rubrics.rubric import AntiPattern, Rubric, signal_owners

_RANKS = {"critical": 1, "high": 2, None: 3}  # 0 is for secrets
_SECRET = "secret."  # noqa: S105 - the start of a signal's id


class SeverityOrder:
    """The severity of a rubric's signals and checks. A check is as severe as its worst anti-pattern."""

    def __init__(self, rubric: Rubric) -> None:
        self._signals: dict[str, int] = {}
        self._checks: dict[str, int] = {}
        self._gates = {
            check.id for criterion in rubric.criteria if criterion.gate for check in criterion.checks
        }
        for _, owner in signal_owners(rubric.criteria):
            inherited = owner.severity if isinstance(owner, AntiPattern) else None
            for signal in owner.signals:
                self._signals[signal.id] = _RANKS[signal.severity or inherited]
            check = owner.check if isinstance(owner, AntiPattern) else owner.id
            worst = min([_RANKS[inherited], *(self._signals[signal.id] for signal in owner.signals)])
            self._checks[check] = min(worst, self._checks.get(check, worst))

    def rank_signal(self, signal: str) -> int:
        """Return a signal's rank: the lower, the worse."""
        return self._signals.get(signal, _RANKS[None])

    def needs_slot(self, check: str | None) -> bool:
        """Return whether a question about a check takes precedence over a merely interesting one."""
        return self.rank_check(check) < (_RANKS[None], True)

    def outlasts_model(self, check: str | None) -> bool:
        """Return whether a signal asks about a check even if a model spoke and passed over the place."""
        rank, is_lesser = self.rank_check(check)
        return rank <= _RANKS["critical"] or not is_lesser

    def rank_check(self, check: str | None) -> tuple[int, bool]:
        """Return the rank of a finding of which only the check is known: the lower, the worse."""
        return self._checks.get(check or "", _RANKS[None]), check not in self._gates

    def sort_facts(self, facts: Iterable[Concern]) -> list[Concern]:
        """Return the facts, the worst first. Facts of the same rank keep their order."""
        return sorted(facts, key=self._rank_fact)

    def _rank_fact(self, fact: Concern) -> tuple[int, bool]:
        if fact.signal is None:
            return self.rank_check(fact.check)
        if fact.signal.startswith(_SECRET):
            return 0, False
        return self.rank_signal(fact.signal), fact.check not in self._gates
