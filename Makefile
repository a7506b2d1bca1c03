# Two commands: `make demo` and `make test`. Each installs what it needs into .venv first.

# The newest supported Python that is there; `make demo PYTHON=/path/to/python3.12` decides otherwise.
PYTHON ?= $(shell for name in python3.13 python3.12 python3.11 python3; do \
	"$$name" -c 'import sys, venv; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null && { echo $$name; break; }; done)
BIN := .venv/bin
READY := .venv/ready

.PHONY: demo test matrix lint format

demo: $(READY)
	@$(BIN)/crosswind run studies/demo.toml
	@$(BIN)/crosswind report studies/demo.toml

test: $(READY)
	@$(BIN)/python -m pytest

# All objectives with all methods, formats and families: minutes; `make test` has a part of them that covers all pairs.
matrix: $(READY)
	@PYTHONPATH=. $(BIN)/python benchmarks/matrix.py

lint: $(READY)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

format: $(READY)
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

$(READY): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "crosswind needs Python 3.11, 3.12 or 3.13 with venv; found none on PATH (set PYTHON=...)"; exit 2; }
	@echo "installing into .venv with $(PYTHON), once"
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(READY)
