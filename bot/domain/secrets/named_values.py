"""Find secrets by the name they are assigned to: ``password = "..."``, in the syntax of many languages.

Only the formats in ``NAMED`` are certain enough to be stated publicly. The rest is only redacted.
"""

import re
from collections.abc import Iterator

from bot.domain.secrets.assignments import find_assignments, find_listed
from bot.domain.secrets.call_arguments import find_inserted
from bot.domain.secrets.key_formats import NAMED, PASSWORD_NAME, VAGUE_NAME
from bot.domain.secrets.value_plausibility import is_literal_value, is_made_up, is_password, is_plain_word
from bot.domain.secrets.values import (
    TITLE,
    Secret,
    count_case_turns,
    is_mixed,
    is_reference,
    is_slug,
    looks_random,
    looks_real,
)

_NAME_CHARACTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-ñ"
_SHORT_NAME = re.compile(r"(?:^|[_.-])(?i:pass|pw)$|[a-z](?:Pass|Pw)$")
# Text that may precede a name and a value that are separated only by a blank.
_DECLARED = re.compile(r"(?:#[ \t]{0,4}define|\bENV|\bsetenv)[ \t]{1,8}\Z")
_APP_PASSWORD = re.compile(r"[a-z]{4}(?: [a-z]{4}){3}")  # Google's format of passwords for mail programs
_MAIL = re.compile(r"(?i:app|mail|google|smtp)")
_COMPARED = re.compile(r"\.(?:equals|Equals|equalsIgnoreCase|eq)\Z")  # password.equals("...")
_DECODES = re.compile(r"(?:fromhex|unhexlify|a2b_hex|b64decode|Buffer\.from)\Z")
_LAST_WORD = re.compile(r"([A-Za-z]{3,20})[ _-]\Z")  # of "secret key:"
_TOKEN = re.compile(r"[A-Za-z0-9+/_.~-]{16,}+={0,2}")
_QUOTED_TOKEN = re.compile(r"[^\s<>{}\[\]()]{16,}+")
_BYTES = re.compile(r"[A-Za-z0-9+/]{43}=|[A-Za-z0-9+/]{86}==")
_CODE = re.compile(r"[A-Za-z_$][\w$]*+(?:\??\.[A-Za-z_$][\w$]*+)*+[?!]?")
_ARGUMENT = re.compile(r"[A-Za-z_]\w*+=|=|[A-Za-z_][\w.]{0,80}+[(\[]")  # or a call
_MADE_UP = re.compile(r"[0-9][A-Za-z]|[0-9]{3}\Z")


def find_by_name(text: str) -> Iterator[Secret]:
    """Yield secrets that are recognised by their name, unsorted. They may overlap."""
    yield from _find_assigned(text)
    yield from _find_in_lists(text)
    yield from _find_in_inserts(text)


def _find_assigned(text: str) -> Iterator[Secret]:
    """Yield assigned secrets: those in ``NAMED``, passwords, and vague ones (``assigned-secret``)."""
    for found in find_assignments(text):
        head = text[max(0, found.start() - 60) : found.start()]
        before = head.rstrip(_NAME_CHARACTERS)
        name = head[len(before) :] + found["tail"]
        if name.lower() == "key" and (word := _LAST_WORD.search(head)):
            name = word[1] + name
        if found["call"]:
            name = _COMPARED.sub("", name)
        if secret := _judge_value(name, before, found):
            yield secret


def _find_in_lists(text: str) -> Iterator[Secret]:
    for head, tail, item in find_listed(text):
        name = head[len(head.rstrip(_NAME_CHARACTERS)) :] + tail[:-1]
        normal_name = _normalise_name(name)
        group = item.lastgroup or "quoted"
        value = item[group]
        if PASSWORD_NAME.search(normal_name) and is_password(value) and any(c.isdigit() for c in value):
            yield Secret("password", TITLE, *item.span(group), announce=False)
        elif VAGUE_NAME.search(normal_name) and looks_random(value):
            yield Secret("assigned-secret", TITLE, *item.span(group), announce=False)


