"""What weekly digests add to Slack."""

from bot.workflows.chat.actors import Clock
from bot.workflows.chat.digest_refresh import SENSEI_DIGEST
from bot.workflows.chat.features import Feature
from bot.workflows.digest.sensei_digests import LoadRows, SenseiDigestMessages, ShowPicture
from bot.workflows.digest.snoozing import Snoozing


def digest_feature(
    web: str, load_rows: LoadRows, now: Clock, show_picture: ShowPicture | None = None
) -> Feature:
    """Return the feature. ``web`` is the code host's web address, ``show_picture`` returns their pictures."""
    digests = SenseiDigestMessages(web, load_rows, now, show_picture)
    snoozing = Snoozing(digests)
    return Feature(buttons=snoozing.buttons(), forms=snoozing.forms(), words={SENSEI_DIGEST: digests.write})
