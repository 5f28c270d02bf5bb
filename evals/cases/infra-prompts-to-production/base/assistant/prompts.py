"""Reads a prompt from the bucket, at most a minute old."""

import time

import boto3

_CACHE: dict[str, tuple[float, str]] = {}


def prompt(name: str, bucket: str) -> str:
    at, text = _CACHE.get(name, (0.0, ""))
    if time.monotonic() - at > 60 or not text:
        body = boto3.client("s3").get_object(Bucket=bucket, Key=f"prompts/{name}.md")["Body"]
        text = body.read().decode()
        _CACHE[name] = time.monotonic(), text
    return text
