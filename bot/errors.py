"""Errors that are reported to a person. Any other exception is a bug."""


class UserError(Exception):
    """Input or settings that cannot be used; exit status 2.

    ``what`` is a sentence about the problem and about what was stored. ``remedy`` says what to do. Both are
    shown to people.
    """

    def __init__(self, what: str, remedy: str = "") -> None:
        super().__init__(f"{what} {remedy}".strip())
        self.what = what
        self.remedy = remedy


class UnstorableError(UserError):
    """A value that the database cannot store.

    The whole request was discarded. ``why`` starts the message and does not quote the value, for example "A
    number is too large".
    """

    def __init__(self, why: str) -> None:
        super().__init__(f"{why}, so nothing was saved.", "Correct it and try again.")


class IncompleteReadingError(Exception):
    """A reading stopped before its end; exit status 3. The message is the reason shown in the report."""


class TransientError(Exception):
    """An external service failed temporarily.

    ``retry_in`` is how many seconds it asked us to wait, if it did.

    The message is a sentence for logs and reports that says what failed. It contains no secrets.
    """

    def __init__(self, what: str, retry_in: float | None = None) -> None:
        super().__init__(what)
        self.retry_in = retry_in


class UnconfirmedError(TransientError):
    """Whether a change was stored can't be known yet: its commit began, but didn't end in time."""


class PermanentError(Exception):
    """An external service refuses permanently: access is gone, suspended or revoked. A person must act."""

    def __init__(self, what: str, remedy: str = "") -> None:
        super().__init__(f"{what} {remedy}".strip())
        self.what = what
        self.remedy = remedy
