"""Secrets as people commit them: 60 kinds and more, at least two of each, with what may not be shown."""

import string
from collections.abc import Callable
from dataclasses import dataclass

from tests.security.corpus.values import (
    ALNUM,
    B64,
    HEX,
    LOWER,
    UPPER,
    URL64,
    age_key,
    b64,
    begin,
    body,
    checked,
    digits,
    jwt,
    some,
    storage_key,
    uuid,
)


@dataclass(frozen=True, slots=True)
class Sample:
    """Some lines as they are committed, and the parts of them that may not be shown."""

    kind: str
    text: str
    hidden: tuple[str, ...]


def _one(kind: str, around: str, *hidden: str) -> Sample:
    """Put values into a text at each ``@``."""
    text = around
    for value in hidden:
        text = text.replace("@", value.replace("@", "\0"), 1)
    return Sample(kind, text.replace("\0", "@"), hidden)


def password() -> str:
    """Return a password as a person makes one up."""
    return some(1, UPPER[:26]) + some(6, LOWER) + some(1, "!#%*+?") + digits(3) + some(2, LOWER)


def word(count: int, alphabet: str = ALNUM) -> str:
    """Return a random password with a digit among its letters: what is letters alone may be a word."""
    return some(2, string.ascii_lowercase) + digits(1) + some(count - 3, alphabet)


def _clouds() -> list[Sample]:
    bot = digits(10)
    return [
        _one(
            "aws-key-pair",
            "AWS_ACCESS_KEY_ID=@\nAWS_SECRET_ACCESS_KEY=@",
            "AK" + "IA" + some(16, UPPER),
            some(40, B64),
        ),
        _one(
            "aws-key-pair",
            "[default]\naws_access_key_id = @\naws_secret_access_key = @",
            "AS" + "IA" + some(16, UPPER),
            some(40, B64),
        ),
        _one("aws-secret-key", 'boto3.client("s3", aws_secret_access_key="@")', some(40, B64)),
        _one("aws-secret-key", '{"SecretAccessKey": "@", "Status": "Active"}', some(40, B64)),
        _one("aws-session-token", "AWS_SESSION_TOKEN=@", "IQoJ" + some(260, B64) + "=="),
        _one("aws-session-token", '"SessionToken": "@",', "FwoG" + some(220, B64) + "="),
        _one(
            "gcp-service-account",
            '{"type": "service_account", "private_key": '
            '"-----BEGIN PRIVATE KEY-----\\n@\\n@\\n@\\n-----END PRIVATE KEY-----\\n"}',
            *body("MIIEvgIBADANBgkqhkiG9w0BAQ", 1),
        ),
        _one(
            "gcp-service-account",
            '  "private_key": "-----BEGIN PRIVATE KEY-----\\n@\\n@\\n@\\n-----END PRIVATE KEY-----\\n",',
            *body("MIIEvAIBADANBgkqhkiG9w0BAQ", 1),
        ),
        _one("gcp-api-key", "const key = '@';", "AI" + "za" + some(35, URL64)),
        _one(
            "gcp-api-key",
            "https://maps.googleapis.com/maps/api/js?key=@&libraries=places",
            "AI" + "za" + some(35, URL64),
        ),
        _one(
            "google-oauth-secret",
            '{"installed": {"client_id": "1.apps.googleusercontent.com", "client_secret": "@"}}',
            "GOC" + "SPX-" + some(28, URL64),
        ),
        _one("google-oauth-secret", "GOOGLE_CLIENT_SECRET=@", "GOC" + "SPX-" + some(28, URL64)),
        _one(
            "azure-storage-key",
            "DefaultEndpointsProtocol=https;AccountName=dojo;AccountKey=@;EndpointSuffix=core.windows.net",
            storage_key(),
        ),
        _one(
            "azure-storage-key", 'az storage blob upload --account-name dojo --account-key "@"', storage_key()
        ),
        _one(
            "azure-sas",
            "https://dojo.blob.core.windows.net/data?sv=2024-11-04&ss=b&srt=co&sp=rl&se=2027-01-01T00:00:00Z&sig=@",
            some(42, ALNUM) + "%3D",
        ),
        _one(
            "azure-sas",
            'SAS_TOKEN="?sv=2023-01-03&st=2026-01-01&sr=c&sp=racwdl&sig=@"',
            some(40, ALNUM) + "%2Fz%3D",
        ),
        _one(
            "azure-service-bus",
            "Endpoint=sb://dojo.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey=@",
            some(43, B64) + "=",
        ),
        _one(
            "azure-service-bus",
            "EVENT_HUB: Endpoint=sb://hub.servicebus.windows.net/;SharedAccessKeyName=send;SharedAccessKey=@;EntityPath=a",
            some(43, B64) + "=",
        ),
        _one("azure-client-secret", "AZURE_CLIENT_SECRET=@", some(3) + "8Q" + "~" + some(34)),
        _one(
            "azure-client-secret",
            'credential = ClientSecretCredential(tenant, client, "@")',
            some(3) + "7Q" + "~" + some(34),
        ),
        _one("digitalocean-token", "DIGITALOCEAN_TOKEN=@", "dop" + "_v1_" + some(64, HEX)),
        _one(
            "digitalocean-token",
            'provider "digitalocean" {\n  token = "@"\n}',
            "doo" + "_v1_" + some(64, HEX),
        ),
        _one("databricks-token", "DATABRICKS_TOKEN=@", "dap" + "i" + some(32, HEX)),
        _one(
            "databricks-token",
            "[DEFAULT]\nhost = https://adb-1.2.azuredatabricks.net\ntoken = @",
            "dap" + "i" + some(32, HEX) + "-2",
        ),
        _one("telegram-bot-token", "TELEGRAM_TOKEN=@", bot + ":AA" + some(33, URL64)),
        _one(
            "telegram-bot-token", "https://api.telegram.org/bot@/sendMessage", bot + ":AA" + some(33, URL64)
        ),
        _one("heroku-api-key", "HEROKU_API_KEY=@", "HR" + "KU-AA" + some(58, URL64)),
        _one(
            "heroku-api-key",
            "HEROKU_API_KEY: @",
            f"{some(8, HEX)}-{some(4, HEX)}-4{some(3, HEX)}-a{some(3, HEX)}-{some(12, HEX)}",
        ),
        _one("cloudflare-token", "CLOUDFLARE_API_TOKEN=@", some(40, URL64[:-1])),
        _one("cloudflare-token", 'cloudflare_api_key = "@"', some(37, HEX)),
        _one("vault-token", "VAULT_TOKEN=@", "hv" + "s." + some(94, URL64)),
        _one("vault-token", "vault login @", "hv" + "s." + some(24)),
        _one(
            "terraform-cloud-token",
            'credentials "app.terraform.io" {\n  token = "@"\n}',
            some(14) + ".atlas" + "v1." + some(67),
        ),
        _one("terraform-cloud-token", "TF_TOKEN_app_terraform_io=@", some(14) + ".atlas" + "v1." + some(67)),
    ]


