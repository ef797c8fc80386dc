# The two commands that matter: `make demo` and `make test`. Both install what they need.
SHELL := /bin/bash
.DEFAULT_GOAL := help
NODE := node --import tsx

.PHONY: help setup build demo test test-odoo-upstream uat lint format bench chaos soak-72h poc-1 poc-4 poc-5 load-1 load-2 load-3 stop clean

help: ## this list
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

setup: ## install what is missing: Debian packages, npm packages, Odoo 19
	@deploy/native/setup.sh

build: setup ## compile the bridge and the POS front end
	@npm run --silent build

demo: build ## everything up and one sale made and shown; ONCE=1 ends by itself
	@$(NODE) fixtures/demo/main.ts $(if $(ONCE),--once)

test: build ## all tests; PHASE=unit|addon|upstream|integration runs one phase
	@$(NODE) tests/run.ts $(PHASE)

test-odoo-upstream: build ## all of Odoo's own POS tests with our addons and no till, compared by name with stock
	@$(NODE) tests/upstream/main.ts

uat: build ## acceptance scenarios in the real POS, with a protocol; SCENARIO=05b runs one
	@$(NODE) tests/uat/main.ts $(if $(SCENARIO),--scenario $(SCENARIO))

lint: setup ## types, ESLint, Prettier, flake8, black, isort
	@$(NODE) tests/run.ts lint

format: setup ## rewrite the sources in the agreed form
	@npm run --silent format
	@black -q odoo_addons && isort -q odoo_addons

bench: build ## speed, as ratios within one run
	@$(NODE) tests/bench/main.ts

chaos: build ## random orders and faults, five ledgers compared; RUNS=n SEED=s
	@$(NODE) tests/chaos/main.ts $(if $(RUNS),--runs $(RUNS)) $(if $(SEED),--seed $(SEED)) \
		$(if $(TILLS),--tills $(TILLS)) $(if $(ORDERS_PER_FAULT),--orders-per-fault $(ORDERS_PER_FAULT)) \
		$(if $(ODOO_WORKERS),--odoo-workers $(ODOO_WORKERS)) $(if $(KEEP),--keep)

soak-72h: build ## 72 h (clocks put forward) without Odoo: 10,000 receipts kept and delivered; RUNS=n
	@$(NODE) tests/chaos/soak.ts $(if $(RUNS),--runs $(RUNS)) $(if $(SEED),--seed $(SEED))

poc-1: build ## the register, >= 50 operations; DEVICE=serial:PATH or tcp:HOST:PORT for a real one
	@DEVICE=$(DEVICE) $(NODE) tests/poc/poc-1.ts

poc-4: build ## eight hours offline: sales, overflow, a wrong clock, a killed bridge
	@$(NODE) tests/poc/poc-4.ts

poc-5: build ## split-brain: Odoo lost, a slow ОФД, flapping links, two syncs at once
	@$(NODE) tests/poc/poc-5.ts

load-1: build ## two tills offline, 50 receipts each, delivered
	@$(NODE) tests/load/load-1.ts

load-2: build ## the buffer overflows at 201
	@$(NODE) tests/load/load-2.ts

load-3: build ## 200 receipts synced by themselves
	@$(NODE) tests/load/load-3.ts

stop: ## end what the demo or a broken-off test run left running
	@if [ -d node_modules/tsx ]; then $(NODE) deploy/native/src/main.ts down; fi

clean: stop ## remove what a run makes (Odoo, databases, logs); keeps node_modules
	@rm -rf .run/* bridge/dist odoo_addons/*/static/src
