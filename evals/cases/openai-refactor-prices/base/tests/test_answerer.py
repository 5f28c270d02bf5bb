from types import SimpleNamespace

import pytest

from contracts.answerer import Answerer


class Responses:
    def __init__(self, status):
        self.status = status

    def create(self, **request):
        usage = SimpleNamespace(input_tokens=1_000_000, output_tokens=0)
        return SimpleNamespace(usage=usage, status=self.status, output_text="Clause 4.")


def test_an_answer_that_is_cut_off_is_refused():
    with pytest.raises(ValueError, match="incomplete"):
        Answerer(SimpleNamespace(responses=Responses("incomplete"))).answer("...", "?")
