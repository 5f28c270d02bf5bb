import json
import re
from pathlib import Path

import pytest

from bot.domain.review.report import Report
from bot.domain.rubrics.rubric import Library, Pack
from tests import reviewing
from tests.domain.rubric_builders import check, signal
from tests.repositories import Files, Repository
from tests.workflows.shop import LIBRARY, PACK, RULE


def change(path: Path, before: Files, after: Files, library: Library = LIBRARY) -> Report:
    return reviewing.change(path, before, after, library)


def test_a_fact_on_a_changed_line_is_stated_and_weakens_its_check(tmp_path: Path) -> None:
    report = change(tmp_path, {"a.py": b"import shop\n"}, {"a.py": b"import shop\n\nc = Client(7)\n"})
    (fact,) = report.concerns
    assert (fact.text, fact.check, fact.signal) == ("This client has no timeout.", "speed.2", "shop.client")
    assert (fact.citation.path, fact.citation.line_start, fact.citation.quote) == ("a.py", 3, "Client(7)")
    (moved,) = report.movements
    assert (moved.check, moved.direction) == ("speed.2", "weakens")
    assert report.touched == ("speed",)
    assert "speed.2" not in report.coverage.not_assessed


def test_what_stood_there_before_is_not_this_changes_fact(tmp_path: Path) -> None:
    report = change(
        tmp_path,
        {"a.py": b"import shop\nc = Client(7)\nx = 1\n"},
        {"a.py": b"import shop\nc = Client(7)\nx = 2\n"},
    )
    assert (report.concerns, report.movements, report.questions) == ((), (), ())
    assert report.stacks == ("shop",)


def test_evidence_supports_and_says_what_is_missing(tmp_path: Path) -> None:
    (moved,) = change(tmp_path, {"a.py": b"x\n"}, {"a.py": b"import shop\nbounded(3)\n"}).movements
    assert (moved.check, moved.direction, moved.partial, moved.missing) == (
        "speed.1",
        "supports",
        True,
        "a failing case",
    )


def test_evidence_that_is_taken_away_weakens_and_is_quoted_from_before(tmp_path: Path) -> None:
    report = change(
        tmp_path, {"a.py": b"import shop\nbounded(3)\nx = 1\n"}, {"a.py": b"import shop\nx = 1\n"}
    )
    (moved,) = report.movements
    assert (moved.check, moved.direction) == ("speed.1", "weakens")
    assert (moved.citations[0].side, moved.citations[0].commit) == ("base", report.base)


@pytest.mark.parametrize(
    "after",
    [
        {"a.py": b"import shop\nbounded(4)\n"},
        {"a.py": None, "b.py": b"import shop\n\n\nbounded(3)\n"},
        {"a.py": b"import shop\n", "b.py": b"import shop\nbounded( 3 )\n"},
    ],
    ids=["reworded", "moved with its file", "moved to another file"],
)
def test_evidence_that_was_reworded_or_moved_is_not_lost(tmp_path: Path, after: Files) -> None:
    report = change(tmp_path, {"a.py": b"import shop\nbounded(3)\n"}, after)
    assert "weakens" not in {moved.direction for moved in report.movements}


def test_the_evidence_of_a_deleted_file_is_lost(tmp_path: Path) -> None:
    report = change(tmp_path, {"a.py": b"import shop\nbounded(3)\n"}, {"a.py": None, "b.txt": b"x\n"})
    assert [moved.direction for moved in report.movements] == ["weakens"]
    assert report.coverage.files_read == report.coverage.files_total == 2


def test_gates_are_asked_first_and_one_question_per_criterion(tmp_path: Path) -> None:
    report = change(tmp_path, {"a": b""}, {"a.py": b"import shop\ncache(1)\ncache(2)\ntrust(3)\n"})
    assert [question.check for question in report.questions] == ["safety.1", "speed.1"]
    assert report.questions[1].citation.quote == "cache(1)"
    assert report.questions[0].text == "What lost when safety.1 won?"


