"""Products, packages and services that AI systems use, and the usual names of their agents.

They have a capital letter and are not people. A product that is also a common given name or surname
("Jasper", "Marvin") is not listed: in case of doubt, a name is a person's.
"""

_SEARCH = """
    firecrawl duckduckgo brave serper serpapi exa tavily searxng searx bing yahoo baidu yandex kagi crawlee
    apify scrapy trafilatura readability crawl4ai browserbase browserless browserstack puppeteer
    algolia typesense meilisearch manticore vespa elasticpress wikipedia arxiv pubmed crossref
"""
_MODELS = """
    mixtral codestral ministral magistral pixtral devstral voxtral qwq falcon mpt dbrx jamba granite
    nemotron olmo starcoder codellama phi gpt chatgpt dall sora midjourney flux stability imagen veo lyria
    cerebras sambanova fireworks together anyscale deepinfra openrouter portkey litellm ollama llamafile
    lmstudio koboldcpp exllama triton tensorrt sglang deepspeed accelerate unsloth axolotl peft trl
    bitsandbytes sentencepiece tiktoken minimax zhipu glm baichuan hunyuan doubao voyage nomic
    elevenlabs deepgram assemblyai cartesia livekit vapi pipecat twilio
"""
_FRAMEWORKS = """
    llamaindex langserve langflow flowise dify haystack semantic dspy instructor outlines guidance
    guardrails
     smolagents pydanticai openhands swe autogpt babyagi camel metagpt agno phidata letta mem0 zep
    cognee graphiti mastra vercel copilotkit chainlit streamlit gradio panel reflex rasa botpress n8n zapier
    composio arcade langgraph temporalio inngest restate dbos windmill kestra mcp fastmcp
"""
_STORES = """
    pgvector lancedb marqo zilliz vald vearch supabase firebase appwrite pocketbase planetscale cockroach
    cockroachdb yugabyte tidb scylla couchbase couchdb dynamodb cosmos cosmosdb documentdb redshift bigquery
    synapse duckdb clickhouse pinot druid trino presto hive iceberg hudi parquet minio ceph neptune memgraph
    arangodb dgraph surrealdb rethinkdb influxdb timescale timescaledb questdb upstash dragonfly keydb
    memcache etcd zookeeper hazelcast mariadb mysql oracle sqlserver
"""
_OPERATIONS = """
    opentelemetry honeycomb newrelic dynatrace logfire arize helicone traceloop openllmetry braintrust
    promptfoo deepeval ragas trulens giskard mlflow wandb comet cometml dvc kubeflow metaflow bentoml
     seldon kserve modal runpod paperspace coreweave lambdalabs render railway koyeb northflank fly
    digitalocean hetzner linode scaleway vultr ovh openshift rancher nomad crossplane opentofu terragrunt
    spinnaker harness circleci buildkite drone gitea forgejo codeberg sonarqube semgrep codeql trufflehog
    gitleaks presidio lakera rebuff garak cilium linkerd tyk apisix caddy haproxy varnish akamai
    pagerduty opsgenie statuspage rollbar bugsnag posthog amplitude mixpanel snowplow unleash flagsmith
    launchdarkly sidekiq resque dramatiq arq rq nats pulsar activemq zeromq mosquitto
"""
_LIBRARIES = """
    unstructured docling tesseract easyocr paddleocr pdfplumber pypdf pymupdf reportlab weasyprint pandoc
    tika
    spacy nltk gensim stanza flair fasttext sklearn scikit xgboost lightgbm catboost opencv pillow
    imagemagick
    ffmpeg matplotlib plotly seaborn bokeh altair dash tornado sanic litestar django starlite uvicorn
    gunicorn
    hypercorn daphne werkzeug aiohttp httpx requests urllib axios tanstack redux zustand mobx zod joi yup
    nestjs nuxt remix astro gatsby solid qwik backbone jquery tailwind bootstrap chakra storybook
    cypress mockito junit testng mockk kotest hibernate jpa jooq mybatis micronaut vertx ktor akka netty
    lombok mapstruct gson okhttp retrofit feign resilience4j hystrix tenacity stamina backoff polly
    pybreaker sequelize typeorm knex mongoose objection kysely peewee tortoise sqlmodel
    axum actix tokio rocket serde
"""
_SERVICES = """
    salesforce hubspot zendesk intercom freshdesk freshworks servicenow pipedrive zoho shopify magento
    woocommerce wordpress drupal contentful sanity strapi airtable asana trello monday clickup linear
    basecamp
    todoist evernote dropbox box figma canva webflow squarespace wix calendly docusign adyen braintree
    paypal klarna mollie plaid revolut square sendgrid mailgun postmark mailchimp brevo resend courier
    whatsapp telegram signal messenger instagram facebook twitter linkedin tiktok youtube reddit mastodon
    bluesky spotify netflix airbnb uber doordash expedia sap workday netsuite quickbooks xero datev
    gmail onedrive icloud gdrive googlebot clerk authelia authentik supertokens workos fusionauth
"""
# Agents and steps that are written with a capital because they have a name in the code.
_AGENTS = """
    triage refund refunds billing planner orchestrator retriever grader reranker summariser summarizer
    classifier dispatcher generator evaluator executor
"""
PRODUCTS = frozenset(
    " ".join((_SEARCH, _MODELS, _FRAMEWORKS, _STORES, _OPERATIONS, _LIBRARIES, _SERVICES, _AGENTS)).split()
)
