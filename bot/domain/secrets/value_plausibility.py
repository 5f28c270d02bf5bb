"""Decide whether a value could be a secret, based only on the value itself."""

import re
from collections.abc import Callable

from bot.domain.secrets.encoded_and_split_keys import is_login
from bot.domain.secrets.key_formats import PLACEHOLDER, PLAIN_WORD
from bot.domain.secrets.values import TRIVIAL, count_case_turns, is_mixed, is_reference, is_slug, looks_random

_SIGNS = frozenset("!@#$%^&*+?~")


def is_password(value: str) -> bool:
    """Return whether a quoted value after a password's name is a password, not just a word for one."""
    if len(value) < 6 or is_reference(value) or is_plain_word(value) or not value.isascii():
        return False
    if value[0] in " ,;)]}+" or value[-1] == " ":  # the value is code between two strings
        return False
    if " " in value:  # a sentence, or a passphrase
        return any(c.isdigit() for c in value) and value == value.lower() and value[-1] not in ".!?:"
    return not value.isalpha() or (len(value) >= 8 and value[1:] != value[1:].lower()) or value.islower()


def is_made_up(value: str, group: str) -> bool:
    """Return whether a short value after a secret's name looks random: no words, and no path of words."""
    if group == "bare":
        compact = re.sub("[-_]", "", value) if len(value) >= 24 else value
        return (
            len(value) >= 12
            and compact.isalnum()
            and not is_slug(value)
            and _has_three_kinds(compact + compact)
        )
    if len(value) < 10 or not value.isascii() or is_reference(value) or is_plain_word(value):
        return False
    if " " in value:
        return is_password(value)
    letters, digits = sum(c.isalpha() for c in value), sum(c.isdigit() for c in value)
    return letters >= 2 and digits >= 2 and not is_slug(value) and is_mixed(value)


def is_plain_word(value: str) -> bool:
    """Return whether a value is a placeholder, or a word that often appears near passwords in code."""
    if value.lower() in TRIVIAL or PLACEHOLDER.search(value):
        return True
    return PLAIN_WORD.search(value) is not None and not is_strong(value)


def is_strong(value: str) -> bool:
    """Return whether a value follows the usual rules for passwords: ``Test2024!``."""
    return any(c.isdigit() for c in value) and any(c in _SIGNS for c in value)


def is_literal_value(value: str) -> bool:
    """Return whether a value is more than a reference, a placeholder or a number."""
    return not is_reference(value) and not is_plain_word(value) and not value.isdigit()


def _is_mixed(value: str) -> bool:
    return is_mixed(value) and not PLACEHOLDER.search(value)


def _has_three_kinds(value: str) -> bool:
    digits = sum(c.isdigit() for c in value)
    enough = digits >= 3 or (digits >= 1 and count_case_turns(value) * 3 >= len(value))
    return enough and value.lower() != value != value.upper() and looks_random(value)


JUDGEMENTS: dict[str, Callable[[str], bool]] = {
    "any": is_literal_value,
    "end": bool,
    "header": lambda value: is_login(value) or (len(value) >= 16 and _is_mixed(value)),
    "login": is_login,
    "made up": lambda value: looks_random(value) or is_made_up(value, "quoted"),
    "mixed": _is_mixed,
    "password": lambda value: is_password(value) and any(c.isdigit() for c in value),
    "random": looks_random,
    "three": _has_three_kinds,
}
"""Checks of values. The keys are the names that the tables of patterns use."""
