"""From a request to the function that answers it: paths, callers, permissions, pages."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import unquote, urlencode

from tests.fakes.github import errors
from tests.fakes.github.model import App, Pull, Repository, Thing, Token, User
from tests.fakes.github.world import World

T = TypeVar("T")
LEVELS = {"read": 1, "write": 2, "admin": 3}


@dataclass(frozen=True)
class Answer:
    status: int
    document: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Request:
    """A request that found its route; who asks is known once ``auth.identify`` has seen it."""

    world: World
    method: str
    path: str
    template: str
    parameters: Mapping[str, str]
    query: Mapping[str, str]
    body: Any
    app: App | None = None
    token: Token | None = None

    @property
    def me(self) -> User:
        assert self.app is not None
        return self.app.bot

    def number(self, name: str) -> int:
        value = self.parameters[name]
        if not value.isdecimal():
            raise errors.not_found()
        return int(value)

    @property
    def repository(self) -> Repository:
        """The repository of the path, if the caller may know that it exists."""
        full_name = f"{self.parameters['owner']}/{self.parameters['repo']}"
        found = self.world.named(full_name)
        if found is None:
            self._redirect(full_name)
            raise errors.not_found()
        if self.token is not None and not self.token.covers(found):
            if found.private:
                raise errors.not_found()
            if self.method != "GET":
                raise errors.not_accessible()
        elif self.token is None and self.app is None and found.private:
            raise errors.not_found()
        return found

    @property
    def pull(self) -> Pull:
        pull = self.repository.pulls.get(self.number("pull_number"))
        if pull is None:
            raise errors.not_found()
        return pull

    def _redirect(self, full_name: str) -> None:
        moved = self.world.former_names.get(full_name.lower())
        if moved is None:
            return
        rest = self.path.split("/", 4)[4:]
        location = "/".join([f"{self.world.url}/repositories/{moved.id}", *rest])
        if self.query:
            location += f"?{urlencode(self.query)}"
        permanent = self.method == "GET"
        status, message = (301, "Moved Permanently") if permanent else (307, "Temporary Redirect")
        raise errors.Refused(status, message, {"Location": location}, url=location)

    def text(self, name: str, resource: str, required: bool = True) -> str | None:
        """Return a text of the body, refused if it is too long or missing."""
        value = self.body.get(name)
        if value is None and name not in self.body:
            if required:
                raise errors.invalid_request(f'"{name}" wasn\'t supplied.')
            return None
        if not isinstance(value, str):
            raise errors.invalid_request(f"For 'properties/{name}', {_shown(value)} is not a string.")
        if len(value) > 65_536:
            raise errors.too_long(resource)
        return value

    def whole(self, name: str) -> int | None:
        value: int | None = self.body.get(name)
        if name in self.body and (not isinstance(value, int) or isinstance(value, bool)):
            raise errors.invalid_request(f"For 'properties/{name}', {_shown(value)} is not an integer.")
        return value

    def one_of(self, name: str, choices: Sequence[str]) -> str | None:
        value: str | None = self.body.get(name)
        if value is not None and value not in choices:
            listed = ", ".join(f'"{choice}"' for choice in choices)
            raise errors.invalid_request(
                f"For 'properties/{name}', {_shown(value)} is not a member of [{listed}]."
            )
        return value

    def page(
        self, things: Sequence[T], shape: Callable[[World, T], Any], within: str | None = None
    ) -> Answer:
        """Answer with one page of what is already shown in lists, and with links to the others."""
        young = {id(t) for t in things if isinstance(t, Thing)} - {
            id(t) for t in self.world.shown(t for t in things if isinstance(t, Thing))
        }
        shown = [thing for thing in things if id(thing) not in young]
        size = min(max(_whole(self.query.get("per_page"), 30), 1), 100)
        number = max(_whole(self.query.get("page"), 1), 1)
        last = max((len(shown) + size - 1) // size, 1)
        part = [shape(self.world, thing) for thing in shown[(number - 1) * size : number * size]]
        targets: dict[str, int] = {}
        if number > 1:
            targets |= {"prev": min(number - 1, last), "first": 1}
        if number < last:
            targets |= {"next": number + 1, "last": last}
        link = ", ".join(f'<{self._address(page=str(n))}>; rel="{name}"' for name, n in targets.items())
        document = part if within is None else {"total_count": len(shown), within: part}
        return Answer(200, document, {"Link": link} if link else {})

    def _address(self, **query: str) -> str:
        path = self.path
        if "repo" in self.parameters:
            path = "/".join([f"/repositories/{self.repository.id}", *path.split("/", 4)[4:]])
        return f"{self.world.url}{path}?{urlencode({**self.query, **query})}"


def _whole(value: str | None, otherwise: int) -> int:
    return int(value) if value and value.isdecimal() else otherwise


def _shown(value: object) -> str:
    return "nil" if value is None else f'"{value}"' if isinstance(value, str) else str(value).lower()


Handler = Callable[[Request], Any]


@dataclass(frozen=True)
class Route:
    method: str
    template: str
    pattern: re.Pattern[str]
    handler: Handler
    needs: tuple[str, ...]
    caller: str

    def allows(self, permissions: Mapping[str, str]) -> bool:
        """Any of the needs is enough."""
        return not self.needs or any(
            LEVELS.get(permissions.get(name, ""), 0) >= LEVELS[level]
            for name, level in (need.split(":") for need in self.needs)
        )


ROUTES: list[Route] = []


def route(
    method: str, template: str, *needs: str, caller: str = "installation"
) -> Callable[[Handler], Handler]:
    """Register a handler: ``needs`` are permissions of which one is enough; ``caller`` says who may ask."""
    pattern = re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", template) + r"\Z")

    def register(handler: Handler) -> Handler:
        ROUTES.append(Route(method, template, pattern, handler, needs, caller))
        return handler

    return register


def find(method: str, path: str) -> tuple[Route, dict[str, str]] | None:
    for candidate in ROUTES:
        if candidate.method == method and (match := candidate.pattern.match(path)):
            return candidate, {name: unquote(value) for name, value in match.groupdict().items()}
    return None
