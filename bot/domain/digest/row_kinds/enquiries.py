"""The row about what a participant asked and passed on to the sensei. It says nothing of what they asked."""

from bot.domain.digest.calendar import SenseiCalendar
from bot.domain.digest.cost_of_delay import add_up_cost
from bot.domain.digest.matters import ParticipantMatters
from bot.domain.digest.rows import DigestRow, RowKind, say_count, say_day, say_waiting


def make_enquiry_row(of: ParticipantMatters, calendar: SenseiCalendar) -> DigestRow | None:
    """Return the row about a participant's own questions that wait, or None. The oldest is opened."""
    if not of.enquiries:
        return None
    oldest = min(of.enquiries, key=lambda enquiry: (enquiry.since, enquiry.handover))
    days = calendar.days_since(oldest.since)
    first = "They passed it on to you" if len(of.enquiries) == 1 else "They passed the first one on to you"
    return DigestRow(
        RowKind.ENQUIRY,
        of.capstone,
        of.name,
        say_count(RowKind.ENQUIRY, len(of.enquiries)),
        (f"{first} on {say_day(oldest.since)}, and have been waiting {say_waiting(days)}.",),
        add_up_cost(RowKind.ENQUIRY, days),
        len(of.enquiries),
        standing_in_for=of.standing_in_for,
        handover=oldest.handover,
    )
