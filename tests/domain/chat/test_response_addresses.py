"""Answers go to Slack alone, however a forged address is written."""

import pytest

from bot.domain.chat.response_addresses import is_slack_address

API, GOV, HERE = "https://slack.com/api/", "https://slack-gov.com/api/", "http://127.0.0.1:8123/api/"
OURS = [
    ("https://hooks.slack.com/actions/T1/2/abc", API),
    ("https://hooks.slack.com:443/commands/T1/2/abc", API),
    ("https://HOOKS.Slack.com/actions/T1", API),
    ("https://slack.com/x", HERE),
    ("https://hooks.slack-gov.com/actions/T1", GOV),
    ("http://127.0.0.1:8123/response/1", HERE),
    ("https://slack.example:9443/x", "https://slack.example:9443/api/"),
]
OTHERS = [
    ("http://hooks.slack.com/actions/T1", API),
    ("https://hooks.slack.com:8443/actions/T1", API),
    ("https://evil.example/actions/T1", API),
    ("https://slack.com.evil.example/", API),
    ("https://evilslack.com/", API),
    ("https://slack.com@evil.example/", API),
    ("https://user:pass@hooks.slack.com/", API),
    ("https://evil.example#.slack.com", API),
    ("https://evil.example?.slack.com", API),
    ("https://evil.example\\.slack.com/", API),
    ("https://evil.example\t.slack.com/", API),
    ("https://evil.example/.slack.com", API),
    ("https://sl\u0430ck.com/", API),
    ("https://hooks.slack.com:99999/", API),
    ("https://[::1/", API),
    ("https://.slack.com/", API),
    ("http://127.0.0.1:8123/response/1", API),
    ("http://127.0.0.1:8124/response/1", HERE),
    ("http://169.254.169.254/latest", HERE),
    ("http://slack.example/x", "http://slack.example/api/"),
    ("file:///etc/passwd", API),
    ("ftp://hooks.slack.com/", API),
    ("", API),
    ("/actions", API),
]


@pytest.mark.parametrize(("address", "api"), OURS)
def test_slacks_own_addresses_get_answers(address: str, api: str) -> None:
    assert is_slack_address(address, api)


@pytest.mark.parametrize(("address", "api"), OTHERS)
def test_no_other_address_gets_any(address: str, api: str) -> None:
    assert not is_slack_address(address, api)
