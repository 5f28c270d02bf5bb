"""Answers that were given before, as files: ``<folder>/<case>/<n>.json``. Nothing is asked of anybody."""

import hashlib
import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.adapters.files.atomic_write import write_whole
from bot.errors import UserError
from bot.ports.model import CallOutcome, Model, ModelAnswer, ModelRequest, Usage


class Recording(BaseModel):
    """An answer with the key of its request.

    ``produced_by`` says who or what gave it, truly: a model's id only if that model did, else a person's
    role or "written by hand".
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    key: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    purpose: str
    prompt: str
    produced_by: Annotated[str, Field(min_length=3)]
    outcome: CallOutcome
    document: dict[str, Any] | None
    reason: str = ""
    usage: Usage = Usage()


def request_key(request: ModelRequest) -> str:
    """Return the SHA-256 of everything that a request says, 64 hexadecimal digits."""
    text = json.dumps(asdict(request), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


class ReplayedModel:
    """A model that only remembers; implements ``ports.Model`` for one case."""

    def __init__(self, folder: Path, case: str) -> None:
        self._case = case
        self._recordings = {
            recording.key: recording for recording in map(_load, sorted((folder / case).glob("*.json")))
        }

    @property
    def provider(self) -> str:
        """Say that nobody is asked."""
        return "recorded"

    @property
    def id(self) -> str:
        """Name who gave the answers."""
        names = sorted({recording.produced_by for recording in self._recordings.values()})
        return ", ".join(names) or "nobody"

    def ask(self, request: ModelRequest) -> ModelAnswer:
        """Return what was answered to this very request.

        Raises:
            UserError: nothing was recorded for it.
        """
        recording = self._recordings.get(request_key(request))
        if recording is None:
            raise UserError(
                f"The case {self._case} has no recorded answer to its request {request.purpose!r} "
                f"({request.prompt}@{request.prompt_version}, key {request_key(request)[:12]}): "
                "the prompt, the rubric, the case or what is shown of it changed.",
                "Record the answers of this case anew; nothing was scored.",
            )
        return ModelAnswer(
            outcome=recording.outcome,
            document=recording.document,
            reason=recording.reason,
            usage=recording.usage,
            usd=0.0,
            reused=True,
            attempts=0,
        )


class RecordingModel:
    """Asks a model and keeps its answers, for ``ReplayedModel``; implements ``ports.Model`` for one case."""

    def __init__(self, model: Model, folder: Path, case: str, produced_by: str) -> None:
        self._model = model
        self._folder = folder / case
        self._produced_by = produced_by

    @property
    def provider(self) -> str:
        """Return the provider of the model that is asked."""
        return self._model.provider

    @property
    def id(self) -> str:
        """Return the id of the model that is asked."""
        return self._model.id

    def ask(self, request: ModelRequest) -> ModelAnswer:
        """Ask, and write the answer down; what is no answer (a failure, no budget) is not written."""
        answer = self._model.ask(request)
        if answer.outcome not in {CallOutcome.FAILED, CallOutcome.OVER_BUDGET}:
            recording = Recording(
                key=request_key(request),
                purpose=request.purpose,
                prompt=f"{request.prompt}@{request.prompt_version}",
                produced_by=self._produced_by,
                outcome=answer.outcome,
                document=None if answer.document is None else dict(answer.document),
                reason=answer.reason,
                usage=answer.usage,
            )
            self._folder.mkdir(parents=True, exist_ok=True)
            write_whole(self._place(recording.key), recording.model_dump_json(indent=2) + "\n")
        return answer

    def _place(self, key: str) -> Path:
        """Return the file that has this key, else the next free one."""
        taken = {path: _load(path).key for path in sorted(self._folder.glob("*.json"))}
        for path, known in taken.items():
            if known == key:
                return path
        return next(
            path for n in range(1, len(taken) + 2) if (path := self._folder / f"{n}.json") not in taken
        )


def _load(path: Path) -> Recording:
    try:
        return Recording.model_validate_json(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, ValidationError) as wrong:
        said = " ".join(str(wrong).split())[:300]
        raise UserError(f"{path} is no recorded answer: {said}", "Record it anew.") from None
