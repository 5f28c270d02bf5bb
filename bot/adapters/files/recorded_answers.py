"""Recording a model's answers in files, ``<folder>/<case>/<n>.json``, and replaying them without a model."""

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

    ``produced_by`` is its true origin: the id of the model that gave it, or a person's role, or "written by
    hand".
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
    """Return the SHA-256 of a whole request, as 64 hexadecimal digits."""
    text = json.dumps(asdict(request), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


class ReplayedModel:
    """Replays recorded answers. Implements ``ports.model.Model`` for one case."""

    def __init__(self, folder: Path, case: str) -> None:
        self._case = case
        self._recordings = {
            recording.key: recording
            for recording in map(_load_recording, sorted((folder / case).glob("*.json")))
        }

    @property
    def provider(self) -> str:
        """Return "recorded", because no provider is asked."""
        return "recorded"

    @property
    def id(self) -> str:
        """Return the origin of the answers."""
        names = sorted({recording.produced_by for recording in self._recordings.values()})
        return ", ".join(names) or "nobody"

    def ask(self, request: ModelRequest) -> ModelAnswer:
        """Return the recorded answer to this exact request.

        Raises:
            UserError: there is none.
        """
        recording = self._recordings.get(request_key(request))
        if recording is None:
            raise UserError(
                f"The case {self._case} has no recorded answer to its request {request.purpose!r} "
                f"({request.prompt}@{request.prompt_version}, key {request_key(request)[:12]}). "
                "The prompt, the rubric or the case has changed, or Sensei shows the model a different part "
                "of the case.",
                "Nothing was scored. Configure a model and record this case's answers again: "
                f"sensei eval --only {self._case} --record FOLDER",
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
    """Asks a model and records its answers for ``ReplayedModel``. Implements ``Model`` for one case."""

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
        """Ask, and record the answer. A failure or an exceeded budget is not recorded."""
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
            write_whole(self._find_path(recording.key), recording.model_dump_json(indent=2) + "\n")
        return answer

    def _find_path(self, key: str) -> Path:
        """Return the path of the file with this key, or else the next free path."""
        taken = {path: _load_recording(path).key for path in sorted(self._folder.glob("*.json"))}
        for path, taken_key in taken.items():
            if taken_key == key:
                return path
        return next(
            path
            for number in range(1, len(taken) + 2)
            if (path := self._folder / f"{number}.json") not in taken
        )


def _load_recording(path: Path) -> Recording:
    try:
        return Recording.model_validate_json(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, ValidationError) as wrong:
        problem = " ".join(str(wrong).split())[:300]
        raise UserError(f"{path} is not a recorded answer: {problem}", "Record it again.") from None
