"""Find assignments: the ways in which languages and formats give a name a value, or a list of values."""

import re
from collections.abc import Iterator

from bot.domain.secrets.anchored_patterns import next_anchor, next_anchor_after_match

_KEYWORDS = (
    *("key", "secret", "token", "pass", "pw", "auth", "psk"),
    *("kennwort", "wachtwoord", "contrase", "senha", "mdp", "parola"),
)
_TAIL = r"(?P<tail>[A-Za-z0-9_.ñ-]{2,40}+)"
_TYPE = (  # api_key: str = "...", KEY: &str = "...", password As String = "...", var password string = "..."
    r"(?:\s{0,4}+:\s{0,4}+&?[A-Za-z_.'][A-Za-z_.<>\[\]|?' ]{0,40}+(?=\s{0,4}+=)"
    r"|\s{1,4}+(?:As\s{1,4}+)?(?:[Ss]tring|str|securestring)(?=\s{0,4}+=))?"
)
_OPERATOR = (
    # Name and value as two fields (Kubernetes), or a CloudFormation parameter.
    r"(?:[,;]?\s{0,24}+[\"']?value[\"']?\s{0,4}+[:=]"
    r"|:(?:\s{1,20}+(?!Default:)[A-Z][A-Za-z]{2,20}+:[^\n]{0,120}+){1,6}+\s{1,20}+Default:"
    r"|\)?\s{1,4}+(?:or|\|\||\?\?)\s{1,4}+"  # os.environ.get("...") or "..."
    # After any operator but the first four, a bare word is probably code or the next argument, not a value.
    r"|\s{0,16}+(?P<operator>:=|=>|=(?!=)|:(?!:)"
    r"|(?P<strict>,(?!\s{0,8}\n)|={2,3}|<{1,2}-|::|(?P<call>\()))"
    r"|(?P<option>[ \t]{1,24}+)|>"  # an XML element
    r"|\s{0,4}+\{\s{0,8}+(?:[a-z]{1,20}+\s{0,8}+=[^\n]{0,80}+\s{1,8}+){0,3}default\s{0,8}+=)"  # Terraform
)
_LEAD = (
    r"(?:(?:!!?str|!!binary|&[A-Za-z][\w-]{0,30}+)[ \t]{1,4}+)?"  # a YAML tag or anchor
    r"(?:[|>][+-]?[1-9]?[+-]?[ \t]{0,4}\r?\n[ \t]{1,16}+)?"  # a YAML block
    r"(?:(?P<made_by>[A-Za-z_.]{1,30}+)\(\s{0,4}+)?"  # SecretStr("...")
    # In calls of Field and add_argument: other arguments, then a default.
    r"(?:(?:[a-z_]{1,16}+\s{0,2}=\s{0,2}[\w.\"'-]{1,40}+,\s{0,24}+){0,3}"
    r"(?:default|default_value|defaultValue)\s{0,2}+[=:]\s{0,2}+)?"
)
_QUOTED = r"[rbfuNL@]{0,2}\\{0,3}(?:\"{3}|'{3}|[\"'`])(?:base64:)?(?P<quoted>[^\"'`\\\n\x00]{4,400}+)"
_BARE = (
    r"(?P<bare>(?(strict)(?!)|(?:[a-z]{4}(?: [a-z]{4}){3}(?![^\s,;])|(?:(?<=base64:)|(?!base64:))"
    r"[^\s\"'`,;&<>|\\\x00]{6,400}+)))"
)
_ASSIGNED = re.compile(
    rf"{_TAIL}[\\\"'`)\]]{{0,4}}+{_TYPE}{_OPERATOR}(?P<space>\s{{0,16}}+){_LEAD}(?:{_QUOTED}|(?:base64:)?{_BARE})"
)

_LIST = re.compile(
    rf"{_TAIL}(?<=[sS])[\"']?[ \t]{{0,4}}+(?:=>|[:=])[ \t]{{0,4}}+"
    r"(?:[\[({]\s{0,40}+|(?=\r?\n[ \t]{0,16}- ))"
)
_ITEM = re.compile(
    r"\s{0,40}+(?:-[ \t]{1,4}+)?(?:[\"'](?P<quoted>[^\"'\\\n\x00]{4,200}+)[\"']"
    r"|(?<=- )(?P<bare>[^\s\"'`,;&<>|{}\[\]\\\x00]{6,200}+)(?=\r?\n|\Z))\s{0,4}+,?"
)


def find_assignments(text: str) -> Iterator[re.Match[str]]:
    """Yield each match of a name that may belong to a secret, with its value.

    Groups:

    - ``tail``: the part of the name after the keyword.
    - ``quoted`` or ``bare``: the value, with or without quotes.
    - ``space``: the white space before the value.
    - ``made_by``: the function that is called with the value.
    - ``operator``: the assignment operator. ``strict`` is set for operators that are weak evidence.
    - ``option``: set if only blanks separate the name from the value.
    - ``call``: set if the name is that of a function.
    """
    lowered = text.replace("İ", "I").lower()  # the only letter that is longer in lower case
    for keyword in _KEYWORDS:
        at = lowered.find(keyword)
        while at >= 0:
            found = _ASSIGNED.match(text, at)
            at = next_anchor(lowered, keyword, at)
            if found:
                yield found
                # If a bare value contains several keywords, only the last one counts.
                if found.start("bare") <= at < found.end("bare"):
                    at = next_anchor_after_match(lowered, keyword, found.span("bare"), at)


def find_listed(text: str) -> Iterator[tuple[str, str, re.Match[str]]]:
    """Yield each item of a list: the text before the keyword, the rest of the name, and the item's match."""
    lowered = text.replace("İ", "I").lower()
    for keyword in ("passwords", "secrets", "tokens", "keys", "passphrases"):
        at = lowered.find(keyword)
        while at >= 0:
            found = _LIST.match(text, at)
            if found:
                end = found.end()
                while item := _ITEM.match(text, end):
                    yield text[max(0, at - 60) : at], found["tail"], item
                    end = item.end()
            at = next_anchor(lowered, keyword, at)