def _code_hosts() -> list[Sample]:
    return [
        _one("github-token", "GITHUB_TOKEN=@", checked("gh" + "p_")),
        _one(
            "github-token",
            "git clone https://x-access-token:@@github.com/acme/dojo.git",
            checked("gh" + "s_"),
        ),
        _one(
            "github-fine-grained",
            "gh auth login --with-token <<< @",
            "github" + "_pat_" + some(22) + "_" + some(59),
        ),
        _one("github-fine-grained", 'Github("@")', "github" + "_pat_" + some(22) + "_" + some(59)),
        _one("gitlab-token", "GITLAB_TOKEN: @", "gl" + "pat-" + some(20, URL64)),
        _one("gitlab-token", "gitlab-runner register --token @", "gl" + "rt-" + some(20, URL64)),
        _one("npm-token", "//npm.example.org/:_authToken=@", checked("np" + "m_")),
        _one("npm-token", "NPM_TOKEN=@", checked("np" + "m_")),
        _one(
            "npm-auth",
            "//npm.acme.test/:_authToken=@",
            f"{some(8, HEX)}-{some(4, HEX)}-4{some(3, HEX)}-9{some(3, HEX)}-{some(12, HEX)}",
        ),
        _one("npm-auth", "_auth=@", b64("deploy:" + some(18))),
        _one(
            "pypi-token",
            "[pypi]\nusername = __token__\npassword = @",
            "py" + "pi-AgEIcHlwaS5vcmc" + some(150, URL64),
        ),
        _one(
            "pypi-token",
            "twine upload -u __token__ -p @ dist/*",
            "py" + "pi-AgEIcHlwaS5vcmc" + some(140, URL64),
        ),
        _one("rubygems-key", ":rubygems_api_key: @", "ruby" + "gems_" + some(48, HEX)),
        _one("rubygems-key", "GEM_HOST_API_KEY=@", "ruby" + "gems_" + some(48, HEX)),
        _one("docker-hub-token", "docker login -u acme -p @", "dck" + "r_pat_" + some(27, URL64)),
        _one("docker-hub-token", "DOCKERHUB_TOKEN: @", "dck" + "r_pat_" + some(27, URL64)),
        _one(
            "docker-auth",
            '{"auths": {"https://index.docker.io/v1/": {"auth": "@"}}}',
            b64("acme:" + some(20)),
        ),
        _one("docker-auth", '"ghcr.io": {\n  "auth": "@"\n}', b64("bot:" + checked("gh" + "p_"))),
        _one(
            "atlassian-token",
            "JIRA_API_TOKEN=@",
            "ATA" + "TT3xFfGF0" + some(174, URL64) + "=" + some(8, "0123456789ABCDEF"),
        ),
        _one(
            "atlassian-token",
            'jira = JIRA(url, basic_auth=("a@acme.test", "@"))'.replace("a@", "a\0"),
            "ATA" + "TT3xFfGF0" + some(174, URL64) + "=" + some(8, "0123456789ABCDEF"),
        ),
    ]


