from pathlib import Path

from bot.adapters.github.app_tokens import READS, SPEAKS
from bot.domain.pull_requests.webhook_events import SUBSCRIBED
from bot.domain.setup.github_app_requirements import EVENTS, PERMISSIONS, find_missing

UNASKED = {"installation", "installation_repositories", "ping"}
GUIDE = Path(__file__).parents[3] / "docs" / "github.md"


def test_what_is_granted_lacks_nothing_and_more_is_no_lack() -> None:
    assert not find_missing(PERMISSIONS, EVENTS)
    assert not find_missing({**PERMISSIONS, "contents": "write", "actions": "read"}, [*EVENTS, "star"])


def test_each_thing_that_is_missing_is_named() -> None:
    granted = {**PERMISSIONS, "checks": "read"}
    del granted["issues"]
    missing = find_missing(granted, [each for each in EVENTS if each != "push"])
    assert (missing.permissions, missing.events) == ({"checks": "write", "issues": "read"}, ["push"])


def test_every_event_that_is_understood_is_subscribed_to_and_no_other() -> None:
    assert set(EVENTS) == set(SUBSCRIBED) - UNASKED


def test_no_token_may_do_more_than_the_app() -> None:
    for asked in (SPEAKS, READS):
        assert set(asked) <= set(PERMISSIONS)
        assert all(access in {"read", PERMISSIONS[name]} for name, access in asked.items())


def test_the_guide_names_every_permission_and_event() -> None:
    text = GUIDE.read_text().lower()
    for name, access in PERMISSIONS.items():
        assert f"{name.replace('_', ' ')}: {access}" in text
    for event in EVENTS:
        assert event.replace("_", " ") in text
