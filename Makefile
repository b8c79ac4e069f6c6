# `make demo`: real WireGuard nodes and the tray. `make test`: everything that passes or fails. Both install what they need.
PYTHON = .venv/bin/python

.PHONY: demo test lint bench clean

demo: .venv/.installed-demo
	$(PYTHON) -m wgtray demo $(DEMO)

test: lint
	$(PYTHON) -m pytest

lint: .venv/.installed-test
	.venv/bin/ruff format --check
	.venv/bin/ruff check
	.venv/bin/mypy

bench: .venv/.installed-test
	$(PYTHON) -m pytest tests/bench --capture=no

clean:
	rm -rf .venv build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis

.venv/.installed-%: pyproject.toml .ci/install
	.ci/install $*
