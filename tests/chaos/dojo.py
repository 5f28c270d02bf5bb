"""A dojo in which the bot is killed again and again while people go on working."""

import os
import random
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bot.adapters.database import open_store, upgrade_store
from bot.adapters.database.transaction import SqlStore
from bot.domain.pull_requests.records import Account, PublishPolicy, RoundState
from bot.domain.pull_requests.rulings import OPERATOR_RULES
from bot.domain.triage.records import NewRuling, RulerRole, Verdict
from bot.ports import code_host
from bot.ports.jobs import Job
from bot.workflows.pull_requests.dispute_rulings import settle_question
from bot.workflows.pull_requests.enrolment import Enrolment, enrol_repository
from bot.workflows.pull_requests.question_decisions import keep_questions
from bot.workflows.triage.release import mark_pull_requests
from tests.chaos import deciding, talking
from tests.chaos.deaths import CHAT, SLACK, WEEK, Arrival, Death, Point, Timed
from tests.chaos.workspace import Circle, DeadlySlack
from tests.fakes.github import Cuts, Fails, GitHub, Hangs, Loses, Recorded, missing, secondary_limit
from tests.fakes.github.faults import Fault
from tests.fakes.github.model import Pull, Repository, Thread, User
from tests.fakes.messages import KEY, NOTHING_FOUND, Messages, Says, Step, said
from tests.serving import BEFORE, Serving

LAG = 0.5
LATE = 2.0  # seconds after which a dead process's request is done all the same
PATIENCE = 180  # seconds; an answer alone is heard a minute after it was given
CHECKS = ("performance_cost.4", "reliability.2", "security.2", "validation.5", "governance.2")
_REVIEWS = "/repos/{owner}/{repo}/pulls/{pull_number}/reviews"
_WRITES = (
    ("POST", "/repos/{owner}/{repo}/check-runs"),
    ("POST", _REVIEWS),
    ("POST", f"{_REVIEWS}/{{review_id}}/events"),
    ("PUT", f"{_REVIEWS}/{{review_id}}"),
    ("PATCH", "/repos/{owner}/{repo}/check-runs/{check_run_id}"),
    ("POST", "/repos/{owner}/{repo}/issues/{issue_number}/comments"),
    ("POST", "/repos/{owner}/{repo}/pulls/{pull_number}/comments/{comment_id}/replies"),
)


class DeadlyGitHub(GitHub):
    """Kills the bot when the request comes that ``death`` names."""

    def __init__(self) -> None:
        super().__init__()
        self.death: Arrival | None = None
        self.victim = 0

    def kill(self) -> None:
        self.death = None
        with suppress(ProcessLookupError):
            os.killpg(self.victim, signal.SIGKILL)

    def meet(self, recorded: Recorded) -> Fault | None:
        fault = super().meet(recorded)
        death = self.death
        if death is None or (recorded.method, recorded.template) != (death.method, death.route):
            return fault
        self.kill()
        return Hangs(LATE) if death.fate == "late" else Cuts(worked=death.fate == "done")


def code(n: int) -> dict[str, bytes]:
    """A client that leaves something to ask, and is unlike every other one."""
    return {
        f"desk{n}.py": (
            f"import anthropic\n\nclient = anthropic.Anthropic()\n\n\ndef answer{n}(question):\n"
            f"    reply = client.messages.create(model=MODEL, max_tokens={10_000 + n}, messages=question)\n"
            "    return reply.content[0].text\n"
        ).encode()
    }


def _account(user: User) -> Account:
    return Account(user.id, user.login)


def reply(body: Mapping[str, Any]) -> Step:
    """Ask about the newest client, if there is one, refute nothing, and hear what was decided."""
    text = said(body)
    if talking.is_heard(body):
        return talking.hear(body)
    if "<items>" in text:
        items = text.rpartition("<items>")[2].count("\n{")
        kept = [{"n": n + 1, "because": "open", "verdict": "keep", "reworded": ""} for n in range(items)]
        return Says({"verdicts": kept, "best": 1})
    clients = [int(found) for found in re.findall(r"def answer(\d+)\(", text)]
    if not clients:
        return Says(NOTHING_FOUND)
    n = max(clients)
    asked = {
        "check": CHECKS[n % len(CHECKS)],
        "path": f"desk{n}.py",
        "side": "head",
        "source": "commit",
        "quote": f"reply = client.messages.create(model=MODEL, max_tokens={10_000 + n}, messages=question)",
        "question": f"What would be the first answer number {n} to be cut off by this limit?",
        "why": "the limit is chosen and not argued",
    }
    return Says({**NOTHING_FOUND, "touched": ["performance_cost"], "questions": [asked]})


