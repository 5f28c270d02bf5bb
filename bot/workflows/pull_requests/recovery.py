"""Finding reviews that rounds posted on GitHub before they gave up, so that they are not posted again.

A process may die after submitting a review, but before recording it. If the round is resumed, it finds the
review itself. If not, these steps find it before a later round chooses its questions.
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
from bot.workflows.pull_requests.review_posting import PENDING, bears_marker
from bot.workflows.pull_requests.round_publishing import load_round, note_published
from bot.workflows.triage.question_cards import bring_questions

_READ = (RoundState.PUBLISHED, RoundState.INCOMPLETE)


def find_forgotten(earlier: Sequence[Round]) -> list[str]:
    """Return the rounds of a pull request that gave up and may have posted a review, the oldest first.

    A round that ran to completion has already checked the rounds before it.
    """
    found: list[str] = []
    for round_ in reversed(earlier):
        if round_.state in _READ:
            break
        if round_.state is RoundState.FAILED and round_.review is None:
            found.insert(0, round_.id)
    return found


@dataclass(frozen=True)
class PublishedReviewRecovery:
    """Looks for posted reviews and records them. Repeating this changes nothing."""

    host: CodeHost
    store: Store
    now: Callable[[], datetime]

    def run(self, steps: Steps, rounds: Sequence[str]) -> Json:
        """Record what rounds of one pull request have posted; return the outcome of ``insist``."""
        steps.sleep("shown", LIST_LAG)  # the process may have died just after submitting a review
        found = insist(steps, "shown", lambda: self._find_posted(rounds))
        if found["outcome"] == "done" and found["shown"]:
            steps.tx("recalled", lambda tx: self._store_found(tx, found["shown"]))
        return found

    def _find_posted(self, rounds: Sequence[str]) -> Json:
        with self.store.read() as tx:
            given_up = [tx.rounds.get(round_) for round_ in rounds]
            _, pull_request, capstone = load_round(tx, rounds[0])
            known = {round_.review: round_.id for round_ in tx.rounds.of(pull_request.id) if round_.review}
            questions = tx.questions.of(pull_request.id)
        repository = self.host.repository(capstone)
        ours = [
            candidate for candidate in self.host.reviews(repository, pull_request.number) if candidate.ours
        ]
        reviews = [candidate for candidate in ours if candidate.state != PENDING]
        posted = []
        for this_round in given_up:
            marker = github_posts.review_marker(this_round.id)
            for candidate in ours:
                if candidate.state == PENDING and bears_marker(candidate.body, marker):
                    # Nobody can see it, and it would never go away. If the round is resumed, it creates
                    # another.
                    self.host.delete_pending_review(repository, pull_request.number, candidate.id)
            review = next(
                (
                    candidate
                    for candidate in reviews
                    if known.get(candidate.id) == this_round.id
                    or (candidate.id not in known and bears_marker(candidate.body, marker))
                ),
                None,
            )
            if review is not None:
                own = [question for question in questions if question.round == this_round.id]
                posted.append(
                    {
                        "round": this_round.id,
                        **self._find_questions(repository, pull_request.number, review, own),
                    }
                )
        return {"shown": posted}

    def _find_questions(
        self, repository: HostRepository, number: int, review: HostReview, own: Iterable[AskedQuestion]
    ) -> Json:
        """Return the questions in a review: those with their own comments, and those in its body."""
        posted = self.host.review_comments(repository, number, review.id)
        comments = {
            str(question.id): comment.id
            for question in own
            for comment in posted
            if bears_marker(comment.body, github_posts.question_marker(question.id))
        }
        body = [
            question.id
            for question in own
            if str(question.id) not in comments and github_posts.contains_question(review.body, question)
        ]
        return {"review": review.id, "comments": comments, "body": body}

    def _store_found(self, tx: Tx, posted: Sequence[Json]) -> Json:
        for posted_round in posted:
            note_published(tx, posted_round["round"], posted_round["review"])
            for number, comment in posted_round["comments"].items():
                if tx.questions.get(int(number)):
                    tx.questions.mark_asked(int(number), self.now(), inline=True)
                    tx.questions.set_comment(int(number), comment)
            for number in posted_round["body"]:
                if tx.questions.get(number):
                    tx.questions.mark_asked(number, self.now(), inline=False)
            if _has_posted_all(tx, posted_round["round"]):
                tx.rounds.set_state(posted_round["round"], RoundState.PUBLISHED, self.now())
                bring_questions(tx, tx.rounds.get(posted_round["round"]).pull_request, self.now())
        return {}


def _has_posted_all(tx: Tx, round_: str) -> bool:
    """Return whether a round that gave up had posted everything.

    Sensei can know this only of a pull request's first round: later rounds also edit the summary, and nothing
    shows whether they did.
    """
    this_round, pull_request, capstone = load_round(tx, round_)
    any_left = any(
        question.state is QuestionState.PROPOSED
        for question in tx.questions.of(pull_request.id)
        if question.round == round_
    )
    return (
        this_round.state in {RoundState.READING, RoundState.FAILED}
        and this_round.report is not None
        and this_round.report.final
        and this_round.review == pull_request.summary
        and (not any_left or capstone.publish is PublishPolicy.SENSEI_FIRST)
    )
