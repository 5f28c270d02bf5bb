"""Prints the digest of a day."""

from mail.inbox import today


def digest(path: str) -> str:
    return "\n".join(f"- {message['From']}: {message['Subject']}" for message in today(path))
