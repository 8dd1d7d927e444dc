# SPDX-License-Identifier: MIT
# What boots: reference kernel and disk images. The scripts decide by hash what is to be done, so the
# rules run always and cost nothing when nothing changed. Agent and probes go in later (inject.sh).

CACHE_ABS = $(abspath $(CACHE))
GUEST_RUN = CACHE='$(CACHE_ABS)' guest-userland

.PHONY: image image-static image-debian reference reference-cloud reference-generic
## make image           reference kernel and the disk images of both lanes
# The lanes side by side: one waits for the network while the other compiles.
image:
	@$(MAKE) --no-print-directory $(if $(filter -j%,$(MAKEFLAGS)),,-j3) \
		reference image-static image-debian

image-static:
	@$(GUEST_RUN)/image.sh static

# Status 77: not possible on this host, the reason has been printed, lane static still works.
image-debian:
	@$(GUEST_RUN)/image.sh debian || [ $$? -eq 77 ]

reference: reference-cloud

## make reference-generic   the reference kernel for machines with AHCI
reference-cloud reference-generic: reference-%:
	@$(GUEST_RUN)/reference.sh $*

.PHONY: image-clouds
## make image-clouds    build and try a disk image for each cloud, in each format and lane (minutes)
image-clouds: all image
	@$(TEST_ENV) EVERY=yes guest-userland/t/cloud_image.slow.sh
