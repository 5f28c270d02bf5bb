"""Where a command's words go."""

import sys


def say(text: str) -> None:
    """Print a line on standard output, whatever the terminal's encoding."""
    encoding = sys.stdout.encoding or "utf-8"
    sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding) + "\n")


def complain(text: str) -> None:
    """Print a line on standard error."""
    sys.stderr.write(text.encode("utf-8", "backslashreplace").decode("utf-8") + "\n")
