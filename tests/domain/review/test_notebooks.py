import json
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.review.notebooks import notebook_code

CODE = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="%!?"), min_size=1, max_size=60
)  # magics are tested apart


def notebook(*cells: Any, metadata: dict[str, Any] | None = None, **dump: Any) -> str:
    """A notebook with code cells, as one list of lines each, or as the one text that some tools write."""
    written = [
        {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": cell}
        for cell in cells
    ]
    whole = {"cells": written, "metadata": metadata or {}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(whole, **dump)


@given(cells=st.lists(CODE, min_size=1, max_size=4), split=st.booleans(), indent=st.sampled_from([None, 1]))
def test_the_code_is_what_the_cells_hold_and_each_character_is_found_where_it_stands(
    cells: list[str], split: bool, indent: int | None
) -> None:
    sources = [cell.splitlines(keepends=True) if split else cell for cell in cells]
    text = notebook(*sources, indent=indent, ensure_ascii=split)
    code = notebook_code(text)
    assert code is not None
    # Those that are no Python may come last.
    joined = (("".join(f"{cell}\n\n" for cell in order), order) for order in permutations(cells))
    cells = next(list(order) for text_, order in joined if text_ == code.text)
    at = 0
    for cell in cells:
        for n, character in enumerate(cell):
            start, end = code.span(at + n, at + n + 1)
            assert json.loads(f'"{text[start:end]}"') == character
        at += len(cell) + 2


def test_a_span_over_lines_begins_and_ends_where_the_code_does() -> None:
    text = notebook(["a = 1\n", "b = 2\n", "c = 3"], indent=1)
    code = notebook_code(text)
    assert code is not None
    start, end = code.span(code.text.index("b"), code.text.index("3") + 1)
    assert text[start:end].splitlines()[0] == 'b = 2\\n",'
    assert text[start:end].endswith('"c = 3')


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("%pip install shop\nimport shop", "#pip install shop\nimport shop"),
        ("  !ls\nx = 1", "  #ls\nx = 1"),
        ("x = 7 % 2", "x = 7 % 2"),
        ("x = !ls", "x = #ls"),
        ("%%time\nimport shop", "#%time\nimport shop"),
    ],
)
def test_a_line_of_magic_becomes_a_comment(cell: str, expected: str) -> None:
    code = notebook_code(notebook(cell))
    assert code is not None
    assert code.text.rstrip("\n") == expected


def test_a_cell_that_another_language_runs_is_left_out() -> None:
    code = notebook_code(notebook("%%bash\nimport shop", "y = 1"))
    assert code is not None
    assert "shop" not in code.text


@pytest.mark.parametrize(
    ("metadata", "expected"),
    [
        ({}, "python"),
        ({"kernelspec": {"language": "Python"}}, "python"),
        ({"language_info": {"name": "typescript"}, "kernelspec": {"name": "deno"}}, "typescript"),
        ({"language_info": {"name": "pyspark"}, "kernelspec": {"name": "mine"}}, "python"),
    ],
)
def test_the_kernel_says_which_language_it_is(metadata: dict[str, Any], expected: str) -> None:
    code = notebook_code(notebook("x", metadata=metadata))
    assert code is not None
    assert code.language == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"cells": 1}',
        '{"cells": [1, {"cell_type": "code"}, {"cell_type": "code", "source": 3}]}',
        '{"cells": [{"cell_type": "markdown", "source": ["import shop"]}]}',
        notebook("x", metadata={"language_info": {"name": "R"}}),
        "import shop",
        '{"cells": [' * 300,
    ],
)
def test_what_is_no_notebook_has_no_code(text: str) -> None:
    assert notebook_code(text) is None


def test_half_of_a_pair_of_escapes_is_no_character() -> None:
    code = notebook_code('{"cells": [{"cell_type": "code", "source": "a = \'\\ud83d\'"}]}')
    assert code is not None
    assert code.text.encode("utf-8")
