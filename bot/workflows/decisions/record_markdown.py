"""Writing a public decision as Markdown from rows alone, in MADR's layout and without its repository."""

import posixpath

from bot.domain.decisions.records import Decision, DecisionState
from bot.domain.pull_requests.records import Capstone
from bot.errors import UserError
from bot.ports.store import Tx
from bot.rendering.decisions.markdown import RecordLinks, format_record


def write_record(tx: Tx, capstone: Capstone, decision: Decision, web: str) -> str:
    """Return a decision as Markdown. ``web`` is the host's page, such as https://github.com.

    Raises:
        UserError: it is private, or it doesn't count, so it is nobody else's to read.
    """
    _require_readable(decision)
    earlier = tx.decisions.find(decision.supersedes) if decision.supersedes else None
    supersedes = None
    if earlier is not None and not earlier.private and earlier.path and earlier.digest:
        folder = posixpath.dirname(decision.path or "") or "."
        supersedes = (posixpath.relpath(earlier.path, folder), earlier.title)
    return format_record(decision, RecordLinks(f"{web}/{capstone.full_name}", supersedes))


def _require_readable(decision: Decision) -> None:
    if decision.private:
        raise UserError(
            f"Decision {decision.number} is private: only its author and their sensei can read it.",
            "Its author can publish it in Slack, with `/dojo decisions`.",
        )
    if decision.state is DecisionState.DRAFT:
        raise UserError(
            f"Decision {decision.number} is a draft that its author hasn't confirmed.",
            "You can export it once its author has confirmed it. `sensei decisions list` shows each "
            "decision's state.",
        )
    if decision.state is not DecisionState.CONFIRMED:
        raise UserError(
            f"Decision {decision.number} is {decision.state} and no longer counts.",
            "`sensei decisions list` shows which decisions are confirmed.",
        )
