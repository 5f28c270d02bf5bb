"""The vendor's SDK, set up so that only our settings count."""

import importlib.util
from typing import Literal

import anthropic
from pydantic import SecretStr

from bot.errors import UserError

Provider = Literal["anthropic", "bedrock"]
Client = anthropic.Anthropic | anthropic.AnthropicBedrockMantle

ANTHROPIC = "https://api.anthropic.com"


def connect(
    provider: Provider, api_key: SecretStr | None, base_url: str | None, region: str | None, timeout: float
) -> Client:
    """Return a client. Nothing is sent yet.

    Retries are ours, because the SDK's wait as long as a server says; so is the deadline. Without tracing,
    because somebody else's collector has no business with what participants wrote. The key and the address
    are always given, so that none of the SDK's own environment variables or profiles decides who pays.

    Raises:
        UserError: what the provider needs is not there.
    """
    if provider == "bedrock":
        return _bedrock(base_url, region, timeout)
    if api_key is None or not api_key.get_secret_value():
        raise UserError(
            "SENSEI_MODEL_PROVIDER is anthropic, and there is no key.",
            "Set SENSEI_ANTHROPIC_API_KEY (ANTHROPIC_API_KEY is never used), or unset SENSEI_MODEL_PROVIDER.",
        )
    return anthropic.Anthropic(
        api_key=api_key.get_secret_value(),
        base_url=base_url or ANTHROPIC,
        timeout=timeout,
        max_retries=0,
        open_telemetry=False,
    )


def _bedrock(base_url: str | None, region: str | None, timeout: float) -> Client:
    # Bedrock's endpoint for the Messages API. The older InvokeModel turns down the API version that this SDK
    # sends for the models that only it has.
    if importlib.util.find_spec("boto3") is None:
        raise UserError(
            "SENSEI_MODEL_PROVIDER is bedrock, and boto3 is not installed.",
            "Run `pip install sensei-bot[bedrock]`.",
        )
    if not region:
        raise UserError(
            "SENSEI_MODEL_PROVIDER is bedrock, and no region is named.",
            "Set SENSEI_AWS_REGION, to eu-central-1, say.",
        )
    # Only here, where the extra is known to be installed.
    import boto3  # type: ignore[import-untyped] # noqa: PLC0415
    from botocore.exceptions import BotoCoreError  # type: ignore[import-untyped] # noqa: PLC0415

    try:
        boto3.Session(region_name=region).get_credentials()  # what is wrong with the profile shows here
    except BotoCoreError as wrong:
        raise UserError(
            f"AWS's own settings cannot be used: {wrong}.", "Mend AWS_PROFILE or ~/.aws/config."
        ) from None
    return anthropic.AnthropicBedrockMantle(
        aws_region=region,
        base_url=base_url or f"https://bedrock-mantle.{region}.api.aws/anthropic",
        timeout=timeout,
        max_retries=0,
        open_telemetry=False,
    )
