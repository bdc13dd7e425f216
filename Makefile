# Kaizha: the two commands are `make run` and `make test`; everything else is for those who change the code.
# Needs Python >= 3.11 with pip, and make. Everything is installed into .venv, at locked versions.
PYTHON ?= python3
PORT ?= 8000
HOST ?= 127.0.0.1
BIN := .venv/bin

.PHONY: run test check check-deep bench lock clean

run: .venv/.core
	$(BIN)/kaizha demo --host $(HOST) --port $(PORT)

# Side by side what may be, the longest files first; then, one after another, what holds servers to seconds. The tests start
# many processes of this code: it is compiled once, whatever the surroundings say.
test: export PYTHONDONTWRITEBYTECODE :=
test: .venv/.dev
	$(BIN)/python -m pytest -m "not deep and not alone" -n auto --dist loadfile --no-loadscope-reorder
	$(BIN)/python -m pytest -m "alone and not deep"

check: .venv/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest tests/contract -q
	$(BIN)/python tests/contract/wheel_smoke.py

# Long campaigns (faults, fuzz), run by hand and reported.
check-deep: .venv/.dev
	$(BIN)/python -m pytest tests/deep -m deep

bench: .venv/.dev
	$(BIN)/python -m benchmarks.read
	$(BIN)/python -m benchmarks.publish
	$(BIN)/python -m benchmarks.serve
	$(BIN)/python -m benchmarks.growth
	$(BIN)/python -m benchmarks.overload
	$(BIN)/python -m benchmarks.screen
	$(BIN)/python -m benchmarks.activate
	$(BIN)/python -m benchmarks.quality
	$(BIN)/python -m benchmarks.detect
	$(BIN)/python -m benchmarks.risk
	$(BIN)/python -m benchmarks.mosaic
	$(BIN)/python -m benchmarks.services
	$(BIN)/python -m benchmarks.observe

# Locked with hashes, for every platform, without naming an index.
lock: .venv/bin/python
	$(BIN)/pip install -q uv
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
		pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
		--extra postgres --extra test --extra dev --extra bench -c requirements.lock pyproject.toml -o requirements-dev.lock

.venv/bin/python:
	$(PYTHON) -c 'import sys; sys.exit("Kaizha needs Python 3.11 or later; say make PYTHON=python3.12" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv .venv

.venv/.core: .venv/bin/python requirements.lock pyproject.toml
	$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install -q --disable-pip-version-check --no-deps -e .
	touch $@

.venv/.dev: .venv/.core requirements-dev.lock requirements-oracle.lock
	$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/pip install -q --disable-pip-version-check --require-hashes --no-deps -r requirements-oracle.lock
	touch $@

clean:
	rm -rf .venv var dist build
