"""People of a cohort in Slack who link their GitHub accounts: codes, comments with them, and answers."""

import itertools
from datetime import timedelta

import sqlalchemy as sa

from bot.domain.dojo.people import CohortRole
from bot.domain.pull_requests import link_codes
from bot.domain.pull_requests.comment_command_rules import CommandOutcome
from bot.domain.pull_requests.records import Account
from bot.errors import UserError
from bot.workflows.chat import dispatch
from bot.workflows.chat.features import Features
from bot.workflows.dojo import account_linking as workflow
from bot.workflows.pull_requests.event_handling import EventHandler
from tests.workflows.running_dojo import BO, QUIET, Dojo

CODE = link_codes.make_code(2**59 + 12345)
TEAM = "T1"
_numbers = itertools.count(9_000_000)


def next_comment() -> int:
    return next(_numbers)


class Desk(Dojo):
    """An enrolled repository, its pull request 1, and people of a cohort in Slack who comment there."""

    def __init__(self, engine: sa.Engine) -> None:
        super().__init__(engine)
        self.features = Features((workflow.feature(lambda _bits: 2**59 + 12345), dispatch.FEATURE))
        self.inbox = EventHandler(self.now, QUIET, dispatch.ChatDispatch(self.features, self.now))
        self.deliver("pull_request", self.pull_request("opened", "a"))
        with self.store.begin() as tx:
            self.cohort = tx.cohorts.add("dojo", self.now()).id
            tx.cohorts.set_workspace(self.cohort, TEAM)

    def person(self, user: str, role: CohortRole = CohortRole.PARTICIPANT) -> str:
        with self.store.begin() as tx:
            person = tx.members.find_or_add_by_chat(TEAM, user, user.title(), self.now())
            tx.members.join(self.cohort, person, role, self.now())
        return person

    def code(self, person: str, code: str = CODE, **only: str) -> None:
        """Give somebody a code, now; ``login`` is the account that it is for."""
        bare = link_codes.find_code(code)
        assert bare
        with self.store.begin() as tx:
            tx.link_codes.issue(person, link_codes.digest_code(bare), self.now() + link_codes.LASTS, **only)

    def says(
        self, body: str, by: Account = BO, comment: int | None = None, action: str = "created"
    ) -> CommandOutcome:
        comment = comment or next_comment()
        self.deliver(*self.comment(body, by, action, comment))
        with self.store.begin() as tx:
            found = tx.commands.by_comment(comment, inline=False)
        assert found
        assert found.about == ""
        return found.answer

    def asked(self, person: str) -> str:
        """What the buttons name that somebody has last been sent about a code."""
        with self.store.begin() as tx:
            due = tx.jobs.due(self.now() + timedelta(days=9), 1000)
        mine = [job for job in due if job.argument.get("kind") == "link.asked"]
        named = [
            str(job.argument["about"]["code"]) for job in mine if job.argument["about"]["person"] == person
        ]
        return named[-1] if named else "nothing was asked"

    def answers(self, user: str, yes: bool = True, code: str | None = None) -> str:
        """Click a button of the message to somebody; return how that ended, or why it was refused."""
        with self.store.begin() as tx:
            person = tx.members.by_chat(TEAM, user) or ""
        click = {
            "type": "block_actions",
            "team": {"id": TEAM},
            "user": {"id": user},
            "trigger_id": f"click.{next_comment()}",
            "actions": [{"action_id": "link.yes" if yes else "link.no", "value": code or self.asked(person)}],
        }
        try:
            return self.deliver("slack.action", click)
        except UserError as refused:
            return str(refused)

    def links(self, user: str, by: Account = BO) -> CommandOutcome:
        """Post the code from an account, and say yes in Slack."""
        answer = self.says(f"/sensei link {CODE}", by)
        self.answers(user)
        return answer

    def linked(self, account: Account) -> str | None:
        """Whose an account is, if they have shown it."""
        with self.store.begin() as tx:
            person = tx.members.by_host_account(account.id)
            return person if person and any(one.code for one in tx.members.roles(person)) else None

    def told(self) -> list[str]:
        """Who is told that an account is linked to them."""
        with self.store.begin() as tx:
            due = tx.jobs.due(self.now() + timedelta(days=1), 1000)
        return [job.argument["about"]["person"] for job in due if job.argument.get("kind") == "people.linked"]

    def letter(self, person: str) -> str:
        """What the message to somebody about their code says now; nothing where it is not sent."""
        about = {"code": self.asked(person), "person": person}
        with self.store.begin() as tx:
            letter = self.features.words["link.asked"](tx, about)
        return str(letter.message) if letter else ""

    def audited(self, person: str) -> list[str]:
        """What the audit trail says of somebody, in order."""
        query = sa.text("SELECT action FROM audit_event WHERE subject = :subject ORDER BY id")
        with self.engine.connect() as connection:
            return list(connection.execute(query, {"subject": f"person:{person}"}).scalars())

    def texts(self) -> str:
        """Every word of every row but of what waits to be handled."""
        with self.engine.connect() as connection:
            return str(
                [
                    tuple(row)
                    for table in sa.inspect(connection).get_table_names()
                    for row in connection.exec_driver_sql(f'SELECT * FROM "{table}"')
                ]
            )
