"""Find the decisions whose words name something that a change alters: a file, a function, a setting.

That alone says little, so only a model is asked about them.
"""

import re
from collections.abc import Iterable, Sequence

from bot.domain.decisions.drift import ComparedDecision
from bot.domain.review.diff import FileDiff
from bot.domain.review.paths import display_path

MOST_CANDIDATES = 6
"""Maximum number of decisions that a model compares a change with."""

# A name as people write it in a sentence: with a joint inside, in capitals, or in backticks. Other words are
# too common to show that a sentence is about the code. Each is looked for where a word begins, so that a very
# long word takes no longer than others.
_NAME = re.compile(
    r"(?<!\w)(?:[A-Za-z_]\w{0,99}(?:[_.\-/]\w+)+|[a-z]{1,99}[A-Z]\w+|[A-Z][a-z]{1,99}[A-Z]\w*|[A-Z]{4,}\w*)"
    r"|`([^`\n]+)`"
)
_CODE = re.compile(r"[A-Za-z_]\w*(?:[.\-/]\w+)*")
_LEAST = 4


def choose_candidates(
    decisions: Iterable[ComparedDecision], touched: Iterable[int], files: Sequence[FileDiff]
) -> list[ComparedDecision]:
    """Return the decisions that a model should compare a change with: touched ones first, then named ones.

    ``touched`` are ids. Only decisions whose words a model may see are returned.
    """
    shown = [decision for decision in decisions if decision.may_be_shown]
    ids = set(touched)
    altered = _list_altered(files) if any(decision.id not in ids for decision in shown) else set()
    named = [
        decision for decision in shown if decision.id not in ids and not altered.isdisjoint(_names(decision))
    ]
    return [*(decision for decision in shown if decision.id in ids), *named][:MOST_CANDIDATES]


def _names(decision: ComparedDecision) -> set[str]:
    text = "\n".join([decision.title, *decision.texts.values()])
    return {
        name.lower()
        for found in _NAME.finditer(text)
        if len(name := (found[1] or found[0]).strip("`()")) >= _LEAST
    }


def _list_altered(files: Iterable[FileDiff]) -> set[str]:
    """Return the paths and file names of a change, and the names in its changed lines, in lower case."""
    altered: set[str] = set()
    for file in files:
        for path in {display_path(file.path), display_path(file.old_path)}:
            name = path.rpartition("/")[2]
            altered.update(part.lower() for part in (path, name, name.partition(".")[0]))
        for line in (*file.added_lines(), *file.removed_lines()):
            for found in _CODE.finditer(line.text.decode("utf-8", "replace")):
                altered.update(part.lower() for part in (found[0], *re.split(r"[.\-/]", found[0])))
    return {name for name in altered if len(name) >= _LEAST}
