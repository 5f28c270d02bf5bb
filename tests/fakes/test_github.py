import hashlib
import hmac
import http.client
import os
import subprocess
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.fakes import shop
from tests.fakes.github import (
    Cuts,
    Fails,
    Hangs,
    Loses,
    primary_limit,
    revoked,
    secondary_limit,
    too_many,
)
from tests.fakes.github.client import Client, assertion
from tests.fakes.shop import PULL, REVIEWS, Shop
from tests.repositories import ENVIRONMENT

pytestmark = pytest.mark.contract  # the fakes, judged by those who use them

COMMENTS = f"{PULL}/comments"
ISSUE = "/repos/ada/shop/issues/1/comments"
THREADS = (
    'query($n: Int!) { repository(owner: "ada", name: "shop") { pullRequest(number: $n) {'
    " reviewThreads(first: 50) { nodes { id isResolved comments(first: 5) { nodes { databaseId } } } } } } }"
)
RESOLVE = "mutation($id: ID!) { resolveReviewThread(input: {threadId: $id}) { thread { id isResolved } } }"


@pytest.fixture(name="it")
def an_open_shop() -> Iterator[Shop]:
    with shop.opened() as it:
        yield it


def on(line: int, path: str = "a.txt", **more: Any) -> dict[str, Any]:
    return {"path": path, "line": line, "body": "Why?", **more}


def test_a_review_without_an_event_is_pending_and_only_its_author_sees_it(it: Shop) -> None:
    made = it.client.post(REVIEWS, body="Hello").document
    assert (made["state"], "submitted_at" in made) == ("PENDING", False)
    other = it.github.app("other")
    stranger = Client(it.github, it.github.install(other, it.repository))
    assert stranger.get(REVIEWS) == []
    assert stranger.ask("GET", f"{REVIEWS}/{made['id']}").status == 404
    assert [review["id"] for review in it.client.get(REVIEWS)] == [made["id"]]


@pytest.mark.parametrize("more", [{}, {"event": "COMMENT"}])
def test_a_pending_review_stands_in_the_way_of_every_other(it: Shop, more: dict[str, str]) -> None:
    it.client.post(REVIEWS, body="Hello")
    refused = it.client.post(REVIEWS, body="Again", **more)
    assert refused.status == 422
    assert refused.document["message"] == "Unprocessable Entity"
    assert refused.document["errors"] == ["User can only have one pending review per pull request"]


def test_a_pending_review_that_is_deleted_stands_in_the_way_no_more(it: Shop) -> None:
    made = it.client.post(REVIEWS, body="Hello", comments=[on(3)]).document
    assert it.client.ask("DELETE", f"{REVIEWS}/{made['id']}").status == 200
    assert it.client.post(REVIEWS, body="Again").status == 200
    assert [effect.kind for effect in it.github.done()] == [
        "review.created",
        "review.deleted",
        "review.created",
    ]


def test_a_review_is_submitted_once_and_then_stays(it: Shop) -> None:
    made = it.client.post(REVIEWS, body="Hello").document
    first = it.client.post(f"{REVIEWS}/{made['id']}/events", event="COMMENT")
    second = it.client.post(f"{REVIEWS}/{made['id']}/events", event="COMMENT")
    deleted = it.client.ask("DELETE", f"{REVIEWS}/{made['id']}")
    assert (first.status, first.document["state"]) == (200, "COMMENTED")
    assert (second.status, deleted.status) == (422, 422)
    assert len(it.github.done("review.submitted")) == 1


def test_the_body_of_a_submitted_review_can_be_edited_in_place(it: Shop) -> None:
    made = it.client.post(REVIEWS, body="Hello", event="COMMENT").document
    edited = it.client.ask("PUT", f"{REVIEWS}/{made['id']}", {"body": "Better"})
    assert (edited.document["id"], edited.document["body"]) == (made["id"], "Better")
    assert it.client.get(f"{REVIEWS}/{made['id']}")["state"] == "COMMENTED"


