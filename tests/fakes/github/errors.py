"""GitHub's refusals, in the shapes and words that GitHub uses."""

from collections.abc import Mapping, Sequence
from typing import Any

DOCS = "https://docs.github.com/rest"


class Refused(Exception):  # noqa: N818 - GitHub refuses, the fake works
    """A response that is not a success."""

    def __init__(
        self, status: int, message: str, headers: Mapping[str, str] | None = None, **more: Any
    ) -> None:
        self.status = status
        self.headers = dict(headers or {})
        self.document = {"message": message, **more, "documentation_url": DOCS, "status": str(status)}
        super().__init__(message)


def not_found() -> Refused:
    return Refused(404, "Not Found")


def bad_credentials() -> Refused:
    return Refused(401, "Bad credentials")


def not_accessible(needs: Sequence[str] = ()) -> Refused:
    accepted = "; ".join(need.replace(":", "=") for need in needs)
    headers = {"X-Accepted-GitHub-Permissions": accepted} if accepted else {}
    return Refused(403, "Resource not accessible by integration", headers)


def suspended() -> Refused:
    return Refused(403, "This installation has been suspended")


def unprocessable(*errors: str) -> Refused:
    """What the older parts of the API say: sentences."""
    return Refused(422, "Unprocessable Entity", errors=list(errors))


def validation_failed(resource: str, field: str, message: str, code: str = "custom") -> Refused:
    """What the newer parts say: objects."""
    error = {"resource": resource, "code": code, "field": field, "message": message}
    return Refused(422, "Validation Failed", errors=[error])


def invalid_request(*problems: str) -> Refused:
    """What the check of a body's form says, before anything is looked up."""
    return Refused(422, "Invalid request.\n\n" + "\n".join(problems))


def too_long(resource: str) -> Refused:
    return validation_failed(
        resource, "data", "Body is too long (maximum is 65536 characters)", "unprocessable"
    )
