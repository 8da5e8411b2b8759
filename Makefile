# The project's commands. All work in .venv, made on first use.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
CORPUS ?= seeds
Q ?= Wie viele Schuss Artilleriemunition lieferte Nordkorea?

.PHONY: help install ask chat index eval test format clean

help:
	@echo 'make ask Q="..."   answer a question about seeds/ (CORPUS=FOLDER for another folder)'
	@echo 'make chat          ask in the browser: http://127.0.0.1:7860'
	@echo 'make index         bring the index of seeds/ up to date'
	@echo 'make eval          score the answers on the question set of seeds/'
	@echo 'make test          formatter, linter, type checker, all tests'

install: $(VENV)/.installed

$(VENV)/.installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --constraint constraints.txt --editable '.[dev]'
	touch $@

ask: install
	@$(BIN)/beleg ask --sync --corpus $(CORPUS) -- "$$Q"

chat: install
	@$(BIN)/beleg chat --corpus $(CORPUS)

index: install
	@$(BIN)/beleg index $(CORPUS)

eval: install
	@$(BIN)/beleg eval

test: install
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest

format: install
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis

export Q
