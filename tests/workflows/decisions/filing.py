"""A dojo at a GitHub on loopback whose decisions become files, and whose files become decisions."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bot.adapters.files.articulation import load_guide
from bot.adapters.git.branches import GitBranches
from bot.adapters.git.clone_cache import CheckoutCache
from bot.domain.articulation.guide import ArticulationRules
from bot.domain.articulation.slots import SlotTexts
from bot.domain.decisions.records import Decision, DecisionOrigin, DecisionState, RevisedBy
from bot.ports.engine import Json
from bot.workflows.decisions.decision_files import DecisionFiles
from bot.workflows.decisions.export import DecisionExport
from bot.workflows.decisions.record_import import RecordFileImport
from tests.domain.decisions.deciding import ANCHOR, TEXTS
from tests.fakes.github import GitHub
from tests.fakes.github.model import Pull
from tests.fakes.steps import Straight
from tests.workflows.hosted import Hosted
from tests.workflows.running_dojo import ADA
from tests.workflows.shop import LIBRARY

RULES = ArticulationRules.for_library(load_guide(), LIBRARY)


class Filing(Hosted):
    """Reads decision records back, and exports them. Its App may write contents."""

    def __init__(self, engine: sa.Engine, github: GitHub, folder: Path) -> None:
        super().__init__(engine, github, folder)
        self.installation.permissions["contents"] = "write"
        imports = RecordFileImport(self.host, self.store, RULES, self.now)
        self.upkeep = replace(self.upkeep, records=imports)
        branches = GitBranches(CheckoutCache(folder / "checkouts", 10**9, 60, 1_000_000))
        self.files = DecisionFiles(self.host, self.store, branches, github.url, self.now)
        self.exporting = DecisionExport(self.files)

    def decide(
        self, title: str = "A queue between the shop and the model", texts: SlotTexts = TEXTS, **changes: Any
    ) -> Decision:
        """Store a confirmed decision of Ada's."""
        fields: dict[str, Any] = {
            "origin": DecisionOrigin.THREAD,
            "question": None,
            "check": None,
            "private": False,
            "anchors": [ANCHOR],
            "supersedes": None,
            "by": RevisedBy.SENSEI,
        }
        with self.store.begin() as tx:
            person = tx.members.by_host_account(ADA.id)
            made = tx.decisions.add(
                self.capstone.id,
                person=person,
                title=title,
                texts=texts,
                at=self.now(),
                **{**fields, **changes},
            )
            tx.decisions.set_state(made.id, DecisionState.CONFIRMED, self.now())
            return tx.decisions.get(made.id)

    def decided(self, decision: Decision) -> Decision:
        """The decision as it is now."""
        with self.store.read() as tx:
            return tx.decisions.get(decision.id)

    def decisions(self) -> list[Decision]:
        with self.store.read() as tx:
            return list(tx.decisions.of(self.capstone.id, list(DecisionState)))

    def export(self, decision: Decision, steps: Straight | None = None) -> Json:
        return self.exporting.run(steps or Straight(self.store), {"decision": decision.id})

    def read_back(self) -> None:
        assert self.run("baseline") == {"outcome": "done"}

    def file(self, revision: str, path: str) -> str:
        """The content of a file in the repository there."""
        return self.repository_there.store.git("show", f"{revision}:{path}")

    @property
    def pulls(self) -> list[Pull]:
        return list(self.repository_there.pulls.values())
