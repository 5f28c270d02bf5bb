"""Tells people about work on pairs that failed after their command or click had been saved.

A workflow that gave up is a dead letter. Its id names what it was about. Each is told once, and once more if
Sensei's own retry fails too. Proposals have their own notices (``unfinished_proposals``).
"""

import hashlib
from collections.abc import Sequence
from datetime import date, datetime

from bot.domain.dojo.people import Absence
from bot.domain.pairing.parties import may_see
from bot.domain.pairing.states import PairState
from bot.domain.text.numbers import parse_number
from bot.ports.chat import OutgoingMessage
from bot.ports.engine import RETRY_SEPARATOR, DeadLetter, Json
from bot.ports.store import Tx
from bot.rendering.pairing import slack_failed_work as rendering
from bot.workflows.chat import outbox
from bot.workflows.chat.features import AddressedMessage
from bot.workflows.dojo.cohort_roles import is_lead, leads_of
from bot.workflows.jobs.dead_letter_retry import waits_for_person
from bot.workflows.pairing import unfinished_proposals
from bot.workflows.pairing.lookups import names_of

FAILED = "pairing.failed"


def tell_people(tx: Tx, dead: Sequence[DeadLetter], at: datetime) -> None:
    """Tell the people concerned about dead letters. Telling them again does nothing."""
    for letter in dead:
        name, _, rest = letter.id.partition(RETRY_SEPARATOR)[0].partition(":")
        if letter.name == unfinished_proposals.PROPOSE:
            unfinished_proposals.tell_leads_once(tx, letter, at)
        elif name == "pairing.why":
            cohort, lead = (*rest.split(":"), "", "")[:2]
            _tell(tx, letter, [lead], {"cohort": parse_number(cohort)}, at)
        elif name == "pairing.settle":
            # If the deadline has moved, a time follows the number.
            pair = tx.pairings.get(parse_number(rest.partition(":")[0]) or 0)
            if pair is not None:
                leads = [lead.person for lead in leads_of(tx, pair.cohort) if may_see(pair, lead.person)]
                _tell(tx, letter, leads, {"cohort": pair.cohort, "pair": pair.id}, at)
        elif name == "pairing.away":
            number, which = (*rest.split(":"), "", "")[:2]
            for cohort_row in tx.cohorts.all():
                if absence := _find_absence(tx, cohort_row.id, parse_number(number) or 0):
                    people = [lead.person for lead in leads_of(tx, cohort_row.id)]
                    about = {"cohort": cohort_row.id, "absence": absence.id, "begins": which == "begins"}
                    _tell(tx, letter, [absence.sensei, *people], about, at)


def _tell(tx: Tx, letter: DeadLetter, people: Sequence[str], about: Json, at: datetime) -> None:
    # The letter's id may be too long for a key.
    digest = hashlib.sha256(letter.id.encode()).hexdigest()[:16]
    details = {**about, "work": letter.name, "again": not waits_for_person(letter, at)}
    for person in dict.fromkeys(people):
        key = f"{FAILED}:{digest}:{person}"
        outbox.send_message(tx, key, FAILED, {**details, "person": person}, at)


def _find_absence(tx: Tx, cohort: int, number: int) -> Absence | None:
    absences = tx.absences.ending_since(cohort, date.min)
    return next((absence for absence in absences if absence.id == number), None)


def write_failed(tx: Tx, about: Json) -> AddressedMessage | None:
    """Tell a person what failed, what was kept and what they can do."""
    if about["work"] == "pairing.why":
        message = _write_why(tx, about)
    elif about["work"] == "pairing.settle":
        message = _write_introduction(tx, about)
    else:
        message = _write_absence(tx, about)
    return AddressedMessage((about["person"],), message) if message else None


def _write_why(tx: Tx, about: Json) -> OutgoingMessage | None:
    if not is_lead(tx, about["person"], about["cohort"]):
        return None
    return rendering.why_failed(again=about["again"])


def _write_introduction(tx: Tx, about: Json) -> OutgoingMessage | None:
    """Tell a lead. One who is the participant doesn't know of the pair yet."""
    person, cohort, pair = about["person"], about["cohort"], tx.pairings.get(about["pair"])
    if pair is None or pair.state is not PairState.APPROVED or not is_lead(tx, person, cohort):
        return None
    if not may_see(pair, person):
        return None
    names = names_of(tx, cohort)
    return rendering.introduction_failed(names[pair.participant], names[pair.sensei], again=about["again"])


def _write_absence(tx: Tx, about: Json) -> OutgoingMessage | None:
    person, cohort = about["person"], about["cohort"]
    absence = _find_absence(tx, cohort, about["absence"])
    if absence is None or (person != absence.sensei and not is_lead(tx, person, cohort)):
        return None
    sensei = None if person == absence.sensei else names_of(tx, cohort)[absence.sensei]
    return rendering.absence_untold(sensei, begins=about["begins"], again=about["again"])
