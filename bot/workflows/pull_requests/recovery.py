"""What rounds that gave up have shown all the same, found at the host, so that nobody says it again.

A process may die between a review that was submitted and the row that tells of it. Whoever goes on with that
round finds the review; where nobody does, these steps find it before a later round chooses what to say.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.pull_requests.records import AskedQuestion, PublishPolicy, QuestionState, Round, RoundState
from bot.ports.code_host import CodeHost, HostRepository, HostReview
from bot.ports.engine import Json, Steps
from bot.ports.store import Store, Tx
from bot.rendering.pull_requests import github_posts
from bot.workflows.jobs.retry import LIST_LAG, insist
from bot.workflows.pull_requests.review_posting import PENDING, bears
from bot.workflows.pull_requests.round_publishing import note_published, of

_READ = (RoundState.PUBLISHED, RoundState.INCOMPLETE)


def find_forgotten(earlier: Sequence[Round]) -> list[str]:
    """Return which of a pull request's rounds, the first one first, gave up and may have shown a review.

    Whichever was read to an end has looked for those before it.
    """
    found: list[str] = []
    for each in reversed(earlier):
        if each.state in _READ:
            break
        if each.state is RoundState.FAILED and each.review is None:
            found.insert(0, each.id)
    return found


@dataclass(frozen=True)
class PublishedReviewRecovery:
    """Looks, and notes what it finds. Doing so again changes nothing."""

    host: CodeHost
    store: Store
    now: Callable[[], datetime]

    def run(self, steps: Steps, rounds: Sequence[str]) -> Json:
        """Note what rounds of one pull request have shown; outcomes as of ``insist``."""
        steps.sleep("shown", LIST_LAG)  # the last thing a process did may have been to submit
        found = insist(steps, "shown", lambda: self._shown(rounds))
        if found["outcome"] == "done" and found["shown"]:
            steps.tx("recalled", lambda tx: self._recalled(tx, found["shown"]))
        return found

    def _shown(self, rounds: Sequence[str]) -> Json:
        with self.store.begin() as tx:
            its = [tx.rounds.get(each) for each in rounds]
            _, pull_request, capstone = of(tx, rounds[0])
            known = {each.review: each.id for each in tx.rounds.of(pull_request.id) if each.review}
            questions = tx.questions.of(pull_request.id)
        repository = self.host.repository(capstone)
        ours = [one for one in self.host.reviews(repository, pull_request.number) if one.ours]
        reviews = [one for one in ours if one.state != PENDING]
        shown = []
        for it in its:
            marker = github_posts.review_marker(it.id)
            for one in ours:
                if one.state == PENDING and bears(one.body, marker):
                    # Nobody sees it, and it would stay. Whoever lets the round go on makes another.
                    self.host.delete_pending_review(repository, pull_request.number, one.id)
            review = next(
                (
                    one
                    for one in reviews
                    if known.get(one.id) == it.id or (one.id not in known and bears(one.body, marker))
                ),
                None,
            )
            if review is not None:
                mine = [one for one in questions if one.round == it.id]
                shown.append({"round": it.id, **self._in(repository, pull_request.number, review, mine)})
        return {"shown": shown}

    def _in(
        self, repository: HostRepository, number: int, review: HostReview, mine: Iterable[AskedQuestion]
    ) -> Json:
        """Say which questions stand in a review: those with a comment of their own, and those in its body."""
        posted = self.host.review_comments(repository, number, review.id)
        comments = {
            str(one.id): comment.id
            for one in mine
            for comment in posted
            if bears(comment.body, github_posts.question_marker(one.id))
        }
        body = [
            one.id for one in mine if str(one.id) not in comments and github_posts.holds(review.body, one)
        ]
        return {"review": review.id, "comments": comments, "body": body}

    def _recalled(self, tx: Tx, shown: Sequence[Json]) -> Json:
        for each in shown:
            note_published(tx, each["round"], each["review"])
            for number, comment in each["comments"].items():
                if tx.questions.get(int(number)):
                    tx.questions.asked(int(number), self.now(), inline=True)
                    tx.questions.placed(int(number), comment)
            for number in each["body"]:
                if tx.questions.get(number):
                    tx.questions.asked(number, self.now(), inline=False)
            if _whole(tx, each["round"]):
                tx.rounds.state(each["round"], RoundState.PUBLISHED, self.now())
        return {}


def _whole(tx: Tx, round_: str) -> bool:
    """Say whether a round that gave up has shown all it had to.

    One that is not a pull request's first had to edit the summary as well: that it did nobody can see.
    """
    it, pull_request, capstone = of(tx, round_)
    left = any(
        one.state is QuestionState.PROPOSED for one in tx.questions.of(pull_request.id) if one.round == round_
    )
    return (
        it.state in {RoundState.READING, RoundState.FAILED}
        and it.report is not None
        and it.report.final
        and it.review == pull_request.summary
        and (not left or capstone.publish is PublishPolicy.SENSEI_FIRST)
    )
