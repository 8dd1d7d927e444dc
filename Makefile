# SPDX-License-Identifier: MIT
# The front door. Rules are in scripts/mk/; all output goes to build/.
#
#   make check-local [KERNEL=/path/kernel.elf]   boot, probe, log in, serve pages, report
#   make check                                   the project's own tests
#   make help                                    everything else

.DEFAULT_GOAL := all
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules

B     ?= build
# One spelling: the same folder named absolutely would count as another one and link anew.
override B := $(patsubst $(CURDIR)/%,%,$(B))
# What is slow to make and safe to share between checkouts: images, kernels, fetched sources.
CACHE ?= $(B)/cache

# Before a compiler or linker: a build that is killed leaves no half of a file that counts as made.
WHOLE := scripts/whole.sh

include scripts/mk/deps.mk
include scripts/mk/host.mk
include scripts/mk/guest.mk
include scripts/mk/image.mk
include scripts/mk/dragonconfig.mk
include scripts/mk/fake.mk
include scripts/mk/test.mk
include scripts/mk/fuzz.mk
include scripts/mk/lint.mk
include scripts/mk/main.mk

.PHONY: all clean help
all: host guest dragonconfig

clean:
	rm -rf $(B)

help:
	@sed -n 's/^#   //p' Makefile
	@sed -n 's/^## //p' scripts/mk/*.mk