def test_where_a_fact_is_stated_nothing_is_asked(tmp_path: Path) -> None:
    report = change(tmp_path, {"a": b""}, {"a.py": b"import shop\nc = cache(Client())\n"})
    assert len(report.concerns) == 1
    assert report.questions == ()


def test_a_notebooks_code_is_read_and_quoted_from_its_own_lines(tmp_path: Path) -> None:
    def notebook(*lines: str) -> bytes:
        cell = {"cell_type": "code", "outputs": [], "source": [f"{line}\n" for line in lines]}
        prose = {"cell_type": "markdown", "source": ["Client() is prose"]}
        return json.dumps({"cells": [prose, cell], "nbformat": 4}, indent=1).encode()

    before = notebook("import shop")
    after = notebook("import shop", 'name = "a\\tb"; c = Client()')
    report = change(tmp_path, {"n.ipynb": before}, {"n.ipynb": after})
    (fact,) = report.concerns
    line = after.decode().splitlines()[fact.citation.line_start - 1]
    assert fact.citation.quote == "Client()"
    assert fact.citation.quote in line
    assert "prose" not in line
    assert report.stacks == ("shop",)


def test_what_shows_a_stack_is_told_for_each_top_folder(tmp_path: Path) -> None:
    files: Files = {"web/a.py": b"import shop\n", "api/b.py": b"import shop\n", "api/c.py": b"import shop\n"}
    report = change(tmp_path, {"pyproject.toml": b'[project]\ndependencies = ["shop-sdk"]\n'}, files)
    assert [(trace.folder, trace.kind, trace.path) for trace in report.stack_evidence] == [
        ("", "dependency", "pyproject.toml"),
        ("api", "import", "api/b.py"),
        ("web", "import", "web/a.py"),
    ]


def test_a_packs_evidence_counts_only_where_its_technology_shows(tmp_path: Path) -> None:
    """A limit may be set for anything; that a shop's client has one takes a shop."""
    limit = signal(
        id="shop.limit",
        yields="evidence",
        text=None,
        languages={"python": RULE | {"imports": [], "rule": {"pattern": "limit($$$)"}}},
    )
    criteria = {"speed": {"checks": [check("shop.batch", 2, signals=[limit])]}}
    pack = Pack.model_validate({**PACK.model_dump(by_alias=True), "criteria": criteria})
    library = Library(LIBRARY.rubric, (pack,))
    alone = change(tmp_path / "1", {"a": b""}, {"a.py": b"limit(1)\n"}, library=library)
    assert (alone.stacks, alone.movements) == ((), ())
    shown = change(
        tmp_path / "2", {"a": b""}, {"a.py": b"limit(1)\n", "b.py": b"import shop\n"}, library=library
    )
    assert [moved.check for moved in shown.movements] == ["shop.batch"]


def test_a_baseline_reads_the_whole_tree_and_asks_nothing(tmp_path: Path) -> None:
    repository = Repository.make(tmp_path)
    repository.commit({"a.py": b"import shop\ncache(1)\nbounded(2)\nClient()\n"})
    report = reviewing.review(tmp_path, baseline=True, library=LIBRARY)
    assert (report.kind, report.base, report.questions) == ("baseline", None, ())
    assert {moved.direction for moved in report.movements} == {"supports", "weakens"}
    assert len(report.concerns) == 1


def test_a_dependency_above_the_change_names_the_stack(tmp_path: Path) -> None:
    before: Files = {"app/requirements.txt": b"shop-sdk>=2\n", "other/requirements.txt": b"x\n"}
    assert change(tmp_path / "1", before, {"app/src/a.py": b"x = 1\n"}).stacks == ("shop",)
    assert change(tmp_path / "2", before, {"other/a.py": b"x = 1\n"}).stacks == ()


def test_the_checks_of_a_detected_stack_are_part_of_the_reading(tmp_path: Path) -> None:
    with_stack = change(tmp_path / "1", {"a": b""}, {"a.py": b"import shop\n"})
    without = change(tmp_path / "2", {"a": b""}, {"a.py": b"import other\n"})
    assert "shop.batch" in with_stack.coverage.not_assessed
    assert "shop.batch" not in without.coverage.not_assessed
    assert with_stack.rubric.sha256 != without.rubric.sha256


