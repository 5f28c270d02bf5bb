"""Compares each digest that comes with what it must say, and with when it must come."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from tests.cohort_weeks.clock import Sent
from tests.cohort_weeks.expected import Expectations, find_delivery
from tests.cohort_weeks.facts import Facts, Guide, Guided
from tests.cohort_weeks.received import read_rest, read_rows, read_stuck
from tests.cohort_weeks.served import Served
from tests.fakes.slack import Person
from tests.fakes.slack.model import Json

LEAD = "the lead"
_SENSEI, _LEAD = "message:digest.sensei:", "message:digest.lead:"
MOST_BLOCKS = 50


@dataclass
class Inspection:
    """What came: ``sent`` counts digests by week and reader, and ``wrong`` says what was not as it must be.

    ``due`` are the digests that had to come. ``asked`` is how many rulings a sensei was asked for in a week.
    """

    it: Served
    facts: Facts
    expectations: Expectations
    sent: Counter[tuple[date, str]] = field(default_factory=Counter)
    late: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    due: set[tuple[date, str]] = field(default_factory=set)
    asked: dict[tuple[date, str], int] = field(default_factory=dict)
    participants: dict[tuple[date, str], int] = field(default_factory=dict)
    most_blocks: int = 0
    rows: int = 0
    _seen: int = 0
    _digests: dict[tuple[date, str], Json] = field(default_factory=dict)

    def expect_now(self) -> None:
        """Note the digests that must come at this very moment."""
        at = self.it.clock.at
        for guide in self.facts.guides:
            guides_anybody = any(self._is_read_by(guide, at))
            if not guide.left and guides_anybody and self._is_due(guide.zone, guide):
                self.due.add((_monday(guide.zone, at), guide.name))
        if self._is_due(self.facts.lead_zone, None):
            self.due.add((_monday(self.facts.lead_zone, at), LEAD))

    def look(self) -> None:
        """Look at the messages that have come since the last time, before anything else happens."""
        sent = self.it.slack.log.sent
        for one in sent[self._seen :]:
            if one.key.startswith(_SENSEI):
                self._look_at_sensei(one)
            elif one.key.startswith(_LEAD):
                self._look_at_lead(one)
        self._seen = len(sent)

    def find_digest(self, guide: Guide, monday: date) -> Json | None:
        """Return a sensei's digest of a week as it stands in the chat now."""
        known = self._digests.get((monday, guide.name))
        return next((one for one in guide.person.messages if known and one["ts"] == known["ts"]), None)

    def _look_at_sensei(self, sent: Sent) -> None:
        guide = next(it for it in self.facts.guides if it.person.dm == sent.call.args["channel"])
        message, monday = _find_message(guide.person, sent), _monday(guide.zone, sent.at)
        self._note(sent, message, monday, guide.name, find_delivery(guide.zone, guide, monday))
        self._digests[monday, guide.name] = message
        self._measure(guide, monday, sent.at)
        wanted = self.expectations.expect(guide, sent.at)
        found = read_rows(message), read_rest(message)
        self.rows += len(found[0])
        if found != (wanted.rows, wanted.rest):
            self.wrong.append(f"{monday} {guide.name}: {found} instead of {wanted.rows, wanted.rest}")

    def _look_at_lead(self, sent: Sent) -> None:
        zone = self.facts.lead_zone
        message, monday = _find_message(self.facts.lead, sent), _monday(zone, sent.at)
        self._note(sent, message, monday, LEAD, find_delivery(zone, None, monday))
        found, wanted = read_stuck(message), self.expectations.list_stuck(sent.at)
        if found != wanted:
            self.wrong.append(f"{monday} {LEAD}: {found} instead of {wanted}")

    def _note(self, sent: Sent, message: Json, monday: date, name: str, due: datetime | None) -> None:
        self.sent[monday, name] += 1
        self.most_blocks = max(self.most_blocks, len(message["blocks"]))
        if due is None or not due <= sent.at < due + timedelta(minutes=10):
            self.late.append(f"{monday} {name}: at {sent.at}, due at {due}")

    def _measure(self, guide: Guide, monday: date, at: datetime) -> None:
        responsible = list(self._is_read_by(guide, at))
        counts = [self.expectations.count_due(one, guide, at) for one in responsible]
        self.asked[monday, guide.name] = sum(counts)
        self.participants[monday, guide.name] = len(counts)

    def _is_read_by(self, guide: Guide, at: datetime) -> Iterator[Guided]:
        for one in self.facts.guided:
            if self.expectations.is_responsible(guide, one, at):
                yield one

    def _is_due(self, zone: str, guide: Guide | None) -> bool:
        at = self.it.clock.at
        return find_delivery(zone, guide, _monday(zone, at)) == at


def _find_message(person: Person, sent: Sent) -> Json:
    """Return a message as it stands in the chat, by the ts that Slack gave it."""
    return next(one for one in person.messages if one["ts"] == sent.call.answer["ts"])


def _monday(zone: str, at: datetime) -> date:
    today = at.astimezone(ZoneInfo(zone)).date()
    return today - timedelta(days=today.weekday())