@pytest.mark.parametrize(
    "comment",
    [
        on(3),
        on(3, side="LEFT"),
        on(20, side="LEFT"),
        on(6),
        on(40),
        on(4, start_line=3),
        on(4, start_line=2, start_side="RIGHT", side="RIGHT"),
        on(1, path="new.txt"),
        on(1, path="old.txt", side="LEFT"),
        {"path": "a.txt", "position": 3, "body": "By position"},
    ],
)
def test_a_comment_may_stand_on_any_line_of_a_hunk(it: Shop, comment: dict[str, Any]) -> None:
    made = it.client.post(REVIEWS, body="Hello", comments=[comment])
    assert made.status == 200, made


@pytest.mark.parametrize(
    ("comment", "said"),
    [
        (
            on(3, path="unknown.txt"),
            "path is invalid and Pull request review thread diff hunk can't be blank",
        ),
        (on(11), "line must be part of the diff and Pull request review thread diff hunk can't be blank"),
        (on(1, path="old.txt"), "line must be part of the diff"),
        (on(20, start_line=20), "start line must precede the end line."),
        (on(20, start_line=22), "start line must precede the end line."),
        (on(20, start_line=3), "start line must be part of the same hunk as the line."),
        (
            on(11, start_line=9),
            "line must be part of the diff, Pull request review thread start line must be",
        ),
    ],
)
def test_a_comment_outside_the_diff_is_refused_in_GitHubs_words(  # noqa: N802
    it: Shop, comment: dict[str, Any], said: str
) -> None:
    refused = it.client.post(REVIEWS, body="Hello", comments=[on(3), comment])
    assert refused.status == 422
    assert refused.document["errors"][0].startswith(f"Pull request review thread {said}")
    assert it.client.get(REVIEWS) == []


@pytest.mark.parametrize(
    ("comment", "said"),
    [
        ({"path": "a.txt", "body": "?", "line": None}, "nil is not an integer"),
        ({"path": "a.txt", "body": "?"}, '"line" wasn\'t supplied.'),
        ({"path": "a.txt", "body": "?", "subject_type": "file"}, '"subject_type" is not a permitted key.'),
        (on(3, side="right"), '"right" is not a member of'),
    ],
)
def test_a_comment_of_the_wrong_form_is_refused(it: Shop, comment: dict[str, Any], said: str) -> None:
    refused = it.client.post(REVIEWS, body="Hello", comments=[comment])
    assert refused.status == 422
    assert said in refused.document["message"]


def test_a_comment_on_a_whole_file_is_made_alone_and_not_beside_a_pending_review(it: Shop) -> None:
    whole = {"path": "a.txt", "body": "?", "subject_type": "file", "commit_id": it.pull.head_sha}
    made = it.client.post(COMMENTS, **whole)
    assert (made.status, made.document["subject_type"]) == (201, "file")
    it.client.post(REVIEWS, body="Hello")
    refused = it.client.post(COMMENTS, **whole)
    assert refused.document["errors"][0]["message"] == (
        "user_id can only have one pending review per pull request"
    )


def test_comments_show_once_their_review_is_submitted_and_can_be_answered(it: Shop) -> None:
    made = it.client.post(REVIEWS, body="Hello", comments=[on(3)]).document
    assert it.client.get(COMMENTS) == []
    assert len(it.client.get(f"{REVIEWS}/{made['id']}/comments")) == 1
    it.client.post(f"{REVIEWS}/{made['id']}/events", event="COMMENT")
    first = it.client.get(COMMENTS)[0]
    assert it.client.post(f"{COMMENTS}/{first['id']}/replies", body="Because").status == 201
    it.github.reply(it.pull.threads[0], "I see", it.ada)
    assert [c["user"]["login"] for c in it.client.get(COMMENTS)] == ["sensei[bot]", "sensei[bot]", "ada"]
    assert {c.get("in_reply_to_id") for c in it.client.get(COMMENTS)} == {None, first["id"]}


