"""The messages that welcome members."""

from bot.domain.dojo.people import CohortRole
from bot.rendering.dojo.slack_membership import welcome


def test_a_lead_reads_at_once_how_to_change_the_rhythm_of_check_ins() -> None:
    assert "`/dojo checkin cohort` shows how often" in welcome("dojo", CohortRole.LEAD).text
    assert "/dojo checkin" not in welcome("dojo", CohortRole.SENSEI).text
