"""Tells participants what senseis have ruled: a sitting in one message, once a day, in their hours."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from bot.domain.dojo.local_days import day_in, load_zone
from bot.domain.dojo.people import CohortRole, EnrolmentState, WorkingHours
from bot.domain.dojo.working_moments import next_working_moment
from bot.domain.triage.level_words import LevelWords, show_level
from bot.domain.triage.records import CriterionRuling
from bot.domain.triage.shown import ReleasedRuling, RuledLevel
from bot.ports.engine import Json
from bot.ports.store import Tx
from bot.rendering.triage.slack_released import MOST_QUOTES, ShownRelease, released_message
from bot.workflows.articulation.question_contexts import find_name
from bot.workflows.chat.features import AddressedMessage
from bot.workflows.chat.unprompted import Feature, make_job
from bot.workflows.chat.working_hours import find_hours
from bot.workflows.triage.capstone_ledgers import CapstoneLedger, LedgerLoader
from bot.workflows.triage.own_levels import find_zone
from bot.workflows.triage.shown_evidence import EvidenceOfCapstone, pick_quotes

RELEASED = "triage.released"
"""The kind of message that tells a participant their levels."""
SITTING = timedelta(minutes=10)
"""How long a ruling waits for others of the same sitting."""
_DAY, _LONGEST_WAIT = timedelta(days=1), timedelta(days=60)
_MOST = 50
"""Maximum rulings in a message. The App Home shows the newest of each criterion."""


def find_participant(tx: Tx, capstone: int) -> str | None:
    """Return the participant of a capstone, or None if their account isn't known."""
    return tx.members.by_host_account(tx.capstones.get(capstone).participant.id)


def find_reader(tx: Tx, ruling: CriterionRuling) -> str | None:
    """Return whom to tell of a ruling, or None if they are not on Slack."""
    participant = find_participant(tx, ruling.capstone)
    if participant is None:
        return None
    cohort = tx.capstones.get(ruling.capstone).cohort
    is_here = any(
        role.chat and role.code and role.state is not EnrolmentState.LEFT
        for role in tx.members.roles(participant)
        if role.cohort == cohort and role.role is CohortRole.PARTICIPANT
    )
    return participant if is_here else None


def tell_participant(tx: Tx, ruling: CriterionRuling, at: datetime) -> None:
    """Add a ruling to the next message for its participant. If I can't reach them, do nothing."""
    reader = find_reader(tx, ruling)
    if reader is None:
        return
    capstone = tx.capstones.get(ruling.capstone)
    bundle = f"{RELEASED}:{reader}:{capstone.id}:"
    waiting = tx.jobs.due_with_prefix(f"message:{bundle}", at + _LONGEST_WAIT, _MOST)
    earlier = [number for job in waiting for number in job.argument["about"]["rulings"]]
    key = f"{bundle}{int(at.timestamp() * 1000)}.{ruling.id}"
    about = {"reader": reader, "capstone": capstone.id, "rulings": [*earlier, ruling.id][-_MOST:]}
    due = _find_due_time(tx, reader, find_hours(tx, reader, capstone.cohort), at)
    tx.jobs.replace(f"message:{bundle}", make_job(Feature.RULINGS, key, RELEASED, about, due))


def _find_due_time(tx: Tx, reader: str, hours: WorkingHours, at: datetime) -> datetime:
    """Return when a message is due: after the sitting, within the reader's hours, at most once a day."""
    told = tx.jobs.begin_times_since(f"message:{RELEASED}:{reader}:", at - _DAY)
    tomorrows = [_next_midnight(hours, moment) for moment in told]
    return next_working_moment(hours, max([at + SITTING, *tomorrows]))


def _next_midnight(hours: WorkingHours, moment: datetime) -> datetime:
    zone = load_zone(hours.time_zone)
    return datetime.combine(moment.astimezone(zone).date() + _DAY, time(), zone).astimezone(UTC)


@dataclass(frozen=True)
class ReleaseMessages:
    """Writes the message. ``web`` is the code host's web address."""

    load_ledgers: Callable[[], LedgerLoader]
    web: str

    def write(self, tx: Tx, about: Json) -> AddressedMessage | None:
        """Tell a participant the rulings that still count. Later ones come with another message."""
        found = [ruling for number in about["rulings"] if (ruling := tx.rulings.find(number))]
        if not found or find_reader(tx, found[0]) != about["reader"]:
            return None
        latest = tx.rulings.latest([about["capstone"]])[about["capstone"]]
        rulings = [ruling for ruling in found if latest[ruling.criterion].id == ruling.id]
        if not rulings:
            return None
        return AddressedMessage((about["reader"],), released_message(self._show(tx, rulings)))

    def _show(self, tx: Tx, rulings: Sequence[CriterionRuling]) -> ShownRelease:
        capstone = tx.capstones.get(rulings[0].capstone)
        loaded = self.load_ledgers().load(tx, [capstone.id])[capstone.id]
        words = LevelWords.of_rubric(loaded.rubric)
        ordered = sorted(rulings, key=lambda ruling: words.position_of(ruling.criterion))
        zone = find_zone(tx, find_participant(tx, capstone.id) or "", capstone.id)
        shower = _RulingShower(
            tx, words, zone, loaded, EvidenceOfCapstone(tx, capstone, self.web), tx.rulings.of(capstone.id)
        )
        return ShownRelease(
            (capstone.full_name, f"{self.web}/{capstone.full_name}"),
            [shower.show_ruling(ruling) for ruling in ordered],
        )


@dataclass(frozen=True)
class _RulingShower:
    """Shows rulings on one capstone. ``history`` has all of them, oldest first."""

    tx: Tx
    words: LevelWords
    zone: str
    loaded: CapstoneLedger
    evidence: EvidenceOfCapstone
    history: Sequence[CriterionRuling]

    def show_ruling(self, ruling: CriterionRuling) -> ReleasedRuling:
        found = self.loaded.evidence.get(ruling.criterion)
        checks = self.evidence.show_checks(found) if found else ()
        return ReleasedRuling(
            self._show_level(ruling),
            self.words.meaning_of(ruling.level),
            find_name(self.tx, ruling.sensei) if ruling.sensei else "",
            ruling.role,
            pick_quotes(checks, MOST_QUOTES),
            self._find_before(ruling),
        )

    def _find_before(self, ruling: CriterionRuling) -> RuledLevel | None:
        """Return the last level that was given on the criterion before, or None."""
        before = [
            earlier
            for earlier in self.history
            if earlier.criterion == ruling.criterion and earlier.id < ruling.id and earlier.level is not None
        ]
        return self._show_level(before[-1]) if before else None

    def _show_level(self, ruling: CriterionRuling) -> RuledLevel:
        appeal = self.tx.appeals.by_ruling([ruling.id]).get(ruling.id)
        day = day_in(self.zone, ruling.at)
        return show_level(ruling, self.words, day, appeal.state if appeal else None)