def test_a_comment_follows_its_line_until_the_line_is_changed(it: Shop) -> None:
    it.client.post(REVIEWS, body="Hello", event="COMMENT", comments=[on(3)])
    it.github.push(it.repository, "feature", {"a.txt": b"first\n" + shop.changed()})
    moved = it.client.get(COMMENTS)[0]
    it.github.push(it.repository, "feature", {"a.txt": shop.text(shop.LINES)})
    outdated = it.client.get(COMMENTS)[0]
    assert (moved["line"], moved["original_line"], moved["commit_id"]) == (4, 3, outdated["commit_id"])
    assert (outdated["line"], outdated["position"], outdated["original_line"]) == (None, None, 3)


def test_what_is_new_is_not_in_lists_at_once_but_can_be_read(it: Shop) -> None:
    it.github.list_lag = 0.3
    made = it.client.post(REVIEWS, body="Hello").document
    assert it.client.get(REVIEWS) == []
    assert it.client.get(f"{REVIEWS}/{made['id']}")["id"] == made["id"]
    deadline = time.monotonic() + 5
    while not it.client.get(REVIEWS) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert [review["id"] for review in it.client.get(REVIEWS)] == [made["id"]]


def test_an_answer_may_be_lost_after_the_work_was_done(it: Shop) -> None:
    it.github.fault(Loses(), "POST", "/repos/{owner}/{repo}/pulls/{pull_number}/reviews")
    assert it.client.post(REVIEWS, body="Hello").status == 502
    assert [review["body"] for review in it.client.get(REVIEWS)] == ["Hello"]
    assert [request.status for request in it.github.asked("POST", "*/reviews")] == [502]


@pytest.mark.parametrize("worked", [False, True])
def test_a_connection_may_be_cut_before_or_after_the_work(it: Shop, worked: bool) -> None:
    it.github.fault(Cuts(worked), "POST", "*/reviews")
    with pytest.raises((http.client.HTTPException, ConnectionError)):
        it.client.post(REVIEWS, body="Hello")
    assert len(it.client.get(REVIEWS)) == worked


def test_a_request_may_hang_until_the_test_lets_go(it: Shop) -> None:
    it.github.fault(Hangs(worked=True), "POST", "*/reviews")
    asking = threading.Thread(target=it.client.post, args=(REVIEWS,), kwargs={"body": "Hello"})
    asking.start()
    deadline = time.monotonic() + 5
    while not it.github.done("review.created") and time.monotonic() < deadline:
        time.sleep(0.01)
    assert asking.is_alive()
    it.github.release.set()
    asking.join(5)
    assert not asking.is_alive()


@pytest.mark.parametrize(
    ("fault", "status", "header"),
    [
        (secondary_limit(7), 403, ("retry-after", "7")),
        (too_many(9), 429, ("retry-after", "9")),
        (primary_limit(), 403, ("x-ratelimit-remaining", "0")),
        (revoked(), 401, ("content-type", "application/json; charset=utf-8")),
        (Fails(500), 500, ("x-ratelimit-remaining", "4999")),
    ],
)
def test_a_fault_meets_as_many_requests_as_it_should(
    it: Shop, fault: Fails, status: int, header: tuple[str, str]
) -> None:
    it.github.fault(fault, "GET", "*/pulls/1", times=2)
    replies = [it.client.ask("GET", PULL) for _ in range(3)]
    assert [reply.status for reply in replies] == [status, status, 200]
    assert replies[0].headers[header[0]] == header[1]


def test_a_renamed_repository_is_still_found_by_its_old_name(it: Shop) -> None:
    it.github.rename(it.repository, "store")
    moved = it.client.ask("GET", f"{PULL}?x=1")
    assert (moved.status, moved.document["message"]) == (301, "Moved Permanently")
    assert moved.headers["location"] == f"{it.github.url}/repositories/{it.repository.id}/pulls/1?x=1"
    assert it.client.get(moved.headers["location"])["base"]["repo"]["full_name"] == "ada/store"
    assert it.client.post(REVIEWS, body="Hello").status == 307


