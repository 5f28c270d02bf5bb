"""Deciding whether a model's words name a person.

Names cannot be looked up. So a capitalised word inside a sentence counts as a name unless it is known to be
something else: a technology, a place, a day, or a button's label in quotation marks. Finding the word in
the code does not make it harmless, because an attacker writes the code. A name at the start of a sentence, or
in lower case, is recognised only if it is common.
"""

import re
from collections.abc import Collection

from bot.domain.guardrails.allowed_letters import fold
from bot.domain.guardrails.code_spans import spell_out
from bot.domain.guardrails.language_detection import is_common
from bot.domain.guardrails.product_names import PRODUCTS

_GIVEN = frozenset(
    """
    aaron abigail adam adrian agnes ahmed aisha alan albert alejandro aleksander alex alexander alexandra
    ali alice alina amanda amelia amir amy ana anastasia andrea andreas andrew andy angela anita anja anna
    anne annika anton antonio arjun arthur ashley astrid ayesha barbara beatrice ben benjamin bernd bob
    boris brandon brian bruno camille carl carla carlos carmen carol caroline catherine cecilia charles
    charlotte chloe chris christian christina christoph christopher claire clara claudia craig cristina
    daniel daniela david deborah deepak denise dennis diana diego dieter dimitri dmitri dominik donald doris
    edward elena elias elif elisabeth elizabeth ella emily emma eric erik esther eva evelyn fatima felix
    fernando fiona florian francesca francesco francis frederik friedrich gabriel gabriela george georg
    gerhard giovanni giulia gloria greta gustav hanna hannah hans harald harry hassan heidi heike helen
    helena helga henry hiroshi hugo ian ibrahim igor ines ingrid irene isabel isabella ivan jakob james
    jamie jan jana jane janet jason javier jean jennifer jens jessica jesus jim joan joanna joao joel johan
    johanna johannes john jonas jonathan jorge jose joseph josef juan judith julian juliane jurgen kamil
    karen karim karl karolina katarzyna kate katharina kathrin katie kavita keith kelly kenneth kenji kevin
    khalid klaus krzysztof kumar lars laura lauren lea lena leo leon leonie linda linus lisa louise luca
    lucas lucia lucy ludwig luigi luis lukas magdalena mahmoud manuel marc marco marcel margaret maria
    mariam marie marina mario marion marta martha martin martina mary mateusz matteo matthew matthias
    maximilian megan mehmet melanie michael michelle miguel mike mohamed mohammed monica monika moritz
    muhammad nadia nancy natalia natalie nathan nicholas nicola nicole nikhil nils nina noah nora octocat
    olga oliver olivia omar oscar pablo pamela paolo patricia patrick paul paula pawel pedro peter petra
    philip philipp piotr priya rachel rafael rahul rainer rajesh ralf raquel rebecca richard robert roberto
    roger roland roman ronald rosa ruth ryan sabine sally sam samantha samira samuel sandra sanjay sara
    sarah sebastian sergei sergio sharon silvia simon simone sofia sonia sophia sophie stefan stefanie
    stephanie stephen steven susan susanne svetlana sven tanja tatiana teresa theo theresa thomas tim
    timothy tobias todd tomasz tom tony tracy tristan ulrich ulrike ursula valentina valeria vanessa vera
    veronica victor victoria vijay vincent virginia vladimir walter wei wolfgang xavier yasmin yuki yusuf
    yvonne zeynep zoe
    """.split()  # noqa: SIM905 - a list of names reads better as words
)
# Words with a capital letter that are not names of people.
_KNOWN = frozenset(
    """
    monday tuesday wednesday thursday friday saturday sunday january february march april may june july
    august september october november december christmas easter english british american german french
    italian spanish portuguese dutch swedish danish norwegian finnish polish czech hungarian greek turkish
    russian ukrainian arabic hebrew persian hindi chinese japanese korean swiss austrian irish scottish
    welsh european asian african latin cyrillic indian canadian australian brazilian mexican belgian europe
    asia africa america australia germany france italy spain portugal netherlands sweden denmark norway
    finland poland czechia hungary greece turkey russia ukraine israel iran india china japan korea
    switzerland austria ireland scotland wales england britain belgium canada brazil mexico singapore
    luxembourg berlin munich hamburg frankfurt vienna zurich geneva basel bern london dublin paris madrid
    barcelona lisbon rome milan amsterdam brussels stockholm oslo copenhagen helsinki warsaw prague budapest
    athens istanbul tokyo osaka seoul beijing shanghai delhi mumbai sydney toronto york boston chicago
    seattle oregon virginia ohio california texas python java javascript typescript rust ruby swift kotlin
    scala perl bash lua julia haskell elixir erlang clojure react angular vue svelte node deno bun django
    flask rails spring quarkus pydantic jinja markdown unicode linux windows android debian ubuntu alpine
    docker podman kubernetes helm terraform pulumi ansible jenkins bazel gradle maven amazon bedrock lambda
    azure google vertex gemini gemma cloud anthropic claude sonnet opus haiku fable openai codex whisper
    cohere mistral mixtral llama meta ollama transformers hugging face qwen deepseek kimi grok langchain
    langgraph crewai autogen chroma pinecone weaviate qdrant milvus faiss elastic elasticsearch opensearch
    solr lucene redis valkey memcached postgres postgresql sqlite mongo mongodb cassandra snowflake
    databricks spark kafka rabbitmq celery airflow temporal dagster prefect prometheus grafana loki tempo
    jaeger datadog sentry splunk nginx envoy traefik istio cloudflare fastly vercel netlify heroku stripe
    twilio slack teams discord zoom outlook gmail excel word sharepoint confluence jira github gitlab
    bitbucket git actions cognito dynamo aurora athena sagemaker kinesis fargate cloudwatch cloudformation
    batches messages converse responses assistants realtime chrome firefox safari chromium playwright
    selenium internet web ascii boolean bayes bayesian poisson gaussian markov euclidean cosine levenshtein
    jaccard cohen pareto moore celsius fahrenheit kelvin euro euros dollar dollars greenwich gregorian roman
    braille morse base turing dijkstra bloom luhn merkle api code agents agent go gen firestore generation
    inference environment async backend runtime users evals bicep flash database runner promise middleware
    regions logs memory config strands studio search maps drive workspace hub spaces endpoints functions
    workers pages step glue batch vision translate polly nova titan command phi tools inspector swarm guard
    guardrails knowledge bases prompt flows console desktop cursor copilot windsurf aider cline express
    router next nest vite webpack jest vitest pytest mocha black ruff poetry pandas polars numpy scipy torch
    pytorch tensorflow keras jax lightning ray dask triton fastapi starlette gin fiber hono prisma drizzle
    sqlalchemy alembic flyway keycloak okta auth vault consul nomad argo flux tekton renovate dependabot
    snyk trivy text embedding embeddings multilingual turbo mini nano pro ultra lite preview deployment
    service secret ingress node pod none true false null undefined http json yaml
    html https xhtml toml uuid uuids todo fixme readme changelog cors csrf crud rbac abac gdpr dsgvo hipaa
    ccpa oauth saml oidc smtp imap ldap mime jpeg webp wasm grpc soap otlp fifo lifo posix iban sepa visa
    sigterm sigkill sigint sighup sigchld ecdsa hmac pkce jwks cidr dhcp icmp nosql acid lora qlora vllm
    gguf onnx cuda bert rouge bleu rlhf hnsw ndcg owasp nist ieee iana arns gpus cpus tpus slas slos
    urls uris apis llms sdks pdfs csvs ttls vpcs vpns orms etag utf mmlu gaap faqs imei isbn ssml jsonl
    kyc eula bsd mit vram dram ebpf numa http2 https2 mtls xslt svgs gifs pngs macbook latex
    neon langsmith groq nvidia notion perplexity langfuse tavily replicate doppler token tokens
    retain flex cascade serializable
    tstaliasid concurrently nullable varchar jsonb timestamptz bigint
    """.split()  # noqa: SIM905
)
_KNOWN_OR_PRODUCT = _KNOWN | PRODUCTS
_CODE = re.compile(r"`[^`\n]*`")
_WORD = re.compile(r"[^\W\d_]+")
_CAPITAL = re.compile(r"(?<![\w.'/@=-])[^\W\d_a-z][^\W\d_]+(?![\w/@]|\.\w)")
# "McDonald", "DeShawn", "VanDyke"; and "O'Malley", "D'Angelo".
_WITH_PREFIX = re.compile(r"(?i:ma?c|d[aeiu]|l[ae]|v[ao]n|fitz|st)(?=[A-Z][a-z]+$)")
_APOSTROPHE = re.compile(r"\b[OD]['’][A-Z][a-z]")
_INITIAL = re.compile(r"(?:^|[^\w])[A-Z]\.\s*$")
# Names that are also ordinary words. They count only before a part that is not one: "ada-lovelace".
_ALSO_WORDS = re.compile(
    r"\b(?:ada|grace|rose|dawn|hope|sue|rob|jack|lee|drew|frank|pearl|ivy)-([a-z]{4,})\b"
)
_SHOUTED = 4  # minimum number of letters: a shorter word in capitals is an acronym
_BEGINS = re.compile(r"(?:^|[.!?:;]|[.!?:;]['\"”’)])\s*[\"'“‘(]?$")
# The word before a label, such as a button's: "Approve and send".
_LABEL = re.compile(r"""\s["“‘']$""")
_PART = re.compile(r"[A-Za-z]+")
_SHORTEST_PROJECT = 4
_TITLE = re.compile(r"\b(?:Dr|Mr|Mrs|Ms|Prof|Sir)\b\.?\s+[A-Z]")
_TURNED_TO = re.compile(
    r"(?:^|[.!?:;,] |\bplease )(?:ask|ping|cc|thank|email|mail|tell|consult|contact|follow|credit"
    r"|cc:)[: ]+[`@]?\w"
    r"|\bcc: "
    r"|\b(?:he|she) (?:would|could|should|did|does|wrote|knows|said|bounds|is|was|has)\b"
    r"|\bwould (?:do|have done|write|have written|handle|solve|explain) (?:this|that|it) (?:better|well"
    r"|right|properly)\b"
    r"|\b(?:his|her) (?:branch|code|version|capstone|solution|work|change|loop|repository|fork)\b"
    r"|\b(?:person|people|one|man|woman|colleague) to ask\b|\bwhoever (?:wrote|made|did) this\b"
    r"|\bwho (?:reviewed|approved|wrote|merged) this\b"
)


