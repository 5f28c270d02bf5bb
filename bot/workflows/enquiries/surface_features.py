"""Where people can ask Sensei, apart from their direct messages with it."""

from bot.workflows.chat.actors import Clock
from bot.workflows.chat.features import Feature
from bot.workflows.enquiries.ask_shortcut import shortcut_feature
from bot.workflows.enquiries.mentions import ELSEWHERE, EnquiryMentions, write_elsewhere
from bot.workflows.enquiries.pane import EnquiryPanes


def surface_features(now: Clock) -> tuple[Feature, ...]:
    """Return what hears the pane and mentions in channels, and the shortcut."""
    hearing = Feature(
        words={ELSEWHERE: write_elsewhere}, mentions=(EnquiryMentions(now),), panes=(EnquiryPanes(now),)
    )
    return hearing, shortcut_feature()
