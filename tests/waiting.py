"""Waiting for what happens, however busy the machine is."""

import time
from collections.abc import Callable
from typing import Any

FUSE = 180.0
"""Seconds after which what is waited for will never come. It decides no test: it ends one that would hang."""


def wait_for(until: Callable[[], Any], seconds: float = FUSE) -> None:
    """Wait until something holds: it is asked ever less often, since asking takes a processor's time too."""
    last, pause = time.monotonic() + seconds, 0.005
    while not until():
        assert time.monotonic() < last, "it did not come"
        time.sleep(pause)
        pause = min(pause * 1.3, 0.05)
