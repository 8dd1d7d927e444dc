/* SPDX-License-Identifier: MIT */
#include "config/scenario.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/fsutil.h"
#include "base/xalloc.h"
#include "config/doc.h"
#include "config/fill.h"

/* The head of a file; forward and steps are read by hand. */
struct head {
	char *name, *title, *description, *profile, *seed;
	uint64_t takes_us;
	struct strv lanes, forward;
};

static const struct field head_fields[] = {
	{.name = "name",
	 .type = FIELD_STRING,
	 .offset = offsetof(struct head, name),
	 .required = true,
	 .help = "Small letters, digits and dashes; what `harness run` is told."},
	{.name = "title",
	 .type = FIELD_STRING,
	 .offset = offsetof(struct head, title),
	 .required = true,
	 .help = "One line for reports."},
	{.name = "description",
	 .type = FIELD_STRING,
	 .offset = offsetof(struct head, description),
	 .help = "What it shows and what it cannot show."},
	{.name = "lanes",
	 .type = FIELD_STRINGS,
	 .offset = offsetof(struct head, lanes),
	 .required = true,
	 .help = "User lands it can run on: static, debian."},
	{.name = "profile",
	 .type = FIELD_STRING,
	 .offset = offsetof(struct head, profile),
	 .help = "Machine profile that it is about; without it what the command says."},
	{.name = "seed",
	 .type = FIELD_STRING,
	 .offset = offsetof(struct head, seed),
	 .help = "File that says who the machine is; needs the profile of a cloud."},
	{.name = "takes",
	 .type = FIELD_DURATION,
	 .offset = offsetof(struct head, takes_us),
	 .fallback = "60s",
	 .help = "About how long on the reference kernel: the longest are started first."},
	{.name = "forward",
	 .type = FIELD_STRINGS,
	 .offset = offsetof(struct head, forward),
	 .help = "Guest TCP ports that the host reaches, such as [22, 80]."},
	FIELD_END,
};

/* Keys of a step beside its kind. */
static const struct field step_fields[] = {
	{.name = "name",
	 .type = FIELD_STRING,
	 .offset = offsetof(struct scenario_step, name),
	 .help = "What reports call it; unique in the file."},
	{.name = "limit",
	 .type = FIELD_DURATION,
	 .offset = offsetof(struct scenario_step, limit_us),
	 .min = 1000,
	 .max = (int64_t)SCENARIO_MAX_LIMIT_S * 1000000,
	 .fallback = "60s",
	 .help = "Longest time on a machine of the reference's speed; scaled to the machine."},
	{.name = "lanes",
	 .type = FIELD_STRINGS,
	 .offset = offsetof(struct scenario_step, lanes),
	 .help = "Only on these lanes; without it on all of the file's."},
	FIELD_END,
};

static const char *const lane_words[] = {"static", "debian"};

struct parser {
	const struct doc *doc;
	const struct scenario_kind *kinds;
	struct scenario *out;
	struct err *err;
};

static void release_step(struct scenario_step *step)
{
	if (step->kind)
		fill_release(step->kind->fields, step->options);
	free(step->options);
	fill_release(step_fields, step);
}

bool scenario_step_on(const struct scenario_step *step, const char *lane)
{
	return !step->lanes.n || strv_has(&step->lanes, lane);
}

void scenario_free(struct scenario *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->n_steps; i++)
		release_step(&s->steps[i]);
	free(s->steps);
	free(s->file);
	free(s->name);
	free(s->title);
	free(s->description);
	free(s->profile);
	free(s->seed);
	strv_release(&s->lanes);
	free(s);
}

static void cleanup_scenario(struct scenario **s)
{
	scenario_free(*s);
}

static void cleanup_doc(struct doc **doc)
{
	doc_free(*doc);
}

static void release_head(struct head *head)
{
	fill_release(head_fields, head);
}

static const struct scenario_kind *find_kind(const struct scenario_kind *kinds, const char *name)
{
	for (; kinds->name; kinds++)
		if (!strcmp(kinds->name, name))
			return kinds;
	return NULL;
}

static const struct field *find_step_field(const char *name)
{
	for (const struct field *f = step_fields; f->name; f++)
		if (!strcmp(f->name, name))
			return f;
	return NULL;
}

static const struct doc_node *value_of(const struct doc_node *mapping, const char *key)
{
	for (size_t i = 0; i + 1 < mapping->n; i += 2)
		if (!strcmp(mapping->items[i]->text, key))
			return mapping->items[i + 1];
	return NULL;
}

