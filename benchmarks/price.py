"""What the requests of reviews cost in input tokens, computed before any model is asked.

``python -m benchmarks.price`` reads the evaluation cases, ``--changes FILE`` those of a JSON list of objects
with ``id``, ``git`` (a repository's folder), ``base``, ``head``, ``title`` and ``body``. A stand-in proposes
one fact, so that the second call follows; a review without proposals makes only the first. For each change,
the table has the tokens of each call, and what they are billed as: a token from the cache counts as 0.1, one
written to it as 1.25, every other one as 1. "Cold" means that each change finds an empty cache, and "warm"
that it follows the changes above it within five minutes. A second table says what the tokens are spent on.
``--json FILE`` saves all numbers.

Tokens are Sensei's own estimate. The parts of a request are counted in the order in which the API caches
them: schema, system, messages. A prefix of fewer than 1,024 tokens is not cached.
"""

import argparse
import hashlib
import json
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import anthropic

from bot.adapters.files import eval_cases
from bot.adapters.files.rubrics import load
from bot.adapters.model.call_attempts import request_body
from bot.adapters.reading_process.inline import InlineReadings
from bot.bootstrap.evals import run_case
from bot.bootstrap.local_reading import review_locally
from bot.domain.review.context import ChangeText
from bot.domain.review.context.blocks import estimate_tokens
from bot.domain.review.report import billed_tokens
from bot.domain.rubrics import rubric_outline
from bot.domain.rubrics.overlays import criteria_by_check
from bot.domain.rubrics.rubric import Library
from bot.ports.model import ModelRequest, Usage
from bot.ports.reading import ReadingRequest
from bot.settings import Settings
from tests.fakes.model import Scripted
from tests.reviewing import Silent

LEAST_PREFIX = 1024
FACT = "This line is new in this change, and was not there before."
_LINE = re.compile(r"^\d+\+ (.{10,150})$", re.MULTILINE)
_PATH = re.compile(r'^<file path="([^"]*)"', re.MULTILINE)
_BLOCK = re.compile(
    r"^<(file|words|neighbour|marks|items|history|caller|used|plan)\b.*?^</\1>", re.MULTILINE | re.DOTALL
)


class Part(NamedTuple):
    """A part of a request, and whether a cache breakpoint follows it."""

    text: str
    marked: bool


@dataclass
class Cache:
    """The provider's cache: the digests of the prefixes that it holds."""

    prefixes: set[str] = field(default_factory=set)

    def use(self, body: Mapping[str, Any]) -> Usage:
        """Return the usage of a request, and store its marked prefixes."""
        digest, length = hashlib.sha256(str(body["model"]).encode()), 0
        read = marked = 0
        stored = []
        for part in list_parts(body):
            digest.update(f"\0{part.text}".encode("utf-8", "surrogatepass"))
            length += estimate_tokens(part.text)
            if length >= LEAST_PREFIX:
                read = length if digest.hexdigest() in self.prefixes else read
                if part.marked:
                    marked = length
                    stored.append(digest.hexdigest())
        self.prefixes.update(stored)
        return Usage(input=length - max(marked, read), cache_read=read, cache_write=max(marked - read, 0))


def list_parts(body: Mapping[str, Any]) -> Iterator[Part]:
    """Yield the parts of a request in the order in which the API caches them."""
    output = body["output_config"]
    yield Part(json.dumps([output["effort"], output["format"]], separators=(",", ":")), marked=False)
    for block in body["system"]:
        yield Part(block["text"], "cache_control" in block)
    for message in body["messages"]:
        content = message["content"]
        blocks = [{"text": content}] if isinstance(content, str) else content
        for block in blocks:
            yield Part(block["text"], "cache_control" in block)


def propose_one(request: ModelRequest) -> dict[str, Any]:
    """Propose one fact about the longest new line, which is probably there only once."""
    lines = [
        (len(line[1]), line[1], _PATH.findall(request.user, 0, line.start())[-1:])
        for line in _LINE.finditer(request.user)
    ]
    quotes = [(line, path[0]) for _, line, path in sorted(lines, reverse=True) if path]
    facts = [
        {
            "path": path,
            "side": "head",
            "source": "commit",
            "quote": line,
            "check": None,
            "fact": FACT,
        }
        for line, path in quotes[:1]
    ]
    return {"touched": [], "movements": [], "concerns": facts, "questions": [], "strengths": []}


