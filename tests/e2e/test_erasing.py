"""A person is shown what is kept of them, and forgotten without a trace, beside others who lose nothing."""

import json
import re
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.rendering.review.markdown import plain
from tests import dying, erasing
from tests.erasing import (
    ABOUT_ADA,
    ABOUT_HER,
    AGAINST_HER,
    HER_ANSWER,
    HER_ASIDES,
    HER_DOJO,
    HER_NAME,
    HER_RECORD,
    HER_WORDS,
    THEIR_ANSWER,
    THEIR_WORDS,
    ZELDA,
    Lived,
    Snapshot,
    as_text,
    sql,
)


@pytest.fixture(
    name="kept", scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.contract)]
)
def a_dojo(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    with erasing.on(request.param, tmp_path_factory.mktemp("dojo")) as it:
        yield Snapshot(it, tmp_path_factory.mktemp("kept"))


@pytest.fixture(name="it")
def as_it_was(kept: Snapshot) -> Lived:
    return kept.back()


def of_others(it: Lived) -> dict[str, list[str]]:
    """Every row about ada's capstone or about nobody, by hand-written queries; her sensei is left out."""
    s = "" if it.url.startswith("sqlite") else "dbos."
    desk = f"(SELECT id FROM capstone WHERE repository_id = {it.desk})"
    pulls = f"(SELECT id FROM pull_request WHERE capstone_id IN {desk})"
    entries = f"(SELECT id FROM ledger_entry WHERE capstone_id IN {desk})"
    questions = f"(SELECT id FROM question WHERE pull_request_id IN {pulls})"
    decisions = f"(SELECT id FROM decision WHERE capstone_id IN {desk})"
    zelda = "(SELECT person_id FROM identity WHERE login = 'zelda-quill')"
    keys = ", ".join(f"'{key}'" for key in it.keys)
    queries = {
        "cohort": "SELECT * FROM cohort",
        "person": f"SELECT * FROM person WHERE id NOT IN {zelda}",
        "identity": f"SELECT * FROM identity WHERE person_id NOT IN {zelda}",
        "enrolment": f"SELECT * FROM enrolment WHERE person_id NOT IN {zelda}",
        **{
            table: f"SELECT * FROM {table} WHERE person_id NOT IN {zelda}"
            for table in ("person_name", "link_code")
        },
        "preference": "SELECT p.* FROM preference p JOIN enrolment e ON e.id = p.enrolment_id"
        f" WHERE e.person_id NOT IN {zelda} AND p.person_id NOT IN {zelda}",
        "profile": "SELECT p.* FROM profile p JOIN enrolment e ON e.id = p.enrolment_id"
        f" WHERE e.person_id NOT IN {zelda}",
        "never_pair": f"SELECT * FROM never_pair WHERE author_id NOT IN {zelda} AND other_id NOT IN {zelda}",
        "absence": "SELECT id, cohort_id, sensei_id, first_day, last_day FROM absence"
        f" WHERE sensei_id NOT IN {zelda}",
        "cohort_date": "SELECT * FROM cohort_date",
        "unassigned": f"SELECT * FROM unassigned WHERE participant_id NOT IN {zelda}",
        "pairing": "SELECT id, cohort_id, proposal_id, participant_id, sensei_id, state, fit, why"
        f" FROM pairing WHERE participant_id NOT IN {zelda} AND sensei_id NOT IN {zelda}",
        "capstone": "SELECT id, cohort_id, participant_id, tenant, repository_id, owner, name,"
        " default_branch, installation_id, publish, held, state, created_at FROM capstone"
        f" WHERE repository_id = {it.desk}",
        "pull_request": f"SELECT * FROM pull_request WHERE id IN {pulls} AND author_login = 'ada'",
        "round": f"SELECT * FROM round WHERE pull_request_id IN {pulls}",
        "question": f"SELECT * FROM question WHERE pull_request_id IN {pulls}",
        "thread_message": "SELECT t.* FROM thread_message t JOIN question q ON q.id = t.question_id"
        f" WHERE q.pull_request_id IN {pulls} AND body = '{THEIR_WORDS[0]}'",
        "conversation": f"SELECT * FROM conversation WHERE question_id IN {questions}",
        "private_message": "SELECT m.* FROM private_message m JOIN conversation c ON c.id = m.conversation_id"
        f" WHERE c.question_id IN {questions}",
        "decision": f"SELECT * FROM decision WHERE id IN {decisions}",
        **{
            table: f"SELECT * FROM {table} WHERE decision_id IN {decisions}"
            for table in ("decision_revision", "decision_anchor", "drift_question")
        },
        "statement": f"SELECT * FROM statement WHERE capstone_id IN {desk}",
        "criterion_ruling": "SELECT id, criterion, verdict, level, draft, role, milestone, at"
        f" FROM criterion_ruling WHERE capstone_id IN {desk}",
        "appeal": "SELECT a.id, a.person_id, a.reason, a.at FROM appeal a JOIN criterion_ruling r"
        f" ON r.id = a.ruling_id WHERE r.capstone_id IN {desk}",
        "exemption": f"SELECT id, kind, subject, at FROM exemption WHERE capstone_id IN {desk}",
        **{
            table: f"SELECT * FROM {table} WHERE capstone_id IN {desk}"
            for table in ("criterion_snapshot", "baseline_coverage")
        },
        "digest": f"SELECT id, role, week, picture FROM digest WHERE person_id NOT IN {zelda}",
        "ledger_entry": f"SELECT * FROM ledger_entry WHERE id IN {entries}",
        "citation": f"SELECT * FROM citation WHERE entry_id IN {entries}",
        "model_call": f"SELECT * FROM model_call WHERE repository LIKE '%/{it.desk}'",
        "effect": f"SELECT * FROM effect WHERE key LIKE '%:{it.desk}#%'",
        "command": f"SELECT id, verb, answer, question_id, at FROM command WHERE pull_request_id IN {pulls}"
        f" AND CAST(author_id AS TEXT) NOT IN (SELECT external_id FROM identity WHERE login = '{ZELDA}')",
        "reply": f"SELECT * FROM effect WHERE key NOT LIKE '%:{it.loom}#%'"
        f" AND key NOT LIKE 'baseline:{it.loom}:%' AND key NOT LIKE 'comments:{it.loom}:%'"
        f" AND key NOT IN ({keys})",
        "job": f"SELECT * FROM job WHERE id NOT LIKE '%:{it.loom}%' AND id NOT IN ({keys})"
        " AND kind NOT IN ('digest', 'snapshot')",  # the running bot plans these whenever it looks round
        "delivery": "SELECT * FROM delivery WHERE payload IS NULL AND state IN ('handled', 'failed')",
        "refusal": "SELECT * FROM refusal",
        **{
            table: f"SELECT * FROM {s}{table} WHERE workflow_uuid NOT LIKE '%:{it.loom}%'"
            f" AND workflow_uuid NOT IN ({keys})"
            for table in ("workflow_status", "workflow_input", "workflow_output", "operation_outputs")
        },
    }
    rows = {name: [as_text(row) for row in sql(it.it, query)] for name, query in queries.items()}
    return {name: sorted(row for row in found if ZELDA not in row) for name, found in rows.items()}


def test_the_export_holds_all_of_it_and_nothing_of_others(it: Lived, tmp_path: Path) -> None:
    file = tmp_path / "zelda.json"
    done = it.it.run("export", ZELDA, "--output", str(file))
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    document = json.loads(file.read_text("utf-8"))
    assert document["schema"] == "sensei.export/1"
    text = as_text(document)
    missing = [
        needle
        for needle in it.needles
        if needle not in text
        and needle not in (*HER_WORDS[2:], THEIR_WORDS[1], AGAINST_HER, ABOUT_HER.reason)
    ]
    assert missing == []
    foreign = [
        each
        for each in (
            *THEIR_WORDS,
            THEIR_ANSWER,
            ABOUT_ADA.appeal,
            ABOUT_HER.reason,
            "clerk",
            "ada/desk",
            "clerk_1",
            AGAINST_HER,
            "Lovelace",
        )
        if each in text
    ]
    assert foreign == []
    assert "somebody else" in text
    page = it.it.run("export", ZELDA, "--format", "md").stdout
    assert [words for words in (*THEIR_WORDS, "ada/desk", AGAINST_HER, "Lovelace") if words in page] == []
    assert "# Your data in Sensei" in page
    for words in (HER_WORDS[0], HER_ANSWER, *HER_RECORD):
        assert plain(words) in page
    accounts = {
        str(row[0])
        for row in sql(
            it.it,
            "SELECT external_id FROM identity WHERE person_id NOT IN"
            f" (SELECT person_id FROM identity WHERE login = '{ZELDA}')",
        )
    }
    assert not [number for number in accounts if number in text]
    [capstone] = document["capstones"]
    rows = sql(it.it, f"SELECT count(*) FROM round WHERE id LIKE 'review:{it.loom}#%'")[0][0]
    assert sum(len(pull["rounds"]) for pull in capstone["pull_requests"]) == rows == 3
    assert len(capstone["model_calls"]) == 5
    assert {each["id"].partition(":")[0] for each in capstone["workflows"]} == {
        "review",
        "baseline",
        "reconcile",
        "answer",
        "ruling",
    }
    given = [each for pull in capstone["pull_requests"] for each in pull["commands"]]
    assert [(each["verb"], each.get("author", ZELDA), each.get("about")) for each in given] == [
        ("review", ZELDA, ""),
        ("explain", ZELDA, HER_ASIDES[1]),
        ("help", "somebody else", None),
        ("dispute", ZELDA, ""),
    ]
    assert [each["about"] for each in document["elsewhere"]["commands"]] == ["reliability.2"]
    assert [each["action"] for each in document["audit"]].count("questions.settle") == 1
    assert {each["key"].partition(":")[0] for each in capstone["effects"]} >= {"reply", "ruling"}
    assert len(document["deliveries"]) == 3
    _dojo(document)
    ids = sql(it.it, "SELECT id FROM person")
    assert len([person for (person,) in ids if person in text]) == 1 < len(ids)
    assert [each["body"] for each in document["elsewhere"]["messages"]] == [HER_WORDS[1]]
    assert len(document["elsewhere"]["pull_requests"]) == 1
    assert len(document["elsewhere"]["sensei_of"]) == 1


def _dojo(document: dict[str, Any]) -> None:
    """What she is and said in the cohort, and of others that there was somebody."""
    dojo = document["dojo"]
    assert dojo["name"] == HER_NAME
    assert [(pair["participant"], pair["sensei"], pair["state"], pair["why"]) for pair in dojo["pairs"]] == [
        ("themselves", "somebody else", "active", ""),
        ("somebody else", "themselves", "vetoed", HER_DOJO[3]),
    ]
    assert [(each["other"], each["reason"]) for each in dojo["never_pairs"]] == [
        ("somebody else", HER_DOJO[2])
    ]
    assert [each["deputy"] for each in dojo["absences"]] == ["somebody else"]
    assert [each["sensei"] for each in dojo["deputy"]] == ["somebody else"]
    assert [len(dojo[each]) for each in ("proposals", "unassigned")] == [1, 1]
    assert "never" not in str(dojo["unassigned"])
    assert set(dojo["link_code"]) == {"expires_at", "state", "login", "account"}
    assert {each["role"] for each in document["enrolments"]} == {"participant", "sensei", "lead"}
    assert [each["prefers"] for each in document["enrolments"] if each["profile"]] == [["somebody else"]] * 2
    jobs = [each["id"].rpartition(":")[0] for each in document["work"]["jobs"]]
    assert [job for job in jobs if not job.startswith("digest:")] == [  # planned when the bot looks round
        "message:joining.hello",
        f"home:{document['person']['id']}",
    ]
    assert len(document["work"]["effects"]) == 1
    actions = [each["action"] for each in document["audit"]]
    assert "person.merged" in actions
    assert "never.add" not in actions


def test_without_yes_it_is_told_what_would_go_and_nothing_changes(it: Lived) -> None:
    before = it.rows()
    done = it.erase()
    assert done.returncode == 0, done.stderr
    assert "would be deleted" in done.stdout
    assert f"{it.it.github.url}/{ZELDA}/loom/pull/1#pullrequestreview-" in done.stdout
    [told] = re.findall(r"answer: \S+/pull/1#issuecomment-(\d+)$", done.stdout, re.MULTILINE)[:1]
    assert (told,) in sql(it.it, "SELECT external_id FROM effect WHERE key LIKE 'reply:%'")
    assert len(re.findall(r"answer: \S+/pull/1#discussion_r\d+$", done.stdout, re.MULTILINE)) == 2
    assert it.rows() == before
    assert (it.it.folder / "checkouts" / f"{it.loom}.git").exists()


def test_nothing_is_left_and_others_lose_nothing(it: Lived) -> None:
    before = of_others(it)
    assert {line.partition(":")[0] for line in it.left()} > {
        "identity",
        "round",
        "operation_outputs",
        "delivery",
        "command",
        "effect",
        "job",
        "person_name",
        "profile",
        "never_pair",
        "pairing",
        "conversation",
        "private_message",
        "decision_revision",
        "statement",
        "criterion_ruling",
        "appeal",
        "exemption",
    }
    assert {key.partition(":")[0] for key in it.keys} == {
        "reply",
        "ruling",
        "rewrite",
        "answer",
        "message",
        "home",
    }
    bills = "SELECT id, usd, input_tokens, output_tokens, model, started_at FROM model_call ORDER BY id"
    asked, bill = len(it.messages.requests), sql(it.it, bills)
    opaque = sql(it.it, f"SELECT person_id FROM identity WHERE login = '{ZELDA}'")[0][0]
    done = it.erase("--yes")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "No traces left." in done.stdout
    assert it.left() == []
    assert of_others(it) == before
    assert sorted(sql(it.it, "SELECT verb, about FROM command")) == [("dispute", ""), ("explain", "")]
    assert sql(it.it, bills) == bill
    assert len(bill) == 10
    assert sql(it.it, "SELECT actor, subject FROM audit_event WHERE action = 'person.erased'") == [
        ("operator", f"person:{opaque}")
    ]
    [(waits,)] = sql(it.it, "SELECT payload FROM delivery WHERE state = 'stored' AND payload IS NOT NULL")
    assert "I asked @somebody who was erased about it." in as_text(waits)
    [(about_her,)] = sql(it.it, "SELECT payload FROM delivery WHERE guid = 'slack:2'")
    assert "U0ADA4711" in as_text(about_her)
    assert '"selected_user": "somebody who was erased"' in as_text(about_her)
    [(rows,)] = sql(it.it, "SELECT rows FROM digest")
    assert "dispute:7" in as_text(rows)
    assert "risk:" not in as_text(rows)
    assert sql(it.it, "SELECT count(*) FROM snooze") == [(0,)]
    assert sql(it.it, "SELECT state, second_id FROM appeal") == [("asked", None)]
    [(pair,)] = sql(it.it, "SELECT reasons FROM pairing")
    assert opaque not in as_text(pair)
    assert "somebody who was erased" in as_text(pair)
    again = it.erase("--yes")
    assert again.returncode == 0, again.stderr
    assert "There is no data about 'zelda-quill'" in again.stdout
    assert of_others(it) == before
    unknown = it.it.run("export", ZELDA)
    assert (unknown.returncode, unknown.stdout) == (2, "")
    assert "Sensei knows no one called 'zelda-quill'." in unknown.stderr
    # The bot goes on where the others are, and asks no model for what it knows.
    it.it.github.hooks.holding = False
    it.it.start()
    it.it.settle()
    assert it.it.errors() == []
    assert it.it.end(signal.SIGTERM) == 0
    assert len(it.messages.requests) == asked


def test_it_is_refused_while_the_bot_runs(it: Lived) -> None:
    it.it.start()
    done = it.erase("--yes")
    assert done.returncode == 2
    assert "already being served by" in done.stderr
    assert "so nothing was erased" in done.stderr
    assert it.it.end(signal.SIGTERM) == 0
    assert sql(it.it, f"SELECT count(*) FROM identity WHERE login = '{ZELDA}'") == [(1,)]


@pytest.mark.chaos
@pytest.mark.parametrize("point", dying.POINTS)
@pytest.mark.parametrize("moment", ["before", "done"])
def test_killed_in_mid_erasure_and_run_again_it_ends_the_same(it: Lived, moment: str, point: str) -> None:
    before = of_others(it)
    killed = subprocess.run(
        [sys.executable, "-m", "tests.dying", moment, point, "erase", ZELDA, "--yes"],
        env=it.it.environment,
        capture_output=True,
        check=False,
        timeout=120,
    )
    assert killed.returncode == -signal.SIGKILL
    done = it.erase("--yes")
    assert done.returncode == 0, done.stdout + done.stderr
    assert it.left() == []
    assert of_others(it) == before
    assert sql(it.it, "SELECT count(*) FROM audit_event WHERE action = 'person.erased'") == [(1,)]


def test_a_sensei_alone_goes_from_others_capstones_which_stay(it: Lived) -> None:
    count = "SELECT count(*) FROM "
    tables = ("capstone", "pull_request", "round", "question", "model_call", "citation")
    before = {table: sql(it.it, count + table) for table in tables}
    mine: dict[str, Any] = json.loads(it.it.run("export", "sen").stdout)
    assert mine["capstones"] == []
    assert [each["body"] for each in mine["elsewhere"]["messages"]] == [THEIR_WORDS[1]]
    for words in (HER_WORDS[0], HER_ANSWER, *HER_RECORD):
        assert words not in as_text(mine)
    assert ZELDA not in as_text(mine)
    done = it.erase("--yes", who="sen")
    assert done.returncode == 0, done.stdout + done.stderr
    assert {table: sql(it.it, count + table) for table in tables} == before
    assert sql(it.it, f"SELECT sensei_id FROM capstone WHERE repository_id = {it.loom}") == [(None,)]
    assert sql(it.it, f"{count} thread_message WHERE body = '{THEIR_WORDS[1]}'") == [(0,)]
    assert sql(it.it, f"{count} thread_message") == [(5,)]
    ruled = "SELECT level, sentence, reason, r.sensei_id FROM criterion_ruling r JOIN capstone c"
    ruled += f" ON c.id = r.capstone_id WHERE c.repository_id = {it.loom}"
    assert sql(it.it, ruled) == [(1, "", "", None)]
    assert sql(it.it, f"{count} command WHERE verb = 'help'") == [(0,)]
    assert sql(it.it, f"{count} command") == [(6,)]


def test_who_is_unknown_is_told_and_nothing_goes(it: Lived) -> None:
    before = it.rows()
    for command in (["export", "zelda"], ["erase", "zelda"]):
        done = it.it.run(*command)
        assert (done.returncode, done.stdout) == (2, "")
        assert "Sensei knows no one called 'zelda'." in done.stderr
    assert it.rows() == before


def test_what_cannot_be_taken_out_is_named_by_its_place_alone(it: Lived) -> None:
    with it.it.database.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE question SET text = 'As @zelda-quill said: what for?'"
            " WHERE id = (SELECT min(id) FROM question WHERE path LIKE 'clerk%%')"
        )
    done = it.erase("--yes", who=f"@{ZELDA.upper()}")
    assert done.returncode == 3
    assert "question.text  1" in done.stdout
    assert "what for" not in done.stdout + done.stderr
    assert it.it.run("erase", ZELDA, "--yes").returncode == 3
