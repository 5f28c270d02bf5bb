"""``sensei cohort`` and ``sensei people``, in this process, against a workspace on loopback."""

import csv
import io
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import output
from bot.cli.app import app
from bot.errors import UserError
from tests import databases
from tests.fakes.slack import Slack

Run = Callable[..., str]


@pytest.fixture
def slack() -> Iterator[Slack]:
    with Slack() as made:
        yield made


@pytest.fixture
def sensei(slack: Slack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("SENSEI_DATABASE_URL", databases.migrated_file(tmp_path / "sensei.db"))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("SENSEI_SLACK_BOT_TOKEN", slack.bot_token)
    monkeypatch.setenv("SENSEI_SLACK_API_URL", slack.api_url)

    def run(*arguments: str, status: int = 0) -> str:
        done = CliRunner().invoke(app, [*arguments])
        if isinstance(done.exception, UserError):
            raise done.exception
        assert done.exit_code == status, done.output
        return done.output

    return run


def test_what_is_added_beside_the_cohort_of_the_environment_is_not_used(
    sensei: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SENSEI_COHORT", "dojo")
    assert "Commands without --cohort use dojo." in sensei("cohort", "add", "dojo")
    added = sensei("cohort", "add", "spring term")
    assert "Commands without --cohort still use dojo, because SENSEI_COHORT is set to it." in added
    assert "set SENSEI_COHORT='spring term' or add --cohort 'spring term'." in added


def test_a_cohort_has_a_lead_a_calendar_and_weights(sensei: Run, slack: Slack) -> None:
    lea = slack.person("Lea", email="lea@example.org")
    assert "There is no cohort." in sensei("cohort", "list")
    made = sensei("cohort", "add", "spring")
    assert "The cohort spring now exists." in made
    assert "Commands without --cohort use spring." in made
    assert "already exists" in sensei("cohort", "add", "spring")
    assert (
        sensei("cohort", "lead", "spring", "--slack", "lea@example.org") == "Lea is now a lead of spring.\n"
    )
    sensei("cohort", "lead", "spring", "--slack", lea.id)
    here = ("--cohort", "spring")
    sensei("cohort", "date", "add", "design", "2099-01-15", *here)
    sensei("cohort", "date", "add", "design", "2099-01-22", *here)
    sensei("cohort", "date", "add", "other", "2099-01-20", "Demo day", *here)
    headline, *listed = sensei("cohort", "date", "list", *here).splitlines()
    assert headline == "Dates of spring:"
    assert [line.partition(": ")[2] for line in listed] == [
        "2099-01-20 other Demo day",
        "2099-01-22 design Design milestone",
    ]
    sensei("cohort", "date", "remove", listed[0].partition(":")[0], *here)
    assert sensei("cohort", "list") == (
        f"spring: 0 participants, 0 senseis, 1 lead, in workspace {slack.team}, "
        "next Design milestone on 2099-01-22\n"
    )
    assert "skills=7" in sensei("cohort", "weights", "skills=7", *here)
    assert "skills=7" in sensei("cohort", "weights", "overlap=9", *here)
    assert "minimum_hours=4" in sensei("cohort", "weights", "minimum_hours=4", *here)
    assert "skills=7" not in sensei("cohort", "weights", "--reset", *here)
    people = sensei("people", "list", *here)
    assert people == f"People in spring:\nLea: lead, Slack {lea.id}, GitHub not linked\n"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("cohort", "lead", "sprng", "--slack", "U0000001"), "no cohort called sprng. Did you mean spring?"),
        (("cohort", "lead", "spring", "--slack", "lea"), "“lea” is not a Slack account"),
        (
            ("cohort", "lead", "spring", "--slack", "no@example.org"),
            "Slack has no user with the e-mail address",
        ),
        (("cohort", "date", "add", "desing", "2027-01-01"), "not a kind of date. Did you mean design?"),
        (("cohort", "date", "add", "design", "1 May"), "“1 May” is not a date"),
        (("cohort", "date", "add", "design", "9999-12-31"), "“9999-12-31” is too far in the past or future"),
        (("cohort", "date", "add", "other", "2027-01-01"), "needs a title"),
        (("cohort", "date", "add", "midway", "2026-12-31"), "design would then come after midway"),
        (("cohort", "date", "remove", "99"), "has no date with the number 99"),
        (("cohort", "weights", "skill=1"), "Did you mean skills?"),
        (("cohort", "weights", "skills=a"), "is not a weight"),
        (("cohort", "weights", "skills=1001"), "cannot be 1001"),
        (("cohort", "weights", "minimum_hours=41"), "cannot be 41"),
        (("people", "unlink", "nobody"), "Sensei knows no one called 'nobody'"),
        (("people", "import", "missing.csv"), "missing.csv cannot be read"),
    ],
)
def test_what_is_wrong_is_named(
    sensei: Run, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], told: str
) -> None:
    monkeypatch.setenv("SENSEI_COHORT", "spring")
    sensei("cohort", "add", "spring")
    sensei("cohort", "date", "add", "design", "2027-01-15")
    with pytest.raises(UserError) as refused:
        sensei(*arguments)
    assert told in str(refused.value)


