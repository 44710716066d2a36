# Everything sets itself up: `make demo` on a bare Debian is enough.
SHELL := /bin/bash
python := .venv/bin/python
# `make bench ONLY=name` runs one benchmark.
ONLY ?= $(patsubst benchmarks/%.py,%,$(filter-out benchmarks/_%,$(wildcard benchmarks/*.py)))

# Most stories wait for real clocks: five at a time wait together, fewer where memory is small (each takes up to 900 MB,
# with its browser 1.5 GB). A file's tests stay in one process, in their order; the files' order is that of
# tests/conftest.py.
at_once := $(shell awk '/^MemTotal/ { n = int($$2 / 1500000); print (n < 1 ? 1 : n > 5 ? 5 : n) }' /proc/meminfo)
SIDE_BY_SIDE = --numprocesses=$(at_once) --dist=loadfile --no-loadscope-reorder

.PHONY: help setup demo test unit pictures lint soak bench install-node install-hub lock clean

help: ## what can be asked for
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## install what tests and demo need, and nothing else
	@install/setup.sh test

demo: setup ## a hub and three villages on this machine
	@$(python) -m simulator

test: lint ## lint and all tests (minutes)
	@$(python) -m pytest -m 'not soak' $(SIDE_BY_SIDE)

unit: setup ## the tests without real processes: seconds, on any processor
	@$(python) -m pytest -m 'not real and not soak'

pictures: setup ## the pictures of docs/ made anew
	@LOA_PICTURES=yes $(python) -m pytest -q tests/hub/web/test_pictures.py

lint: setup ## style and types
	@$(python) -m ruff check
	@$(python) -m ruff format --check
	@$(python) -m mypy

soak: setup ## the tests that take long
	@$(python) -m pytest -m soak

bench: setup ## the benchmarks; ONLY=name for one
	@for name in $(ONLY); do $(python) -m benchmarks.$$name || exit 1; done

install-node: ## on a Pi: the four processes of a cultural house
	@install/setup.sh node

install-hub: ## on the commune's computer: the hub
	@install/setup.sh hub

lock: ## write locks/ anew from pyproject.toml (needs uv)
	@install/lock.sh

clean: ## remove what was made here
	@rm -rf .venv .demo build *.egg-info hub/web/static/vendor .mypy_cache .ruff_cache .pytest_cache .hypothesis
	@find . -name __pycache__ -prune -exec rm -rf {} +