def _services() -> list[Sample]:
    return [
        _one("slack-token", "SLACK_BOT_TOKEN=@", "xo" + f"xb-{digits(12)}-{digits(13)}-{some(24)}"),
        _one("slack-token", 'app_token: "@"', "xa" + f"pp-1-A{some(10, UPPER)}-{digits(13)}-{some(64, HEX)}"),
        _one(
            "slack-webhook",
            "https://hooks.slack.com/" + "services/@",
            "T" + some(10, UPPER) + "/B" + some(10, UPPER) + "/" + some(24),
        ),
        _one(
            "slack-webhook",
            'url = "https://hooks.slack.com/' + 'triggers/@"',
            "T" + some(10, UPPER) + f"/{digits(13)}/" + some(32, HEX),
        ),
        _one("discord", "https://discord.com/api/" + "webhooks/1212121212121212/@", some(68, URL64)),
        _one("discord", 'client.run("@")', "MT" + some(24) + "." + some(6) + "." + some(38, URL64)),
        _one(
            "teams-webhook",
            "https://acme.webhook.office.com/webhookb2/@",
            "-".join(some(n, HEX) for n in (8, 4, 4, 4, 12))
            + "@"
            + "-".join(some(n, HEX) for n in (8, 4, 4, 4, 12))
            + "/IncomingWebhook/"
            + some(32, HEX)
            + "/"
            + "-".join(some(n, HEX) for n in (8, 4, 4, 4, 12)),
        ),
        _one(
            "teams-webhook",
            "https://prod-12.westeurope.logic.azure.com/workflows/1/triggers/manual/paths/invoke?api-version=2016-06-01&sp=%2Ftriggers&sv=1.0&sig=@",
            some(43, URL64),
        ),
        _one("stripe-key", "STRIPE_SECRET_KEY=@", "sk_" + "live_51" + some(97)),
        _one("stripe-key", 'stripe.api_key = "@"', "rk_" + "live_" + some(24)),
        _one("stripe-webhook-secret", "STRIPE_WEBHOOK_SECRET=@", "wh" + "sec_" + some(32)),
        _one(
            "stripe-webhook-secret",
            'stripe.Webhook.construct_event(body, header, "@")',
            "wh" + "sec_" + some(32),
        ),
        _one("twilio", "TWILIO_API_KEY=@", "S" + "K" + some(32, HEX)),
        _one("twilio", 'Client("AC' + some(32, HEX) + '", auth_token="@")', some(32, HEX)),
        _one("sendgrid-key", "SENDGRID_API_KEY=@", "S" + "G." + some(22, URL64) + "." + some(43, URL64)),
        _one(
            "sendgrid-key",
            'sg = SendGridAPIClient("@")',
            "S" + "G." + some(22, URL64) + "." + some(43, URL64),
        ),
        _one("mailgun-key", "MAILGUN_API_KEY=@", "ke" + "y-" + some(32, HEX)),
        _one("mailgun-key", 'mailgun_key = "@"', some(32, HEX) + "-" + some(8, HEX) + "-" + some(8, HEX)),
        _one("mailchimp-key", "MAILCHIMP_API_KEY=@", some(32, HEX) + "-us12"),
        _one(
            "mailchimp-key", 'mailchimp.set_config({"api_key": "@", "server": "us3"})', some(32, HEX) + "-us3"
        ),
        _one("datadog-key", "DD_API_KEY=@", some(32, HEX)),
        _one("datadog-key", "datadog_app_key: @", some(40, HEX)),
        _one("new-relic-key", "NEW_RELIC_USER_KEY=@", "NR" + "AK-" + some(27, UPPER)),
        _one("new-relic-key", "license_key: '@'", some(36, HEX) + "FFFFNRAL"),
        _one("sentry-token", "SENTRY_AUTH_TOKEN=@", "sntr" + "yu_" + some(64, HEX)),
        _one(
            "sentry-token",
            "[auth]\ntoken=@",
            "sntr" + "ys_eyJpYXQiOjE" + some(140, B64) + "_" + some(43, B64),
        ),
        _one("grafana-token", "GRAFANA_TOKEN=@", "gl" + "sa_" + some(32) + "_" + some(8, HEX)),
        _one("grafana-token", "GRAFANA_CLOUD_KEY=@", "gl" + "c_eyJvIjoi" + some(120, B64) + "=="),
        _one("doppler-token", "DOPPLER_TOKEN=@", "d" + "p.pt." + some(43)),
        _one("doppler-token", "doppler run --token @", "d" + "p.st.dev." + some(43)),
        _one("linear-key", "LINEAR_API_KEY=@", "lin" + "_api_" + some(40)),
        _one("linear-key", 'new LinearClient({ apiKey: "@" })', "lin" + "_api_" + some(40)),
        _one("notion-token", "NOTION_TOKEN=@", "nt" + "n_" + digits(11) + some(35)),
        _one("notion-token", 'notion = Client(auth="@")', "secr" + "et_" + some(43)),
        _one("shopify-token", "SHOPIFY_ACCESS_TOKEN=@", "shp" + "at_" + some(32, HEX)),
        _one("shopify-token", 'shared: "@"', "shp" + "ss_" + some(32, HEX)),
        _one("square-token", "SQUARE_ACCESS_TOKEN=@", "EA" + "AA" + some(60, URL64)),
        _one("square-token", "SQUARE_SECRET: @", "sq0" + "csp-" + some(43, URL64)),
        _one("postman-key", "POSTMAN_API_KEY=@", "PM" + "AK-" + some(24, HEX) + "-" + some(34, HEX)),
        _one("postman-key", "X-API-Key: @", "PM" + "AK-" + some(24, HEX) + "-" + some(34, HEX)),
        _one("pulumi-token", "PULUMI_ACCESS_TOKEN=@", "pu" + "l-" + some(40, HEX)),
        _one("pulumi-token", "pulumi login # @", "pu" + "l-" + some(40, HEX)),
        _one("figma-token", "FIGMA_TOKEN=@", "fig" + "d_" + some(40, URL64)),
        _one("figma-token", "X-Figma-Token: @", "fig" + "d_" + some(40, URL64)),
        _one("airtable-token", "AIRTABLE_TOKEN=@", "pa" + "t" + some(14) + "." + some(64, HEX)),
        _one("airtable-token", 'Api("@")', "pa" + "t" + some(14) + "." + some(64, HEX)),
        _one("supabase-key", "SUPABASE_ACCESS_TOKEN=@", "sb" + "p_" + some(40, HEX)),
        _one("supabase-key", "SUPABASE_SERVICE_ROLE_KEY=@", jwt()),
        _one("planetscale-token", "PLANETSCALE_TOKEN=@", "pscale" + "_tkn_" + some(43, URL64)),
        _one(
            "planetscale-token",
            "mysql -u u -p@ -h aws.connect.psdb.cloud",
            "pscale" + "_pw_" + some(43, URL64),
        ),
        _one("okta-token", "OKTA_API_TOKEN=@", "00" + some(40, URL64)),
        _one("okta-token", "Authorization: SSWS @", "00" + some(40, URL64)),
    ]


