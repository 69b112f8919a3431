# Needs only make and Python >= 3.11: each target first installs into .venv when it has to.
# Options: PYTHON=python3.12 (the interpreter to start from), PYTEST_ARGS='-k encoder', IMBGAN_DATA=folder.

PYTHON ?= python3 python3.13 python3.12 python3.11
VENV := .venv
BIN := $(VENV)/bin
# The lowest versions that pyproject.toml allows have an environment of their own, and wheels for Python 3.11 and 3.12 alone.
LOWEST := .venv-lowest
LOWEST_PYTHON ?= $(BIN)/python
# Three stamps: the package with what the demo needs, the tools of development as well, and those of the site as well.
RUNNABLE := $(VENV)/.runnable
INSTALLED := $(VENV)/.installed
DOCUMENTING := $(VENV)/.documenting
PIP := $(BIN)/python -m pip install --disable-pip-version-check --no-input -q -c constraints.txt
PYTEST_ARGS ?= -n 2
SCALE_DATA ?= .cache/scale
PYTEST := $(BIN)/python -m pytest $(PYTEST_ARGS)
# What builds the site, the built pages in a browser, and the notebooks, whose kernel warns about a connection on this machine alone.
TEST_SITE = $(BIN)/python -m pytest -m 'not slow' tests/test_site.py tests/site && $(BIN)/python -m pytest -W default --nbmake --nbmake-timeout=600 docs/tutorials
# The environment with the peers, where there is one (benchmarks/quality/README.md).
QUALITY_PYTHON ?= $(firstword $(wildcard .venv-bench/bin/python) $(BIN)/python)

ifneq ($(wildcard ../shared/datasets/catalogue.json),)
IMBGAN_DATA ?= $(CURDIR)/../shared/datasets
export IMBGAN_DATA
endif

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help demo demo-scale test check fmt lint types slow data bench bench-speed bench-scale bench-quality docs docs-full release-check test-lowest clean

help: ## show the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(RUNNABLE) ## balance an embedded data set, compare strategies, write a report
	@echo "==> demo"
	@$(BIN)/python examples/demo.py

demo-scale: $(INSTALLED) ## 5 million rows described, resampled, trained and scored in flat memory (a few minutes)
	@echo "==> demo of scale"
	@$(BIN)/python examples/demo_scale.py

test: $(INSTALLED) ## run the default tests
	@echo "==> tests"
	@$(PYTEST)

check: lint types test ## all that continuous integration runs

fmt: $(INSTALLED) ## format and apply safe fixes
	@echo "==> format"
	@$(BIN)/python -m ruff check --fix-only -q .
	@$(BIN)/python -m ruff format .

lint: $(INSTALLED) ## check rules and format
	@echo "==> lint"
	@$(BIN)/python -m ruff check .
	@$(BIN)/python -m ruff format --check .

types: $(INSTALLED) ## check the types
	@echo "==> types"
	@$(BIN)/basedpyright

docs: $(DOCUMENTING) ## build the site into build/docs/html, and test it in a browser; only changed examples run
	@echo "==> site"
	@$(BIN)/python -m docs.site
	@$(TEST_SITE)

docs-full: $(DOCUMENTING) ## the same with all examples run anew, and links to other sites checked
	@echo "==> site, anew"
	@$(BIN)/python -m docs.site --anew
	@$(TEST_SITE)

release-check: $(RUNNABLE) ## build what a release ships, and try it in empty environments (some minutes, with the package registries)
	@echo "==> release check"
	@$(BIN)/python tools/release_check.py

test-lowest: $(LOWEST)/.installed ## run the default tests with the lowest versions of all packages
	@echo "==> tests with the lowest versions"
	@# Old packages use what newer ones, which they bring, call deprecated, and leave files open.
	@$(LOWEST)/bin/python -m pytest -W ignore::DeprecationWarning -W ignore::ResourceWarning $(PYTEST_ARGS)

slow: $(INSTALLED) ## run the tests that the default run leaves out
	@echo "==> slow tests"
	@$(PYTEST) -m slow

data: $(INSTALLED) ## run the tests on real data sets (IMBGAN_DATA)
	@echo "==> tests on real data"
	@$(PYTEST) -m data

bench: bench-speed ## the same as bench-speed

bench-speed: $(INSTALLED) ## measure the speed, beside peers where .venv-ctgan is (SPEED_ARGS=--quick for a few minutes)
	@echo "==> speed benchmark"
	@$(BIN)/python -m benchmarks.speed run $(addprefix --peer-python ,$(wildcard .venv-ctgan/bin/python)) $(SPEED_ARGS)
	@$(BIN)/python -m benchmarks.speed write

