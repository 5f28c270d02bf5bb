"""The permissions and events that the GitHub App needs. Set-up, tokens and checks share these lists.

The names are those in GitHub's App manifests and in ``GET /app``:
https://docs.github.com/en/apps/sharing-github-apps/registering-a-github-app-from-a-manifest
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

PERMISSIONS: Mapping[str, str] = {
    "checks": "write",
    "contents": "read",
    # GitHub reports comments on a pull request as comments on an issue. Sensei does not read issues.
    "issues": "read",
    "metadata": "read",
    "pull_requests": "write",
}

EVENTS: Sequence[str] = (
    "check_run",
    "check_suite",
    "issue_comment",
    "pull_request",
    "pull_request_review_comment",
    "pull_request_review_thread",
    "push",
    "repository",
)
"""Events to subscribe to. Installation events need no subscription."""

_RANK = {"read": 1, "write": 2, "admin": 3}


@dataclass(frozen=True, slots=True)
class MissingRequirements:
    """The events and the permissions (with the required access) that an App or an installation lacks."""

    permissions: Mapping[str, str]
    events: Sequence[str]

    def __bool__(self) -> bool:
        return bool(self.permissions or self.events)


def find_missing(permissions: Mapping[str, str], events: Sequence[str]) -> MissingRequirements:
    """Compare the granted permissions and events with those that Sensei needs. Extra ones are ignored."""
    missing = {
        name: access
        for name, access in PERMISSIONS.items()
        if _RANK.get(permissions.get(name, ""), 0) < _RANK[access]
    }
    return MissingRequirements(missing, [event for event in EVENTS if event not in events])
