/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "schema.h"
#include "userdata.h"
#include "verb.h"

static void tell(const char *file, const char *part, const struct problems *p)
{
	for (size_t i = 0; i < p->n; i++) {
		const struct problem *problem = &p->list[i];

		printf("%s", file);
		if (part)
			printf(" (%s)", part);
		if (problem->line)
			printf(":%u", problem->line);
		printf(": %s: %s\n", problem->error ? "error" : "warning", problem->text);
	}
	if (p->dropped)
		printf("%s: and %zu more\n", file, p->dropped);
}

/* Adds to errors and warnings. */
static void check_part(const char *file, const struct part *part, bool only, size_t *errors,
		       size_t *warnings)
{
	_cleanup_(problems_release) struct problems p = PROBLEMS_INIT;
	struct tree *d;

	if (part->kind != PART_CONFIG)
		return;
	d = tree_parse(part->data, part->n, &p);
	schema_check(tree_root(d), &p);
	tree_free(d);
	tell(file, only ? NULL : part->name, &p);
	*errors += p.errors;
	*warnings += p.n + p.dropped - p.errors;
}

static int check(const char *file)
{
	_cleanup_(userdata_release) struct userdata u = USERDATA_INIT;
	_cleanup_(problems_release) struct problems p = PROBLEMS_INIT;
	_cleanup_(strbuf_release) struct strbuf sb = STRBUF_INIT(USERDATA_MAX);
	struct err err = ERR_INIT;
	size_t errors, warnings = 0;

	if (file_read(file, &sb, &err) < 0) {
		fprintf(stderr, "dragonconfig: %s\n", err.text);
		return 1;
	}
	userdata_add(&u, strbuf_str(&sb), sb.len, &p);
	if (!u.n && !p.n)
		problem_warn(&p, 0, "it says nothing");
	tell(file, NULL, &p);
	errors = p.errors;
	warnings = p.n + p.dropped - p.errors;
	for (size_t i = 0; i < u.n; i++)
		check_part(file, &u.parts[i], u.n == 1, &errors, &warnings);
	printf("%s: %zu parts, %zu errors, %zu warnings\n", file, u.n, errors, warnings);
	return errors ? 1 : warnings ? 2 : 0;
}

static int run(int argc, char **argv)
{
	if (argc == 1) {
		schema_print(stdout);
		return 0;
	}
	if (argc == 3 && strcmp(argv[1], "--check") == 0)
		return check(argv[2]);
	return EXIT_BAD_USAGE;
}

const struct verb verb_schema = {
	.name = "schema",
	.usage = "schema [--check FILE]",
	.brief = "what cloud-config may say here; or what is wrong with a user data file",
	.run = run,
};
