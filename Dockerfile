# The bot as an image: docs/operating.md says how it is run, tests/contract/test_image.py builds and runs it.
#
# A tag moves. To hold the base to one build, look its digest up once and pass it in:
#   docker buildx imagetools inspect python:3.13-slim-trixie
#   docker build --build-arg PYTHON=python:3.13-slim-trixie@sha256:<digest> .
ARG PYTHON=python:3.13-slim-trixie

# The first stage builds the wheel and installs all of it by the locks; the second carries only what runs.
FROM ${PYTHON} AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /src
COPY requirements.lock requirements-dev.lock ./
# Of the larger lock only what builds the wheel, and what the provider Bedrock needs, with its hashes; pip says so
# if one is missing here.
RUN awk '/^[a-z]/ { on = /^(hatchling|packaging|pathspec|pluggy|tomlkit|trove-classifiers)==/ } on' \
      requirements-dev.lock > build.lock \
 && awk '/^[a-z]/ { on = /^(boto3|botocore|jmespath|python-dateutil|s3transfer|six)==/ } on' \
      requirements-dev.lock > bedrock.lock \
 && python3 -m venv /opt/build \
 && /opt/build/bin/pip install --require-hashes -r build.lock \
 && python3 -m venv --without-pip /opt/sensei \
 && /opt/build/bin/pip --python /opt/sensei/bin/python install --require-hashes -r requirements.lock -r bedrock.lock
COPY . .
RUN /opt/build/bin/pip wheel --no-deps --no-build-isolation -w /opt/wheel . \
 && /opt/build/bin/pip --python /opt/sensei/bin/python install --no-deps --no-index /opt/wheel/*.whl

FROM ${PYTHON}
LABEL org.opencontainers.image.title="Sensei" \
      org.opencontainers.image.description="The first reader of an AI Dojo: the bot asks, the sensei judges." \
      org.opencontainers.image.licenses="Apache-2.0"
# git reads the capstones; tini passes signals on and buries what git leaves behind. Their versions are Debian's:
# an older one is soon gone from its servers, and with it the security fix that replaced it.
# hadolint ignore=DL3008
RUN apt-get update \
 && apt-get install -y --no-install-recommends git tini \
 && rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/log/apt /var/log/dpkg.log \
 && groupadd --system --gid 10001 sensei \
 && useradd --system --uid 10001 --gid 10001 --home-dir /var/lib/sensei --shell /usr/sbin/nologin sensei \
 && install --directory --owner=10001 --group=10001 --mode=0700 /var/lib/sensei
COPY --from=build /opt/sensei /opt/sensei
# All that is written lies in one volume (what is temporary in /tmp), so the rest can be read-only. In a container
# it is the container that decides who can reach the port.
ENV PATH=/opt/sensei/bin:$PATH \
    HOME=/var/lib/sensei \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    SENSEI_DATABASE_URL=sqlite:////var/lib/sensei/sensei.db \
    SENSEI_CHECKOUTS=/var/lib/sensei/checkouts \
    SENSEI_HOST=0.0.0.0
USER 10001:10001
WORKDIR /var/lib/sensei
VOLUME /var/lib/sensei
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=4 \
  CMD ["/opt/sensei/bin/python", "-c", "import http.client as h, os; c = h.HTTPConnection('127.0.0.1', int(os.environ.get('SENSEI_PORT') or 8080), timeout=4); c.request('GET', '/healthz'); raise SystemExit(c.getresponse().status != 200)"]
ENTRYPOINT ["/usr/bin/tini", "--", "/opt/sensei/bin/sensei"]
CMD ["serve"]
