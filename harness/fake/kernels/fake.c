/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "fake.h"

#define LSR		  5
#define LSR_HAS_BYTE	  0x01
#define LSR_READY_TO_SEND 0x20

/* Where SeaBIOS puts power management on both of QEMU's boards. */
#define PM1A_CONTROL	0x604
#define PM_SLEEP_S5	0x2000
#define PM_TIMER	0x608
#define PM_TIMER_PER_MS 3580
#define PM_TIMER_MASK	0xffffff
#define PVPANIC		0x505

struct start_info {
	uint32_t magic, version, flags, n_modules;
	uint64_t modules, cmdline, rsdp;
};

static void outb(uint16_t port, uint8_t v)
{
	__asm__ volatile("outb %0, %1" : : "a"(v), "Nd"(port));
}

static void outw(uint16_t port, uint16_t v)
{
	__asm__ volatile("outw %0, %1" : : "a"(v), "Nd"(port));
}

static uint8_t inb(uint16_t port)
{
	uint8_t v;

	__asm__ volatile("inb %1, %0" : "=a"(v) : "Nd"(port));
	return v;
}

static uint32_t inl(uint16_t port)
{
	uint32_t v;

	__asm__ volatile("inl %1, %0" : "=a"(v) : "Nd"(port));
	return v;
}

void fake_put(uint16_t port, const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		while (!(inb(port + LSR) & LSR_READY_TO_SEND))
			;
		outb(port, (uint8_t)s[i]);
	}
}

/* Give back one line that comes in. */
static void echo(uint16_t port)
{
	char c;

	do {
		while (!(inb(port + LSR) & LSR_HAS_BYTE))
			;
		c = (char)inb(port);
		fake_put(port, &c, 1);
	} while (c != '\n');
}

static void echo_console(void)
{
	echo(FAKE_COM1);
}

static void echo_channel(void)
{
	echo(FAKE_COM2);
}

static void say(const char *s)
{
	fake_put(FAKE_COM1, s, strlen(s));
}

static void wait_ms(uint32_t ms)
{
	uint32_t last = inl(PM_TIMER), passed = 0;

	while (passed < ms * PM_TIMER_PER_MS) {
		uint32_t now = inl(PM_TIMER);

		passed += (now - last) & PM_TIMER_MASK;
		last = now;
	}
}

static int is(const char *word, size_t n, const char *name)
{
	return strlen(name) == n && memcmp(word, name, n) == 0;
}

static void poweroff(void)
{
	outw(PM1A_CONTROL, PM_SLEEP_S5);
	fake_halt();
}

static void pvpanic(void)
{
	outb(PVPANIC, 1);
	fake_halt();
}

/* A line that never ends, and lines that never end: a detector must survive both. */
static void flood(void)
{
	for (;;)
		say("x");
}

static void storm(void)
{
	for (;;)
		say("[ WARN ] (src/driver/net/fake.rs:1)\t ring is full, try again\r\n");
}

static const struct {
	const char *name;
	void (*run)(void);
} actions[] = {
	{"echo-console", echo_console},
	{"echo-channel", echo_channel},
	{"spin", fake_spin},
	{"halt", fake_halt},
	{"reset", fake_reset},
	{"storm", storm},
	{"flood", flood},
	{"poweroff", poweroff},
	{"pvpanic", pvpanic},
	{"garbage", fake_garbage},
	{"hello", fake_hello},
	{"beat", fake_beat},
	{"replay", fake_replay},
};

/* A number is a pause in milliseconds, another word the name of an action or a text. */
static void run_word(const char *word, size_t n)
{
	const char *text = fake_text(word, n);
	uint32_t ms = 0;

	if (text) {
		say(text);
		return;
	}
	for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++) {
		if (is(word, n, actions[i].name)) {
			actions[i].run();
			return;
		}
	}
	for (size_t i = 0; i < n; i++) {
		if (word[i] < '0' || word[i] > '9') {
			say("fake: no such word: ");
			fake_put(FAKE_COM1, word, n);
			say("\n");
			return;
		}
		ms = ms * 10 + (uint32_t)(word[i] - '0');
	}
	wait_ms(ms);
}

static const char *find_script(const char *cmdline)
{
	static const char key[] = "fake=";
	size_t n = sizeof(key) - 1;

	for (const char *s = cmdline; s && *s; s++)
		if ((s == cmdline || s[-1] == ' ') && is(s, strlen(s) < n ? strlen(s) : n, key))
			return s + n;
	return fake_script;
}

void fake_main(const struct start_info *info);

void fake_main(const struct start_info *info)
{
	const char *s = find_script((const char *)(uintptr_t)info->cmdline);

	while (*s && *s != ' ') {
		size_t n = 0;

		while (s[n] && s[n] != ',' && s[n] != ' ')
			n++;
		run_word(s, n);
		s += n;
		if (*s == ',')
			s++;
	}
	fake_halt();
}