def _models() -> list[Sample]:
    return [
        _one("openai-key", "OPENAI_API_KEY=@", f"sk-{'proj'}-{some(74, URL64)}T3Blbk{'FJ'}{some(74, URL64)}"),
        _one("openai-key", 'client = OpenAI(api_key="@")', "sk-" + some(20) + "T3Blbk" + "FJ" + some(20)),
        _one("anthropic-key", "ANTHROPIC_API_KEY=@", f"sk-{'ant'}-api03-{some(93, URL64)}AA"),
        _one("anthropic-key", "x-api-key: @", f"sk-{'ant'}-admin01-{some(93, URL64)}AA"),
        _one("huggingface-token", "HF_TOKEN=@", "hf" + "_" + some(34)),
        _one("huggingface-token", 'login(token="@")', "hf" + "_" + some(34)),
        _one("replicate-groq", "REPLICATE_API_TOKEN=@", "r8" + "_" + some(37)),
        _one("replicate-groq", 'Groq(api_key="@")', "gs" + "k_" + some(52)),
        _one("azure-openai-key", "AZURE_OPENAI_API_KEY=@", some(32, HEX)),
        _one(
            "azure-openai-key", 'AzureOpenAI(azure_endpoint=url, api_key="@")', some(52) + "JQQJ99" + some(26)
        ),
        _one("mistral-cohere", "MISTRAL_API_KEY=@", some(32)),
        _one("mistral-cohere", 'co = cohere.Client("@")  # cohere api key', some(40)),
    ]


