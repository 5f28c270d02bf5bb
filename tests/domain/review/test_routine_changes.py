from dataclasses import replace

import pytest

from bot.domain.review.context import ReadableFile
from bot.domain.review.diff import FileSide
from bot.domain.review.report import Skipped
from bot.domain.review.routine_changes import RoutineKind, find_routine_kinds
from tests.domain.changes import readable

CODE = "import shop\n\n\ndef order(n):\n    text = shop.ask(n)\n    return text\n"


def kinds(*files: ReadableFile, **skipped: str) -> tuple[str, ...]:
    return find_routine_kinds(files, [Skipped(path=path, reason=reason) for path, reason in skipped.items()])


def moved(old_path: str, path: str) -> ReadableFile:
    return readable(path, CODE, CODE, old_path=old_path)


def test_the_kinds_come_in_a_fixed_order_and_once() -> None:
    bump = readable("requirements.txt", "httpx==1.2.0\n", "httpx==1.3.0\n")
    assert kinds(bump, a="vendored", b="lock file", c="linguist-vendored in .gitattributes") == (
        RoutineKind.LOCK,
        RoutineKind.VERSIONS,
        RoutineKind.VENDORED,
    )


@pytest.mark.parametrize(
    "reason", ["listed in .senseiignore", "submodule", "symbolic link", "not UTF-8", "larger than 1 MB"]
)
def test_a_file_that_was_left_out_for_another_reason_may_hold_a_decision(reason: str) -> None:
    assert kinds(a="lock file") == (RoutineKind.LOCK,)
    assert kinds(a="lock file", b=reason) == ()


def test_an_unread_file_that_people_write_may_hold_a_decision() -> None:
    assert find_routine_kinds([], [Skipped(path="app.py", reason="binary", unread=True)]) == ()


def test_the_data_of_evals_may_hold_a_decision() -> None:
    assert kinds(**{"data/orders.csv": "data"}) == (RoutineKind.DATA,)
    assert kinds(**{"evals/golden.csv": "data"}) == ()


def test_one_line_of_code_beside_a_lock_file_is_read() -> None:
    line = readable("app.py", CODE, CODE.replace("shop.ask(n)", "shop.ask(n, retry=True)"))
    assert kinds(line, a="lock file") == ()


def test_an_empty_change_has_no_kind() -> None:
    assert kinds() == ()


@pytest.mark.parametrize(
    "after",
    [
        CODE.replace("(n):\n", "(n):  \n"),
        CODE.replace("\n\n\n", "\n"),
        CODE + "\n\n",
    ],
)
def test_blank_lines_and_white_space_at_the_ends_of_lines_hold_no_decision(after: str) -> None:
    assert kinds(readable("app.py", CODE, after)) == (RoutineKind.SPACE,)
    assert kinds(readable("app.py", after, CODE)) == (RoutineKind.SPACE,)


def test_line_endings_may_lose_a_return_but_not_gain_one() -> None:
    windows = CODE.replace("\n", "\r\n")
    assert kinds(readable("run.sh", windows, CODE)) == (RoutineKind.SPACE,)
    assert kinds(readable("run.sh", CODE, windows)) == ()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (CODE, CODE.replace("    return", "return")),  # indentation
        (CODE, CODE.replace("shop.ask(n)", "shop.ask( n )")),
        ("a\nb\nc\n", "b\na\nc\n"),  # the same lines in another order
        ("run \\\n  --safe\n", "run \\ \n  --safe\n"),  # the second line is no longer part of the first
    ],
)
def test_other_white_space_may_change_what_runs(before: str, after: str) -> None:
    assert kinds(readable("app.py", before, after)) == ()


