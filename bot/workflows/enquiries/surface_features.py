"""Where people can ask Sensei, apart from their direct messages with it."""

from bot.workflows.chat.actors import Clock
from bot.workflows.chat.features import Feature
from bot.workflows.enquiries.ask_shortcut import shortcut_feature
from bot.workflows.enquiries.mentions import ELSEWHERE, EnquiryMentions, write_elsewhere
from bot.workflows.enquiries.pane import EnquiryPanes


def surface_features(now: Clock, *, is_on: bool = True) -> tuple[Feature, ...]:
    """Return what hears the pane and mentions in channels, and the shortcut.

    If it isn't ``is_on``, nothing is heard, and the shortcut says so.
    """
    words, shortcut = {ELSEWHERE: write_elsewhere}, shortcut_feature(is_on=is_on)
    if not is_on:
        return Feature(words=words), shortcut
    return Feature(words=words, mentions=(EnquiryMentions(now),), panes=(EnquiryPanes(now),)), shortcut