def _connections() -> list[Sample]:
    return [
        _one("postgres-url", "DATABASE_URL=postgres://app:@@db.acme.test:5432/app", word(16)),
        _one("postgres-url", 'create_engine("postgresql+psycopg://app:@@db/app")', word(11, LOWER)),
        _one(
            "mysql-url", "mysql://shop:@@10.0.0.7:3306/shop", password().replace("?", "!").replace("#", "!")
        ),
        _one("mysql-url", 'dsn := "shop:@@tcp(10.0.0.7:3306)/shop?parseTime=true"', word(14)),
        _one("mongodb-url", "mongodb+srv://dojo:@@cluster0.ab1cd.mongodb.net/app?retryWrites=true", word(16)),
        _one("mongodb-url", 'MONGO_URI: "mongodb://dojo:@@mongo-0,mongo-1/app"', word(12)),
        _one("redis-url", "REDIS_URL=rediss://default:@@redis.acme.test:6380/0", some(24)),
        _one("redis-url", 'redis.from_url("redis://:@@cache:6379")', word(12)),
        _one("amqp-url", "CELERY_BROKER_URL=amqps://worker:@@mq.acme.test/vhost", word(14)),
        _one("amqp-url", "broker: amqp://worker:@@mq", word(10)),
        _one(
            "jdbc",
            "spring.datasource.url=jdbc:postgresql://db:5432/app?user=app&password=@&ssl=true",
            word(13),
        ),
        _one(
            "jdbc",
            "jdbc:sqlserver://db.acme.test:1433;databaseName=app;user=sa;password=@;encrypt=true",
            password(),
        ),
        _one("odbc", "Driver={ODBC Driver 18 for SQL Server};Server=db;Uid=sa;Pwd=@;", password()),
        _one("odbc", '"Default": "Server=db;Database=app;User Id=app;Password=@;Encrypt=True"', password()),
        _one("netrc", "machine api.acme.test login deploy password @", word(12)),
        _one("netrc", "machine git.acme.test\n  login bot\n  password @", password()),
        _one("pgpass", "# host:port:database:user:password\ndb.acme.test:5432:app:app:@", password()),
        _one("pgpass", "\n*:*:*:deploy:@", word(14)),
        _one("basic-header", "Authorization: Basic @", b64("admin:" + word(9))),
        _one("basic-header", 'headers = {"Authorization": "Basic @"}', b64("service:" + word(14))),
        _one("bearer-header", "Authorization: Bearer @", some(32)),
        _one("bearer-header", '-H "Authorization: Bearer @"', some(40, URL64)),
        _one("curl-user", "curl -u deploy:@ https://nexus.acme.test/upload", password().replace("#", "!")),
        _one("curl-user", "curl -s --user 'ci:@' -T a.tgz https://files.acme.test/", word(12)),
        _one("kubeconfig", "users:\n- name: admin\n  user:\n    token: @", jwt()),
        _one(
            "kubeconfig",
            "    client-key-data: @",
            b64("-----BEGIN RSA PRIV" + "ATE KEY-----\n" + "\n".join(body("MIIEow", 3))),
        ),
        _one("jwt", "token = '@'", jwt()),
        _one("jwt", "https://app.acme.test/callback#id_token=@&state=1", jwt()),
        _one(
            "signed-url",
            "https://b.s3.amazonaws.com/k?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Expires=86400&X-Amz-Signature=@",
            some(64, HEX),
        ),
        _one(
            "signed-url",
            "https://storage.googleapis.com/b/k?X-Goog-Expires=3600&X-Goog-Signature=@",
            some(256, HEX),
        ),
        _one("oauth-client-secret", 'client_secret: "@"', some(40)),
        _one(
            "oauth-client-secret",
            "curl -d 'grant_type=client_credentials&client_id=dojo&client_secret=@' https://id.acme.test/token",
            some(32, LOWER),
        ),
    ]


def _keys() -> list[Sample]:
    rsa, other, ed = (
        body("MIIEpAIBAAKCAQEA", 3),
        body("MIIEowIBAAKCAQEA", 3),
        body("b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQ", 2, 70),
    )
    ec, cut, gone = body("MHcCAQEEI", 0), body("MIIEvQIBADANBgkqhkiG9w0BAQ", 4), body("", 4)
    pgp, pgp2 = body("lQOYBGX", 3), body("lQPGBGY", 2)
    begin, end = "-----BEGIN {} PRIV" + "ATE KEY-----\n", "\n-----END {} PRIV" + "ATE KEY-----"
    lines = "\n".join
    return [
        Sample("pem", begin.format("RSA") + lines(rsa) + end.format("RSA"), tuple(rsa)),
        Sample("pem", begin.format("EC") + lines(ec) + end.format("EC"), tuple(ec)),
        Sample("pem-without-begin", lines(cut) + "\n-----END PRIV" + "ATE KEY-----", tuple(cut)),
        Sample("pem-without-begin", lines(gone[1:5]), tuple(gone[1:5])),
        Sample("ssh-key", begin.format("OPENSSH") + lines(ed) + end.format("OPENSSH"), tuple(ed)),
        Sample(
            "ssh-key",
            "deploy_key: |\n" + "".join(f"    {line}\n" for line in (begin.format("RSA").strip(), *other)),
            tuple(other),
        ),
        _one("age-key", "# created: 2026-01-01\n@", age_key()),
        _one("age-key", "SOPS_AGE_KEY=@", age_key()),
        Sample(
            "pgp",
            "-----BEGIN PGP PRIV"
            "ATE KEY BLOCK-----\n\n" + lines(pgp) + "\n=abcd\n-----END PGP PRIV" + "ATE KEY BLOCK-----",
            tuple(pgp),
        ),
        Sample(
            "pgp",
            "-----BEGIN PGP PRIV" + "ATE KEY BLOCK-----\nVersion: GnuPG v2\n\n" + lines(pgp2),
            tuple(pgp2),
        ),
    ]


