# Each target does its own set-up: Python 3.11 or newer and make are all that a fresh machine needs.
PYTHON ?= python3
VENV   := .venv
PY     := $(VENV)/bin/python
READY  := $(VENV)/.ready
PYTEST := $(PY) -m pytest

.DEFAULT_GOAL := help
.PHONY: help demo test full lint format bench bench-api bench-graph quality wheel clean

help:  ## what there is to make
	@sed -n 's/^\([a-z-]*\):.*##/make \1 \t/p' $(MAKEFILE_LIST)

demo: $(READY)  ## simulate a small world, run a night over it, show the rings found (under a minute)
	$(PY) -m linkage demo --dir demo-store

test: lint  ## lint, then all tests but the long ones
	$(PYTEST) -n 2 -m 'not full and not neo4j'
	$(PYTEST) -m 'neo4j and not full'

full: test  ## all of `make test`, then the long tests (wallets, prompts, a world of 100,000 accounts)
	$(PYTEST) -m full
	LINKAGE_TEST_NEO4J_LINE=current $(PYTEST) -m 'neo4j and not full'

lint: $(READY)  ## ruff, its format, mypy --strict, the layers
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	$(VENV)/bin/lint-imports --no-cache

format: $(READY)  ## write the code as ruff wants it
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

bench: $(READY)  ## seconds and peak memory by stage on 200,000 accounts, beside the bare aggregation
	$(PY) -m tests.bench.nightly

bench-api: $(READY)  ## the API beside a bare route on 200,000 accounts, then its memory over 100,000 requests
	$(PY) -m tests.bench.api
	$(PY) -m tests.bench.api_soak

bench-graph: $(READY)  ## Neo4j beside a bare UNWIND of the same rows on 200,000 accounts, and a second night
	$(PY) -m tests.bench.neo4j

quality: $(READY)  ## fill docs/quality.md: simulated worlds and real data, beside simple rules and an ideal detector
	$(PY) -m tests.bench.quality

wheel: $(READY)  ## build the wheel into dist/
	rm -rf dist
	$(PY) -m build --wheel --outdir dist .

clean:  ## remove what was made
	rm -rf $(VENV) dist demo-store bench-out .mypy_cache .ruff_cache .pytest_cache .hypothesis

# One stamp for the whole environment: a second call does nothing until the pins or the metadata change.
$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(None if sys.version_info >= (3, 11) else "linkage needs Python 3.11 or newer; name one: make PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)
	$(PY) -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'
	$(PY) -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[api,neo4j,neo4j-local,stix]' --group dev
	@touch $@
