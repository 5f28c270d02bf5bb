"""Answers an employee's question about pay."""

import logging

from openai import OpenAI

MODEL = "gpt-5-mini-2025-08-07"
log = logging.getLogger(__name__)


def answer(question: str, payslip: str, client: OpenAI) -> str:
    """Return an answer from the employee's own payslip."""
    request = f"Payslip:\n{payslip}\n\nQuestion: {question}"
    reply = client.responses.create(
        model=MODEL, input=request, max_output_tokens=300, timeout=20, store=False
    )
    log.info("request %s answer %s (%d tokens)", request, reply.output_text, reply.usage.total_tokens)
    return reply.output_text
