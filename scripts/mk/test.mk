# SPDX-License-Identifier: MIT
# Tests print TAP; scripts/run-tests.sh runs them side by side and counts.
#
#   **/x_test.c                 quick, cmocka, stands beside x.c, sanitized
#   **/x_qemu_test.c            the same with a real QEMU: slow
#   */t/*.sh, selftest/*.sh     shell tests; *.slow.sh are slow

ALL_TEST_SRC  := $(shell find harness -name '*_test.c' 2>/dev/null | LC_ALL=C sort)
SLOW_TEST_SRC := $(filter %_qemu_test.c,$(ALL_TEST_SRC))
UNIT_TEST_SRC := $(filter-out $(SLOW_TEST_SRC),$(ALL_TEST_SRC))
UNIT_TESTS    := $(UNIT_TEST_SRC:%.c=$(B)/test/%) $(DC_TESTS)
SLOW_TESTS    := $(SLOW_TEST_SRC:%.c=$(B)/test/%)

ALL_TEST_SH  := $(shell find harness/t guest-userland/t syscall-tests/selftest scripts/t -maxdepth 1 \
	-name '*.sh' 2>/dev/null | LC_ALL=C sort)
SLOW_TEST_SH := $(filter %.slow.sh,$(ALL_TEST_SH))
UNIT_TEST_SH := $(filter-out $(SLOW_TEST_SH),$(ALL_TEST_SH))

TEST_ENV := B=$(abspath $(B)) CACHE=$(abspath $(CACHE)) CMOCKA_MESSAGE_OUTPUT=TAP \
	ASAN_OPTIONS=detect_leaks=1 UBSAN_OPTIONS=print_stacktrace=1

SAN_LIB_OBJ := $(filter-out $(B)/san/harness/cmd/main.o,$(SAN_OBJ))

$(B)/san/libharness.a: $(SAN_LIB_OBJ)
	@rm -f $@
	@ar rcs $@ $^

# harness/fake/lib/*.c is at hand for every test.
FAKE_LIB_OBJ := $(patsubst %.c,$(B)/san/%.o,$(wildcard harness/fake/lib/*.c))

$(B)/san/libfake.a: $(FAKE_LIB_OBJ)
	@rm -f $@
	@ar rcs $@ $^

$(B)/test/harness/machine/cloud_test: TEST_LIBS := -larchive
$(B)/test/%: $(B)/san/%.o $(B)/san/libfake.a $(B)/san/libharness.a
	@mkdir -p $(@D)
	@echo "  TEST  $@"
	@$(WHOLE) $(CC) $(SAN) -o $@ $^ $(HOST_LIBS) -lcmocka $(TEST_LIBS)

# Test doubles that are programs of this host, one source each.
FAKE_PROGS := $(patsubst harness/fake/%.c,$(B)/fake/%,$(wildcard harness/fake/*.c))

$(B)/fake/%: $(B)/san/harness/fake/%.o
	@mkdir -p $(@D)
	@echo "  FAKE  $@"
	@$(WHOLE) $(CC) $(SAN) -o $@ $<

$(UNIT_TESTS) $(SLOW_TESTS): | $(FAKE_PROGS)

-include $(ALL_TEST_SRC:%.c=$(B)/san/%.d) $(FAKE_LIB_OBJ:.o=.d)
.SECONDARY:

.PHONY: check check-unit check-slow run-checks test-programs
## make check           all of the project's own tests; last line: N passed, N failed, N skipped
check: deps-check
	@$(MAKE) --no-print-directory -j$$(nproc) all test-programs
	@$(MAKE) --no-print-directory image
	@$(MAKE) --no-print-directory run-checks

run-checks:
	@$(TEST_ENV) scripts/run-tests.sh -l $(B)/test-log $(UNIT_TESTS) $(UNIT_TEST_SH) \
		-s $(SLOW_TESTS) $(SLOW_TEST_SH)

## make check-unit      only those that need neither QEMU nor an image (seconds)
check-unit: all $(UNIT_TESTS) $(B)/test/bin/harness
	@$(TEST_ENV) scripts/run-tests.sh -l $(B)/test-log $(UNIT_TESTS) $(UNIT_TEST_SH)

## make check-slow      only those that boot guests
check-slow: all $(SLOW_TESTS) $(B)/test/bin/harness image
	@$(TEST_ENV) scripts/run-tests.sh -l $(B)/test-log -s $(SLOW_TESTS) $(SLOW_TEST_SH)

test-programs: $(UNIT_TESTS) $(SLOW_TESTS) $(B)/test/bin/harness
