from adviser import talk


def test_an_answer_becomes_part_of_the_conversation(monkeypatch):
    monkeypatch.setattr(talk, "complete", lambda messages: "A heat pump.")
    history = []
    assert talk.turn(history, "What fits my house?") == "A heat pump."
    assert [said["role"] for said in history] == ["user", "assistant"]
