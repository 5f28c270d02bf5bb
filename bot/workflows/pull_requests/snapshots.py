"""What a host says of a pull request, as a step's result, and its row made of that."""

from datetime import datetime

from bot.domain.pull_requests.records import Account, PullRequest
from bot.ports.code_host import HostPullRequest
from bot.ports.engine import Json
from bot.ports.store import Tx


def as_json(it: HostPullRequest) -> Json:
    """Return what the store keeps of a pull request."""
    return {
        "number": it.number,
        "state": "merged" if it.merged else it.state,
        "draft": it.draft,
        "author": [it.author.id, it.author.login, it.author.is_bot],
        "head": it.head,
        "base_ref": it.base_ref,
        "at": it.updated_at.isoformat(),
    }


def save_snapshot(tx: Tx, capstone: int, it: Json) -> PullRequest:
    """Keep it, unless what is known is newer; return what is known then."""
    return tx.pull_requests.save(
        capstone,
        it["number"],
        state=it["state"],
        draft=it["draft"],
        author=Account(*it["author"]),
        head=it["head"],
        base_ref=it["base_ref"],
        at=datetime.fromisoformat(it["at"]),
    )
