"""What an examination of a set-up has found: one sentence each, and what to do about it."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. ``bad`` keeps Sensei from working; ``warning`` is worth a look."""

    name: str
    state: Literal["ok", "warning", "bad"]
    text: str
    remedy: str = ""