def keep_nothing(_request: ModelRequest) -> dict[str, Any]:
    return {"verdicts": [], "best": None}


class Change(NamedTuple):
    """A change and its requests."""

    name: str
    requests: list[ModelRequest]


def read_cases(library: Library, settings: Settings) -> Iterator[Change]:
    for case in eval_cases.load(None, None, criteria_by_check(library)):
        model = Scripted(read=propose_one, reduce=propose_one, challenge=keep_nothing)
        run_case(case, model, library, settings, Silent())
        yield Change(case.name, model.requests)


def read_changes(path: Path, library: Library, settings: Settings) -> Iterator[Change]:
    for change in json.loads(path.read_text("utf-8")):
        model = Scripted(read=propose_one, reduce=propose_one, challenge=keep_nothing)
        words = (ChangeText("title", change.get("title") or ""), ChangeText("body", change.get("body") or ""))
        request = ReadingRequest(change["base"], change["head"], words=words)
        review_locally(change["git"], request, library, settings, Silent(), model, InlineReadings())
        yield Change(change["id"], model.requests)


def total(usage: Usage) -> int:
    return usage.input + usage.cache_read + usage.cache_write


def billed(usages: Iterable[Usage]) -> int:
    return sum(billed_tokens(total(usage), usage.cache_read, usage.cache_write) for usage in usages)


def count_spending(request: ModelRequest, library: Library) -> Counter[str]:
    """Count a request's tokens by what they are spent on."""
    criteria = rubric_outline.criteria(library.rubric)
    system = "".join(request.system)
    spent = Counter({"schema": estimate_tokens(json.dumps(request.schema))})
    spent["criteria"] = estimate_tokens(criteria) if criteria in system else 0
    marker = "# What the technologies found here add to the rubric"
    spent["packs"] = estimate_tokens(next((text for text in request.system if marker in text), ""))
    spent["instructions"] = estimate_tokens(system) - spent["criteria"] - spent["packs"]
    for block in _BLOCK.finditer(request.user):
        spent[block[1]] += estimate_tokens(block[0])
    return spent


def measure(changes: Iterable[Change], library: Library) -> tuple[list[dict[str, Any]], Counter[str]]:
    warm, spent, rows = Cache(), Counter[str](), []
    for change in changes:
        bodies = [
            request_body(request, "model", anthropic.transform_schema(dict(request.schema)))
            for request in change.requests
        ]
        cache = Cache()
        first, second = [cache.use(body) for body in bodies], [warm.use(body) for body in bodies]
        spent += sum((count_spending(request, library) for request in change.requests), Counter())
        rows.append(
            {
                "change": change.name,
                "calls": [
                    {
                        "purpose": request.purpose,
                        "raw": total(cold),
                        "cold": billed([cold]),
                        "warm": billed([hot]),
                    }
                    for request, cold, hot in zip(change.requests, first, second, strict=True)
                ],
                "raw": sum(map(total, first)),
                "cold": billed(first),
                "warm": billed(second),
            }
        )
    return rows, spent


def print_tables(rows: list[dict[str, Any]], spent: Counter[str]) -> None:
    print("| change | raw, by call | raw | billed, cold | billed, warm |")
    print("| --- | ---: | ---: | ---: | ---: |")
    for row in rows:
        calls = " + ".join(f"{call['raw']:,}" for call in row["calls"]) or "no call"
        print(f"| {row['change']} | {calls} | {row['raw']:,} | {row['cold']:,} | {row['warm']:,} |")
    sums = [sum(row[name] for row in rows) for name in ("raw", "cold", "warm")]
    print(
        f"| all | {sum(len(row['calls']) for row in rows)} calls | "
        + " | ".join(f"{n:,}" for n in sums)
        + " |"
    )
    everything = sum(spent.values())
    print("\n| spent on | tokens | share |\n| --- | ---: | ---: |")
    for name, tokens in spent.most_common():
        print(f"| {name} | {tokens:,} | {tokens / everything:.0%} |")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--changes", type=Path)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    library, settings = load("capstone"), Settings()
    changes = (
        read_changes(options.changes, library, settings) if options.changes else read_cases(library, settings)
    )
    rows, spent = measure(changes, library)
    print_tables(rows, spent)
    if options.json:
        options.json.write_text(json.dumps({"changes": rows, "spent": spent}, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
