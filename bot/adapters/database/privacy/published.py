"""Finding what was published at the code host about capstones, which no erasure can remove."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from bot.adapters.database.decisions.tables import DecisionRow
from bot.adapters.database.jobs.tables import EffectRow
from bot.adapters.database.pull_requests.tables import (
    CapstoneRow,
    CommandRow,
    PullRequestRow,
    QuestionRow,
    RoundRow,
)
from bot.ports.personal_data import PublishedItems


@dataclass(frozen=True)
class PublishedQueries:
    """Finds reviews, questions, check runs, replies and decision files, as paths below the host's address."""

    session: Session

    def items(self, capstones: Sequence[CapstoneRow]) -> PublishedItems:
        """Return what was published about capstones."""
        found = PublishedItems()
        for capstone in capstones:
            bare = f"{capstone.owner}/{capstone.name}"
            query = select(PullRequestRow).where(PullRequestRow.capstone_id == capstone.id)
            pulls = self.session.exec(query.order_by(col(PullRequestRow.number))).all()
            pages = [(f"{bare}/pull/{pull.number}", pull) for pull in pulls]
            found = PublishedItems(
                (*found.reviews, *(f"{page}#{it}" for page, pull in pages for it in self._reviews(pull))),
                (*found.comments, *(f"{page}#{it}" for page, pull in pages for it in self._comments(pull))),
                (*found.checks, *(f"{bare}/runs/{it}" for it in self._checks(capstone))),
                (*found.replies, *(f"{page}#{it}" for page, pull in pages for it in self._replies(pull))),
                (*found.records, *(f"{bare}/pull/{it}" for it in self._exports(capstone))),
            )
        return found

    def _reviews(self, pull: PullRequestRow) -> Iterator[str]:
        rounds = select(RoundRow.review_id).where(RoundRow.pull_request_id == pull.id)
        known = dict.fromkeys([pull.summary_id, *self.session.exec(rounds)])
        return (f"pullrequestreview-{review}" for review in known if review)

    def _comments(self, pull: PullRequestRow) -> Iterator[str]:
        asked = select(QuestionRow.comment_id).where(QuestionRow.pull_request_id == pull.id)
        return (f"discussion_r{comment}" for comment in self.session.exec(asked) if comment)

    def _checks(self, capstone: CapstoneRow) -> Iterator[str]:
        begun = col(EffectRow.key).startswith(f"check:review:{capstone.repository_id}#", autoescape=True)
        return (done for done in self.session.exec(select(EffectRow.external_id).where(begun)) if done)

    def _replies(self, pull: PullRequestRow) -> Iterator[str]:
        """Yield the anchors of the replies to commands and rulings, and of what was said in conversations."""
        commands = select(CommandRow.id, CommandRow.inline).where(CommandRow.pull_request_id == pull.id)
        for id_, inline in self.session.exec(commands.order_by(col(CommandRow.id))):
            yield from self._anchors((f"reply:{id_}", f"reply:{id_}:void"), inline=inline)
        asked = select(QuestionRow).where(QuestionRow.pull_request_id == pull.id)
        for question in self.session.exec(asked.order_by(col(QuestionRow.id))):
            if question.ruling is not None:
                yield from self._anchors((f"ruling:{question.id}",), inline=True)
            said = col(EffectRow.key).startswith(f"say:{question.id}:", autoescape=True)
            keys = self.session.exec(select(EffectRow.key).where(said).order_by(col(EffectRow.key))).all()
            yield from self._anchors(keys, inline=question.comment_id is not None)

    def _anchors(self, keys: Sequence[str], *, inline: bool) -> Iterator[str]:
        for key in keys:
            done = self.session.get(EffectRow, key)
            # A thread that was closed has the way in which it was closed instead of a comment's id.
            if done and (done.external_id or "").isdigit():
                yield f"{'discussion_r' if inline else 'issuecomment-'}{done.external_id}"

    def _exports(self, capstone: CapstoneRow) -> Iterator[int]:
        numbers = select(DecisionRow.export_number).where(DecisionRow.capstone_id == capstone.id)
        found = self.session.exec(numbers.order_by(col(DecisionRow.number)))
        return (number for number in dict.fromkeys(found) if number is not None)
