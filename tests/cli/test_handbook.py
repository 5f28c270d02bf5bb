"""``sensei handbook``: setting, showing, reading, trying and removing a cohort's handbook."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli.app import app
from bot.errors import UserError
from tests import databases
from tests.fakes.github import GitHub

PAGES = {
    "README.md": b"# Welcome\n\nAsk the yak.\n",
    "teams.md": b"# Teams\n\n## At night\n\nThe okapi answers.\n",
}


@pytest.fixture(scope="module", name="github")
def a_host() -> Iterator[GitHub]:
    with GitHub() as github:
        github.install(github.app(), github.repository("guild/handbook", PAGES))
        github.repository("guild/closed", PAGES)
        yield github


@pytest.fixture(autouse=True, name="folder")
def a_cohort_and_a_folder(github: GitHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    [made] = github.apps.values()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("SENSEI_DATABASE_URL", databases.migrated_file(tmp_path / "sensei.db"))
    monkeypatch.setenv("SENSEI_GITHUB_APP_ID", str(made.id))
    monkeypatch.setenv("SENSEI_GITHUB_PRIVATE_KEY", made.private_key)
    monkeypatch.setenv("SENSEI_GITHUB_API_URL", github.url)
    folder = tmp_path / "handbook"
    folder.mkdir()
    for name, content in PAGES.items():
        (folder / name).write_bytes(content)
    run("cohort", "add", "spring")
    return folder


def run(*arguments: str, status: int = 0) -> str:
    done = CliRunner().invoke(app, [*arguments])
    if isinstance(done.exception, UserError):
        raise done.exception
    assert done.exit_code == status, done.output
    return done.output


def refusal(*arguments: str) -> str:
    with pytest.raises(UserError) as refused:
        run(*arguments)
    return str(refused.value)


def test_a_folder_is_set_shown_searched_read_again_and_removed(folder: Path) -> None:
    assert "No cohort has a handbook." in run("handbook", "show")
    assert run(
        "handbook", "set", "spring", "./handbook", "--link", "https://wiki.example/h/"
    ).splitlines() == [
        f"The handbook of spring is {folder}.",
        "2 pages can be found now: 2 new or changed, 0 gone since the last reading.",
    ]
    place, link, read = run("handbook", "show", "spring").splitlines()
    assert (place, link) == (f"spring: {folder}", "  Links lead to https://wiki.example/h")
    assert read.startswith("  2 pages. Last read at ")
    found = run("handbook", "search", "spring", "who", "answers", "at", "night?").splitlines()
    assert found[:2] == ["1. Teams > At night", "   https://wiki.example/h/teams.md#at-night"]
    assert "The okapi answers." in found[2]
    (folder / "teams.md").unlink()
    assert "1 page can be found now: 0 new or changed, 1 gone" in run("handbook", "read", "spring")
    assert run("handbook", "remove", "spring") == "spring no longer has a handbook.\n"
    assert "fits these words" in run("handbook", "search", "spring", "yak")
    assert (folder / "README.md").exists()


def test_a_repository_is_read_through_the_app() -> None:
    said = run("handbook", "set", "spring", "guild/handbook")
    assert said.startswith("The handbook of spring is guild/handbook.\n2 pages can be found now")
    assert "/guild/handbook/blob/main/teams.md#at-night" in run("handbook", "search", "spring", "okapi")


def test_the_rubric_is_searched_too_even_before_the_bot_has_run() -> None:
    said = run("handbook", "search", "spring", "what", "is", "a", "gate?")
    assert "The levels and gates of the rubric" in said


def test_a_handbook_that_cannot_be_read_says_what_is_still_found(folder: Path) -> None:
    run("handbook", "set", "spring", str(folder))
    shutil.rmtree(folder)
    said = run("handbook", "read", "spring", status=3)
    assert f"Sensei couldn't read {folder}: Sensei can't open {folder}" in said
    assert "Participants still find the 2 pages that it read before." in said
    shown = run("handbook", "show")
    assert "2 pages. Last tried at " in shown
    assert "Problem: Sensei can't open" in shown
    assert "Ask the yak." in run("handbook", "search", "spring", "yak")


def test_another_handbook_leaves_nothing_of_the_first(folder: Path, tmp_path: Path) -> None:
    run("handbook", "set", "spring", str(folder))
    (tmp_path / "empty").mkdir()
    assert "Participants find none of its pages." in run("handbook", "set", "spring", "./empty", status=3)
    assert "fits these words" in run("handbook", "search", "spring", "yak")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("set", "sprng", "./handbook"), "There is no cohort called sprng. Did you mean spring?"),
        (("set", "spring", "./nowhere"), "nothing was changed. Give a folder on this machine"),
        (("set", "spring", "README"), "There is no folder"),
        (("set", "spring", "guild/closed"), "guild/closed"),
        (("set", "spring", "./handbook", "--link", "wiki.example"), "isn't the address of a page"),
        (("set", "spring", "./handbook", "--link", "https://a.example/<!here>"), "isn't the address"),
        (("show", "spring"), "spring has no handbook. Give it one with `sensei handbook set"),
        (("read", "spring"), "spring has no handbook."),
        (("remove", "spring"), "spring has no handbook."),
        (("search", "autumn", "yak"), "There is no cohort called autumn."),
    ],
)
def test_what_cannot_be_done_is_explained_and_changes_nothing(arguments: tuple[str, ...], said: str) -> None:
    assert said in refusal("handbook", *arguments)
    assert "No cohort has a handbook." in run("handbook", "show")
