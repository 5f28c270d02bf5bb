"""A planted key never appears in anything that Sensei prints or writes; its place does."""

import base64
import html
import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from bot.adapters.files.rubrics import load
from bot.cli.output import as_text
from bot.domain.review.report import Report
from bot.domain.rubrics.overlays import asks_by_check
from bot.rendering.review import markdown, terminal
from tests import reviewing, sensei
from tests.keys import B64, IN_CONTEXT, KEYS, some
from tests.repositories import Repository

PLANTED = [(rule, key) for rule, keys in KEYS.items() for key in keys]
BODY = ["MII" + some(61, B64), *(some(64, B64) for _ in range(6)), some(40, B64) + "=="]
PEM = "\n".join(["-----BEGIN RSA PRIV" + "ATE KEY-----", *BODY, "-----END RSA PRIV" + "ATE KEY-----"])
CALL = (
    'import anthropic\nclient = anthropic.Anthropic(api_key="{}")  # {}\nMODEL = "claude-3-5-sonnet-latest"\n'
)


def encodings(key: str) -> Iterator[str]:
    """Every way in which an output could carry a key."""
    raw = key.encode()
    yield from (
        key,
        json.dumps(key)[1:-1],
        html.escape(key),
        quote(key),
        quote(key, safe=""),
        markdown.plain(key),
    )
    yield from (base64.b64encode(raw).decode(), base64.urlsafe_b64encode(raw).decode(), raw.hex())


def shown(report: Report) -> dict[str, str]:
    """Every form of a report."""
    words = asks_by_check(load("capstone"))
    return {
        "json": report.as_json(),
        "md": markdown.render(report, words),
        "terminal": "".join(as_text(terminal.render(report, words)).replace("│ ", "").split()),
    }


def assert_hidden(text: str, keys: list[str]) -> None:
    for key in keys:
        for encoded in encodings(key):
            assert encoded not in text, f"{key[:8]}… is shown"


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """A change with a key of every kind: in code that a signal quotes, in skipped files, in names."""
    repository = Repository.make(tmp_path_factory.mktemp("planted"))
    removed = {f"old{n}.py": CALL.format(key, "old").encode() for n, (_, key) in enumerate(PLANTED)}
    repository.commit({"README.md": b"x\n", **removed})
    repository.git("checkout", "--quiet", "-b", "work")
    files: dict[str, bytes | None] = dict.fromkeys(removed)
    for n, (_, key) in enumerate(PLANTED):
        files[f"new{n}.py"] = CALL.format(key, key).encode()
        files[f"data/{n}.lock"] = f"token: {key}\n".encode()
    for n, (_, around, key) in enumerate(IN_CONTEXT):
        # Once in its context; once where only its having been seen gives it away, on a quoted line.
        files[f"context{n}.txt"] = around.format(key).encode()
        files[f"use{n}.py"] = f'import anthropic\nMODEL = "claude-3-5-haiku-latest"  # {key}\n'.encode()
    files["id_rsa"] = PEM.encode()
    files["latin.txt"] = b"caf\xe9 " + PLANTED[0][1].encode() + b"\n"
    files[f"keys/{PLANTED[3][1]}.py"] = CALL.format("none", "none").encode()
    repository.commit(files, message=f"Add {PLANTED[5][1]}")
    return repository


ALL = [key for _, key in PLANTED] + [key for _, _, key in IN_CONTEXT] + BODY


@pytest.mark.contract
@pytest.mark.parametrize("baseline", [False, True], ids=["change", "baseline"])
def test_no_form_of_a_report_shows_a_key(planted: Repository, baseline: bool) -> None:
    report = reviewing.review(planted.path, None if baseline else "main", "work", baseline=baseline)
    assert len(report.concerns) > len(PLANTED)
    for text in shown(report).values():
        assert_hidden(text, ALL)


@pytest.mark.contract
def test_the_place_and_the_kind_of_each_key_are_told(planted: Repository) -> None:
    report = reviewing.review(planted.path, "main", "work")
    told = {(fact.citation.path, fact.citation.line_start, fact.signal) for fact in report.concerns}
    for n, (rule, _) in enumerate(PLANTED):
        assert (f"new{n}.py", 2, f"secret.{rule}") in told
        assert (f"data/{n}.lock", 1, f"secret.{rule}") in told
    assert ("id_rsa", 2, "secret.private-key") in told
    assert ("latin.txt", 1, f"secret.{PLANTED[0][0]}") in told
    quotes = [fact.citation for fact in report.concerns if fact.citation.path == "new0.py"]
    assert quotes[0].quote.startswith(f'client = anthropic.Anthropic(api_key="[redacted:{PLANTED[0][0]}]")')
    assert quotes[0].redacted


def test_of_a_file_full_of_keys_the_first_are_told_and_the_rest_counted(tmp_path: Path) -> None:
    repository = Repository.make(tmp_path)
    key = PLANTED[0][1]
    keys = [f"{key[:-2]}{one}{other}" for one in "ABCDE" for other in "ABCDEFGHIJ"]
    repository.commit({"found.json": "".join(f'"{key}",\n' for key in keys).encode()})
    report = reviewing.review(tmp_path, None, "HEAD", baseline=True)
    assert [fact.citation.line_start for fact in report.concerns] == list(range(1, 21))
    assert report.concerns[-1].text.endswith(" 30 more lines of this file contain secrets too.")
    for text in shown(report).values():
        assert_hidden(text, keys)


def test_what_is_not_committed_is_hidden_as_well(tmp_path: Path) -> None:
    repository = Repository.make(tmp_path)
    repository.commit({"README.md": b"x\n"})
    repository.write({"a.py": CALL.format(PLANTED[4][1], "x").encode()})
    assert_hidden(reviewing.review(tmp_path, "HEAD", "WORKTREE").as_json(), ALL)


@pytest.mark.contract
@pytest.mark.parametrize("form", ["terminal", "md", "json"])
def test_nothing_the_command_prints_or_writes_holds_a_key(
    planted: Repository, tmp_path: Path, form: str
) -> None:
    target = tmp_path / "report"
    arguments = ["review", "--base", "main", "--head", "work", "--format", form]
    printed = sensei.run(*arguments, cwd=planted.path, TMPDIR=str(tmp_path))
    written = sensei.run(*arguments, "--output", str(target), cwd=planted.path, TMPDIR=str(tmp_path))
    assert printed.returncode == written.returncode == 3, printed.stderr  # latin.txt is not UTF-8
    assert_hidden(printed.stdout + printed.stderr + written.stdout + written.stderr + target.read_text(), ALL)
    assert [path.name for path in tmp_path.iterdir()] == ["report"]


def test_a_message_about_bad_input_does_not_repeat_a_key(tmp_path: Path) -> None:
    key = PLANTED[4][1]
    Repository.make(tmp_path).commit()
    for arguments in (["--base", key], ["--repo", f"/nowhere/{key}"], ["--rubric", f"{key}.yaml"]):
        done = sensei.run("review", *arguments, cwd=tmp_path)
        assert done.returncode == 2
        assert_hidden(done.stdout + done.stderr, [key])


def test_this_test_would_notice_a_key() -> None:
    with pytest.raises(AssertionError, match="is shown"):
        assert_hidden(json.dumps({"quote": PLANTED[0][1]}), ALL)
