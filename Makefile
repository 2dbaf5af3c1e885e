# Two commands do everything: `make demo` and `make test`. See README.md.
PYTHON ?= python3
BIN := .venv/bin
SHELL := /bin/bash

.PHONY: demo test check format bench results oracles golden lock models clean

demo: .venv/.run-ready
	$(BIN)/fingerprint demo -o out

test: .venv/.dev-ready
	$(BIN)/python -m pytest

check: .venv/.dev-ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: .venv/.dev-ready
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: .venv/.dev-ready
	$(BIN)/python -m pytest benchmarks --benchmark-only

# Two-level ratios of float glass, ours beside those of the package lir, which has its own environment.
oracles: .venv/.run-ready .venv-oracles/.ready
	$(BIN)/python benchmarks/float_glass.py pairs out/float_glass
	.venv-oracles/bin/python benchmarks/oracles/lir_two_level.py out/float_glass
	$(BIN)/python benchmarks/float_glass.py compare out/float_glass

# Remakes what lir says of simulated pairs, which the tests compare with.
golden: .venv/.run-ready .venv-oracles/.ready
	$(BIN)/python benchmarks/oracles/simulated_pairs.py tests/golden/lir_two_level
	.venv-oracles/bin/python benchmarks/oracles/lir_two_level.py tests/golden/lir_two_level

# Rebuilds docs/results.md and docs/results; leagues in out/results that are there already are not
# measured again. Raw files come from $FINGERPRINT_DATASETS, else they are downloaded.
results: .venv/.dev-ready
	$(BIN)/python benchmarks/results.py --cache out/results

# Remakes the committed made-up library and the demonstration model from their seeds.
models: .venv/.run-ready
	$(BIN)/fingerprint simulate -o datasets/made_up --seed 20260101
	rm -rf models/made_up
	$(BIN)/fingerprint train datasets/made_up/library -o models/made_up --seed 0

# Pins every version for every Python and platform; needs uv.
lock: .venv/.dev-ready
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile pyproject.toml --group build --universal --python-version 3.11 \
	    --generate-hashes --no-emit-index-url --no-header --upgrade -o requirements.lock
	$(BIN)/uv pip compile pyproject.toml --group dev --universal --python-version 3.11 \
	    --generate-hashes --no-emit-index-url --no-header --upgrade -c requirements.lock -o requirements-dev.lock

clean:
	rm -rf .venv .venv-oracles out

.venv/bin/python:
	$(PYTHON) -m venv --clear .venv

# The project itself is built with the locked hatchling, not with one fetched at install time.
.venv/.run-ready: .venv/bin/python requirements.lock pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

.venv/.dev-ready: .venv/.run-ready requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	touch $@

.venv-oracles/.ready: benchmarks/oracles/requirements.txt
	$(PYTHON) -m venv --clear .venv-oracles
	.venv-oracles/bin/python -m pip install --quiet --disable-pip-version-check -r benchmarks/oracles/requirements.txt
	touch $@
