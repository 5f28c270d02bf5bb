from pathlib import Path

import pytest

from tests import generated

# The register of rubrics is compared by test_rubrics.py, which has read them all: that takes seconds.
FILES = [path for path in generated.FILES if path != generated.REGISTER]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(generated.ROOT).as_posix())
def test_what_is_generated_is_up_to_date(path: Path) -> None:
    assert path.read_text("utf-8") == generated.FILES[path](), generated.STALE
