# OpenPEP. Needs make and Python 3.11 or newer; everything else is fetched into this folder. `make help` lists the targets.

PYTHON ?= python3
WORKERS ?= 2

UV := $(or $(shell command -v uv),.uv/bin/uv)
BIN := .venv/bin
PACKAGES := .venv/.packages
READY := .venv/.ready
PEERS := .venv-bench/.ready
MEMBERS := $(patsubst %/pyproject.toml,%,$(wildcard services/*/pyproject.toml shared/*/pyproject.toml deploy/local/pyproject.toml))
PROJECTS := pyproject.toml $(MEMBERS:%=%/pyproject.toml)
# One set-up at a time, where the system has a command for it.
ALONE := $(and $(shell command -v flock),flock .uv/lock)

TESTS := $(patsubst %/,%,$(wildcard tests/*/))
NEED_SERVERS := tests/servers tests/integration tests/journeys tests/faults tests/probes
PURE_TESTS := $(filter-out $(NEED_SERVERS) %/__pycache__,$(TESTS))
PURE_CODE := */domain/*,*/policies/*,*/projections/*,*/pep_kernel/*

export UV_PYTHON_DOWNLOADS := never
unexport VIRTUAL_ENV PYTHONPATH

.DEFAULT_GOAL := help
.PHONY: help setup demo test check integration journeys probes audit bench faults seeded mutants rules catalogue policy up down lock static pure

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## fetch Python packages and Kafka, if they are not here or not up to date
	@mkdir -p .uv
	@$(ALONE) $(MAKE) --silent --no-print-directory $(READY)

demo: setup ## play a term on real servers; ONCE=1 stops at its end, KEEP=1 goes on with the data that is there
	@$(BIN)/python -m pep_local.demo $(if $(ONCE),--once) $(if $(KEEP),--keep)

test: static ## everything that is checked and tested, with servers of its own
	@$(call covered,tests --numprocesses=$(WORKERS) --dist=loadfile)

check: static pure ## format, lint, types, imports and the tests that need no servers, in a minute

integration: setup ## the tests of single parts on real PostgreSQL and Kafka
	@$(BIN)/pytest tests/servers $(wildcard tests/integration)

journeys: setup ## the tests that play whole journeys through all services
	@$(BIN)/pytest tests/journeys

probes: setup ## ask every service for what another authority has; COUNT=50000 SEED=7
	@export $(if $(COUNT),PEP_PROBES_COUNT=$(COUNT)) $(if $(SEED),PEP_PROBES_SEED=$(SEED)); $(BIN)/pytest tests/probes

audit: setup ## known faults of what we depend on, its licences and its bill of materials; needs the network
	@$(BIN)/python -m tools.audit

bench: setup $(PEERS) ## measure the engine beside its peers; ONLY=P1,P4 some of it, FULL=1 all of it
	@$(BIN)/python -m tests.bench $(if $(ONLY),--only $(ONLY)) $(if $(RUNS),--runs $(RUNS)) $(if $(SEED),--seed $(SEED)) $(if $(FULL),--full)

faults: setup ## break an installation on purpose and judge what is left; SECONDS=120 SEED=7 ONLY=kill
	@$(BIN)/python -m tests.faults $(if $(SECONDS),--seconds $(SECONDS)) $(if $(SEED),--seed $(SEED)) \
		$(if $(ONLY),--only $(ONLY)) $(if $(WRITERS),--writers $(WRITERS)) $(if $(JSON),--json)

seeded: setup ## let bugs that are kept as patches into copies, and see that the tests find each; ONLY=03,07
	@$(BIN)/python -m tests.faults.seeded $(if $(ONLY),--only $(ONLY)) $(if $(JSON),--json)

mutants: setup ## make small mistakes in scheduling's domain, in a copy, and see that tests notice; ONLY=access,keeping
	@nice -n 10 $(BIN)/python -m tools.mutants $(if $(ONLY),--only $(ONLY)) --workers $(WORKERS)

rules: setup ## which rule and scenario is shown by which test
	@$(BIN)/python tools/rules.py

catalogue: setup ## write docs/catalogue.md anew, all announcements and events, and what each request may be refused with
	@$(BIN)/python tools/catalogue.py
	@$(BIN)/python -m tools.refusals

policy: setup ## write docs/policy.md anew: the keys of authorities' files, and what each authority says
	@$(BIN)/python tools/policy.py

up: setup ## start servers and services in the background, without the demo's data
	@$(BIN)/python -m pep_local up

down: ## stop what `up` or `demo` started
	@test ! -x $(BIN)/python || $(BIN)/python -m pep_local down

lock: setup ## write requirements.lock anew from the pyproject files; UPGRADE=1 takes newer versions
	@$(UV) pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11 $(if $(UPGRADE),--upgrade) \
		$(foreach project,$(MEMBERS),--no-emit-package $(shell sed -n 's/^name = "\(.*\)"/\1/p' $(project)/pyproject.toml)) \
		--group dev --output-file requirements.lock $(PROJECTS)
	@$(UV) pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11 $(if $(UPGRADE),--upgrade) \
		--constraint requirements.lock --output-file tests/bench/requirements.lock tests/bench/requirements.in

static: setup
	@$(BIN)/ruff format --check --quiet . || { echo 'Some files are not formatted: .venv/bin/ruff format'; exit 1; }
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

pure: setup
	@export PEP_TEST_WITHOUT_SERVERS=1; $(call covered,$(PURE_TESTS))

# Every branch of the pure core is taken by a test. The figures have a file of their own, so that two runs do not mix theirs.
define covered
mkdir -p build && export COVERAGE_FILE=build/coverage.$$$$ \
	&& $(BIN)/coverage erase && $(BIN)/pytest $(1) --cov --cov-report= \
	&& $(BIN)/coverage report --include='$(PURE_CODE)' --fail-under=100; \
	code=$$?; rm -f $$COVERAGE_FILE*; exit $$code
endef

$(PACKAGES): requirements.lock | $(UV)
	@test -x $(BIN)/python || $(UV) venv --quiet --python "$$(command -v $(PYTHON))" .venv
	@$(UV) pip sync --python $(BIN)/python --require-hashes requirements.lock
	@touch $@

$(READY): $(PACKAGES) $(MEMBERS:%=%/pyproject.toml) deploy/kafka/pom.xml
	@$(UV) pip install --quiet --python $(BIN)/python --no-deps $(MEMBERS:%=--editable ./%)
	@$(BIN)/python -m pep_local libraries
	@touch $@

# What the engine is measured beside has an environment of its own: nothing of ours needs it.
$(PEERS): tests/bench/requirements.lock | $(UV)
	@test -x .venv-bench/bin/python || $(UV) venv --quiet --python "$$(command -v $(PYTHON))" .venv-bench
	@$(UV) pip sync --quiet --python .venv-bench/bin/python --require-hashes tests/bench/requirements.lock
	@touch $@

.uv/bin/uv: deploy/local/uv.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo 'Python 3.11 or newer is needed: install it, or name one with PYTHON=python3.12.'; exit 1; }
	@$(PYTHON) -m venv .uv || { echo 'Python cannot make environments here: install its venv package (python3-venv).'; exit 1; }
	@.uv/bin/pip install --quiet --require-hashes --requirement $<
	@touch $@