def _normalise_name(name: str) -> str:
    return re.sub("[_.-]", "", name).lower()


def _judge_value(name: str, before: str, found: re.Match[str]) -> Secret | None:
    if found["option"] and not name.startswith("-") and not _is_declared(before, found):
        return None
    normal_name = _normalise_name(name)
    group = "quoted" if found["quoted"] else "bare"
    start, end = found.span(group)
    token = (_QUOTED_TOKEN if group == "quoted" else _TOKEN).match(found[group])
    if token:
        value = token[0]
        for rule in NAMED:
            if rule.name.search(normal_name) and rule.value.fullmatch(value):
                return Secret(
                    rule.rule, rule.title, start, start + len(value), looks_real(value) and is_mixed(value)
                )
    if PASSWORD_NAME.search(normal_name) or _SHORT_NAME.search(name):
        value = found[group].rstrip(".,)") if group == "bare" and not found["space"] else found[group]
        accepted = is_password(value) if group == "quoted" else _is_bare_password(name, value, found)
        accepted = accepted and not (found["strict"] and _is_only_words(value, found))
        accepted = accepted or (
            bool(_APP_PASSWORD.fullmatch(value)) and _MAIL.search(before[-12:] + name) is not None
        )
        if accepted:
            return Secret("password", "what looks like a password", start, start + len(value), announce=False)
    decoded = normal_name.endswith("key") and found["made_by"] and _DECODES.search(found["made_by"])
    if (decoded or VAGUE_NAME.search(normal_name)) and (
        (token and (looks_random(token[0]) or _is_key(token[0])))
        or (found["strict"] in {None, ","} and is_made_up(found[group], group))
    ):
        end = start + len(token[0]) if token and group == "bare" else end
        return Secret("assigned-secret", TITLE, start, end, announce=False)
    return None


def _is_key(value: str) -> bool:
    """Return whether a value looks like 32 or 64 random bytes in base64, ``+`` and ``/`` included."""
    return _BYTES.fullmatch(value) is not None and looks_real(value) and is_mixed(value)


def _is_only_words(value: str, found: re.Match[str]) -> bool:
    """Return whether a value could be a word in a list, or a function's message about a password."""
    return value.isalpha() or (
        found["call"] is not None and (is_slug(value) or not any(c.isdigit() for c in value))
    )


def _is_declared(before: str, found: re.Match[str]) -> bool:
    """Return whether a blank assigns: ``ENV X value``, ``#define X "value"``, ``keyPassword "value"``."""
    if _DECLARED.search(before):
        return True
    value = found["quoted"]
    return value is not None and " " not in value and any(c.isdigit() for c in value)


def _is_bare_password(name: str, value: str, found: re.Match[str]) -> bool:
    """Return whether a bare value is a password, and not a name in code or a word in prose."""
    if (
        len(value) < 6
        or value[-1] == ":"
        or is_reference(value)
        or is_plain_word(value)
        or _ARGUMENT.match(value)
    ):
        return False
    if _CODE.fullmatch(value) and not _is_parameter(name, found):
        in_shell = name.isupper() and found["operator"] == "=" and not found["space"]
        made_up = _MADE_UP.search(value) is not None or (
            value.isalnum() and count_case_turns(value) * 3 >= len(value)
        )
        return made_up or (in_shell and len(value) >= 8 and value.isalpha())
    return any(c.isdigit() for c in value) or (value.lower() != value and value.upper() != value)


def _is_parameter(name: str, found: re.Match[str]) -> bool:
    """Return whether a name is a parameter of a URL: ``?user=app&password=...``."""
    at = found.end("tail") - len(name)
    return at > 0 and found.string[at - 1] in "?&;"


def _find_in_inserts(text: str) -> Iterator[Secret]:
    for column, start, end in find_inserted(text):
        name, value = _normalise_name(column), text[start:end]
        if PASSWORD_NAME.search(name) and len(value) >= 6 and is_literal_value(value):
            yield Secret("password", TITLE, start, end, announce=False)
