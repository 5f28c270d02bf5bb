"""What people can do in the chat: the list of its features."""

from collections.abc import Callable

from bot.bootstrap import dojo
from bot.domain.dojo.profiles import Vocabulary
from bot.domain.setup.github_app_manifest import web_address
from bot.settings import Settings
from bot.workflows.chat import dispatch
from bot.workflows.chat.features import Feature, Features
from bot.workflows.dojo import app_home, basic_commands
from bot.workflows.pairing import chat as pairing_chat
from bot.workflows.pairing import deputies


def features_from_settings(settings: Settings) -> Features:
    """Return everything that people can do in the chat, with the settings' rubric as its vocabulary."""
    load_vocabulary = dojo.vocabulary_loader(settings)
    member_features = dojo.member_features(load_vocabulary)
    return assemble_features(web_address(settings.github_api_url), load_vocabulary, member_features)


def assemble_features(
    web: str, load_vocabulary: Callable[[], Vocabulary], member_features: tuple[Feature, ...] = ()
) -> Features:
    """Return everything that people can do in the chat. ``web`` is the code host's web address.

    ``member_features`` need more than that, so ``dojo`` makes them. A new feature is a line here.
    """
    features = Features(
        (
            basic_commands.feature(web),
            app_home.feature(web),
            pairing_chat.feature(load_vocabulary),
            deputies.FEATURE,
            dispatch.FEATURE,
            *member_features,
        )
    )
    features.enter(basic_commands.helping(features))
    return features
