"""Uploads a file: Slack gives an address, takes the bytes there, and then turns them into a file.

Without a conversation, the file belongs to the app, and nobody sees it until a message of the app's shows it.
Slack goes on processing a new file for some seconds, and until then refuses messages that show the file
(``ports.chat.PictureUnusableError``). An app can ask whether a file is ready only with the scope
``files:read``, which would also let it read people's files, so Sensei tries again instead.
https://docs.slack.dev/messaging/working-with-files
"""

import http.client
import urllib.error
import urllib.request
from collections.abc import Mapping
from urllib.parse import urlsplit

from bot.adapters.slack.requests import SlackRequests
from bot.errors import TransientError

_ACTIVITY = "Uploading a file"
_MOST_OF_A_DESCRIPTION = 1000
_TIMEOUT = 30


def upload_picture(caller: SlackRequests, name: str, content: bytes, alternative_text: str) -> str:
    """Upload a picture and return the file's id.

    Raises:
        TransientError, PermanentError, MethodRefusedError: as for any request. A file may be left that nobody
            sees.
    """
    picture = _bring(
        caller, name, content, "image/png", {"alt_txt": alternative_text[:_MOST_OF_A_DESCRIPTION]}
    )
    finished = {"files": [{"id": picture, "title": name}]}
    caller.write("files.completeUploadExternal", _ACTIVITY, finished)
    return picture


def bring_page(caller: SlackRequests, name: str, content: bytes) -> str:
    """Bring an HTML page to Slack, where nobody sees it before ``share_file``; return the file's id.

    Raises:
        TransientError, PermanentError, MethodRefusedError: as for any request.
    """
    return _bring(caller, name, content, "text/html", {})


def share_file(caller: SlackRequests, file: str, title: str, channel: str, comment: str) -> None:
    """Turn bytes into a file in a conversation, with a comment above it, which is safe mrkdwn.

    Raises:
        TransientError, PermanentError, MethodRefusedError: as for any request.
    """
    finished = {"files": [{"id": file, "title": title}], "channel_id": channel, "initial_comment": comment}
    caller.write("files.completeUploadExternal", _ACTIVITY, finished, channel)


def _bring(caller: SlackRequests, name: str, content: bytes, kind: str, more: Mapping[str, str]) -> str:
    wanted: dict[str, str | int] = {"filename": name, "length": len(content), **more}
    place = caller.read("files.getUploadURLExternal", _ACTIVITY, wanted)
    _send(str(place["upload_url"]), content, caller.web.base_url, kind)
    return str(place["file_id"])


def _send(address: str, content: bytes, api_url: str, kind: str) -> None:
    """Send the bytes. The address itself is the permission, so no token goes there."""
    if urlsplit(address).scheme not in {"https", urlsplit(api_url).scheme}:
        raise TransientError(f"{_ACTIVITY}: Slack gave no https address.")
    request = urllib.request.Request(address, content, method="POST")  # noqa: S310 - the scheme was checked
    request.add_header("Content-Type", kind)
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT) as answer:  # noqa: S310 - the scheme was checked
            answer.read()
    except urllib.error.HTTPError as refused:
        raise TransientError(f"{_ACTIVITY}: Slack answered {refused.code}.") from None
    except (OSError, http.client.HTTPException) as failed:
        raise TransientError(f"{_ACTIVITY}: Slack did not answer ({type(failed).__name__}).") from None
