"""Reads a day's mail."""

import email
import mailbox
from email.message import Message


def today(path: str) -> list[Message]:
    return [email.message_from_bytes(bytes(message)) for message in mailbox.Maildir(path)]
