# The commands of this project. `make help` lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help run migrate demo-connect test prove bench format lint clean

help: ## lists these commands
	@sed -nE 's/^([a-z-]+):.*## (.*)/make \1|\2/p' $(MAKEFILE_LIST) | while IFS='|' read -r name text; do \
		printf '  %-18s %s\n' "$$name" "$$text"; done

run: ## builds the server, starts it with a private database, and says how to try it
	@deploy/run.sh

migrate: ## deploys sql/ to the database of a running `make run`, or to PGSERVER_DATABASE_URL
	@export PGSERVER_DATABASE_URL="$${PGSERVER_DATABASE_URL:-$$(deploy/cluster.sh url .pgserver pgserver)}" && \
		.build/release/pg-server migrate --sql sql

demo-connect: ## connects the tenant of EMAIL=… to the demonstration of a running `make run`
	@deploy/demo.sh connect '$(EMAIL)'

test: ## runs every test against a throw-away database (FILTER=… for some)
	@deploy/test.sh $(if $(FILTER),'$(FILTER)')

prove: ## runs the proofs that take long (Tests/prove)
	@for proof in Tests/prove/*.sh; do "$$proof" || exit 1; done

bench: ## measures; bench/README.md says what and how
	@bench/run

format: ## formats the Swift sources
	@swift format --in-place --recursive Package.swift Sources Tests

lint: ## checks the format of the Swift sources and the shell scripts
	@swift format lint --strict --recursive Package.swift Sources Tests
	@if command -v shellcheck >/dev/null; then shellcheck --external-sources deploy/*.sh Tests/prove/*.sh .ci/run; \
		else echo 'shellcheck is not installed: the shell scripts are not checked'; fi

clean: ## removes the build and, after asking, the private database (FORCE=1 does not ask)
	@if [ -d .pgserver ] && [ "$(FORCE)" != 1 ]; then \
		read -r -p 'Remove the private database in .pgserver and all its data? [y/N] ' answer; \
		[ "$$answer" = y ] || { echo 'Nothing was removed.'; exit 1; }; fi
	@deploy/cluster.sh remove .pgserver
	@rm -rf .build