def _wrapped() -> list[Sample]:
    aws, pat, word = "AK" + "IA" + some(16, UPPER), checked("gh" + "p_"), some(24)
    hook, open_ai = some(40), "sk-" + some(20) + "T3Blbk" + "FJ" + some(20)
    return [
        _one(
            "kubernetes-secret",
            "apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\ndata:\n  password: @\n  username: YXBw",
            b64(password()),
        ),
        _one("kubernetes-secret", "kind: Secret\ndata:\n  config.yaml: @", b64("token: " + some(30))),
        _one("base64-wrapped", "export CONFIG=@", b64("GITHUB_TOKEN=" + checked("gh" + "p_"))),
        _one(
            "base64-wrapped",
            'blob = "@"',
            b64('{"key": "AK' + "IA" + some(16, UPPER) + '", "region": "eu-central-1"}'),
        ),
        Sample("split-string", f'KEY = "{aws[:4]}" + "{aws[4:]}"', (aws[4:],)),
        Sample(
            "split-string",
            f'const t = "{pat[:9]}" +\n  "{pat[9:24]}" +\n  "{pat[24:]}";',
            (pat[9:24], pat[24:]),
        ),
        Sample("line-continuation", f'API_TOKEN="{word[:12]}\\\n{word[12:]}"', (word[:12], word[12:])),
        Sample(
            "line-continuation", f'secret = ("{hook[:20]}"\n          "{hook[20:]}")', (hook[:20], hook[20:])
        ),
        Sample("yaml-block", f"api_key: >-\n  {hook[::-1]}\n", (hook[::-1],)),
        Sample(
            "yaml-block",
            f"token: >-\n  {pat[:14]}\n  {pat[14:28]}\n  {pat[28:]}\nother: 1",
            (pat[:14], pat[14:28], pat[28:]),
        ),
        Sample("yaml-block", f"password: |\n  {word[::-1]}\nuser: app", (word[::-1],)),
        Sample("template", f'k = f"{{"{aws[:6]}"}}{{"{aws[6:]}"}}"', (aws[6:],)),
        Sample("template", f'const t = "{pat[:12]}".concat("{pat[12:]}");', (pat[12:],)),
        Sample("template", f"const k = `{open_ai[:10]}${{''}}{open_ai[10:]}`;", (open_ai[10:],)),
        Sample(
            "template",
            f'token = "".join(["{pat[::-1][:14]}", "{pat[::-1][14:28]}"])',
            (pat[::-1][:14], pat[::-1][14:28]),
        ),
    ]


def _assignments() -> list[Sample]:
    return [
        _one("env", "DB_PASSWORD=@", password()),
        _one("env", "export SMTP_PASS='@'", password()),
        _one("yaml", "database:\n  user: app\n  password: @", password().replace("#", "!")),
        _one("yaml", 'redis:\n  requirepass: "@"', password()),
        _one("toml", '[database]\npassword = "@"', password()),
        _one("toml", "secret_key = '@'", some(50, LOWER + "!@#$%^&*(-_=+)".replace("@", ""))),
        _one("json", '{"user": "app", "password": "@"}', password()),
        _one("json", '  "dbPassword": "@",', word(9, LOWER)),
        _one("properties", "spring.datasource.password=@", password()),
        _one("properties", "mail.smtp.password: @", word(10)),
        _one("xml", "<password>@</password>", password()),
        _one("xml", '<add key="ApiSecret" value="@" />', word(20)),
        _one("hcl", 'resource "aws_db_instance" "db" {\n  password = "@"\n}', password()),
        _one("hcl", 'variable "db_password" {\n  default = "@"\n}', password()),
        _one("python", 'PASSWORD = "@"', password()),
        _one("python", 'connect(host="db", user="app", passwd="@")', word(9, LOWER)),
        _one("typescript", 'const config = { password: "@" };', password()),
        _one("typescript", "private readonly apiKey: string = '@';", word(24)),
        _one("java", 'private static final String PASSWORD = "@";', password()),
        _one("java", 'props.setProperty("password", "@");', word(10)),
        _one("go", 'password := "@"', password()),
        _one("go", 'cfg := Config{Password: "@"}', word(9, LOWER)),
        _one("shell-option", "mysqldump -u root --password=@ shop", password().replace("#", "!")),
        _one("shell-option", "PGPASSWORD=@ psql -h db -U app", word(9, LOWER)),
        _one("passphrase", 'SESSION_SECRET = "@"', "three grey herons 41 walk"),
        _one("passphrase", 'passphrase: "@"', "violet-anchor-tundra-92"),
    ]


