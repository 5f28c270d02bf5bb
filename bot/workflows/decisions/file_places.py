"""Where a public decision's file is: in the capstone, in a pull request, or on the page for a new file."""

from urllib.parse import quote

from bot.domain.decisions.records import Decision, DecisionState
from bot.domain.decisions.shown import FilePlace
from bot.domain.pull_requests.records import Capstone
from bot.domain.review.paths import to_git
from bot.ports.store import Tx
from bot.rendering.decisions.new_file_link import new_file_link
from bot.workflows.decisions.record_markdown import write_record

_MOST_OF_A_LINK = 2500  # characters; a section of a message holds 3,000


def find_file_place(tx: Tx, decision: Decision, web: str) -> FilePlace | None:
    """Return where a decision's file is, or None if it has none and can't get one now.

    ``web`` is the host's page, such as https://github.com.
    """
    if decision.private or decision.path is None:
        return None
    capstone = tx.capstones.get(decision.capstone)
    page = f"{web}/{capstone.full_name}"
    if decision.digest:
        return FilePlace("file", f"{page}/blob/HEAD/{quote(to_git(decision.path))}", decision.path)
    if not may_become_file(tx, decision.id):
        return None
    if decision.export is not None:
        return FilePlace("pull request", f"{page}/pull/{decision.export}", f"#{decision.export}")
    return _start_file(tx, capstone, decision, decision.path, web)


def _start_file(tx: Tx, capstone: Capstone, decision: Decision, path: str, web: str) -> FilePlace:
    page, text = f"{web}/{capstone.full_name}", write_record(tx, capstone, decision, web)
    link = new_file_link(page, capstone.default_branch, path, text, _MOST_OF_A_LINK)
    return FilePlace("new file" if link.filled else "empty file", link.address, path)


def may_become_file(tx: Tx, decision: int) -> bool:
    """Return whether a decision may become a file: public, confirmed, and not a file yet."""
    current = tx.decisions.find(decision)
    return (
        current is not None
        and not current.private
        and current.state is DecisionState.CONFIRMED
        and not current.digest
        and tx.capstones.get(current.capstone).speaks
    )
