# Till's verbs. `make test` runs the tests' verbs one by one; CI runs `make test`.
SHELL := /bin/bash
.DEFAULT_GOAL := help
MAKEFLAGS += --no-builtin-rules

VENV := .tools/venv
INFRA := .tools/infra
BENCH := .tools/bench
LAMBDA := .tools/lambda
REQUIREMENTS := tools/requirements.txt tests/conformance/requirements.txt tests/docs/requirements.txt
NODE_MODULES := $(patsubst %/package-lock.json,%/node_modules/.installed,$(wildcard tests/*/package-lock.json infra/*/package-lock.json))
SHELL_SCRIPTS := .ci/run $(filter-out %.txt %.in,$(wildcard tools/*))

# What is installed has the SHA-256 that is written down (tools/lock), and runs no code while it is installed.
PIP := pip install --quiet --disable-pip-version-check --require-hashes --no-deps --only-binary :all:

# Our own tools first; rustup's folder last, for a shell that never sourced its profile.
export PATH := $(CURDIR)/$(VENV)/bin:$(PATH):$(HOME)/.cargo/bin
# The tests of the page and of the sandbox start the binaries that cargo built.
export CARGO_TARGET_DIR := $(abspath $(or $(CARGO_TARGET_DIR),target))
# The function as `make package` ships it, for this machine's architecture.
BOOTSTRAP = $(CARGO_TARGET_DIR)/lambda/$(if $(filter x86_64,$(shell uname -m)),x86_64,arm64)/payments/bootstrap
# The verbs on AWS, a module each in infra/. STAGE=, and where it applies URL=; CONFIRM= answers their question.
# `python` stays that of $(VENV), which cargo-lambda asks for zig; `sam` is the pinned one.
ON_AWS = PATH="$(CURDIR)/$(VENV)/bin:$(CURDIR)/$(INFRA)/bin:$$PATH"
VERB = $(ON_AWS) PYTHONPATH=infra $(INFRA)/bin/python -m
ON_STAGE = --stage "$(STAGE)" $(if $(URL),--url "$(URL)")
export CONFIRM
# What the tests talk to is on this machine: a proxy must not get in between.
comma := ,
export NO_PROXY := 127.0.0.1,localhost$(addprefix $(comma),$(NO_PROXY))
export no_proxy := $(NO_PROXY)
export PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD := 1
export SAM_CLI_TELEMETRY := 0
export CDK_DISABLE_CLI_TELEMETRY := true

.PHONY: help run sandbox test check test-rust test-chaos test-page test-conformance test-lambda test-browser test-infra test-smoke test-simulation smoke chaos explore simulate views fuzz lighthouse screenshot watch invoke build package install test-budget bench
.PHONY: test-docs audit mutants doctor api-reference probe test-probe
.PHONY: deploy deploy-cdk secret rotate pause resume destroy test-deploy

help: ## list these verbs
	@awk -F ' *:.*## ' '/^[a-z -]+ *:.*## / { printf "  make %-18s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

run: ## the storefront and its Stripe sandbox, on http://127.0.0.1:4242
	cargo run

sandbox: ## the Stripe sandbox alone
	cargo run -p sandbox

test: ## formatting, lints and all tests, with a summary at the end
	@tools/steps install check package test-budget test-rust test-page test-conformance test-probe test-lambda test-simulation test-chaos test-browser test-infra test-deploy test-smoke test-docs

check: $(VENV)/installed ## formatting, clippy, shellcheck, spelling, workflows
	cargo fmt --all --check
	shellcheck $(SHELL_SCRIPTS)
	typos
	zizmor --offline --quiet .github/workflows
	cargo clippy --workspace --all-targets --locked -- -D warnings

test-rust: ## all Rust tests (with cargo-nextest where it is installed)
	tools/test-rust

test-page: $(NODE_MODULES) ## the page's modules and the Stripe.js stand-in, in Node
	cd tests/browser && npm run --silent unit

test-conformance: build $(NODE_MODULES) $(VENV)/installed ## Stripe's own Node and Python SDKs against the sandbox
	cd tests/conformance && npm run --silent test
	cd tests/conformance && pytest

test-probe: build $(VENV)/installed ## every question of make probe, put to the sandbox
	cd tests/probe && pytest

test-lambda: build $(LAMBDA)/installed $(VENV)/packaging ## the binary that ships (make package) under cargo-lambda's emulator, with events/ and an AWS of its own
	export BOOTSTRAP=$(BOOTSTRAP) && ARM64=$$(tools/arm64) && export ARM64 && cd tests/lambda && $(CURDIR)/$(LAMBDA)/bin/pytest

test-browser: build $(NODE_MODULES) ## a real Chromium that shops and pays
	CHROMIUM=$$(tools/chromium) && export CHROMIUM && cd tests/browser && npx playwright test

test-infra: $(INFRA)/installed $(NODE_MODULES) ## the SAM template and the CDK stack: each by itself, and equal
	cd infra/cdk && npm run --silent test
	cd tests/infra && PATH="$(CURDIR)/$(INFRA)/bin:$$PATH" pytest

test-smoke: build $(INFRA)/installed ## make smoke against cargo run and a stand-in of AWS, each thing it checks broken once
	CHROMIUM=$$(tools/chromium) && export CHROMIUM && cd tests/smoke && PATH="$(CURDIR)/$(INFRA)/bin:$$PATH" pytest

test-chaos: build package ## the binary that ships, under chaos: three fixed seeds
	tools/test-chaos $(BOOTSTRAP)

test-simulation: build ## the page's own code, the function and the sandbox in virtual time: random worlds, a small exploration, ten mutants
	tools/test-simulation

test-budget: package ## the zip is light, and the function stands on few crates
	cd tests/budget && pytest

smoke: $(INFRA)/tools ## checks a running test-mode stack from outside, and pays there: STAGE=test, or URL=https://shop.example API_URL=… BUCKET_URL=…
	@CHROMIUM=$$(tools/chromium --at-hand) || true; export CHROMIUM; \
	$(VERB) smoke $(ON_STAGE) $(if $(API_URL),--api-url "$(API_URL)") $(if $(BUCKET_URL),--bucket-url "$(BUCKET_URL)")

test-docs: build $(NODE_MODULES) $(VENV)/installed $(INFRA)/installed ## the documents: links, commands, tables, queries, the threat model's tests, the function's real log
	cd tests/docs && pytest

test-deploy: build package $(INFRA)/installed $(NODE_MODULES) ## the verbs on AWS, against an AWS on this machine and the binary that ships
	cd tests/deploy && $(ON_AWS) BOOTSTRAP=$(BOOTSTRAP) $(CURDIR)/$(INFRA)/bin/pytest

# With the tests: for the binaries alone, cargo would compile two dozen crates again, with fewer features.
build: ## the storefront and the sandbox, as the tests use them
	cargo build --workspace --bins --tests --locked

chaos: package ## shoppers, faults and an audit against the binary that ships: N=10000 SEED=1 (minutes)
	cargo run --locked --profile fuzz -p chaos -- --n $(or $(N),10000) --seed $(or $(SEED),1) --function $(BOOTSTRAP)

explore: ## every world of the simulation within a bound: DEVIATIONS=4 (minutes)
	cargo run --locked --profile fuzz -p simulation -- explore --deviations $(or $(DEVIATIONS),4)

simulate: ## random worlds of the page's own code, the function and the sandbox, in virtual time: N=1000000 SEED=1 (minutes)
	cargo run --locked --profile fuzz -p simulation -- simulate --n $(or $(N),1000000) --seed $(or $(SEED),1)

views: ## adds to tests/browser/page/views.jsonl what the simulation's pages show (minutes)
	cargo run --locked --profile fuzz -p simulation -- simulate --n $(or $(N),300000) --seed $(or $(SEED),1) --views tests/browser/page/views.jsonl --add

fuzz: ## the property tests a million times each, and cargo-fuzz where a nightly Rust is: CASES=1000000 SEARCH=60 (minutes)
	tools/fuzz

bench: package ## start-up, CPU and memory beside Node's and Python's SDKs: STARTS=20 PAYMENTS=200 (minutes)
	tools/bench-peers $(BENCH)
	for format in binary zip; do \
	  cargo lambda build --release --locked --package floor --output-format $$format --lambda-dir $(BENCH) || exit; done
	cargo run --locked --profile fuzz -p bench -- --starts $(or $(STARTS),20) --payments $(or $(PAYMENTS),200) \
	  --till $(BOOTSTRAP) --floor $(BENCH)/floor/bootstrap --peers $(BENCH) --out $(BENCH)/report

lighthouse: build $(NODE_MODULES) ## the page's marks on a phone: 100 in all four, or it fails
	CHROMIUM=$$(tools/chromium) && export CHROMIUM && cd tests/browser && npm run --silent lighthouse

screenshot: build $(NODE_MODULES) ## docs/images/checkout.webp anew: the page, for the README
	CHROMIUM=$$(tools/chromium) && export CHROMIUM && cd tests/browser && npm run --silent screenshot

mutants: $(NODE_MODULES) $(VENV)/installed ## each control of the threat model taken away, each fault of the protocol put in: something has to notice: ONLY=part of a name (an hour)
	CHROMIUM=$$(tools/chromium) && export CHROMIUM && python tests/mutants/mutants.py --only "$(ONLY)"
	cargo build --locked --profile fuzz -p simulation
	python tests/mutants/protocol.py --simulation $(CARGO_TARGET_DIR)/fuzz/simulation --only "$(ONLY)"

# Python's standard library alone: what runs beside a key is in this repository.
probe: ## asks Stripe's test mode what Till builds on, and says what differs: STRIPE_SECRET_KEY, or typed without echo (minutes)
	@python3 tests/probe/probe.py

audit: ## licences, sources, advisories of the crates, and unused ones (compiles cargo-deny once: minutes)
	tools/audit

doctor: ## what is missing on this machine, and how to get it
	@tools/doctor

api-reference: $(VENV)/installed ## writes docs/api.md from docs/openapi.yaml
	python docs/api.py >docs/api.md

watch: desk ## the function under cargo-lambda, rebuilt at each edit, on http://127.0.0.1:9000, with a Stripe sandbox behind it
	python3 local/desk watch

invoke: desk ## sends one of events/ to the function, and prints the answer: EVENT=declined
	@python3 local/desk invoke $(EVENT)

# In one build with the storefront's features: after `cargo run` there is little left to compile.
.PHONY: desk
desk: $(VENV)/packaging
	@cargo build --quiet --locked --bin payments --bin sandbox

package: $(VENV)/packaging ## the zips that Lambda runs, by cargo-lambda (minutes); one of the two: ARCHITECTURE=x86_64 or arm64
	tools/package $(ARCHITECTURE)

deploy: $(INFRA)/tools $(if $(CODE),,$(VENV)/packaging) ## the function and the site to a stage, with SAM: STAGE=test; CODE=a zip of make package
	@$(VERB) deploy.release --tool sam $(ON_STAGE) $(if $(CODE),--code "$(CODE)")

deploy-cdk: $(INFRA)/tools $(VENV)/packaging infra/cdk/node_modules/.installed ## the same with the CDK: STAGE=test
	@$(VERB) deploy.release --tool cdk $(ON_STAGE)

secret: $(INFRA)/tools ## store Stripe's secret key for a stage, typed without echo: STAGE=test
	@$(VERB) deploy.secret $(ON_STAGE)

rotate: $(INFRA)/tools ## another key of Stripe's for a stage in use, proved: STAGE=test
	@$(VERB) deploy.rotate $(ON_STAGE)

pause resume: $(INFRA)/tools ## the kill switch: begin no payment, or take them again: STAGE=test
	@$(VERB) deploy.switch --to $@ $(ON_STAGE)

destroy: $(INFRA)/tools ## remove a stage, and name what stays: STAGE=test
	@$(VERB) deploy.destroy $(ON_STAGE)

install: $(VENV)/installed $(VENV)/packaging $(INFRA)/installed $(LAMBDA)/installed $(NODE_MODULES) ## what the tests need: Python and Node packages into .tools and node_modules, Chromium
	@chromium=$$(tools/chromium) && echo "Chromium: $$chromium"

$(VENV)/installed: tools/python tools/node $(REQUIREMENTS)
	tools/python $(VENV) $(REQUIREMENTS)
	tools/node $(VENV)
	touch $@

$(VENV)/packaging: tools/requirements-package.txt $(VENV)/installed
	@echo "Installing cargo-lambda and zig into $(VENV)"
	$(VENV)/bin/$(PIP) -r $<
	touch $@

$(LAMBDA)/installed: tools/python tests/lambda/requirements.txt
	tools/python $(LAMBDA) tests/lambda/requirements.txt
	touch $@

# Apart from the others: the SAM CLI pins what it stands on. Who deploys gets SAM and the SDK; the tests add to it.
$(INFRA)/tools: tools/python infra/requirements.txt
	tools/python $(INFRA) infra/requirements.txt
	touch $@

$(INFRA)/installed: tests/infra/requirements.txt $(INFRA)/tools
	@echo "Installing linters and moto into $(INFRA)"
	$(INFRA)/bin/$(PIP) -r $<
	touch $@

$(NODE_MODULES): %/node_modules/.installed: %/package-lock.json $(VENV)/installed
	cd $* && npm ci --ignore-scripts --no-fund --no-audit
	touch $@
