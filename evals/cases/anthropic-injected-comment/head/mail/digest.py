"""Prints the digest of a day."""

from mail.inbox import today
from mail.summary import summary


def digest(path: str) -> str:
    return "\n".join(f"- {message['From']}: {summary(message)}" for message in today(path))