class Dojo(Serving):
    """Four repositories: ``ada/desk`` and ``bob/desk`` are read and asked at once, ``eve/desk`` when a sensei
    has kept a question, ``kim/gone`` lets no check run be made there."""

    def __init__(self, folder: Path, url: str, messages: Messages, chance: random.Random) -> None:
        self.deadly, self.slack = DeadlyGitHub(), DeadlySlack()
        super().__init__(
            self.deadly,
            folder,
            url,
            model_provider="anthropic",
            model="claude-opus-5-5",
            anthropic_api_key=KEY,
            model_base_url=messages.url,
            reviews_at_once="4",
            slack_bot_token=self.slack.bot_token,
            slack_app_token=self.slack.app_token,
            slack_signing_secret=self.slack.signing_secret,
            slack_api_url=self.slack.api_url,
        )
        self.url, self.messages, self.chance = url, messages, chance
        messages.otherwise = self.answered
        self.github.list_lag = LAG
        self.count = 0
        self.kills = 0
        self.set_aside = 0
        self.unreached: list[Death] = []
        self.bob, self.eve, self.kim = (
            self.github.repository(name, BEFORE) for name in ("bob/desk", "eve/desk", "kim/gone")
        )
        for repository in (self.bob, self.eve, self.kim):
            self.github.install(self.app, repository)
        self.deadly.fault(missing(), "POST", "/repos/kim/gone/check-runs", times=10**9)
        self.circle = Circle(self.slack, url, self.database, chance, self.port, self.wait, self.dead)
        self.deciding = deciding.Deciding(self.circle, chance, _account(self.bob.owner), _account(self.sen))
        self.talks = talking.Talks(self.github, self.app.bot, self.database, chance, self.wait, self.dead)
        self.linked = 0
        self._enrol()

    @contextmanager
    def outside(self) -> Iterator[None]:
        """Let GitHub and Slack be there."""
        with self.github, self.slack:
            yield

    def _enrol(self) -> None:
        upgrade_store(self.url)
        with open_store(self.url) as database, SqlStore(database, "localhost").begin() as tx:
            cohort = tx.cohorts.add("dojo", datetime.now(UTC))
            for it in (self.repository, self.bob, self.eve, self.kim):
                installation = self.github.installation_of(self.app, it)
                assert installation
                found = code_host.HostRepository(
                    it.id, it.owner.login, it.name, "main", "", installation.id, 1
                )
                publish = PublishPolicy.SENSEI_FIRST if it is self.eve else PublishPolicy.AUTOMATIC
                people = Account(it.owner.id, it.owner.login), Account(self.sen.id, "sen")
                enrol_repository(tx, Enrolment(cohort, found, *people, publish), datetime.now(UTC))
            self.circle.begin(tx)
            self.deciding.begin(tx)

    def answered(self, body: Mapping[str, Any]) -> Step:
        """Answer for the model, and kill if that is what was meant."""
        death = self.deadly.death
        if death and death.route == "/v1/messages":
            self.deadly.kill()
        return reply(body)

    # What people do.

    def open(self, repository: Repository) -> Pull:
        self.count += 1
        branch = f"work-{self.count}"
        self.github.push(repository, branch, code(self.count))
        return self.github.open_pull(repository, branch)

    def push(self, pull: Pull, *, force: bool = False) -> None:
        self.count += 1
        self.github.push(pull.repository, pull.head, code(self.count), start="main" if force else None)

    def close_unheard(self, pull: Pull) -> None:
        """Close a pull request of which no webhook ever tells."""
        self.github.hooks.settle()
        self.github.hooks.holding = True
        self.github.close_pull(pull)
        self.github.hooks.held.clear()
        self.github.hooks.holding = False

    def command_early(self) -> None:
        """Give a command on a pull request of whose opening no webhook ever tells."""
        self.github.hooks.settle()
        self.github.hooks.holding = True
        pull = self.open(self.bob)
        self.github.hooks.held.clear()
        self.github.hooks.holding = False
        self.github.comment(pull, "/sensei help", by=pull.user)

    def command_unheard(self, pull: Pull) -> None:
        """Give a command of which no webhook ever tells."""
        self.github.hooks.settle()
        self.github.hooks.holding = True
        self.github.comment(pull, "/sensei help", by=pull.user)
        self.github.hooks.held.clear()
        self.github.hooks.holding = False

    def answer(self, pull: Pull) -> None:
        """Answer the first question of a pull request that nobody has answered."""
        for thread in list(pull.threads):
            first = thread.comments[0]
            if first.user is self.app.bot and not first.review.pending and len(thread.comments) == 1:
                self.github.reply(thread, "Because the longest answer that we saw had half of it.")
                return

    def keep(self) -> bool:
        """Let a question that waits for a sensei be asked; False if there is none."""
        with open_store(self.url) as database, SqlStore(database, "localhost").begin() as tx:
            if waiting := [one.id for _, pull, one in tx.questions.list_proposed() if pull.state == "open"]:
                keep_questions(tx, waiting[:1], OPERATOR_RULES, datetime.now(UTC))
        return bool(waiting)

    def asked(self, pull: Pull) -> Iterator[Thread]:
        """Yield the threads of questions that everybody sees and that nobody has disputed."""
        for thread in list(pull.threads):
            first, *later = thread.comments
            ours = first.user is self.app.bot and not first.review.pending
            if ours and not any("dispute" in one.body for one in later):
                yield thread

    def dispute(self) -> None:
        """Let a participant dispute a question, and a sensei rule on it."""
        threads = [thread for pull in self.pulls(self.repository, self.bob) for thread in self.asked(pull)]
        if not threads:
            pull = self.open(self.bob)
            with suppress(AssertionError):
                self.wait(lambda: list(self.asked(pull)) or self.dead(), 15)
            threads = list(self.asked(pull))
        for thread in threads[:1]:
            self.github.reply(thread, "/sensei dispute That limit is a fixture's.")
        with suppress(AssertionError):
            self.wait(lambda: self.rule() or self.dead(), 15)

    def converse(self, *, recorded: bool) -> None:
        """Let a participant say more about a question in which only they and the bot have spoken."""
        threads = [
            thread
            for pull in self.pulls(self.repository, self.bob)
            for thread in self.asked(pull)
            if self.talks.is_open(thread)
        ]
        if not threads:  # whoever has six open questions is asked no more, so this is only the second choice
            pull = self.open(self.bob)
            with suppress(AssertionError):
                self.wait(lambda: list(self.asked(pull)) or self.dead(), PATIENCE)
            threads = list(self.asked(pull))
        for thread in threads[:1]:
            self.talks.bring_about(thread, recorded=recorded)

    def rule(self) -> bool:
        """Let a sensei rule on what is disputed; False if nothing is."""
        with open_store(self.url) as database, SqlStore(database, "localhost").begin() as tx:
            disputed = [one.id for _, _, one, _ in tx.questions.list_disputed()]
            for number in disputed:
                stands = self.chance.random() < 0.5
                settle_question(tx, number, stands=stands, withdrawn=not stands, at=datetime.now(UTC))
        return bool(disputed)

    def rule_on_level(self) -> None:
        """Let a sensei rule on a criterion, so that a pull request that was not marked today is."""
        pull = self.open(self.bob)
        with suppress(AssertionError):
            self.wait(lambda: self.rounds(pull) == ["published"] or self.dead(), PATIENCE)
        with open_store(self.url) as database, SqlStore(database, "localhost").begin() as tx:
            capstone, sensei = (
                tx.capstones.by_repository(self.bob.id),
                tx.members.by_host_account(self.sen.id),
            )
            if capstone is None or sensei is None:
                return
            words, role = ("", "", "0" * 64), RulerRole.SENSEI
            new = NewRuling(
                capstone.id, "security", Verdict.CANNOT_JUDGE, None, None, *words, sensei=sensei, role=role
            )
            now = datetime.now(UTC)
            mark_pull_requests(tx, tx.rulings.add(new, now), now)

    def bury(self, pull: Pull) -> None:
        """Let a pull request's round be as if it had been set aside just after its review was submitted.

        Eleven kills do so in earnest (``test_set_aside``), and take a minute.
        """
        with suppress(AssertionError):
            self.wait(lambda: self.rounds(pull) == ["published"] or self.dead(), PATIENCE)
        with open_store(self.url) as database, SqlStore(database, "localhost").begin() as tx:
            capstone = tx.capstones.by_repository(pull.repository.id)
            found = tx.pull_requests.find(capstone.id, pull.number) if capstone else None
            rounds = tx.rounds.of(found.id) if found else []
            if found is None or [each.state for each in rounds] != [RoundState.PUBLISHED]:
                return
            round_, connection = rounds[0].id, tx.rounds.session.connection()
            for query in (
                "UPDATE round SET state = 'reading', review_id = NULL WHERE pull_request_id = :it",
                "UPDATE pull_request SET summary_id = NULL WHERE id = :it",
                "UPDATE question SET state = 'proposed', comment_id = NULL WHERE pull_request_id = :it",
            ):
                connection.execute(sa.text(query), {"it": found.id})
            now = datetime.now(UTC)
            tx.jobs.add(Job(f"conclude:{round_}", "conclude", {"round": round_}, now))

    def pulls(self, *repositories: Repository) -> list[Pull]:
        """Return the open ones."""
        return [it for repository in repositories for it in repository.pulls.values() if not it.closed]

    def summarised(self) -> list[Pull]:
        return [pull for pull in self.pulls(self.repository, self.bob) if self.submitted(pull)]

    def bring_about(self, needs: str, *, timed: bool = False) -> None:
        """Do what makes the bot come to a point."""
        if needs == "later":
            pull = next(iter(self.summarised()), None)
            if pull is None:
                pull = self.open(self.repository)
                self.settle_one(pull)
            self.push(pull)
        elif needs == "stopped":
            self.open(self.kim)
        elif needs == "rejected":
            number = len(self.bob.pulls) + 1
            refused = Fails(422, "Line could not be resolved")
            self.github.fault(refused, "POST", f"/repos/bob/desk/pulls/{number}/reviews")
            self.open(self.bob)
        elif needs == "left":
            route = f"/repos/bob/desk/pulls/{len(self.bob.pulls) + 1}/reviews"
            self.github.fault(secondary_limit(2), "POST", route)
            pull = self.open(self.bob)
            with suppress(AssertionError):
                self.wait(lambda: self.github.asked("POST", route) or self.dead(), 15)
            self.push(pull)
        elif needs == "early":
            self.command_early()
        elif needs == "buried":
            self.bury(self.open(self.repository))
        elif needs in {"command", "ruled", "levelled", "kept", "heard", "recorded"}:
            self._bring_about_by_people(needs)
        elif needs in CHAT or needs in WEEK:
            self._bring_about_in_slack(needs, timed=timed)
        else:
            self.open(self.chance.choice([self.repository, self.bob]))

    def _bring_about_in_slack(self, needs: str, *, timed: bool) -> None:
        if needs == "linked":
            self.circle.reachable()
            self.link()
            needs = "joined"
        do = self.deciding.bring_about if needs in WEEK else self.circle.bring_about
        if timed:
            do(needs)
        else:
            self.circle.insist(lambda: do(needs))

    def _bring_about_by_people(self, needs: str) -> None:
        if needs == "ruled":
            self.dispute()
        elif needs == "levelled":
            self.rule_on_level()
        elif needs in {"heard", "recorded"}:
            self.converse(recorded=needs == "recorded")
        elif needs == "kept":
            if not self.keep():
                self.settle_one(self.open(self.eve))
                self.keep()
        else:
            pull = next(iter(self.summarised()), None)
            if pull is None:
                pull = self.open(self.repository)
                self.settle_one(pull)
            self.github.comment(pull, "/sensei help", by=pull.user)

    def link(self) -> None:
        """Let somebody show which account at GitHub is theirs; the first has a capstone here."""
        code_ = self.circle.code()
        if code_ is None:
            return
        by = self.ada if not self.linked else self.github.user(f"linker-{self.linked}")
        self.linked += 1
        pull = next(iter(self.pulls(self.repository)), None) or self.open(self.repository)
        self.github.comment(pull, f"/sensei link {code_}", by=by)

    def settle_one(self, pull: Pull) -> None:
        with suppress(AssertionError):
            self.wait(lambda: self.submitted(pull) or self.dead(), 15)

    def bustle(self) -> None:
        """Let people do something more, and something go wrong on the way."""
        chance, some = self.chance, self.pulls(self.repository, self.bob)
        self._bustle_of_a_sensei()
        if some and chance.random() < 0.6:
            self.push(chance.choice(some), force=chance.random() < 0.3)
        if some and chance.random() < 0.3:
            pull = chance.choice(some)
            self.github.comment(pull, "/sensei review", by=pull.user)
        for pull in chance.sample(some, min(3, len(some))):
            self.answer(pull)
            self.talk(pull)
        self.talks.bustle(some)
        if some and chance.random() < 0.2:
            self.command_unheard(chance.choice(some))
        if chance.random() < 0.15:
            repository = chance.choice([self.repository, self.bob])
            self.github.push(repository, "main", {"NOTES.md": f"{self.count}\n".encode()})
        if len(some) > 6 and chance.random() < 0.3:
            self.github.merge_pull(some[0]) if chance.random() < 0.5 else self.github.close_pull(some[0])
        if chance.random() < 0.4:
            method, route = chance.choice(_WRITES)
            faults: list[Fault] = [Loses(), Cuts(worked=True), Cuts(), Fails(502)]
            self.github.fault(chance.choice(faults), method, route)
        if self.github.hooks.deliveries and chance.random() < 0.5:
            self.github.hooks.send(chance.choice(self.github.hooks.deliveries))
        self.circle.bustle()
        self.deciding.bustle()
        if chance.random() < 0.15:
            self.link()

    def talk(self, pull: Pull) -> None:
        """Let somebody ask for something in a comment, now and then."""
        wanted = self.chance.random()
        if wanted < 0.2:
            self.github.comment(pull, self.chance.choice(["/sensei help", "/sensei hlep"]), by=pull.user)
        for thread in self.asked(pull):
            if wanted > 0.8:
                by, command = self.chance.choice([(pull.user, "defer In May."), (self.sen, "explain")])
                self.github.reply(thread, f"/sensei {command}", by)
            break

    def _bustle_of_a_sensei(self) -> None:
        for pull in self.pulls(self.eve):
            self.answer(pull)
        if self.chance.random() < 0.2:
            self.open(self.eve)
        if self.chance.random() < 0.3:
            self.keep()

    # Lives and deaths.

    def start(self, *, interpreter: bool = True, **changes: str) -> None:
        self.begin("bot")
        self.wait(self.listens, PATIENCE)

    def begin(self, *command: str) -> None:
        with (self.folder / "serve.log").open("ab") as log:
            victim = self.process = subprocess.Popen(
                [sys.executable, "-m", *command, "serve"],
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.deadly.victim = self.slack.victim = victim.pid

    def dead(self) -> bool:
        return self.process is None or self.process.poll() is not None

    def live(self, death: Death) -> None:
        """Let the bot run until it is killed, while people work."""
        if death.needs == "closed":
            pull = next(iter(self.summarised()), None) or self.open(self.repository)
            self.close_unheard(pull)
        if death.needs == "missed":
            self.open(self.bob)  # nobody listens now
            self.github.hooks.settle()
        self.deadly.death = self.slack.death = None
        if isinstance(death, Arrival):
            if death.route.startswith(SLACK):
                self.slack.death = death
            else:
                self.deadly.death = death
        mortal = ["tests.chaos.mortal", death.moment, death.name] if isinstance(death, Point) else ["bot"]
        self.begin(*mortal)
        began = time.monotonic()
        if isinstance(death, Timed) and not death.listening:
            self.bustle()
        else:
            self.wait(lambda: self.dead() or self.get("/healthz") == 200, PATIENCE)
            if not self.dead():
                self.bustle()
                self.bring_about(death.needs, timed=isinstance(death, Timed))
        if isinstance(death, Timed):
            time.sleep(max(0.0, death.seconds - (time.monotonic() - began if not death.listening else 0)))
        else:
            with suppress(AssertionError):
                self.wait(self.dead, PATIENCE)
            if not self.dead():
                self.unreached.append(death)
        self.murder()
        # A request that is done late meets the next process, not this one's.
        self.github.hooks.settle()
        self.slack.settle()

    def retry_dead_letters(self) -> int:
        """Do what an operator does about work that was set aside; return how much that was."""
        done = self.run("dead", "retry", "--all")
        assert done.returncode == 0, done.stderr
        return done.stdout.count("will retry")

    def murder(self) -> None:
        """Kill the bot, half of the time with whatever it had started; make sure that it was killed."""
        process = self.process
        assert process is not None
        if process.poll() is None:
            kill = os.killpg if self.chance.random() < 0.5 else os.kill
            kill(process.pid, signal.SIGKILL)
        assert process.wait(20) == -signal.SIGKILL, f"it ended by itself:\n{self.log()[-3000:]}"
        self.kills += 1
        self.process = None
        self.deadly.death = self.slack.death = None
