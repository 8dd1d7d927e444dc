# SPDX-License-Identifier: MIT
# Guest programs: small, static, musl. Each of GUEST_PROGS has its sources named below.

GUEST_CC     := musl-gcc
GUEST_CFLAGS := -std=gnu17 -D_GNU_SOURCE -O2 -g -static -fno-strict-aliasing -Wall -Wextra -Werror \
	-Wno-unused-parameter -Wno-missing-field-initializers -idirafter /usr/include \
	-idirafter /usr/include/x86_64-linux-gnu

PROBES_SRC := $(filter-out syscall-tests/selftest/%,$(shell find syscall-tests -name '*.c' 2>/dev/null | LC_ALL=C sort))
PROBES_OBJ := $(PROBES_SRC:%.c=$(B)/guest/obj/%.o)
PROBES     := $(B)/guest/probes

.PHONY: guest
## make guest           the programs that run in the guest: probes, agent
guest: $(PROBES)

$(PROBES): $(PROBES_OBJ)
	@mkdir -p $(@D)
	@echo "  GLINK $@"
	@$(GUEST_CC) -static -o $@ $^

$(B)/guest.flags: FORCE
	@mkdir -p $(@D)
	@echo '$(GUEST_CFLAGS)' | cmp -s - $@ || echo '$(GUEST_CFLAGS)' >$@

$(B)/guest/obj/%.o: %.c $(B)/guest.flags
	@mkdir -p $(@D)
	@echo "  GCC   $<"
	@$(GUEST_CC) $(GUEST_CFLAGS) -Isyscall-tests -Iharness -MMD -MP -c -o $@ $<

-include $(PROBES_OBJ:.o=.d)
