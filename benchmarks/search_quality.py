"""How often the search finds what answers a question, in public documentation outside this project.

``python -m benchmarks.search_quality --corpus DIR [--held-back]``: ``DIR/OWNER/NAME`` holds each repository
of ``evals/search/questions.yaml``, at its commit. For all questions, for each stack and each kind, and for a
search in the pages of the question's own stack, the first table has the share of questions for which a page,
and a section, that answers them is among the first five passages; and the mean reciprocal rank of the first
such passage among the first ten (0 if there is none), with 95 % intervals. A passage is of a section if it is
anywhere below its heading. The second table has the shares for other numbers of passages.

``--held-back`` asks the questions that aren't for tuning.
"""

import argparse
import json
import re
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from statistics import fmean
from typing import Any, NamedTuple

import yaml

from bot.adapters.search.index import SqliteSearchIndex
from bot.domain.evals.bootstrap import bootstrap_interval
from bot.domain.sources.documents import Document, FoundPassage
from bot.domain.sources.markdown_passages import make_document
from bot.ports.sources import SearchIndex

QUESTIONS = Path(__file__).parent.parent / "evals" / "search" / "questions.yaml"
FIRST = 5
RANKED = 10
NUMBERS = (5, 8, 12, 16, 20)
SUFFIXES = {".md", ".mdx", ".ipynb"}
# A page with less is a stub that includes another one.
FEWEST_CHARACTERS = 200
_MARK = re.compile(r"^#+ (.*)$", re.MULTILINE)
_SITE_ANCHOR = re.compile(r"\{ ?#[^}]*\}")


class Source(NamedTuple):
    """A page, and the heading of the section that answers; "" is the whole page."""

    key: str
    heading: str


class Question(NamedTuple):
    """A question, and the places of which any one answers it."""

    id: str
    text: str
    stack: str
    kind: str
    held_back: bool
    sources: tuple[Source, ...]


class Rank(NamedTuple):
    """The places, from 1, of the first passages of a page and of a section that answer, or 0."""

    question: Question
    page: int
    section: int


def load_questions(content: Mapping[str, Any]) -> list[Question]:
    return [
        Question(
            question["id"],
            question["question"],
            question["stack"],
            question["kind"],
            question.get("held_back", False),
            tuple(
                Source(f"{source['repository']}/{source['path']}", source.get("heading", ""))
                for source in question["sources"]
            ),
        )
        for question in content["questions"]
    ]


def load_pages(corpus: Path, content: Mapping[str, Any]) -> dict[str, list[Document]]:
    """Return the pages for each stack."""
    pages: dict[str, list[Document]] = {}
    for repository in content["repositories"]:
        folder = corpus / repository["name"]
        if not folder.is_dir():
            sys.exit(f"{folder} is missing: it must hold {repository['name']} at {repository['commit']}.")
        left_out = [*content["leave_out"], *repository.get("leave_out", [])]
        pages.setdefault(repository["stack"], []).extend(
            make_document(f"{repository['name']}/{name}", text)
            for name, text in read_pages(folder, left_out)
            if len(text.strip()) >= FEWEST_CHARACTERS
        )
    return pages


def read_pages(folder: Path, left_out: Sequence[str]) -> Iterator[tuple[str, str]]:
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.suffix not in SUFFIXES or any(fnmatchcase(name, pattern) for pattern in left_out):
            continue
        yield name, read_page(path)


def read_page(path: Path) -> str:
    """Return the Markdown of a page: of a notebook, that of its cells."""
    text = path.read_text("utf-8", errors="replace")
    if path.suffix != ".ipynb":
        return text
    try:
        cells = json.loads(text).get("cells", [])
    except json.JSONDecodeError:
        return ""
    return "\n\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")


def rank(question: Question, found: Sequence[FoundPassage]) -> Rank:
    pages = {source.key for source in question.sources}
    return Rank(
        question,
        find_first(passage.document in pages for passage in found),
        find_first(any(is_of(passage, source) for source in question.sources) for passage in found),
    )


def find_first(fits: Iterable[bool]) -> int:
    return next((place for place, fit in enumerate(fits, 1) if fit), 0)


def is_of(found: FoundPassage, source: Source) -> bool:
    """Return whether a passage is of a section. The introduction of a page isn't the whole page."""
    if found.document != source.key:
        return False
    if not source.heading:
        return True
    heading = simplify(source.heading)
    path = [simplify(name) for name in (found.title, *found.passage.headings)]
    joined = [simplify(mark) for mark in _MARK.findall(found.passage.text)]
    return heading in path[1:] or heading in joined or path == [heading]


def simplify(heading: str) -> str:
    return " ".join(re.findall(r"\w+", _SITE_ANCHOR.sub("", heading).lower()))


def recall(places: Sequence[int]) -> float:
    return sum(0 < place <= FIRST for place in places) / len(places)


def reciprocal_rank(places: Sequence[int]) -> float:
    return fmean(1 / place if 0 < place <= RANKED else 0.0 for place in places)


def print_figures(name: str, ranks: Sequence[Rank]) -> None:
    cells = []
    for places in ([one.page for one in ranks], [one.section for one in ranks]):
        cells += [
            format_figure(recall, "{:.0%}", places),
            format_figure(reciprocal_rank, "{:.2f}", places),
        ]
    print(f"| {name} | {len(ranks)} | {' | '.join(cells)} |")


def format_figure(statistic: Callable[[Sequence[int]], float], form: str, places: Sequence[int]) -> str:
    interval = bootstrap_interval(places, statistic)
    ends = f" ({'-'.join(form.format(end) for end in interval)})" if interval else ""
    return form.format(statistic(places)) + ends


def main() -> None:
    """Measure, and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--held-back", action="store_true")
    options = parser.parse_args()
    content = yaml.safe_load(QUESTIONS.read_text("utf-8"))
    questions = [one for one in load_questions(content) if one.held_back == options.held_back]
    pages = load_pages(options.corpus, content)
    with tempfile.TemporaryDirectory() as folder:
        index = SqliteSearchIndex(Path(folder) / "search.db")
        for stack, documents in pages.items():
            index.replace(stack, documents)
        print_tables(questions, pages, index)


def print_tables(
    questions: Sequence[Question], pages: Mapping[str, Sequence[Document]], index: SearchIndex
) -> None:
    documents = [document for stack in pages.values() for document in stack]
    print(f"{len(documents)} pages, {sum(len(document.passages) for document in documents)} passages\n")
    ranks = [rank(one, index.search(one.text, pages, RANKED)) for one in questions]
    print("| questions | count | page found | its rank | section found | its rank |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    print_figures("All", ranks)
    for stack in dict.fromkeys(one.stack for one in questions):
        print_figures(stack, [one for one in ranks if one.question.stack == stack])
    for kind in dict.fromkeys(one.kind for one in questions):
        print_figures(kind, [one for one in ranks if one.question.kind == kind])
    own = [rank(one, index.search(one.text, [one.stack], RANKED)) for one in questions]
    print_figures("All, in the pages of their stack", own)
    print("\n| passages | with a page that answers | with a section that answers |")
    print("| ---: | ---: | ---: |")
    for number in NUMBERS:
        ranks = [rank(one, index.search(one.text, pages, number)) for one in questions]
        page = fmean(one.page > 0 for one in ranks)
        section = fmean(one.section > 0 for one in ranks)
        print(f"| {number} | {page:.0%} | {section:.0%} |")


if __name__ == "__main__":
    main()