def _syntax() -> list[Sample]:
    return [
        _one("triple-quotes", '[database]\npassword = """@"""', password()),
        _one("triple-quotes", "DB_PASSWORD = '''@'''", password()),
        _one("c-define", '#define WIFI_PASSWORD "@"', password()),
        _one("c-define", '#define AP_PSK    "@"', password()),
        _one("wpa-supplicant", 'network={\n ssid="dojo"\n psk="@"\n}', password()),
        _one("wpa-supplicant", "wpa_psk=@", password()),
        _one("dockerfile", "ENV DB_PASSWORD @", password()),
        _one("dockerfile", "ENV  API_SECRET  @", word(32)),
        _one("gradle", 'signingConfigs { release { storePassword "@" } }', password()),
        _one("gradle", "    keyPassword '@'", password()),
        _one("login-pair", 'credentials: [ada, "@"]', password()),
        _one("login-pair", "credentials = ('ada', '@')", password()),
        _one("sql-insert", "INSERT INTO users (name, password) VALUES ('ada', '@');", password()),
        _one(
            "sql-insert",
            "insert into accounts (id, passwd, mail)\nvalues (1, '@', 'ada'),\n (now(), '@', NULL);",
            password(),
            password(),
        ),
        _one("german", 'passwort = "@"', password()),
        _one("german", "kennwort: '@'", password()),
        _one("french", 'mot_de_passe: "@"', password()),
        _one("french", 'MDP_ADMIN = "x"\nmdp = "@"', password()),
        _one("spanish", 'contraseña = "@"', password()),
        _one("spanish", 'db_contrasena: "@"', password()),
        _one("portuguese", 'senha = "@"', password()),
        _one("portuguese", '"palavra_passe": "@"', password()),
        _one("italian", 'parola_chiave = "@"', password()),
        _one("italian", "parolaDOrdine: '@'", password()),
    ]


def _commands() -> list[Sample]:
    return [
        _one("mongosh", "mongosh -u app -p @ --authenticationDatabase admin", password()),
        _one("mongosh", "mongodump --host db -u app -p '@'", password()),
        _one("redis-cli", "redis-cli -h db -a @ ping", password()),
        _one("redis-cli", 'redis-cli -a "@"', password()),
        _one("ldapsearch", "ldapsearch -D cn=admin -w @ -b dc=x", password()),
        _one("ldapsearch", "ldapmodify -x -w '@' -f a.ldif", password()),
        _one("htpasswd", "htpasswd -b .htpasswd ada @", password()),
        _one("htpasswd", "htpasswd -nbB ada @", password()),
        _one("httpie", "http -a ada:@ https://api.x/v1", password()),
        _one("httpie", "https --auth=ada:@ api.x/v1", password()),
    ]


def _calls() -> list[Sample]:
    return [
        _one("auth-pair", 'requests.get(u, auth=("ada", "@"))', password()),
        _one("auth-pair", "HTTPBasicAuth('ada', '@')", password()),
        _one("smtp-login", 'server.login("ada at example.org", "@")', password()),
        _one("smtp-login", "imap.login(USER, '@')", password()),
        _one("fernet", 'Fernet(b"@")', some(43, URL64) + "="),
        _one("fernet", "f = Fernet('@')", some(43, URL64) + "="),
        _one("jwt-secret", 'jwt.encode(p, "@", algorithm="HS256")', some(32)),
        _one("jwt-secret", "jwt.sign({sub: 1}, '@')", word(40)),
        _one("hex-key", 'key = bytes.fromhex("@")', some(64, HEX)),
        _one("hex-key", "AES.new(bytes.fromhex('@'), AES.MODE_GCM)", some(64, HEX)),
        _one("bare-header", 'headers = {"authorization": "@"}', some(32, HEX)),
        _one("bare-header", 'curl -H "Authorization: @" https://api.x', some(40, HEX)),
    ]


def _more_keys() -> list[Sample]:
    four = " ".join(some(4, string.ascii_lowercase) for _ in range(4))
    other = " ".join(some(4, string.ascii_lowercase) for _ in range(4))
    return [
        _one("gmail-app-password", 'GMAIL_APP_PASSWORD = "@"', four),
        _one("gmail-app-password", "app password: @", other),
        _one("langfuse", "sk=@", "sk-" + "lf-" + uuid()),
        _one("langfuse", '("pk", "@")', "sk-" + "lf-" + uuid()),
        _one("neon", "neon: @", "npg" + "_" + word(12)),
        _one("neon", "echo @", "npg" + "_" + word(12)),
        _one("hubspot", "echo @", "pat-" + "eu1-" + uuid()),
        _one("hubspot", "`@`", "pat-" + "na1-" + uuid()),
    ]


