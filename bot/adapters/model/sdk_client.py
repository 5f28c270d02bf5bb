"""Connect the vendor's SDK so that only Sensei's own settings apply."""

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
    """Return a client, without sending anything.

    Sensei handles retries and deadlines itself, because the SDK waits as long as a server tells it to.
    Tracing is off, so that no collector receives what participants wrote. The key and the address are always
    given, so that none of the SDK's environment variables or profiles decides who pays.

    Raises:
        UserError: a setting or package that the provider needs is missing.
    """
    if provider == "bedrock":
        return _connect_bedrock(base_url, region, timeout)
    if api_key is None or not api_key.get_secret_value():
        raise UserError(
            "SENSEI_MODEL_PROVIDER is anthropic, but no API key is set.",
            "Set SENSEI_ANTHROPIC_API_KEY (ANTHROPIC_API_KEY is never used), or unset SENSEI_MODEL_PROVIDER.",
        )
    return anthropic.Anthropic(
        api_key=api_key.get_secret_value(),
        base_url=base_url or ANTHROPIC,
        timeout=timeout,
        max_retries=0,
        open_telemetry=False,
    )


def _connect_bedrock(base_url: str | None, region: str | None, timeout: float) -> Client:
    # Bedrock's endpoint for the Messages API. The older InvokeModel endpoint rejects the API version that
    # this SDK sends for the models that only InvokeModel has.
    if importlib.util.find_spec("boto3") is None:
        raise UserError(
            "SENSEI_MODEL_PROVIDER is bedrock, but boto3 is not installed.",
            "Run `pip install sensei-bot[bedrock]`.",
        )
    if not region:
        raise UserError(
            "SENSEI_MODEL_PROVIDER is bedrock, but no region is set.",
            "Set SENSEI_AWS_REGION, for example to eu-central-1.",
        )
    # Imported only here, because boto3 is an optional extra.
    import boto3  # type: ignore[import-untyped] # noqa: PLC0415
    from botocore.exceptions import BotoCoreError  # type: ignore[import-untyped] # noqa: PLC0415

    try:
        boto3.Session(region_name=region).get_credentials()  # raises if the profile is invalid
    except BotoCoreError as wrong:
        raise UserError(
            f"The AWS configuration is not valid: {wrong}.", "Correct AWS_PROFILE or ~/.aws/config."
        ) from None
    return anthropic.AnthropicBedrockMantle(
        aws_region=region,
        base_url=base_url or f"https://bedrock-mantle.{region}.api.aws/anthropic",
        timeout=timeout,
        max_retries=0,
        open_telemetry=False,
    )
