import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest

from bot.domain.review.surroundings import changed_names, definitions
from bot.domain.review.surroundings.changed_names import (
    MOST_CHARACTERS,
    MOST_NAMES,
    ChangedName,
    list_changed_names,
)
from bot.domain.review.surroundings.definitions import find_definitions
from bot.domain.review.surroundings.used_names import list_used_names
from tests.domain.changes import readable

OLD = """import os

CONTEXT_LIMIT = 2000


class AnswerAgent:
    top_passages: int = 5

    def __init__(self, model):
        self.model = model

    def find_passages(self, question):
        return self.model.search(question)

    def shorten(self, text):
        def cut_words(words):
            return words[:10]
        return cut_words(text)


def build_answer(agent, question):
    return agent.find_passages(question)
"""


def names(old: str | None, new: str | None, path: str = "app/agent.py") -> dict[str, tuple[int, bool]]:
    return {name.name: (name.rank, name.new) for name in list_changed_names([readable(path, old, new)])}


def test_a_changed_body_alters_its_function_and_a_changed_signature_comes_first() -> None:
    body = OLD.replace("self.model.search(question)", "self.model.search(question, 3)")
    assert names(OLD, body) == {"find_passages": (2, False)}
    assert names(OLD, OLD.replace("(agent, question)", "(agent, question, limit)")) == {
        "build_answer": (0, False)
    }


def test_a_local_function_and_a_common_name_stand_for_what_others_can_call() -> None:
    assert list(names(OLD, OLD.replace("[:10]", "[:20]"))) == ["AnswerAgent", "shorten"]
    assert names(OLD, OLD.replace("self.model = model", "self.model = model or os")) == {
        "AnswerAgent": (1, False)
    }


def test_a_method_with_a_common_name_is_known_with_its_class() -> None:
    old = "class PdfStore:\n    def get(self, name):\n        return name\n"
    found = list_changed_names([readable("app/store.py", old, old.replace("return name", "return None"))])
    assert ChangedName("get", "app/store.py", 2, "store", owner="PdfStore") in found


def test_a_changed_value_or_field_alters_its_class_too() -> None:
    assert names(OLD, OLD.replace("= 2000", "= 100")) == {"CONTEXT_LIMIT": (1, False)}
    assert set(names(OLD, OLD.replace("int = 5", "int = 9"))) == {"top_passages", "AnswerAgent"}


def test_what_is_removed_comes_before_everything_and_what_is_new_comes_last() -> None:
    without = OLD[: OLD.index("def build_answer")] + "def ask_model(question):\n    return CONTEXT_LIMIT\n"
    assert names(OLD, without.replace("= 2000", "= 1")) == {
        "build_answer": (0, False),
        "CONTEXT_LIMIT": (1, False),
        "ask_model": (2, True),
    }
    assert names(OLD, None)["build_answer"] == (0, False)


def test_an_ordinary_word_stands_beside_its_class() -> None:
    old = "class PdfScraper:\n    def scrape(self):\n        return 1\n"
    assert set(names(old, old.replace("1", "2"))) == {"scrape", "PdfScraper"}


def test_the_addresses_of_changed_handlers_are_names_too() -> None:
    old = '@api.get("/chat/export/{id}")\ndef export_chat(page):\n    return page\n'
    assert list(names(old, old.replace("(page)", "(offset)"))) == ["export_chat", "/chat/export"]
    fetch = "const a = fetch(`/api/trial/${id}`)\nimport b from '../lib/utils'\n"
    assert list(names(fetch, "\n", "web/a.ts")) == ["/api/trial"]
    assert "/api/chat" in names("let a = 1\n", "let a = 2\n", "app/(chat)/api/chat/route.ts")
    assert names(None, old)["export_chat"] == (2, True)


def test_a_constant_that_the_change_no_longer_uses_may_be_left_over() -> None:
    old = "from app.limits import TRIAL_DAYS, MAX_USERS\n\n\ndef start_trial():\n    return TRIAL_DAYS\n"
    new = "from app.limits import MAX_USERS\n"
    assert names(old, new) == {"start_trial": (0, False), "TRIAL_DAYS": (3, False)}


