# SPDX-License-Identifier: MIT
# Fake kernels: build/guest/fake/NAME.elf. One program (harness/fake/kernels), one script each; fake.elf does nothing
# but what its command line says. Linked as 32-bit code, then put into the 64-bit ELF that a
# kernel comes in.

FAKE_CC     ?= gcc
FAKE_DIR    := harness/fake/kernels
FAKE_CFLAGS := -m32 -std=gnu17 -ffreestanding -fno-pic -fno-stack-protector -mgeneral-regs-only \
	-fno-asynchronous-unwind-tables -fno-tree-loop-distribute-patterns -Os -Wall -Wextra -Werror \
	-isystem $(FAKE_DIR)/freestanding -Iharness

FAKE_SCRIPT_fake        :=
FAKE_SCRIPT_alive       := alive,poweroff
FAKE_SCRIPT_panic       := boot,dragonos-fatal,spin
FAKE_SCRIPT_recovered   := boot,dragonos-recovered,halt
FAKE_SCRIPT_taskpanic   := boot,dragonos-task,halt
FAKE_SCRIPT_cutpanic    := boot,dragonos-cut,spin
FAKE_SCRIPT_oops        := linux-oops,halt
FAKE_SCRIPT_linuxpanic  := linux-panic,reset
FAKE_SCRIPT_spin        := boot,spin
FAKE_SCRIPT_halt        := boot,halt
FAKE_SCRIPT_reset       := boot,reset
FAKE_SCRIPT_storm       := boot,storm
FAKE_SCRIPT_flood       := boot,flood
FAKE_SCRIPT_silence     := halt
FAKE_SCRIPT_poweroff    := boot,poweroff
FAKE_SCRIPT_garbage     := boot,garbage,halt
FAKE_SCRIPT_hellopanic  := boot,hello,200,dragonos-fatal,spin
FAKE_SCRIPT_hellospin   := boot,hello,beat,spin
FAKE_SCRIPT_hellohalt   := boot,hello,beat,halt
FAKE_SCRIPT_helloreset  := boot,hello,200,linux-panic,reset
FAKE_SCRIPT_hellostorm  := boot,hello,storm
FAKE_SCRIPT_hellopvpanic := boot,hello,200,pvpanic
FAKE_SCRIPT_helloserve  := boot,hello,serve
FAKE_SCRIPT_helloslow   := boot,hello,serve-slowly
FAKE_SCRIPT_runpass     := boot,hello,run-pass
FAKE_SCRIPT_runhang     := boot,hello,run-hang
FAKE_SCRIPT_runspin     := boot,hello,run-spin
FAKE_SCRIPT_runpanic    := boot,hello,run-panic
FAKE_SCRIPT_runpaniccut := boot,hello,run-panic-cut
FAKE_SCRIPT_runhostile  := boot,binary,hello,run-hostile-panic
FAKE_SCRIPT_laterecovered := boot,2000,hello,run-recovered
FAKE_SCRIPT_latetask    := boot,2000,hello,run-task
FAKE_SCRIPT_hostile     := boot,binary,hostile-panic,spin
FAKE_SCRIPT_runtwo      := boot,hello,run-two-panics
FAKE_SCRIPT_runrecovered := boot,hello,run-recovered
FAKE_SCRIPT_runtask     := boot,hello,run-task
FAKE_SCRIPT_runrecoveredhang := boot,hello,run-recovered-hang
FAKE_SCRIPT_runrecoveredspin := boot,hello,run-recovered-spin
FAKE_SCRIPT_runtaskhang := boot,hello,run-task-hang
FAKE_SCRIPT_runlate     := boot,hello,run-late
FAKE_SCRIPT_hellobeats  := boot,hello,beats
FAKE_SCRIPT_hellonoise  := boot,hello,noise
FAKE_SCRIPT_hellotalks  := boot,hello,talks
FAKE_SCRIPT_hellowander := boot,hello,wander

FAKE_NAMES := $(patsubst FAKE_SCRIPT_%,%,$(filter FAKE_SCRIPT_%,$(.VARIABLES)))
FAKE_OBJ   := $(addprefix $(B)/guest/obj/fake/,start.o fake.o agent.o tick.o text.o mem.o frame.o msg.o)
FAKE_ELFS  := $(FAKE_NAMES:%=$(B)/guest/fake/%.elf)

.PHONY: fake
guest: fake
fake: $(FAKE_ELFS)

# The channel's frames come from the very sources that host and agent use.
$(B)/guest/obj/fake/frame.o $(B)/guest/obj/fake/msg.o: $(B)/guest/obj/fake/%.o: harness/wire/%.c \
		scripts/mk/fake.mk
	@mkdir -p $(@D)
	@$(WHOLE) $(FAKE_CC) $(FAKE_CFLAGS) -MMD -MP -c -o $@ $<

$(B)/guest/obj/fake/%.o: $(FAKE_DIR)/%.c scripts/mk/fake.mk
	@mkdir -p $(@D)
	@$(WHOLE) $(FAKE_CC) $(FAKE_CFLAGS) -MMD -MP -c -o $@ $<

-include $(FAKE_OBJ:.o=.d)

$(B)/guest/obj/fake/%.o: $(FAKE_DIR)/%.S scripts/mk/fake.mk
	@mkdir -p $(@D)
	@$(WHOLE) $(FAKE_CC) -m32 -c -o $@ $<

$(B)/guest/obj/fake/script-%.o: scripts/mk/fake.mk
	@mkdir -p $(@D)
	@echo 'const char fake_script[] = "$(FAKE_SCRIPT_$*)";' | \
		$(WHOLE) $(FAKE_CC) $(FAKE_CFLAGS) -x c -c -o $@ -

$(B)/guest/fake/%.elf: $(B)/guest/obj/fake/script-%.o $(FAKE_OBJ) $(FAKE_DIR)/fake.ld
	@mkdir -p $(@D)
	@echo "  FAKE  $@"
	@ld -m elf_i386 -T $(FAKE_DIR)/fake.ld -z noexecstack --no-warn-rwx-segments -o $@.32 \
		$(FAKE_OBJ) $<
	@objcopy -I elf32-i386 -O elf64-x86-64 $@.32 $@.part
	@rm -f $@.32
	@mv $@.part $@