static int check_lanes(struct parser *p, const struct doc_node *node, const struct strv *lanes)
{
	if (!lanes->n)
		return doc_error(p->doc, node, p->err, "\"lanes\" is empty");
	for (size_t i = 0; i < lanes->n; i++) {
		const char *near;

		if (!strcmp(lanes->v[i], lane_words[0]) || !strcmp(lanes->v[i], lane_words[1]))
			continue;
		near = fill_nearest(lanes->v[i], lane_words, ARRAY_SIZE(lane_words));
		return doc_error(p->doc, node->items[i], p->err,
				 "unknown lane \"%.40s\"; there are static and debian%s%s%s",
				 lanes->v[i], near ? "; did you mean \"" : "", near ? near : "",
				 near ? "\"?" : "");
	}
	return 0;
}

static int unknown_step_key(struct parser *p, const struct doc_node *key)
{
	const char *names[96], *near;
	size_t n = 0;

	for (size_t i = 0; p->kinds[i].name && n < ARRAY_SIZE(names); i++)
		names[n++] = p->kinds[i].name;
	for (size_t i = 0; step_fields[i].name && n < ARRAY_SIZE(names); i++)
		names[n++] = step_fields[i].name;
	near = fill_nearest(key->text, names, n);
	return doc_error(p->doc, key, p->err,
			 near ? "unknown step kind \"%.40s\"; did you mean \"%s\"?"
			      : "unknown step kind \"%.40s\"",
			 key->text, near);
}

static int read_step_key(struct parser *p, const struct doc_node *key, const struct doc_node *value,
			 struct scenario_step *step)
{
	const struct field *common = find_step_field(key->text);
	const struct scenario_kind *kind;

	if (common)
		return fill_value(p->doc, value, common, step, p->err);
	kind = find_kind(p->kinds, key->text);
	if (!kind)
		return unknown_step_key(p, key);
	if (step->kind)
		return doc_error(p->doc, key, p->err,
				 "a step is of one kind; this one is \"%s\" already",
				 step->kind->name);
	step->kind = kind;
	step->options = xcalloc(1, kind->options_size ? kind->options_size : 1);
	return fill_mapping(p->doc, value, kind->fields, step->options, p->err);
}

static int check_name_unused(struct parser *p, const struct doc_node *node, const char *name,
			     const struct scenario_step *self)
{
	for (const struct scenario_step *s = p->out->steps; s < self; s++)
		if (!strcmp(s->name, name))
			return doc_error(p->doc, node, p->err,
					 "a step is called \"%.60s\" already, in line %u", name,
					 s->line);
	return 0;
}

static int finish_step(struct parser *p, const struct doc_node *node, struct scenario_step *step)
{
	const struct doc_node *lanes = value_of(node, "lanes");
	const struct doc_node *name = value_of(node, "name");
	int r = 0;

	if (!step->kind)
		return doc_error(p->doc, node, p->err,
				 "the step has no kind (`harness run --schema` lists them)");
	if (!step->name)
		step->name = xstrdup(step->kind->name);
	if (!*step->name)
		return doc_error(p->doc, name, p->err, "\"name\" is empty");
	if (lanes)
		r = check_lanes(p, lanes, &step->lanes);
	return r < 0 ? r : check_name_unused(p, name ? name : node, step->name, step);
}

static int read_step(struct parser *p, const struct doc_node *node)
{
	struct scenario_step *step = &p->out->steps[p->out->n_steps++];
	char seen[80];
	int r = 0;

	*step = (struct scenario_step){.line = node->line, .limit_us = 60 * 1000000};
	if (node->kind != DOC_MAPPING)
		return doc_error(p->doc, node, p->err,
				 "a step must be a mapping (kind: {options}); this is %s",
				 doc_describe(node, seen, sizeof(seen)));
	for (size_t i = 0; i + 1 < node->n && r == 0; i += 2)
		r = read_step_key(p, node->items[i], node->items[i + 1], step);
	return r < 0 ? r : finish_step(p, node, step);
}

static int read_steps(struct parser *p, const struct doc_node *node)
{
	char seen[80];
	int r = 0;

	if (node->kind != DOC_LIST || !node->n)
		return doc_error(p->doc, node, p->err,
				 "\"steps\" expects a list of steps; this is %s",
				 node->kind == DOC_LIST ? "an empty one"
							: doc_describe(node, seen, sizeof(seen)));
	if (node->n > SCENARIO_MAX_STEPS)
		return doc_error(p->doc, node->items[SCENARIO_MAX_STEPS], p->err,
				 "more than %d steps", SCENARIO_MAX_STEPS);
	p->out->steps = xcalloc(node->n, sizeof(*p->out->steps));
	for (size_t i = 0; i < node->n && r == 0; i++)
		r = read_step(p, node->items[i]);
	return r;
}

static int read_forward(struct parser *p, const struct doc_node *node)
{
	static const struct field port = {
		.name = "forward", .type = FIELD_INT, .min = 1, .max = 65535};

	if (node->n > SCENARIO_MAX_FORWARD)
		return doc_error(p->doc, node->items[SCENARIO_MAX_FORWARD], p->err,
				 "more than %d ports", SCENARIO_MAX_FORWARD);
	for (size_t i = 0; i < node->n; i++) {
		int64_t value = 0;
		int r = fill_value(p->doc, node->items[i], &port, &value, p->err);

		if (r < 0)
			return r;
		p->out->forward[i] = (uint16_t)value;
	}
	return 0;
}

