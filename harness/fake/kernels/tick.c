/* SPDX-License-Identifier: MIT */
/* A clock that wakes a halted CPU: so that it can do things now and then and be halted in between.
 */
#include "fake.h"

#define PIC	     0x20
#define PIC_SLAVE    0xa0
#define PIC_BASE     0x20 /* first vector */
#define PIC_END	     0x20
#define PIT	     0x40
#define PIT_HZ	     1193182
#define CODE	     0x08
#define GATE_32_BITS 0x8e

struct gate {
	uint16_t low, selector;
	uint8_t zero, type;
	uint16_t high;
};

struct table {
	uint16_t limit;
	uint32_t base;
} __attribute__((packed));

struct interrupted;

/* What runs before us need not have left a table of segments, and a gate needs one. */
static const uint64_t gdt[] = {0, 0x00cf9b000000ffffull, 0x00cf93000000ffffull};
static struct gate idt[PIC_BASE + 1];

__attribute__((interrupt)) static void on_tick(struct interrupted *at)
{
	(void)at;
	fake_outb(PIC, PIC_END);
}

static void load_tables(void)
{
	const struct table g = {sizeof(gdt) - 1, (uint32_t)(uintptr_t)gdt};
	const struct table i = {sizeof(idt) - 1, (uint32_t)(uintptr_t)idt};

	__asm__ volatile("lgdt %0\n\t"
			 "ljmp $8, $1f\n"
			 "1:\n\t"
			 "movw $16, %%ax\n\t"
			 "movw %%ax, %%ds\n\t"
			 "movw %%ax, %%es\n\t"
			 "movw %%ax, %%ss\n\t"
			 "lidt %1"
			 :
			 : "m"(g), "m"(i)
			 : "eax", "memory");
}

/* Only the timer may interrupt. */
static void start_clock(void)
{
	uint32_t handler = (uint32_t)(uintptr_t)on_tick;

	idt[PIC_BASE] = (struct gate){.low = (uint16_t)handler,
				      .selector = CODE,
				      .type = GATE_32_BITS,
				      .high = (uint16_t)(handler >> 16)};
	load_tables();
	fake_outb(PIC, 0x11);
	fake_outb(PIC + 1, PIC_BASE);
	fake_outb(PIC + 1, 4);
	fake_outb(PIC + 1, 1);
	fake_outb(PIC + 1, 0xfe);
	fake_outb(PIC_SLAVE + 1, 0xff);
	fake_outb(PIT + 3, 0x34);
	fake_outb(PIT, (PIT_HZ / FAKE_HZ) & 0xff);
	fake_outb(PIT, (PIT_HZ / FAKE_HZ) >> 8);
}

void fake_doze(unsigned int ticks)
{
	static int started;

	if (!started) {
		start_clock();
		started = 1;
	}
	while (ticks--)
		__asm__ volatile("sti; hlt; cli" : : : "memory");
}
