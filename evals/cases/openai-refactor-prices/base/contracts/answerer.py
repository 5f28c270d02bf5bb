"""Answers questions about a contract."""

from openai import OpenAI

MODEL = "gpt-5-mini-2025-08-07"
IN_PER_MILLION, OUT_PER_MILLION = 0.25, 2.0  # dollars, list price of August 2025


class Answerer:
    def __init__(self, client: OpenAI) -> None:
        self._client = client
        self.spent = 0.0

    def answer(self, contract: str, question: str) -> str:
        """Return an answer for a lawyer to check; raise ValueError where it is not complete."""
        reply = self._client.responses.create(
            model=MODEL,
            instructions="Answer from the contract only, and name the clause.",
            input=f"{contract}\n\nQuestion: {question}",
            max_output_tokens=600,
            timeout=30,
        )
        self.spent += (
            reply.usage.input_tokens * IN_PER_MILLION + reply.usage.output_tokens * OUT_PER_MILLION
        ) / 1_000_000
        if reply.status != "completed":
            raise ValueError(f"the answer is {reply.status}")
        return reply.output_text
