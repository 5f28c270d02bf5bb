"""The findings of a check: a sentence each, and what to do about it."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check. ``bad`` stops Sensei from working; ``warning`` deserves a look."""

    name: str
    state: Literal["ok", "warning", "bad"]
    text: str
    remedy: str = ""
