"""How long it takes to index documents and to search them, and how that grows.

``python -m benchmarks.search [--sizes 500,5000,50000]``: made-up Markdown pages of some 500 words, with
common words and rare ones as in a language, and some identifiers. Four in five belong to a handbook, the
others to a rubric and to forty people; each question is asked of the handbook, the rubric and one person. One
table: time to split the pages, to index them, and to bring them up to date again when nothing has changed;
time for a question; the size of the file. Times are the processor's, because other programs share the
machine.
"""

import argparse
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path

from bot.adapters.search import SqliteSearchIndex
from bot.domain.sources.documents import Document
from bot.domain.sources.markdown_passages import make_document

SEED = 1
VOCABULARY = 20_000
QUESTIONS = 300
PEOPLE = 40
SYLLABLES = "ba ce di fo gu ha ke li mo nu pa re si to vu wa ze chi dro gle pra ste tri".split()  # noqa: SIM905
COMMON = "how do I set the limit of when should we use what is a good way to why does my not".split()  # noqa: SIM905


class Writer:
    """Writes pages and questions from the same made-up words, of which each is rarer than the one before."""

    def __init__(self) -> None:
        self.chance = random.Random(SEED)
        self.words = [self._word() for _ in range(VOCABULARY)]
        self.weights = list(accumulate(1 / (rank + 3) for rank in range(VOCABULARY)))

    def _word(self) -> str:
        word = "".join(self.chance.choices(SYLLABLES, k=self.chance.randint(2, 4)))
        form = self.chance.random()
        return f"max_{word}" if form < 0.02 else f"get{word.title()}" if form < 0.04 else word

    def write(self, words: int) -> str:
        return " ".join(self.chance.choices(self.words, cum_weights=self.weights, k=words))

    def page(self) -> str:
        sections = (
            f"## {self.write(3)}\n\n{self.write(70)}.\n\n```sh\n{self.write(8)}\n```\n\n{self.write(50)}.\n"
            for _ in range(4)
        )
        return f"# {self.write(4)}\n\n{self.write(20)}.\n\n" + "\n".join(sections)

    def question(self) -> str:
        return " ".join([*self.chance.choices(COMMON, k=6), self.write(3), self.chance.choice(self.words)])


def scopes(documents: list[Document]) -> Iterator[tuple[str, list[Document]]]:
    """Share documents out."""
    handbook, rubric = len(documents) * 8 // 10, len(documents) * 9 // 10
    yield "cohort:1", documents[:handbook]
    yield "rubric:a", documents[handbook:rubric]
    for person in range(PEOPLE):
        yield f"person:1:{person}", documents[rubric + person :: PEOPLE]


def measure(size: int, folder: Path) -> str:
    writer = Writer()
    pages = [writer.page() for _ in range(size)]
    began = time.process_time()
    documents = [make_document(f"{number}.md", page, "https://x.test") for number, page in enumerate(pages)]
    split = time.process_time() - began
    index = SqliteSearchIndex(folder / "search.db")
    took = []
    for _ in range(2):
        began = time.process_time()
        for scope, own in scopes(documents):
            index.replace(scope, own)
        took.append(time.process_time() - began)
    asked = []
    for number in range(QUESTIONS):
        question, person = writer.question(), f"person:1:{number % PEOPLE}"
        began = time.process_time()
        index.search(question, ["cohort:1", "rubric:a", person])
        asked.append(1000 * (time.process_time() - began))
    passages = sum(len(document.passages) for document in documents)
    megabytes = (folder / "search.db").stat().st_size / 1e6
    p95 = statistics.quantiles(asked, n=20)[18]
    return (
        f"| {size:,} | {passages:,} | {split:.1f} | {took[0]:.1f} | {took[1]:.2f} "
        f"| {statistics.median(asked):.1f} | {p95:.1f} | {megabytes:.1f} |"
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="500,5000,50000")
    sizes = [int(size) for size in parser.parse_args().sizes.split(",")]
    columns = (
        "documents | passages | splitting, s | indexing, s | again, s | question, ms: p50 | p95 | file, MB"
    )
    print(f"| {columns} |")
    print("|" + " ---: |" * len(columns.split("|")))
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            print(measure(size, Path(folder)), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
