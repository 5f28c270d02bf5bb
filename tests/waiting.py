"""Waiting for what happens, however busy the machine is."""

import time
from collections.abc import Callable
from typing import Any

FUSE = 180.0
"""Seconds after which what is waited for will never come. It decides no test: it ends one that would hang."""


def wait_for(until: Callable[[], Any], seconds: float = FUSE) -> None:
    """Wait until something holds."""
    last = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < last, "it did not come"
        time.sleep(0.01)
