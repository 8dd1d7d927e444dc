/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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

/*
 * Read line by line as the cases come, each once and in its order: what a plan of many takes is no
 * more than what one of few does.
 */
static int plan = -1;
static char line[64u << 10];
static bool line_cut; /* the line is longer than that */

static void plan_open(const char *path)
{
	plan = open(path, O_RDONLY | O_CLOEXEC);
	if (plan < 0)
		die("cannot open the plan");
}

/* The next byte of the plan, -1: none is left. */
static int plan_byte(void)
{
	static char buf[16u << 10];
	static size_t at, len;

	if (at == len) {
		ssize_t n;

		do
			n = read(plan, buf, sizeof(buf));
		while (n < 0 && errno == EINTR);
		if (n < 0)
			die("cannot read the plan");
		at = 0;
		len = (size_t)n;
	}
	return at < len ? (unsigned char)buf[at++] : -1;
}

static bool plan_line(void)
{
	size_t n = 0;
	int c;

	while ((c = plan_byte()) >= 0 && c != '\n')
		if (n < sizeof(line))
			line[n++] = (char)c;
	line_cut = n == sizeof(line);
	line[line_cut ? 0 : n] = '\0';
	return c >= 0;
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

/* Cuts the line up. */
static bool take_order(struct order *ret)
{
	size_t args = 0;
	char *s = line, *limit, *flags;

	if (line_cut)
		return false;
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

	for (unsigned long i = 0; i < most; i++)
		n += is_asked(bits, i);
	say_hello(n);
	for (unsigned long i = 0; i < most && plan_line(); i++) {
		struct order order;

		if (!is_asked(bits, i))
			continue;
		if (take_order(&order))
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
			plan_open(argv[1]);
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
	if (plan < 0)
		die("no plan");
	if (!*argv)
		die("no case");
	run_setup(&o);
	run_all(*argv);
	return 0;
}