bench-scale: $(INSTALLED) ## memory and time on 5, 20 and 50 million rows (hours; 10 GB in SCALE_DATA)
	@echo "==> benchmark of scale"
	@$(BIN)/python -m benchmarks.scale memory --data $(SCALE_DATA)
	@$(BIN)/python -m benchmarks.scale learn --data $(SCALE_DATA)
	@$(BIN)/python -m benchmarks.scale write

bench-quality: $(INSTALLED) ## measure whether it helps (QUALITY_ARGS=--quick for a few minutes)
	@echo "==> quality benchmark"
	@$(QUALITY_PYTHON) -m benchmarks.quality run $(QUALITY_ARGS)
	@$(QUALITY_PYTHON) -m benchmarks.quality write

clean: ## remove caches and outputs (delete .venv yourself for a fresh install)
	@rm -rf .cache .hypothesis .pytest_cache .ruff_cache build dist demo-output demo-scale-output quality-output
	@find src tests examples benchmarks -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

# The default tests compile many programs and run each for a few steps: without optimization they take half of the time.
# Tests of what is learned, and those on real data, run the programs that users run.
# JAX 0.11 ends the process at the second flag, which it no longer knows: leave it out when raising the version.
test test-lowest: export XLA_FLAGS = --xla_backend_optimization_level=0 --xla_cpu_use_fusion_emitters=false
# Tests start many processes. Without bytecode each of them compiles all packages again, which takes longer than its test:
# after a fresh install there is none, and a variable that forbids it would keep it so. Empty is as unset.
test test-lowest slow data: export PYTHONDONTWRITEBYTECODE =
# Test runs after the first one find their compiled programs here.
test test-lowest slow data: export JAX_COMPILATION_CACHE_DIR = $(CURDIR)/.cache/jax
test test-lowest slow data: export JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS = 0

# An environment whose interpreter still starts is kept, so that a changed pin costs one pip run.
$(RUNNABLE): pyproject.toml constraints.txt
	@if ! $(BIN)/python -m pip --version >/dev/null 2>&1; then \
	    found=; incomplete=; \
	    for python in $(PYTHON); do \
	        "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 || continue; \
	        if "$$python" -c 'import ensurepip, venv' >/dev/null 2>&1; then found=$$python; break; fi; \
	        incomplete=$$python; \
	    done; \
	    if [ -z "$$found" ] && [ -n "$$incomplete" ]; then \
	        echo "$$incomplete cannot make virtual environments: its venv or ensurepip module is missing." >&2; \
	        echo "Install it (Debian, Ubuntu: apt install python3-venv) and run make again." >&2; exit 1; \
	    fi; \
	    if [ -z "$$found" ]; then \
	        echo "imbgan needs Python 3.11 or newer; none of these is: $(PYTHON)." >&2; \
	        echo "Install one, or name yours: make PYTHON=/opt/python3.12/bin/python3.12 test" >&2; exit 1; \
	    fi; \
	    echo "==> virtual environment in $(VENV) ($$("$$found" --version))"; \
	    "$$found" -m venv --clear $(VENV); \
	fi
	@echo "==> install"
	@$(PIP) editables hatchling
	@$(PIP) --no-build-isolation --no-compile -e '.[demo]'
	@touch $@

$(INSTALLED): $(RUNNABLE)
	@echo "==> install the tools of development"
	@$(PIP) setuptools
	@$(PIP) --no-build-isolation -e '.[dev]'
	@touch $@

$(DOCUMENTING): $(INSTALLED)
	@echo "==> install the tools of the site"
	@$(PIP) --no-build-isolation -e '.[dev,docs]'
	@touch $@

$(LOWEST)/.installed: pyproject.toml tools/lowest.txt $(RUNNABLE)
	@$(LOWEST_PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] > (3, 12))' || { \
	    echo "The lowest versions need Python 3.11 or 3.12. Name yours: make LOWEST_PYTHON=python3.11 test-lowest" >&2; exit 1; }
	@echo "==> install the lowest versions"
	@$(LOWEST_PYTHON) -m venv --clear $(LOWEST)
	@$(LOWEST)/bin/python -m pip install --disable-pip-version-check --no-input -q -c tools/lowest.txt \
	    -e '.[dev,demo,catboost,mlflow,text]'
	@touch $@
