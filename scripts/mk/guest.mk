# SPDX-License-Identifier: MIT
# Guest programs: small, static, musl. Each of GUEST_PROGS has its sources named below.

GUEST_CC     := musl-gcc
GUEST_CFLAGS := -std=gnu17 -D_GNU_SOURCE -O2 -g -static -fno-strict-aliasing -Wall -Wextra -Werror \
	-Wno-unused-parameter -Wno-missing-field-initializers -idirafter /usr/include \
	-idirafter /usr/include/x86_64-linux-gnu

find_c = $(shell find $(1) -name '*.c' 2>/dev/null | LC_ALL=C sort)
guest_obj = $(patsubst %.c,$(B)/guest/obj/%.o,$(1))

PROBES_LIB      := $(call guest_obj,$(call find_c,syscall-tests/lib))
PROBES_OBJ      := $(PROBES_LIB) $(call guest_obj,$(call find_c,syscall-tests/calls))
SELFTEST_OBJ    := $(PROBES_LIB) $(call guest_obj,$(call find_c,syscall-tests/selftest))
AGENT_OBJ       := $(call guest_obj,$(call find_c,guest-userland/agent) harness/wire/frame.c \
	harness/wire/link.c harness/wire/msg.c)
PROBES          := $(B)/guest/probes
PROBES_SELFTEST := $(B)/guest/probes-selftest
AGENT           := $(B)/guest/agent
SUITE_OBJ       := $(call guest_obj,$(call find_c,guest-userland/suite))
SUITE           := $(B)/guest/suite

.PHONY: guest
## make guest           the programs that run in the guest: probes, agent
guest: $(PROBES) $(PROBES_SELFTEST) $(AGENT) $(SUITE)

# A source taken away links anew as well: the list of objects changes only when its text does.
$(B)/guest/probes.list: FORCE
	@mkdir -p $(@D)
	@echo '$(sort $(PROBES_OBJ) $(SELFTEST_OBJ))' | cmp -s - $@ || \
		echo '$(sort $(PROBES_OBJ) $(SELFTEST_OBJ))' >$@

$(PROBES): $(PROBES_OBJ) $(B)/guest/probes.list
$(PROBES_SELFTEST): $(SELFTEST_OBJ) $(B)/guest/probes.list
$(PROBES) $(PROBES_SELFTEST):
	@mkdir -p $(@D)
	@echo "  GLINK $@"
	@$(WHOLE) $(GUEST_CC) -static -o $@ $(filter %.o,$^) -lm

# A kilobyte without a library, which probes write to a file and execute.
TINY := $(B)/guest/tiny

$(TINY): syscall-tests/tiny/tiny_main.c syscall-tests/lib/tiny_wish.h $(B)/guest.flags
	@mkdir -p $(@D)
	@echo "  GCC   $@"
	@$(WHOLE) $(GUEST_CC) $(GUEST_CFLAGS) -g0 -Os -nostdlib -fno-stack-protector -fno-pie -no-pie \
		-fno-asynchronous-unwind-tables -Wl,--build-id=none -Wl,-z,noseparate-code \
		-Wl,-z,max-page-size=4096 -Wl,-s -Isyscall-tests -o $@ $<

$(B)/guest/obj/syscall-tests/lib/tiny.o: $(TINY)
$(B)/guest/obj/syscall-tests/lib/tiny.o: GUEST_CFLAGS += -DTINY_PATH='"$(TINY)"'

# Kept small: it is read from a slow disk before anything else happens.
$(AGENT_OBJ): GUEST_CFLAGS += -Iguest-userland/agent -Os -ffunction-sections -fdata-sections
$(AGENT): $(AGENT_OBJ)
	@mkdir -p $(@D)
	@echo "  GLINK $@"
	@$(WHOLE) $(GUEST_CC) -static -s -Wl,--gc-sections -o $@ $^

# The runner of other projects' test programs.
$(SUITE_OBJ): GUEST_CFLAGS += -Iguest-userland/suite -Os -ffunction-sections -fdata-sections
$(SUITE): $(SUITE_OBJ)
	@mkdir -p $(@D)
	@echo "  GLINK $@"
	@$(WHOLE) $(GUEST_CC) -static -s -Wl,--gc-sections -o $@ $^

$(B)/guest.flags: FORCE
	@mkdir -p $(@D)
	@echo '$(GUEST_CFLAGS)' | cmp -s - $@ || echo '$(GUEST_CFLAGS)' >$@

$(B)/guest/obj/%.o: %.c $(B)/guest.flags
	@mkdir -p $(@D)
	@echo "  GCC   $<"
	@$(WHOLE) $(GUEST_CC) $(GUEST_CFLAGS) -Isyscall-tests -Iharness -MMD -MP -c -o $@ $<

-include $(patsubst %.o,%.d,$(sort $(PROBES_OBJ) $(SELFTEST_OBJ) $(AGENT_OBJ) $(SUITE_OBJ)))
