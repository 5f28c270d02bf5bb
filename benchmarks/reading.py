"""What a reading by a model sends, and what everything but the model costs.

``python -m benchmarks.reading [REPOSITORY BASE HEAD]...`` reads changes with a stand-in that answers at once
and finds nothing: requests, estimated tokens, the share of them that a provider can cache (instructions, the
rubric and packs, the same for a cohort), and the seconds of everything else, after imports. Without arguments
it reads changes of three sizes that it makes itself. Medians of five.
"""

import os
import platform
import statistics
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.review import repository
from bot.adapters.git import open_checkout
from bot.adapters.kingfisher import detect_keys
from bot.domain.review.context.blocks import estimate_tokens
from bot.ports.model import ModelRequest
from bot.ports.reading import ReadingLimits, ReadingRequest
from bot.workflows.review.model_reading import ModelReading
from bot.workflows.review.review import Review
from tests.fakes.model import Scripted
from tests.reviewing import PROMPTS, SHIPPED, Silent

RUNS, CONTEXT = 5, 60_000
NOTHING: dict[str, list[str]] = {
    "touched": [],
    "movements": [],
    "concerns": [],
    "questions": [],
    "strengths": [],
}
LIMITS = ReadingLimits(512 * 1024, 8 * 1024 * 1024, 600)


class Wall:
    """The machine's clock."""

    def monotonic(self) -> float:
        return time.monotonic()


def read(where: str, base: str, head: str) -> tuple[int, list[ModelRequest], float]:
    """Read once; return files, requests and seconds."""
    model = Scripted(read=NOTHING, reduce=NOTHING)
    began = time.perf_counter()
    with open_checkout(where, timeout=120, max_scan_bytes=LIMITS.max_scan_bytes) as checkout:
        reader = ModelReading(model, PROMPTS, CONTEXT, Silent())
        report = Review(checkout, SHIPPED, detect_keys, LIMITS, Wall(), Silent(), reader).run(
            ReadingRequest(base, head)
        )
    return report.coverage.files_total, model.requests, time.perf_counter() - began


def row(name: str, where: str, base: str, head: str) -> str:
    runs = [read(where, base, head) for _ in range(RUNS)]
    files, requests, _ = runs[0]
    fixed = sum(estimate_tokens(block) for request in requests for block in request.system)
    data = sum(estimate_tokens(request.user + request.items + request.task) for request in requests)
    seconds = statistics.median(seconds for _, _, seconds in runs)
    share = f"{fixed / (fixed + data):.0%}" if requests else ""
    return f"| {name} | {files} | {len(requests)} | {fixed + data:,} | {share} | {seconds:.2f} |"


def main() -> int:
    given = sys.argv[1:]
    print(f"{platform.python_implementation()} {platform.python_version()}, {os.cpu_count()} cores")
    print("| change | files | requests | tokens (estimated) | cacheable | s without the model |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    for where, base, head in zip(given[::3], given[1::3], given[2::3], strict=True):
        print(row(f"{Path(where).name} {head[:10]}", where, base, head), flush=True)
    if not given:
        with tempfile.TemporaryDirectory(prefix="sensei-bench-") as folder:
            for size in (10, 100, 1000):
                made = repository(Path(folder) / str(size), size)
                print(row(f"{size} files", str(made.path), "main", "work"), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
