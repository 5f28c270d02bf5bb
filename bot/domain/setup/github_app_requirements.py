"""What the GitHub App has to be allowed, and told of: one list for set-up, tokens and examination.

Names are those of GitHub's App manifests and of ``GET /app``:
https://docs.github.com/en/apps/sharing-github-apps/registering-a-github-app-from-a-manifest
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

PERMISSIONS: Mapping[str, str] = {
    "checks": "write",
    "contents": "read",
    # GitHub tells of comments on a pull request as comments on an issue; no issue is read.
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
"""Events to subscribe to. Those of installations are sent unasked."""

_RANK = {"read": 1, "write": 2, "admin": 3}


@dataclass(frozen=True, slots=True)
class MissingRequirements:
    """What an App or an installation is not allowed or not told: permissions with the access they need."""

    permissions: Mapping[str, str]
    events: Sequence[str]

    def __bool__(self) -> bool:
        return bool(self.permissions or self.events)


def find_missing(permissions: Mapping[str, str], events: Sequence[str]) -> MissingRequirements:
    """Compare what is granted with what is needed; more than that is no lack."""
    missing = {
        name: access
        for name, access in PERMISSIONS.items()
        if _RANK.get(permissions.get(name, ""), 0) < _RANK[access]
    }
    return MissingRequirements(missing, [event for event in EVENTS if event not in events])
