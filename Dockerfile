# Two stages: the first builds the wheel with the locked build backend, the second carries only what runs.
FROM python:3.13-slim AS build
WORKDIR /src
COPY . .
RUN python -m venv /opt/build \
 && /opt/build/bin/pip install --no-cache-dir --require-hashes -r requirements-dev.lock \
 && /opt/build/bin/pip wheel --no-cache-dir --no-deps --no-build-isolation -w /tmp/wheel . \
 && python -m venv /opt/sensei \
 && /opt/sensei/bin/pip install --no-cache-dir --require-hashes -r requirements.lock \
 && /opt/sensei/bin/pip install --no-cache-dir --no-deps /tmp/wheel/*.whl

FROM python:3.13-slim
RUN apt-get update \
 && apt-get install -y --no-install-recommends git \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --create-home --uid 10001 sensei
COPY --from=build /opt/sensei /opt/sensei
USER sensei
WORKDIR /work
ENTRYPOINT ["/opt/sensei/bin/sensei"]
CMD ["--help"]
