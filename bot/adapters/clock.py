"""The port ``Clock``, by the machine's own."""

import time


class Monotonic:
    """The machine's clock."""

    def monotonic(self) -> float:
        """Return seconds since an arbitrary start."""
        return time.monotonic()
