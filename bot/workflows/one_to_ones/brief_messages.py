"""Writes the briefs, from rows as they are when the message is sent."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.dojo.local_days import day_in
from bot.domain.one_to_ones.records import OneToOne
from bot.ports.engine import Json
from bot.ports.store import Tx
from bot.rendering.one_to_ones.slack_brief import BriefReader, brief_message, cancelled_brief
from bot.workflows.chat.actors import Clock
from bot.workflows.chat.features import AddressedMessage, Feature
from bot.workflows.dojo.home_one_to_ones import show_person
from bot.workflows.dojo.one_to_one_parties import find_attendee, is_on
from bot.workflows.one_to_ones.brief_material import BriefGatherer
from bot.workflows.one_to_ones.message_keys import BRIEF, make_key
from bot.workflows.one_to_ones.readers import MeetingReader, find_reader


@dataclass(frozen=True)
class BriefMessages:
    """The messages of kind ``one_to_ones.brief``."""

    gatherer: BriefGatherer
    now: Clock

    def feature(self) -> Feature:
        """Return the kind of message."""
        return Feature(words={BRIEF: self.write})

    def write(self, tx: Tx, about: Json) -> AddressedMessage | None:
        """Return a brief, or None if it isn't needed: the one-to-one is off, or its reader has changed.

        One that was sent says so if the one-to-one was cancelled. After the one-to-one, it stays as it is.
        """
        meeting, person, at = tx.one_to_ones.find(about["one_to_one"]), str(about["person"]), self.now()
        if meeting is None or meeting.at <= at:
            return None
        reader = find_reader(tx, meeting, person)
        if reader is None:
            return self._write_cancelled(tx, meeting, person)
        brief = self.gatherer.gather(tx, meeting, person, at)
        if brief is None:
            return None
        return AddressedMessage((person,), brief_message(brief, show_reader(tx, reader, at)))

    def _write_cancelled(self, tx: Tx, meeting: OneToOne, person: str) -> AddressedMessage | None:
        was_begun, _ = tx.effects.find(f"message:{make_key(BRIEF, meeting.id, person)}")
        if is_on(tx, meeting) or not was_begun:
            return None
        other = show_person(tx, find_other(tx, meeting, person))
        return AddressedMessage((person,), cancelled_brief(other))


def show_reader(tx: Tx, reader: MeetingReader, at: datetime) -> BriefReader:
    """Return who reads a brief, with the other of the two."""
    meeting, person = reader.meeting, reader.person
    return BriefReader(
        show_person(tx, find_other(tx, meeting, person)),
        meeting.at,
        person != meeting.participant,
        day_in(reader.hours.time_zone, at),
    )


def find_other(tx: Tx, meeting: OneToOne, person: str) -> str:
    """Return the other of the two: for the participant, the sensei or that day's deputy."""
    if person != meeting.participant:
        return meeting.participant
    return find_attendee(tx, meeting) or meeting.sensei
