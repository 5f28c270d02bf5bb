"""Values in the formats of their issuers, check digits included; none was ever issued."""

import base64
import hashlib
import hmac
import json
import random
import string
import zlib

_random = random.Random(2611)
ALNUM = string.ascii_letters + string.digits
LOWER = string.ascii_lowercase + string.digits
HEX = "0123456789abcdef"
B64 = ALNUM + "+/"
URL64 = ALNUM + "_-"
UPPER = string.ascii_uppercase + "234567"
BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"


def begin(seed: int) -> None:
    """Begin another sequence of random values."""
    _random.seed(seed)


def some(count: int, alphabet: str = ALNUM) -> str:
    """Return random characters."""
    return "".join(_random.choices(alphabet, k=count))


def digits(count: int) -> str:
    """Return random digits; the first is not zero."""
    return some(1, "123456789") + some(count - 1, string.digits)


def checked(prefix: str) -> str:
    """Return a token of GitHub's or npm's: 30 characters and their CRC-32 in base 62."""
    body = some(30)
    number, check = zlib.crc32(body.encode()), ""
    for _ in range(6):
        number, digit = divmod(number, 62)
        check = (string.digits + string.ascii_uppercase + string.ascii_lowercase)[digit] + check
    return prefix + body + check


def uuid() -> str:
    """Return a random UUID, as issuers put one into a key."""
    return "-".join(some(count, HEX) for count in (8, 4, 4, 4, 12))


def jwt() -> str:
    """Return a signed JSON Web Token (HS256)."""
    parts = [{"alg": "HS256", "typ": "JWT"}, {"sub": digits(8), "role": "service", "exp": 1999999999}]
    head = ".".join(base64.urlsafe_b64encode(json.dumps(p).encode()).decode().rstrip("=") for p in parts)
    signature = hmac.new(some(32).encode(), head.encode(), hashlib.sha256).digest()
    return f"{head}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}"


def age_key() -> str:
    """Return a private key of age: bech32 with its checksum (BIP 173)."""
    human = "age-secret-key-"
    data = [_random.randrange(32) for _ in range(51)] + [_random.choice((0, 16))]
    expanded = [ord(c) >> 5 for c in human] + [0] + [ord(c) & 31 for c in human]
    check = _polymod(expanded + data + [0] * 6) ^ 1
    data += [(check >> 5 * (5 - n)) & 31 for n in range(6)]
    return (human + "1" + "".join(BECH32[value] for value in data)).upper()


def _polymod(values: list[int]) -> int:
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for n, generator in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            check ^= generator if top >> n & 1 else 0
    return check


def storage_key() -> str:
    """Return an Azure storage key: 88 characters with the signature of "Identifiable secrets"."""
    return some(76, B64) + "+A" + "St" + some(5, B64) + "Q=="


def body(begin: str, lines: int, width: int = 64) -> list[str]:
    """Return the base64 of a private key, line by line."""
    return [
        begin + some(width - len(begin), B64),
        *(some(width, B64) for _ in range(lines)),
        some(38, B64) + "==",
    ]


def b64(text: str) -> str:
    """Return a text in base64."""
    return base64.b64encode(text.encode()).decode()
