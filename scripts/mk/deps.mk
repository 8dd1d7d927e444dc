# SPDX-License-Identifier: MIT
# Debian packages: scripts/deps.list says which and why.

.PHONY: deps deps-dev
## make deps            install the missing Debian packages (root or sudo)
deps:
	@scripts/deps.sh

## make deps-dev        the same, and what maintainers' tools need
deps-dev:
	@scripts/deps.sh --dev