def test_lists_come_in_pages_of_at_most_a_hundred(it: Shop) -> None:
    for number in range(120):
        it.github.comment(it.pull, f"comment {number}")
    first = it.client.ask("GET", f"{ISSUE}?per_page=500")
    assert len(first.document) == 100
    root = f"{it.github.url}/repositories/{it.repository.id}/issues/1/comments"
    link = f'<{root}?per_page=500&page=2>; rel="next", <{root}?per_page=500&page=2>; rel="last"'
    assert first.headers["link"] == link
    assert len(it.client.get(f"{root}?per_page=500&page=2")) == 20
    assert len(it.client.get(ISSUE)) == 30


def test_a_token_may_do_what_it_was_given_and_no_more(it: Shop) -> None:
    reader = Client(it.github, it.installation, permissions={"pull_requests": "read"})
    assert reader.get(PULL)["number"] == 1
    refused = reader.post(REVIEWS, body="Hello")
    assert (refused.status, refused.document["message"]) == (403, "Resource not accessible by integration")
    assert refused.headers["x-accepted-github-permissions"] == "pull_requests=write"
    greedy = Client(it.github, it.installation, permissions={"administration": "write"})
    assert greedy.reply.status == 422


def test_a_token_reaches_only_the_repositories_it_was_made_for(it: Shop) -> None:
    second = it.github.repository("ada/second", {"a": b"a\n"})
    it.github.select(it.installation, it.repository, second)
    narrow = Client(it.github, it.installation, repositories=["shop"])
    assert narrow.ask("GET", "/repos/ada/second").status == 404
    assert narrow.get("/installation/repositories")["total_count"] == 1
    assert it.client.get("/repos/ada/second")["id"] == second.id
    by_id = Client(it.github, it.installation, repository_ids=[second.id])
    assert [found["name"] for found in by_id.reply.document["repositories"]] == ["second"]
    assert Client(it.github, it.installation, repositories=["third"]).reply.status == 422


def test_tokens_expire_and_can_be_revoked(it: Shop) -> None:
    it.github.token_lifetime = timedelta(seconds=-1)
    late = Client(it.github, it.installation)
    assert late.ask("GET", PULL).document["message"] == "Bad credentials"
    it.github.revoke_tokens()
    assert it.client.ask("GET", PULL).status == 401


def test_a_suspended_or_removed_installation_lets_nobody_in(it: Shop) -> None:
    it.github.suspend(it.installation)
    assert it.client.ask("GET", PULL).status == 403
    assert Client(it.github, it.installation).reply.status == 403
    it.github.unsuspend(it.installation)
    assert it.client.ask("GET", PULL).status == 200
    it.github.uninstall(it.installation)
    assert it.client.ask("GET", PULL).status == 401
    assert Client(it.github, it.installation).reply.status == 404
    found = it.client.ask("GET", "/repos/ada/shop/installation", token=assertion(it.app))
    assert found.status == 404


@pytest.mark.parametrize(
    ("claims", "said"),
    [
        ({"iss": "7"}, "Integration not found"),
        ({"exp": 1}, "'Expiration time' claim ('exp') must be"),
        ({"exp": int(time.time()) + 3600}, "'Expiration time' claim ('exp') is too far in the future"),
        ({"iat": int(time.time()) + 3600}, "'Issued at' claim ('iat') must be"),
    ],
)
def test_an_assertion_is_checked(it: Shop, claims: dict[str, Any], said: str) -> None:
    refused = it.client.ask("GET", "/app", token=assertion(it.app, **claims))
    assert refused.document["message"].startswith(said)


def test_an_assertion_that_somebody_else_signed_is_refused(it: Shop) -> None:
    signed = assertion(it.app).rpartition(".")[0]
    assert it.client.ask("GET", "/app", token=f"{signed}.{'A' * 342}").status == 401
    assert it.client.ask("GET", "/app", token="nonsense").status == 401
    assert it.client.ask("GET", "/app", token=assertion(it.app)).document["slug"] == "sensei"


