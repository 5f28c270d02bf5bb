"""Rebuilds the index. Each release runs it before the service is switched over."""

import json
from pathlib import Path

import boto3
from botocore.config import Config

from rules.chunks import chunks

MODEL = "amazon.titan-embed-text-v2:0"
bedrock = boto3.client(
    "bedrock-runtime", config=Config(connect_timeout=2, read_timeout=10, retries={"total_max_attempts": 3})
)


def embed(text: str) -> list[float]:
    reply = bedrock.invoke_model(modelId=MODEL, body=json.dumps({"inputText": text, "dimensions": 512}))
    return json.load(reply["body"])["embedding"]


def build(documents: Path, index: Path) -> None:
    with index.open("w") as out:
        for path in sorted(documents.glob("*.md")):
            for chunk in chunks(path.read_text("utf-8")):
                out.write(json.dumps({"source": path.name, "text": chunk, "vector": embed(chunk)}) + "\n")
