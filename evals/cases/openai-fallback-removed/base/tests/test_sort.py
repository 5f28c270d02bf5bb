from types import SimpleNamespace

import openai

from post.sort import tray


class Broken:
    def create(self, **request):
        raise openai.OpenAIError("down")


class Says:
    def __init__(self, text):
        self.text = text

    def create(self, **request):
        return SimpleNamespace(output_text=self.text)


def test_a_claim_goes_to_claims():
    assert tray("My roof leaks.", SimpleNamespace(responses=Says("claims"))) == "claims"


def test_a_letter_is_sorted_by_hand_while_the_service_is_down():
    assert tray("My roof leaks.", SimpleNamespace(responses=Broken())) == "by hand"
