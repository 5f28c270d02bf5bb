# Some images forbid Python to keep what it has compiled; each command would compile all of Sensei again.
export PYTHONDONTWRITEBYTECODE :=

# Everything sets itself up: python 3.11+, git, make and a package index are all that is needed.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: install demo test check contract explore chaos bench generate lock clean

install: $(STAMP)

# --no-build-isolation: the build backend comes from the hashed lock too.
$(STAMP): pyproject.toml requirements-dev.lock
	@echo "Setting up $(VENV): about a minute."
	@$(PYTHON) -c 'import sys; sys.exit("Sensei needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Set PYTHON=python3.x") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

demo: install
	@$(BIN)/sensei demo

# Many tests wait, for the processes that they start: some more at once than there are processors.
# FAST=1 leaves out all that needs a database, git or a server: for the minute before a commit.
WORKERS ?= $(shell $(PYTHON) -c 'import os; print((os.cpu_count() or 1) + 4)')
PYTEST := $(BIN)/python -m pytest --durations=10 --durations-min=1
SHARED := -n $(WORKERS) --dist loadscope --no-loadscope-reorder
test: install
ifdef FAST
	$(PYTEST) -m "not contract" tests/domain tests/rendering
else
	$(PYTEST) $(SHARED) -m "not contract and not chaos"
endif

check: install
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# What we publish, judged from outside: the wheel in an empty environment, the JSON against its schema; the whole process
# on the second database; and what takes a second of a processor or more.
contract: install
	$(PYTEST) $(SHARED) -m "contract and not chaos" --ignore=tests/contract
	$(PYTEST) -m "contract and not chaos" tests/contract

# The properties, with other examples each time.
explore: install
	$(PYTEST) $(SHARED) -m "hypothesis and not chaos" --hypothesis-profile=exploring

# Processes killed in mid-work; KILLS=200 for the long run.
KILLS ?= 20
chaos: install
	SENSEI_TEST_KILLS=$(KILLS) $(PYTEST) -m chaos

bench: install
	$(BIN)/python -m benchmarks.review
	$(BIN)/python -m benchmarks.reading
	$(BIN)/python -m benchmarks.price
	$(BIN)/python -m benchmarks.signals
	$(BIN)/python -m benchmarks.pairing
	$(BIN)/python -m benchmarks.ingress
	$(BIN)/python -m benchmarks.serving
	$(BIN)/python -m benchmarks.waiting
	$(BIN)/python -m benchmarks.hearing
	$(BIN)/python -m benchmarks.chat
	$(BIN)/python -m benchmarks.chat_burst
	$(BIN)/python -m benchmarks.digests
	$(BIN)/python -m benchmarks.search

# Files made from the code: schemas, .env.example, README's settings table, the register of published rubrics.
generate: install
	$(BIN)/python -m tests.generated --write

# Resolve anew. The locks name no index and cover every supported Python and platform. What extras need holds
# the run lock back too, so that both locks agree.
COMPILE := $(VENV)-lock/bin/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-annotate \
  --no-header --python-version 3.11 pyproject.toml
lock:
	$(PYTHON) -m venv $(VENV)-lock
	$(VENV)-lock/bin/python -m pip install --quiet uv
	$(COMPILE) --extra dev -o requirements-dev.lock
	$(COMPILE) -c requirements-dev.lock -o requirements.lock
	rm -rf $(VENV)-lock

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache dist build
