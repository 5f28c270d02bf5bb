"""``sensei review`` with a model: the whole command over real HTTP to a Messages API on loopback."""

import json
import signal
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from bot.domain.review.report import Report
from tests import citations, databases, sensei
from tests.fakes.messages import KEY, Breaks, Fails, Hangs, Messages, Says, Step
from tests.repositories import Repository
from tests.waiting import FUSE

MODEL = "claude-opus-5-5"
QUOTE = "answer = client.messages.create(model=MODEL, max_tokens=LIMIT, messages=messages)"
CODE = f"""import anthropic

client = anthropic.Anthropic(timeout=20)


def ask(messages):
    {QUOTE}
    return answer.content[0].text
"""
READ = {
    "touched": ["performance_cost"],
    "movements": [],
    "concerns": [],
    "questions": [
        {
            "check": "performance_cost.4",
            "path": "app/client.py",
            "side": "head",
            "source": "commit",
            "quote": QUOTE,
            "question": "Which of your answers would be the first to be cut off by this limit?",
            "why": "the limit is chosen and not argued",
        }
    ],
    "strengths": [],
}
KEEP = {"verdicts": [{"n": 1, "because": "open", "verdict": "keep", "reworded": ""}], "best": 1}


def reply(body: Mapping[str, Any]) -> Step:
    """Answer as the reader or, where the request has items, as the second reader."""
    return Says(KEEP if "<items>" in json.dumps(body["messages"]) else READ)


@pytest.fixture
def server() -> Iterator[Messages]:
    with Messages(reply) as running:
        yield running


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    repository = Repository.make(tmp_path_factory.mktemp("capstone"))
    repository.commit({"README.md": b"# Capstone\n"})
    repository.git("checkout", "--quiet", "-b", "work")
    repository.commit({"app/client.py": CODE.encode()})
    return repository


def also(*values: Any) -> Any:
    """A row for `make contract`: tests/adapters/model tries each of them, without a command around it."""
    return pytest.param(*values, marks=pytest.mark.contract)


def settings(server: Messages, home: Path, **changes: str) -> dict[str, str]:
    database = home / "sensei" / "sensei.db"
    if not database.exists():
        database.parent.mkdir(parents=True, exist_ok=True)
        databases.migrated_file(database)
    return {
        "SENSEI_MODEL_PROVIDER": "anthropic",
        "SENSEI_MODEL": MODEL,
        "SENSEI_ANTHROPIC_API_KEY": KEY,
        "SENSEI_MODEL_BASE_URL": server.url,
        "XDG_DATA_HOME": str(home),
        "HOME": str(home),
        **changes,
    }


def review(
    repository: Repository, server: Messages, home: Path, *arguments: str, **changes: str
) -> subprocess.CompletedProcess[str]:
    return sensei.run("review", *arguments, cwd=repository.path, **settings(server, home, **changes))


def parsed(done: subprocess.CompletedProcess[str]) -> Report:
    return Report.model_validate_json(done.stdout)


def test_a_model_reads_and_the_same_review_again_costs_nothing(
    repository: Repository, server: Messages, tmp_path: Path
) -> None:
    first = review(repository, server, tmp_path, "--format", "json")
    report = parsed(first)
    assert first.returncode == 0, first.stderr
    assert (report.mode, report.complete, report.cost.calls) == ("model", True, 2)
    assert report.cost.usd
    # The model's. It has passed over line 8, about which a signal would ask.
    assert [asked.citation.line_start for asked in report.questions] == [7]
    assert citations.check(repository.path, report) > 0
    again = review(repository, server, tmp_path, "--format", "json")
    second = parsed(again)
    assert len(server.requests) == 2
    assert (second.cost.calls, second.cost.usd, second.questions) == (0, 0.0, report.questions)
    assert "from earlier recordings" in again.stderr


def test_a_person_sees_who_read_and_what_it_cost(
    repository: Repository, server: Messages, tmp_path: Path
) -> None:
    done = review(repository, server, tmp_path)
    assert "signals and a model" in done.stdout
    assert "2 calls" in done.stdout
    assert MODEL in done.stdout
    assert max(map(len, done.stdout.split("\n"))) <= 80


def test_without_the_setting_or_with_no_model_nothing_is_sent(
    repository: Repository, server: Messages, tmp_path: Path
) -> None:
    assert parsed(review(repository, server, tmp_path, "--no-model", "--format", "json")).mode == "signals"
    stray = {"ANTHROPIC_API_KEY": KEY, "ANTHROPIC_BASE_URL": server.url, "HOME": str(tmp_path)}
    done = sensei.run("review", "--format", "json", cwd=repository.path, **stray)
    assert parsed(done).mode == "signals"
    assert server.requests == []


