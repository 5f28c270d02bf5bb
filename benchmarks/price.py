"""What the requests of reviews cost in input tokens, computed before any model is asked.

``python -m benchmarks.price`` reads the evaluation cases, ``--changes FILE`` those of a JSON list of objects
with ``id``, ``git`` (a repository's folder), ``base``, ``head``, ``title`` and ``body``. A stand-in proposes
one fact, so that the second call follows; a review without proposals makes only the first. For each change,
the table has the tokens of each call, and what they are billed as: a token from the cache counts as 0.1, one
written to it as 1.25, every other one as 1. "Cold" means that each change finds an empty cache, and "warm"
that it follows the changes above it within five minutes. A second table says what the tokens are spent on,
and a third, for the evaluation cases, is that of docs/evals.md, with the recorded answers as output.
``--json FILE`` saves all numbers and the requests themselves, so that another tokenizer can count them.

Tokens are Sensei's own estimate. The parts of a request are counted in the order in which the API caches
them: schema, system, messages. A prefix of fewer than 1,024 tokens is not cached.
"""

import argparse
import hashlib
import json
import re
import statistics
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import anthropic

from bot import resources
from bot.adapters.files import eval_cases
from bot.adapters.files.rubrics import load
from bot.adapters.model import prices
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


def count_spending(body: Mapping[str, Any], library: Library) -> Counter[str]:
    """Count a request's tokens by what they are spent on; "instructions" are all that is nothing else."""
    schema, *texts = [part.text for part in list_parts(body)]
    spent = Counter({"schema": estimate_tokens(schema)})
    criteria = rubric_outline.criteria(library.rubric)
    spent["criteria"] = sum(estimate_tokens(criteria) for text in texts if criteria in text)
    packs = [rubric_outline.packs(library.rubric, [pack]) for pack in library.packs]
    spent["packs"] = sum(estimate_tokens(pack) for text in texts for pack in packs if pack in text)
    for block in _BLOCK.finditer("\n".join(texts)):
        spent[block[1]] += estimate_tokens(block[0])
    spent["instructions"] = sum(map(estimate_tokens, [schema, *texts])) - spent.total()
    return spent


class Priced(NamedTuple):
    """A change, the bodies of its requests, and their usage with an empty and with a warm cache."""

    name: str
    bodies: list[dict[str, Any]]
    cold: list[Usage]
    warm: list[Usage]

    def as_json(self) -> dict[str, Any]:
        calls = [
            {"raw": total(cold), "cold": billed([cold]), "warm": billed([warm])}
            for cold, warm in zip(self.cold, self.warm, strict=True)
        ]
        return {"change": self.name, "calls": calls, "requests": self.bodies}


def price(changes: Iterable[Change]) -> Iterator[Priced]:
    shared = Cache()
    for change in changes:
        bodies = [
            request_body(request, "model", anthropic.transform_schema(dict(request.schema)))
            for request in change.requests
        ]
        own = Cache()
        cold, warm = [own.use(body) for body in bodies], [shared.use(body) for body in bodies]
        yield Priced(change.name, bodies, cold, warm)


def print_changes(rows: Sequence[Priced]) -> None:
    print("| change | raw, by call | raw | billed, cold | billed, warm |")
    print("| --- | ---: | ---: | ---: | ---: |")
    for row in rows:
        calls = " + ".join(f"{total(usage):,}" for usage in row.cold) or "no call"
        raw = sum(map(total, row.cold))
        print(f"| {row.name} | {calls} | {raw:,} | {billed(row.cold):,} | {billed(row.warm):,} |")
    cold, warm = ([usage for row in rows for usage in getattr(row, place)] for place in ("cold", "warm"))
    print(f"| all | {len(cold)} calls | {sum(map(total, cold)):,} | {billed(cold):,} | {billed(warm):,} |")


def print_spending(rows: Iterable[Priced], library: Library) -> None:
    spent = sum((count_spending(body, library) for row in rows for body in row.bodies), Counter[str]())
    print("\n| spent on | tokens | share |\n| --- | ---: | ---: |")
    for name, tokens in spent.most_common():
        print(f"| {name} | {tokens:,} | {tokens / spent.total():.0%} |")


def print_summary(rows: Sequence[Priced]) -> None:
    """Print the table of docs/evals.md."""
    answered = [count_answer(row.name) for row in rows]
    figures: dict[str, list[float]] = {
        "tokens sent, in two calls": [sum(map(total, row.cold)) for row in rows],
        "billed as, with an empty cache": [billed(row.cold) for row in rows],
        "billed as, within five minutes of another review": [billed(row.warm) for row in rows[1:]],
        "tokens answered": list(answered),
    }
    for model in ("claude-opus-5-5", "claude-sonnet-5-5"):
        rates = prices.load().models[model]
        for name, place in (("empty cache", "cold"), ("warm cache", "warm")):
            figures[f"US dollars with `{model}`, {name}"] = [
                sum(map(rates.usd, getattr(row, place))) + rates.usd(Usage(output=tokens))
                for row, tokens in zip(rows, answered, strict=True)
            ][place == "warm" :]
    print("\n| a review of one case | least | median | most |\n| --- | ---: | ---: | ---: |")
    for name, numbers in figures.items():
        form = ".3f" if "dollars" in name else ",.0f"
        cells = (min(numbers), statistics.median(numbers), max(numbers))
        print(f"| {name} | {' | '.join(format(cell, form) for cell in cells)} |")


def count_answer(case: str) -> int:
    """Estimate the tokens of the recorded answers to a case."""
    paths = sorted((resources.cases().parent / "recordings" / case).glob("*.json"))
    documents = [json.loads(path.read_text("utf-8"))["document"] for path in paths]
    return sum(estimate_tokens(json.dumps(document, ensure_ascii=False)) for document in documents)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--changes", type=Path)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    library, settings = load("capstone"), Settings()
    changes = (
        read_changes(options.changes, library, settings) if options.changes else read_cases(library, settings)
    )
    rows = list(price(changes))
    print_changes(rows)
    print_spending(rows, library)
    if not options.changes:
        print_summary(rows)
    if options.json:
        options.json.write_text(json.dumps({"changes": [row.as_json() for row in rows]}, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
