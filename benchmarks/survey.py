"""Read real changes of repositories on this machine, judge every quote, and print one table.

``python -m benchmarks.survey [--changes N] [--whole] [--facts FILE [--only PREFIX]] DIR...``: for each
repository, the N/2 changes with the most files that signals read in its history, and N/2 spread evenly over
the rest; ``--whole`` reads the whole tree at HEAD instead. ``--facts`` writes each fact and question (of
signals whose ids begin with a prefix) with the code around it, and what each stack was known by, to be judged
by reading. A quote that is not true ends it.
"""

import argparse
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import TextIO

from bot.adapters.files.rubrics import load
from bot.adapters.git import open_checkout
from bot.adapters.kingfisher import detect_keys
from bot.domain.review.dependency_files import is_manifest
from bot.domain.review.report import Citation, Report
from bot.domain.review.signals import detect_language
from bot.domain.rubrics.signal_rules import NOTEBOOK
from bot.errors import IncompleteReadingError, UserError
from bot.ports.reading import ReadingLimits, ReadingRequest
from bot.workflows.review.review import Review
from tests import citations
from tests.reviewing import Silent

LIMITS = ReadingLimits(512 * 1024, 8 * 1024 * 1024, 600)
AROUND = 6


class Wall:
    """The machine's clock."""

    def monotonic(self) -> float:
        return time.monotonic()


def git(repository: Path, *arguments: str) -> str:
    done = subprocess.run(["git", "-C", str(repository), *arguments], capture_output=True, check=True)
    return done.stdout.decode("utf-8", "replace")


def commits(repository: Path, wanted: int) -> list[str]:
    """Choose commits that change what signals read: the widest, and some spread over the history."""
    width: Counter[str] = Counter()
    commit = ""
    for line in git(
        repository, "log", "--all", "--first-parent", "-m", "--format=%x00%H", "--name-only", "--no-renames"
    ).split("\n"):
        if line.startswith("\0"):
            commit = line[1:]
        elif detect_language(line) or is_manifest(line) or line.endswith(NOTEBOOK):
            width[commit] += 1
    widest = [name for name, _ in width.most_common(wanted // 2)]
    rest = [name for name in width if name not in widest]
    spread = rest[:: max(1, len(rest) // max(1, wanted - len(widest)))][: wanted - len(widest)]
    return widest + spread


def parent(repository: Path, commit: str) -> str | None:
    parents = git(repository, "log", "-1", "--format=%P", commit).split()
    return parents[0] if parents else None


def around(repository: Path, citation: Citation) -> str:
    text = git(repository, "show", f"{citation.commit}:{citation.path}").split("\n")
    first = max(1, citation.line_start - AROUND)
    numbered = enumerate(text[first - 1 : citation.line_end + AROUND], first)
    return "\n".join(
        f"  {'>' if citation.line_start <= n <= citation.line_end else ' '} {n:5} {line[:160]}"
        for n, line in numbered
    )


def write_down(report: Report, repository: Path, name: str, file: TextIO, only: str) -> None:
    file.write(f"\n=== STACKS {name} {report.head[:10]} {', '.join(report.stacks) or 'none'}\n")
    file.writelines(
        f"  {trace.stack} in {trace.folder or '.'}: {trace.kind} {trace.what}, {trace.path}:{trace.line}\n"
        for trace in report.stack_evidence
    )
    for kind, items in (("FACT", report.concerns), ("QUESTION", report.questions)):
        for item in items:
            what = getattr(item, "signal", None) or item.check or ""
            if not what.startswith(only):
                continue
            place = f"{item.citation.path}:{item.citation.line_start}"
            file.write(f"\n=== {kind} {name} {report.head[:10]} {what}\n{item.text}\n{place}\n")
            if not item.citation.redacted:
                file.write(around(repository, item.citation) + "\n")


def survey(repository: Path, options: argparse.Namespace) -> list[str]:
    library, name = load("capstone"), repository.parent.name if repository.name == "repo" else repository.name
    total: Counter[str] = Counter()
    slowest = 0.0
    if options.whole:
        read: list[tuple[str | None, str]] = [(None, git(repository, "rev-parse", "HEAD").strip())]
    else:
        read = [(parent(repository, commit), commit) for commit in commits(repository, options.changes)]
    stacks: Counter[str] = Counter()
    for base, commit in read:
        try:
            with open_checkout(
                str(repository), timeout=120, max_scan_bytes=LIMITS.max_scan_bytes
            ) as checkout:
                review = Review(checkout, library, detect_keys, LIMITS, Wall(), Silent())
                report = review.run(ReadingRequest(base, commit, baseline=base is None))
        except (IncompleteReadingError, UserError) as unread:
            print(f"{name} {commit[:10]}: {unread}", file=sys.stderr)
            continue
        total["quotes"] += citations.check(repository, report)
        total["changes"] += 1
        total["files"] += report.coverage.files_total
        total["facts"] += len(report.concerns)
        total["questions"] += len(report.questions)
        total["movements"] += len(report.movements)
        total["incomplete"] += not report.complete
        stacks.update(report.stacks)
        slowest = max(slowest, report.cost.seconds)
        if options.facts:
            write_down(report, repository, name, options.facts, options.only)
    columns = ("changes", "files", "quotes", "facts", "questions", "movements", "incomplete")
    known = ", ".join(f"{stack} {times}" for stack, times in sorted(stacks.items()))
    return [name, *(str(total[column]) for column in columns), f"{slowest:.1f}", known]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("repositories", nargs="+", type=Path)
    parser.add_argument("--changes", type=int, default=6)
    parser.add_argument("--whole", action="store_true")
    parser.add_argument("--only", default="")
    parser.add_argument("--facts", type=argparse.FileType("w", encoding="utf-8"))
    options = parser.parse_args()
    columns = ("changes", "files", "quotes", "facts", "questions", "movements", "incomplete", "slowest, s")
    print(f"| repository | {' | '.join(columns)} | stacks |")
    print(f"| --- | {'---: | ' * len(columns)}--- |")
    for repository in options.repositories:
        print("| " + " | ".join(survey(repository, options)) + " |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
