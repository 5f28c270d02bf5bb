"""Published example keys and placeholders: told from leaked keys, and redacted all the same."""

import pytest

from bot.adapters.kingfisher import detect_keys
from bot.domain.secrets.detection import Redactor, find_secrets

JOHN_DOE = "eyJzdWIiOiIxMjM0NTY3ODkw" + "IiwibmFtZSI6IkpvaG4gRG9lIiwiaWF0IjoxNTE2MjM5MDIyfQ"

# Put together here, so that no scanner takes this file for a leak.
EXAMPLES = {
    "AKIA" + "IOSFODNN7" + "EXAMPLE": "the example key from AWS's documentation",
    "ASIA" + "IOSFODNN7" + "EXAMPLE": "the example key from AWS's documentation",
    "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/" + "bPxRfiCYEXAMPLEKEY": (
        "the example key from AWS's documentation"
    ),
    "ghp_" + "16C7e42F292c6912E7710c838347Ae178B4a": "the example key from GitHub's documentation",
    "gho_" + "16C7e42F292c6912E7710c838347Ae178B4a": "the example key from GitHub's documentation",
    "AIza" + "SyDaGmWKa4JsXZ-HjGw7ISLn_3namBGewQe": "the example key from Google's documentation",
    "sk_test_" + "4eC39HqLyjWDarjtT1zdp7dc": "the example key from Stripe's documentation",
    "sk_test_" + "BQokikJOvBiI2HlWgH4olfQ2": "the example key from Stripe's documentation",
    "AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/"
    "K1SZFPTOtr/KBHBeksoGMGw==": "the example key from Microsoft's documentation",
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9." + JOHN_DOE + ".SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c": (
        "the example token from jwt.io"
    ),
    "sk-ant-" + "api03-" + "x" * 93: "a placeholder for an Anthropic API key",
    "AIza" + "Sy" + "X" * 33: "a placeholder for a Google API key",
}


@pytest.mark.parametrize(("text", "example"), EXAMPLES.items(), ids=[key[:12] for key in EXAMPLES])
def test_an_example_key_is_named_and_not_announced_as_a_secret(text: str, example: str) -> None:
    found = find_secrets(f'key = "{text}"\n', detect_keys)
    assert [(secret.example, secret.announce) for secret in found] == [(example, False)]


@pytest.mark.parametrize("text", EXAMPLES, ids=[key[:12] for key in EXAMPLES])
def test_an_example_key_is_redacted(text: str) -> None:
    value = text.rsplit("= ", maxsplit=1)[-1].removeprefix("AccountKey=")
    assert value not in Redactor(detect_keys).redact(f'key = "{text}"\n')


def test_a_key_that_differs_in_one_character_is_announced() -> None:
    for example in list(EXAMPLES)[4:6]:
        other = example[:-1] + "b"
        found = find_secrets(f'key = "{other}"\n', detect_keys)
        assert [(secret.example, secret.announce) for secret in found] == [("", True)]
