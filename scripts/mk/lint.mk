# SPDX-License-Identifier: MIT
# What the house rules can be held by a machine.

LINT_C := $(shell git ls-files '*.c' '*.h' 2>/dev/null)

.PHONY: lint format
## make lint            layers, sizes, forbidden calls, licence lines, formatting
lint:
	@scripts/lint.sh

## make format          clang-format over all C files
format:
	@clang-format -i $(LINT_C)
