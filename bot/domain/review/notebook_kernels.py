"""Which language a notebook's kernel runs, and which cells it has another program run."""

import re
from typing import Any

from bot.domain.rubrics.signal_rules import LANGUAGES

# What nbclient runs where the notebook names no kernel.
_DEFAULT = "python3"
_PYTHON = re.compile(r"x?i?python[\d.]*|pyspark\d?|sage(?:math)?")
_KERNELS = {"deno": "typescript", "tslab": "typescript", "jslab": "javascript", "javascript": "javascript"}
# Cell magics of IPython and of its extensions whose cells are not Python. Any other may run Python: those
# that measure it (%%time, %%prun), keep its output (%%capture), or run it elsewhere (%%python, %%px).
_ELSEWHERE = re.compile(
    "sx|system|bash|sh|zsh|cmd|powershell|pwsh|perl|ruby|r|rust|julia|octave|matlab|scala|java|go|cpp"
    "|html|javascript|js|typescript|latex|tex|markdown|md|svg|css|mermaid|ai|sql|sparksql|bigquery|!.*"
)
_CELL_MAGIC = re.compile(r"\s*%%(?P<name>\S*)(?P<rest>[^\n]*)")
# A line whose statement Python runs all the same, with the magic and its options before that.
MEASURED = re.compile(
    r"^[ \t]*(?P<magic>%(?:time|timeit|prun|memit)[ \t]+(?:-\w+[ \t]+(?:\d+[ \t]+)?)*)(?=\S)", re.MULTILINE
)
_RUNS_PYTHON = re.compile(r"\b(?:python|pypy)")
_PYTHON_FILE = re.compile(r"\.pyw?\b")


def kernel_language(metadata: Any) -> str | None:
    """Return the language that a notebook's kernel runs, of those that signals read; empty for others.

    None where the metadata contradicts itself, and one of what it names is read: it names the kernel, the
    kernel's language and the language of the last run.
    """
    kernel, last_run = _below(metadata, "kernelspec"), _below(metadata, "language_info")
    named = {_by_name(_word(kernel, "name") or _DEFAULT)}
    named |= {_language(_word(kernel, "language")), _language(_word(last_run, "name"))}
    named -= {""}
    readable = named & set(LANGUAGES)
    if not readable:
        return ""
    return readable.pop() if len(named) == 1 else None


def _below(metadata: Any, key: str) -> Any:
    return metadata.get(key) if isinstance(metadata, dict) else None


def _word(block: Any, key: str) -> str:
    word = block.get(key) if isinstance(block, dict) else None
    return word.strip().lower() if isinstance(word, str) else ""


def _language(word: str) -> str:
    return "python" if _PYTHON.fullmatch(word) else word


def _by_name(kernel: str) -> str:
    """Return the language of a kernel that everybody has; a name of somebody's own says nothing."""
    return "python" if _PYTHON.fullmatch(kernel) else _KERNELS.get(kernel, "")


def runs_elsewhere(code: str) -> bool:
    """Say whether a cell of a Python notebook is not run as Python."""
    magic = _CELL_MAGIC.match(code)
    if magic is None:
        return False
    name = magic["name"].lower()
    if name == "script":
        return _RUNS_PYTHON.search(magic["rest"]) is None
    if name in {"writefile", "file"}:
        return _PYTHON_FILE.search(magic["rest"]) is None
    return _ELSEWHERE.fullmatch(name) is not None
