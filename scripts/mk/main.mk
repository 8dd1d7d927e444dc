# SPDX-License-Identifier: MIT
# The main job.

# Set KERNEL=/path/kernel.elf to try your own kernel beside the reference; ARGS for more options.
KERNEL ?=
ARGS   ?=

.PHONY: check-local
## make check-local     boot, probe, log in, serve pages, report (KERNEL=… for your kernel)
check-local: deps
	@$(MAKE) --no-print-directory -j$$(nproc) all
	@$(MAKE) --no-print-directory image
	@HARNESS_CACHE=$(abspath $(CACHE)) $(HARNESS) check $(if $(KERNEL),--kernel=$(KERNEL)) $(ARGS)

.PHONY: bench
## make bench           the promised numbers into build/bench.json, samples in build/bench/
bench: deps
	@$(MAKE) --no-print-directory -j$$(nproc) all
	@$(MAKE) --no-print-directory image $(BENCHES)
	@B=$(abspath $(B)) CACHE=$(abspath $(CACHE)) scripts/bench.py $(ARGS)

PREFIX  ?= /usr/local
DESTDIR ?=
LIB      = $(DESTDIR)$(PREFIX)/lib/harness
# What the installed program reads at run time: scenarios, the scripts that make what boots, the guest's
# programs, the package list that `harness doctor` points to. Tests and sources of programs stay here.
INSTALL_DATA = $(shell find scenarios guest-userland scripts/deps.sh scripts/deps.list -type f \
	! -path 'guest-userland/t/*' ! -path 'guest-userland/agent/*' ! -path 'guest-userland/suite/*' \
	! -path 'guest-userland/dragonconfig/*' ! -path 'guest-userland/bench/*' ! -name tap.sh | LC_ALL=C sort)

.PHONY: install
## make install         into PREFIX (default /usr/local), below DESTDIR if given
install: all
	install -D -m 755 $(HARNESS) $(DESTDIR)$(PREFIX)/bin/harness
	rm -rf $(LIB)
	for f in $(INSTALL_DATA); do \
		mode=644; [ ! -x $$f ] || mode=755; install -D -m $$mode $$f $(LIB)/$$f; done
	install -D -m 755 -t $(LIB)/guest $(AGENT) $(PROBES) $(SUITE) $(DC)
	install -D -m 644 -t $(LIB)/guest/fake $(FAKE_ELFS)
	install -D -m 644 docs/harness.1 $(DESTDIR)$(PREFIX)/share/man/man1/harness.1
	install -D -m 644 scripts/completion/harness.bash \
		$(DESTDIR)$(PREFIX)/share/bash-completion/completions/harness
	install -D -m 644 scripts/completion/_harness $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_harness
