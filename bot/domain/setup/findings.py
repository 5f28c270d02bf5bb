"""The findings of checks: a sentence about each, and what to do about it."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check. ``bad`` means that Sensei cannot work; a ``warning`` deserves a look."""

    name: str
    state: Literal["ok", "warning", "bad"]
    text: str
    remedy: str = ""
