/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define ENV_MAX 32

uint64_t now_us(void)
{
	struct timespec ts = {0};

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000;
}

static void die(const char *what)
{
	fprintf(stderr, "suite: %s\n", what);
	exit(3);
}

/* ---- the plan ---- */

static char *plan;
static size_t plan_len;
static size_t *line_at; /* where each line begins; one more for the end */
static unsigned long lines;

/* Read, not mapped: the file system under it is as young as the rest. */
static void plan_read(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	ssize_t r = 1;

	if (fd < 0 || fstat(fd, &st) < 0)
		die("cannot open the plan");
	plan = malloc((size_t)st.st_size + 1);
	while (plan && plan_len < (size_t)st.st_size && r > 0) {
		r = read(fd, plan + plan_len, (size_t)st.st_size - plan_len);
		if (r > 0)
			plan_len += (size_t)r;
	}
	close(fd);
	if (!plan || plan_len < (size_t)st.st_size)
		die("cannot read the plan");
}

static void plan_index(void)
{
	for (size_t i = 0; i < plan_len; i++)
		lines += plan[i] == '\n';
	line_at = malloc((lines + 1) * sizeof(*line_at));
	if (!line_at)
		die("no memory for the plan");
	line_at[0] = 0;
	for (size_t i = 0, n = 0; i < plan_len; i++)
		if (plan[i] == '\n')
			line_at[++n] = i + 1;
}

/* The next field of a line, its escapes undone in place; *s moves past it, NULL after the last. */
static char *field(char **s)
{
	char *start = *s, *in = *s, *out = *s;

	if (!start)
		return NULL;
	for (; *in && *in != '\t'; in++) {
		if (*in == '\\' && in[1]) {
			in++;
			*out++ = *in == 't' ? '\t' : *in == 'n' ? '\n' : *in;
		} else {
			*out++ = *in;
		}
	}
	*s = *in ? in + 1 : NULL;
	*out = '\0';
	return start;
}

/* A copy of the line is cut up, since a case may be asked twice. */
static bool plan_get(unsigned long number, struct order *ret)
{
	static char line[64u << 10];
	size_t n = line_at[number + 1] - line_at[number] - 1, args = 0;
	char *s = line, *limit, *flags;

	if (n >= sizeof(line))
		return false;
	memcpy(line, plan + line_at[number], n);
	line[n] = '\0';
	/* Name and format are the host's business. */
	field(&s);
	field(&s);
	limit = field(&s);
	flags = field(&s);
	*ret = (struct order){.dir = field(&s)};
	while (s && args < ARGS_MAX)
		ret->argv[args++] = field(&s);
	if (s || !args || !flags || !limit)
		return false;
	ret->limit_ms = strtoul(limit, NULL, 10);
	ret->all = strchr(flags, 'a') != NULL;
	ret->file = strchr(flags, 'f') != NULL;
	return true;
}

/* ---- what is asked ---- */

/* One bit a case, four a digit, the lowest first. */
static bool is_asked(const char *bits, unsigned long number)
{
	const char *digits = "0123456789abcdef";
	const char *at = strchr(digits, bits[number / 4]);

	return at && ((unsigned long)(at - digits) >> number % 4 & 1);
}

static void run_all(const char *bits)
{
	unsigned long most = strlen(bits) * 4, n = 0;

	if (most > lines)
		most = lines;
	for (unsigned long i = 0; i < most; i++)
		n += is_asked(bits, i);
	say_hello(n);
	for (unsigned long i = 0; i < most; i++) {
		struct order order;

		if (!is_asked(bits, i))
			continue;
		if (plan_get(i, &order))
			run_one(i, &order);
		else
			say_end(i, 'n', E2BIG, 0, 0);
	}
	say_flush();
}

int main(int argc, char **argv)
{
	static char *extra[ENV_MAX];
	struct options o = {.scale = 1, .keep = 256u << 10, .root = "/", .extra = extra};

	for (argv++; *argv && strncmp(*argv, "--", 2) == 0 && argv[1]; argv += 2) {
		if (strcmp(*argv, "--plan") == 0)
			plan_read(argv[1]);
		else if (strcmp(*argv, "--root") == 0)
			o.root = argv[1];
		else if (strcmp(*argv, "--scale") == 0)
			o.scale = strtod(argv[1], NULL);
		else if (strcmp(*argv, "--keep") == 0)
			o.keep = strtoul(argv[1], NULL, 10);
		else if (strcmp(*argv, "--env") == 0 && o.n_extra < ENV_MAX)
			extra[o.n_extra++] = argv[1];
		else
			die("usage: suite --plan FILE [--root DIR] [--scale X] [--keep BYTES] "
			    "[--env K=V]… BITS");
	}
	if (!plan)
		die("no plan");
	if (!*argv)
		die("no case");
	plan_index();
	run_setup(&o);
	run_all(*argv);
	return 0;
}
