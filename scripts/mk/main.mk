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

PREFIX  ?= /usr/local
DESTDIR ?=
.PHONY: install
## make install         into PREFIX (default /usr/local)
install: all
	install -D -m 755 $(HARNESS) $(DESTDIR)$(PREFIX)/bin/harness
	install -d $(DESTDIR)$(PREFIX)/lib/harness
	cp -r scenarios guest-userland $(DESTDIR)$(PREFIX)/lib/harness/
	cd $(B)/guest && find . -maxdepth 2 -type f -perm -u+x ! -path './obj/*' \
		-exec install -D -m 755 {} $(abspath $(DESTDIR)$(PREFIX))/lib/harness/guest/{} \;
	install -D -m 644 docs/harness.1 $(DESTDIR)$(PREFIX)/share/man/man1/harness.1
