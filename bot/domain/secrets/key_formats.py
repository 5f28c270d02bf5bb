"""The formats of keys, as a table: each key's prefix, its characters, and the pattern of a definite key.

Sources: AWS: IAM user guide, "IAM identifiers" and "Long-term and short-term API keys for Amazon Bedrock".
GitHub: "Behind GitHub's new authentication token formats". Slack: "Tokens" and "Sending messages using
incoming webhooks". Stripe: "API keys". GitLab: "Token overview". Google: API keys and OAuth clients in the
console. Hugging Face: "User access tokens". Azure: "Identifiable secrets". Model vendors publish their
prefixes in their quick starts but rarely the lengths, which come from the public rule sets of gitleaks and
kingfisher where these agree. Where sources differ, the length here is a range.
"""

import re
from dataclasses import dataclass

NEVER = "(?!)"  # for keys that are redacted but never announced
_NEVER = re.compile(NEVER)


@dataclass(frozen=True, slots=True)
class PrefixedKey:
    """A key that is recognised by its prefix.

    ``loose`` is matched at each of the ``anchors`` (case-sensitive) and matches the whole run of characters
    that could belong to the key. The key is its group ``secret``, or else all of it. It never ends before a
    letter or a digit, so nothing else can start right after it. ``certain`` matches only a complete key.
    """

    rule: str
    title: str
    anchors: tuple[str, ...]
    loose: re.Pattern[str]
    certain: re.Pattern[str]

    @property
    def specific(self) -> bool:
        """Whether only this key has its prefix, although no source says how long a complete key is."""
        return self.certain is _NEVER and self.rule != "bearer-token"


@dataclass(frozen=True, slots=True)
class NamedKey:
    """A key that is recognised only by the name it is assigned to: ``name`` and ``value`` must both match.

    Names are compared in lower case without ``_``, ``-`` and ``.``: ``awssecretaccesskey``.
    """

    rule: str
    title: str
    name: re.Pattern[str]
    value: re.Pattern[str]


def _prefixed_key(  # noqa: PLR0913 - the columns of the table
    rule: str, title: str, anchors: str, certain: str, *, rest: str = "", loose: str = ""
) -> PrefixedKey:
    """Build a rule. By default, ``loose`` is an anchor and 12 or more letters, digits or ``rest``."""
    names = tuple(anchors.split())
    run = loose or f"(?:{'|'.join(map(re.escape, names))})[A-Za-z0-9{rest}]{{12,}}+"
    return PrefixedKey(rule, title, names, re.compile(run), re.compile(certain))


def _named_key(rule: str, title: str, name: str, value: str) -> NamedKey:
    return NamedKey(rule, title, re.compile(name), re.compile(value))


URL_SCHEME = re.compile(r"[a-z][a-z0-9]{1,20}(?:\+[a-z0-9_]{1,20})?\Z")
URL_LOGIN = re.compile(
    r"://(?P<user>[^\s:/@\"'`<>\[\]{}\x00]{0,128}+):"
    r"(?P<secret>[^\s:/@\"'`<>\[\]{}\x00]{1,256}+)@(?P<host>[\w.-]{0,255}+)"
)

_SLACK = (
    r"xox[bp]-\d{9,14}-\d{9,14}-(?:\d{9,14}-)?[A-Za-z0-9]{20,40}"
    r"|xox[aors]-(?:\d{1,14}-){1,3}[A-Za-z0-9]{20,64}"
    r"|xoxe\.xox[bp]-\d-[A-Za-z0-9]{140,180}|xoxe-\d-[A-Za-z0-9]{140,180}"
    r"|xapp-\d-A[A-Z0-9]{8,12}-\d{10,14}-[a-f0-9]{60,70}"
)

