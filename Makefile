# Naru. `make run` starts it, `make test` tests it; both set up what they need.
PYTHON ?= python3
PORT ?= 8000
BIN = .venv/bin
export PYTHONUNBUFFERED = 1
export PIP_DISABLE_PIP_VERSION_CHECK = 1

.PHONY: setup setup-dev run test lint bench shots train lock messages clean

setup: .venv/.runtime .venv/.messages
setup-dev: .venv/.dev .venv/.messages

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Naru needs Python 3.11 or newer: apt-get install python3.11, or make PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { [ "$$(id -u)" = 0 ] && apt-get update -q && apt-get install -y -q python3-venv; } || { echo "Python's venv is missing: apt-get install python3-venv, then try again"; exit 1; }
	$(PYTHON) -m venv .venv

.venv/.runtime: requirements.txt | .venv/bin/python
	@echo "Installing what Naru runs on ..."
	$(BIN)/pip install --progress-bar off --require-hashes -r requirements.txt | grep -v "already satisfied" || true
	@$(BIN)/python -c "import django, aiortc, onnxruntime, celery, daphne" || { echo "The installation is not complete: check the network and run make again"; exit 1; }
	@touch $@

.venv/.dev: requirements-dev.txt | .venv/bin/python
	@echo "Installing what Naru and its tests run on ..."
	$(BIN)/pip install --progress-bar off --require-hashes -r requirements-dev.txt | grep -v "already satisfied" || true
	@$(BIN)/python -c "import django, pytest, playwright, sklearn" || { echo "The installation is not complete: check the network and run make again"; exit 1; }
	@touch $@ .venv/.runtime

.venv/.messages: locale/ko/LC_MESSAGES/django.po | .venv/bin/python
	@$(BIN)/pybabel --quiet compile -d locale -D django 2>/dev/null || $(BIN)/pybabel compile -d locale -D django
	@touch $@

run: setup
	$(BIN)/python manage.py run --port $(PORT)

test: setup-dev
	$(BIN)/python -m tests.run

lint: setup-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy
	NARU_STATE=$${TMPDIR:-/tmp}/naru-lint $(BIN)/python -m tests.lint

bench: setup-dev
	$(BIN)/python -m bench.run

shots: setup-dev
	$(BIN)/python -m tests.shots

train: setup-dev
	$(BIN)/python -m triage.training.train

lock:
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate requirements.in -o requirements.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate requirements-dev.in -o requirements-dev.txt

messages: setup-dev
	$(BIN)/python manage.py makemessages -l ko --no-location --no-wrap --ignore=".venv/*" --ignore="var/*"

clean:
	rm -rf .venv var
