"""Deciding where a word can be a person's name, and where it never is.

People choose their own names. If every equal text counted as the name, a person called ``PENDING`` or
``message`` would be found in every row. So the place is checked first. A state, a kind, a file name or a
branch is never a name; a login next to its account always is. Anywhere else, a name that consists of ordinary
words counts only where it is marked as a name: with ``@``, or in an address.
"""

import re
from collections.abc import Mapping
from typing import Any

from bot.domain.guardrails.language_detection import is_common

# Words that Sensei, the engine and the hosts use.
_FIXED_WORDS = (
    "action action_id active_lock_reason actor author_association auto_merge blame block_id callback_id "
    "check check_id command conclusion criterion days direction event found_by kind language "
    "mergeable_state milestone mode outcome permissions prompt prompts provider publish purpose reasons "
    "repository_selection role rubric rubric_version ruling schema signal skills source stack stacks "
    "state state_reason status stop_reason subject subtype time_zone topics touched trigger type verb "
    "verdict version visibility weights "
)
_NAMES_OF_THINGS = (
    "api_app_id basis digest external_id fingerprint guid id item key node_id picture prompt_sha256 "
    "request_id round "
    "round_id sha256 tenant workspace "
)
# Where code is.
_CODE = (
    "base base_ref branch commit commit_id commit_sha default_branch diff_hunk head head_ref head_sha "
    "model original_commit_id patch path paths quote ref ref_type sha side start_side "
)
NEVER_A_NAME = frozenset(f"{_FIXED_WORDS} {_NAMES_OF_THINGS} {_CODE}".split())
"""Columns and JSON keys that never hold a login or a name: the same word means something else there."""
LOGIN_KEYS = frozenset({"login", "author_login", "account_login", "user_login", "username", "owner"})
"""Columns and keys that hold only a login."""
OWNED_KEYS = frozenset({"full_name", "label", "repository"})
"""Keys whose values start with an owner: ``ada/desk``, ``ada:main``."""
ENGINE_COLUMNS = frozenset({"inputs", "output", "error", "message", "value"})
"""The engine's columns that hold the inputs and outputs of workflows."""
PERSON_FIELD = "of a person"
"""The place of a text that is a person's name, because the mapping around it is about them."""
ADDRESS = "url"
_NAMES = (
    "display_name display_name_normalized first_name last_name name real_name real_name_normalized "
    "text user_name"
)
_NAME_KEYS = frozenset(_NAMES.split())
"""Keys under which a mapping about a person may hold their name."""
_WORD = re.compile(r"[^\W\d_]+")
_SHORT = 3


def is_ordinary(name: str) -> bool:
    """Say whether a name consists only of ordinary words, which anyone's texts may contain."""
    words = [word.lower() for word in _WORD.findall(name)]
    return all((word.isascii() and len(word) < _SHORT) or is_common(word) for word in words)


def is_name_among_words(name: str) -> bool:
    """Say whether a name can be told apart from other words: ``Will Power``, but not ``pull request``."""
    parts = name.split()
    return len(parts) > 1 and (not is_ordinary(name) or all(part[:1].isupper() for part in parts))


def place_in(mapping: Mapping[str, Any], key: str, *, about: bool) -> str:
    """Return the place of a value in a mapping; ``about`` says that the mapping is about the person."""
    if about and key in _NAME_KEYS:
        return PERSON_FIELD
    if key == "name" and ("full_name" in mapping or "owner" in mapping):
        return "path"  # a repository's
    return ADDRESS if key.endswith(ADDRESS) else key
