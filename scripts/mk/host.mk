# SPDX-License-Identifier: MIT
# The host program: every harness/**/*.c but tests, benchmarks, fuzz targets and test doubles.
#
# Two builds of the same sources: plain (build/obj) and sanitized (build/san, used by unit tests).

CC         ?= gcc
HOST_PKGS  := libuv libssh jansson yaml-0.1 sqlite3 libdw libelf libpcre2-8 libcrypto zlib
# Loaded when first used (base/library.h).
LATE_PKGS  := libcurl libarchive
# Evaluated when first used, so that `make deps` works before the packages are there.
HOST_CFLAGS = $(eval HOST_CFLAGS := $(shell pkg-config --cflags $(HOST_PKGS) $(LATE_PKGS)))$(HOST_CFLAGS)
HOST_LIBS   = $(eval HOST_LIBS := $(shell pkg-config --libs $(HOST_PKGS)) -liberty -lslirp -lm)$(HOST_LIBS)

WARN := -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
	-Wpointer-arith -Wvla -Wformat=2 -Wimplicit-fallthrough \
	-Wno-unused-parameter -Wno-missing-field-initializers -Wno-format-truncation
BASE_CFLAGS := -std=gnu17 -D_GNU_SOURCE -O2 -g -fno-strict-aliasing $(WARN) -Iharness
SAN := -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer

HOST_SRC  := $(filter-out %_test.c %_fuzz.c %_bench.c harness/fake/% harness/t/%, \
	$(shell find harness -name '*.c' 2>/dev/null | LC_ALL=C sort))
HOST_OBJ  := $(HOST_SRC:%.c=$(B)/obj/%.o)
SAN_OBJ   := $(HOST_SRC:%.c=$(B)/san/%.o)
HARNESS   := $(B)/bin/harness

# Programs that measure one part alone: harness/**/x_bench.c.
BENCH_SRC := $(shell find harness -name '*_bench.c' | LC_ALL=C sort)
BENCHES   := $(BENCH_SRC:%.c=$(B)/bench/bin/%)

$(B)/bench/bin/%: $(B)/obj/%.o $(filter-out $(B)/obj/harness/cmd/%,$(HOST_OBJ))
	@mkdir -p $(@D)
	@echo "  BENCH $@"
	@$(WHOLE) $(CC) -o $@ $^ $(HOST_LIBS)

.PHONY: host
## make host            build/bin/harness
host: $(HARNESS)

$(HARNESS): $(HOST_OBJ)
	@mkdir -p $(@D)
	@echo "  LINK  $@"
	@$(WHOLE) $(CC) -o $@ $^ $(HOST_LIBS)

$(B)/test/bin/harness: $(SAN_OBJ)
	@mkdir -p $(@D)
	@echo "  LINK  $@"
	@$(WHOLE) $(CC) $(SAN) -o $@ $^ $(HOST_LIBS)

# Changed flags rebuild: the stamp changes only when the text does.
$(B)/host.flags: FORCE
	@mkdir -p $(@D)
	@echo '$(CC) $(BASE_CFLAGS) $(SAN)' | cmp -s - $@ || echo '$(CC) $(BASE_CFLAGS) $(SAN)' >$@
.PHONY: FORCE
FORCE:

$(B)/obj/%.o: %.c $(B)/host.flags
	@mkdir -p $(@D)
	@echo "  CC    $<"
	@$(WHOLE) $(CC) $(BASE_CFLAGS) $(HOST_CFLAGS) -MMD -MP -c -o $@ $<

$(B)/san/%.o: %.c $(B)/host.flags
	@mkdir -p $(@D)
	@echo "  CC.S  $<"
	@$(WHOLE) $(CC) $(BASE_CFLAGS) $(SAN) $(HOST_CFLAGS) -MMD -MP -c -o $@ $<

-include $(HOST_OBJ:.o=.d) $(SAN_OBJ:.o=.d)
