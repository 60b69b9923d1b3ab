# k9py: `make demo` opens it on the embedded cluster, `make test` passes the tests that need no cluster.
# the first of these that there is and that is new enough; another with PYTHON=…
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python3.14; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready

.PHONY: help setup demo run test check cluster-test cluster-up cluster-down bench screenshots docs lock format clean
.DEFAULT_GOAL := help

help: ## say what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(READY) ## the virtual environment, from the lock file

$(READY): dev-requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "k9py needs Python 3.11 or newer; name one with PYTHON=…" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { echo "$(PYTHON) cannot make virtual environments: install python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r dev-requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

demo: $(READY) ## open k9py on the embedded cluster (ARGS="--story", "--pods 10000", …)
	@$(BIN)/k9py demo $(ARGS)

run: $(READY) ## open k9py on the current kubeconfig (ARGS="…" for more)
	@$(BIN)/k9py $(ARGS)

test: $(READY) ## the tests that need no root, no Go and no cluster
	$(BIN)/python -m pytest -n auto $(ARGS)

check: $(READY) ## format, lint, strict types, layers
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

cluster-test: $(READY) ## the cluster suite on a real two-node Kubernetes (or K9PY_TEST_KUBECONFIG, or kind)
	$(BIN)/python -m tests.cluster.lab prepare
	$(BIN)/python -m pytest tests/cluster -m cluster $(ARGS)

cluster-up: $(READY) ## start a real two-node Kubernetes for work by hand (KUBERNETES=1.34, 1.36, 1.37)
	$(BIN)/python -m tests.cluster.lab up

cluster-down: $(READY) ## stop it
	$(BIN)/python -m tests.cluster.lab down

bench: $(READY) ## fill a real API server with 10,000 pods and measure k9py beside kubectl
	$(BIN)/python -m tests.perf

screenshots: $(READY) ## write screenshots/ from the embedded cluster
	$(BIN)/python -m screenshots

docs: $(READY) ## write docs/keys.md and docs/actions.md from the registry of actions
	$(BIN)/python -c 'from k9py.ui.keys import write_keys_page; print(write_keys_page(), end="")' > docs/keys.md
	$(BIN)/python -c 'from k9py.actions.listing import write_actions_page; print(write_actions_page(), end="")' > docs/actions.md

lock: $(READY) ## resolve dev-requirements.lock anew
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile pyproject.toml --group dev --universal --generate-hashes --python-version 3.11 --no-header --quiet --upgrade -o dev-requirements.lock

format: $(READY) ## mend what ruff can mend
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean: ## remove what the other commands made in the checkout
	rm -rf $(VENV) dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
