"""Linking to GitHub's page for a new file, with its name and its text filled in."""

from dataclasses import dataclass
from urllib.parse import quote

from bot.domain.review.paths import to_git

# GitHub answers 414 to longer addresses, and documents no number. Servers usually accept 8,192 bytes for the
# request's line, and a browser adds a little to it.
MOST_BYTES = 8000


@dataclass(frozen=True, slots=True)
class NewFileLink:
    """A link to a new file. If it isn't ``filled``, the text didn't fit, and people have to paste it."""

    address: str
    filled: bool


def new_file_link(page: str, branch: str, path: str, text: str, most: int = MOST_BYTES) -> NewFileLink:
    """Return the link that starts a file on a branch.

    ``page`` is the repository's page, at github.com or on a GitHub Enterprise host, without a slash at its
    end. A link with the text has at most ``most`` bytes. Someone without write access is offered a fork.
    """
    start = f"{page}/new/{quote(branch)}?filename={quote(to_git(path), safe='')}"
    whole = f"{start}&value={quote(text, safe='')}"
    if len(whole) <= most:
        return NewFileLink(whole, True)
    return NewFileLink(start, False)