def test_code_that_only_moves_over_other_lines_alters_nothing() -> None:
    old = "def find_passages(a):\n    value = call_model(a, 1)\n    return value\n"
    new = old.replace(
        "call_model(a, 1)", "(\n        call_model(\n            a,\n            1,\n        )\n    )"
    )
    assert names(old, new) == {}
    assert list_used_names([readable("a.py", old, new)], ()) == []
    assert list(names(old, new.replace("            1,", "            2,"))) == ["find_passages"]
    assert list(names(old, old.replace("    return", "return"))) == ["find_passages"]


def test_other_files_import_a_module_by_its_last_name() -> None:
    (found,) = list_changed_names(
        [readable("app/store/index.ts", "export const LIMIT_A = 1\n", "export const LIMIT_A = 2\n")]
    )
    assert found == ChangedName("LIMIT_A", "app/store/index.ts", 1, "store")


def test_keys_of_settings_files_and_names_of_prompts_are_names_too() -> None:
    assert list(names("a: 1\ntop_passages: 5\n", "a: 2\ntop_passages: 6\n", "config.yaml")) == [
        "top_passages"
    ]
    assert list(names("Old\n", "New\n", "prompts/shorten_answer.j2")) == ["shorten_answer"]
    assert names("Old\n", "New\n", "docs/page.md") == {}


def test_every_language_has_functions_classes_and_values() -> None:
    samples = {
        "a.py": "LIMIT = 1\n@wraps\ndef find(a,\n         b):\n    return 1\n",
        "a.ts": "export const LIMIT = 1\nexport const find = (a: string) => {\n  return a\n}\n",
        "a.tsx": "const LIMIT = 1\nexport function find() {\n  return <b/>\n}\n",
        "A.java": "class A {\n  static final int LIMIT = 1;\n  void find(String a) {\n  }\n}\n",
        "a.go": "package a\nconst LIMIT = 1\nfunc find() {\n}\n",
    }
    for path, content in samples.items():
        found = {definition.name: definition for definition in find_definitions(path, content)}
        assert (found["LIMIT"].kind, found["find"].kind) == ("value", "function"), path
    decorated = {d.name: d for d in find_definitions("a.py", samples["a.py"])}["find"]
    assert (decorated.first, decorated.header, decorated.last) == (2, 4, 5)


def test_a_class_comes_before_its_constructor_on_the_same_line() -> None:
    # In a set, the order of such equals would depend on Python's random hashes.
    source = "\n".join(f"class Order{n} {{ Order{n}() {{}} }}" for n in range(40))
    kinds = [definition.kind for definition in find_definitions("Orders.java", source)]
    assert kinds == ["class", "function"] * 40


def count_steps(values: int) -> int:
    """Return how many lines of the module run until the names of a file of values are listed."""
    content = "".join(f"top_value_{number} = {number}\n" for number in range(values))
    change, steps = readable("app/values.py", None, content), 0

    def count(frame: FrameType, event: str, _: object) -> Callable[..., Any] | None:
        nonlocal steps
        steps += event == "line"
        return count if frame.f_code.co_filename in (changed_names.__file__, definitions.__file__) else None

    before = sys.gettrace()
    sys.settrace(count)
    try:
        assert len(list_changed_names([change])) == MOST_NAMES
    finally:
        sys.settrace(before)
    return steps


def test_twice_the_values_take_twice_the_steps() -> None:
    # Comparing each line with each definition takes four times as many.
    assert count_steps(800) < 2.5 * count_steps(400)


@pytest.mark.contract
def test_of_very_large_changes_only_the_first_files_are_parsed() -> None:
    long = "# " + "x" * (MOST_CHARACTERS // 4) + "\n"
    files = [
        readable(f"a{number}.py", f"{long}def find_{number}_passages():\n    return 1\n",
                 f"{long}def find_{number}_passages():\n    return 2\n")
        for number in range(4)
    ]  # fmt: skip
    assert [name.name for name in list_changed_names(files)] == ["find_0_passages"]
