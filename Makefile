# make demo   the reference case, from nothing to a report
# make test   all tests
# make conformance  what every cell must keep to, on all cells, options and regularisers; 50 kills
# make lint   style, types, import contracts
# make viewer  the page that shows a network at work, from frontend/ (needs Node)
# make docs   the documentation, warnings as errors
# make pictures  the README's pictures (needs Chromium)
# make bench  Recurra beside its peers: accuracy, whole programs, kernels, jobs, studies; takes hours
# make bench-peers  the environments of the peers, under .bench

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt
PEERS := jax keras-jax keras-tensorflow neuralforecast darts
# The folder of data that the peers' forecasts are compared on as well; none: simulated series alone.
FORECASTING ?=
JOBS ?= $(shell nproc 2>/dev/null || echo 2)

.PHONY: demo test conformance lint viewer docs pictures bench bench-peers clean

demo: $(VENV)/.package
	$(BIN)/recurra forecast --demo --out recurra-demo

test: $(VENV)/.test
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest --numprocesses $(JOBS)

conformance: $(VENV)/.test
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest --numprocesses $(JOBS) -m "" tests/cells tests/conformance tests/kernels/cpu tests/explain tests/studies tests/forecasting/test_backtest_on_ray.py tests/training/test_kills.py tests/cli/test_processes.py tests/cli/test_killed_commands.py

lint: $(VENV)/.lint
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports

viewer: frontend/node_modules
	cd frontend && npm run build

# Without Node the tests of the page in a browser are skipped.
frontend/node_modules: frontend/package-lock.json
	cd frontend && npm ci --no-audit --no-fund
	touch $@

docs: $(VENV)/.docs
	$(BIN)/sphinx-build --fail-on-warning --quiet docs docs/_build

pictures: $(VENV)/.package
	$(BIN)/python docs/pictures/make.py

bench: $(VENV)/.test bench-peers
	$(BIN)/python benchmarks/reference_case/run.py --keras-python .bench/keras-jax/bin/python --seeds 10
	$(BIN)/python benchmarks/reference_case/speed.py
	$(BIN)/python benchmarks/kernels/run.py
	OMP_NUM_THREADS=1 $(BIN)/python benchmarks/applications/throughput.py
	OMP_NUM_THREADS=1 $(BIN)/python benchmarks/studies/trials.py --keras-python .bench/keras-jax/bin/python
	$(BIN)/python benchmarks/forecasting/peers.py $(FORECASTING)

bench-peers: $(PEERS:%=.bench/%/.ready)

.bench/%/.ready: benchmarks/environments/%.txt
	rm -rf .bench/$*
	$(PYTHON) -m venv .bench/$*
	.bench/$*/bin/python -m pip install --quiet --disable-pip-version-check --requirement $<
	touch $@

clean:
	rm -rf $(VENV) .bench docs/_build recurra-demo frontend/node_modules

$(VENV)/.package: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(PIP) --upgrade pip
	$(PIP) --editable ".[all]"
	touch $@

$(VENV)/.test $(VENV)/.lint $(VENV)/.docs: $(VENV)/.%: $(VENV)/.package
	$(PIP) --group $*
	touch $@
