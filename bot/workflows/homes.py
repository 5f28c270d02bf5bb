"""App Homes: published from rows, whenever somebody looks and whenever something of theirs has changed."""

from datetime import datetime

from bot.ports.store import Job, Tx


def refresh(tx: Tx, person: str, at: datetime) -> None:
    """Let somebody's App Home show what is true now, if they have an account in the chat."""
    _add(tx, person, {"person": person}, at)


def refresh_user(tx: Tx, workspace: str, user: str, at: datetime) -> None:
    """Let the App Home of an account be shown, also of one that nobody has met."""
    _add(tx, user, {"workspace": workspace, "user": user}, at)


def _add(tx: Tx, whose: str, argument: dict[str, str], at: datetime) -> None:
    # Several changes of one moment are one look; a look at another moment is another.
    tx.jobs.add(Job(f"home:{whose}:{int(at.timestamp() * 1000)}", "home", argument, at))
