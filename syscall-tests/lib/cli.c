/* SPDX-License-Identifier: MIT */
/* The command line of `probes`. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "callname.h"
#include "inside.h"

#ifndef PROBES_VERSION
#define PROBES_VERSION "1"
#endif

enum { EXIT_USAGE = 2 };

static const char help[] =
	"Usage: probes --list [PATTERN...]\n"
	"       probes --describe PATTERN...\n"
	"       probes --run [--scale F] [--lie KIND] [PATTERN...]\n"
	"       probes --one NAME [--lie KIND]\n"
	"       probes --mutate [--scale F] [--jobs N] [PATTERN...]\n"
	"       probes --exempt\n"
	"       probes --version | --help\n"
	"\n"
	"Asks the kernel below one question per probe and answers in KTAP.\n"
	"PATTERN is a shell pattern over names; without one, all probes are meant.\n"
	"\n"
	"  --list       names, one a line\n"
	"  --describe   what a probe promises, its source, what it covers and needs\n"
	"  --run        each probe in a process of its own, with its time limit\n"
	"  --one        one probe in this process, without a limit: for strace and gdb\n"
	"  --mutate     each call a probe makes after its set-up lies in turn, in several ways:\n"
	"               passed are the lies that the probe noticed, failed those it did not\n"
	"  --exempt     calls that mutation leaves alone, with the reason\n"
	"  --jobs N     mutants side by side (1 to 64, default 4)\n"
	"  --scale F    time limits are multiplied by F (0.01 to 1000)\n"
	"  --lie KIND   the probe's main call lies: enosys, noop (success without effect),\n"
	"               errno (a wrong error). A probe that still passes proves nothing.\n"
	"\n"
	"Exit status: 0 all passed or skipped, 1 something failed, 2 usage, 3 something is "
	"broken.\n";

static int usage(const char *what, const char *arg)
{
	fprintf(stderr, "probes: %s%s; try --help\n", what, arg ? arg : "");
	return EXIT_USAGE;
}

static int list(char *const patterns[])
{
	unsigned n;
	struct probe *first = registry_choose(patterns, &n);

	for (struct probe *p = first; p; p = p->next)
		puts(p->name);
	return first ? 0 : EXIT_USAGE;
}

static void put_words(const char *key, const char *const *words)
{
	printf("%s:", key);
	for (; words && *words; words++)
		printf(" %s", *words);
	putchar('\n');
}

static void describe_one(const struct probe *p)
{
	printf("name: %s\narea: %s\npromise: %s\nsource: %s\n", p->name, p->area, p->promise,
	       p->source);
	put_words("covers", p->covers);
	put_words("needs", p->needs);
	printf("limit_ms: %u\ncalls:", p->limit_ms ? p->limit_ms : PROBE_LIMIT_MS);
	for (int i = 0; i < PROBE_MAX_CALLS && p->call[i].used; i++) {
		printf(" %ld", p->call[i].nr);
		for (int m = 0; m < p->call[i].matches; m++)
			printf(",arg%d=0x%x", p->call[i].match[m].arg, p->call[i].match[m].value);
	}
	putchar('\n');
}

static int describe(char *const patterns[])
{
	struct probe *first;
	unsigned n;

	if (!patterns[0])
		return usage("--describe needs a name", NULL);
	first = registry_choose(patterns, &n);
	for (struct probe *p = first; p; p = p->next) {
		if (p != first)
			putchar('\n');
		describe_one(p);
	}
	return first ? 0 : EXIT_USAGE;
}

/* Takes options from the front of argv; gives the rest, or NULL after an error message. */
static char **run_options(char **argv, struct run_options *opt)
{
	char *end;

	for (; *argv && strncmp(*argv, "--", 2) == 0; argv += 2) {
		if (!argv[1])
			return usage("missing value after ", *argv), NULL;
		if (strcmp(*argv, "--scale") == 0) {
			opt->scale = strtod(argv[1], &end);
			if (*end || !(opt->scale >= 0.01 && opt->scale <= 1000))
				return usage("not a scale: ", argv[1]), NULL;
		} else if (strcmp(*argv, "--lie") == 0) {
			int lie = lie_parse(argv[1]);

			if (lie < 0)
				return usage("not a lie: ", argv[1]), NULL;
			opt->lie = (enum lie)lie;
		} else if (strcmp(*argv, "--jobs") == 0) {
			opt->jobs = (unsigned)strtoul(argv[1], &end, 10);
			if (*end || opt->jobs < 1 || opt->jobs > 64)
				return usage("not a number of jobs: ", argv[1]), NULL;
		} else {
			return usage("unknown option ", *argv), NULL;
		}
	}
	return argv;
}

static int run(char **argv)
{
	struct run_options opt = {.scale = 1};

	argv = run_options(argv, &opt);
	return argv ? runner_run(argv, &opt) : EXIT_USAGE;
}

static int mutate(char **argv)
{
	struct run_options opt = {.scale = 1, .jobs = 4};

	argv = run_options(argv, &opt);
	return argv ? mutate_run(argv, &opt) : EXIT_USAGE;
}

static int exempt(char **argv)
{
	if (*argv)
		return usage("unexpected argument ", *argv);
	callname_print_exempt();
	return 0;
}

static int run_one(char **argv)
{
	struct run_options opt = {.scale = 1};
	const char *name = argv[0];
	unsigned n;

	if (!name)
		return usage("--one needs a name", NULL);
	argv = run_options(argv + 1, &opt);
	if (!argv)
		return EXIT_USAGE;
	if (*argv)
		return usage("unexpected argument ", *argv);
	for (struct probe *p = registry_choose(argv, &n); p; p = p->next)
		if (strcmp(p->name, name) == 0)
			return runner_one(p, &opt);
	return usage("no such probe: ", name);
}

int main(int argc, char **argv)
{
	const char *verb = argc > 1 ? argv[1] : "";
	char **rest = argv + (argc > 1 ? 2 : 1);

	if (strcmp(verb, "--list") == 0)
		return list(rest);
	if (strcmp(verb, "--describe") == 0)
		return describe(rest);
	if (strcmp(verb, "--run") == 0)
		return run(rest);
	if (strcmp(verb, "--one") == 0)
		return run_one(rest);
	if (strcmp(verb, "--mutate") == 0)
		return mutate(rest);
	if (strcmp(verb, "--exempt") == 0)
		return exempt(rest);
	if (strcmp(verb, "--version") == 0)
		return printf("probes %s, %zu probes\n", PROBES_VERSION, registry_count()) < 0;
	if (strcmp(verb, "--help") == 0)
		return fputs(help, stdout) < 0;
	return usage(argc > 1 ? "unknown option " : "what shall be done?", argc > 1 ? verb : NULL);
}
