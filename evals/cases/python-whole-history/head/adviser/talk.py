"""One turn of a conversation about heating."""

from adviser.model import complete

RULES = "You advise on heating for houses. Say which data of the house you used."


def turn(history: list[dict], question: str) -> str:
    history.append({"role": "user", "content": question})
    answer = complete([{"role": "system", "content": RULES}, *history])
    history.append({"role": "assistant", "content": answer})
    return answer
