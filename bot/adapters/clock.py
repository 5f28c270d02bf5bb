"""``ports.reading.Clock`` by the machine's clock."""

import time


class Monotonic:
    """The machine's clock."""

    def monotonic(self) -> float:
        """Return seconds since an arbitrary start."""
        return time.monotonic()
