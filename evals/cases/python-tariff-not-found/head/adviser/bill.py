"""Reads a bill with the model."""

from dataclasses import dataclass

from openai import OpenAI
from pydantic import BaseModel

MODEL = "gpt-5-mini-2025-08-07"


class Bill(BaseModel):
    tariff: str
    kwh: int
    days: int


@dataclass
class BillReader:
    client: OpenAI

    def read(self, text: str) -> Bill:
        reply = self.client.responses.parse(
            model=MODEL, instructions="Read the bill.", input=text[:20_000], text_format=Bill, timeout=20, store=False
        )
        if reply.output_parsed is None:
            raise ValueError("the bill could not be read")
        return reply.output_parsed
