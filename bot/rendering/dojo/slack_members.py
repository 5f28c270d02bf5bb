"""The answer to ``/dojo people`` for participants and senseis: who leads the cohort, and who is in it."""

from collections.abc import Sequence
from itertools import groupby

from bot.domain.chat.slash_commands import COMMAND
from bot.domain.dojo.app_home import ShownPerson
from bot.domain.dojo.people import CohortRole
from bot.ports.chat import Block, OutgoingMessage
from bot.rendering.chat.slack_blocks import MOST_OF_A_NAME, listed, section, small
from bot.rendering.chat.slack_text import mention, mrkdwn, page_of

PER_PAGE = 40
_MOST_LEADS = 20
_TITLES = {CohortRole.SENSEI: "Senseis", CohortRole.PARTICIPANT: "Participants"}


def leads_block(leads: Sequence[ShownPerson]) -> Block:
    """Return the list of a cohort's leads, with mentions that open their profiles in Slack.

    Use it only in views and in answers that one person sees, because Slack notifies people who are mentioned.
    """
    nobody = "Nobody leads this dojo yet. If you need help, ask the person who runs Sensei."
    title = "Your lead" if len(leads) == 1 else "Your leads"
    return section(f"*{title}*\n{listed(leads, _format_lead, _MOST_LEADS) or nobody}")


def members_message(
    leads: Sequence[ShownPerson], members: Sequence[tuple[CohortRole, str]], cohort: str, page: int
) -> OutgoingMessage:
    """Return the leads and a page of the other members, as pairs of role and name, grouped by role.

    ``members`` is empty for a person who may see only the leads.
    """
    name = mrkdwn(cohort, MOST_OF_A_NAME)
    blocks = [section(f"*People in {name}*"), leads_block(leads)]
    shown = page_of(members, page, PER_PAGE)
    for role, group in groupby(shown.items, key=lambda member: member[0]):
        names = [person for _, person in group]
        blocks.append(section(f"*{_TITLES[role]}*\n{listed(names, _format_name)}"))
    if shown.of > 1:
        following = (
            f" `{COMMAND} people {shown.number + 1}` shows the next page." if shown.number < shown.of else ""
        )
        blocks.append(small(f"{shown.words}.{following}"))
    return OutgoingMessage(f"People in {name}", tuple(blocks))


def _format_lead(lead: ShownPerson) -> str:
    account = f" ({mention(lead.chat)})" if lead.chat else ""
    return f"• {mrkdwn(lead.name, MOST_OF_A_NAME)}{account}"


def _format_name(name: str) -> str:
    return f"• {mrkdwn(name, MOST_OF_A_NAME)}"
