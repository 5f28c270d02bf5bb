"""Patterns of secrets for logs, in addition to the key forms of ``bot.domain.secrets.detection``.

They hide too much rather than too little, because nobody quotes from a log. Their running time is linear in
the length of the text.
"""

import re
from collections.abc import Callable

Replacement = str | Callable[[re.Match[str]], str]

_NAMES = (
    "token(?!s)|secret|passw(?:or)?d|passphrase|api[_-]?key|private[_-]?key|access[_-]?key|authorization|cookie"
    "|credential|signature|response[_-]?url|webhook[_-]?url|jwt"
)
SENSITIVE = re.compile(_NAMES, re.IGNORECASE)
"""Pattern of names whose values are always hidden."""

# Quotes may be escaped, as in JSON inside a text or in the ``repr`` of bytes.
_IS = r"[\w.-]{0,20}[\\\"']{0,4}\s{0,4}[:=]\s{0,4}b?"

_PEM = re.compile(
    r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY[A-Z ]{0,10}-----.*?(?:-----END [A-Z0-9 ]{0,60}-----|\Z)",
    re.DOTALL,
)
_URL_LOGIN = re.compile(r"(?<=://)[^\s/?#@\"'<>\\]{1,512}@")
_SLACK_URL = re.compile(r"(hooks\.slack(?:-gov)?\.com)/[^\s\"'<>\\]+")
_PARAMETER = re.compile(
    r"([?&;][\w.~%-]{0,40}?(?:token|secret|passw|pwd|sig|key|code|ticket|auth|cred|state|jwt|session)"
    r"[\w.~%-]{0,40}=)[^\s&\"'<>#\\;]+",
    re.IGNORECASE,
)
_HEADER = re.compile(
    r"((?:authorization|cookie|x-api-key|private-token|x-amz-security-token|x-(?:hub|slack)-signature(?:-256)?)"
    r"(?:[\\\"']{0,4}\s{0,4}[:=]\s{0,4}b?[\\\"']{0,4}|[\\\"']{1,4}\s{0,4},\s{0,4}b?[\\\"']{1,4}))"
    r"(?!\[redacted:)[^\r\n\"'\\]+",
    re.IGNORECASE,
)
_SCHEME = re.compile(
    r"\b(bearer\s{1,4})[A-Za-z0-9._~+/=-]{8,}|\b(basic\s{1,4})[A-Za-z0-9+/]{10,}={0,2}", re.IGNORECASE
)
_QUOTED = re.compile(rf"((?:{_NAMES}){_IS}(\\{{0,3}}[\"']))(?!\[redacted:)[^\"'\n]{{1,4096}}", re.IGNORECASE)
_BARE = re.compile(rf"((?:{_NAMES}){_IS})(?!\[redacted:)[^\s\"'\\,;&)\]}}\[]{{4,}}", re.IGNORECASE)
_JWT = re.compile(r"\beyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?")
_PREFIXED = re.compile(r"\b(?:gh[pousr]_|github_pat_|xox[a-z]-|xoxe|xapp-|sk-ant-|AKIA|ASIA)[\w.-]{10,}")
# In errors, pydantic and PostgreSQL quote the values themselves, which someone may have written.
_PYDANTIC = re.compile(r"(input_value=)(?:.|\n){0,400}?(, input_type=)")
_POSTGRES = re.compile(r"\b((?:DETAIL|CONTEXT):\s{1,2})(?:(?!\\n)[^\n])+")


def _scheme(found: re.Match[str]) -> str:
    return f"{found[1] or found[2]}[redacted:authorization]"


PATTERNS: tuple[tuple[re.Pattern[str], Replacement], ...] = (
    (_PEM, "[redacted:private-key]"),
    (_URL_LOGIN, "[redacted:url-login]@"),
    (_SLACK_URL, r"\1/[redacted:slack-url]"),
    (_PARAMETER, r"\1[redacted:parameter]"),
    (_HEADER, r"\1[redacted:header]"),
    (_SCHEME, _scheme),
    (_JWT, "[redacted:jwt]"),
    (_PREFIXED, "[redacted:token]"),
    (_QUOTED, r"\1[redacted:named]"),
    (_BARE, r"\1[redacted:named]"),
    (_PYDANTIC, r"\1[left out]\2"),
    (_POSTGRES, r"\1[left out]"),
)
