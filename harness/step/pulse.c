/* SPDX-License-Identifier: MIT */
#include "step/pulse.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/deadline.h"
#include "base/fsutil.h"
#include "base/xalloc.h"

#define PERIOD	    SEC
#define SAMPLES	    64
#define THREADS_MAX 256

struct sample {
	uint64_t at, cpu_us, waited_us;
	bool stopped;
};

struct pulse {
	struct loop_timer timer;
	pid_t pid;
	struct sample ring[SAMPLES];
	uint64_t n; /* ever taken */
};

/* State and CPU time of all threads, those that ended as well. */
static char read_stat(pid_t pid, uint64_t *ret_cpu_us)
{
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(4096);
	unsigned long user, system;
	char path[64], state;
	const char *p;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	if (pid <= 0 || file_read(path, &sb, NULL) < 0)
		return '?';
	/* The name, in brackets, may hold anything. */
	p = strrchr(strbuf_str(&sb), ')');
	if (!p || sscanf(p, ") %c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &state, &user,
			 &system) != 3)
		return '?';
	*ret_cpu_us = (uint64_t)(user + system) * 1000000 / (uint64_t)sysconf(_SC_CLK_TCK);
	return state;
}

char pulse_state(pid_t pid)
{
	uint64_t cpu;

	return read_stat(pid, &cpu);
}

static uint64_t thread_waited(pid_t pid, const char *tid)
{
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(256);
	unsigned long long waited;
	char path[96];

	snprintf(path, sizeof(path), "/proc/%d/task/%.20s/schedstat", (int)pid, tid);
	if (file_read(path, &sb, NULL) < 0 || sscanf(strbuf_str(&sb), "%*u %llu", &waited) != 1)
		return 0;
	return waited / 1000;
}

static uint64_t read_waited(pid_t pid)
{
	char path[64];
	struct dirent *e;
	uint64_t sum = 0;
	DIR *d;

	snprintf(path, sizeof(path), "/proc/%d/task", (int)pid);
	d = opendir(path);
	for (int i = 0; d && i < THREADS_MAX && (e = readdir(d)); i++)
		if (*e->d_name != '.')
			sum += thread_waited(pid, e->d_name);
	if (d)
		closedir(d);
	return sum;
}

static void take(void *arg)
{
	struct pulse *p = arg;
	struct sample s = {.at = now_us(), .waited_us = read_waited(p->pid)};
	char state = read_stat(p->pid, &s.cpu_us);

	if (state == '?')
		return;
	s.stopped = state == 'T' || state == 't';
	p->ring[p->n++ % SAMPLES] = s;
}

struct pulse *pulse_new(struct loop *loop, pid_t pid)
{
	struct pulse *p = xcalloc(1, sizeof(*p));

	p->pid = pid;
	take(p);
	loop_timer_start(loop, &p->timer, PERIOD, PERIOD, take, p);
	return p;
}

void pulse_free(struct pulse *p)
{
	if (!p)
		return;
	loop_timer_stop(&p->timer);
	free(p);
}

/* A thread that ended takes its waiting time with it. */
static uint64_t grown(uint64_t from, uint64_t to)
{
	return to > from ? to - from : 0;
}

struct pulse_sum pulse_sum(struct pulse *p, uint64_t window_us)
{
	struct pulse_sum sum = {0};
	const struct sample *last, *s;

	if (p)
		take(p);
	if (!p || !p->n)
		return sum;
	last = &p->ring[(p->n - 1) % SAMPLES];
	for (uint64_t i = p->n; i > 0 && p->n - i < SAMPLES; i--) {
		s = &p->ring[(i - 1) % SAMPLES];
		sum.samples++;
		sum.stopped += s->stopped;
		sum.window_us = last->at - s->at;
		sum.cpu_us = grown(s->cpu_us, last->cpu_us);
		sum.waited_us = grown(s->waited_us, last->waited_us);
		if (sum.window_us >= window_us)
			break;
	}
	return sum;
}
