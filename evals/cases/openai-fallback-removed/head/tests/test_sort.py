from types import SimpleNamespace

from post.sort import tray


class Says:
    def __init__(self, text):
        self.text = text

    def create(self, **request):
        return SimpleNamespace(output_text=self.text)


def test_a_claim_goes_to_claims():
    assert tray("My roof leaks.", SimpleNamespace(responses=Says("claims"))) == "claims"