def test_every_file_that_is_not_read_is_listed_with_its_reason(tmp_path: Path) -> None:
    client = b"import shop\nClient()\n"
    report = change(
        tmp_path,
        {".senseiignore": b"private/\n", ".gitattributes": b"made.py linguist-generated\n"},
        {
            "private/a.py": client,
            "made.py": client,
            "uv.lock": b"x\n",
            "a.bin": b"\0\1\2",
            "latin.py": b"import shop\nClient('\xe9')\n",
            "big.py": client + b"# " + b"x" * 600_000 + b"\n",
            "good.py": client,
        },
    )
    reasons = {skipped.path: skipped.reason for skipped in report.coverage.skipped}
    assert reasons["private/a.py"] == "listed in .senseiignore"
    assert reasons["made.py"] == "linguist-generated in .gitattributes"
    assert reasons["uv.lock"] == "lock file"
    assert set(reasons) == {"private/a.py", "made.py", "uv.lock", "a.bin", "latin.py", "big.py"}
    assert [fact.citation.path for fact in report.concerns] == ["good.py"]
    assert (report.coverage.files_total, report.coverage.files_read) == (7, 1)


def test_a_change_cannot_hide_itself(tmp_path: Path) -> None:
    hiding = {".senseiignore": b"*\n", ".gitattributes": b"*.py linguist-generated -diff\n"}
    report = change(tmp_path, {"a": b""}, {"a.py": b"import shop\nClient()\n", **hiding})
    assert len(report.concerns) == 1


def test_a_reading_that_runs_out_of_time_says_what_it_left(tmp_path: Path) -> None:
    repository = Repository.make(tmp_path)
    repository.commit({"a.py": b"1\n", "b.py": b"2\n", "c.py": b"3\n"})
    report = reviewing.review(tmp_path, baseline=True, library=LIBRARY, clock=(0, 1, 601))
    assert not report.complete
    assert report.incomplete_because == (
        "2 files were not read: the time limit of 600 s for a review was reached",
    )
    assert [skipped.path for skipped in report.coverage.skipped] == ["b.py", "c.py"]
    assert report.coverage.files_read == 1


def test_a_partial_clone_says_what_it_lacks(tmp_path: Path) -> None:
    origin = Repository.make(tmp_path / "origin")
    origin.commit({"a.py": b"import shop\nClient()\n"})
    origin.git("config", "uploadpack.allowFilter", "true")
    clone = tmp_path / "clone"
    origin.git("clone", "--quiet", "--no-checkout", "--filter=blob:none", f"file://{origin.path}", str(clone))
    report = reviewing.review(clone, baseline=True, library=LIBRARY)
    assert not report.complete
    assert "git fetch --refetch" in report.incomplete_because[0]
    assert report.coverage.skipped[0].path == "a.py"


def test_the_same_change_gives_the_same_report(tmp_path: Path) -> None:
    files: Files = {f"{n}.py": b"import shop\nClient()\ntrust(1)\n" for n in range(20)}
    report = change(tmp_path, {"x": b""}, files)
    assert reviewing.review(tmp_path, "main", "work", library=LIBRARY) == report