def test_a_private_repository_is_cloned_with_a_token_only(it: Shop, tmp_path: Path) -> None:
    assert clone(it, "", tmp_path / "without").returncode != 0
    done = clone(it, it.client.token, tmp_path / "with")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "with" / "a.txt").read_bytes() == shop.text(shop.LINES)
    it.github.rename(it.repository, "store")
    assert clone(it, it.client.token, tmp_path / "renamed").returncode == 0


def test_a_clone_may_leave_out_contents_and_fetch_any_commit_later(it: Shop, tmp_path: Path) -> None:
    folder = tmp_path / "partial"
    clone(it, it.client.token, folder, "--filter=blob:none", "--no-checkout", "--depth=1")
    missing = git(folder, "rev-list", "--objects", "--all", "--missing=print").stdout
    assert missing.count(b"?") == 2
    git(folder, "fetch", "--quiet", "--depth=1", "origin", it.pull.head_sha)
    assert git(folder, "show", f"{it.pull.head_sha}:new.txt").stdout == b"new\n"
    assert git(folder, "fetch", "--quiet", "origin", "refs/pull/1/head").returncode == 0


def test_a_token_without_contents_clones_nothing(it: Shop, tmp_path: Path) -> None:
    poor = Client(it.github, it.installation, permissions={"pull_requests": "write"})
    assert clone(it, poor.token, tmp_path / "none").returncode != 0


def test_files_have_patches_unless_they_are_too_big_or_binary(it: Shop) -> None:
    big = b"".join(b"%d\n" % number for number in range(300))
    it.github.push(it.repository, "feature", {"big.txt": big, "image.bin": b"\0\1", "z.txt": b"z\n"})
    it.github.patch_limit = 200
    files = {file["filename"]: file for file in it.client.get(f"{PULL}/files")}
    assert {name for name, file in files.items() if "patch" in file} == {"a.txt"}
    assert files["big.txt"]["additions"] == 300
    it.github.file_limit = 2
    assert len(it.client.get(f"{PULL}/files")) == 2


def test_a_moved_file_says_where_it_was(it: Shop) -> None:
    it.github.push(it.repository, "feature", {"a.txt": None, "b.txt": shop.text(shop.LINES)})
    moved = it.client.get(f"{PULL}/files")[0]
    assert (moved["status"], moved["filename"], moved["previous_filename"]) == ("renamed", "b.txt", "a.txt")
    assert "patch" not in moved


def test_a_fork_is_where_the_head_lives_and_its_commits_are_in_the_base_too(it: Shop) -> None:
    bob = it.github.user("bob")
    fork = it.github.fork(it.repository, bob)
    head = it.github.push(fork, "idea", {"idea.txt": b"idea\n"})
    pull = it.github.open_pull(it.repository, "idea", fork=fork)
    shape = it.client.get(f"/repos/ada/shop/pulls/{pull.number}")
    assert (shape["head"]["label"], shape["head"]["sha"]) == ("bob:idea", head)
    assert [file["filename"] for file in it.client.get(f"{shape['url']}/files")] == ["idea.txt"]
    again = it.github.push(fork, "idea", {"idea.txt": b"better\n"})
    assert it.client.get(f"/repos/ada/shop/pulls/{pull.number}")["head"]["sha"] == again


