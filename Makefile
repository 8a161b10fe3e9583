# Each target makes its own virtual environment and installs what it needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.stamp
GROUPS := --group test --group lint --group page --group build

.PHONY: demo test acceptance lint types bench clean

$(STAMP): pyproject.toml hatch_build.py $(wildcard src/crmclean/kernels/*.[ch])
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet $(GROUPS) --editable ".[excel,mx]"
	touch $(STAMP)

# Clean the sample list and say where the report is.
demo: $(STAMP)
	$(BIN)/crmclean clean sample_data/tradeshow_leads.csv --output out/demo --rules tradeshow --as-of 2026-11-22

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(STAMP)
	$(BIN)/mypy

test: lint types
	$(BIN)/python -m pytest -n 2 -m "not acceptance" -q

# The slow suites: outside data (where CRMCLEAN_EXTRA_DATA points to it), browser, kill tests, a million rows.
acceptance: $(STAMP)
	CRMCLEAN_THOROUGH=1 $(BIN)/python -m pytest -n 2 -m "acceptance or promises" -q

bench: $(STAMP)
	$(BIN)/python benchmarks/speed.py
	$(BIN)/python benchmarks/fields.py
	$(BIN)/python benchmarks/accuracy.py
	$(BIN)/python benchmarks/ceilings.py
	$(BIN)/python benchmarks/reliability.py

clean:
	rm -rf $(VENV) out dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis
