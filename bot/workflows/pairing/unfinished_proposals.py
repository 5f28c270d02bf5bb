"""Keeps a request for pairs open until it has been worked out, and tells the leads why it takes longer."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.domain.pairing.delays import ProposalDelay
from bot.domain.text.numbers import parse_number
from bot.ports.engine import RETRY_SEPARATOR, DeadLetter, GiveUpCause, Json
from bot.ports.jobs import Job
from bot.ports.store import Tx
from bot.workflows.pairing.notices import DELAYED, tell_leads

PROPOSE = "pairing.propose"
MOST_RETRIES = 6
"""Maximum automatic retries of a request whose workflow failed; then an operator must retry it."""
_AFTER = "after."
"""The start of a request's stamp if it follows the end of a pair, whose number comes next."""
_FIRST_PAUSE = timedelta(minutes=2)
_LONGEST_PAUSE = timedelta(hours=1)


def postpone(tx: Tx, argument: Json, delay: ProposalDelay, at: datetime) -> Json:
    """Try a request again after a pause, which doubles each time, and tell the leads the first time."""
    cohort, retries = argument["cohort"], argument.get("retries", 0)
    due = at + min(_FIRST_PAUSE * 2 ** min(retries, 10), _LONGEST_PAUSE)
    stamp = f"{at:%Y%m%dT%H%M%S%f}"
    again = {**argument, "retries": retries + 1}
    tx.jobs.add(Job(f"pairing.propose:{cohort}:again.{stamp}", PROPOSE, again, due))
    if not retries:
        about = {"cohort": cohort, "delay": delay.value, "due": due.isoformat(), "only": argument.get("only")}
        tell_leads(tx, cohort, f"{DELAYED}:{cohort}:{stamp}", about, at)
    return {}


def bury(tx: Tx, dead: Sequence[DeadLetter], at: datetime) -> list[str]:
    """Tell the leads about requests whose workflow failed; return the ids of those to retry now.

    One given up after crashes may have caused them, so it waits for a calm hour (``DeadLetterRetry``).
    """
    retried = []
    for letter in dead:
        if letter.name != PROPOSE:
            continue
        retries = letter.id.count(RETRY_SEPARATOR)
        if retries < MOST_RETRIES and letter.cause is not GiveUpCause.CRASHES:
            retried.append(letter.id)
        tell_leads_once(tx, letter, at)
    return retried


def tell_leads_once(tx: Tx, letter: DeadLetter, at: datetime) -> None:
    """Tell the leads about a request whose workflow failed for the first time, unless they were told."""
    if RETRY_SEPARATOR in letter.id:
        return
    cohort, _, stamp = letter.id.removeprefix(f"{PROPOSE}:").partition(":")
    about = {
        "cohort": int(cohort),
        "delay": ProposalDelay.FAILED.value,
        "due": at.isoformat(),
        "only": _find_only(tx, stamp),
    }
    tell_leads(tx, int(cohort), f"{DELAYED}:{cohort}:failed.{stamp}", about, at)


def _find_only(tx: Tx, stamp: str) -> list[str] | None:
    """Return whom a request that followed the end of a pair is about; the rest of its id is ``stamp``."""
    number = parse_number(stamp.removeprefix(_AFTER).partition(RETRY_SEPARATOR)[0])
    pair = None if number is None else tx.pairings.get(number)
    return None if pair is None else [pair.participant]
