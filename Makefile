# Naru. `make run` starts it, `make test` tests it; both set up what they need.
PYTHON ?= python3
PORT ?= 8000
BIN = .venv/bin
export PYTHONUNBUFFERED = 1
export PIP_DISABLE_PIP_VERSION_CHECK = 1
INSTALL = @$(BIN)/pip install --quiet --progress-bar off --require-hashes -r
TRY_AGAIN = The installation is not complete; the lines above say why. Mostly it is the network: run the same command again.

.PHONY: setup setup-dev run test lint bench shots train lock messages clean .venv-package

setup: .venv/.runtime
	@$(MAKE) -s --no-print-directory .venv/.messages
setup-dev: .venv/.dev
	@$(MAKE) -s --no-print-directory .venv/.messages

.venv/bin/python:
	@command -v $(PYTHON) >/dev/null || { echo "Naru needs Python 3.11 or newer, and there is no $(PYTHON) here. Debian: apt-get install python3 python3-venv"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Naru needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) -V). If there is a newer one: make PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || $(MAKE) --no-print-directory .venv-package
	@$(PYTHON) -m venv .venv

# Debian keeps Python's venv in a package of its own.
.venv-package:
	@[ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null || { echo "Python's venv is missing. Debian: sudo apt-get install python3-venv, then try again"; exit 1; }
	apt-get update && apt-get install -y python3-venv

# The stamps make a second run free; a changed lock installs again.
.venv/.runtime: requirements.txt | .venv/bin/python
	@echo "Installing what Naru runs on: about 100 MB, a minute or two."
	$(INSTALL) requirements.txt || { echo "$(TRY_AGAIN)"; exit 1; }
	@touch $@

.venv/.dev: requirements-dev.txt | .venv/bin/python
	@echo "Installing what Naru and its tests run on: about 400 MB, two minutes or three."
	$(INSTALL) requirements-dev.txt || { echo "$(TRY_AGAIN)"; exit 1; }
	@touch $@ .venv/.runtime

.venv/.messages: $(wildcard locale/*/LC_MESSAGES/*.po locale/*/*/LC_MESSAGES/*.po)
	@$(BIN)/python -m telehealth.messages
	@touch $@

run: setup
	@exec $(BIN)/python manage.py run --port $(PORT)

test: setup-dev
	$(BIN)/python -m tests.run

lint: setup-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy
	$(BIN)/python -m tests.lint

bench: setup-dev
	$(BIN)/python -m bench.run

shots: setup-dev
	$(BIN)/python -m tests.shots

train: setup-dev
	$(BIN)/python -m triage.training.train

lock: setup-dev
	@command -v uv >/dev/null || $(BIN)/pip install uv
	PATH="$(BIN):$$PATH" uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate requirements.in -o requirements.txt
	PATH="$(BIN):$$PATH" uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate requirements-dev.in -o requirements-dev.txt

messages: setup-dev
	$(BIN)/python manage.py makemessages -l ko --no-location --no-wrap --ignore=".venv/*" --ignore="var/*"

clean:
	rm -rf .venv var
