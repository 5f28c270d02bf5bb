"""Find the language of a notebook's kernel, and the cells that are run by another program."""

import re
from typing import Any

from bot.domain.rubrics.signal_rules import LANGUAGES

# The kernel that nbclient runs if a notebook names none.
_DEFAULT_KERNEL = "python3"
_PYTHON = re.compile(r"x?i?python[\d.]*|pyspark\d?|sage(?:math)?")
_KERNELS = {"deno": "typescript", "tslab": "typescript", "jslab": "javascript", "javascript": "javascript"}
# Magics of IPython and its extensions whose cells are not Python. Cells with any other magic may be Python:
# the magic may measure them (%%time, %%prun), capture their output (%%capture), or run them elsewhere
# (%%python, %%px).
_NOT_PYTHON = re.compile(
    "sx|system|bash|sh|zsh|cmd|powershell|pwsh|perl|ruby|r|rust|julia|octave|matlab|scala|java|go|cpp"
    "|html|javascript|js|typescript|latex|tex|markdown|md|svg|css|mermaid|ai|sql|sparksql|bigquery|!.*"
)
_CELL_MAGIC = re.compile(r"\s*%%(?P<name>\S*)(?P<rest>[^\n]*)")
# A line magic and its options before a statement that Python runs.
MEASURED = re.compile(
    r"^[ \t]*(?P<magic>%(?:time|timeit|prun|memit)[ \t]+(?:-\w+[ \t]+(?:\d+[ \t]+)?)*)(?=\S)", re.MULTILINE
)
_RUNS_PYTHON = re.compile(r"\b(?:python|pypy)")
_PYTHON_FILE = re.compile(r"\.pyw?\b")


def kernel_language(metadata: Any) -> str | None:
    """Return the language of a notebook's kernel if signals can read it, else the empty string.

    The metadata names the kernel, the kernel's language and the language of the last run. If these differ and
    signals can read one of them, the result is None.
    """
    kernel, last_run = _get_block(metadata, "kernelspec"), _get_block(metadata, "language_info")
    named = {_language_of_kernel(_get_word(kernel, "name") or _DEFAULT_KERNEL)}
    named |= {
        _normalise_language(_get_word(kernel, "language")),
        _normalise_language(_get_word(last_run, "name")),
    }
    named -= {""}
    readable = named & set(LANGUAGES)
    if not readable:
        return ""
    return readable.pop() if len(named) == 1 else None


def _get_block(metadata: Any, key: str) -> Any:
    return metadata.get(key) if isinstance(metadata, dict) else None


def _get_word(block: Any, key: str) -> str:
    word = block.get(key) if isinstance(block, dict) else None
    return word.strip().lower() if isinstance(word, str) else ""


def _normalise_language(word: str) -> str:
    return "python" if _PYTHON.fullmatch(word) else word


def _language_of_kernel(kernel: str) -> str:
    """Return a well-known kernel's language, or the empty string for a custom kernel."""
    return "python" if _PYTHON.fullmatch(kernel) else _KERNELS.get(kernel, "")


def runs_elsewhere(code: str) -> bool:
    """Return whether a cell of a Python notebook is run as something other than Python."""
    magic = _CELL_MAGIC.match(code)
    if magic is None:
        return False
    name = magic["name"].lower()
    if name == "script":
        return _RUNS_PYTHON.search(magic["rest"]) is None
    if name in {"writefile", "file"}:
        return _PYTHON_FILE.search(magic["rest"]) is None
    return _NOT_PYTHON.fullmatch(name) is not None
