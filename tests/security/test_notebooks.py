"""What a notebook or a script runs is what signals see, or the report says that the file was not read."""

import json
import random
from collections.abc import Callable
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.review.notebooks import notebook_code, notebook_fault
from bot.domain.review.report import Report
from tests import reviewing
from tests.workflows.shop import LIBRARY

CALL = "import shop\nClient()\n"
QUOTED = json.dumps(CALL)
R = {"kernelspec": {"name": "ir", "language": "R"}, "language_info": {"name": "R"}}


def cells(*sources: Any, metadata: dict[str, Any] | None = None) -> str:
    written = [{"cell_type": "code", "source": source} for source in sources]
    return json.dumps({"cells": written, "metadata": metadata or {}, "nbformat": 4})


def with_cell(cell: str) -> str:
    return f'{{"cells": [{cell}], "metadata": {{}}}}'


# What Jupyter runs as Python, and what is in it is found.
FOUND = {
    "source twice.ipynb": with_cell(f'{{"cell_type":"code","source":"x=1","source":{QUOTED}}}'),
    "source twice, spaced.ipynb": with_cell(
        f'{{"cell_type":"code","source":["x=1"] , "source" :\n{QUOTED}}}'
    ),
    "cells twice.ipynb": f'{{"cells":[],"cells":[{{"cell_type":"code","source":{QUOTED}}}]}}',
    "type twice.ipynb": with_cell(f'{{"cell_type":"markdown","cell_type":"code","source":{QUOTED}}}'),
    "escaped source.ipynb": with_cell(f'{{"cell_type":"code","sourc\\u0065":{QUOTED}}}'),
    "escaped cells.ipynb": f'{{"c\\u0065lls":[{{"cell_typ\\u0065":"cod\\u0065","source":{QUOTED}}}]}}',
    "a byte order mark.ipynb": "\ufeff" + cells(CALL),
    "many colours.ipynb": json.dumps(
        {"cells": [{"cell_type": "code", "source": CALL, "outputs": ["\x1b[31m"] * 500}]}
    ),
    "a long number.ipynb": with_cell(
        f'{{"cell_type":"code","execution_count":{"9" * 5000},"source":{QUOTED}}}'
    ),
    "format 3.ipynb": json.dumps(
        {"nbformat": 3, "worksheets": [{"cells": [{"cell_type": "code", "input": CALL.splitlines(True)}]}]}
    ),
    "format 1.ipynb": json.dumps({"nbformat": 1, "cells": [{"cell_type": "code", "code": CALL}]}),
    "after a string that never ends.ipynb": cells('x = """', CALL),
    "after a bracket that never closes.ipynb": cells("f(", CALL),
    "after a string for a shell.ipynb": cells("x = !echo '''", "y = !echo '''", CALL),
    **{
        f"a cell of {magic}.ipynb": cells(f"%%{magic}\n{CALL}")
        for magic in (
            *("python", "python3", "debug", "time", "timeit -n 1", "capture out", "prun", "px", "unheard_of"),
            *("script python3", "script --bg /usr/bin/python3.12", "writefile app.py"),
        )
    },
    "a measured line.ipynb": cells("%time import shop", ["x = 1\n", "%timeit -n 3 -q Client()\n", "y = 2"]),
    "a script": f"#!/usr/bin/env python3\n{CALL}",
    "bin/uv": f"#!/usr/bin/env -S uv run --script\n{CALL}",
    "a window.pyw": CALL,
}
# What may run as Python, and is named.
NAMED = {
    "two languages.ipynb": (
        cells(CALL, metadata={"kernelspec": {"name": "python3"}, "language_info": {"name": "R"}}),
        "its metadata names more than one language",
    ),
    "no kernel.ipynb": (  # nbclient runs Python then
        cells(CALL, metadata={"language_info": {"name": "R"}}),
        "its metadata names more than one language",
    ),
    "code and more.ipynb": (cells(CALL) + " x", "not valid JSON"),
    "no JSON.ipynb": (CALL, "not valid JSON"),
    "deep.ipynb": ('{"cells": ' + "[" * 2000 + "]" * 2000 + "}", "nested too deeply to be parsed"),
    "deep code.ipynb": (cells(CALL + "x = " + "(" * 401), "nested too deeply to be parsed"),
    "a number as code.ipynb": (cells([CALL, 3]), "not structured like a notebook"),
    "cells by name.ipynb": ('{"cells": {"a": {}}}', "not structured like a notebook"),
    "code twice.ipynb": (
        with_cell(f'{{"cell_type":"code","input":"x=1","source":{QUOTED}}}'),
        "a code cell contains its code twice",
    ),
    "two formats.ipynb": (
        json.dumps({**json.loads(cells("x=1")), "worksheets": [json.loads(cells(CALL))]}),
        "it has cells in two formats",
    ),
}
# What does not run as Python, or is no code.
NEITHER = {
    "R.ipynb": cells(CALL, metadata=R),
    "a shell.ipynb": cells(f"%%bash\n{CALL}", f"%%!\n{CALL}", f"%%script perl\n{CALL}", "%%html\n" + CALL),
    "prose.ipynb": with_cell(f'{{"cell_type":"markdown","source":{QUOTED}}}'),
    "empty.ipynb": "",
    "no cells.ipynb": "{}",
    "Makefile": CALL,
    "run.txt": f"#!/usr/bin/env python3\n{CALL}",
    "tool": f"#!/opt/python/bin/perl\n{CALL}",
}


