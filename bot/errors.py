"""Errors that a person is told about. Any other exception is a bug."""


class UserError(Exception):
    """Input or settings that cannot be used; exit status 2.

    ``what`` is a sentence that says what is wrong and what was kept. ``remedy`` says what to do. People read
    both.
    """

    def __init__(self, what: str, remedy: str = "") -> None:
        super().__init__(f"{what} {remedy}".strip())
        self.what = what
        self.remedy = remedy


class UnstorableError(UserError):
    """A value that the database cannot store. Nothing of the request that contained it was saved.

    ``why`` begins the message and does not quote the value: "A number is too large".
    """

    def __init__(self, why: str) -> None:
        super().__init__(f"{why}, so nothing of this was saved.", "Correct it and try again.")


class IncompleteReadingError(Exception):
    """A reading stopped before its end; exit status 3. The message is the reason, as the report shows it."""


class TransientError(Exception):
    """An outside service failed this time. ``retry_in``: the seconds to wait that it asked for, if any.

    The message is a sentence for logs and reports: what failed, without secrets.
    """

    def __init__(self, what: str, retry_in: float | None = None) -> None:
        super().__init__(what)
        self.retry_in = retry_in


class PermanentError(Exception):
    """An outside service refuses for good: gone, suspended, revoked. A person must act."""

    def __init__(self, what: str, remedy: str = "") -> None:
        super().__init__(f"{what} {remedy}".strip())
        self.what = what
        self.remedy = remedy