def _pieces() -> list[Sample]:
    one, two, three, four, five, six, seven, eight, nine = (checked("gh" + "p_") for _ in range(9))
    return [
        Sample("appended", f't = "{one[:22]}"\nt += "{one[22:]}"', (one[:22], one[22:])),
        Sample(
            "appended",
            f'"source": [\n    "x = \'{two[:22]}\'\\n",\n    "x += \'{two[22:]}\'\\n"\n]',
            (two[:22], two[22:]),
        ),
        Sample("format", f'"ghp_%s%s" % ("{three[4:22]}", "{three[22:]}")', (three[4:22], three[22:])),
        Sample("format", f'"ghp_{{}}{{}}".format("{four[4:22]}", "{four[22:]}")', (four[4:22], four[22:])),
        Sample(
            "template-parts",
            f'a = "{five[4:22]}"\nb = "{five[22:]}"\ntok = f"ghp_{{a}}{{b}}"',
            (five[4:22], five[22:]),
        ),
        Sample("template-parts", f'const tail = "{six[4:]}";\nconst t = `ghp_${{tail}}`;', (six[4:],)),
        Sample("side-by-side", f't = ("{seven[:20]}" "{seven[20:]}")', (seven[:20], seven[20:])),
        Sample("side-by-side", f"t='{nine[:20]}''{nine[20:]}'", (nine[:20], nine[20:])),
        Sample("append", f'b.append("{eight[:20]}").append("{eight[20:]}");', (eight[:20], eight[20:])),
        Sample("wrapped-comment", f"# {one[:20]}\n# {one[20:]}", (one[:20], one[20:])),
        Sample("wrapped-comment", f"  // {two[:20]}\r\n  // {two[20:]}\n", (two[:20], two[20:])),
    ]


def _everyday() -> list[Sample]:
    """Return what people write every day, in forms that the rules missed at first."""
    around = [
        'password: str = Field(default="@")',
        'parser.add_argument("--password", type=str, default="@")',
        '@click.option("--password", default="#")'.replace("@", "\0").replace("#", "@"),
        "if password == '@':",
        "if (password === '@') ok();",
        'if (password.equals("@"))',
        'user.setPassword("@");',
        'password <- "@"',
        'Dim password As String = "@"',
        "param adminPassword string = '@'",
        "password:: '@',",
        "password: !!str @",
        "password: &pw @",
        "passwords:\n  - @\n  - @\n",
        '{"passwords": ["@", "@"]}',
        'PASSWORDS = ("@", "@")',
        "DbPassword:\n  Type: String\n  Default: @",
        "CREATE LOGIN app WITH PASSWORD = N'@';",
        "SET PASSWORD FOR app = PASSWORD('@');",
        "requirepass @",
        "masterauth @",
        "bindpw @",
        "rootpw @",
        'DriverManager.getConnection(url, "app", "@")',
        "new PDO('mysql:host=db', 'app', '@');",
        "mysqli_connect('db', 'app', '@', 'x')",
        'pymysql.connect("db", "app", "@", "x")',
        'new NetworkCredential("ada", "@")',
        'return new PasswordAuthentication("ada", "@");',
        "headers.set('Authorization', 'Basic ' + btoa('ada:@'))",
        'base64.b64encode(b"ada:@")',
        "sqlcmd -S db -U sa -P '@' -Q 'select 1'",
        "bcp db.dbo.t out f -S s -U sa -P @",
        "zip -P @ a.zip b",
        "7z a -p@ a.7z b",
        "echo 'root:@' | chpasswd",
        "echo root:@ | sudo chpasswd",
        "docker login -u ada -p @ reg.x",
        "smbclient //srv/share -U ada%@",
        "net use Z: \\\\srv\\share /user:ada @",
        "net user ada @ /add",
        "openssl enc -aes-256-cbc -k @ -in a -out b",
    ]
    return [
        _one(
            f"everyday: {text.split('@')[0][:24]}".replace("\0", "@"),
            text,
            *(password() for _ in range(text.count("@"))),
        )
        for text in around
    ]


def _everyday_keys() -> list[Sample]:
    return [
        _one("rust-constant", 'const API_KEY: &str = "@";', some(32)),
        _one("oracle-login", "sqlplus app/@@db".replace("@@", "@\0"), word(12)),
        _one("oracle-login", "jdbc:oracle:thin:app/@\0//db:1521/x", word(12)),
        _one("aws-cli", "aws configure set aws_secret_access_key @", some(40, B64)),
        _one("gh-secret", 'gh secret set API_KEY --body "@"', word(32)),
        _one("laravel", "APP_KEY=base64:@", some(43, B64) + "="),
        _one("wireguard", "PresharedKey = @", some(43, B64) + "="),
        _one("firebase", "FCM=@", "AAAA" + some(7) + ":APA91b" + some(134, URL64)),
        _one("mapbox", "MAPBOX=sk.@", jwt().split(".")[0] + "." + some(22)),
        _one("supabase", "sb_secret_@", some(31, URL64)),
        _one("azure-functions", "https://fn.azurewebsites.net/api/x?code=@", some(54, URL64) + "=="),
        _one("algolia", "ALGOLIA_ADMIN_KEY=@", some(32, HEX)),
        _one("segment", "SEGMENT_WRITE_KEY=@", some(32)),
    ]


def samples(seed: int) -> list[Sample]:
    """Return all of them; for another seed, with other values."""
    begin(seed)
    parts: tuple[Callable[[], list[Sample]], ...] = (
        _clouds,
        _code_hosts,
        _services,
        _models,
        _connections,
        _keys,
        _wrapped,
        _assignments,
    )
    parts += (_syntax, _commands, _calls, _more_keys, _pieces, _everyday, _everyday_keys)
    return [sample for part in parts for sample in part()]