def read(path: Path, files: dict[str, str]) -> Report:
    after = {name: text.encode() for name, text in files.items()}
    return reviewing.change(path, {"readme.md": b"x\n"}, after, LIBRARY)


def found(report: Report) -> set[str]:
    return {fact.citation.path for fact in report.concerns if fact.signal == "shop.client"}


def test_what_jupyter_or_a_system_runs_as_python_is_seen_by_signals(tmp_path: Path) -> None:
    report = read(tmp_path, FOUND)
    assert found(report) == set(FOUND)
    assert report.complete


def test_where_it_cannot_be_told_what_a_notebook_runs_the_report_says_so(tmp_path: Path) -> None:
    report = read(tmp_path, {name: text for name, (text, _) in NAMED.items()})
    skipped = {one.path: one.reason for one in report.coverage.skipped if one.unread}
    assert skipped == {name: why for name, (_, why) in NAMED.items()}
    assert set(report.incomplete_because) == {f"{name}: not read ({why})" for name, (_, why) in NAMED.items()}


def test_what_does_not_run_as_python_is_read_without_a_find(tmp_path: Path) -> None:
    report = read(tmp_path, NEITHER)
    assert found(report) == set()
    assert report.complete


def test_evidence_that_goes_from_a_script_without_an_ending_is_missed(tmp_path: Path) -> None:
    script = "#!/usr/bin/env python3\nimport shop\n"
    before, after = (f"{script}{line}\n".encode() for line in ("bounded()", "x = 1"))
    report = reviewing.change(tmp_path, {"run": before}, {"run": after}, LIBRARY)
    assert [(moved.check, moved.direction) for moved in report.movements] == [("speed.1", "weakens")]


# -- any notebook at all

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="%!?"), max_size=12)
SOURCES = TEXTS | st.lists(TEXTS, max_size=3) | st.none() | st.integers() | st.lists(st.integers() | TEXTS)
VALUES = st.none() | st.booleans() | st.integers() | st.floats() | TEXTS


class Pairs(list[tuple[str, Any]]):
    """An object, in which a key may stand more than once."""


