"""How long all packs' signals take, and how much memory, over three numbers of files.

``python -m benchmarks.signals [--runs N] [DIR...]``: files as a capstone of every stack has them (the packs'
own snippets in ordinary code, two in five call a model), or files of the HEADs of some repositories. One
table of medians; each run is a process of its own. Reading the files is not counted; parsing, rules and
stacks are.
"""

import argparse
import multiprocessing
import random
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from bot.adapters.files.rubrics import load
from bot.domain.review.signals import SignalScanner, arm_signals, detect_language
from bot.domain.review.stack_detection import StackDetector
from bot.domain.rubrics.overlays import with_packs
from bot.domain.rubrics.signal_rules import LANGUAGES, NOTEBOOK

SIZES = (100, 300, 1000)
SEED = 1
# As long as a file of a capstone: some 5 kB.
PLAIN = {
    "python": "def total{n}(orders):\n    return sum(order.amount for order in orders if order.open)\n\n\n"
    * 50,
    "javascript": "export const total{n} = (orders) => orders.filter((o) => o.open).length\n\n" * 65,
    "typescript": "export const total{n} = (orders: Order[]): number => orders.length\n\n" * 70,
    "tsx": "export const Total{n} = (p: {{ n: number }}) => <b>{{p.n}}</b>\n\n" * 75,
    "go": "func total{n}(orders []Order) int {{\n\treturn len(orders)\n}}\n\n" * 80,
    "java": "class Total{n} {{\n  int total(List<Order> orders) {{ return orders.size(); }}\n}}\n" * 60,
    "hcl": 'resource "aws_s3_bucket" "b{n}" {{\n  bucket = "orders"\n}}\n\n' * 80,
    "yaml": "order{n}:\n  open: true\n  lines:\n    - one\n    - two\n" * 90,
    "json": '{{"orders": [' + '{{"open": true, "amount": {n}}}, ' * 150 + "1]}}\n",
    "bash": "total() {{\n  wc -l < orders{n}.txt\n}}\n" * 120,
}


def made(count: int) -> list[tuple[str, str]]:
    """Ordinary files in every language, two in five with a snippet that some signal is proved by."""
    rubric, packs = load("capstone")
    snippets: dict[str, list[str]] = {language: [] for language in LANGUAGES}
    for one in arm_signals(with_packs(rubric, packs).criteria):
        for language, rule in one.signal.rules():
            snippets[language] += [*rule.match, *rule.no_match]
    chance = random.Random(SEED)
    # Most of a capstone is Python and TypeScript.
    languages = chance.choices(list(LANGUAGES), weights=[40, 5, 15, 10, 5, 5, 5, 8, 5, 2], k=count)
    files = []
    for n, language in enumerate(languages):
        text = PLAIN[language].format(n=n)
        if n % 5 < 2 and snippets[language]:
            text = f"{chance.choice(snippets[language])}\n{text}"
        files.append((f"app/part{n % 40}/m{n}{LANGUAGES[language][0]}", text))
    return files


def found(repositories: list[Path], count: int) -> list[tuple[str, str]]:
    """Files that signals read, spread over the HEADs of some repositories."""
    blobs = [
        (repository, line.split("\t")[1], line.split()[2])
        for repository in repositories
        for line in _git(repository, "ls-tree", "-r", "HEAD").decode("utf-8", "replace").splitlines()
        if detect_language(line) or line.endswith(NOTEBOOK)
    ]
    random.Random(SEED).shuffle(blobs)
    return [
        (path, _git(repository, "cat-file", "blob", blob).decode("utf-8", "replace"))
        for repository, path, blob in blobs[:count]
    ]


def _git(repository: Path, *arguments: str) -> bytes:
    return subprocess.run(["git", "-C", str(repository), *arguments], capture_output=True, check=True).stdout


def measure(repositories: list[Path], count: int) -> tuple[float, float, int, int, int]:
    """Scan some files; return seconds, peak MB, MB before, finds, and characters read."""
    files = found(repositories, count) if repositories else made(count)
    rubric, packs = load("capstone")
    before = _megabytes()
    began = time.perf_counter()
    scanner, detector = SignalScanner(arm_signals(with_packs(rubric, packs).criteria)), StackDetector(packs)
    finds = sum(1 for each in _hits(scanner, detector, files) if each)
    return time.perf_counter() - began, _megabytes(), before, finds, sum(len(text) for _, text in files)


def _hits(scanner: SignalScanner, detector: StackDetector, files: list[tuple[str, str]]) -> Iterator[bool]:
    for path, text in files:
        yield from (True for _ in scanner.scan(path, text))
        yield from (False for _ in detector.find_traces(path, text))


def _megabytes() -> int:
    scale = 1024 if sys.platform == "linux" else 1024 * 1024  # Linux counts kB, macOS bytes
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // scale


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("repositories", nargs="*", type=Path)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    columns = "files | text, MB | finds | median s | ms a file | peak MB (before) | growth of s for files"
    print(f"| {columns} |")
    print("|" + " ---: |" * len(columns.split("|")))
    last: tuple[int, float] | None = None
    for size in SIZES:
        with multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
            runs = pool.starmap(measure, [(options.repositories, size)] * options.runs, chunksize=1)
        seconds = statistics.median(run[0] for run in runs)
        _, peak, before, finds, characters = runs[0]
        growth = f"x{seconds / last[1]:.1f} for x{size / last[0]:.1f}" if last else ""
        print(
            f"| {size} | {characters / 1e6:.1f} | {finds} | {seconds:.2f} | {seconds / size * 1000:.2f} "
            f"| {peak} ({before}) | {growth} |",
            flush=True,
        )
        last = (size, seconds)
    return 0


if __name__ == "__main__":
    sys.exit(main())
