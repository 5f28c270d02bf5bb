import time

from bot.domain.review.surroundings.candidates import FileKind
from bot.domain.review.surroundings.changed_names import ChangedName
from bot.domain.review.surroundings.mentions import find_mentions
from bot.domain.review.surroundings.pages import choose_sections, find_named_pages, list_issues
from bot.domain.review.surroundings.source_lines import SourceLines

TREE = ["docs/adr/0012-retries.md", "docs/adr/0013-cache.md", "docs/plan.md", "12.md", "README.md"]


def test_pages_are_named_by_path_by_file_name_or_by_number() -> None:
    assert find_named_pages(["Builds docs/plan.md."], TREE) == ["docs/plan.md"]
    assert find_named_pages(["See plan.md"], TREE) == ["docs/plan.md"]
    assert find_named_pages(["As decided in ADR-12"], TREE) == ["docs/adr/0012-retries.md"]
    assert find_named_pages(["Nothing"], TREE) == []


def test_a_page_is_not_named_by_the_end_of_its_name() -> None:
    assert find_named_pages(["See an.md and adr/0013-cache.md"], TREE) == ["docs/adr/0013-cache.md"]


def test_many_names_and_many_files_are_compared_in_linear_time() -> None:
    tree = [f"part{n % 90}/file{n}.py" for n in range(20_000)]
    words = " ".join(f"p{n}.md" for n in range(12_000))
    began = time.process_time()
    assert find_named_pages([words], [*tree, "p7.md"]) == ["p7.md"]
    assert time.process_time() - began < 5  # comparing each name with each path took 34 s


def test_issues_are_listed_so_that_the_manifest_can_say_that_they_are_not_shown() -> None:
    assert list_issues(["Fixes #12 (#13)", "https://github.com/a/b/issues/7 and #12"]) == ["#12", "#13", "#7"]
    assert list_issues(["color &#123; and a/#4"]) == []


def test_the_sections_that_name_most_of_the_terms_are_chosen() -> None:
    filler = "".join(f"line {n}\n" for n in range(30))
    page = f"# Plan\n\nWhy.\n{filler}## Retries\n\nUse find_passages.\n\n## Cache\n{filler}"
    assert choose_sections(SourceLines("plan.md", page), ["find_passages"]) == [range(1, 9), range(34, 38)]
    assert choose_sections(SourceLines("plan.md", page), ["unknown"]) == [range(1, 23)]


NAMES = [ChangedName("find_passages", "app/retriever.py", 0, "retriever")]


def mentions(files: dict[str, tuple[str, FileKind]], *gone: str) -> list[tuple[str, list[tuple[int, str]]]]:
    opened = [(SourceLines(path, text), kind) for path, (text, kind) in files.items()]
    return [
        (mention.path, mention.places) for mention in find_mentions(NAMES, ["app/retriever.py"], gone, opened)
    ]


def test_tests_decisions_and_pipelines_are_shown_only_if_they_name_what_changed() -> None:
    call = "import app.retriever\n\n\ndef test_it():\n    assert find_passages('a')\n"
    files = {
        "tests/test_chat.py": (call, FileKind.TEST),
        "tests/test_retriever.py": (call, FileKind.TEST),
        "tests/test_other.py": ("provider.find_passages()\n", FileKind.TEST),
        "docs/adr/0001.md": ("# One\n\nWe call `find_passages` once.\n", FileKind.PAGE),
        "docs/guide.md": ("find_passages\n", FileKind.PAGE),
        "docs/code.md": ("See app/retriever.py.\n", FileKind.PAGE),
        ".github/workflows/ci.yml": ("run: pytest\n", FileKind.PIPELINE),
        ".github/workflows/index.yml": ("run: python app/retriever.py\n", FileKind.PIPELINE),
    }
    found = mentions(files)
    assert found == [
        ("tests/test_retriever.py", [(5, "find_passages")]),
        ("tests/test_chat.py", [(5, "find_passages")]),
        ("docs/adr/0001.md", [(3, "find_passages")]),
        (".github/workflows/index.yml", [(1, "app/retriever.py")]),
    ]
    gone = mentions(files, "app/retriever.py")
    assert [*found[:3], ("docs/code.md", [(1, "app/retriever.py")]), *found[3:]] == gone
