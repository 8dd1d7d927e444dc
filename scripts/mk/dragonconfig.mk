# SPDX-License-Identifier: MIT
# DragonConfig, the guest's first-boot agent: one static program for the guest, and the same sources
# for this host, where `dragonconfig schema --check FILE` is of use and its tests run.

DC_DIR  := guest-userland/dragonconfig
DC_SRC  := $(filter-out %_test.c %_fuzz.c,$(wildcard $(DC_DIR)/*.c))
# Of harness/base what needs nothing but a C library.
DC_BASE := $(patsubst %,harness/base/%.c,deadline err fsutil strbuf strv xalloc) harness/wire/ansi.c harness/wire/escape.c harness/wire/http1.c harness/wire/jsonw.c
DC_LIBS := libyaml zlib libxcrypt-sha512 libsodium
# What they are called when a program is linked with them.
DC_LINK := -lyaml -lz -lcrypt -lsodium -lm
DC_CFLAGS := -I$(DC_DIR)

DC_HOST := $(B)/bin/dragonconfig
DC      := $(B)/guest/dragonconfig

.PHONY: dragonconfig
## make dragonconfig    the first-boot agent, for this host and (static) for the guest
dragonconfig: $(DC_HOST) $(DC)

.PHONY: dragonconfig-killed
## make dragonconfig-killed    kill it before each system call that changes something (minutes)
dragonconfig-killed: dragonconfig $(B)/fake/meddle
	@$(TEST_ENV) KILL_AT=every guest-userland/t/dragonconfig_killed.sh
	@$(TEST_ENV) KILL_AT=every KILL_SOURCE=openstack guest-userland/t/dragonconfig_killed.sh

$(B)/obj/$(DC_DIR)/%.o $(B)/san/$(DC_DIR)/%.o: BASE_CFLAGS += $(DC_CFLAGS)

$(DC_HOST): $(DC_SRC:%.c=$(B)/obj/%.o) $(DC_BASE:%.c=$(B)/obj/%.o)
	@mkdir -p $(@D)
	@echo "  LINK  $@"
	@$(WHOLE) $(CC) -o $@ $^ $(DC_LINK)

# Libraries for musl are built once, into the cache; nothing happens when they are there.
$(B)/guest/dragonconfig.libs: $(DC_LIBS:%=guest-userland/static/%.sh)
	@mkdir -p $(@D)
	@for lib in $(DC_LIBS); do CACHE='$(CACHE_ABS)' guest-userland/static/build.sh $$lib; done
	@touch $@

DC_OBJ := $(patsubst %.c,$(B)/guest/dc/%.o,$(DC_SRC) $(DC_BASE))

$(B)/guest/dc/%.o: %.c $(B)/guest.flags $(B)/guest/dragonconfig.libs
	@mkdir -p $(@D)
	@echo "  GCC   $<"
	@$(WHOLE) $(GUEST_CC) $(filter-out -O2,$(GUEST_CFLAGS)) -Wno-format-truncation -Os -ffunction-sections -fdata-sections \
		-fno-asynchronous-unwind-tables -Iharness $(DC_CFLAGS) \
		$(DC_LIBS:%=-isystem $(CACHE_ABS)/static/%/root/include) -MMD -MP -c -o $@ $<

$(DC): $(DC_OBJ)
	@echo "  GLINK $@"
	@$(WHOLE) $(GUEST_CC) -static -s -Wl,--gc-sections -Wl,-z,noseparate-code -o $@ $^ $(DC_LIBS:%=-L$(CACHE_ABS)/static/%/root/lib) $(DC_LINK)

# Tests link what they test, without main().
$(B)/san/libdragonconfig.a: $(patsubst %.c,$(B)/san/%.o,$(filter-out %/main.c,$(DC_SRC)) $(DC_BASE))
	@rm -f $@
	@ar rcs $@ $^

DC_TESTS := $(patsubst %.c,$(B)/test/%,$(wildcard $(DC_DIR)/*_test.c))

$(DC_TESTS): $(B)/test/%: $(B)/san/%.o $(B)/san/libdragonconfig.a
	@mkdir -p $(@D)
	@echo "  TEST  $@"
	@$(WHOLE) $(CC) $(SAN) -o $@ $^ $(DC_LINK) -lcmocka

DC_FUZZ := $(patsubst %.c,%,$(wildcard $(DC_DIR)/*_fuzz.c))

$(B)/fuzz/obj/$(DC_DIR)/%.o: FUZZ_SAN += $(DC_CFLAGS)
$(B)/fuzz/libdragonconfig.a: $(patsubst %.c,$(B)/fuzz/obj/%.o,$(filter-out %/main.c,$(DC_SRC)) $(DC_BASE))
	@rm -f $@
	@ar rcs $@ $^

$(DC_FUZZ:%=$(B)/fuzz/%): $(B)/fuzz/%: $(B)/fuzz/obj/%.o $(B)/fuzz/libdragonconfig.a
	@mkdir -p $(@D)
	@echo "  FLINK $@"
	@$(WHOLE) $(FUZZ_CC) $(FUZZ_SAN) -fsanitize=fuzzer -o $@ $^ $(DC_LINK)

-include $(DC_OBJ:.o=.d) $(patsubst %.c,$(B)/obj/%.d,$(DC_SRC)) $(patsubst %.c,$(B)/san/%.d,$(wildcard $(DC_DIR)/*.c)) \
	$(patsubst %.c,$(B)/fuzz/obj/%.d,$(wildcard $(DC_DIR)/*.c))
