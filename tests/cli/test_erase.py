"""``sensei erase --slack-messages`` in this process: messages in Slack first, then the rows."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli.app import app
from bot.errors import UserError
from tests import databases
from tests.fakes.slack import Fails, Person, Slack

Run = Callable[..., str]


@pytest.fixture(name="slack")
def a_workspace() -> Iterator[Slack]:
    with Slack() as slack:
        yield slack


@pytest.fixture(name="sensei")
def commands(slack: Slack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("SENSEI_DATABASE_URL", databases.migrated_file(tmp_path / "sensei.db"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("SENSEI_SLACK_BOT_TOKEN", slack.bot_token)
    monkeypatch.setenv("SENSEI_SLACK_API_URL", slack.api_url)

    def run(*arguments: str) -> str:
        done = CliRunner().invoke(app, [*arguments])
        if done.exception and not isinstance(done.exception, SystemExit):
            raise done.exception
        assert done.exit_code == 0, done.output
        return done.output

    return run


@pytest.fixture(name="ada")
def somebody(slack: Slack, sensei: Run, tmp_path: Path) -> Person:
    ada = slack.person("Ada", email="ada@example.org", tz="Europe/Madrid")
    file = tmp_path / "people.csv"
    file.write_text("name,role,slack\nAda,participant,ada@example.org\n")
    sensei("cohort", "add", "dojo")
    sensei("people", "import", str(file))
    for number in range(2):
        message = {"type": "message", "user": slack.bot_user, "text": f"{number}", "ts": slack.stamp()}
        slack.channels[ada.dm].messages.append(message)
    return ada


@pytest.mark.contract
def test_messages_are_offered_counted_and_deleted_before_anything_else(
    sensei: Run, slack: Slack, ada: Person
) -> None:
    assert (
        "Sensei's messages to this person stay in Slack. To delete them too, add --slack-messages."
        in sensei("erase", "Ada")
    )
    planned = sensei("erase", "Ada", "--slack-messages")
    assert "2 direct messages from Sensei to this person would be deleted in Slack." in planned
    assert len(ada.messages) == 2
    slack.fault(Fails("account_inactive"), "chat.delete")
    with pytest.raises(UserError, match="Nothing was deleted"):
        sensei("erase", "Ada", "--slack-messages", "--yes")
    assert "Ada" in sensei("people", "list"), "the rows wait until the messages are gone"
    done = sensei("erase", "Ada", "--slack-messages", "--yes")
    assert "2 direct messages from Sensei to this person were deleted in Slack." in done
    assert "No traces left." in done
    assert ada.messages == []
    assert "no people yet" in sensei("people", "list")


@pytest.mark.contract
def test_messages_to_an_erased_person_are_found_by_their_slack_id(
    sensei: Run, slack: Slack, ada: Person
) -> None:
    assert "Sensei's messages to this person stay in Slack.\n" in sensei("erase", "Ada", "--yes")
    unknown = sensei("erase", "Ada", "--yes", "--slack-messages")
    assert "If they have an account, run the command again with its id instead of a name." in unknown
    assert unknown.endswith("No traces of this name left.\n")
    assert len(ada.messages) == 2
    done = sensei("erase", ada.id, "--yes", "--slack-messages")
    assert "2 direct messages from Sensei to this person were deleted in Slack." in done
    assert ada.messages == []


def test_without_slack_nothing_is_erased(sensei: Run, ada: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SENSEI_SLACK_BOT_TOKEN")
    with pytest.raises(UserError, match="Slack isn't set up"):
        sensei("erase", "Ada", "--slack-messages", "--yes")
    assert "Ada" in sensei("people", "list")


def test_the_ending_of_the_file_chooses_what_an_export_is(sensei: Run, ada: Person, tmp_path: Path) -> None:
    page, data, other = (tmp_path / name for name in ("ada.md", "ada.JSON", "ada.txt"))
    assert "For a page to read" not in sensei("export", "Ada", "--output", str(page))
    for file in (data, other):
        assert "a file name that ends in .md." in sensei("export", ada.id, "--output", str(file))
    assert page.read_text("utf-8").startswith("# Your data in Sensei\n")
    assert [file.read_text("utf-8")[0] for file in (data, other)] == ["{", "{"]
    for name, format_ in (("new.json", "md"), ("new.md", "json")):
        with pytest.raises(UserError, match="match the extension"):
            sensei("export", "Ada", "--output", str(tmp_path / name), "--format", format_)
        assert not (tmp_path / name).exists()


@pytest.mark.contract
def test_other_records_with_the_name_are_listed_and_stay(
    sensei: Run, slack: Slack, ada: Person, tmp_path: Path
) -> None:
    other = slack.person("ADA", email="ada.two@example.org")
    file = tmp_path / "more.csv"
    file.write_text("name,role,slack\nADA,sensei,ada.two@example.org\n")
    sensei("people", "import", str(file))
    with pytest.raises(UserError, match="could be any of 2 people") as told:
        sensei("erase", "Ada", "--yes")
    for person, name in ((ada, "Ada"), (other, "ADA")):
        assert f"(Slack {person.id}, “{name}”)" in told.value.what
    for options in ([], ["--yes"]):
        said = sensei("erase", ada.id, *options)
        assert "Sensei has another record with the same name: " in said
        assert f"(Slack {other.id}, “ADA”). If it is about the same person, erase it too." in said
    assert "another record" not in sensei("erase", "Ada", "--yes")
