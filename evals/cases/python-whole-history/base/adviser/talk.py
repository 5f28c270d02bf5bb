"""One turn of a conversation about heating."""

from adviser.model import complete

RULES = "You advise on heating for houses. Say which data of the house you used."
RECENT = 6  # turns that are sent; the oldest go first


def turn(history: list[dict], question: str) -> str:
    history.append({"role": "user", "content": question})
    answer = complete([{"role": "system", "content": RULES}, *history[-RECENT:]])
    history.append({"role": "assistant", "content": answer})
    return answer
