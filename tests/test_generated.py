from pathlib import Path

import pytest

from tests import generated


@pytest.mark.parametrize(
    "path", generated.FILES, ids=lambda path: path.relative_to(generated.ROOT).as_posix()
)
def test_what_is_generated_is_up_to_date(path: Path) -> None:
    assert path.read_text("utf-8") == generated.FILES[path](), "run `make generate` and commit the result"
