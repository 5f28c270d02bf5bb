"""The fake GitHub, driven by PyGithub and by hand, judged by what GitHub publishes about itself."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from github import Auth, Github, GithubIntegration, GithubRetry
from github.GithubException import GithubException

from tests.contract import judge, vendor
from tests.fakes import shop
from tests.fakes.github import EVENTS, Delivery, GitHub
from tests.fakes.github.client import Client, assertion
from tests.fakes.github.routes import ROUTES
from tests.fakes.shop import PULL, REVIEWS, Shop

pytestmark = pytest.mark.contract

ROOT = "/repos/ada/shop"
OPERATIONS = [(route.method, route.template) for route in ROUTES if "graphql" not in route.template]
REFUSED_FOR_THEIR_FORM = {422, 401}
RESOLVE = "mutation($id: ID!) { resolveReviewThread(input: {threadId: $id}) { thread { id isResolved } } }"
THREADS = (
    'query($n: Int!) { repository(owner: "ada", name: "shop") { pullRequest(number: $n) {'
    " reviewThreads(first: 50) { pageInfo { hasNextPage endCursor } nodes { id isResolved path line"
    " comments(first: 5) { nodes { databaseId author { login } } } } } } } }"
)


@pytest.fixture(name="verdict", scope="module")
def a_judge() -> judge.Judge:
    made = vendor.need(lambda: judge.Judge(OPERATIONS))
    assert isinstance(made, judge.Judge)
    return made


@pytest.fixture(name="it")
def a_judged_shop(verdict: judge.Judge) -> Iterator[Shop]:
    with shop.opened() as it:
        it.installation.permissions["contents"] = "write"
        it.client = Client(it.github, it.installation)
        yield it
        judge_all(it.github, verdict)


def judge_all(github: GitHub, verdict: judge.Judge) -> None:
    """Judge every answer, every request that was not refused for its form, and every payload."""
    for recorded in github.requests:
        if recorded.template.startswith("git "):
            continue
        if recorded.status in REFUSED_FOR_THEIR_FORM:
            verdict.response(recorded)
        else:
            verdict.exchange(recorded)
    for delivery in github.deliveries:
        judge.webhook(delivery.event, delivery.payload)


def integration(it: Shop) -> GithubIntegration:
    return GithubIntegration(
        auth=Auth.AppAuth(it.app.id, it.app.private_key),
        base_url=it.github.url,
        retry=GithubRetry(total=0),
        seconds_between_requests=0,
        seconds_between_writes=0,
    )


def as_installation(it: Shop) -> Github:
    return integration(it).get_github_for_installation(it.installation.id)


def test_pygithub_reads_an_app_and_its_installations(it: Shop) -> None:
    app = integration(it)
    assert app.get_app().slug == "sensei"
    assert app.get_repo_installation("ada", "shop").id == it.installation.id
    assert app.get_app_installation(it.installation.id).target_type == "User"
    assert [found.id for found in app.get_installations()] == [it.installation.id]
    assert app.get_access_token(it.installation.id, {"pull_requests": "read"}).permissions == {
        "metadata": "read",
        "pull_requests": "read",
    }


def test_pygithub_reads_a_pull_request(it: Shop) -> None:
    pull = as_installation(it).get_repo("ada/shop").get_pull(1)
    assert (pull.number, pull.commits, pull.changed_files) == (1, 1, 3)
    assert {file.filename: file.status for file in pull.get_files()} == {
        "a.txt": "modified",
        "new.txt": "added",
        "old.txt": "removed",
    }
    assert [commit.sha for commit in pull.get_commits()] == [it.pull.head_sha]
    assert pull.user.login == "ada"


def test_pygithub_reads_a_repository_and_people(it: Shop) -> None:
    github = as_installation(it)
    bob = it.github.user("bob")
    it.repository.collaborators["bob"] = "maintain"
    repository = github.get_repo("ada/shop")
    assert github.get_repo(repository.id).full_name == "ada/shop"
    assert repository.get_collaborator_permission("bob") == "write"
    assert repository.get_commit(it.pull.head_sha).sha == it.pull.head_sha
    assert github.get_user("bob").id == bob.id
    assert github.get_rate_limit().rate.remaining == 5000
    assert [pull.number for pull in repository.get_pulls(state="all")] == [1]


def test_pygithub_publishes_one_review_and_edits_it(it: Shop) -> None:
    pull = as_installation(it).get_repo("ada/shop").get_pull(1)
    ranged: Any = {
        "path": "a.txt",
        "body": "And?",
        "start_line": 2,
        "line": 4,
        "start_side": "RIGHT",
        "side": "RIGHT",
    }
    review = pull.create_review(
        body="Hello", comments=[{"path": "new.txt", "line": 1, "body": "Why?"}, ranged]
    )
    assert review.state == "PENDING"
    with pytest.raises(GithubException) as refused:
        pull.create_review(body="Again", event="COMMENT")
    assert refused.value.status == 422
    it.client.post(f"{REVIEWS}/{review.id}/events", event="COMMENT")
    assert pull.get_review(review.id).state == "COMMENTED"
    pull.get_review(review.id).edit("Better")
    assert [found.body for found in pull.get_reviews()] == ["Better"]
    assert [comment.line for comment in pull.get_single_review_comments(review.id)] == [1, 4]
    stray = pull.create_review(body="Stray")
    pull.get_review(stray.id).delete()
    kinds = ["created", "submitted", "edited", "created", "deleted"]
    assert [effect.kind for effect in it.github.done()] == [f"review.{kind}" for kind in kinds]


def test_pygithub_opens_one_pull_request_from_a_branch(it: Shop) -> None:
    repository = as_installation(it).get_repo("ada/shop")
    it.github.push(it.repository, "proposed", {"new.md": b"New\n"})
    made = repository.create_pull(base="main", head="proposed", title="Add a file", body="As agreed")
    assert (made.user.login, made.state, made.body) == ("sensei[bot]", "open", "As agreed")
    found = repository.get_pulls(state="all", head="ada:proposed", sort="created", direction="desc")
    assert [pull.number for pull in found] == [made.number]
    for head, why in (
        ("proposed", "A pull request already exists"),
        ("missing", "invalid"),
        ("main", "No commits"),
    ):
        with pytest.raises(GithubException, match=why) as refused:
            repository.create_pull(base="main", head=head, title="Again")
        assert refused.value.status == 422


def test_pygithub_lists_the_commits_of_a_file_with_their_authors(it: Shop) -> None:
    ada = it.github.user("ada")
    it.repository.store.push(
        "main", {"x.md": b"1"}, "One", None, f"Ada <{ada.id}+ada@users.noreply.github.com>"
    )
    it.repository.store.push("main", {"y.md": b"1"}, "Other", None)
    it.github.sync(it.repository)
    repository = as_installation(it).get_repo("ada/shop")
    assert [commit.author.login for commit in repository.get_commits(path="x.md")] == ["ada"]
    assert [commit.author for commit in repository.get_commits(path="y.md")] == [None]


def test_pygithub_talks_in_threads_and_under_pull_requests(it: Shop) -> None:
    repository = as_installation(it).get_repo("ada/shop")
    pull = repository.get_pull(1)
    commit = repository.get_commit(it.pull.head_sha)
    inline = pull.create_review_comment("Why?", commit, "a.txt", line=3, side="RIGHT")
    whole = pull.create_review_comment("All of it?", commit, "a.txt", subject_type="file")
    pull.create_review_comment_reply(inline.id, "Because")
    pull.get_review_comment(inline.id).edit("Why so?")
    whole.delete()
    assert [comment.body for comment in pull.get_review_comments()] == ["Why so?", "Because"]
    under = pull.create_issue_comment("Hello")
    pull.get_issue_comment(under.id).edit("Hello again")
    it.client.post(f"{ROOT}/issues/comments/{under.id}/reactions", content="eyes")
    assert [reaction.content for reaction in under.get_reactions()] == ["eyes"]
    reaction = inline.create_reaction("rocket")
    assert inline.delete_reaction(reaction.id)
    under.delete()
    assert list(pull.get_issue_comments()) == []


def test_pygithub_makes_and_finds_check_runs(it: Shop) -> None:
    repository = as_installation(it).get_repo("ada/shop")
    made = repository.create_check_run(
        "sensei", it.pull.head_sha, external_id="round-1", status="in_progress"
    )
    output: Any = {"title": "Read", "summary": "Two questions"}
    made.edit(status="completed", conclusion="neutral", output=output)
    found = repository.get_commit(it.pull.head_sha).get_check_runs(check_name="sensei")
    assert [(run.external_id, run.conclusion) for run in found] == [("round-1", "neutral")]
    assert repository.get_check_run(made.id).output.title == "Read"


def test_threads_are_listed_and_resolved_over_graphql(it: Shop) -> None:
    github = as_installation(it)
    it.client.post(
        REVIEWS, body="Hello", event="COMMENT", comments=[{"path": "a.txt", "line": 3, "body": "?"}]
    )
    _, answer = github.requester.graphql_query(THREADS, {"n": 1})
    thread = answer["data"]["repository"]["pullRequest"]["reviewThreads"]["nodes"][0]
    assert (thread["isResolved"], thread["line"]) == (False, 3)
    assert thread["comments"]["nodes"][0]["author"]["login"] == "sensei"
    it.client.graphql(RESOLVE, id=thread["id"])
    _, done = github.requester.graphql_named_mutation(
        "resolveReviewThread", {"threadId": thread["id"]}, "thread { id isResolved }"
    )
    assert done["thread"]["isResolved"] is True


def test_refusals_are_described_as_well(it: Shop) -> None:
    outside = [{"path": "a.txt", "line": 11, "body": "?"}]
    refused = [
        it.client.post(REVIEWS, body="Hello", comments=outside),
        it.client.post(f"{PULL}/comments", **outside[0], commit_id=it.pull.head_sha),
        it.client.post(f"{ROOT}/issues/1/comments", body="x" * 65_537),
        it.client.ask("GET", f"{ROOT}/pulls/99"),
        it.client.ask("GET", f"{ROOT}/check-runs/99"),
        it.client.ask("GET", PULL, token="nonsense"),
        it.client.ask("GET", "/app", token="nonsense"),
        Client(it.github, it.installation, permissions={"actions": "write"}).reply,
    ]
    assert [reply.status for reply in refused] == [422, 422, 422, 404, 404, 401, 401, 422]
    it.github.rename(it.repository, "store")
    assert it.client.ask("GET", ROOT).status == 301


def test_deliveries_are_listed_page_by_page_and_sent_again(it: Shop) -> None:
    it.github.mark_ready(it.pull)
    told = it.github.deliveries
    token = assertion(it.app)
    first = it.client.ask("GET", "/app/hook/deliveries?per_page=1", token=token)
    address = first.headers["link"].split(">")[0].lstrip("<")
    second = it.client.ask("GET", address, token=token)
    assert [first.document[0]["id"], second.document[0]["id"]] == [told[-1].id, told[-2].id]
    one = f"/app/hook/deliveries/{told[-1].id}"
    assert it.client.ask("GET", one, token=token).document["request"]["payload"] == told[-1].payload
    assert it.client.ask("POST", f"{one}/attempts", token=token).status == 202


def test_installations_and_their_tokens_come_and_go(it: Shop) -> None:
    second = it.github.repository("ada/second", {"a": b"a\n"}, private=False)
    it.github.select(it.installation, second, it.repository)
    scoped = Client(it.github, it.installation, repository_ids=[second.id], permissions={"issues": "read"})
    assert scoped.get("/installation/repositories")["total_count"] == 1
    assert scoped.ask("DELETE", "/installation/token").status == 204
    assert scoped.ask("GET", "/installation/repositories").status == 401


def test_the_comments_of_a_repository_are_listed_in_the_order_of_their_last_change(it: Shop) -> None:
    older, newer = (it.github.comment(it.pull, words, it.ada) for words in ("One", "Two"))
    inline = it.github.comment_inline(it.pull, "a.txt", 3, "Why?", it.ada)
    older.updated += timedelta(hours=1)
    query = "sort=updated&direction=asc&since=2020-01-01T00:00:00Z&per_page=100"
    listed = it.client.get(f"{ROOT}/issues/comments?{query}")
    assert [found["id"] for found in listed] == [newer.id, older.id]
    assert [found["id"] for found in it.client.get(f"{ROOT}/issues/comments")] == [newer.id, older.id]
    assert [found["id"] for found in it.client.get(f"{ROOT}/pulls/comments?{query}")] == [inline.id]
    late = f"{(newer.updated + timedelta(minutes=1)):%Y-%m-%dT%H:%M:%SZ}"
    assert [found["id"] for found in it.client.get(f"{ROOT}/issues/comments?since={late}")] == [older.id]


def test_a_bots_addresses_are_written_as_GitHub_writes_them(it: Shop) -> None:  # noqa: N802
    bot = it.client.get("/users/sensei%5Bbot%5D")
    assert (bot["login"], bot["type"]) == ("sensei[bot]", "Bot")
    assert bot["url"] == f"{it.github.url}/users/sensei%5Bbot%5D"
    assert bot["repos_url"] == f"{it.github.url}/users/sensei%5Bbot%5D/repos"
    assert bot["html_url"] == f"{it.github.url}/apps/sensei"


def test_every_app_that_listens_hears_of_a_check_run_also_the_one_that_made_it(it: Shop) -> None:
    other = it.github.app("other", webhook_url="http://127.0.0.1:9/")
    it.github.install(other, it.repository)
    deaf = it.github.app("deaf", events=["push"], webhook_url="http://127.0.0.1:9/")
    it.github.install(deaf, it.repository)
    it.client.post(f"{ROOT}/check-runs", name="sensei", head_sha=it.pull.head_sha, status="in_progress")
    [check] = it.repository.checks
    for conclusion in ("neutral", "success"):
        it.client.ask("PATCH", f"{ROOT}/check-runs/{check.id}", {"conclusion": conclusion})
    it.github.rerequest(check)
    told = [(sent.app, str(sent.action)) for sent in it.github.deliveries if sent.event == "check_run"]
    assert sorted(action for app, action in told if app is it.app) == ["completed", "created", "rerequested"]
    assert sorted(action for app, action in told if app is other) == ["completed", "created"]
    assert [action for app, action in told if app is deaf] == []


def acts(it: Shop) -> None:
    """Do everything that an App is told of."""
    github, pull, ada = it.github, it.pull, it.ada
    dojo = github.user("dojo", "Organization")
    shared = github.repository("dojo/shared", {"a.txt": b"a\n"})
    installation = github.install(it.app, shared)
    github.push(shared, "feature", {"a.txt": b"b\n"})
    draft = github.open_pull(shared, "feature", ada, draft=True, body="Please")
    github.mark_ready(draft, dojo)
    github.convert_to_draft(pull)
    github.edit_pull(pull, title="Other", body="Words")
    github.push(it.repository, "feature", {"a.txt": b"a\n"}, start="main")
    comment = github.comment(pull, "Hello", ada)
    github.edit_comment(comment, "Hello again")
    inline = github.comment_inline(pull, "a.txt", 1, "Why?", ada)
    github.reply(inline.thread, "Because")
    github.edit_comment(inline, "Why so?")
    github.resolve_thread(inline.thread)
    github.resolve_thread(inline.thread, resolved=False)
    made = it.client.post(f"{ROOT}/check-runs", name="sensei", head_sha=pull.head_sha, conclusion="neutral")
    check = it.repository.checks[-1]
    assert made.document["id"] == check.id
    github.rerequest(check)
    github.rerequest(check, suite=True)
    github.close_pull(pull)
    github.reopen_pull(pull)
    github.merge_pull(pull)
    github.rename(it.repository, "store")
    github.select(installation, shared, it.repository)
    github.select(installation, shared)
    github.suspend(installation)
    github.unsuspend(installation)
    github.transfer(it.repository, dojo)
    github.uninstall(installation)
    it.app.webhook_url = "http://localhost:9/nobody"
    github.ping(it.app)


def test_every_payload_fits_the_published_schemas(it: Shop) -> None:
    acts(it)
    told = {(delivery.event, delivery.action) for delivery in it.github.deliveries}
    expected = {
        "pull_request": "opened edited closed reopened synchronize ready_for_review converted_to_draft",
        "pull_request_review": "submitted",
        "pull_request_review_comment": "created edited",
        "pull_request_review_thread": "resolved unresolved",
        "issue_comment": "created edited",
        "check_run": "created completed rerequested",
        "check_suite": "rerequested",
        "repository": "renamed transferred",
        "installation": "created deleted suspend unsuspend",
        "installation_repositories": "added removed",
    }
    assert told == {
        *((event, action) for event, actions in expected.items() for action in actions.split()),
        ("push", None),
        ("ping", None),
    }


def test_the_published_examples_fit_the_schemas_but_for_what_is_newer_than_they_are() -> None:
    published = vendor.need(
        lambda: judge.examples(*EVENTS, "installation", "installation_repositories", "ping")
    )
    misfits = []
    for event, payload in published:
        try:
            judge.webhook(event, payload)
        except judge.Misfit as misfit:
            misfits.append(str(misfit))
    assert len(misfits) < len(published) / 5
    assert [
        said for said in misfits if "is a required property" not in said and "date-time" not in said
    ] == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"body": {"body": "Hello", "comment": []}}, "'comment' was unexpected"),
        ({"body": {"comments": [{"path": "a", "lines": 3, "body": "?"}]}}, "comments/0"),
        ({"body": {"event": "SHRUG"}}, "'SHRUG' is not one of"),
        ({"query": {"pages": "2"}}, "unknown query parameter 'pages'"),
        ({"parameters": {"owner": "ada", "repo": "shop", "pull_number": "one"}}, "is not of type 'integer'"),
        ({"headers": {}}, "User-Agent"),
        ({"template": "/repos/{owner}/{repo}/reviews"}, "no operation of GitHub's API"),
        ({"response": {"id": 1}}, "is a required property"),
        ({"status": 204}, "response 204 is not among"),
    ],
)
def test_the_judge_finds_what_is_wrong(verdict: judge.Judge, change: dict[str, Any], said: str) -> None:
    with shop.opened() as it:
        it.client.post(REVIEWS, body="Hello")
        recorded = it.github.asked("POST", "*/reviews")[0]
    verdict.exchange(recorded)
    with pytest.raises(judge.Misfit, match=said.replace("'", ".")):
        verdict.exchange(replace(recorded, **change))


def without(name: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda payload: {key: value for key, value in payload.items() if key != name}


@pytest.mark.parametrize(
    "spoil", [without("sender"), without("number"), lambda payload: {**payload, "action": "shrugged"}]
)
def test_the_judge_finds_what_is_wrong_with_a_payload(spoil: Callable[[Any], Any]) -> None:
    vendor.need(lambda: vendor.file(vendor.WEBHOOKS))
    with shop.opened() as it:
        built: Delivery = it.github.build(
            it.app, "pull_request", "opened", it.repository, it.ada, pull=it.pull
        )
    judge.webhook(built.event, built.payload)
    with pytest.raises(judge.Misfit):
        judge.webhook(built.event, spoil(built.payload))


def test_where_npm_is_missing_tests_are_skipped_unless_they_are_required(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SENSEI_TEST_CACHE", str(tmp_path))
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("SENSEI_TEST_REQUIRE_CONTRACT", raising=False)
    with pytest.raises(pytest.skip.Exception, match="npm is not installed"):
        vendor.need(lambda: vendor.file(vendor.WEBHOOKS))
    monkeypatch.setenv("SENSEI_TEST_REQUIRE_CONTRACT", "1")
    with pytest.raises(pytest.fail.Exception, match="npm is not installed"):
        vendor.need(lambda: vendor.file(vendor.WEBHOOKS))


def test_an_archive_that_is_not_what_was_pinned_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    archive = tmp_path / "other.tgz"
    archive.write_bytes(b"something else")
    monkeypatch.setenv("SENSEI_TEST_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(vendor, "_pack", lambda _package, _folder: archive)
    with pytest.raises(AssertionError, match="is not what was pinned"):
        vendor.file(vendor.WEBHOOKS)
