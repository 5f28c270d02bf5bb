import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.setup.env_file import is_plain, merged, read

NAMES = st.from_regex(r"[A-Z_][A-Z0-9_]{0,8}", fullmatch=True)
PLAIN = st.from_regex(r"[A-Za-z0-9_./@%+,:=-]{1,30}", fullmatch=True)
VALUES = st.dictionaries(NAMES, PLAIN, min_size=1, max_size=5)
LINES = st.lists(
    st.one_of(
        st.sampled_from(["", "# a comment", "export A='b c'", "A=1", "B = 2", "nonsense"]),
        st.builds("{}={}".format, NAMES, PLAIN),
    ),
    max_size=8,
)


@given(LINES, VALUES)
def test_what_is_set_is_read_again_and_every_other_line_stays(
    lines: list[str], values: dict[str, str]
) -> None:
    text = "\n".join(lines) + "\n"
    after = merged(text, values)
    assert read(after).items() >= values.items()
    others = [line for line in lines if line.removeprefix("export ").split("=")[0] not in values]
    assert [line for line in after.splitlines() if line in others] == others
    assert merged(after, values) == after


@pytest.mark.parametrize(
    "value", ["", "a b", "a'b", 'a"b', "a$b", "a\\b", "a`b", "a;b", "a\nb", "~a", "a#b", "a&b"]
)
def test_what_is_read_differently_by_somebody_is_never_written(value: str) -> None:
    assert not is_plain(value)
    with pytest.raises(ValueError, match="cannot be written"):
        merged("", {"A": value})


@given(VALUES)
def test_a_shell_reads_what_was_written(values: dict[str, str]) -> None:
    mine = {f"S_{name}": value for name, value in values.items()}
    script = "set -a\n" + merged("", mine) + "set +a\nenv"
    done = subprocess.run(["sh", "-c", script], env={}, capture_output=True, text=True, check=True)
    assert set(done.stdout.splitlines()) >= {f"{name}={value}" for name, value in mine.items()}


def test_quotes_and_exports_that_others_wrote_are_understood(tmp_path: Path) -> None:
    text = "export A='b c'\nB=\"d\"\n# C=e\nD=\nA=last\n"
    assert read(text) == {"A": "last", "B": "d"}
