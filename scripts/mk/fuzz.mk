# SPDX-License-Identifier: MIT
# Fuzz targets: every **/x_fuzz.c, with clang's libFuzzer and the sanitizers. Seeds lie in x_fuzz/ beside
# it, if any; what was found to be new is kept in build/fuzz/corpus/.

FUZZ_CC   ?= clang
FUZZ_TIME ?= 30
FUZZ_SAN  := -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
FUZZ_SRC  := $(shell find harness -name '*_fuzz.c' | LC_ALL=C sort)
FUZZERS   := $(FUZZ_SRC:%.c=$(B)/fuzz/%)
FUZZ_OBJ  := $(patsubst %.c,$(B)/fuzz/obj/%.o,$(filter-out harness/cmd/%,$(HOST_SRC)))

$(B)/fuzz/obj/%.o: %.c $(B)/host.flags
	@mkdir -p $(@D)
	@echo "  FUZZ  $<"
	@$(WHOLE) $(FUZZ_CC) -std=gnu17 -D_GNU_SOURCE -O1 -g -w -Iharness $(FUZZ_SAN) -fsanitize=fuzzer-no-link $(HOST_CFLAGS) \
		-MMD -MP -c -o $@ $<

$(B)/fuzz/libharness.a: $(FUZZ_OBJ)
	@rm -f $@
	@ar rcs $@ $^

$(FUZZERS): $(B)/fuzz/%: $(B)/fuzz/obj/%.o $(B)/fuzz/libharness.a
	@mkdir -p $(@D)
	@echo "  FLINK $@"
	@$(WHOLE) $(FUZZ_CC) $(FUZZ_SAN) -fsanitize=fuzzer -o $@ $^ $(HOST_LIBS)

-include $(FUZZ_OBJ:.o=.d) $(FUZZ_SRC:%.c=$(B)/fuzz/obj/%.d)

.PHONY: fuzz
## make fuzz            every fuzz target for FUZZ_TIME=30 seconds
fuzz: $(FUZZERS) $(DC_FUZZ:%=$(B)/fuzz/%)
	@for f in $(FUZZ_SRC:%.c=%) $(DC_FUZZ); do \
		mkdir -p $(B)/fuzz/corpus/$$f $(B)/fuzz/crash; \
		seeds=; [ ! -d $$f ] || seeds=$$f; \
		log=$(B)/fuzz/$${f##*/}.log; \
		if $(B)/fuzz/$$f -max_total_time=$(FUZZ_TIME) -timeout=10 -rss_limit_mb=1024 -max_len=8192 \
			-artifact_prefix=$(B)/fuzz/crash/$${f##*/}- \
			$(B)/fuzz/corpus/$$f $$seeds >$$log 2>&1; then \
			echo "  ok    $$f: $$(grep -o '^Done.*' $$log)"; \
		else \
			tail -40 $$log; echo "  FOUND $$f: input in $(B)/fuzz/crash/, log $$log"; exit 1; \
		fi; \
	done