PREFIXED = (
    _prefixed_key("aws-access-key-id", "an AWS access key id", "AKIA ASIA", "(?:AKIA|ASIA)[A-Z2-7]{16}"),
    _prefixed_key(
        "bedrock-api-key",
        "an Amazon Bedrock API key",
        "ABSK bedrock-api-key-",
        # Every short-term key is a signed address, which starts with "bedrock.amazonaws.com" in base64.
        "ABSK[A-Za-z0-9+/]{109,269}={0,2}|bedrock-api-key-YmVkcm9jay5hbWF6b25hd3Mu[A-Za-z0-9+/]{100,}={0,2}",
        loose=r"(?:ABSK[A-Za-z0-9+/]{60,}+|bedrock-api-key-[A-Za-z0-9+/]{40,}+)={0,2}",
    ),
    _prefixed_key("google-api-key", "a Google API key", "AIza", r"AIza[\w-]{35}", rest="_-"),
    _prefixed_key(
        "google-oauth-secret",
        "a Google OAuth client secret",
        "GOCSPX-",
        r"GOCSPX-[\w-]{28}",
        rest="_-",
    ),
    _prefixed_key(
        "anthropic-api-key",
        "an Anthropic API key",
        "sk-ant-",
        r"sk-ant-(?:api|admin|oat|ort)\d\d-[\w-]{80,110}",
        rest="_-",
    ),
    _prefixed_key(
        "langfuse-secret-key", "a Langfuse secret key", "sk-lf-", NEVER, loose="sk-lf-[0-9a-f-]{36}"
    ),
    _prefixed_key(
        "neon-password",
        "a Neon password",
        "npg_",
        NEVER,
        # Random letters, not a name from Npgsql.
        loose="npg_(?:(?=[A-Za-z]{0,40}[0-9])|(?=[a-z]{0,40}[A-Z]{1,40}[a-z]{1,40}[A-Z]))[A-Za-z0-9]{12,}+",
    ),
    _prefixed_key(
        "hubspot-token",
        "a HubSpot token",
        "pat-eu1- pat-na1- pat-na2- pat-ap1-",
        NEVER,
        loose="pat-[a-z]{2}[0-9]-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    ),
    _prefixed_key("openrouter-api-key", "an OpenRouter API key", "sk-or-v1-", "sk-or-v1-[a-f0-9]{64}"),
    _prefixed_key(
        "openai-api-key",
        "an OpenAI API key",
        "sk-",
        # T3BlbkFJ is "OpenAI" in base64.
        r"sk-(?:(?:proj|svcacct|admin|None)-)?[\w-]{20,80}T3BlbkFJ[\w-]{20,80}",
        # DeepSeek and others use sk- too. Without T3BlbkFJ, a key is redacted but not announced.
        loose=r"sk-(?!ant-|or-v1-|lf-)[A-Za-z0-9_-]{20,}+",
    ),
    _prefixed_key(
        "huggingface-token", "a Hugging Face token", "hf_", "hf_(?=.*[a-z])(?=.*[A-Z])[A-Za-z0-9]{34}"
    ),
    _prefixed_key("groq-api-key", "a Groq API key", "gsk_", "gsk_[A-Za-z0-9]{52}"),
    _prefixed_key("xai-api-key", "an xAI API key", "xai-", r"xai-\w{80}", rest="_"),
    _prefixed_key("perplexity-api-key", "a Perplexity API key", "pplx-", "pplx-[A-Za-z0-9]{48}"),
    _prefixed_key("replicate-token", "a Replicate API token", "r8_", r"r8_[\w-]{37}", rest="_-"),
    _prefixed_key("nvidia-api-key", "an NVIDIA API key", "nvapi-", r"nvapi-[\w-]{64}", rest="_-"),
    _prefixed_key(
        "langsmith-api-key",
        "a LangSmith API key",
        "lsv2_",
        "lsv2_(?:pt|sk)_[a-f0-9]{32}_[a-f0-9]{10}",
        rest="_",
    ),
    _prefixed_key(
        "pinecone-api-key",
        "a Pinecone API key",
        "pcsk_",
        "pcsk_[A-Za-z0-9]{4,8}_[A-Za-z0-9]{50,80}",
        rest="_",
    ),
    _prefixed_key("tavily-api-key", "a Tavily API key", "tvly-", r"tvly-(?:dev-|prod-)?[\w-]{32}", rest="_-"),
    _prefixed_key("github-token", "a GitHub token", "ghp_ gho_ ghu_ ghs_ ghr_", "gh[pousr]_[A-Za-z0-9]{36}"),
    _prefixed_key(
        "github-fine-grained-token",
        "a GitHub token",
        "github_pat_",
        "github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}",
        rest="_",
    ),
    _prefixed_key(
        "gitlab-token",
        "a GitLab token",
        "glpat- glrt- glptt- gldt- glcbt- glsoat- glimt- glagent- glft- glffct-",
        r"glpat-(?:[\w-]{20}|[\w-]{27,300}\.[0-9a-z]{2}\.?[0-9a-z]{7})",
        loose=r"gl(?:pat|rt|ptt|dt|cbt|soat|imt|agent|ft|ffct)-[A-Za-z0-9_-]{12,}+(?:\.[0-9A-Za-z]++){0,2}",
    ),
    _prefixed_key(
        "slack-token",
        "a Slack token",
        "xox xapp-",
        _SLACK,
        loose=r"(?:xox[a-z](?:\.xox[bp])?|xapp)-[A-Za-z0-9-]{12,}+",
    ),
    _prefixed_key(
        "slack-webhook",
        "a Slack webhook address",
        "hooks.slack.com/",
        "T[A-Z0-9]{8,12}/B[A-Z0-9]{8,12}/[A-Za-z0-9]{24}",
        loose="hooks.slack.com/(?:services|workflows|triggers)/(?P<secret>[A-Za-z0-9_/-]{20,}+)",
    ),
    _prefixed_key(
        "stripe-live-key", "a Stripe live key", "sk_live_ rk_live_", "[sr]k_live_[A-Za-z0-9]{24,247}"
    ),
    _prefixed_key(
        "jwt",
        "a JSON Web Token",
        "eyJ",
        NEVER,
        loose=r"eyJ[A-Za-z0-9_-]{10,}+\.eyJ[A-Za-z0-9_-]{10,}+\.[A-Za-z0-9_-]{10,}+",
    ),
    _prefixed_key(
        "docker-hub-token",
        "a Docker Hub token",
        "dckr_",
        NEVER,
        loose=r"dckr_(?:pat|oat)_[A-Za-z0-9_-]{20,}+",
    ),
    _prefixed_key("stripe-test-key", "a Stripe test key", "sk_test_ rk_test_", NEVER),
    _prefixed_key(
        "google-access-token", "a Google access token", "ya29.", NEVER, loose=r"ya29\.[A-Za-z0-9_-]{30,}+"
    ),
    _prefixed_key("age-key", "an age private key", "AGE-SECRET-KEY-1", "AGE-SECRET-KEY-1[0-9A-Z]{58}"),
    _prefixed_key(
        "stripe-webhook-secret",
        "a Stripe webhook secret",
        "whsec_",
        NEVER,
        loose="whsec_[A-Za-z0-9+/]{24,}+={0,2}",
    ),
    _prefixed_key(
        "vault-token", "a Vault token", "hvs. hvb. hvr.", NEVER, loose=r"hv[sbr]\.[A-Za-z0-9_-]{20,}+"
    ),
    _prefixed_key(
        "doppler-token",
        "a Doppler token",
        "dp.",
        NEVER,
        loose=r"dp\.(?:pt|st|ct|sa|scim|audit)\.(?:[a-z0-9_-]{2,35}\.)?[A-Za-z0-9]{40,}+",
    ),
    _prefixed_key(
        "planetscale-token",
        "a PlanetScale password or token",
        "pscale_",
        NEVER,
        loose=r"pscale_(?:pw|tkn|oauth)_[A-Za-z0-9._=-]{20,}+",
    ),
    _prefixed_key(
        "notion-token", "a Notion token", "secret_", NEVER, loose="secret_[A-Za-z0-9]{43}(?![A-Za-z0-9])"
    ),
    _prefixed_key(
        "webhook",
        "the address of a webhook",
        "discord.com/api/ discordapp.com/api/ webhook.office.com/ api.telegram.org/",
        NEVER,
        loose=r"(?:discord(?:app)?\.com/api/webhooks/[0-9]{1,24}/(?P<secret>[A-Za-z0-9_-]{40,}+)"
        r"|webhook\.office\.com/webhookb2/(?P<office>[A-Za-z0-9@/-]{60,}+)"
        r"|api\.telegram\.org/bot(?P<bot>[0-9]{5,12}:[A-Za-z0-9_-]{30,}+))",
    ),
    _prefixed_key(
        "supabase-secret-key",
        "a Supabase secret key",
        "sb_secret_",
        NEVER,
        loose=r"sb_secret_[A-Za-z0-9_-]{20,}+",
    ),
    _prefixed_key(
        "mapbox-secret-token",
        "a Mapbox secret token",
        "sk.eyJ",
        NEVER,
        loose=r"sk\.eyJ[A-Za-z0-9_-]{20,}+\.[A-Za-z0-9_-]{10,}+",
    ),
    _prefixed_key(
        "bearer-token",
        "a bearer token",
        "Bearer ",
        NEVER,
        loose=r"Bearer (?P<secret>[A-Za-z0-9._~+/-]{20,}+={0,2})",
    ),
)

NAMED = (
    _named_key(
        "aws-secret-access-key",
        "an AWS secret access key",
        "aws[a-z0-9]*secret|secretaccesskey",
        # Base64 of random bytes has three classes of characters; a SHA-1 digest doesn't.
        "(?=[^a-z]*[a-z])(?=[^A-Z]*[A-Z])(?=[^0-9]*[0-9])[A-Za-z0-9/+]{40}",
    ),
    _named_key(
        "aws-session-token",
        "an AWS session token",
        "sessiontoken|securitytoken",
        "(?:IQoJ|FwoG|FQoG)[A-Za-z0-9+/]{100,}={0,2}",
    ),
    _named_key(
        "azure-openai-key",
        "an Azure OpenAI key",
        "azure[a-z0-9]*openai|openai[a-z0-9]*azure|aoai",
        "[a-f0-9]{32}|[A-Za-z0-9]{84}",
    ),
    _named_key(
        "azure-storage-key",
        "an Azure storage account key",
        "(?:account|storage)[a-z0-9]*key",
        "[A-Za-z0-9+/]{86}==",
    ),
    _named_key("mistral-api-key", "a Mistral API key", "mistral[a-z0-9]*key", "[A-Za-z0-9]{32}"),
    _named_key(
        "cohere-api-key", "a Cohere API key", "cohere[a-z0-9]*(?:key|token)|^coapikey", "[A-Za-z0-9]{40}"
    ),
    _named_key("slack-signing-secret", "a Slack signing secret", "slack[a-z0-9]*secret", "[a-f0-9]{32}"),
)

# Names of passwords, as ``NamedKey`` compares them. "password_hint" and the like are excluded.
PASSWORD_NAME = re.compile(
    "^(?!.*(?:forgot|reset|confirm|hint|placeholder|label|mismatch|show|hide|toggle|enter|invalid|wrong|field|type"
    "|hashed|without|strong|weak|error|lost))"
    ".*(?:passw(?:or)?d|passwort|pwd|passphrase|psk|kennwort|wachtwoord|motdepasse|mdp|contrase[nñ]a"
    "|(?<!de)(?<!re)senha|palavrapasse|parola(?:chiave|dordine)|(?:^|db|user|admin|my|ssh|ftp|root)pw|sessionsecret|cookiesecret|secretkeybase"
    "|(?:^|smtp|user|db|database|admin|root|require|mail|ftp|login|my|bind|store|proxy|key|sa|http|ssh|mq)pass)"
    "(?:value|default|prod|dev|test|[0-9]{1,2})?$"
)

# Words that often appear in place of a password: kinds of fields, types, words for "password".
PLAIN_WORD = re.compile(
    "(?i:passw(?:or)?[dt]|passwor|kennwort|wachtwoord|contrase|senha|parola|heslo|lösenord|losenord|salasana"
    "|adgangskode|mot.?de.?passe|jelszo|geheim|mock|wrong|invalid|incorrect|unused|ignored|secret|token|test"
    "|not.?set|^(?:string|str|text|boolean|number|none|null|nil|undefined|true|false|required|optional|hidden"
    "|disabled|enabled|plain|basic|bearer|default|unknown|username|login|letmein|manager|argon2[id]*|bcrypt|scrypt"
    "|pbkdf2|sha-?[0-9]{1,3}|md5|hs256|rs256|base64|utf-?8|admin[0-9]{0,3}|user[0-9]{0,3}|12345678?9?0?)$)"
)

VAGUE_NAME = re.compile(
    "(?:(?:api|access|private|auth|account|client|encryption|master|secret|service|signing|subscription|license|app|write|admin|(?:pre)?shared)key"
    "|secret|token|passw(?:or)?d|passphrase|pwd)s?(?:value|default|prod|dev|test|[0-9]{1,2})?$"
)

# Keys in documentation, templates and tests. Each alternative is long enough to be unlikely in a random key.
PLACEHOLDER = re.compile(
    "(?i:example|placeholder|your|xxxx|dummy|fake|sample|change.?me|replace|insert|redact|sanitized|not.?real"
    "|foobar|qwerty|0123456|1234567|7654321|abcdefg|deadbeef"
    # Two published keys: the Azurite emulator's, and the token in GitHub's documentation.
    r"|^eby8vdm02xnocqflquwj|^ghp_16c7e42f292c69)"
    # In base64, zero bytes appear as runs of A. AWS session tokens contain runs of slashes.
    r"|([B-Zb-z0-9_.*-])\1{5,}"
)
