"""Why a proposal takes longer than usual."""

from enum import StrEnum


class ProposalDelay(StrEnum):
    """The reason for a delay."""

    CHANGING = "changing"
    """The cohort kept changing while its pairs were being worked out."""
    REFUSED = "refused"
    """The cohort's weights are not valid."""
    BUSY = "busy"
    """The database did not answer."""
    FAILED = "failed"
    """The workflow failed, because of a bug or because its process died each time."""
