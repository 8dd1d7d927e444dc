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

void fake_outb(uint16_t port, uint8_t v)
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
		fake_outb(port, (uint8_t)s[i]);
	}
}

int fake_get(uint16_t port)
{
	return inb(port + LSR) & LSR_HAS_BYTE ? inb(port) : -1;
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

void fake_say(const char *s)
{
	fake_put(FAKE_COM1, s, strlen(s));
}

uint32_t fake_passed_ms(void)
{
	static uint32_t last, rest;
	uint32_t now = inl(PM_TIMER), ms;

	rest += (now - last) & PM_TIMER_MASK;
	last = now;
	ms = rest / PM_TIMER_PER_MS;
	rest %= PM_TIMER_PER_MS;
	return ms;
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

void fake_poweroff(void)
{
	outw(PM1A_CONTROL, PM_SLEEP_S5);
	fake_halt();
}

static void pvpanic(void)
{
	fake_outb(PVPANIC, 1);
	fake_halt();
}

/* A line that never ends, and lines that never end: a detector must survive both. */
static void flood(void)
{
	for (;;)
		fake_say("x");
}

static void storm(void)
{
	for (;;)
		fake_say("[ WARN ] (src/driver/net/fake.rs:1)\t ring is full, try again\r\n");
}

/* Heartbeats of an agent that is deaf. */
static void beats(void)
{
	for (;;) {
		fake_doze(FAKE_HZ / 4);
		fake_beat();
	}
}

/* Bytes on the channel, no frame among them. */
static void noise(void)
{
	static const char bytes[] = "\x80 not a frame ~G1 ";

	for (;;) {
		fake_doze(FAKE_HZ / 4);
		fake_put(FAKE_COM2, bytes, sizeof(bytes) - 1);
	}
}

/* Every byte there is, more than once, and no end of a line. */
static void binary(void)
{
	for (int i = 0; i < 4 * 256; i++) {
		const char c = (char)(i * 7);

		if (c != '\n')
			fake_put(FAKE_COM1, &c, 1);
	}
	fake_say("\n");
}

static void talks(void)
{
	for (;;) {
		fake_doze(FAKE_HZ);
		fake_say("[ INFO ] (src/driver/net/fake.rs:1)\t link is up\r\n");
	}
}

/* Busy, but in no one place. The number keeps the compiler from making one function of all. */
#define BUSY(name, number)                                           \
	static __attribute__((noinline)) void name(void)             \
	{                                                            \
		for (uint32_t i = 0; i < 100000; i++)                \
			__asm__ volatile("" : : "r"(number + i));    \
		__asm__ volatile(".skip 2048, 0x90" : : : "memory"); \
	}
BUSY(fake_busy_a, 1)
BUSY(fake_busy_b, 2)
BUSY(fake_busy_c, 3)
BUSY(fake_busy_d, 4)

static void wander(void)
{
	for (;;) {
		fake_busy_a();
		fake_busy_b();
		fake_busy_c();
		fake_busy_d();
	}
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
	{"poweroff", fake_poweroff},
	{"pvpanic", pvpanic},
	{"garbage", fake_garbage},
	{"hello", fake_hello},
	{"beat", fake_beat},
	{"replay", fake_replay},
	{"beats", beats},
	{"noise", noise},
	{"binary", binary},
	{"talks", talks},
	{"wander", wander},
};

static const struct {
	const char *name, *text;
	struct fake_agent how;
} agents[] = {
	{"serve", NULL, {1000, FAKE_RUN_NOTHING, NULL}},
	{"serve-slowly", NULL, {100, FAKE_RUN_NOTHING, NULL}},
	{"run-pass", NULL, {1000, FAKE_RUN_PASS, NULL}},
	{"run-hang", NULL, {1000, FAKE_RUN_HANG, NULL}},
	{"run-spin", NULL, {1000, FAKE_RUN_SPIN, NULL}},
	{"run-panic", "dragonos-fatal", {1000, FAKE_RUN_SPIN, NULL}},
	{"run-panic-cut", "dragonos-cut", {1000, FAKE_RUN_SPIN, NULL}},
	{"run-hostile-panic", "hostile-panic", {1000, FAKE_RUN_SPIN, NULL}},
	{"run-two-panics", "two-panics", {1000, FAKE_RUN_SPIN, NULL}},
	{"run-recovered", "dragonos-recovered", {1000, FAKE_RUN_PASS, NULL}},
	{"run-task", "dragonos-task", {1000, FAKE_RUN_PASS, NULL}},
	{"run-recovered-hang", "dragonos-recovered", {1000, FAKE_RUN_HANG, NULL}},
	{"run-recovered-spin", "dragonos-recovered", {1000, FAKE_RUN_SPIN, NULL}},
	{"run-late", "linux-oops", {1000, FAKE_RUN_LATE, NULL}},
	{"run-task-hang", "dragonos-task", {1000, FAKE_RUN_HANG, NULL}},
};

static void run_agent(const char *word, size_t n)
{
	struct fake_agent how;

	for (size_t i = 0; i < sizeof(agents) / sizeof(agents[0]); i++) {
		if (!is(word, n, agents[i].name))
			continue;
		how = agents[i].how;
		if (agents[i].text)
			how.text = fake_text(agents[i].text, strlen(agents[i].text));
		fake_serve(&how);
	}
}

/* A number is a pause in milliseconds, another word the name of an action or a text. */
static void run_word(const char *word, size_t n)
{
	const char *text = fake_text(word, n);
	uint32_t ms = 0;

	if (text) {
		fake_say(text);
		return;
	}
	for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++) {
		if (is(word, n, actions[i].name)) {
			actions[i].run();
			return;
		}
	}
	run_agent(word, n);
	for (size_t i = 0; i < n; i++) {
		if (word[i] < '0' || word[i] > '9') {
			fake_say("fake: no such word: ");
			fake_put(FAKE_COM1, word, n);
			fake_say("\n");
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
