"""Where the name of a person may be found, and where the same word is no name.

People choose what they are called. If Sensei took every text that equals a name for that name, a person
called ``PENDING`` or ``message`` would be found in every row. So the place decides first. States, kinds, file
names and branches are never a name; a login beside its account always is. Anywhere else, a name that consists
of ordinary words counts only where it is marked as a name: by ``@``, or in an address.
"""

import re
from collections.abc import Mapping
from typing import Any

from bot.domain.guardrails.language_detection import is_common

# Of ours, of the engine and of the hosts.
_WORDS_OF_OURS = (
    "action action_id active_lock_reason actor author_association auto_merge blame block_id callback_id "
    "check check_id command conclusion criterion days direction event found_by kind language "
    "mergeable_state mode outcome permissions prompt prompts provider publish purpose reasons "
    "repository_selection role rubric rubric_version ruling schema signal skills source stack stacks "
    "state state_reason status stop_reason subject subtype time_zone topics touched trigger type verb "
    "verdict version visibility weights "
)
_NAMES_OF_THINGS = (
    "api_app_id digest external_id fingerprint guid id key node_id prompt_sha256 request_id round "
    "round_id sha256 tenant workspace "
)
# And where it is.
_CODE = (
    "base base_ref branch commit commit_id commit_sha default_branch diff_hunk head head_ref head_sha "
    "model original_commit_id patch path paths quote ref ref_type sha side start_side "
)
NEVER_A_NAME = frozenset(f"{_WORDS_OF_OURS} {_NAMES_OF_THINGS} {_CODE}".split())
"""Columns, and keys of JSON, in which a login or a name never stands: the same word there is another one."""
LOGINS = frozenset({"login", "author_login", "account_login", "user_login", "username", "owner"})
"""Columns and keys that hold a login and nothing else."""
OWNED = frozenset({"full_name", "label", "repository"})
"""Keys of what is written with its owner before it: ``ada/desk``, ``ada:main``."""
ENGINE_HOLDS = frozenset({"inputs", "output", "error", "message", "value"})
"""The engine's columns that hold what went into a workflow, or came out of it."""
OF_A_PERSON = "of a person"
"""The place of a text that says what somebody is called, as the mapping around it is about them."""
ADDRESS = "url"
_NAMES = (
    "display_name display_name_normalized first_name last_name name real_name real_name_normalized "
    "text user_name"
)
_CALLED = frozenset(_NAMES.split())
"""Keys of what a mapping about a person may call them."""
_WORD = re.compile(r"[^\W\d_]+")
_SHORT = 3


def is_ordinary(name: str) -> bool:
    """Say whether a name consists of nothing but ordinary words, which others' texts hold as well."""
    words = [word.lower() for word in _WORD.findall(name)]
    return all((word.isascii() and len(word) < _SHORT) or is_common(word) for word in words)


def stands_among_words(name: str) -> bool:
    """Say whether a name is known for one among other words: ``Will Power``, but not ``pull request``."""
    parts = name.split()
    return len(parts) > 1 and (not is_ordinary(name) or all(part[:1].isupper() for part in parts))


def place_in(mapping: Mapping[str, Any], key: str, *, about: bool) -> str:
    """Return the place of a mapping's value; ``about`` says that the mapping is about the person."""
    if about and key in _CALLED:
        return OF_A_PERSON
    if key == "name" and ("full_name" in mapping or "owner" in mapping):
        return "path"  # a repository's
    return ADDRESS if key.endswith(ADDRESS) else key
