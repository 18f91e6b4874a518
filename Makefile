# What people type. `make` alone lists it.
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
.PHONY: help demo test bench peers chaos up down status wipe fmt lint install build stack

cargo := deploy/local/cargo
# Most tests wait for servers most of the time, so more of them run than there are cores.
export RUST_TEST_THREADS ?= 6
bin := $(or $(CARGO_TARGET_DIR),target)/release

help:
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' Makefile | expand -t 16

demo: build stack ## run the whole pipeline with synthetic applications; DEMO_APPLICATIONS (100000), DEMO_SEED (1)
	@$(bin)/intake-demo

test: install stack ## all tests, against the real Kafka and PostgreSQL
	$(cargo) build --workspace --bins --tests
	$(cargo) test --workspace --lib --bins --tests

bench: build stack ## records a second of each stage and of the whole path
	@$(bin)/bench

peers: build stack ## our sink beside Debezium's JDBC sink and Bento; PEERS_ROWS (1000000), PEERS_ONLY
	@tests/peers/install
	@$(bin)/intake-peers

chaos: build ## kill, freeze and restart everything for a million events; CHAOS_APPLICATIONS, CHAOS_FAULTS (100), CHAOS_SEED
	@$(bin)/intake-chaos

up: build stack ## start everything and leave it running, without a demo
	@deploy/local/pipeline start

down: ## stop nodes, workers and stack; the data stays
	@deploy/local/pipeline stop
	@deploy/local/stack stop

status: ## what runs where
	@deploy/local/stack status || true
	@deploy/local/pipeline status

wipe: ## stop everything and delete the data
	@deploy/local/pipeline wipe --yes
	@deploy/local/stack wipe --yes

fmt: ## format the sources
	$(cargo) fmt --all

lint: install ## what CI refuses: formatting and clippy's warnings
	$(cargo) fmt --all --check
	$(cargo) clippy --workspace --all-targets -- -D warnings

# The packages bring the compilers that the build needs.
install:
	@deploy/local/stack install

build: install
	$(cargo) build --release --workspace

stack: install
	@deploy/local/stack start