def names_person(text: str, folded: str, code: Collection[str] = ()) -> bool:
    """Say whether a text names a person.

    ``folded`` is the text, folded, without its backticks. ``code`` are the names in the quoted code: a word
    in capitals does not count as a name if it is one of them, or is known.
    """
    if _TITLE.search(text) or _TURNED_TO.search(folded):
        return True
    prose = _CODE.sub("`", text)
    if not _GIVEN.isdisjoint(word for word in _WORD.findall(fold(prose))):
        return True
    if any(not _GIVEN.isdisjoint(spell_out(span).split()) for span in _CODE.findall(text)):
        return True
    if _APOSTROPHE.search(prose) or any(not is_common(part) for part in _ALSO_WORDS.findall(folded)):
        return True
    return any(_is_name(found, prose, code) for found in _CAPITAL.finditer(prose))


def hide_project(text: str, project: str) -> str:
    """Return a text with "it" for the name of the project that it is about, if this name isn't a person's.

    ``project`` is the repository's name. Parts of it that are common words stay as they are.
    """
    for part in _PART.findall(project):
        if len(part) >= _SHORTEST_PROJECT and fold(part) not in _GIVEN and not is_common(part):
            text = re.sub(rf"(?<![\w`.]){part.capitalize()}\b", "it", text)
    return text


def _is_name(found: re.Match[str], prose: str, code: Collection[str]) -> bool:
    shape, word = found[0].removesuffix("s"), fold(found[0])
    if not _KNOWN_OR_PRODUCT.isdisjoint({word, word.removesuffix("s")}):
        return False
    if shape.isupper():
        return len(shape) >= _SHOUTED and not is_common(word) and not {found[0], shape} & set(code)
    if not shape[1:].islower():
        return _has_name_inside(shape) and shape not in code
    before = prose[max(0, found.start() - 4) : found.start()]
    if _INITIAL.search(before) and not is_common(word):
        return True
    return not (_BEGINS.search(before) or (_LABEL.search(before) and is_common(word)))


def _has_name_inside(word: str) -> bool:
    """Say whether a word with capitals inside is a surname such as "McDonald", or contains a given name."""
    return bool(_WITH_PREFIX.match(word)) or not _GIVEN.isdisjoint(spell_out(word).split())
