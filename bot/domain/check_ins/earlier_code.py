"""The lines that a decision is about, where a check-in shows others."""

from collections.abc import Collection, Sequence

from bot.domain.decisions.records import CodeAnchor, Decision
from bot.domain.ledger.evidence import without_white_space

_MOST = 2


def list_earlier_code(decision: Decision, shown: str, hidden: Collection[str] = ()) -> Sequence[CodeAnchor]:
    """Return the first of a decision's places whose lines aren't in the code that is shown.

    Those in files with a path in ``hidden`` are left out.
    """
    bare = without_white_space(shown)
    return [
        anchor
        for anchor in decision.anchors
        if anchor.path not in hidden
        and anchor.quote.strip()
        and without_white_space(anchor.quote) not in bare
    ][:_MOST]
