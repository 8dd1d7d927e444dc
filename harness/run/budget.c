/* SPDX-License-Identifier: MIT */
#include "run/budget.h"

#include <inttypes.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "base/strv.h"
#include "base/xalloc.h"

#define FILE_MAX_BYTES (64u << 10)
#define JOBS_MAX       64
#define MIB	       (1u << 20)

/* The file's text, "" when it cannot be read. */
static char *slurp(const char *root, const char *dir, const char *name)
{
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(FILE_MAX_BYTES);
	_autofree_ char *path = xasprintf("%s%s/%s", root, dir, name);

	file_read(path, &sb, NULL);
	return xstrdup(strbuf_str(&sb));
}

/* The number behind a key at the beginning of a line; false: no such line. */
static bool field(const char *text, const char *key, uint64_t *ret_value)
{
	size_t n = strlen(key);

	for (const char *line = text; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, key, n) == 0 && strchr(" \t:", line[n]) && line[n]) {
			*ret_value = strtoull(line + n + strspn(line + n, " \t:"), NULL, 10);
			return true;
		}
		if (!*line)
			break;
	}
	return false;
}

/* false: no number stands there ("max"). */
static bool number(const char *text, uint64_t *ret_value)
{
	char *end;
	uint64_t v = strtoull(text, &end, 10);

	if (end == text || *text == '-')
		return false;
	*ret_value = v;
	return true;
}

struct limits {
	const char *root;
	uint64_t bytes; /* that may still be taken */
	uint64_t cores;
};

/* What a group leaves of its limit: page cache that can be dropped is no use of memory. */
static void take_memory(struct limits *l, const char *dir, bool v2)
{
	_autofree_ char *max = slurp(l->root, dir, v2 ? "memory.max" : "memory.limit_in_bytes");
	_autofree_ char *used =
		slurp(l->root, dir, v2 ? "memory.current" : "memory.usage_in_bytes");
	_autofree_ char *stat = slurp(l->root, dir, "memory.stat");
	uint64_t limit, usage = 0, cache = 0, left;

	if (!number(max, &limit))
		return;
	number(used, &usage);
	field(stat, v2 ? "inactive_file" : "total_inactive_file", &cache);
	usage -= cache < usage ? cache : usage;
	left = limit > usage ? limit - usage : 0;
	if (left < l->bytes)
		l->bytes = left;
}

static void take_cores(struct limits *l, const char *dir, bool v2)
{
	_autofree_ char *quota = slurp(l->root, dir, v2 ? "cpu.max" : "cpu.cfs_quota_us");
	_autofree_ char *period = slurp(l->root, dir, v2 ? "cpu.max" : "cpu.cfs_period_us");
	const char *second = v2 ? strchr(period, ' ') : period;
	uint64_t us, every, cores;

	if (!number(quota, &us) || !second || !number(second + strspn(second, " "), &every) ||
	    !every)
		return;
	cores = us / every;
	if (cores < l->cores)
		l->cores = cores ? cores : 1;
}

/* A group and all those that hold it; in a container the own path may not be there to be seen. */
static void walk_up(struct limits *l, const char *mount, const char *path,
		    void (*take)(struct limits *l, const char *dir, bool v2), bool v2)
{
	_autofree_ char *dir = xasprintf("%s%s", mount, strcmp(path, "/") == 0 ? "" : path);

	for (;;) {
		char *slash;

		take(l, dir, v2);
		if (strlen(dir) <= strlen(mount))
			return;
		slash = strrchr(dir, '/');
		*slash = '\0';
	}
}

static bool has_word(const char *list, const char *word)
{
	_cleanup_(strv_release) struct strv words = STRV_INIT;

	strv_split(&words, list, ",");
	return strv_has(&words, word);
}

/* "ID:CONTROLLERS:PATH", of v2 "0::PATH". */
static void take_group(struct limits *l, char *line)
{
	char *list = strchr(line, ':');
	char *path = list ? strchr(list + 1, ':') : NULL;

	if (!path)
		return;
	*path++ = '\0';
	list++;
	if (!*list) {
		walk_up(l, "/sys/fs/cgroup", path, take_memory, true);
		walk_up(l, "/sys/fs/cgroup", path, take_cores, true);
	}
	if (has_word(list, "memory"))
		walk_up(l, "/sys/fs/cgroup/memory", path, take_memory, false);
	if (has_word(list, "cpu"))
		walk_up(l, "/sys/fs/cgroup/cpu", path, take_cores, false);
}

void budget_read(const char *root, unsigned int online, struct budget *ret_budget)
{
	_autofree_ char *meminfo = slurp(root, "/proc", "meminfo");
	_autofree_ char *groups = slurp(root, "/proc", "self/cgroup");
	_cleanup_(strv_release) struct strv lines = STRV_INIT;
	struct limits l = {.root = root, .cores = online ? online : 1};
	uint64_t kib = 0;

	field(meminfo, "MemAvailable", &kib);
	l.bytes = kib << 10;
	strv_split(&lines, groups, "\n");
	for (size_t i = 0; i < lines.n; i++)
		take_group(&l, lines.v[i]);
	*ret_budget = (struct budget){.cores = (unsigned int)l.cores, .memory_mib = l.bytes / MIB};
}

unsigned int budget_online(void)
{
	cpu_set_t set;
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	if (sched_getaffinity(0, sizeof(set), &set) == 0)
		n = CPU_COUNT(&set);
	return n > 0 ? (unsigned int)n : 1;
}

static int largest_first(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? 1 : x > y ? -1 : 0;
}

/* How many of the largest have room together; sorts. */
static unsigned int fitting(uint64_t *needs, size_t n, uint64_t room, unsigned int most)
{
	uint64_t sum = 0;
	unsigned int k;

	if (!n)
		return most;
	qsort(needs, n, sizeof(*needs), largest_first);
	for (k = 0; k < most; k++) {
		/* A set may be cut into as many machines as there is room for: its size goes on. */
		sum += needs[k < n ? k : n - 1];
		if (sum > room)
			break;
	}
	return k;
}

unsigned int budget_jobs(const struct budget *b, const struct budget_need *needs, size_t n,
			 unsigned int asked, char **ret_why)
{
	_autofree_ uint64_t *mib = xcalloc(n + 1, sizeof(*mib));
	unsigned int jobs = asked ? asked : JOBS_MAX;

	for (size_t i = 0; i < n; i++)
		mib[i] = needs[i].memory_mib + BUDGET_QEMU_MIB;
	if (n && jobs > b->cores)
		jobs = b->cores;
	jobs = fitting(mib, n, b->memory_mib, jobs);
	if (!jobs)
		jobs = 1;
	*ret_why = NULL;
	if (asked && jobs < asked)
		/* They are sorted by now. */
		*ret_why = xasprintf("-j %u is more than this host carries: %u core%s and %" PRIu64
				     " MiB of memory are to be had, a machine takes up to %" PRIu64
				     " MiB, so %u machine%s at once",
				     asked, b->cores, b->cores == 1 ? "" : "s", b->memory_mib,
				     mib[0], jobs, jobs == 1 ? "" : "s");
	return jobs;
}

unsigned int budget_parts(const struct budget *b, unsigned int cpus)
{
	unsigned int parts = cpus ? b->cores / cpus : b->cores;

	return parts ? parts : 1;
}
