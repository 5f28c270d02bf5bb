"""What a person is told, kept apart from what is a bug. Anything else that is raised is a bug."""


class UserError(Exception):
    """Input or settings that cannot be used: says what, what was kept, and what to do next; exit status 2.

    ``what`` is one sentence that names the thing; ``remedy`` says what to do. Both are shown to the person.
    """

    def __init__(self, what: str, remedy: str = "") -> None:
        super().__init__(f"{what} {remedy}".strip())
        self.what = what
        self.remedy = remedy


class UnstorableError(UserError):
    """A value that the database cannot hold: nothing of what it came with was saved.

    ``why`` begins the sentence, and says nothing of the value itself: "A number is too large".
    """

    def __init__(self, why: str) -> None:
        super().__init__(f"{why}, so nothing of this was saved.", "Correct it and try again.")


class IncompleteReadingError(Exception):
    """Reading stopped before its end; exit status 3. The message is the reason, as the report shows it."""


class TransientError(Exception):
    """Something outside did not work this time. ``retry_in`` are the seconds that it asked for, if it did.

    The message is a sentence for a log and a report: what failed, without secrets.
    """

    def __init__(self, what: str, retry_in: float | None = None) -> None:
        super().__init__(what)
        self.retry_in = retry_in


class PermanentError(Exception):
    """Something outside will not work again by itself: gone, suspended, revoked. Somebody must act."""

    def __init__(self, what: str, remedy: str = "") -> None:
        super().__init__(f"{what} {remedy}".strip())
        self.what = what
        self.remedy = remedy
