"""Which Slack accounts may be in a dojo: those of full members of the app's workspace."""

from bot.ports.chat import ChatUser


def why_not(user: ChatUser) -> str:
    """Return what makes an account unusable, to follow "This account", or an empty string."""
    if user.is_bot:
        return "belongs to a bot"
    if user.gone:
        return "was deactivated in Slack"
    if user.is_foreign:
        return "belongs to another Slack workspace"
    return "is a guest account" if user.is_guest else ""
