"""Shared by the dojo's forms: finding the cohort or enrolment that a form was opened for.

A form can stay open for days. Its metadata names the cohort or enrolment, because its author may have
moved to another cohort by the time they submit it.
"""

from bot.domain.chat.events import Acted, Submission
from bot.domain.dojo.people import CohortRole, Member
from bot.domain.text.numbers import parse_number
from bot.errors import UserError
from bot.workflows.chat.actors import Actor, refusal


def require_submission(acted: Acted) -> Submission:
    """Return ``acted``, which must be a form's submission."""
    if not isinstance(acted, Submission):
        raise AssertionError("a form's handler must get a submission")  # noqa: TRY004 - a bug of ours
    return acted


def cohort_metadata(cohort: int | None) -> str:
    """Return the metadata of a form about a cohort."""
    return f"cohort:{cohort}"


def join_metadata(cohort: int, role: CohortRole) -> str:
    """Return the metadata of a form for joining a cohort in a role."""
    return f"{cohort_metadata(cohort)} {role}"


def joining_role(submission: Submission) -> str:
    """Return the role that a form for joining names: in its metadata or, in earlier versions, in a field."""
    return submission.metadata.partition(" ")[2] or submission.text("role")


def enrolment_metadata(enrolment: int) -> str:
    """Return the metadata of a form about one enrolment."""
    return f"enrolment:{enrolment}"


def opened_for_cohort(submission: Submission) -> int:
    """Return the cohort that a form was opened for, or 0 if it wasn't opened for a cohort."""
    return _read_metadata(submission, "cohort")


def opened_for_enrolment(submission: Submission) -> int:
    """Return the enrolment that a form was opened for, or 0 if it wasn't opened for an enrolment."""
    return _read_metadata(submission, "enrolment")


def _read_metadata(submission: Submission, kind: str) -> int:
    word, _, number = submission.metadata.partition(":")
    return (parse_number(number.partition(" ")[0]) or 0) if word == kind else 0


def find_own_cohort(actor: Actor, submission: Submission) -> int:
    """Return the cohort that a form was opened for.

    Raises:
        UserError: the author isn't in that cohort, or has left it.
    """
    cohort = opened_for_cohort(submission)
    if not any(member.cohort == cohort for member in actor.members):
        raise UserError(
            "This form belongs to a dojo that you're no longer in.",
            "Nothing was changed. Close the form. `/dojo status` shows which dojo you're in.",
        )
    return cohort


def find_own_enrolment(actor: Actor, enrolment: int) -> Member:
    """Return one of the actor's own enrolments.

    Raises:
        UserError: the enrolment isn't theirs, or they have left.
    """
    member = next((member for member in actor.members if member.enrolment == enrolment), None)
    if member is None:
        raise refusal(actor)
    return member
