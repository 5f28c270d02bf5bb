"""What the forms of the dojo share: which cohort or enrolment a form was opened for.

A form can stay open for days. Its metadata names what it was opened for, because its author may act in
another cohort by the time they submit it.
"""

from bot.domain.chat.events import Acted, Submission
from bot.domain.dojo.people import Member
from bot.domain.text.numbers import parse_number
from bot.errors import UserError
from bot.workflows.chat.actors import Actor, refusal


def require_submission(acted: Acted) -> Submission:
    """Return what a form's handler was called with, as a submission."""
    if not isinstance(acted, Submission):
        raise AssertionError("a form's handler gets a submission")  # noqa: TRY004 - a bug of ours
    return acted


def cohort_metadata(cohort: int | None) -> str:
    """Return the metadata of a form about a cohort."""
    return f"cohort:{cohort}"


def enrolment_metadata(enrolment: int) -> str:
    """Return the metadata of a form about one enrolment."""
    return f"enrolment:{enrolment}"


def opened_for_cohort(submission: Submission) -> int:
    """Return the cohort that a form was opened for, 0 if it was opened for something else."""
    return _read_metadata(submission, "cohort")


def opened_for_enrolment(submission: Submission) -> int:
    """Return the enrolment that a form was opened for, 0 if it was opened for something else."""
    return _read_metadata(submission, "enrolment")


def _read_metadata(submission: Submission, kind: str) -> int:
    word, _, number = submission.metadata.partition(":")
    return (parse_number(number) or 0) if word == kind else 0


def find_own_cohort(actor: Actor, submission: Submission) -> int:
    """Return the cohort that a form was opened for.

    Raises:
        UserError: its author is not in that cohort, or no longer.
    """
    cohort = opened_for_cohort(submission)
    if not any(member.cohort == cohort for member in actor.members):
        raise UserError(
            "You are no longer in the dojo that this form was opened for.",
            "Nothing was changed. Close the form; `/dojo status` shows which dojo you are in.",
        )
    return cohort


def find_own_enrolment(actor: Actor, enrolment: int) -> Member:
    """Return one of the actor's own enrolments.

    Raises:
        UserError: it is not theirs, or no longer.
    """
    member = next((member for member in actor.members if member.enrolment == enrolment), None)
    if member is None:
        raise refusal(actor)
    return member
