from dataclasses import replace

from bot.domain.review.surroundings.callers import find_callers
from bot.domain.review.surroundings.candidates import FileKind
from bot.domain.review.surroundings.changed_names import LEFT_OVER, ChangedName, module_name
from bot.domain.review.surroundings.source_lines import SourceLines

FIND = ChangedName("find_passages", "app/retriever.py", 0, "retriever")
WEAK = ChangedName("shorten", "app/retriever.py", 2, "retriever")


def places(
    names: list[ChangedName], files: dict[str, str], shown: set[tuple[str, int]] | None = None
) -> list[tuple[str, int]]:
    opened = [(SourceLines(path, text), FileKind.CODE) for path, text in files.items()]
    return [(place.path, place.line) for place in find_callers(names, opened, shown or set())]


def test_a_call_of_a_changed_function_is_found_and_its_import_is_left_out() -> None:
    chat = (
        "from app.retriever import find_passages\n\n\ndef reply(text):\n    return find_passages(text)[:3]\n"
    )
    assert places([FIND], {"app/chat.py": chat}) == [("app/chat.py", 5)]
    assert places([FIND], {"app/__init__.py": "from app.retriever import (\n    find_passages,\n)\n"}) == [
        ("app/__init__.py", 2)
    ]


def test_comments_docstrings_and_other_definitions_of_the_name_are_no_calls() -> None:
    files = {
        "app/other.py": "def find_passages(self):\n    return 1\n\n\nfind_passages(2)\n",
        "app/notes.py": '"""Calls\nfind_passages.\n"""\n# find_passages\nfind_passages_fast()\n',
    }
    assert places([FIND], files) == []


def test_a_short_word_counts_only_beside_an_import_of_its_module() -> None:
    files = {
        "web/a.py": "shorten(1)\n",
        "web/b.py": "from app.retriever import shorten\n\nshorten(1)\n",
    }
    assert places([WEAK], files) == [("web/b.py", 3)]


def test_a_name_in_many_files_counts_only_beside_an_import_and_few_places_are_shown() -> None:
    files = {f"web/f{n:02}.py": "find_passages(1)\n" for n in range(40)}
    assert places([FIND], files) == []
    files = {path: f"import app.retriever\n{text}" for path, text in files.items()}
    assert len(places([FIND], files)) == 4


def test_a_client_in_another_language_is_found_by_the_address() -> None:
    route = ChangedName("/chat/export", "app/routers.py", 1, "")
    page = "const batch = await fetch(`/api/chat/export?page=${page}`)\nfetch('/chat/exports')\n"
    assert places([route], {"web/page.tsx": page}) == [("web/page.tsx", 1)]
    assert places([FIND], {"web/page.tsx": "find_passages(1)\n"}) == []


def test_java_and_go_need_no_import_within_a_folder() -> None:
    java = ChangedName("shorten", "shop/Text.java", 0, "Text")
    go = ChangedName("shorten", "shop/text/text.go", 0, module_name("shop/text/text.go"))
    files = {"shop/Use.java": "shorten(1);\n", "other/Use.java": "shorten(1);\n"}
    assert places([java], files) == [("shop/Use.java", 1)]
    code = 'import (\n\t"example.org/shop/text"\n)\nvar a = text.shorten(1)\n'
    assert places([go], {"main/a.go": code, "main/b.go": "var a = shorten(1)\n"}) == [("main/a.go", 4)]


def test_a_name_with_the_signs_of_a_pattern_is_only_a_name() -> None:
    name = ChangedName("ask(it", "prompts/ask(it.j2", 1, "ask(it")
    assert places([name], {"app/a.py": "load('ask(it')\n"}) == [("app/a.py", 1)]


def test_a_left_over_constant_is_shown_with_its_definition_unless_it_is_in_use_everywhere() -> None:
    name = ChangedName("TRIAL_DAYS", "app/trial.py", LEFT_OVER, "")
    here = {"app/trial.py": "TRIAL_DAYS = 7\n"}
    assert places([name], here) == [("app/trial.py", 1)]
    assert places([replace(name, rank=1)], here) == []
    assert places([name], {f"app/f{n}.py": "x = TRIAL_DAYS\n" for n in range(4)}) == []


def test_nearer_files_come_first_and_lines_of_the_change_are_left_out() -> None:
    files = {"web/a.py": "find_passages(1)\n", "app/b.py": "find_passages(2)\nfind_passages(3)\n"}
    assert places([FIND], files, {("app/b.py", 1)}) == [("app/b.py", 2), ("web/a.py", 1)]


def test_a_call_elsewhere_in_the_changed_file_is_found() -> None:
    text = "def find_passages(a):\n    return a\n\n\ndef other():\n    return find_passages(1)\n"
    assert places([FIND], {"app/retriever.py": text}) == [("app/retriever.py", 6)]


def test_a_method_with_a_common_name_is_found_by_its_class_and_a_variable_like_it() -> None:
    find = ChangedName("find", "shop/Search.java", 0, "Search", owner="CatalogueSearch")
    digest = "final class Digest {\n  private final CatalogueSearch search;\n  void write() {\n"
    files = {
        "shop/Digest.java": digest
        + "    this.search.find(1);\n    list.find(2);\n    // search.find(3)\n  }\n}\n",
        "shop/Other.java": "final class Other {\n  void write() { search.find(1); }\n}\n",
        "shop/other.py": "CatalogueSearch\nsearch.find(1)\n",
    }
    assert places([find], files) == [("shop/Digest.java", 4)]
