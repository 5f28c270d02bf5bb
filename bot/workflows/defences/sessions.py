"""The life of a defence: preparing it, agreeing on a time, ruling on its questions."""

from datetime import date, datetime, timedelta

from bot.domain.defences.records import Defence, DefenceOutcome, DefenceQuestion, DefenceState
from bot.domain.dojo.local_days import day_in
from bot.domain.pull_requests.records import Capstone
from bot.domain.triage.milestone_windows import CLOSES_AFTER
from bot.domain.triage.records import Milestone
from bot.errors import UserError
from bot.ports.jobs import Job
from bot.ports.store import Tx
from bot.workflows.chat.working_hours import find_hours
from bot.workflows.defences.messages import announce, tell_result
from bot.workflows.triage.due import milestone_dates

KIND = "defence"
"""The kind of the job that prepares a defence, and the name of the workflow."""
STUCK = timedelta(hours=4)
"""After this long, a preparation that hasn't ended may be started again."""


def prepare_defence(tx: Tx, capstone: Capstone, person: str, session_at: datetime, at: datetime) -> Defence:
    """Store a defence and let its questions be chosen.

    One on which nobody has ruled gets other questions, and keeps its own until there are some.

    Raises:
        UserError: there is a defence with rulings, or one is being prepared.
    """
    earlier = tx.defences.newest([capstone.id]).get(capstone.id)
    participant = tx.members.by_host_account(capstone.participant.id)
    if participant is None:
        raise UserError(
            "I don't know this participant's account yet, so I can't prepare a defence.",
            "Ask them to link their GitHub account with `/dojo link`.",
        )
    if earlier is not None and earlier.has_rulings:
        raise UserError(
            "There are rulings on questions of this defence already, so I haven't chosen others.",
            "`/dojo defence` opens it.",
        )
    if earlier and earlier.state is DefenceState.PREPARING and not is_stuck(earlier, at):
        raise UserError(
            "I'm already choosing these questions.", "I'll tell you in a direct message when they're ready."
        )
    if earlier is None:
        defence = tx.defences.add(capstone.id, participant, person, session_at, at)
    else:
        defence = earlier
        set_session(tx, defence, person, session_at, at)
        tx.defences.prepare_again(defence.id, person, at)
    identity = f"defence:{defence.id}:{int(at.timestamp() * 1000)}"
    tx.jobs.add(Job(identity, KIND, {"defence": defence.id}, at))
    tx.audit(person, "defence.prepare", f"capstone:{capstone.id}", defence=defence.id)
    return defence


def is_stuck(defence: Defence, at: datetime) -> bool:
    """Return whether a preparation hasn't ended for so long that it may be started again."""
    return defence.state is DefenceState.PREPARING and at >= defence.prepared_at + STUCK


def set_session(tx: Tx, defence: Defence, person: str, session_at: datetime | None, at: datetime) -> bool:
    """Store when the two meet, or None if that is called off. Return whether the participant is told.

    Before there are questions, they aren't: they are told once it's ready.

    Raises:
        UserError: it is called off although somebody has ruled.
    """
    if defence.session_at == session_at:
        return False
    if session_at is None and defence.has_rulings:
        raise UserError(
            "There are rulings on questions of this defence already, so I haven't called it off.",
            "`/dojo defence` opens it.",
        )
    tx.defences.set_session(defence.id, session_at)
    is_told = bool(defence.questions)
    if is_told:
        announce(tx, defence, at)
    what = "defence.set_time" if session_at is not None else "defence.call_off"
    tx.audit(person, what, f"capstone:{defence.capstone}", defence=defence.id)
    return is_told


def rule_on_question(  # noqa: PLR0913, PLR0917 - who rules how on what, and when
    tx: Tx,
    defence: Defence,
    question: DefenceQuestion,
    person: str,
    outcome: DefenceOutcome,
    note: str,
    at: datetime,
) -> None:
    """Store a ruling. Once all questions have one, the participant gets the outcomes.

    The first one keeps the questions, if others are wanted meanwhile.

    Raises:
        UserError: this is a second look, and the milestone has closed.
    """
    require_open(tx, defence, question, person, at)
    last = question.ruling
    if last is not None and (last.outcome, last.note, last.by) == (outcome, note, person):
        return  # the form was sent twice
    tx.defences.rule(question.id, outcome, note, person, at)
    tx.audit(
        person, "defence.rule", f"capstone:{defence.capstone}", defence=defence.id, question=question.position
    )
    stored = tx.defences.find(defence.id)
    if stored is not None and stored.state is DefenceState.PREPARING:
        tx.defences.set_state(defence.id, DefenceState.READY, at)
    if stored is not None and stored.is_ruled:
        if stored.state is not DefenceState.HELD:
            tx.defences.set_state(defence.id, DefenceState.HELD, at)
        tell_result(tx, stored, at)


def require_open(tx: Tx, defence: Defence, question: DefenceQuestion, person: str, at: datetime) -> None:
    """Refuse a second look at a ruling once the final milestone has closed.

    Raises:
        UserError: it has closed.
    """
    cohort = tx.capstones.get(defence.capstone).cohort
    closes = find_closing_day(tx, cohort)
    today = day_in(find_hours(tx, person, cohort).time_zone, at)
    if question.rulings and closes is not None and today > closes:
        raise UserError(
            "The final milestone has closed, so this ruling stays as it is. I haven't saved another one.",
            "If it's wrong, tell your participant and the lead.",
        )


def find_closing_day(tx: Tx, cohort: int) -> date | None:
    """Return the last day on which a ruling can be changed, or None if there is no such day."""
    final = find_final_day(tx, cohort)
    return None if final is None else final + CLOSES_AFTER


def find_final_day(tx: Tx, cohort: int) -> date | None:
    """Return the date of a cohort's final milestone, or None if it has none."""
    return milestone_dates(tx, cohort).get(Milestone.FINAL)