def test_the_lines_around_a_fact_and_a_question_are_shown_to_a_person_who_asks(tmp_path: Path) -> None:
    repository = Repository.make(tmp_path)
    repository.commit({"a": b""})
    password = "-".join(["correct", "horse", "battery", "42"])
    code = f"import shop\n\npassword = '{password}'\nx = {password!r}\n\nc = Client(7)\r\n\ncache(1)\n\n"
    repository.commit({"a.py": code.encode(), "b.py": b"import shop\nClient(" + b"7, " * 80 + b")\n"})
    report = reviewing.review(tmp_path, "HEAD~1", library=LIBRARY, excerpts=True)
    fact, long = (concern for concern in report.concerns if concern.signal == "shop.client")
    assert [(line.line, line.text) for line in fact.excerpt] == [
        (3, "password = '[redacted:password]'"),
        (4, "x = '[redacted:password]'"),
        (5, ""),
        (6, "c = Client(7)"),
        (7, ""),
        (8, "cache(1)"),
    ]
    assert long.excerpt == ()  # its line is too long; its quote says where it is
    (question,) = report.questions
    assert [line.line for line in question.excerpt] == [6, 7, 8]
    assert password not in report.as_json()
    assert not any(
        concern.excerpt for concern in report.concerns if (concern.signal or "").startswith("secret.")
    )
    unasked = reviewing.review(tmp_path, "HEAD~1", library=LIBRARY)
    assert [concern.excerpt for concern in unasked.concerns] == [()] * len(report.concerns)
    assert unasked.questions[0].excerpt == ()


def test_a_fact_in_many_places_has_the_lines_around_the_first_ones(tmp_path: Path) -> None:
    repository = Repository.make(tmp_path)
    repository.commit({"a": b""})
    repository.commit({"a.py": b"import shop\n" + b"Client(7)\n" * 9})
    report = reviewing.review(tmp_path, "HEAD~1", library=LIBRARY, excerpts=True)
    assert [len(concern.excerpt) for concern in report.concerns] == [5, 6, 7]
    assert report.concerns[-1].text.endswith(" The same holds for 6 more places in this file.")


def test_a_report_without_excerpts_is_the_same_json_as_before_there_were_any(tmp_path: Path) -> None:
    report = change(tmp_path, {"a": b""}, {"a.py": b"import shop\ncache(1)\nc = Client(7)\n"})
    assert '"excerpt"' not in report.as_json()
    assert Report.model_validate_json(report.as_json()) == report
    shown = reviewing.review(tmp_path, "main", "work", library=LIBRARY, excerpts=True)
    assert len(re.findall('"excerpt"', shown.as_json())) == 2
    assert Report.model_validate_json(shown.as_json(), strict=True) == shown


def test_an_example_key_is_noted_redacted_and_no_fact(tmp_path: Path) -> None:
    example = b"AKIA" + b"IOSFODNN7" + b"EXAMPLE"
    report = change(
        tmp_path,
        {"old.py": b"k = '" + example + b"'\n"},
        {"a.py": b"x = 1\nkey = '" + example + b"'\n", "uv.lock": b"key = '" + example + b"'\n"},
    )
    assert report.concerns == ()
    assert [(note.citation.path, note.citation.line_start) for note in report.notes] == [
        ("a.py", 2),
        ("uv.lock", 1),
    ]
    assert {note.text for note in report.notes} == {
        "This value looks like the example key from AWS's documentation, so it isn't reported as a secret."
    }
    assert {(note.citation.quote, note.citation.redacted) for note in report.notes} == {
        ("[redacted:aws-access-key-id]", True)
    }
    assert example.decode() not in report.as_json()


def test_a_report_without_notes_is_as_it_was(tmp_path: Path) -> None:
    report = change(tmp_path, {"a.py": b"x = 1\n"}, {"a.py": b"x = 2\n"})
    assert "notes" not in json.loads(report.as_json())


def test_a_secret_comes_first_and_then_text_that_is_run(tmp_path: Path) -> None:
    unchecked = b"import requests\npage = requests.get(URL, verify=False, timeout=5)\n"
    run = (
        b"import anthropic\n"
        b"answer = client.messages.create(model=MODEL, max_tokens=5, messages=messages)\n"
        b"exec(answer.content[0].text)\n"
    )
    key = b"ghp_" + b"a1B2c3D4e5" * 3 + b"f6G7h8"
    after = {"a.py": unchecked, "b.py": run, "z.py": b"k = '" + key + b"'\n"}
    report = reviewing.change(tmp_path, {"x.py": b""}, after)
    assert [concern.signal for concern in report.concerns] == [
        "secret.github-token",
        "security.answer-run",
        "security.tls-unchecked",
    ]