static int check_name(struct parser *p, const struct doc_node *node, const char *name)
{
	size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-");

	if (!n || name[n] || n > 60)
		return doc_error(p->doc, node, p->err,
				 "\"name\" expects small letters, digits and dashes, at most 60; "
				 "this is \"%.40s\"",
				 name);
	return 0;
}

/* A path as it is; a bare one from the file's folder. */
static char *beside(const char *file, const char *path)
{
	const char *name = path_base(file);

	if (*path == '/' || name == file)
		return xstrdup(path);
	return xasprintf("%.*s%s", (int)(name - file), file, path);
}

/* The head is filled through its table from a mapping without the steps. */
static int read_head(struct parser *p, const struct doc_node *root)
{
	_cleanup_(release_head) struct head head = {0};
	const struct doc_node *name = value_of(root, "name"), *forward = value_of(root, "forward");
	_autofree_ struct doc_node **items = xcalloc(root->n + 1, sizeof(*items));
	struct doc_node rest = *root;
	int r;

	rest.items = items;
	rest.n = 0;
	for (size_t i = 0; i + 1 < root->n; i += 2) {
		if (!strcmp(root->items[i]->text, "steps"))
			continue;
		rest.items[rest.n++] = root->items[i];
		rest.items[rest.n++] = root->items[i + 1];
	}
	r = fill_mapping(p->doc, &rest, head_fields, &head, p->err);
	if (r == 0)
		r = check_name(p, name, head.name);
	if (r == 0)
		r = check_lanes(p, value_of(root, "lanes"), &head.lanes);
	if (r == 0 && forward)
		r = read_forward(p, forward);
	if (r == 0 && head.seed && !head.profile)
		r = doc_error(p->doc, value_of(root, "seed"), p->err,
			      "\"seed\" needs a \"profile\": that of a cloud");
	if (r < 0)
		return r;
	p->out->name = TAKE(head.name);
	p->out->title = TAKE(head.title);
	p->out->description = TAKE(head.description);
	p->out->profile = TAKE(head.profile);
	p->out->seed = head.seed ? beside(p->doc->file, head.seed) : NULL;
	p->out->takes_us = head.takes_us;
	p->out->lanes = head.lanes;
	head.lanes = (struct strv)STRV_INIT;
	return 0;
}

static int read_scenario(struct parser *p)
{
	const struct doc_node *root = p->doc->root, *steps;
	int r;

	if (root->kind != DOC_MAPPING)
		return doc_error(p->doc, root, p->err, "a scenario is a mapping (key: value)");
	r = read_head(p, root);
	if (r < 0)
		return r;
	steps = value_of(root, "steps");
	if (!steps)
		return doc_error(p->doc, root, p->err, "\"steps\" is missing");
	return read_steps(p, steps);
}

static int from_doc(const struct doc *doc, const struct scenario_kind *kinds,
		    struct scenario **ret_scenario, struct err *err)
{
	_cleanup_(cleanup_scenario) struct scenario *s = xcalloc(1, sizeof(*s));
	struct parser p = {.doc = doc, .kinds = kinds, .out = s, .err = err};
	int r;

	s->file = xstrdup(doc->file);
	r = read_scenario(&p);
	if (r == 0)
		*ret_scenario = TAKE(s);
	return r;
}

int scenario_parse(const char *file, const char *text, size_t n, const struct scenario_kind *kinds,
		   struct scenario **ret_scenario, struct err *err)
{
	_cleanup_(cleanup_doc) struct doc *doc = NULL;
	int r = doc_parse(file, text, n, &doc, err);

	return r < 0 ? r : from_doc(doc, kinds, ret_scenario, err);
}

int scenario_load(const char *path, const struct scenario_kind *kinds,
		  struct scenario **ret_scenario, struct err *err)
{
	_cleanup_(cleanup_doc) struct doc *doc = NULL;
	int r = doc_load(path, &doc, err);

	return r < 0 ? r : from_doc(doc, kinds, ret_scenario, err);
}

void scenario_print_schema(FILE *f, const struct scenario_kind *kinds)
{
	fill_schema(f, "", head_fields);
	fputs("steps: <a list of mappings, each with one kind> (required)\n"
	      "  Beside the kind each step may have:\n",
	      f);
	fill_schema(f, "  ", step_fields);
	fputs("  The kinds:\n", f);
	for (; kinds->name; kinds++) {
		fprintf(f, "  %s:\n      %s\n", kinds->name, kinds->help ? kinds->help : "");
		fill_schema(f, "      ", kinds->fields);
	}
}
