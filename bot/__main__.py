"""The command ``sensei``."""

import sys


def main() -> None:
    """Run the command line; turn what a person should be told into one message and exit status 2."""
    from bot.cli.app import app  # noqa: PLC0415 - imports are part of what the boundary below guards

    app()


if __name__ == "__main__":
    sys.exit(main())
