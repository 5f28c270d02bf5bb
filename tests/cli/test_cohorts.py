"""Every command that acts on a cohort: it names the cohort, never guesses one, and never creates one."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli.app import app
from bot.errors import UserError
from tests import databases
from tests.fakes.github import GitHub
from tests.fakes.github.model import App

PEOPLE = "name,role,slack\nAda,participant,ada@example.org\n"
ACTING = [
    ("pair", "propose"),
    ("pair", "show"),
    ("pair", "approve", "--all"),
    ("pair", "why", "Ada", "Sen"),
    ("people", "list"),
    ("people", "import", "people.csv"),
    ("cohort", "weights"),
    ("cohort", "date", "list"),
    ("cohort", "date", "add", "start", "2027-01-11"),
    ("cohort", "date", "remove", "1"),
    ("capstone", "add", "ada/desk", "--participant", "ada"),
    ("setup", "github", "--repository", "ada/desk", "--participant", "ada", "--no-browser", "--wait", "0"),
]


@pytest.fixture(scope="module", name="github")
def a_host() -> Iterator[tuple[GitHub, App]]:
    with GitHub() as github:
        made = github.app()
        github.user("ada")
        github.user("bo")
        repositories = [
            github.repository(name, {"README.md": b"# Desk\n"}) for name in ("ada/desk", "bo/till")
        ]
        for repository in repositories:
            github.install(made, repository)
        yield github, made


@pytest.fixture(autouse=True)
def an_empty_database(github: tuple[GitHub, App], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    host, made = github
    monkeypatch.chdir(tmp_path)
    (tmp_path / "people.csv").write_text(PEOPLE)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("SENSEI_DATABASE_URL", databases.migrated_file(tmp_path / "sensei.db"))
    monkeypatch.setenv("SENSEI_GITHUB_APP_ID", str(made.id))
    monkeypatch.setenv("SENSEI_GITHUB_PRIVATE_KEY", made.private_key)
    monkeypatch.setenv("SENSEI_GITHUB_API_URL", host.url)
    monkeypatch.setenv("SENSEI_GITHUB_WRITE_SECONDS", "0")


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


def test_without_a_cohort_each_command_says_how_to_create_one_and_creates_none(
    subtests: pytest.Subtests,
) -> None:
    for command in ACTING:
        with subtests.test(command=" ".join(command)):
            assert "There is no cohort yet. Create one with `sensei cohort add NAME`" in refusal(*command)
    assert "There is no cohort." in run("cohort", "list")


def test_between_several_cohorts_each_command_asks_and_an_unknown_one_is_refused(
    subtests: pytest.Subtests, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Commands without --cohort use autumn." in run("cohort", "add", "autumn")
    added = run("cohort", "add", "spring")
    assert "There are now 2 cohorts, so commands need --cohort NAME, or SENSEI_COHORT=spring" in added
    for command in ACTING:
        with subtests.test(command=" ".join(command)):
            said = refusal(*command)
            assert "There are 2 cohorts" in said
            assert "spring, autumn." in said
            assert "There is no cohort called sprng. Did you mean spring?" in refusal(
                *command, "--cohort", "sprng"
            )
    monkeypatch.setenv("SENSEI_COHORT", "dojo")
    for command in ACTING[::5]:
        with subtests.test(command=" ".join(command)):
            said = refusal(*command)
            assert "SENSEI_COHORT is dojo, but there is no cohort with this name" in said
            assert "The cohorts are: spring, autumn." in said
    assert "spring: 0 participants" in run("cohort", "list").splitlines()[0]
    assert len(run("cohort", "list").splitlines()) == 2


def test_a_capstone_is_enrolled_in_the_only_cohort_and_then_stays_where_it_is() -> None:
    run("cohort", "add", "autumn")
    desk = ("capstone", "add", "ada/desk", "--participant", "ada")
    assert run(*desk) == "ada/desk is enrolled in autumn: participant @ada.\n"
    run("cohort", "add", "spring")
    assert "There are 2 cohorts" in refusal("capstone", "add", "bo/till", "--participant", "bo")
    till = run("capstone", "add", "bo/till", "--participant", "bo", "--cohort", "spring")
    assert till == "bo/till is enrolled in spring: participant @bo.\n"
    assert "ada/desk is enrolled in autumn: participant @ada, sensei @bo." in run(*desk, "--sensei", "bo")
    assert run("capstone", "list").splitlines() == [
        "ada/desk: @ada, @bo, automatic, in autumn",
        "bo/till: @bo, no sensei, automatic, in spring",
    ]
    moved = run(*desk, "--cohort", "spring")
    assert "is enrolled in spring: participant @ada, sensei @bo. It was enrolled in autumn before." in moved


def test_the_set_up_of_the_app_enrols_in_the_cohort_that_it_is_given() -> None:
    run("cohort", "add", "autumn")
    run("cohort", "add", "spring")
    setup = ("setup", "github", "--repository", "ada/desk", "--participant", "ada", "--no-browser")
    assert "ada/desk is enrolled in spring: participant @ada." in run(*setup, "--cohort", "spring")
    assert "ada/desk is enrolled in spring: participant @ada." in run(*setup)
    moved = run(*setup, "--cohort", "autumn")
    assert "ada/desk is enrolled in autumn: participant @ada. It was enrolled in spring before." in moved


def test_an_answer_names_the_cohort_and_what_it_suggests_acts_on_the_same_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run("cohort", "add", "autumn")
    run("cohort", "add", "spring")
    spring = ("--cohort", "spring")
    assert "No pairs have been proposed in spring yet." in refusal("pair", "show", *spring)
    assert "`sensei pair propose --cohort spring`" in refusal("pair", "show", *spring)
    nobody = refusal("pair", "propose", *spring)
    assert "spring has no active participants, so there is nobody to pair." in nobody
    assert "`sensei people import FILE --cohort spring`" in nobody
    run("capstone", "add", "bo/till", "--participant", "bo", *spring)
    ready = run("pair", "propose", *spring)
    assert "for spring is ready." in ready
    assert "`sensei pair show --cohort spring`" in ready
    monkeypatch.setenv("SENSEI_COHORT", "spring")
    assert "`sensei pair show`;" in run("pair", "propose").replace("`.", "`;")
    assert "People in spring:" in run("people", "list")
    assert "autumn has no people yet." in run("people", "list", "--cohort", "autumn")
    assert "Weights for pairing in spring:" in run("cohort", "weights")
    assert "Start is on 2027-01-11 in spring." in run("cohort", "date", "add", "start", "2027-01-11")
    assert "Dates of spring:" in run("cohort", "date", "list")
    assert "has been removed from spring." in run("cohort", "date", "remove", "1")
