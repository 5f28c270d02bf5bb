"""Fake keys of every kind that Sensei knows, made from pieces and a seeded generator: no file holds one."""

import base64
import random
import string

_random = random.Random(20)
ALNUM = string.ascii_letters + string.digits
HEX = "0123456789abcdef"
B64 = ALNUM + "+/"
URL64 = ALNUM + "_-"
UPPER = string.ascii_uppercase + "234567"


def some(count: int, alphabet: str = ALNUM) -> str:
    """Return random characters that nobody takes for a placeholder: digits and both cases where there are."""
    return "".join(_random.choices(alphabet, k=count))


def digits(count: int) -> str:
    return "".join(_random.choices("24680937", k=count))


KEYS: dict[str, list[str]] = {
    "aws-access-key-id": ["AK" + "IA" + some(16, UPPER), "AS" + "IA" + some(16, UPPER)],
    "bedrock-api-key": [
        "AB" + "SK" + some(128, B64) + "=",
        "bedrock-api-key-"
        + base64.b64encode(b"bedrock.amazonaws.com/?Action=x").decode()[:-2]
        + some(300, B64),
    ],
    "google-api-key": ["AI" + "za" + some(35, URL64)],
    "google-oauth-secret": ["GOC" + "SPX-" + some(28, URL64)],
    "anthropic-api-key": [f"sk-{'ant'}-{kind}-{some(93, URL64)}AA" for kind in ("api03", "admin01", "oat01")],
    "openai-api-key": [
        "sk-" + some(20) + "T3Blbk" + "FJ" + some(20),
        *(
            f"sk-{kind}-{some(74, URL64)}T3Blbk{'FJ'}{some(74, URL64)}"
            for kind in ("proj", "svcacct", "admin")
        ),
    ],
    "openrouter-api-key": ["sk-" + "or-v1-" + some(64, HEX)],
    "huggingface-token": ["hf" + "_" + some(34, string.ascii_letters)],
    "groq-api-key": ["gs" + "k_" + some(52)],
    "xai-api-key": ["xa" + "i-" + some(80)],
    "perplexity-api-key": ["pp" + "lx-" + some(48)],
    "replicate-token": ["r8" + "_" + some(37)],
    "nvidia-api-key": ["nva" + "pi-" + some(64, URL64)],
    "langsmith-api-key": ["ls" + "v2_pt_" + some(32, HEX) + "_" + some(10, HEX)],
    "pinecone-api-key": ["pc" + "sk_" + some(6) + "_" + some(63)],
    "tavily-api-key": ["tv" + "ly-" + some(32), "tv" + "ly-dev-" + some(32)],
    "github-token": [f"gh{kind}_{some(36)}" for kind in "pousr"],
    "github-fine-grained-token": ["github" + "_pat_" + some(22) + "_" + some(59)],
    "gitlab-token": ["gl" + "pat-" + some(20, URL64), "gl" + "pat-" + some(27) + ".01." + some(7, HEX)],
    "slack-token": [
        "xo" + f"xb-{digits(12)}-{digits(13)}-{some(24)}",
        "xo" + f"xp-{digits(12)}-{digits(12)}-{digits(13)}-{some(32, HEX)}",
        "xo" + f"xe.xoxp-1-{some(163, UPPER)}",
        "xo" + f"xe-1-{some(146, UPPER)}",
        "xa" + f"pp-1-A{some(10, UPPER)}-{digits(13)}-{some(64, HEX)}",
    ],
    "stripe-live-key": ["sk_" + "live_" + some(24), "rk_" + "live_" + some(99)],
}

# What stands around the value, and the value.
IN_CONTEXT: list[tuple[str, str, str]] = [
    *(
        ("aws-secret-access-key", around, "7" + "aB" + some(37, B64))
        for around in (
            'aws_secret_access_key = "{}"',
            "AWS_SECRET_ACCESS_KEY={}",
            "export AWS_SECRET_ACCESS_KEY='{}'",
            "aws_secret_access_key = {}\nregion = eu-central-1",
            '"SecretAccessKey": "{}",',
            'os.environ["AWS_SECRET_ACCESS_KEY"] = "{}"',
            'os.getenv("AWS_SECRET_ACCESS_KEY", "{}")',
            "- name: AWS_SECRET_ACCESS_KEY\n  value: {}",
            '{{"name": "AWS_SECRET_ACCESS_KEY", "value": "{}"}}',
            'aws_secret_access_key: str = "{}"',
            'aws_secret_access_key=SecretStr("{}")',
            '{{\\"awsSecretAccessKey\\": \\"{}\\"}}',
        )
    ),
    (
        "aws-session-token",
        "AWS_SESSION_TOKEN={}",
        "IQ" + "oJ" + some(40, B64) + "//////////" + some(300, B64) + "==",
    ),
    ("azure-openai-key", 'AZURE_OPENAI_API_KEY = "{}"', some(32, HEX)),
    ("azure-openai-key", "azureOpenAIApiKey: {}", some(84)),
    (
        "azure-storage-key",
        "AccountName=a;AccountKey={};EndpointSuffix=core.windows.net",
        some(86, B64) + "==",
    ),
    ("cohere-api-key", "cohere_api_key: {}", "rb" + some(38)),  # begins like a prefixed string literal
    ("mistral-api-key", "MISTRAL_API_KEY={}", some(32)),
    ("cohere-api-key", "CO_API_KEY={}", some(40)),
    ("slack-signing-secret", "SLACK_SIGNING_SECRET={}", some(32, HEX)),
    (
        "slack-webhook",
        "https://hooks.slack.com/" + "services/{}",
        "T" + some(9, UPPER) + "/B" + some(9, UPPER) + "/" + some(24),
    ),
    ("url-password", "postgresql+asyncpg://app:{}@db.internal:5432/app", some(24)),
    ("url-password", "amqp://app:{}@broker", some(24)),
]
