"""What the check of the Slack app says of its scopes."""

import pytest

from bot.adapters.slack.own_app import SlackOwnApp
from bot.workflows.setup.github_app_checks import verdict
from bot.workflows.setup.slack_app_checks import SlackTokens, check_slack_app
from tests.fakes.slack import SCOPES, Slack


def test_scopes_that_cannot_be_seen_are_not_called_missing(subtests: pytest.Subtests) -> None:
    with Slack() as slack:
        tokens = SlackTokens("https://api.slack.com/apps", slack.bot_token, slack.app_token)

        def checked() -> tuple[str, str]:
            found = check_slack_app(SlackOwnApp(slack.api_url), tokens)
            said = " ".join(
                f"{finding.text} {finding.remedy}" for finding in found if finding.name == "scopes"
            )
            return verdict(found), said

        with subtests.test("no header"):
            slack.shows_scopes = False
            state, said = checked()
            assert state == "warning"
            assert "Slack's answer doesn't list the app's scopes, so Sensei can't tell" in said
            assert "lacks" not in said
            assert all(scope in said for scope in SCOPES)
        with subtests.test("an empty header"):
            slack.shows_scopes = True
            slack.scopes.clear()
            state, said = checked()
            assert state == "bad"
            assert "The app lacks these scopes: app_mentions:read" in said
            assert "; chat:write (" in said
        with subtests.test("all but the one for pictures"):
            slack.scopes |= set(SCOPES) - {"files:write"}
            state, said = checked()
            assert state == "warning"
            assert "The app lacks these scopes: files:write" in said
            assert "the weekly digest has no picture" in said
            assert "Everything else works." in said
            assert "reinstall the app" in said
        with subtests.test("an app of an earlier manifest"):
            slack.scopes -= {"app_mentions:read", "assistant:write"}
            state, said = checked()
            assert state == "warning"
            assert "The app lacks these scopes: app_mentions:read" in said
            assert "Sensei doesn't hear questions in channels" in said
            assert "Sensei suggests no questions, and threads have no titles" in said
        with subtests.test("one of them, and one that Sensei needs"):
            slack.scopes -= {"im:history"}
            state, said = checked()
            assert state == "bad"
            assert "Everything else works." not in said
