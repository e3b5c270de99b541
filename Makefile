# Truceline: every command a newcomer needs. Needs only Python >= 3.11, make and the package registries.
SHELL := /bin/sh
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
LOCK   := requirements/dev.lock
INSTALLED := $(VENV)/.installed
RIVALS := .venv-bench
export UV_PYTHON_DOWNLOADS := never

.DEFAULT_GOAL := help
.PHONY: help install lint kernels test demo bench bench-judge bench-incidents incidents-shuffled bench-gateway bench-latency bench-flood bench-geofence bench-corridors calibrate exact chaos fuzz agree corridors mutate lock clean

help: ## List the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

install: $(INSTALLED) ## Make .venv from the lock file (hashes checked)

$(INSTALLED): $(LOCK) pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "truceline needs Python 3.11 or newer: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "this Python cannot make virtual environments: install its venv package (Debian: python3-venv)"; exit 1; }
	@echo "installing into $(VENV) (once, about a minute) ..."
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(LOCK)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

lint: install ## ruff, mypy --strict, import-linter
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

# Where it has not been done, each worker of each test would begin to compile, beside all the others.
kernels: install ## Compile the loops of the zones' index (half a minute, once for each state of geo/)
	@$(BIN)/python -m services.worker.kernels

# The tests start this program some 300 times: with its bytecode kept each start takes a seventh less.
kernels test: export PYTHONDONTWRITEBYTECODE :=

test: kernels ## The tests, in three processes, on real PostgreSQL and Kafka that each starts itself
	$(BIN)/pytest -n 3 --dist loadfile --no-loadscope-reorder

demo: install ## The main job on 174 real observations, on fresh engines, in a temporary folder
	$(BIN)/truceline demo

bench: install ## Reports/s from Kafka to committed, beside a stock agent and bare COPY
	$(BIN)/python -m tests.bench.pipeline

bench-judge: install ## Reports/s of one core from a history's bytes to its assessments' bytes
	$(BIN)/python -m tests.bench.judge

bench-incidents: install ## Breaches/s of one core, folded to incidents
	$(BIN)/python -m tests.bench.incidents

incidents-shuffled: install ## 10,000 orders of one history of breaches: one digest
	$(BIN)/python -m tests.unit.streams.incidents.shuffles

bench-gateway: install ## Signed receipts/s over HTTP, beside a commit for each post
	$(BIN)/python -m tests.bench.gateway

bench-flood: install ## p99 of the others while one sends 100 x its quota
	$(BIN)/python -m tests.bench.flood

bench-latency: install ## From receipt to committed assessment at 1,000 reports/s, all services running
	$(BIN)/python -m tests.bench.latency

bench-geofence: $(RIVALS)/.installed ## Points/s against 200 to 20,000 zones, beside SedonaDB, DuckDB, GeoPandas and Shapely's tree
	$(RIVALS)/bin/python -m tests.bench.geofence

bench-corridors: install ## A year's figures and the state at an instant, with 1, 3 and 10 million words behind them
	$(BIN)/python -m tests.bench.corridors

calibrate: install ## Is p_inside as often right as it says? Two million truths for each kind of region
	$(BIN)/python -m tests.bench.calibration

exact: install $(RIVALS)/.installed ## 10M (report, zone) pairs against Shapely and exact oracles; real data against other tools
	$(RIVALS)/bin/python -m tests.exact.independent --check
	$(BIN)/python -m tests.exact

$(RIVALS)/.installed: requirements/bench.lock
	@echo "installing what we are measured beside into $(RIVALS) (once, about a minute) ..."
	@$(PYTHON) -m venv $(RIVALS)
	@$(RIVALS)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bench.lock
	@touch $@

chaos: install ## 20 SIGKILLs straight from Kafka, 100 through the gateway (TRUCELINE_CHAOS_SEED=N: another schedule)
	$(BIN)/pytest -m slow -s tests/e2e

fuzz: install ## 100,000 malformed requests to running gateways, then schemathesis
	$(BIN)/python -m tests.fuzz

agree: install ## 100,000 agreements, methodologies, contexts, reports: judged as the oracle judges them
	$(BIN)/python -m tests.unit.streams.agree 100000

corridors: install ## 10,000 corridor histories, minute by minute, beside a simulator and the rule of safety
	TRUCELINE_HISTORIES=10000 $(BIN)/pytest -q --timeout 0 -k simulator tests/unit/streams/corridors/test_fold_against_oracle.py

mutate: install ## Each rule turned around, one at a time: which test fails
	$(BIN)/python -m tests.mutate

lock: ## Make the lock files anew from pyproject.toml
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q pyproject.toml -o requirements/runtime.lock
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q --extra dev -c requirements/runtime.lock pyproject.toml -o requirements/dev.lock
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q -c requirements/runtime.lock -c requirements/dev.lock requirements/bench.in -o requirements/bench.lock

clean: ## Remove what make made
	rm -rf $(VENV) $(RIVALS) .mypy_cache .ruff_cache .pytest_cache .hypothesis
