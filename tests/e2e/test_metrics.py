"""What ``sensei serve`` counts, read as Prometheus reads it."""

import http.client
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests import sensei
from tests.fakes.github import Fails
from tests.fakes.github.hooks import Delivery
from tests.fakes.messages import KEY, Messages, Says, Step, said
from tests.serving import AFTER, SECRET, Serving, serving
from tests.waiting import FUSE

REVIEWS = "/repos/{owner}/{repo}/pulls/{pull_number}/reviews"
Samples = Mapping[tuple[str, frozenset[tuple[str, str]]], float]


def nothing_to_ask(body: Mapping[str, Any]) -> Step:
    if "<items>\n" in said(body):
        return Says({"verdicts": [], "best": None})
    return Says({"touched": [], "movements": [], "concerns": [], "questions": [], "strengths": []})


@pytest.fixture(name="it", scope="module")
def a_dojo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    with (
        Messages(nothing_to_ask) as messages,
        serving(
            tmp_path_factory.mktemp("dojo"),
            model_provider="anthropic",
            model="claude-opus-5-5",
            anthropic_api_key=KEY,
            model_base_url=messages.url,
            day_budget_usd="25",
            look_round_seconds="3600",
        ) as it,
    ):
        it.enrol()
        it.start()
        it.settle()
        yield it


def page(it: Serving, **headers: str) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", it.port, timeout=FUSE)
    try:
        connection.request("GET", "/metrics", headers=headers)
        answer = connection.getresponse()
        assert answer.status == 200
        assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
        return answer.read().decode()
    finally:
        connection.close()


def scraped(it: Serving) -> Samples:
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(page(it))
        for sample in family.samples
    }


def value(samples: Samples, name: str, **labels: str) -> float:
    return samples.get((f"sensei_{name}", frozenset(labels.items())), 0.0)


def redelivered(it: Serving, delivery: Delivery) -> int:
    """Send a delivery once more, and return the status of the answer."""
    sent = it.github.hooks.redeliver(delivery)
    it.github.hooks.settle()
    return sent.status


def test_the_figures_move_with_a_delivery_and_a_review(it: Serving) -> None:
    before = scraped(it)
    assert value(before, "database_up") == 1
    it.github.fault(Fails(500), "POST", REVIEWS)
    it.github.push(it.repository, "feature", AFTER)
    pull = it.github.open_pull(it.repository, "feature", it.ada)
    it.wait(lambda: it.concluded(pull))
    it.settle()
    brought = len(it.github.deliveries)
    assert it.get("/github/webhook") == 405
    connection = http.client.HTTPConnection("127.0.0.1", it.port, timeout=FUSE)
    connection.request("POST", "/github/webhook", b"{}")
    assert connection.getresponse().status == 401
    connection.close()
    again = it.github.hooks.deliveries[-1]
    # On a busy machine, a delivery may not be stored in time. Once it is, the next one is known.
    for _ in range(2):
        it.wait(lambda: 200 <= redelivered(it, again) < 300)
    after = scraped(it)

    def grew(name: str, **labels: str) -> float:
        return value(after, name, **labels) - value(before, name, **labels)

    assert value(after, "deliveries_received_total", outcome="new") <= brought
    assert grew("deliveries_received_total", outcome="new") >= 2  # the push and the pull request
    assert grew("deliveries_received_total", outcome="again") in {1, 2}
    assert grew("deliveries_refused_total", reason="unsigned") == 1
    assert grew("deliveries_handled_total", outcome="handled") >= 2
    assert value(after, "deliveries_handled_total", outcome="failed") == 0
    assert value(after, "rounds", state="published") == 1
    assert value(after, "rounds", state="failed") == 0
    for stage in ("queue", "checkout", "turn", "read", "model", "publish", "whole"):
        assert grew("reading_stage_seconds_count", kind="change", stage=stage) == 1, stage
    assert grew("reading_stage_seconds_sum", kind="change", stage="whole") >= grew(
        "reading_stage_seconds_sum", kind="change", stage="publish"
    )
    assert grew("step_seconds_count", workflow="review", step="submit") == 1
    assert grew("step_seconds_count", workflow="review", step="pending") == 2
    assert grew("step_retries_total", workflow="review", step="pending") == 1
    model = "claude-opus-5-5"
    assert grew("model_answers_total", model=model, purpose="read", outcome="answered") == 1
    assert grew("model_seconds_count", model=model, purpose="read") == 1
    assert grew("model_tokens_total", model=model, kind="output") > 0
    assert 0 < grew("model_cost_usd_total", model=model) < 1
    assert grew("model_spent_today_usd") == pytest.approx(grew("model_cost_usd_total", model=model))
    assert value(after, "model_day_budget_usd") == 25
    assert value(after, "github_requests_left") == 4999
    assert value(after, "dead_letters") == 0
    assert value(after, "pump_idle_seconds") < 30


def test_every_metric_is_in_the_documentation_and_nothing_else_is(it: Serving) -> None:
    families = {family.name for family in text_string_to_metric_families(page(it)) if "sensei" in family.name}
    table = (sensei.ROOT / "docs" / "doctor.md").read_text("utf-8")
    documented = re.findall(r"^\| `(sensei_\w+?)(?:_total)?` \|", table, re.MULTILINE)
    of_slack = {"sensei_slack_ready", "sensei_slack_paused"}  # this bot has no Slack
    assert sorted(documented) == sorted({*families, *of_slack})


def test_nothing_of_the_page_is_a_secret_or_names_anybody(it: Serving) -> None:
    text = page(it)
    held = [SECRET, KEY, it.app.private_key[30:60], *it.github.tokens]
    assert [secret for secret in held if secret in text] == []
    labels = " ".join(re.findall(r"\{(.*)\}", text))
    assert labels
    for name in ("ada", "sen", "desk", "feature", str(it.repository.id), str(it.installation.id)):
        assert re.search(rf"\b{name}\b", labels) is None, name


def test_how_the_work_stands_survives_a_restart_and_what_was_counted_begins_anew(it: Serving) -> None:
    assert value(scraped(it), "rounds", state="published") == 1
    it.end()
    it.start(SENSEI_METRICS_TOKEN="t" * 16)
    assert it.get("/metrics") == 401
    text = page(it, Authorization="Bearer " + "t" * 16)
    assert 'sensei_rounds{state="published"} 1.0' in text
    assert 'sensei_deliveries_refused_total{reason="unsigned"}' not in text
    assert it.errors() == []
