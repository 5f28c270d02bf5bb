"""Pull requests from the code host: converting them to step results and to rows."""

from datetime import datetime

from bot.domain.pull_requests.records import Account, PullRequest
from bot.ports.code_host import HostPullRequest
from bot.ports.engine import Json
from bot.ports.store import Tx


def as_json(pull_request: HostPullRequest) -> Json:
    """Return the stored parts of a pull request."""
    return {
        "number": pull_request.number,
        "state": "merged" if pull_request.merged else pull_request.state,
        "draft": pull_request.draft,
        "author": [pull_request.author.id, pull_request.author.login, pull_request.author.is_bot],
        "head": pull_request.head,
        "base_ref": pull_request.base_ref,
        "at": pull_request.updated_at.isoformat(),
    }


def save_snapshot(tx: Tx, capstone: int, snapshot: Json) -> PullRequest:
    """Store a snapshot unless the stored row is newer; return the row."""
    return tx.pull_requests.save(
        capstone,
        snapshot["number"],
        state=snapshot["state"],
        draft=snapshot["draft"],
        author=Account(*snapshot["author"]),
        head=snapshot["head"],
        base_ref=snapshot["base_ref"],
        at=datetime.fromisoformat(snapshot["at"]),
    )