def test_the_latest_check_run_of_a_name_wins(it: Shop) -> None:
    root = "/repos/ada/shop"
    made = [
        it.client.post(f"{root}/check-runs", name="sensei", head_sha=it.pull.head_sha, external_id=str(n))
        for n in range(2)
    ]
    listed = it.client.get(f"{root}/commits/{it.pull.head_sha}/check-runs?check_name=sensei")
    assert [run["external_id"] for run in listed["check_runs"]] == ["1"]
    everything = it.client.get(f"{root}/commits/{it.pull.head_sha}/check-runs?filter=all")
    assert everything["total_count"] == 2
    run = f"{root}/check-runs/{made[0].document['id']}"
    done = it.client.ask("PATCH", run, {"conclusion": "neutral"}).document
    assert (done["status"], done["conclusion"]) == ("completed", "neutral")
    other = Client(it.github, it.github.install(it.github.app("other"), it.repository))
    assert other.ask("PATCH", run, {"conclusion": "neutral"}).status == 403
    assert it.client.post(f"{root}/check-runs", name="x", head_sha="0" * 40).status == 422


def test_bodies_have_an_end(it: Shop) -> None:
    assert it.client.post(ISSUE, body="é" * 65_536).status == 201
    long = "x" * 65_537
    for path in (ISSUE, REVIEWS):
        refused = it.client.post(path, body=long)
        assert refused.status == 422
        assert refused.document["errors"][0]["message"] == "Body is too long (maximum is 65536 characters)"


def test_an_app_edits_and_deletes_its_own_comments_only(it: Shop) -> None:
    theirs = it.github.comment(it.pull, "Mine", it.ada)
    ours = it.client.post(ISSUE, body="Ours").document
    root = "/repos/ada/shop/issues/comments"
    assert it.client.ask("PATCH", f"{root}/{theirs.id}", {"body": "Changed"}).status == 403
    assert it.client.ask("PATCH", f"{root}/{ours['id']}", {"body": "Changed"}).document["body"] == "Changed"
    assert it.client.ask("DELETE", f"{root}/{ours['id']}").status == 204
    assert [comment["body"] for comment in it.client.get(ISSUE)] == ["Mine"]


def test_the_same_reaction_is_given_once(it: Shop) -> None:
    comment = it.github.comment(it.pull, "Mine", it.ada)
    path = f"/repos/ada/shop/issues/comments/{comment.id}/reactions"
    assert [it.client.post(path, content="eyes").status for _ in range(2)] == [201, 200]
    assert it.client.post(path, content="shrug").status == 422
    assert [reaction["content"] for reaction in it.client.get(path)] == ["eyes"]


def test_threads_are_resolved_over_graphql_by_who_may_write_contents(it: Shop) -> None:
    it.client.post(REVIEWS, body="Hello", event="COMMENT", comments=[on(3)])
    listed = it.client.graphql(THREADS, n=1)["data"]["repository"]["pullRequest"]["reviewThreads"]["nodes"]
    assert [thread["comments"]["nodes"][0]["databaseId"] for thread in listed] == [
        it.client.get(COMMENTS)[0]["id"]
    ]
    refused = it.client.graphql(RESOLVE, id=listed[0]["id"])
    assert refused["errors"][0]["type"] == "FORBIDDEN"
    it.installation.permissions["contents"] = "write"
    done = Client(it.github, it.installation).graphql(RESOLVE, id=listed[0]["id"])
    assert done["data"]["resolveReviewThread"]["thread"] == {"id": listed[0]["id"], "isResolved": True}
    assert len(it.github.done("thread.resolved")) == 1


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ('{ repository(owner: "ada", name: "shop") { nonsense } }', "Field 'nonsense' doesn't exist"),
        ('{ repository(owner: "ada", name: "shop") ', "Expected '}'"),
        ('{ repository(owner: "ada", name: "no") { id } }', "Could not resolve to a Repository"),
        (THREADS.replace("$n)", "1)").replace("first: 50", "first: 500"), "between 1 and 100"),
    ],
)
def test_a_wrong_graphql_query_says_so_with_200(it: Shop, query: str, said: str) -> None:
    reply = it.client.ask("POST", "/graphql", {"query": query})
    assert reply.status == 200
    assert said in reply.document["errors"][0]["message"]


def test_an_unchanged_answer_is_not_sent_again(it: Shop) -> None:
    first = it.client.ask("GET", PULL)
    assert it.client.ask("GET", PULL, **{"If-None-Match": first.headers["etag"]}).status == 304


