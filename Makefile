# The entry points of this repository. Each does its own set-up on a bare Debian or Ubuntu with only
# cargo and node; the scripts are in .ci/.
.DEFAULT_GOAL := help
.PHONY: help run test soak bench bundle fmt

help: ## Lists these entry points
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

run: ## Opens the program (without a display: does its main job in a folder)
	@.ci/start

test: ## Runs everything: formatting, lints, every test, the real window
	@.ci/test

soak: ## Runs the tests of copies for long (CASES=500: how many scripts, and kills)
	@.ci/soak $(CASES)

bench: ## Measures the budgets and prints each beside its floor
	@.ci/setup test
	@cargo build --workspace --all-targets --features carnet/empty-window
	@"$$(.ci/programs)/xtask" bench
	@cd tests/window && CARGO_TARGET_DIR=$$(dirname "$$(../../.ci/programs)") node measure.mjs

bundle: ## Makes the installable package of this system (release build)
	@.ci/setup run
	@npx --yes @tauri-apps/cli@2.12.5 build

fmt: ## Formats all code
	@.ci/setup test
	@cargo fmt --all
	@cd ui && npm run --silent format
	@ui/node_modules/.bin/prettier --log-level warn --write tests/window