@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        ("run.sh", "cat <<E\nhello\nE\nrm old\n", "cat <<E\nhello\nE \nrm old\n"),  # rm becomes text
        ("run.sh", "cat <<E\nhello\nE \nrm old\n", "cat <<E\nhello\nE\nrm old\n"),  # text becomes rm
        ("ci/a.yml", "- run: |\n    cat <<-E\n    x\n    E\n", "- run: |\n    cat <<-E\n    x\n    E \n"),
        ("Makefile", "DIR = out\nclean:\n\trm -rf $(DIR)/x\n", "DIR = out \nclean:\n\trm -rf $(DIR)/x\n"),
        ("app.properties", "mode=safe\n", "mode=safe \n"),
        ("app/system.txt", "Be brief.\nAsk first.\n", "Be brief.\n\nAsk first.\n"),
        ("run.sh", "set -e\nls\n", "set -e\r \nls\n"),  # a CR before a space
        ("run.sh", "# a\r\nset -e\nls\n", "# a\nset -e\r\nls\n"),  # a CR on another line
        ("run.sh", "# a\r\nset -e\n\nls\n", "# a\nset -e\n\r\nls\n"),
        ("run.ps1", "run `\n  -Safe\n", "run ` \n  -Safe\n"),
        ("run.py", "#!/usr/bin/env -S python -I\n", "\n#!/usr/bin/env -S python -I\n"),
        ("skill.md", "---\ntools: [read]\n---\nGo.\n", "\n---\ntools: [read]\n---\nGo.\n"),
        ("skill.md", "---\ntools: [read]\n---\nGo.\n", "---\ntools: [read]\n--- \nGo.\n"),
    ],
)
def test_white_space_that_takes_effect_is_read(path: str, before: str, after: str) -> None:
    assert kinds(readable(path, before, after)) == ()


def test_a_changed_mode_is_no_white_space() -> None:
    changed = readable("run.sh", CODE, CODE + "\n")
    runs = replace(changed.file, new=FileSide("100755", "1" * 40))
    assert kinds(replace(changed, file=runs)) == ()


@pytest.mark.parametrize(
    ("old", "new"), [("docs/a.md", "docs/b/a.md"), ("docs/a.md", "docs/b.md"), ("docs/a.rst", "docs/A2b.rst")]
)
def test_a_new_name_alone_holds_no_decision(old: str, new: str) -> None:
    assert kinds(moved(old, new)) == (RoutineKind.MOVED,)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("ci/check.yml", ".github/workflows/check.yml"),  # starts to run
        (".github/workflows/a.yml", ".github/workflows/b.yml"),
        ("tests/test_a.py", "attic/a.py"),  # no longer runs
        ("tests/test_a.py", "tests/old_a.py"),
        ("evals/cases/a.json", "evals/spare/a.json"),
        ("prompts/draft.md", "prompts/system.md"),
        ("docs/limits.md", "limits.md"),
        ("config.example.json", "config.json"),
        ("app.py.txt", "app.py"),
        ("deploy/a.yaml", "deploy/b.yaml"),
        ("env", ".env"),
        ("a/b.py", "a/c.py"),  # loaded by its name, or broken
        ("off/limits.py", "plugins/limits.py"),
        ("lib/json.py", "json.py"),  # in place of another module
        ("middleware.ts", "middleware_old.ts"),  # no longer runs before each request
        ("old/package.json", "package.json"),
        ("requirements-old.txt", "requirements.txt"),
        ("notes.md", "GEMINI.md"),  # an assistant obeys it
        ("docs/notes.md", "docs/GEMINI.md"),
        ("docs/decisions/proposed/a.md", "docs/decisions/accepted/a.md"),
        ("web/app/(private)/orders/page.tsx", "web/app/orders/page.tsx"),  # no longer asks for a login
        ("src/middleware.ts", "src/spare/middleware.ts"),
        ("shop/migrations/0002_orders.py", "shop/migrations/0003_orders.py"),
    ],
)
def test_a_new_name_that_takes_effect_is_read(old: str, new: str) -> None:
    assert kinds(moved(old, new)) == ()


def test_a_moved_file_with_one_changed_line_is_read() -> None:
    after = CODE.replace("shop.ask(n)", "shop.ask(n + 1)")
    assert kinds(readable("a/c.py", CODE, after, old_path="a/b.py")) == ()
