"""Recognise keys that their issuers publish as examples, and placeholders in the form of a key.

Nobody leaked them, so a report doesn't state them as facts, but it names them. They are redacted all the
same, because a reader can't tell them from real keys.

Most are recognised by their digest, so that no key is written here.
"""

import hashlib
import re
from dataclasses import replace

from bot.domain.secrets.key_formats import PREFIXED
from bot.domain.secrets.values import Secret, looks_real

# The first 16 hexadecimal digits of a key's SHA-256, by the documentation that shows the key.
_DIGESTS: dict[str, tuple[str, ...]] = {
    # docs.github.com, "Creating GitHub Apps" and "Authorizing OAuth apps"
    "GitHub's documentation": (
        "3543c50b0cb9cea8",
        "bc3ae723f57c6b9e",
        "82e74299544e0073",
    ),
    # cloud.google.com/docs/authentication/api-keys
    "Google's documentation": ("ac9265e56c79b234",),
    # docs.stripe.com/keys, and the API reference
    "Stripe's documentation": (
        "2cafc0970149a84f",
        "f2d6ca16515033e5",
        "2d1f7723aabc5c7a",
    ),
    # learn.microsoft.com: the well-known keys of Azurite and of the emulator of Cosmos DB
    "Microsoft's documentation": (
        "0011cc25eb432071",
        "aa6547439583c3a2",
    ),
}
_SOURCES = {
    digest: f"the example key from {source}" for source, digests in _DIGESTS.items() for digest in digests
}

# Examples that contain a certain word, or a certain content.
_PATTERNS = (
    (
        re.compile(r"(?:A[A-Z]{3}[A-Z0-9]{4,16}EXAMPLE|[A-Za-z0-9/+]{20,40}EXAMPLEKEY)"),
        "the example key from AWS's documentation",
    ),
    # {"sub":"1234567890","name":"John Doe" in base64
    (
        re.compile(r"eyJ[\w-]+\.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9l[\w-]*\.[\w-]+"),
        "the example token from jwt.io",
    ),
)
_EXACT_RULES = frozenset(rule.rule for rule in PREFIXED) - {"bearer-token"}


def mark_example(secret: Secret, value: str) -> Secret:
    """Return the secret with a description in ``example``, if its value is an example or a placeholder.

    It is then not announced. Otherwise, return the same secret.
    """
    if example := _find_published(value):
        return replace(secret, announce=False, example=example)
    if secret.rule in _EXACT_RULES and not looks_real(value):
        return replace(secret, announce=False, example=f"a placeholder for {secret.title}")
    return secret


def _find_published(value: str) -> str | None:
    named = next((example for pattern, example in _PATTERNS if pattern.fullmatch(value)), None)
    return named or _SOURCES.get(hashlib.sha256(value.encode()).hexdigest()[:16])