class Receiver:
    """An endpoint for webhooks that answers as it is told."""

    def __init__(self) -> None:
        self.status = 202
        self.taken: list[tuple[dict[str, str], bytes]] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.taken.append(({n.lower(): v for n, v in self.headers.items()}, raw))
                self.send_response(receiver.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture(name="receiver")
def a_receiver(it: Shop) -> Iterator[Receiver]:
    _ = it.github.deliveries
    receiver = Receiver()
    it.app.webhook_url = receiver.url
    yield receiver
    it.app.webhook_url = None
    receiver.close()


def test_a_push_to_the_branch_of_a_pull_request_is_told_signed(it: Shop, receiver: Receiver) -> None:
    head = it.github.push(it.repository, "feature", {"new.txt": b"newer\n"})
    told = it.github.deliveries[-2:]
    assert [(d.event, d.action, d.status) for d in told] == [
        ("push", None, 202),
        ("pull_request", "synchronize", 202),
    ]
    assert told[1].payload["after"] == head
    for headers, raw in receiver.taken:
        digest = hmac.new(it.app.webhook_secret.encode(), raw, hashlib.sha256).hexdigest()
        assert headers["x-hub-signature-256"] == f"sha256={digest}"
        assert headers["x-github-hook-installation-target-id"] == str(it.app.id)


def test_what_was_not_taken_is_sent_again_only_when_asked_for(it: Shop, receiver: Receiver) -> None:
    receiver.status = 500
    it.github.close_pull(it.pull)
    failed = it.github.deliveries[-1]
    receiver.status = 202
    listed = it.client.ask("GET", "/app/hook/deliveries?per_page=1", token=assertion(it.app))
    assert [(d["status_code"], d["action"]) for d in listed.document] == [(500, "closed")]
    assert 'rel="next"' in listed.headers["link"]
    path = f"/app/hook/deliveries/{failed.id}/attempts"
    assert it.client.ask("POST", path, token=assertion(it.app)).status == 202
    again = it.github.deliveries[-1]
    assert (again.guid, again.redelivery, again.status) == (failed.guid, True, 202)
    assert again.id != failed.id
    assert len(receiver.taken) == 2


def test_deliveries_can_be_held_back_reordered_and_doubled(it: Shop, receiver: Receiver) -> None:
    it.github.hooks.holding = True
    it.github.edit_pull(it.pull, title="Other")
    it.github.close_pull(it.pull)
    first, second = it.github.hooks.held
    for delivery in (second, first, first):
        assert it.github.hooks.send(delivery) == 202
    taken = [headers["x-github-delivery"] for headers, _raw in receiver.taken]
    assert taken == [second.guid, first.guid, first.guid]


def test_an_app_hears_what_it_subscribed_to_and_where_it_is_installed(it: Shop, receiver: Receiver) -> None:
    elsewhere = it.github.repository("bob/secret", {"a": b"a\n"})
    it.github.push(elsewhere, "main", {"a": b"b\n"})
    it.app.events.remove("push")
    it.github.push(it.repository, "other", {"x": b"x\n"})
    built = it.github.build(it.app, "pull_request", "opened", it.repository, it.ada, pull=it.pull)
    assert it.github.deliveries[-1].event != "push"
    assert receiver.taken == []
    assert built.payload["installation"]["id"] == it.installation.id


def clone(it: Shop, token: str, folder: Path, *options: str) -> subprocess.CompletedProcess[bytes]:
    who = f"x-access-token:{token}@" if token else ""
    url = it.github.url.replace("://", f"://{who}") + "/ada/shop.git"
    return git(folder.parent, "clone", "--quiet", *options, url, str(folder))


def git(folder: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    alone = {**os.environ, **ENVIRONMENT, "GIT_ALLOW_PROTOCOL": "http", "GIT_TERMINAL_PROMPT": "0"}
    return subprocess.run(["git", *arguments], cwd=folder, env=alone, capture_output=True, check=False)
