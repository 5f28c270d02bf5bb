"""What ``sensei people link`` prints."""

from datetime import datetime

from bot.domain.pull_requests.records import Account
from bot.rendering.text.safe_text import one_line


def describe_question(name: str, account: Account, until: datetime, *, repeated: bool) -> str:
    """Return what Sensei asks whom, and how long it waits for the answer."""
    already = "has already asked" if repeated else "is asking"
    return (
        f"Sensei {already} {one_line(name)} in Slack whether the GitHub account {account.login} (id "
        f"{account.id}) is theirs.\nNothing is linked until they click “Yes, that's me”. The question "
        f"expires at {until:%Y-%m-%d %H:%M} UTC."
    )