def test_a_template_that_is_filled_in_is_taken(sensei: Run, slack: Slack, tmp_path: Path) -> None:
    rows = list(csv.reader(io.StringIO(sensei("people", "template"))))
    for row, name in zip(rows[1:], ("participant", "sensei"), strict=True):
        slack.person(name.title(), email=f"{name}@example.org")
        row[0] = name.title()
    file = tmp_path / "people.csv"
    sensei("cohort", "add", "dojo")

    def write() -> None:
        with file.open("w", newline="", encoding="utf-8-sig") as out:
            csv.writer(out, delimiter=";").writerows(rows)

    write()
    tried = sensei("people", "import", str(file), "--dry-run")
    assert "If imported: 2 new, 0 changed, 0 unchanged, in dojo." in tried
    assert "Nothing was written, because of --dry-run." in tried
    done = sensei("people", "import", str(file))
    assert (
        "2 new, 0 changed, 0 unchanged, in dojo.\n  new: Participant (participant), Sensei (sensei)" in done
    )
    proof = "must still link their GitHub account with `/dojo link`: Participant (sample-login)"
    assert proof in " ".join(done.split())
    assert all(len(line) <= 80 for line in done.splitlines()), done
    assert (tmp_path / "cache" / "sensei" / "slack-accounts.json").exists()
    rows[2][-1] = "4"
    write()
    assert "0 new, 1 changed, 1 unchanged, in dojo.\n  changed: Sensei (capacity)" in sensei(
        "people", "import", str(file)
    )
    rows[1][1], rows[2][7], rows[2][2] = "particpant", "securty:3", "nobody@example.org"
    write()
    refused = sensei("people", "import", str(file), status=2)
    assert "row 2, role: “particpant” is not a role. Did you mean participant?" in refused
    assert "row 3, skills: “securty” is not a skill. Did you mean security?" in refused
    assert "row 3, slack: Slack has no user with this address: “nobody@example.org”." in refused
    assert "so Sensei changed nothing in dojo" in refused
    assert "people.csv has 3 errors" in refused
    assert len(sensei("people", "list").splitlines()) == 3


def test_a_terminal_shows_how_far_the_look_ups_are_and_a_log_gets_a_line_now_and_then(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with output.lookups() as report:
        for done in range(1, 101):
            report(done, 120)
    assert capsys.readouterr().err == "50 of 120 accounts looked up\n100 of 120 accounts looked up\n"
    monkeypatch.setenv("FORCE_COLOR", "1")
    with output.lookups() as report:
        report(7, 120)
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "Looking up Slack accounts" in shown.err
    assert "7/120" in shown.err
