import pytest

from bot.domain.setup.github_app_manifest import (
    GitHubAppManifest,
    app_name,
    settings_page,
    web_address,
    webhook_address,
)
from bot.errors import UserError


@pytest.mark.parametrize(
    ("api", "web"),
    [
        ("https://api.github.com", "https://github.com"),
        ("https://api.github.com/", "https://github.com"),
        ("https://git.guild.example/api/v3", "https://git.guild.example"),
        ("https://git.guild.example:8443/api/v3/", "https://git.guild.example:8443"),
        ("https://api.guild.ghe.com", "https://guild.ghe.com"),
        ("https://api.guild.ghe.com/", "https://guild.ghe.com"),
        ("http://localhost:8080", "http://localhost:8080"),
    ],
)
def test_a_github_s_web_address_follows_from_its_api_s(api: str, web: str) -> None:
    assert web_address(api) == web


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ("https://dojo.example.org", "https://dojo.example.org/github/webhook"),
        ("https://Dojo.example.org:8443/", "https://dojo.example.org:8443/github/webhook"),
        ("https://example.org/dojo", "https://example.org/dojo/github/webhook"),
        ("https://dojo.example.org/github/webhook", "https://dojo.example.org/github/webhook"),
    ],
)
def test_a_webhook_is_where_sensei_takes_deliveries(given: str, address: str) -> None:
    assert webhook_address(given) == address


@pytest.mark.parametrize(
    "given",
    [
        "",
        "dojo.example.org",
        "http://dojo.example.org",
        "https://localhost",
        "https://dojo.local",
        "https://127.0.0.1",
        "https://10.0.0.1",
        "https://192.168.1.4:8080",
        "https://[::1]",
        "https://ada:pass@dojo.example.org",
        "https://dojo.example.org/?a=b",
        "https://dojo.example.org/#a",
        "https://dojo.example.org:port",
        "https://dojo.example.org/a b",
    ],
)
def test_an_address_that_github_cannot_reach_is_refused(given: str) -> None:
    with pytest.raises(UserError, match="GitHub cannot send deliveries to"):
        webhook_address(given)


def test_an_inactive_hook_has_an_address_all_the_same() -> None:
    hook = GitHubAppManifest("Sensei", "https://github.com").manifest("http://127.0.0.1:1/x")[
        "hook_attributes"
    ]
    assert hook["active"] is False
    assert hook["url"].startswith("https://example.com/")


def test_a_state_cannot_leave_its_place_in_the_address() -> None:
    offer = GitHubAppManifest("Sensei", "https://github.com", "guild")
    assert offer.action("a&b=c/#") == (
        "https://github.com/organizations/guild/settings/apps/new?state=a%26b%3Dc%2F%23"
    )


def test_an_app_is_changed_where_its_owner_is() -> None:
    assert settings_page("https://github.com", "s", "guild").endswith("/organizations/guild/settings/apps/s")
    assert settings_page("https://github.com", "s", None) == "https://github.com/settings/apps/s"


def test_a_name_is_never_longer_than_github_takes() -> None:
    assert app_name(None, "g" * 39, "x") == f"Sensei {'g' * 27}"
    assert app_name(None, None, "3f2a") == "Sensei 3f2a"
    assert app_name(" Desk ", "guild", "x") == "Desk"
