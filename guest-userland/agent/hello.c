/* SPDX-License-Identifier: MIT */
#include "agent.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#define LOG_RECORDS_MAX 64
#define WORK_ROUNDS	2500000u
/* A clock's step that does not matter in a measurement of 1 ms. */
#define FINE_US 50

static char trouble[1500];
static uint64_t speed_us;

uint64_t clock_now(void)
{
	struct timespec ts = {0};

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000;
}

uint32_t random_number(void)
{
	uint32_t r = 0;

	/* A kernel's young generator may repeat itself: the time-stamp counter differs each boot.
	 */
	if (getrandom(&r, sizeof(r), GRND_NONBLOCK) != sizeof(r))
		r = 0;
	r ^= (uint32_t)__builtin_ia32_rdtsc() * 2654435761u;
	return r ? r : 1;
}

size_t read_file(const char *path, char *buf, size_t n)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t len = 0;

	if (fd < 0)
		return 0;
	while (len < n) {
		ssize_t r = read(fd, buf + len, n - len);

		if (r <= 0)
			break;
		len += (size_t)r;
	}
	close(fd);
	return len;
}

const char *glue(char *buf, size_t room, ...)
{
	size_t len = 0;
	const char *s;
	va_list ap;

	va_start(ap, room);
	while ((s = va_arg(ap, const char *))) {
		size_t n = strlen(s);

		if (n > room - 1 - len)
			n = room - 1 - len;
		memcpy(buf + len, s, n);
		len += n;
	}
	va_end(ap);
	buf[len] = '\0';
	return buf;
}

void hello_trouble(const char *what, int error)
{
	char number[12] = {0};
	size_t n = strlen(trouble);
	char *p = number + sizeof(number) - 1;

	for (unsigned int e = (unsigned int)error; e; e /= 10)
		*--p = (char)('0' + e % 10);
	glue(trouble + n, sizeof(trouble) - n, n ? "; " : "", what, ": errno ", p, " (",
	     strerror(error), ")", NULL);
}

static void work(int rounds)
{
	static uint32_t table[1024];
	uint32_t x = 1;

	for (int i = 0; i < rounds; i++) {
		x ^= x << 13;
		x ^= x >> 17;
		x ^= x << 5;
		table[x & 1023] += x;
		x += table[x >> 22];
	}
	__asm__ volatile("" : : "r"(x));
}

/*
 * A fixed amount of dependent integer work on a small table, about 15 ms in an emulated machine.
 * Clocks may tick in steps of 4 ms, so it starts at an edge. Again, where they tick finely, it is
 * the best of four of a sixteenth each: a kernel that has just been woken has work of its own in
 * between.
 */
void hello_measure(bool again)
{
	uint64_t from = clock_now(), edge = from, best = UINT64_MAX;
	unsigned int share = 1, tries = 1;

	for (int i = 0; i < 20000 && edge == from; i++)
		edge = clock_now();
	if (again && edge - from <= FINE_US) {
		share = 16;
		tries = 4;
	}
	for (unsigned int i = 0; i < tries; i++) {
		uint64_t began = i ? clock_now() : edge, us;

		work((int)(WORK_ROUNDS / share));
		us = clock_now() - began;
		best = us < best ? us : best;
	}
	speed_us = best ? best * share : 1;
}

uint64_t mem_free_kib(void)
{
	struct sysinfo si = {0};

	return sysinfo(&si) < 0 ? 0 : (uint64_t)si.freeram * (si.mem_unit ? si.mem_unit : 1) / 1024;
}

static void add_machine(struct msg_writer *w)
{
	struct sysinfo si = {0};
	struct utsname u = {0};
	cpu_set_t set;

	if (uname(&u) == 0) {
		msg_str(w, "sysname", u.sysname);
		msg_str(w, "nodename", u.nodename);
		msg_str(w, "release", u.release);
		msg_str(w, "version", u.version);
		msg_str(w, "machine", u.machine);
	} else {
		hello_trouble("uname", errno);
	}
	CPU_ZERO(&set);
	if (sched_getaffinity(0, sizeof(set), &set) >= 0)
		msg_u64(w, "cpus", (uint64_t)CPU_COUNT(&set));
	if (sysinfo(&si) == 0)
		msg_u64(w, "mem_kib",
			(uint64_t)si.totalram * (si.mem_unit ? si.mem_unit : 1) / 1024);
}

/* The microseconds of a record, "prefix,number,MICROSECONDS,…;TEXT\n", if TEXT is this. */
static bool record_time(const char *record, const char *text, uint64_t *ret_us)
{
	const char *p = strchr(record, ','), *body = strchr(record, ';');

	p = p ? strchr(p + 1, ',') : NULL;
	if (!p || !body || strncmp(body + 1, text, strlen(text)) != 0)
		return false;
	*ret_us = strtoull(p + 1, NULL, 10);
	return true;
}

/*
 * Where the kernel lets a program write to its log: a record that no console shows, what time it
 * has by the clock of the log, and ours right after it.
 */
static void add_log_clock(struct msg_writer *w)
{
	int fd = open("/dev/kmsg", O_RDWR | O_NONBLOCK | O_CLOEXEC);
	char text[64], record[2048];
	uint64_t at, us;
	ssize_t n;
	int len;

	if (fd < 0)
		return;
	lseek(fd, 0, SEEK_END);
	/* Without its line end it could be gone on with, and is not to be read yet. */
	len = snprintf(text, sizeof(text), "<7>harness: hello %08x\n", (unsigned)random_number());
	n = write(fd, text, (size_t)len);
	at = clock_now();
	for (int i = 0; n == len && i < LOG_RECORDS_MAX; i++) {
		ssize_t got = read(fd, record, sizeof(record) - 1);

		if (got <= 0)
			break;
		record[got] = '\0';
		if (!record_time(record, text + 3, &us))
			continue;
		msg_u64(w, "log_us", us);
		msg_u64(w, "log_at_us", at);
		break;
	}
	close(fd);
}

void hello_write(struct msg_writer *w)
{
	static char cmdline[2100];
	size_t n = read_file("/proc/cmdline", cmdline, sizeof(cmdline) - 1);

	for (size_t i = 0; i < n; i++)
		if (cmdline[i] == '\n' || cmdline[i] == '\0')
			cmdline[i] = ' ';
	while (n && cmdline[n - 1] == ' ')
		n--;
	cmdline[n] = '\0';
	msg_str(w, "agent", AGENT_VERSION);
	msg_str(w, "channel", line_device());
	msg_u64(w, "pid", (uint64_t)getpid());
	add_machine(w);
	msg_str(w, "cmdline", cmdline);
	msg_u64(w, "uptime_ms", clock_now() / 1000);
	msg_u64(w, "speed_us", speed_us);
	msg_u64(w, "mem_free_kib", mem_free_kib());
	add_log_clock(w);
	msg_str(w, "trouble", trouble);
	if (*wake_nonce())
		msg_str(w, "nonce", wake_nonce());
	msg_end_head(w);
}