@pytest.mark.parametrize(
    ("steps", "reason"),
    [
        ([Fails(429, "rate_limit_error", retry_after="3600")], "the model did not read the change"),
        ([Says(text='{"touched": ["risk"', stop_reason="max_tokens")], "the maximum length of an answer"),
        also([Says(text="", stop_reason="refusal")], "the model declined to answer"),
        also([Says(text="I think this is fine.")] * 8, "the model did not read the change"),
        also([Says(text='{"touched": ["risk"]}')] * 8, "the model did not read the change"),
        also([Fails(400, "invalid_request_error")], "the model did not read the change"),
        also([Fails(401, "authentication_error")], "the model did not read the change"),
    ],
    ids=["429 for an hour", "truncated", "refusal", "prose", "half-valid", "400", "401"],
)
def test_what_is_no_answer_makes_an_honest_incomplete_report(
    repository: Repository, server: Messages, tmp_path: Path, steps: list[Step], reason: str
) -> None:
    server.script(*steps)
    done = review(repository, server, tmp_path, "--format", "json")
    report = parsed(done)
    assert done.returncode == 3
    assert (report.mode, report.complete) == ("signals", False)
    assert reason in " ".join(report.incomplete_because)
    assert KEY not in done.stdout + done.stderr


@pytest.mark.parametrize(
    "steps",
    [
        [Breaks(after=2)],
        also([Fails(529, "overloaded_error", retry_after="0")]),
        also([Fails(500, retry_after="0")]),
    ],
    ids=["dropped stream", "529", "500"],
)
def test_a_passing_fault_is_survived(
    repository: Repository, server: Messages, tmp_path: Path, steps: list[Step]
) -> None:
    server.script(*steps)
    report = parsed(review(repository, server, tmp_path, "--format", "json"))
    assert (report.mode, report.complete) == ("model", True)
    assert len(server.requests) == report.cost.calls == 3


def test_a_model_that_says_nothing_is_given_up_in_time(
    repository: Repository, server: Messages, tmp_path: Path
) -> None:
    server.script(*[Hangs()] * 5)
    done = review(repository, server, tmp_path, "--format", "json", SENSEI_MODEL_TIMEOUT="1.5")
    assert done.returncode == 3
    assert parsed(done).mode == "signals"


@pytest.mark.contract
def test_killed_in_mid_call_the_next_review_pays_once_for_each_answer(
    repository: Repository, server: Messages, tmp_path: Path
) -> None:
    server.script(Says(READ), Hangs(Says(KEEP)))
    process = subprocess.Popen(
        [*sensei.COMMAND, "review", "--format", "json"],
        cwd=repository.path,
        env=sensei.environment(**settings(server, tmp_path)),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert server.arrived.acquire(timeout=FUSE)
    assert server.arrived.acquire(timeout=FUSE)
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=FUSE)
    server.release.set()
    report = parsed(review(repository, server, tmp_path, "--format", "json"))
    assert (report.mode, report.complete) == ("model", True)
    # The first answer was recorded and is not asked for again; the call that was in flight is.
    assert len(server.requests) == 3
    assert report.cost.calls == 1


def test_a_key_that_is_missing_is_told(repository: Repository, server: Messages, tmp_path: Path) -> None:
    done = review(repository, server, tmp_path, SENSEI_ANTHROPIC_API_KEY="")
    assert done.returncode == 2
    assert "SENSEI_ANTHROPIC_API_KEY" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_answer_from_one_address_is_not_taken_for_another_ones(
    repository: Repository, server: Messages, tmp_path: Path
) -> None:
    review(repository, server, tmp_path)
    with Messages(reply) as other:
        review(repository, other, tmp_path)
        assert len(server.requests) == len(other.requests) == 2


def test_without_credentials_bedrock_is_incomplete_and_costs_nothing(
    repository: Repository, server: Messages, tmp_path: Path
) -> None:
    done = review(
        repository,
        server,
        tmp_path,
        "--format",
        "json",
        SENSEI_MODEL_PROVIDER="bedrock",
        SENSEI_MODEL="anthropic.claude-opus-5-5",
        SENSEI_MODEL_BASE_URL="",
        SENSEI_AWS_REGION="eu-west-1",
        AWS_EC2_METADATA_DISABLED="true",
    )
    report = parsed(done)
    assert done.returncode == 3, done.stderr
    assert "no AWS credentials were found" in report.incomplete_because[0]
    assert (report.mode, report.cost.usd) == ("signals", 0.0)


def test_a_profile_that_aws_does_not_know_is_told(
    repository: Repository, server: Messages, tmp_path: Path
) -> None:
    done = review(
        repository,
        server,
        tmp_path,
        SENSEI_MODEL_PROVIDER="bedrock",
        SENSEI_AWS_REGION="eu-west-1",
        AWS_PROFILE="nobody",
    )
    assert done.returncode == 2
    assert "nobody" in done.stderr
    assert "bug" not in done.stderr
