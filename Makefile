# Two commands for everybody: `make demo` and `make test`. `make help` lists the rest.
SHELL := /bin/sh
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
REPO ?= .
PIP := $(BIN)/python -m pip --disable-pip-version-check -q

.PHONY: help demo test slow lint types docs bench check lock clean

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' Makefile | expand -t 16

$(VENV)/ready: requirements.lock pyproject.toml
	@echo "Setting up Allmende in $(VENV) (once, about a minute) ..."
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Allmende needs Python 3.11 or later; this is $$($(PYTHON) --version). Set PYTHON=python3.12, for example."; exit 1; }
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) install --require-hashes -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/ready-dev: requirements-dev.lock $(VENV)/ready
	@echo "Adding what tests need ..."
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@

# A young or small repository is refused with code 2 and told why; what follows goes on without it.
demo: $(VENV)/ready ## measure, place, forecast, compare: make demo REPO=path/to/clone (this one by default)
	@mkdir -p demo
	@printf '\n== Measure: who carries it, and does it renew itself?\n\n'
	@$(BIN)/allmende measure "$(REPO)" --html demo/measured.html --json demo/measured.json
	@printf '\n== Place: which economy is it, and how do we know?\n\n'
	@$(BIN)/allmende place "$(REPO)" --html demo/placed.html
	@printf '\n== Forecast: what will the coming year bring?\n\n'
	@$(BIN)/allmende forecast "$(REPO)" --html demo/forecast.html || [ $$? -eq 2 ]
	@printf '\n== Compare: what would a policy change?\n\n'
	@$(BIN)/allmende compare "$(REPO)" --policy recognition --months 24 --html demo/compared.html \
	  || { [ $$? -eq 2 ] && printf '\nSo here is a commons of a thousand members instead.\n\n' && \
	  $(BIN)/allmende compare commons --policy recognition --months 24 --html demo/compared.html; }
	@printf '\nThe pages: %s\n' "$$(pwd)/demo"

test: $(VENV)/ready-dev ## every test but the slow ones
	@$(BIN)/python -m pytest -q -n 2 --dist worksteal -m "not slow"

slow: $(VENV)/ready-dev ## all tests, those that take minutes too, on new random examples
	@HYPOTHESIS_PROFILE=explore $(BIN)/python -m pytest -q -n 2 --dist worksteal

lint: $(VENV)/ready-dev ## style
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .

types: $(VENV)/ready-dev ## types
	@$(BIN)/mypy

docs: $(VENV)/ready-dev ## build the documentation into docs/_build/html
	@$(BIN)/sphinx-build -q -W --keep-going -b html docs docs/_build/html
	@echo "The documentation: $$(pwd)/docs/_build/html/index.html"

bench: $(VENV)/ready-dev ## benchmarks, each beside its peer (minutes): make bench REPO=path/to/clone
	@$(BIN)/python benchmarks/reading.py "$(REPO)" --files
	@$(BIN)/python benchmarks/reading_tables.py
	@$(BIN)/python benchmarks/aggregation.py --events 1000000 --in-memory 5
	@$(BIN)/python benchmarks/draws.py
	@$(BIN)/python benchmarks/simulation.py

check: $(VENV)/ready-dev ## conformance of one plug-in: make check PLUGIN=gini
	@test -n "$(PLUGIN)" || { echo "Name the plug-in: make check PLUGIN=gini"; exit 1; }
	@$(BIN)/python -m pytest -q tests/conformance -k "$(PLUGIN)"

lock: $(VENV)/ready-dev ## pin the newest versions that fit
	@$(BIN)/python tools/lock.py

clean: ## remove what was built
	@rm -rf demo docs/_build build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