def pairs(known: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[Pairs]:
    """Objects of some keys, each any number of times and in any order, among others."""
    one = st.one_of(*(st.tuples(st.just(key), values) for key, values in known.items()))
    other = st.tuples(TEXTS, VALUES)
    return st.lists(one | one | one | other, min_size=1, max_size=6).map(Pairs)


CELLS = pairs(
    {
        "cell_type": st.sampled_from(["code", "code", "code", "markdown"]),
        "source": SOURCES,
        "input": SOURCES,
        "metadata": VALUES,
    }
)
SHEETS = pairs({"cells": st.lists(CELLS, max_size=2)})
DOCUMENTS = pairs(
    {
        "cells": st.lists(CELLS, max_size=4) | VALUES,
        "worksheets": st.lists(SHEETS, max_size=1) | VALUES,
        "metadata": pairs(
            {
                name: pairs({"name": st.sampled_from(["python3", "R"])})
                for name in ("kernelspec", "language_info")
            }
        ),
        "nbformat": st.integers(3, 4),
    }
)


def written(value: Any, chance: random.Random) -> str:
    """Write JSON, here and there with blanks, and with characters as escapes."""
    gap = chance.choice(["", "", " ", "\n\t"])
    match value:
        case Pairs():
            inside = (f"{written(key, chance)}:{gap}{written(below, chance)}{gap}" for key, below in value)
            return "{" + gap + ",".join(inside) + "}"
        case list():
            return "[" + gap + f"{gap},".join(written(below, chance) for below in value) + "]"
        case str():
            return '"' + "".join(_character(one, chance) for one in value) + '"'
    return json.dumps(value)


def _character(one: str, chance: random.Random) -> str:
    if chance.random() < 0.3 and ord(one) < 0x10000:
        return f"\\u{ord(one):04x}"
    return json.dumps(one, ensure_ascii=chance.random() < 0.5)[1:-1]


def run_by_jupyter(text: str) -> list[str]:
    """List the code of a notebook's cells; of an odd one, whatever there could be."""
    document = json.loads(text)
    lists = [
        document.get("cells"),
        *(sheet["cells"] for sheet in _list(document.get("worksheets")) if "cells" in sheet),
    ]
    code = [cell for one in lists for cell in _list(one) if cell.get("cell_type") == "code"]
    return ["".join(cell.get("source", cell.get("input", ""))) for cell in code]


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def same_cells(code: str, expected: list[str]) -> bool:
    """Say whether a text holds these cells and nothing else; those that are no Python may come last."""
    return any("".join(f"{cell}\n\n" for cell in cells) == code for cells in permutations(expected))


def check(text: str) -> None:
    if notebook_fault(text):
        assert notebook_code(text) is None
        return
    code, expected = notebook_code(text), run_by_jupyter(text)
    if code is None:
        assert not any(expected)
    else:
        assert same_cells(code.text, expected)


@pytest.mark.contract
@settings(max_examples=150, deadline=None)
@given(document=DOCUMENTS, chance=st.randoms(use_true_random=False))
def test_signals_see_what_json_has_in_code_cells_or_the_file_is_named(
    document: Pairs, chance: random.Random
) -> None:
    check(written(document, chance))


PLAIN = st.builds(
    lambda code, noise: Pairs([*noise, ("cell_type", "code"), ("source", code)]),
    TEXTS | st.lists(TEXTS, max_size=3),
    st.lists(st.tuples(st.sampled_from(["cell_type", "source", "outputs"]), VALUES), max_size=3),
)


@pytest.mark.contract
@settings(max_examples=80, deadline=None)
@given(
    plain=st.lists(PLAIN, max_size=4),
    hidden=st.lists(st.tuples(st.sampled_from(["cells", "metadata"]), VALUES), max_size=2),
    chance=st.randoms(use_true_random=False),
)
def test_a_notebook_whose_last_keys_are_in_order_is_read_whatever_came_before(
    plain: list[Pairs], hidden: list[tuple[str, Any]], chance: random.Random
) -> None:
    text = written(Pairs([*hidden, ("metadata", Pairs()), ("cells", plain)]), chance)
    assert notebook_fault(text) is None
    check(text)


def test_a_measured_statement_is_quoted_without_what_measures_it(tmp_path: Path) -> None:
    report = read(tmp_path, {"a.ipynb": cells("import shop\n\t%time Client()")})
    assert [fact.citation.quote for fact in report.concerns] == ["Client()"]


def test_what_spans_cells_in_another_order_is_quoted_from_where_it_begins() -> None:
    text = cells("f(", "if x:", " y")
    code = notebook_code(text)
    assert code is not None
    start, end = code.span(code.text.index("if"), code.text.index("f(") + 2)
    assert text[start:end] == "i"


@pytest.mark.parametrize("times", [1, 60])
@pytest.mark.parametrize("write", [lambda one: one, lambda one: one.splitlines(True)], ids=["text", "lines"])
def test_each_line_of_code_is_quoted_from_where_it_stands(times: int, write: Callable[[str], Any]) -> None:
    broken = [write("\n".join(["# é\U0001f600", "f("])), *([write("x = 1\ny = 2")] * times)]
    text = cells(*broken)
    code = notebook_code(text)
    assert code is not None
    at = code.text.index("f(")
    start, end = code.span(at, at + 2)
    assert text[start:end] == "f("
    assert text.index("f(") == start
    assert code.text.index("f(") > code.text.rindex("y = 2")
