# Two commands do everything on a machine with Python 3.11 and make:
#   make crawl TARGET=https://...   set up .venv once, then crawl into the private mongod (no TARGET: the demo site)
#   make test                       set up, then lint, types, layers and all tests

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.set-up
PYTHONS := $(or $(PYTHON),python3.11 python3.12 python3.13 python3)

# By the environment, so that no character of a URL means anything to the shell.
export TARGET
ARGS ?=

.PHONY: help setup crawl test lint format services clean
.DEFAULT_GOAL := help

help:
	@echo 'make crawl [TARGET=URL|DOMAIN|SOURCE] [ARGS=...]   crawl it, or the demo site'
	@echo 'make test     lint, types, layers and all tests'
	@echo 'make lint     the same without the tests'
	@echo 'make format   format the code'
	@echo 'make setup    make .venv (the others do it when needed)'
	@echo 'make services install the brokers that some tests start (Debian, Ubuntu)'
	@echo 'make clean    remove .venv, caches and builds; no data'

setup: $(STAMP)

# A folder that another Python left, or a set-up that broke off, is made anew.
$(STAMP): pyproject.toml
	@python=; \
	for candidate in $(PYTHONS); do \
	  if "$$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then \
	    python=$$candidate; break; \
	  fi; \
	done; \
	if [ -z "$$python" ]; then \
	  echo "newscrawl needs Python 3.11 or newer; none of these is one: $(PYTHONS)." >&2; \
	  echo "Install it (Debian, Ubuntu: apt-get install python3 python3-venv), or say where: make PYTHON=/path/to/python" >&2; \
	  exit 1; \
	fi; \
	if ! "$$python" -c 'import venv, ensurepip' >/dev/null 2>&1; then \
	  echo "$$python has no venv module (Debian, Ubuntu: apt-get install python3-venv)." >&2; \
	  exit 1; \
	fi; \
	if ! "$(BIN)/python" -c 'import pip, sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then \
	  echo "Setting up $(VENV) with $$python, once; this takes a minute or two." >&2; \
	  "$$python" -m venv --clear $(VENV); \
	fi
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade pip
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

crawl: $(STAMP)
	@set -f; if [ -n "$$TARGET" ]; then $(BIN)/newscrawl crawl $$TARGET $(ARGS); else $(BIN)/newscrawl demo $(ARGS); fi

test: lint
	@if [ "$$(id -u)" = 0 ]; then \
	  $(MAKE) --no-print-directory services || echo 'Tests that need what is missing are skipped.' >&2; \
	fi
	$(BIN)/pytest -n auto --maxprocesses 4 --dist loadfile --cov --cov-report=term:skip-covered

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(STAMP)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Tests start brokers of their own, on free ports; the packages start one each where systemd runs.
services:
	@missing=; \
	[ -x /usr/lib/rabbitmq/bin/rabbitmq-server ] || missing="$$missing rabbitmq-server"; \
	command -v redis-server >/dev/null || missing="$$missing redis-server"; \
	[ -n "$$missing" ] || exit 0; \
	if ! command -v apt-get >/dev/null; then \
	  echo "Not installed:$$missing. There is no apt-get here: install them as this system does." >&2; exit 1; \
	elif [ "$$(id -u)" = 0 ]; then become=; \
	elif command -v sudo >/dev/null; then become=sudo; \
	else echo "Not installed:$$missing. Run as root: apt-get install --no-install-recommends$$missing" >&2; exit 1; \
	fi; \
	echo "Installing$$missing." >&2; \
	$$become apt-get update -qq && \
	$$become env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing >/dev/null

clean:
	rm -rf $(VENV) build dist .coverage .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
	find newscrawl tests -name __pycache__ -type d -prune -exec rm -rf {} +
