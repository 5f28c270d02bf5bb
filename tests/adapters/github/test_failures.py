"""What each answer of GitHub's means for whoever asked."""

from typing import Any

import pytest
import requests
from github import GithubException

from bot.adapters.github.failures import NotFoundError, TokenRejectedError, translate_errors
from bot.errors import PermanentError, TransientError
from bot.ports.code_host import HostRejectedError

LIMIT = {"message": "You have exceeded a secondary rate limit."}


@pytest.mark.parametrize(
    ("status", "data", "headers", "meaning", "seconds"),
    [
        (401, {}, {}, TokenRejectedError, None),
        (403, {"message": "Resource not accessible by integration"}, {}, PermanentError, None),
        (403, LIMIT, {"Retry-After": "7"}, TransientError, 7),
        (403, LIMIT, {}, TransientError, 60),
        (403, {}, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1"}, TransientError, 1),
        (429, {}, {"Retry-After": "999999"}, TransientError, 3700),
        (404, {"message": "Not Found"}, {}, NotFoundError, None),
        (410, {"message": "Issues are disabled"}, {}, NotFoundError, None),
        (0, None, {}, TransientError, None),
        (408, {}, {}, TransientError, None),
        (500, "<html>", {}, TransientError, None),
        (502, {}, {}, TransientError, None),
        (422, {"message": "Validation Failed", "errors": [{"message": "No"}]}, {}, HostRejectedError, None),
    ],
)
def test_an_answer_means(
    status: int, data: Any, headers: dict[str, str], meaning: type[Exception], seconds: float | None
) -> None:
    with pytest.raises(meaning) as raised, translate_errors("Reading"):
        raise GithubException(status, data, headers)
    assert raised.type is meaning
    assert getattr(raised.value, "retry_in", None) == seconds


def test_no_answer_is_tried_again() -> None:
    with pytest.raises(TransientError, match="did not answer"), translate_errors("Reading"):
        raise requests.ConnectionError
