# Lianfang 联防.  `make run` serves the product, `make test` shows that it is true.
.DEFAULT_GOAL := run
.PHONY: install install-dev run test check bench lock messages openapi clean
SHELL := /bin/bash

PORT ?= 8000
BIN := .venv/bin

install:
	@bash tools/setup.sh run
install-dev:
	@bash tools/setup.sh dev

run: install
	@exec $(BIN)/lianfang run --demo --port $(PORT)

test: install-dev
	@exec $(BIN)/python tools/run_tests.py

check: install-dev
	@exec $(BIN)/python tools/run_checks.py

bench: install-dev
	@exec $(BIN)/python -m tools.bench

lock: install-dev
	@exec bash tools/lock.sh

messages: install-dev
	@exec $(BIN)/python tools/messages.py

openapi: install-dev
	@exec $(BIN)/python tools/openapi.py

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache *.egg-info
