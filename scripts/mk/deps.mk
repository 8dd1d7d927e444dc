# SPDX-License-Identifier: MIT
# Debian packages: scripts/deps.list says which and why.

.PHONY: deps deps-check deps-dev
## make deps            install the missing Debian packages (root or sudo)
deps:
	@scripts/deps.sh

## make deps-check      the same, and what the project's own tests need
deps-check:
	@scripts/deps.sh --check

## make deps-dev        the same, and what maintainers' tools need
deps-dev:
	@scripts/deps.sh --check --dev
